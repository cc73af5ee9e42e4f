"""The mock server as an ASGI application: Connexion around compiled plans."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from connexion.lifecycle import ConnexionResponse
from connexion.middleware.abstract import ROUTING_CONTEXT
from connexion.middleware.exceptions import ExceptionMiddleware
from connexion.middleware.main import ConnexionMiddleware
from connexion.middleware.server_error import ServerErrorMiddleware
from connexion.resolver import Resolver
from starlette.routing import Router

from signoff.contract import Contract, Direction, SetUpError
from signoff.contract.problem import MEDIA_TYPE
from signoff.mock.error_responses import Refusals, instance_of
from signoff.mock.handlers import handlers_for
from signoff.mock.http_io import Wire, headers_of, raw_path_of
from signoff.mock.middleware import MockMiddleware
from signoff.mock.operation import OperationPlan
from signoff.mock.problems import load_catalogue
from signoff.mock.projection import operation_key, project
from signoff.mock.rendering import Renderer
from signoff.mock.response import answer
from signoff.mock.routing import ALLOWED, TreeRouting
from signoff.mock.security import guard_for
from signoff.mock.settings import Settings
from signoff.project import reference_project

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from connexion.lifecycle import ConnexionRequest
    from starlette.types import Receive, Scope, Send

    from signoff.contract import Operation
    from signoff.mock.handlers.functions import Function

logger = logging.getLogger("signoff.mock")

# The order in which the methods of a path are listed.
_METHOD_ORDER = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY")


def create_app(
    contract: Contract | Sequence[Contract],
    settings: Settings | None = None,
    function_for: Callable[[Operation], Function | None] | None = None,
) -> ConnexionMiddleware:
    """The mock server of a contract, or of several under their own base paths.

    Args:
        contract: what to answer by.
        settings: how to answer.
        function_for: gives the function that answers an operation; None where it stays mocked.

    Raises:
        DocumentError: a schema does not compile.
        DataError: a fixture cannot be used.
        SetUpError: two contracts have the same operation, or a function does not fit its operation.
    """
    settings = settings or Settings()
    contracts = [contract] if isinstance(contract, Contract) else list(contract)
    _refuse_clashes(contracts)
    wire = Wire(settings, contracts)
    sites = [_Site.compile(each, settings, function_for) for each in contracts]
    # Connexion's annotation says applications; it takes classes.
    middlewares: list[Any] = [ServerErrorMiddleware, ExceptionMiddleware, TreeRouting, MockMiddleware]
    app = ConnexionMiddleware(
        Router(default=_Unrouted(sites, wire)),
        middlewares=middlewares,
        resolver=Resolver(lambda _: _unresolved),
    )
    app.add_error_handler(Exception, _fault_handler(sites, wire))
    for site in sites:
        app.add_api(project(site.contract), base_path="", plans=site.plans, wire=wire, refusals=site.refusals)
    return app


def _unresolved() -> None:
    """Stands where Connexion wants a function: the plans answer before it would be called."""


def _refuse_clashes(contracts: Sequence[Contract]) -> None:
    owners: dict[str, Contract] = {}
    for contract in contracts:
        for operation in contract.operations:
            key = operation_key(operation)
            owner = owners.setdefault(key, contract)
            if owner is not contract:
                raise SetUpError(
                    f"{owner.source_name} and {contract.source_name} both have {key}",
                    mend="Give each document its own base path with --base-path, in their order.",
                )


@dataclass(frozen=True, slots=True)
class _Site:
    """One contract, compiled."""

    contract: Contract
    refusals: Refusals
    plans: dict[str, OperationPlan]

    @classmethod
    def compile(
        cls,
        contract: Contract,
        settings: Settings,
        function_for: Callable[[Operation], Function | None] | None,
    ) -> _Site:
        for direction in Direction:
            contract.schemas.compile(direction)
        problems = reference_project().folder / "fixtures" / "problems.yaml"
        catalogue = load_catalogue(problems, contract.document)
        renderer = Renderer(contract, settings.seed, settings.locale)
        refusals = Refusals(catalogue, renderer)
        handlers = handlers_for(contract, settings.seed)
        plans = {
            operation_key(operation): OperationPlan(
                operation,
                contract,
                renderer,
                refusals,
                settings,
                handler=handlers.get(operation.id),
                guard=guard_for(operation, contract.security_schemes) if settings.auth else None,
                function=function_for(operation) if function_for else None,
            )
            for operation in contract.operations
        }
        return cls(contract, refusals, plans)


def _site_of(sites: Sequence[_Site], path: str) -> _Site:
    """The contract whose base path a path is under, the longest one; else the first."""
    under = [site for site in sites if f"{path}/".startswith(f"{site.contract.base_path}/")]
    return max(under, key=lambda site: len(site.contract.base_path), default=sites[0])


class _Unrouted:
    """Answers what no operation answers: unknown paths, wrong methods, OPTIONS and preflights."""

    def __init__(self, sites: Sequence[_Site], wire: Wire) -> None:
        self._sites = sites
        self._wire = wire

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        started = time.perf_counter()
        raw = raw_path_of(scope)
        site = _site_of(self._sites, raw)
        path = instance_of(raw, site.contract.base_path)
        methods = scope["extensions"][ROUTING_CONTEXT].get(ALLOWED)
        if not methods:
            found = site.refusals.plain("path_not_found", path)
        else:
            allowed = _allowed(methods, *(["OPTIONS"] if self._wire.answers_options else []))
            allow = (b"allow", ", ".join(allowed).encode())
            if scope["method"] == "OPTIONS" and self._wire.answers_options:
                headers = [allow, *self._wire.preflight_headers(headers_of(scope["headers"]), allowed)]
                found = answer(HTTPStatus.NO_CONTENT, b"", None, "options", tuple(headers))
            else:
                found = site.refusals.plain(
                    "method_not_allowed", path, headers=(allow,), values={"allowed": ", ".join(allowed)}
                )
        await self._wire.send(scope, send, found, started)


def _allowed(methods: tuple[str, ...], *more: str) -> list[str]:
    """The methods of a path, with those that the server adds."""
    known = {*methods, *more, *(["HEAD"] if "GET" in methods else [])}
    return sorted(known, key=lambda name: _METHOD_ORDER.index(name) if name in _METHOD_ORDER else 99)


def _fault_handler(sites: Sequence[_Site], wire: Wire) -> Any:  # noqa: ANN401 - a handler
    """What Connexion calls for an exception of ours: the traceback goes to the log, not to the client."""

    async def handle(request: ConnexionRequest, error: Exception) -> ConnexionResponse:
        logger.error("no answer could be made", exc_info=error)
        raw = raw_path_of(request.scope)
        site = _site_of(sites, raw)
        found = site.refusals.plain("internal_error", instance_of(raw, site.contract.base_path), why="fault")
        common = wire.common_headers(request.scope)
        return ConnexionResponse(  # type: ignore[no-untyped-call]
            found.status,
            mimetype=MEDIA_TYPE,
            content_type=MEDIA_TYPE,
            body=found.body,
            headers={name.decode(): value.decode("latin-1") for name, value in common},
        )

    return handle
