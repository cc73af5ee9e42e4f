"""The mock server as an ASGI application: Connexion around compiled plans."""

from __future__ import annotations

import logging
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from connexion.lifecycle import ConnexionResponse
from connexion.middleware.abstract import ROUTING_CONTEXT
from connexion.middleware.exceptions import ExceptionMiddleware
from connexion.middleware.main import ConnexionMiddleware
from connexion.middleware.server_error import ServerErrorMiddleware
from connexion.resolver import Resolver
from starlette.routing import Router

from mock_server.answer import answer
from mock_server.handlers import handlers_for
from mock_server.middleware import MockMiddleware
from mock_server.operation import OperationPlan
from mock_server.problems import load_catalogue
from mock_server.projection import operation_key, project
from mock_server.refusals import Refusals, instance_of
from mock_server.rendering import Renderer
from mock_server.routing import ALLOWED, TreeRouting
from mock_server.security import guard_for
from mock_server.settings import Settings
from mock_server.wire import Wire, headers_of, raw_path_of
from openapi import Direction, fixtures_folder
from openapi.problem import MEDIA_TYPE

if TYPE_CHECKING:
    from connexion.lifecycle import ConnexionRequest
    from starlette.types import Receive, Scope, Send

    from openapi import Contract

logger = logging.getLogger("signoff.mock")

# The order in which the methods of a path are listed.
_METHOD_ORDER = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY")


def create_app(contract: Contract, settings: Settings | None = None) -> ConnexionMiddleware:
    """The mock server of a contract.

    Args:
        contract: what to answer by.
        settings: how to answer.

    Raises:
        DocumentError: a schema does not compile.
        DataError: a fixture cannot be used.
    """
    settings = settings or Settings()
    for direction in Direction:
        contract.schemas.compile(direction)
    wire = Wire(settings, contract)
    catalogue = load_catalogue(fixtures_folder() / "problems.yaml", contract.document)
    renderer = Renderer(contract, settings.seed, settings.locale)
    refusals = Refusals(catalogue, renderer)
    handlers = handlers_for(contract, settings.seed)
    plans = {
        operation_key(operation): OperationPlan(
            operation,
            contract,
            renderer,
            refusals,
            handlers.get(operation.id),
            guard_for(operation, contract.security_schemes) if settings.auth else None,
            dynamic=settings.dynamic,
        )
        for operation in contract.operations
    }
    # Connexion's annotation says applications; it takes classes.
    middlewares: list[Any] = [ServerErrorMiddleware, ExceptionMiddleware, TreeRouting, MockMiddleware]
    app = ConnexionMiddleware(
        Router(default=_Unrouted(contract, wire, refusals)),
        middlewares=middlewares,
        resolver=Resolver(lambda _: _unresolved),
    )
    app.add_error_handler(Exception, _fault_handler(contract, wire, refusals))
    app.add_api(project(contract), base_path="", plans=plans, wire=wire, refusals=refusals)
    return app


def _unresolved() -> None:
    """Stands where Connexion wants a function: the plans answer before it would be called."""


class _Unrouted:
    """Answers what no operation answers: unknown paths, wrong methods, OPTIONS and preflights."""

    def __init__(self, contract: Contract, wire: Wire, refusals: Refusals) -> None:
        self._base_path = contract.base_path
        self._wire = wire
        self._refusals = refusals

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        started = time.perf_counter()
        path = instance_of(raw_path_of(scope), self._base_path)
        methods = scope["extensions"][ROUTING_CONTEXT].get(ALLOWED)
        if not methods:
            found = self._refusals.plain("path_not_found", path)
        else:
            allowed = _allowed(methods)
            allow = (b"allow", ", ".join(allowed).encode())
            if scope["method"] == "OPTIONS":
                headers = [allow, *self._wire.preflight_headers(headers_of(scope["headers"]), allowed)]
                found = answer(HTTPStatus.NO_CONTENT, b"", None, "options", tuple(headers))
            else:
                found = self._refusals.plain(
                    "method_not_allowed", path, headers=(allow,), values={"allowed": ", ".join(allowed)}
                )
        await self._wire.send(scope, send, found, started)


def _allowed(methods: tuple[str, ...]) -> list[str]:
    """The methods of a path, with those that the server adds."""
    known = {*methods, "OPTIONS", *(["HEAD"] if "GET" in methods else [])}
    return sorted(known, key=lambda name: _METHOD_ORDER.index(name) if name in _METHOD_ORDER else 99)


def _fault_handler(contract: Contract, wire: Wire, refusals: Refusals) -> Any:  # noqa: ANN401 - a handler
    """What Connexion calls for an exception of ours: the traceback goes to the log, not to the client."""

    async def handle(request: ConnexionRequest, error: Exception) -> ConnexionResponse:
        logger.error("no answer could be made", exc_info=error)
        path = instance_of(raw_path_of(request.scope), contract.base_path)
        found = refusals.plain("internal_error", path, why="fault")
        common = wire.common_headers(request.scope)
        return ConnexionResponse(  # type: ignore[no-untyped-call]
            found.status,
            mimetype=MEDIA_TYPE,
            content_type=MEDIA_TYPE,
            body=found.body,
            headers={name.decode(): value.decode("latin-1") for name, value in common},
        )

    return handle
