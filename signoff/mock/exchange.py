"""A request as it was received, and the finished response: what is sent, and why it is this one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Iterator, Mapping

    from signoff.contract.json_value import JsonValue

Why = Literal["handler", "example", "generated", "preference", "validation", "refused", "fault", "options"]
RawHeaders = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it is on the wire.

    Attributes:
        path: the raw path, percent-encoded, without the query.
        path_values: the raw text of each path parameter.
        query: the raw query string.
        headers: names in lower case; values of repeated fields joined by commas.
    """

    path: str
    path_values: Mapping[str, str]
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """One response.

    Attributes:
        headers: names in lower case; Content-Type and Content-Length among them.
        why: what decided it, for the log.
        stream: what the body is sent from chunk by chunk, in place of `body`.
        notes: how the request or a handler broke the contract, for the log; one sentence each.
    """

    status: int
    headers: RawHeaders
    body: bytes
    why: Why
    notes: tuple[str, ...] = ()
    stream: AsyncIterable[bytes] | Iterator[bytes] | None = None


def to_json(value: JsonValue) -> bytes:
    """The octets of a JSON value: UTF-8, members in their order, no spare space."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def answer(status: int, body: bytes, media_type: str | None, why: Why, headers: RawHeaders = ()) -> Answer:
    """Put an answer together; a body of None-length content has no Content-Type.

    Some statuses have no content whatever the document says (RFC 9110, sections 15.2, 15.3.5 and 15.4.5).
    """
    content: list[tuple[bytes, bytes]] = []
    if status in (204, 205, 304) or status < 200:
        body, media_type = b"", None
    if media_type is not None:
        content.append((b"content-type", media_type.encode("latin-1", "replace")))
    if status not in (204, 304) and status >= 200:
        content.append((b"content-length", str(len(body)).encode()))
    return Answer(status, (*content, *headers), body, why)
