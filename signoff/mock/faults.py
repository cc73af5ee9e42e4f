"""Delays and faults: responses that are late, or broken on purpose.

A fault that needs the connection of a request is an error where another server runs the application.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from signoff.contract import media_types
from signoff.mock.connection import CONNECTION
from signoff.mock.page_sandbox import sandboxed

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Iterator

    from starlette.types import Receive, Scope, Send

    from signoff.mock.connection import Connection
    from signoff.mock.exchange import Fault, RawResponse

_DRIP_S = 10.0
_DRIP_PIECES = 50
_CLOSING_S = 2.0
_NO_BODY = (204, 205, 304)


class FaultError(RuntimeError):
    """The server that runs the application gives no access to its connections."""


async def pause(receive: Receive, seconds: float) -> bool:
    """Wait, but only until the client disconnects; whether it is still there.

    The request's body has been read before, so the next message is that the client disconnected.
    """
    try:
        async with asyncio.timeout(seconds):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return True
    return False


async def broken(response: RawResponse, fault: Fault, *, has_body: bool) -> RawResponse:
    """The response with what a fault changes in its header fields and body; of a stream, its first chunk."""
    if response.stream is not None:
        response = replace(response, body=await _first_chunk(response.stream), stream=None)
    body = response.body
    can_have_body = has_body and response.status not in _NO_BODY
    if fault.kind == "malformed-json" and can_have_body:
        body = body[:-1] + b"," if body else b"{"  # no JSON text ends with a comma
    length = (b"content-length", str(len(body)).encode())
    fields = tuple(field for field in response.headers if field[0] != length[0])
    if can_have_body or len(fields) < len(response.headers):
        fields = (*fields, length)
    if fault.kind == "wrong-content-type":
        stated = dict(fields).get(b"content-type", b"").decode("latin-1")
        other = (
            "text/html; charset=utf-8" if media_types.essence(stated) != "text/html" else "application/json"
        )
        kept = (field for field in fields if field[0] != b"content-type")
        fields = sandboxed((*kept, (b"content-type", other.encode())))
    return replace(response, headers=fields, body=body)


async def _first_chunk(stream: AsyncIterable[bytes] | Iterator[bytes]) -> bytes:
    if hasattr(stream, "__aiter__"):
        async for chunk in stream:
            return chunk
        return b""
    return next(stream, b"")


def as_received(response: RawResponse) -> tuple[RawResponse, bytes]:
    """A broken response as the client gets it, and the body that it gets; without a response, status 0."""
    kind = response.fault.kind if response.fault else ""
    if kind in ("reset", "empty", "timeout") or (kind == "truncate" and not response.body):
        return replace(response, status=0, headers=(), body=b""), b""
    return response, response.body[: len(response.body) // 2] if kind == "truncate" else response.body


async def send_broken(
    scope: Scope, receive: Receive, send: Send, response: RawResponse, most_s: float
) -> None:
    """Send a response with its fault.

    Args:
        scope: of the request.
        receive: of the request.
        send: of the request.
        response: from `broken`, with all of its header fields.
        most_s: how long it may take.

    Raises:
        FaultError: it needs the connection, which another server does not give.
    """
    fault = response.fault
    if fault is None:
        return
    body = b"" if scope["method"] == "HEAD" else response.body
    start = {"type": "http.response.start", "status": response.status, "headers": list(response.headers)}
    if fault.kind in ("malformed-json", "wrong-content-type"):
        await send(start)
        await send({"type": "http.response.body", "body": body})
        return
    if fault.kind == "slow-drip":
        await send(start)
        await _drip(receive, send, body, min(most_s, fault.seconds or _DRIP_S))
        return
    connection: Connection | None = scope.get("extensions", {}).get(CONNECTION)
    if connection is None:
        raise FaultError(f"the fault {fault.kind} works with `signoff mock` only, not in other servers")
    if fault.kind == "timeout":
        await pause(receive, min(most_s, fault.seconds or most_s))
    elif fault.kind == "truncate" and body:
        await send(start)
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
    if fault.kind == "reset":
        connection.abort()
    else:
        connection.close()
    if await pause(receive, _CLOSING_S):  # until the server knows that the connection is closed
        connection.abort()  # the client does not read what is left
        await pause(receive, _CLOSING_S)


async def _drip(receive: Receive, send: Send, body: bytes, seconds: float) -> None:
    """Send a body in small pieces."""
    size = max(1, -(-len(body) // _DRIP_PIECES))
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    for piece in pieces:
        if not await pause(receive, seconds / len(pieces)):
            return
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
