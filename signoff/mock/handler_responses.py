"""Converts and validates what a handler returned."""

from __future__ import annotations

import re
from collections.abc import AsyncIterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from starlette.datastructures import MutableHeaders

from signoff.contract import Direction, media_types
from signoff.contract.coercion import coerce
from signoff.contract.hidden_members import hidden_members
from signoff.contract.pointer import split
from signoff.contract.problem import MEDIA_TYPE
from signoff.mock.bodies import encode, sent_name
from signoff.mock.choice import status_of, successes
from signoff.mock.exchange import RawResponse, raw_response, to_json
from signoff.mock.handlers import is_stream
from signoff.mock.problems import ProblemError
from signoff.mock.redaction import safe_message
from signoff.mock.streamed_items import ItemWriter, chunks

if TYPE_CHECKING:
    from signoff.contract import Header, JsonValue, MediaType, Operation, Response
    from signoff.mock.exchange import RawHeaders, Request
    from signoff.mock.handlers import MockResponse, Stream
    from signoff.mock.rendering import Renderer


class HandlerResponses:
    """Converts what the handler of one operation returned into responses.

    Args:
        validate: whether an invalid response becomes a 500 that explains why.
    """

    def __init__(self, operation: Operation, renderer: Renderer, *, validate: bool) -> None:
        self._operation = operation
        self._renderer = renderer
        self._validate = validate

    def convert(self, request: Request, reply: MockResponse) -> RawResponse:
        """The response to send for `reply`.

        Raises:
            ProblemError: it does not match the document, or is not acceptable to the client.
        """
        status = self._status(reply) if reply.status is None else reply.status
        if isinstance(status, bool) or not 200 <= status <= 599:
            raise _invalid(f"{status!r} is not a final status code (200 to 599)")
        response = self._operation.response_for(status)
        known = ", ".join(response.status for response in self._operation.responses)
        if response is None and self._validate and known:
            raise _invalid(f"the status {status} is not documented (documented: {known})")
        offer = self._offer(request, reply, response, status) if response else None
        body = None if isinstance(reply.body, bytes) or is_stream(reply.body) else reply.body
        documented: RawHeaders = ()
        if response is not None:
            documented = self._renderer.headers(self._operation, response, status, body)  # type: ignore[arg-type]
            if self._validate:
                self._check(reply, response, offer, documented)
        headers = _overlaid(documented if reply.adds_documented else (), reply)
        if status in (204, 205, 304) or (reply.body is None and offer is None):
            return raw_response(status, b"", None, "handler", headers)
        media_type = reply.media_type or (
            "application/json" if not offer or "*" in offer.name else offer.name
        )
        if isinstance(reply.body, AsyncIterable | Iterator):
            found = raw_response(status, b"", media_type, "handler", headers)
            unsized = tuple(field for field in found.headers if field[0] != b"content-length")
            found = replace(found, headers=unsized, stream=self._chunks(reply.body, media_type, offer))
            return self._renderer.paced(found, self._operation, offer)
        data = self._written(reply, offer, media_type)
        if body is not None:
            media_type = sent_name(media_type, body)  # type: ignore[arg-type]
        found = raw_response(status, data, media_type, "handler", headers)
        return self._renderer.paced(found, self._operation, offer)

    def _status(self, reply: MockResponse) -> int:
        """The first matching success: one without content if the handler returns no body."""
        known = successes(self._operation)
        fitting = [response for response in known if bool(response.content) is (reply.body is not None)]
        return next((status_of(response) for response in (*fitting, *known)), 200)

    def _offer(
        self, request: Request, reply: MockResponse, response: Response, status: int
    ) -> MediaType | None:
        """The documented media type of the body; None without a body."""
        if not response.content:
            if self._validate and reply.body is not None and status not in (204, 304):
                raise _invalid(f"the response {response.status} has a body, but the document defines none")
            return None
        if reply.media_type is not None:
            offer = response.media_type_for(reply.media_type)
            if offer is None and self._validate:
                raise _invalid(f"the media type {reply.media_type} is not documented for {response.status}")
            return offer
        return self._renderer.negotiated(response, status, request.headers.get("accept"))

    def _check(
        self, reply: MockResponse, response: Response, offer: MediaType | None, generated: RawHeaders
    ) -> None:
        schema = offer.schema if offer else None
        body = reply.body
        if schema is not None and not isinstance(body, bytes | AsyncIterable | Iterator):
            for violation in schema.violations(body, Direction.RESPONSE)[:1]:
                where = f"the body at {violation.pointer}" if violation.pointer else "the body"
                raise _invalid(f"{where}: {safe_message(violation.message, *split(violation.pointer))}")
            for place in hidden_members(body, schema, Direction.RESPONSE):
                raise _invalid(f"the body has {place}, which is writeOnly")
        own = MutableHeaders(raw=[field for field in reply.headers.raw if field not in generated])
        for header in response.headers:
            for message in header_violations(header, own.getlist(header.name)):
                raise _invalid(f"the header {header.name}: {message}")

    def _chunks(
        self, items: Stream, media_type: str, offer: MediaType | None
    ) -> AsyncIterable[bytes] | Iterator[bytes]:
        writer = ItemWriter(media_type, offer if self._validate else None, self._renderer.schemas)
        return chunks(items, writer.written)

    def _written(self, reply: MockResponse, offer: MediaType | None, media_type: str) -> bytes:
        body: Any = reply.body
        if isinstance(body, bytes):
            return body
        if offer is not None:
            schema = offer.schema.raw if offer.schema else {}
            return encode(body, media_type, schema, self._renderer.schemas, offer.part_types)
        is_json = media_types.is_json(media_type) or media_type == MEDIA_TYPE
        return body.encode() if isinstance(body, str) and not is_json else to_json(body)


# Set by the server itself.
_FRAMING = {
    *(b"content-type", b"content-length", b"transfer-encoding", b"connection", b"keep-alive", b"upgrade"),
    *(b"te", b"trailer", b"date"),
}
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, section 5.6.2
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")  # RFC 9110, section 5.5


def _invalid(reason: str) -> ProblemError:
    """The problem for an invalid handler response."""
    error = ProblemError("invalid_response", reason=f"{reason[:1].upper()}{reason[1:]}.")
    error.notes = (f"invalid handler response: {reason}",)
    return error


def _overlaid(documented: RawHeaders, reply: MockResponse) -> RawHeaders:
    """The handler's header fields, and the documented ones that it does not set."""
    own = tuple(field for field in reply.headers.raw if field[0] not in _FRAMING)
    for name, value in own:
        if not _NAME.fullmatch(name) or _CONTROL.search(value):
            raise _invalid(f"the header {name.decode('latin-1')!r} contains an invalid character")
    names = {name for name, _ in own}
    return (*(field for field in documented if field[0] not in names), *own)


def header_violations(header: Header, texts: list[str]) -> list[str]:
    """The violations of the fields of one name; each Set-Cookie is a value (RFC 6265, section 3)."""
    if not texts or header.schema is None:
        return []
    schema = header.schema
    kinds = schema.view.kinds
    values: list[JsonValue]
    if header.name.lower() != "set-cookie":
        values = [coerce(", ".join(texts), kinds)]
    elif "array" in kinds:
        values = [list(texts)]
    elif "object" in kinds:
        values = [dict(text.partition("=")[::2] for text in texts)]
    else:
        values = ["\n".join(texts)] if header.media_type else list(texts)
    found = [schema.violations(value, Direction.RESPONSE)[:1] for value in values]
    return [safe_message(each.message, header.name) for violations in found for each in violations]
