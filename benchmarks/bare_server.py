"""The ceiling: uvicorn with an application that only sends. `uvicorn benchmarks.bare_server:app`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

BODY = b'{"as_of":"2026-01-15T09:30:00Z","content":"' + b"x" * 1000 + b'"}'
HEADERS = [(b"content-type", b"application/json"), (b"content-length", str(len(BODY)).encode())]


async def app(_scope: Scope, receive: Receive, send: Send) -> None:
    """Read the body and send a response as long as an export's."""
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": list(HEADERS)})
    await send({"type": "http.response.body", "body": BODY})
