"""Serves control API and console under `/__signoff`, the console or routes at `/`; passes everything else on.

It stands before all other middlewares, and looks at nothing but the path of a request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from signoff.contract import media_types
from signoff.mock.choice import is_preference
from signoff.mock.console.page import console_page
from signoff.mock.control.control import PREFIX
from signoff.mock.exchange import raw_response, to_json
from signoff.mock.http_io import MAX_BODY, headers_of, raw_path_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from signoff.mock.control.control import Control, Served
    from signoff.mock.exchange import RawResponse

_OPEN = frozenset({PREFIX, f"{PREFIX}/", f"{PREFIX}/health"})
_CONSOLE = (PREFIX, f"{PREFIX}/")
_READS = ("GET", "HEAD")
_MOST_BYTES = 256 * 1024  # of a body: reading a larger one holds up other requests. State may be larger


class ControlMiddleware:
    """Serves the control API; passes other requests on.

    Args:
        app: the mock.
        control: what the API acts on.
        served: what this mock serves.
        make: creates the application of the API.
    """

    def __init__(
        self, app: ASGIApp, control: Control, served: Served, make: Callable[[Control], ASGIApp]
    ) -> None:
        self._app = app
        self._control = control
        self._served = served
        self._make = make

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Serve one request, or pass it on; without a coroutine of its own, so that this costs nothing."""
        if scope["type"] == "http":
            path = scope["path"]
            if path == "/" and not self._served.has_root and scope["method"] in _READS:
                return self._index(scope, send)
            if path.startswith(PREFIX) and self._is_own(raw_path_of(scope)):
                return self._control_api(scope, receive, send)
        return self._app(scope, receive, send)

    def _is_own(self, path: str) -> bool:
        if path != PREFIX and not path.startswith(f"{PREFIX}/"):
            return False
        return not self._served.own_paths.find(path)

    async def _index(self, scope: Scope, send: Send) -> None:
        """The console for browsers, else the list of routes as JSON, for those who may use the API."""
        accept = headers_of(scope["headers"]).get("accept", "*/*")
        wants_page = media_types.quality(accept, "text/html") > media_types.quality(
            accept, "application/json"
        )
        if wants_page:
            await _sent(send, console_page(), scope)
            return
        rejection = self._control.guard.rejection(scope)
        if rejection is not None:
            await _sent(send, rejection, scope)
            return
        body = to_json(self._served.route_list(origin_of(scope)))
        vary = ((b"vary", b"Accept"),)
        await _sent(send, raw_response(200, body, "application/json", "generated", vary), scope)

    async def _control_api(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = raw_path_of(scope)
        is_console = scope["method"] in _READS and path in _CONSOLE
        is_preflight = scope["method"] == "OPTIONS"
        rejection = self._control.guard.rejection(scope, is_open=path in _OPEN or is_console or is_preflight)
        origin = headers_of(scope["headers"]).get("origin", "")
        if rejection is not None:
            await _sent(send, rejection, scope)
            return
        if origin:
            send = _with_cors(send, origin)
        if is_preflight and origin:
            await _sent(send, raw_response(204, b"", None, "options", _preflight(scope)), scope)
        elif is_console:
            await self._index(scope, send)
        else:
            if self._control.application is None:
                self._control.application = self._make(self._control)
            inner = _without_preferences(scope)
            if path != f"{PREFIX}/state":
                inner[MAX_BODY] = _MOST_BYTES
            await self._control.application(inner, receive, send)


def origin_of(scope: Scope) -> str:
    """Scheme and host of a request."""
    host = headers_of(scope["headers"]).get("host", "localhost")
    return f"{scope.get('scheme', 'http')}://{host}"


def _without_preferences(scope: Scope) -> dict[str, Any]:
    """A request without what a client of the served documents may prefer: the control API reports what is."""
    headers = [field for field in scope["headers"] if field[0] != b"prefer"]
    query: bytes = scope["query_string"]
    if b"__" in query:
        parts = query.decode("latin-1").split("&")
        kept = [part for part in parts if not is_preference(unquote_plus(part.partition("=")[0]))]
        query = "&".join(kept).encode("latin-1")
    return {**scope, "headers": headers, "query_string": query}


def _preflight(scope: Scope) -> tuple[tuple[bytes, bytes], ...]:
    """The header fields of a response to a preflight (Fetch standard, section 3.2.2)."""
    wanted = headers_of(scope["headers"]).get("access-control-request-headers", "")
    return (
        (b"access-control-allow-methods", b"GET, HEAD, POST, PUT, DELETE"),
        (b"access-control-allow-headers", wanted.encode("latin-1")),
        (b"access-control-max-age", b"600"),
    )


def _with_cors(send: Send, origin: str) -> Send:
    """Adds the fields that let pages of an allowed origin read the response."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            fields = [(b"access-control-allow-origin", origin.encode("latin-1")), (b"vary", b"Origin")]
            message = {**message, "headers": [*message["headers"], *fields]}
        await send(message)

    return sending


async def _sent(send: Send, response: RawResponse, scope: Scope) -> None:
    body = b"" if scope["method"] == "HEAD" else response.body
    await send({"type": "http.response.start", "status": response.status, "headers": list(response.headers)})
    await send({"type": "http.response.body", "body": body})
