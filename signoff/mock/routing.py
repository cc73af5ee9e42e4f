"""Routing by a tree of path segments, instead of Connexion's regular expressions.

Keeps the contract of Connexion's own `RoutingMiddleware`: the path's parameters in
`scope["path_params"]` (raw, still percent-encoded) and the operation in
`scope["extensions"]["connexion_routing"]`. Adds `ALLOWED` there, to distinguish a wrong method from an
unknown path.

Connexion gets a projection of each contract: a minimal OpenAPI 3.0 document of paths, methods and path
parameters. Schemas stay with the compiled plans. So documents of every version can be served, and recursive
schemas cost nothing at startup.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, TypeAlias
from urllib.parse import quote

from connexion.http_facts import METHODS
from connexion.middleware.abstract import ROUTING_CONTEXT
from connexion.middleware.routing import RoutingMiddleware

from signoff.contract.paths import PathTable, path_choices
from signoff.contract.short_text_cache import keep_short

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from connexion.spec import Specification
    from starlette.types import ASGIApp, Receive, Scope, Send

    from signoff.contract import Contract, Operation

# The routing context for Connexion's middlewares, and the raw values of the path parameters.
_Route: TypeAlias = tuple[dict[str, Any], dict[str, str]]
ALLOWED = "signoff_allowed"
_PARAMETER = re.compile(r"\{([^{}]*)\}")
_AFTER_PATH = re.compile(r"[?#].*", re.DOTALL)
_KEPT_PATHS = 2048


def operation_key(operation: Operation) -> str:
    """The operationId of the projection: `METHOD /full/path`, unique across documents."""
    return f"{operation.method} {operation.base_path}{operation.path}"


def project(contract: Contract) -> dict[str, Any]:
    """The projection of a contract; its paths include the base path."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in contract.operations:
        if operation.method.lower() not in METHODS:
            continue
        template = operation.base_path + operation.path
        parameters = [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in dict.fromkeys(_PARAMETER.findall(template))
        ]
        paths.setdefault(template, {})[operation.method.lower()] = {
            "operationId": operation_key(operation),
            "parameters": parameters,
            "responses": {"default": {"description": "see the compiled plan"}},
        }
    return {
        "openapi": "3.0.3",
        "info": {"title": contract.title or "untitled", "version": contract.version or "0"},
        "paths": paths,
    }


class TreeRouting(RoutingMiddleware):
    """Finds the operation of a request: literal paths before templated ones; `%2F` is not a separator."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(app)
        self._table: PathTable[str] = PathTable()
        self._is_preflight: Callable[[Scope], bool] = lambda _: False
        self._routed = keep_short(_KEPT_PATHS)(self._route)
        self._by_query: dict[str, list[QueryTemplate]] = {}

    def add_api(
        self,
        specification: Specification,
        base_path: str | None = None,
        arguments: dict[Any, Any] | None = None,
        **kwargs: Any,  # noqa: ANN401 - whatever Connexion hands on
    ) -> None:
        """Add the operations of a contract, given as `plans` by key.

        Not from the projection: its methods are those of OpenAPI 3.0, and 3.2 has more.
        """
        del specification, arguments
        self._is_preflight = kwargs["wire"].is_preflight
        templates = []
        for key, plan in kwargs["plans"].items():
            method, _, template = key.partition(" ")
            self._table.add(method, (base_path or "") + template, key, path_choices(plan.operation))
            path = _AFTER_PATH.sub("", template)
            if path != template:
                templates.append((method, (base_path or "") + path, template, key))
        # Some documents distinguish operations of one path by a query or a fragment.
        for method, path, template, key in templates:
            known = self._table.match(method, path)
            if not known:
                self._table.add(method, path, key)
            if "?" in template:
                entry = QueryTemplate.read(template, key)
                self._by_query.setdefault(known[0] if known else key, []).append(entry)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Attach the operation to the scope and go on to the next middleware."""
        if scope["type"] == "http":
            raw = scope.get("raw_path")
            if not raw:  # which ASGI leaves to the server
                raw = scope["raw_path"] = quote(scope["path"]).encode()
            if scope["method"] == "OPTIONS" and self._is_preflight(scope):
                found: _Route = self._unrouted(raw.decode("latin-1")), {}
            else:
                found = self._routed(scope["method"], raw)
            routing, scope["path_params"] = found
            if self._by_query and routing["operation_id"] in self._by_query:
                routing, scope["path_params"] = self._matching_query(scope, found)
            scope.setdefault("extensions", {})[ROUTING_CONTEXT] = routing
        await self.app(scope, receive, send)

    def _matching_query(self, scope: Scope, found: _Route) -> _Route:
        """The operation with the most specific matching query; else the one found by path."""
        routing, texts = found
        sent = raw_query(scope["query_string"].decode("latin-1"))
        entries = [entry for entry in self._by_query[routing["operation_id"]] if entry.fits(sent)]
        best = max(entries, key=lambda entry: (len(entry.literals), len(entry.names)), default=None)
        if best is None:
            return found
        held = {parameter: sent[name] for name, parameter in best.names.items()}
        return routing | {"operation_id": best.key}, texts | held

    def _route(self, method: str, raw: bytes) -> _Route:
        path = raw.decode("latin-1")
        found = self._table.match(method, path)
        if found is None and method == "HEAD":
            found = self._table.match("GET", path)
        if found is not None:
            return {"api_base_path": "", "operation_id": found[0]}, found[1]
        return self._unrouted(path), {}

    def _unrouted(self, path: str) -> dict[str, Any]:
        """The routing context of a request without an operation."""
        routing: dict[str, Any] = {"api_base_path": "", "operation_id": None}
        methods = self._table.methods(path)
        return routing | {ALLOWED: methods} if methods else routing


@dataclass(frozen=True, slots=True)
class QueryTemplate:
    """The query in an operation's path, such as `/weather?city={city}`.

    OpenAPI does not allow such paths (3.1, section 4.8.8), but real documents use them.

    Attributes:
        key: the operation.
        literals: names and their required values.
        names: names and the parameter for their value.
    """

    key: str
    literals: Mapping[str, str]
    names: Mapping[str, str]

    @classmethod
    def read(cls, template: str, key: str) -> Self:
        """Parse the query of a path template."""
        query = template.partition("?")[2].partition("#")[0]
        held = raw_query(query)
        names = {name: match[1] for name, text in held.items() if (match := _PARAMETER.fullmatch(text))}
        return cls(key, {name: text for name, text in held.items() if name not in names}, names)

    def fits(self, sent: Mapping[str, str]) -> bool:
        """Whether a request's query matches."""
        return self.names.keys() <= sent.keys() and self.literals.items() <= sent.items()


def raw_query(query: str) -> dict[str, str]:
    """The names and raw values of a query string; the first value of a repeated name."""
    held: dict[str, str] = {}
    for part in query.split("&") if query else ():
        name, _, text = part.partition("=")
        held.setdefault(name, text)
    return held
