"""The head of a request as the client sent it: kept as it came, parsed when someone wants to know.

To keep the bytes of a request costs a tenth of what it costs to copy its target and its header fields.
"""

from __future__ import annotations

from contextlib import suppress
from typing import NamedTuple

# The key of what was received in the ASGI scope; it is there if one piece of data began with the whole head.
RECEIVED = "signoff.received"
MOST_KEPT = 4096  # bytes; a longer piece would mostly be bodies, or requests that follow


class Head(NamedTuple):
    """What a request asks for.

    Attributes:
        path: raw and percent-encoded.
        query: raw.
        fields: header fields, names in lower case.
    """

    method: str
    path: bytes
    query: bytes
    fields: tuple[tuple[bytes, bytes], ...]


class _Reader:
    """Collects what httptools finds up to the end of the first header section."""

    def __init__(self) -> None:
        self.target = b""
        self.fields: list[tuple[bytes, bytes]] = []
        self._is_complete = False

    def on_url(self, url: bytes) -> None:
        if not self._is_complete:
            self.target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._is_complete:
            self.fields.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        self._is_complete = True


def read_head(received: bytes) -> Head:
    """The head of a request that httptools has parsed before; what follows it does not matter."""
    import httptools  # noqa: PLC0415 - optional; without it nothing is received this way

    reader = _Reader()
    with suppress(httptools.HttpParserError, httptools.HttpParserUpgrade):
        httptools.HttpRequestParser(reader).feed_data(received)
    target = httptools.parse_url(reader.target)
    method = received.split(None, 1)[0].decode("ascii")
    return Head(method, target.path, target.query or b"", tuple(reader.fields))
