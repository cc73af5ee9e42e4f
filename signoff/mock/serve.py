"""Serves an application over HTTP with uvicorn."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import uvicorn

from signoff.contract import Problem, SetupError
from signoff.contract.problem import MEDIA_TYPE, status_phrase
from signoff.mock.connection import CONNECTION, Connection
from signoff.mock.event_streams import CLOSING
from signoff.mock.exchange import to_json
from signoff.mock.pipelining import InOrder
from signoff.mock.settings import MAX_HEAD

if TYPE_CHECKING:
    import ssl

    from starlette.types import ASGIApp, Receive, Scope, Send

    from signoff.mock.request_parser import RequestParser

_SHUTDOWN_S = 1
_STEPS = 5


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on `host` and `port`; port 0 picks a free port.

    Raises:
        SetupError: the port is in use, or the host is not an address of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SetupError(
            f"cannot listen on {host}:{port}: {reason}",
            suggestion="Use another --port, or stop the process that uses this one.",
        ) from None


def serve(
    app: ASGIApp, listener: socket.socket, tls: ssl.SSLContext | None = None, max_head: int = MAX_HEAD
) -> None:
    """Serve until the process is stopped; open requests then get one second to finish."""
    uvicorn.Server(server_config(app, tls, max_head)).run(sockets=[listener])


def server_config(
    app: ASGIApp, tls: ssl.SSLContext | None = None, max_head: int = MAX_HEAD
) -> uvicorn.Config:
    """Uvicorn's configuration: uvloop and httptools if installed; only warnings are logged."""
    own = (lambda _config, _default: tls) if tls else None
    return uvicorn.Config(
        app,
        access_log=False,
        h11_max_incomplete_event_size=max_head,
        http=_protocol(max_head),
        lifespan="off",
        log_config=None,
        log_level="warning",
        server_header=False,
        ssl_context_factory=own,
        timeout_graceful_shutdown=_SHUTDOWN_S,
        ws="none",
    )


def _protocol(max_head: int) -> type[asyncio.Protocol]:
    """Uvicorn's httptools protocol, or h11 without httptools, with what the mock adds."""
    base: Any
    try:
        from uvicorn.protocols.http import httptools_impl  # noqa: PLC0415 - optional

        base = httptools_impl.HttpToolsProtocol
    except ModuleNotFoundError:
        from uvicorn.protocols.http import h11_impl  # noqa: PLC0415 - only without it

        base = h11_impl.H11Protocol
    return mock_protocol(base, max_head)


def mock_protocol(base: Any, max_head: int = MAX_HEAD) -> type[asyncio.Protocol]:  # noqa: ANN401 - of uvicorn
    """A protocol class of uvicorn with Problem Details for requests that are not HTTP.

    It also puts the connection into the ASGI scope, for faults, and into the scope's state an event that is
    set when the server stops, so that streams end.
    """
    parser = _parser_for(base)

    class MockProtocol(InOrder, base):  # type: ignore[misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - whatever uvicorn hands on
            super().__init__(*args, **kwargs)
            closing = self.app_state.setdefault(CLOSING, asyncio.Event())
            app: ASGIApp = self.app
            if parser is not None:
                self.parser = parser(self, max_head)

            async def with_connection(scope: Scope, receive: Receive, send: Send) -> None:
                scope["extensions"] = {CONNECTION: self.transport}
                try:
                    await app(scope, receive, send)
                except asyncio.CancelledError:
                    if not (closing.is_set() or self.transport.is_closing()):
                        raise
                    await _cut_short(self.transport)  # else the server logs a traceback

            self.app: ASGIApp = with_connection

        def connection_made(self, transport: asyncio.Transport) -> None:
            """Start to receive requests."""
            super().connection_made(Connection(transport))

        def shutdown(self) -> None:
            """Stop receiving requests."""
            self.app_state[CLOSING].set()
            super().shutdown()

        def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - logged by the caller
            """Send 400 (RFC 9112, section 2.2), 414 or 431, and close the connection."""
            rejected = getattr(self.parser, "rejected", None)
            status, detail = rejected or (400, "The request is not HTTP/1.1.")
            body = to_json(Problem(status, status_phrase(status), detail).body())
            head = (
                f"HTTP/1.1 {status} {status_phrase(status)}\r\ncontent-type: {MEDIA_TYPE}\r\n"
                f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
            )
            self.reject(head.encode() + body)

    return MockProtocol


def _parser_for(base: Any) -> type[RequestParser] | None:  # noqa: ANN401 - one of uvicorn's classes
    """What httptools lacks; h11 has it."""
    if "httptools" not in base.__module__:
        return None
    from signoff.mock.request_parser import RequestParser  # noqa: PLC0415 - httptools is optional

    return RequestParser


async def _cut_short(connection: Connection) -> None:
    """Close the connection of a request that is still under way when the server stops."""
    connection.abort()
    for _ in range(_STEPS):  # until the server has noticed; the end of its event loop cancels once more
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(0)
