"""httptools' parser of requests, for the server's protocol.

It differs in four ways. An offer to upgrade is ignored and the body is read (RFC 9110, section 7.8);
httptools leaves the body to the other protocol. Request targets and header sections have a limit. HTTP/1.1
requests need exactly one Host (RFC 9112, section 3.2). What was received of a request goes into its scope.
"""

from __future__ import annotations

from typing import Any

import httptools

from signoff.mock.received_head import MOST_KEPT, RECEIVED
from signoff.mock.settings import MAX_HEAD

_FRAMING = (b"content-length", b"transfer-encoding")


class RejectedError(httptools.HttpParserError):
    """A request that is not read any further."""


class RequestParser:
    """Parses requests and calls a protocol of uvicorn.

    httptools calls the protocol itself for each piece of a request; what is checked here is checked once for
    each header section, or once for each piece of data that leaves one incomplete.

    Attributes:
        rejected: the status and the reason for a request that is rejected.

    Args:
        protocol: the protocol, whose class httptools doesn't type.
        max_head: the size limit of request targets and of header sections, in bytes.
    """

    def __init__(self, protocol: Any, max_head: int = MAX_HEAD) -> None:  # noqa: ANN401 - see above
        self.rejected: tuple[int, str] | None = None
        self._protocol = protocol
        self._max_head = max_head
        self._in_head = self._is_body_due = False
        self._is_between = True  # requests
        self._received: bytes | None = None  # the piece of data, as long as only the next head is known of it
        self._head = 0
        # Called by httptools:
        self.on_url = protocol.on_url
        self.on_header = protocol.on_header
        self.on_body = protocol.on_body
        self._use(self)

    def _use(self, callbacks: object) -> None:
        self._parser = httptools.HttpRequestParser(callbacks)
        self._parser.set_dangerous_leniencies(lenient_data_after_close=True)
        # Called by the protocol, about the request whose headers are complete:
        self.get_http_version = self._parser.get_http_version
        self.get_method = self._parser.get_method
        self.should_keep_alive = self._parser.should_keep_alive

    def feed_data(self, data: bytes) -> None:
        """Parse what was received."""
        was_in_head = self._in_head
        size = len(data)
        self._received = data if self._is_between and size <= MOST_KEPT else None
        while data:
            try:
                self._parser.feed_data(data)
            except httptools.HttpParserUpgrade as offer:
                data = data[offer.args[0] :]
                if self._is_body_due:  # parsed as the body of a request without the offer
                    self._is_body_due = False
                    self._use(_AfterOffer(self))
                    self._parser.feed_data(b"POST / HTTP/1.1\r\n" + self._framing() + b"\r\n")
                else:
                    self._use(self)
                continue
            break
        if self._in_head:
            self._head += size if was_in_head else 0  # what is before the head does not count
            self._check_target()
            if self._head > self._max_head + len(self._protocol.url):
                self._refuse_head()

    def _framing(self) -> bytes:
        fields = self._protocol.headers
        return b"".join(b"%s: %s\r\n" % field for field in fields if field[0] in _FRAMING)

    def should_upgrade(self) -> bool:
        """No upgrade is supported."""
        return False

    def on_message_begin(self) -> None:
        """Start a request."""
        self._in_head = True
        self._is_between = False
        self._head = 0
        self._protocol.on_message_begin()

    def on_headers_complete(self) -> None:
        """Check the header section, and start the application."""
        self._in_head = False
        self._check_target()
        size = hosts = 0
        for name, value in self._protocol.headers:
            size += len(name) + len(value)
            if name == b"host":
                hosts += 1
        if size > self._max_head:
            self._refuse_head()
        if hosts != 1 and self._parser.get_http_version() == "1.1":
            self.rejected = 400, f"The request has {hosts} Host headers instead of one."
            raise RejectedError
        self._is_body_due = bool(self._parser.should_upgrade() and self._framing())
        if self._received is not None:
            self._protocol.scope[RECEIVED] = self._received
            self._received = None
        self._protocol.on_headers_complete()

    def on_message_complete(self) -> None:
        """End the request."""
        if not self._is_body_due:
            self._is_between = True
            self._protocol.on_message_complete()

    def _check_target(self) -> None:
        if len(self._protocol.url) > self._max_head:
            self.rejected = 414, f"The request target is longer than {self._max_head:,} bytes."
            raise RejectedError

    def _refuse_head(self) -> None:
        self.rejected = 431, f"The header section is longer than {self._max_head:,} bytes."
        raise RejectedError


class _AfterOffer:
    """What httptools calls for a body whose head was parsed before, and for the requests that follow it."""

    def __init__(self, parser: RequestParser) -> None:
        self._parser = parser
        self._is_resuming = True
        self.on_body = parser.on_body

    def on_message_begin(self) -> None:
        if not self._is_resuming:
            self._parser.on_message_begin()

    def on_url(self, url: bytes) -> None:
        if not self._is_resuming:
            self._parser.on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._is_resuming:
            self._parser.on_header(name, value)

    def on_headers_complete(self) -> None:
        if not self._is_resuming:
            self._parser.on_headers_complete()

    def on_message_complete(self) -> None:
        self._is_resuming = False
        self._parser.on_message_complete()
