"""The request as received, and the finished response."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from signoff.mock.page_sandbox import content_fields, has_policy

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Iterator, Mapping

    from signoff.contract.json_value import JsonValue
    from signoff.mock.stream_pace import Pace

Why = Literal[
    "handler",
    "example",
    "generated",
    "preference",
    "rule",
    "validation",
    "rejected",
    "fault",
    "options",
    "webhook",
]
FaultKind = Literal[
    "reset", "empty", "truncate", "malformed-json", "slow-drip", "wrong-content-type", "timeout"
]
# The response header that names what of a forced response the document does not define.
UNDOCUMENTED = "signoff-undocumented"
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
RawHeaders = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class Request:
    """A request as received.

    Attributes:
        path: the raw path, percent-encoded, without the query.
        path_values: the raw text of each path parameter.
        query: the raw query string.
        headers: names in lower case; values of repeated fields joined by commas.
        origin: scheme and host, such as `http://localhost:4010`; the host only if it can affect the response.
    """

    path: str
    path_values: Mapping[str, str]
    query: str
    headers: Mapping[str, str]
    body: bytes
    origin: str = ""

    @property
    def size(self) -> int:
        """The number of bytes in which its values are."""
        fields = self.headers.values()
        return len(self.path) + len(self.query) + len(self.body) + sum([len(field) for field in fields])


@dataclass(frozen=True, slots=True)
class Fault:
    """How a response is broken on purpose.

    Attributes:
        kind: what is wrong with it.
        seconds: how long it takes; None for the usual time of its kind.
    """

    kind: FaultKind
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class RawResponse:
    """A response as sent.

    Attributes:
        headers: names in lower case, including Content-Type and Content-Length.
        why: where the response comes from, for the log.
        stream: the chunks of a streamed body, instead of `body`.
        pace: how to send `body` over time; None to send it at once.
        notes: violations by the request or a handler, for the log; one sentence each.
        delay_s: how long to wait before sending it.
        fault: how to break it; None not to.
        rule: the id of the rule that decided it; empty without one.
    """

    status: int
    headers: RawHeaders
    body: bytes
    why: Why
    notes: tuple[str, ...] = ()
    stream: AsyncIterable[bytes] | Iterator[bytes] | None = None
    delay_s: float = 0.0
    fault: Fault | None = None
    rule: str = ""
    pace: Pace | None = None


def to_json(value: JsonValue) -> bytes:
    """A JSON value as bytes: UTF-8, compact, members in order."""
    return _ENCODER.encode(value).encode("utf-8", "surrogatepass")


def raw_response(
    status: int, body: bytes, media_type: str | None, why: Why, headers: RawHeaders = ()
) -> RawResponse:
    """Build a response; without a media type it has no Content-Type.

    Some statuses never have content (RFC 9110, sections 15.2, 15.3.5 and 15.4.5). Pages are sandboxed, unless
    `headers` has a policy.
    """
    content: RawHeaders = ()
    if status in (204, 205, 304) or status < 200:
        body, media_type = b"", None
    if media_type is not None:
        content = content_fields(media_type)
        if len(content) > 1 and has_policy(headers):
            content = content[:1]
    if status not in (204, 304) and status >= 200:
        content = (*content, (b"content-length", str(len(body)).encode()))
    return RawResponse(status, (*content, *headers), body, why)
