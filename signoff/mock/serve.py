"""Serving an application over HTTP with uvicorn."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Literal

import uvicorn

from signoff.contract import Problem, SetupError
from signoff.contract.problem import MEDIA_TYPE, status_phrase
from signoff.mock.exchange import to_json

if TYPE_CHECKING:
    import asyncio

    from starlette.types import ASGIApp

_SHUTDOWN_S = 1


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on `host` and `port`; port 0 takes a free one.

    Raises:
        SetupError: the port is in use, or the host is none of this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SetupError(
            f"cannot listen on {host}:{port}: {reason}",
            suggestion="Choose another port with --port, or stop what uses this one.",
        ) from None


def serve(app: ASGIApp, listener: socket.socket) -> None:
    """Serve until the process is told to stop; open requests then get a second to finish."""
    uvicorn.Server(server_config(app)).run(sockets=[listener])


def server_config(app: ASGIApp) -> uvicorn.Config:
    """How uvicorn serves: uvloop and httptools where they are installed, no log of its own but faults."""
    return uvicorn.Config(
        app,
        access_log=False,
        http=_protocol(),
        lifespan="off",
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=_SHUTDOWN_S,
        ws="none",
    )


def _protocol() -> type[asyncio.Protocol] | Literal["auto"]:
    """Uvicorn's HTTP/1.1 protocol on httptools, but what is not HTTP is rejected with Problem Details."""
    try:
        from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol  # noqa: PLC0415 - optional
    except ModuleNotFoundError:
        return "auto"

    class ProblemProtocol(HttpToolsProtocol):
        def send_400_response(self, msg: str) -> None:
            """Reject what the parser rejects, and close the connection (RFC 9112, section 2.2)."""
            body = to_json(Problem(400, status_phrase(400), "The request is not HTTP/1.1.").body())
            head = (
                f"HTTP/1.1 400 Bad Request\r\ncontent-type: {MEDIA_TYPE}\r\n"
                f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
            )
            self.logger.warning(msg)
            self.transport.write(head.encode() + body)
            self.transport.close()

    return ProblemProtocol
