"""The items that a handler streams, as bytes, each validated as the body of a response would be.

The response has begun when an item turns out to be invalid, so the stream breaks off before it: the client
gets no invalid item, and no complete response. The log and the journal state why.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Callable, Iterator
from typing import TYPE_CHECKING, Any

from signoff.contract import Direction, media_types
from signoff.contract.body_reader import SYNTAX_ERRORS, read, why_not_judged
from signoff.contract.hidden_members import hidden_members
from signoff.contract.pointer import split
from signoff.mock.bodies import item_writer
from signoff.mock.redaction import safe_message

if TYPE_CHECKING:
    from signoff.contract import MediaType
    from signoff.contract.schemas import SchemaSet
    from signoff.mock.handlers import Stream


class InvalidItemError(Exception):
    """A handler streamed an item that does not match the document."""


class ItemWriter:
    """Writes the items of one stream.

    Args:
        media_type: of the response, with its parameters.
        offer: the documented media type; None not to validate.
        schemas: of the contract.
    """

    def __init__(self, media_type: str, offer: MediaType | None, schemas: SchemaSet) -> None:
        self._media_type = media_type
        self._write = item_writer(media_type)
        self._schemas = schemas
        is_judged = media_types.is_stream(media_type) and offer is not None and offer.schema is not None
        self._offer = offer if is_judged and offer and not why_not_judged(media_type, offer.schema) else None
        self._number = 0

    def written(self, item: Any) -> bytes:  # noqa: ANN401 - whatever a function yields
        """An item as bytes; bytes are sent as they are, and not validated: they may be parts of items.

        Raises:
            InvalidItemError: it does not match the document.
        """
        data = self._write(item)
        self._number += 1
        if self._offer is not None and not isinstance(item, bytes):
            fault = self._fault(data, self._offer)
            if fault:
                raise InvalidItemError(f"invalid handler response: the streamed item {self._number}{fault}")
        return data

    def _fault(self, data: bytes, offer: MediaType) -> str:
        """What is wrong with an item; empty if nothing is. Bounds of the whole list are not its own."""
        try:
            found = read(data, self._media_type, offer, self._schemas)
        except SYNTAX_ERRORS as error:
            return f": {error}"
        schema = offer.schema
        if schema is None:
            return ""
        for value in found.values:
            if not found.is_by_item and not isinstance(value, list):
                continue  # text, which has no items
            prefix = "" if found.is_by_item else "/0"
            for violation in schema.violations(value, Direction.RESPONSE):
                if violation.pointer.startswith(prefix):
                    place = violation.pointer.removeprefix(prefix)
                    said = safe_message(violation.message, *split(place))
                    return f"{f' at {place}' if place else ''}: {said}"
            for place in hidden_members(value, schema, Direction.RESPONSE):
                return f": it has {place}, which is writeOnly"
        return ""


def chunks(items: Stream, write: Callable[[Any], bytes]) -> AsyncIterable[bytes] | Iterator[bytes]:
    """The chunks of a stream. SystemExit becomes RuntimeError: in a task it would end the server."""

    def written_inline(items: Iterator[Any]) -> Iterator[bytes]:
        try:
            yield from map(write, items)
        except SystemExit as error:
            raise RuntimeError("the stream raised SystemExit") from error

    async def written(items: AsyncIterable[Any]) -> AsyncIterable[bytes]:
        try:
            async for item in items:
                yield write(item)
        except SystemExit as error:
            raise RuntimeError("the stream raised SystemExit") from error

    return written_inline(items) if isinstance(items, Iterator) else written(items)
