"""Reads the body of a response within its limits, without its content codings."""

from __future__ import annotations

import time
from itertools import chain
from typing import TYPE_CHECKING

import httpcore2
import httpx2

from signoff.conformance.exchange_budget import TooLarge
from signoff.contract import media_types

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.conformance.exchange_budget import Budget


class Unreadable(httpcore2.ProtocolError):
    """This client cannot decode a response."""


def _supported_codings() -> tuple[str, ...]:
    with httpx2.Client(transport=httpx2.MockTransport(lambda _: httpx2.Response(200))) as client:
        return tuple(client.headers["accept-encoding"].split(", "))


CODINGS = _supported_codings()
# Both count: a small response may unpack to a large body, and a large one may be all header.
MAX_BODY = 16 * 1024 * 1024
MAX_RESPONSE = MAX_BODY + 1024 * 1024
# A stream need not end: this long its first bytes are waited for, and then more of them.
_STREAM_FIRST_S, STREAM_S = 3.0, 0.5
_MAX_STREAM = 1024 * 1024
_WHY_CUT = f"streams are read for {STREAM_S} s after their first bytes, and up to {_MAX_STREAM // 2**20} MiB"


def is_stream(response: httpcore2.Response) -> bool:
    """Whether a response is of a media type whose bodies need not end."""
    return media_types.is_stream(_content_type(response))


def read_body(response: httpcore2.Response, method: str, budget: Budget) -> tuple[bytes, str]:
    """The decoded body of a response; of a stream, the items that come in time, and why not all.

    Raises:
        TooLarge: it is.
        Unreadable: its content coding is not supported.
        httpcore2.TimeoutException: it did not end in time.
    """
    parts = _decoded(response, method)
    return _items(parts, _content_type(response), budget) if is_stream(response) else (_body(parts), "")


def _content_type(response: httpcore2.Response) -> str:
    found = (value.decode("latin-1") for name, value in response.headers if name.lower() == b"content-type")
    return next(found, "")


def _items(parts: Iterator[bytes], kind: str, budget: Budget) -> tuple[bytes, str]:
    """The items that a stream gives within its time, and why not all; all of them where it ends."""
    until = budget.until
    budget.until = min(until, time.monotonic() + _STREAM_FIRST_S)
    body = b""
    try:
        for part in parts:
            if not body:
                budget.until = min(until, time.monotonic() + STREAM_S)
            body += part
            budget.remaining(None)
            if len(body) > _MAX_STREAM:
                break
        else:
            return body, ""
    except httpcore2.TimeoutException:
        pass
    return media_types.whole_items(kind, body), _WHY_CUT


def _body(parts: Iterator[bytes]) -> bytes:
    """The whole body.

    Raises:
        TooLarge: it is.
    """
    kept = []
    size = 0
    for part in parts:
        kept.append(part)
        size += len(part)
        if size > MAX_BODY:
            raise TooLarge
    return b"".join(kept)


def _decoded(response: httpcore2.Response, method: str) -> Iterator[bytes]:
    """The parts of a body, without its content codings.

    Raises:
        Unreadable: its content coding is not supported.
    """
    rest = response.iter_stream()
    first = next(rest, b"")
    if not first or method == "HEAD":  # there is nothing to decode (RFC 9110, section 9.3.2)
        return
    fields = [(name, value) for name, value in response.headers if name.lower() == b"content-encoding"]
    codings = {coding.strip().lower() for _, value in fields for coding in value.decode("latin-1").split(",")}
    if unknown := sorted(codings - {*CODINGS, "identity", ""}):
        raise Unreadable(f"the response has the unsupported content coding {unknown[0]}")
    whole = httpx2.Response(200, headers=fields, stream=_Parts(chain([first], rest)))
    yield from whole.iter_bytes()


class _Parts(httpx2.SyncByteStream):
    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts = parts

    def __iter__(self) -> Iterator[bytes]:
        return self._parts
