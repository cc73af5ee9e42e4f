"""Sends event streams, JSON Lines and JSON sequences over time: item by item, at an interval.

The response itself is rendered and cached as a whole. It carries a `Pace`, and is cut into its items when
it is sent, so caches and HEAD need no special case. An `x-interval` (milliseconds) or `x-hold` at a media
type, a response or an operation takes precedence over the settings.

A client that reconnects with `Last-Event-ID` gets the events after that one (HTML standard, section 9.2.4).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterable
from dataclasses import replace
from typing import TYPE_CHECKING

from signoff.contract import Direction, DocumentError, media_types
from signoff.contract.json_value import as_object, listed
from signoff.contract.media_types import EVENT_STREAM
from signoff.contract.pointer import resolve
from signoff.mock.durations import milliseconds
from signoff.mock.stream_pace import Pace

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence

    from starlette.types import Scope

    from signoff.contract import Contract, JsonValue, MediaType, Operation, Response, Schema
    from signoff.mock.exchange import RawResponse
    from signoff.mock.settings import Settings

INTERVAL = "x-interval"
HOLD = "x-hold"
USUAL_RETRY_MS = 3_000
# In the state of a scope: an `asyncio.Event` that is set when the server stops.
CLOSING = "signoff.closing"
_ID = re.compile(rb"^id: ?([^\r\n]*)", re.MULTILINE)


class Paces:
    """The paces of all streams of a contract.

    Raises:
        DocumentError: an `x-interval` or `x-hold` is invalid.
    """

    def __init__(self, contract: Contract, settings: Settings) -> None:
        self._paces = {
            (operation.pointer, offer.pointer): _pace(contract, settings, (operation, response, offer))
            for operation in contract.operations
            for response in operation.responses
            for offer in response.content
            if media_types.is_stream(offer.name)
        }

    def paced(self, response: RawResponse, operation: Operation, offer: MediaType | None) -> RawResponse:
        """A response in the media type of `offer`, with its pace if it is a stream."""
        pace = self._paces.get((operation.pointer, offer.pointer)) if offer and self._paces else None
        return response if pace is None else replace(response, pace=pace)


def _pace(contract: Contract, settings: Settings, owners: tuple[Operation, Response, MediaType]) -> Pace:
    pointers = [owner.pointer for owner in reversed(owners)]
    intervals = [milliseconds(contract, pointer, INTERVAL) for pointer in pointers]
    holds = [_flag(contract, pointer, HOLD) for pointer in pointers]
    return Pace(
        media_types.essence(owners[-1].name),
        next((found for found in intervals if found is not None), settings.stream_interval) / 1000,
        next((found for found in holds if found is not None), settings.stream_hold),
        settings.stream_heartbeat,
    )


def _flag(contract: Contract, pointer: str, name: str) -> bool | None:
    """The value of an extension of the object at a pointer; None without it."""
    value = as_object(resolve(contract.document, pointer)).get(name)
    if value is not None and not isinstance(value, bool):
        location = contract.locate(f"{pointer}/{name}")
        raise DocumentError(f"`{name}` must be true or false, not {value!r}", location=location)
    return value


def with_usual_retry(value: JsonValue, schema: Schema) -> JsonValue:
    """Generated events after which browsers reconnect as late as usual, if the schema admits that."""
    usual = [
        {**item, "retry": USUAL_RETRY_MS} if isinstance(item, dict) and "retry" in item else item
        for item in listed(value)
    ]
    return usual if usual != value and schema.is_valid(usual, Direction.RESPONSE) else value


def as_sent(response: RawResponse, pace: Pace, scope: Scope) -> RawResponse:
    """The response to send for one that has a pace: streamed, or what is left of its events.

    A stream ends when the server stops, so that it doesn't hold that up.
    """
    closing = scope.get("state", {}).get(CLOSING)
    if response.stream is not None:
        if closing is None or not isinstance(response.stream, AsyncIterable):
            return response
        return replace(response, stream=_until(closing, response.stream))
    last_id = next((value for name, value in scope["headers"] if name == b"last-event-id"), b"")
    if pace.is_instant and not last_id:
        return response
    items = pace.items(response.body)
    if pace.kind == EVENT_STREAM and last_id:
        items = list(_after(items, last_id))
    body = b"".join(items)
    if pace.is_instant:
        length = (b"content-length", str(len(body)).encode())
        fields = tuple(length if field[0] == length[0] else field for field in response.headers)
        return replace(response, headers=fields, body=body)
    unsized = tuple(field for field in response.headers if field[0] != b"content-length")
    stream = pace.over_time(items)
    return replace(
        response, headers=unsized, body=body, stream=_until(closing, stream) if closing else stream
    )


async def _until(closing: asyncio.Event, stream: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """The chunks of a stream until an event is set."""
    chunks = aiter(stream)
    closed = asyncio.ensure_future(closing.wait())
    try:
        while True:
            coming = asyncio.ensure_future(_next(chunks))
            try:
                await asyncio.wait({closed, coming}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                if not coming.done():
                    coming.cancel()
            if coming.cancelled() or not coming.done() or (chunk := coming.result()) is None:
                return
            yield chunk
    finally:
        closed.cancel()


async def _next(chunks: AsyncIterator[bytes]) -> bytes | None:
    return await anext(chunks, None)


def _after(events: Sequence[bytes], last_id: bytes) -> Iterator[bytes]:
    """The events after the last one with an id; all of them if none has it."""
    places = [place for place, event in enumerate(events) if last_id in _ID.findall(event)]
    yield from events[places[-1] + 1 if places else 0 :]
