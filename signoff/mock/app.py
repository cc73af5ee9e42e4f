"""The mock server as an ASGI application: Connexion with one compiled plan per operation."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connexion.middleware.abstract import ROUTING_CONTEXT
from connexion.middleware.main import ConnexionMiddleware
from connexion.resolver import Resolver
from starlette.routing import Router

from signoff.contract import Contract, Direction, SetupError, load
from signoff.contract.paths import PathTable
from signoff.contract.resources import infer
from signoff.generate import Generator
from signoff.mock.control.api import document_to_serve, handlers_of
from signoff.mock.control.control import PROBLEMS, Served
from signoff.mock.control.middleware import ControlMiddleware
from signoff.mock.error_responses import ErrorResponses, instance_of
from signoff.mock.event_streams import Paces
from signoff.mock.exchange import raw_response
from signoff.mock.handler_modules import functions_from
from signoff.mock.handlers import Handler
from signoff.mock.http_io import Wire, headers_of, raw_path_of
from signoff.mock.known_ids import NO_KNOWN_IDS, load_known_ids
from signoff.mock.login import Login
from signoff.mock.middleware import MockMiddleware, ResponseCache
from signoff.mock.operation import OperationPlan
from signoff.mock.outbox import Outbox
from signoff.mock.problems import load_catalogue
from signoff.mock.rendering import Renderer
from signoff.mock.resource_plan import ResourcePlans
from signoff.mock.routing import ALLOWED, TreeRouting, operation_key, project
from signoff.mock.rules import RuleBook, load_rules, no_rules
from signoff.mock.security import guard_for
from signoff.mock.settings import Settings
from signoff.mock.sized_lists import SizedWorlds
from signoff.mock.state.setup import store_for
from signoff.mock.webhooks import Callbacks, RequestMaker, Webhooks
from signoff.mock.world.base_world import BaseWorld

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.types import ASGIApp, Receive, Scope, Send

    from signoff.contract.resources import Resources
    from signoff.mock.control.control import Control
    from signoff.mock.handler_modules import Functions, HandlersSource
    from signoff.mock.state import Store

logger = logging.getLogger("signoff.mock")

_SHOWN_BASES = 5
# The order of methods in `Allow`.
_METHOD_ORDER = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY")


def create_app(
    contract: Contract | str | Path | Sequence[Contract | str | Path],
    settings: Settings | None = None,
    *,
    handlers: HandlersSource | Functions | None = None,
    problems: str | Path | None = None,
    store: Store | None = None,
    control: Control | None = None,
    rules: RuleBook | str | Path | None = None,
) -> ConnexionMiddleware:
    """Create the mock server of one or several APIs, as an ASGI application.

    Args:
        contract: a contract, the path or URL of an OpenAPI document, or a list of them.
        settings: seed, locale, CORS and other settings.
        handlers: custom handlers: a module, its dotted name, the path of a Python file or package folder, or
            a mapping of operationIds to functions. All other operations are mocked.
        problems: the path or URL of a problem catalogue, which extends the mock's own.
        store: keeps what clients write, instead of a new one by the settings.
        control: serves the control API under `/__signoff`, which reads and changes it; None for no such API.
        rules: other responses than usual: the path of a rule file, or the rules of each session.

    Raises:
        SourceError: a document, the catalogue or the rule file cannot be read.
        DocumentError: a document is invalid, or a schema does not compile.
        DataError: the catalogue, the rule file or the initial state is invalid.
        SetupError: two documents have the same operation, a handler does not match its operation, or the URL
            of the state store is invalid.
    """
    settings = settings or Settings()
    given = [contract] if isinstance(contract, Contract | str | Path) else contract
    contracts = [each if isinstance(each, Contract) else load(each) for each in given]
    _check_unique(contracts)
    functions = functions_from(handlers)
    functions.check(contracts)
    journal = control.journal if control else None
    wire = Wire(settings, contracts, journal)
    outbox = Outbox(settings, journal)
    if isinstance(rules, str | Path):
        rules = RuleBook(load_rules(rules, contracts, settings.max_delay), settings.seed)
    elif rules is None and control is not None:
        rules = RuleBook(no_rules(contracts, settings.max_delay), settings.seed)
    sites = [_Site.compile(each, settings, functions, problems, rules, outbox) for each in contracts]
    worlds = [(site.world, settings.seed, site.contract.base_path) for site in sites]
    if store is None and not settings.stateless:
        store = store_for(settings, worlds)
    # Connexion's annotation says applications; it takes classes.
    middlewares: list[Any] = [partial(_InternalErrors, sites=sites, wire=wire), TreeRouting, MockMiddleware]
    if control is not None:
        control.rule_book = rules
        if control.webhooks is None or isinstance(control.webhooks, Webhooks):  # of the app before a reload
            control.webhooks = Webhooks([site.maker for site in sites], outbox)
        control.served = Served(contracts, settings, worlds, store, functions.handled(contracts))
        serving = partial(
            ControlMiddleware, control=control, served=control.served, make=_control_application
        )
        middlewares.insert(0, serving)
    app = ConnexionMiddleware(
        Router(default=_Unrouted(sites, wire)),
        middlewares=middlewares,
        resolver=Resolver(lambda _: _unresolved),
    )
    add = partial(app.add_api, base_path="", wire=wire, store=store, cache=ResponseCache())
    for site in sites:
        add(project(site.contract), plans=site.plans)
    return app


def _control_application(control: Control) -> ASGIApp:
    """The application of the control API: our own mock of its document, with a handler for each operation."""
    settings = Settings(cors=False, auth=False, stateless=True, log_requests=False)
    document = load(document_to_serve(), check_validity=False)
    return create_app(document, settings, handlers=handlers_of(control), problems=PROBLEMS)


def _unresolved() -> None:
    """A placeholder that Connexion requires; it is never called."""


def _check_unique(contracts: Sequence[Contract]) -> None:
    owners: dict[str, Contract] = {}
    for contract in contracts:
        for operation in contract.operations:
            key = operation_key(operation)
            owner = owners.setdefault(key, contract)
            if owner is not contract:
                raise SetupError(
                    f"duplicate operation {key} in {owner.source_name} and {contract.source_name}",
                    suggestion="Give each document its own --base-path, in the order of the documents.",
                )


@dataclass(frozen=True, slots=True)
class _Site:
    """One contract, compiled."""

    contract: Contract
    errors: ErrorResponses
    plans: dict[str, OperationPlan]
    paths: PathTable[str]
    world: BaseWorld
    maker: RequestMaker

    @classmethod
    def compile(
        cls,
        contract: Contract,
        settings: Settings,
        functions: Functions,
        problems: str | Path | None,
        rules: RuleBook | None,
        outbox: Outbox,
    ) -> _Site:
        resources = infer(contract)
        renderer = Renderer(contract, settings.seed, settings.locale, Paces(contract, settings))
        maker = RequestMaker(contract, renderer.generator, uses_examples=not settings.dynamic)
        worlds = _worlds(resources, renderer.generator, settings)
        for direction in Direction:
            contract.schemas.validator(direction)
        errors = ErrorResponses(load_catalogue(problems, contract.document), renderer)
        known_ids = load_known_ids(settings.data) if settings.data else NO_KNOWN_IDS
        make_generator = partial(Generator, contract.schemas, settings.seed, settings.locale)
        sized_worlds = SizedWorlds(make_generator, settings.seed)
        plans = {
            operation_key(operation): OperationPlan(
                operation,
                contract,
                renderer,
                errors,
                settings,
                handler=Handler(function, operation, settings)
                if (function := functions.function_for(operation))
                else None,
                guard=guard_for(operation, contract.security_schemes) if settings.auth else None,
                resources=ResourcePlans(*held, worlds, renderer.generator)
                if (held := resources.use_of(operation)) and held[0].schemas
                else None,
                known_ids=known_ids,
                sized_worlds=sized_worlds,
                rule_book=rules,
                callbacks=Callbacks.of(contract, operation, settings, maker, outbox)
                if settings.callbacks
                else None,
                login=Login.of(operation, worlds[1 if settings.dynamic else 0], contract.base_path),
            )
            for operation in contract.operations
        }
        paths: PathTable[str] = PathTable()
        for operation in contract.operations:
            paths.add(operation.method, operation.base_path + operation.path, operation.base_path)
        return cls(contract, errors, plans, paths, worlds[1 if settings.dynamic else 0], maker)

    def bases_of(self, path: str) -> list[str]:
        """The base paths under which an operation has a path."""
        bases = dict.fromkeys(
            [self.contract.base_path, *(operation.base_path for operation in self.contract.operations)]
        )
        return [base for base in bases if self.paths.find(base + path)]


def _worlds(resources: Resources, generator: Generator, settings: Settings) -> tuple[BaseWorld, BaseWorld]:
    """The entities of a contract, with the document's examples and without them."""
    with_examples, without = (
        BaseWorld(
            resources,
            generator,
            seed=settings.seed,
            list_size=settings.list_size,
            uses_examples=uses_examples,
            is_open=settings.unknown_ids == "open",
        )
        for uses_examples in (True, False)
    )
    return with_examples, without


