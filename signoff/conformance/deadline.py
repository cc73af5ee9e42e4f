"""A transport that gives a whole exchange one deadline and one size.

The timeouts of an HTTP client are between two octets, so a server that drips, that says `100 Continue` for
ever or that never ends its header would hold a run up without end. Here each read and write gets what is
left of the request's own time.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import httpcore2
import httpx2

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable

_SocketOption = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]


class TooLarge(httpcore2.ReadError):
    """An answer has more octets than are read."""


class Budget(threading.local):
    """What an exchange may still take; each thread has its own.

    Attributes:
        until: the moment, as `time.monotonic` tells it, at which the exchange must have ended.
        octets: how many more may be read.
        is_untouched: whether no connection was opened for it and nothing was read.
    """

    until: float = 0.0
    octets: int = 0
    is_untouched: bool = True

    def start(self, seconds: float, octets: int) -> None:
        """Begin an exchange."""
        self.until, self.octets, self.is_untouched = time.monotonic() + seconds, octets, True

    def remaining(self, timeout: float | None) -> float:
        """The seconds that the next step may take.

        Raises:
            httpcore2.ReadTimeout: none are left.
        """
        left = self.until - time.monotonic()
        if left <= 0:
            raise httpcore2.ReadTimeout("no whole answer in the time that a request has")
        return left if timeout is None else min(left, timeout)

    def spend(self, octets: int) -> None:
        """Count octets read.

        Raises:
            TooLarge: there were too many.
        """
        self.octets -= octets
        self.is_untouched = self.is_untouched and not octets
        if self.octets < 0:
            raise TooLarge


class _Stream(httpcore2.NetworkStream):
    """A connection on which every step keeps to the budget."""

    def __init__(self, inner: httpcore2.NetworkStream, budget: Budget) -> None:
        self._inner, self._budget = inner, budget

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        octets = self._inner.read(max_bytes, self._budget.remaining(timeout))
        self._budget.spend(len(octets))
        return octets

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._budget.remaining(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        secured = self._inner.start_tls(ssl_context, server_hostname, self._budget.remaining(timeout))
        return _Stream(secured, self._budget)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - its own signature
        return self._inner.get_extra_info(info)


class _Backend(httpcore2.NetworkBackend):
    """Opens connections that keep to the budget."""

    def __init__(self, budget: Budget) -> None:
        self._inner, self._budget = httpcore2.SyncBackend(), budget

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[_SocketOption] | None = None,
    ) -> httpcore2.NetworkStream:
        left = self._budget.remaining(timeout)
        self._budget.is_untouched = False
        stream = self._inner.connect_tcp(host, port, left, local_address, socket_options)
        return _Stream(stream, self._budget)


class DeadlineTransport(httpx2.BaseTransport):
    """Sends requests over connections of which each exchange keeps to `budget`; goes through no proxy."""

    def __init__(self, verify: ssl.SSLContext, budget: Budget) -> None:
        self._pool = httpcore2.ConnectionPool(ssl_context=verify, network_backend=_Backend(budget))

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """The answer, its body still unread.

        Raises:
            httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError: there is none.
        """
        answer = self._pool.handle_request(
            httpcore2.Request(
                method=request.method,
                url=httpcore2.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx2.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=_Body(answer),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()


class _Body(httpx2.SyncByteStream):
    def __init__(self, answer: httpcore2.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Any:  # noqa: ANN401 - an iterator of octets
        return self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()
