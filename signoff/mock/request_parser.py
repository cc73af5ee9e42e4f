"""httptools' parser of requests, for the server's protocol.

It differs in three ways. An offer to upgrade is ignored and the body is read (RFC 9110, section 7.8);
httptools leaves the body to the other protocol. Request targets and header sections have a limit. HTTP/1.1
requests need exactly one Host (RFC 9112, section 3.2).
"""

from __future__ import annotations

from typing import Any

import httptools

MAX_TARGET = MAX_HEAD = 64 * 1024
_FRAMING = (b"content-length", b"transfer-encoding")


class RejectedError(httptools.HttpParserError):
    """A request that is not read any further."""


class RequestParser:
    """Parses requests and calls a protocol of uvicorn.

    Attributes:
        rejected: the status and the reason for a request that is rejected.
    """

    def __init__(self, protocol: Any) -> None:  # noqa: ANN401 - uvicorn's class, which httptools doesn't type
        self.rejected: tuple[int, str] | None = None
        self._protocol = protocol
        self._parser = self._fresh()
        self._in_head = self._is_body_due = self._is_resuming = False
        self._target = self._head = self._hosts = 0
        self._framing: list[bytes] = []

    def _fresh(self) -> httptools.HttpRequestParser:
        parser = httptools.HttpRequestParser(self)
        parser.set_dangerous_leniencies(lenient_data_after_close=True)
        return parser

    def feed_data(self, data: bytes) -> None:
        """Parse what was received."""
        size = len(data) if self._in_head else 0
        while data:
            try:
                self._parser.feed_data(data)
            except httptools.HttpParserUpgrade as offer:
                data = data[offer.args[0] :]
                self._parser = self._fresh()
                if self._is_body_due:  # parsed as the body of a request without the offer
                    self._is_body_due, self._is_resuming = False, True
                    self._parser.feed_data(b"POST / HTTP/1.1\r\n" + b"".join(self._framing) + b"\r\n")
                continue
            break
        self._head += size
        if self._in_head and size and self._head > MAX_HEAD:
            self._refuse_head()

    def get_http_version(self) -> str:
        """The version of the request whose headers are complete."""
        version: str = self._parser.get_http_version()
        return version

    def get_method(self) -> bytes:
        """Its method."""
        method: bytes = self._parser.get_method()
        return method

    def should_keep_alive(self) -> bool:
        """Whether the connection stays open."""
        return bool(self._parser.should_keep_alive())

    def should_upgrade(self) -> bool:
        """No upgrade is supported."""
        return False

    # Called by httptools:

    def on_message_begin(self) -> None:
        """Start a request."""
        if self._is_resuming:
            return
        self._in_head = True
        self._target = self._head = self._hosts = 0
        self._framing = []
        self._protocol.on_message_begin()

    def on_url(self, url: bytes) -> None:
        """Take a piece of the target."""
        if self._is_resuming:
            return
        self._target += len(url)
        if self._target > MAX_TARGET:
            self.rejected = 414, f"The request target is longer than {MAX_TARGET:,} bytes."
            raise RejectedError
        self._protocol.on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        if self._is_resuming:
            return
        self._head += len(name) + len(value)
        if self._head > MAX_HEAD:
            self._refuse_head()
        lower = name.lower()
        self._hosts += lower == b"host"
        if lower in _FRAMING:
            self._framing.append(b"%s: %s\r\n" % (name, value))
        self._protocol.on_header(name, value)

    def on_headers_complete(self) -> None:
        """Check the header section, and start the application."""
        if self._is_resuming:
            return
        self._in_head = False
        if self._hosts != 1 and self._parser.get_http_version() == "1.1":
            self.rejected = 400, f"The request has {self._hosts} Host headers instead of one."
            raise RejectedError
        self._is_body_due = bool(self._parser.should_upgrade() and self._framing)
        self._protocol.on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body."""
        self._protocol.on_body(body)

    def on_message_complete(self) -> None:
        """End the request."""
        if not self._is_body_due:
            self._is_resuming = False
            self._protocol.on_message_complete()

    def _refuse_head(self) -> None:
        self.rejected = 431, f"The header section is longer than {MAX_HEAD:,} bytes."
        raise RejectedError