def _site_of(sites: Sequence[_Site], path: str) -> _Site:
    """The contract with the longest base path that matches; else the first."""
    under = [site for site in sites if f"{path}/".startswith(f"{site.contract.base_path}/")]
    return max(under, key=lambda site: len(site.contract.base_path), default=sites[0])


class _Unrouted:
    """Handles requests without an operation: unknown paths, wrong methods, OPTIONS and preflights."""

    def __init__(self, sites: Sequence[_Site], wire: Wire) -> None:
        self._sites = sites
        self._wire = wire

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        started = time.perf_counter()
        raw = raw_path_of(scope)
        site = _site_of(self._sites, raw)
        path = instance_of(raw, site.contract.base_path)
        methods = scope["extensions"][ROUTING_CONTEXT].get(ALLOWED)
        if not methods and self._wire.is_preflight(scope):  # so that a page can read the 404 that follows
            headers = self._wire.preflight_headers(headers_of(scope["headers"]), ())
            found = raw_response(HTTPStatus.NO_CONTENT, b"", None, "options", tuple(headers))
        elif not methods:
            found = site.errors.plain(
                "path_not_found", path, values={"suggestion": self._suggestion(site, scope["method"], raw)}
            )
        else:
            allowed = _allowed(methods, *(["OPTIONS"] if self._wire.handles_options else []))
            allow = (b"allow", ", ".join(allowed).encode())
            if scope["method"] == "OPTIONS" and self._wire.handles_options:
                headers = [allow, *self._wire.preflight_headers(headers_of(scope["headers"]), allowed)]
                found = raw_response(HTTPStatus.NO_CONTENT, b"", None, "options", tuple(headers))
            else:
                found = site.errors.plain(
                    "method_not_allowed", path, headers=(allow,), values={"allowed": ", ".join(allowed)}
                )
        await self._wire.send(scope, receive, send, found, started)

    def _suggestion(self, site: _Site, method: str, path: str) -> str:
        """A hint for a path outside the base path of the API or of the operation that was probably meant."""
        base = site.contract.base_path
        inner = instance_of(path, base if f"{path}/".startswith(f"{base}/") else "")
        known = [(found, each) for each in (site, *self._sites) for found in each.bases_of(inner)]
        if not known:
            return self._bases(path)
        matching = (pair for pair in known if pair[1].paths.match(method, pair[0] + inner))
        meant, owner = next(matching, known[0])
        if owner is not site:
            return f" {owner.contract.title} is served under {meant}: try {meant}{inner}"
        what = "The API is" if meant == base else "It is"
        return f" {what} served under {meant or '/'}: try {meant}{inner}"

    def _bases(self, path: str) -> str:
        """The base paths for a path that is under none of them."""
        bases = list(dict.fromkeys(site.contract.base_path for site in self._sites))
        if any(f"{path}/".startswith(f"{base}/") for base in bases):
            return ""
        what = "The API is" if len(bases) == 1 else "The APIs are"
        more = f" and {len(bases) - _SHOWN_BASES} more" if len(bases) > _SHOWN_BASES else ""
        return f" {what} served under {', '.join(bases[:_SHOWN_BASES])}{more}."


def _allowed(methods: tuple[str, ...], *more: str) -> list[str]:
    """The methods of a path, including those that the server adds."""
    known = {*methods, *more, *(["HEAD"] if "GET" in methods else [])}
    return sorted(known, key=lambda name: _METHOD_ORDER.index(name) if name in _METHOD_ORDER else 99)


class _InternalErrors:
    """Responds after an exception; its traceback goes to the log, not to the client."""

    def __init__(self, app: ASGIApp, sites: Sequence[_Site], wire: Wire) -> None:
        self._app = app
        self._sites = sites
        self._wire = wire

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        try:
            await self._app(scope, receive, send)
        except Exception:
            logger.exception("internal error")
            raw = raw_path_of(scope)
            site = _site_of(self._sites, raw)
            path = instance_of(raw, site.contract.base_path)
            found = site.errors.plain("internal_error", path, why="fault")
            # If the response has started, the server raises an error here, and closes the connection.
            await self._wire.send(scope, receive, send, found, started)
