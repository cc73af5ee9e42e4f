"""The time and size that an exchange may take, and connections that keep to them."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import httpcore2

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable

_SocketOption = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]


class TooLarge(httpcore2.ReadError):
    """A response is larger than the limit."""


class Budget(threading.local):
    """What an exchange may still take; each thread has its own.

    Attributes:
        until: the moment, as `time.monotonic` tells it, at which the exchange must have ended.
        size: how many more bytes may be read.
        is_untouched: whether no connection was opened for it and nothing was read.
        is_unanswered: whether nothing was read.
    """

    until: float = 0.0
    size: int = 0
    is_untouched: bool = True
    is_unanswered: bool = True

    def start(self, seconds: float, size: int) -> None:
        """Begin an exchange."""
        self.until, self.size = time.monotonic() + seconds, size
        self.is_untouched = self.is_unanswered = True

    def remaining(self, timeout: float | None) -> float:
        """The seconds that the next step may take.

        Raises:
            httpcore2.ReadTimeout: none are left.
        """
        left = self.until - time.monotonic()
        if left <= 0:
            raise httpcore2.ReadTimeout("no complete response within the time limit")
        return left if timeout is None else min(left, timeout)

    def spend(self, size: int) -> None:
        """Count bytes read.

        Raises:
            TooLarge: there were too many.
        """
        self.size -= size
        self.is_untouched = self.is_untouched and not size
        self.is_unanswered = self.is_unanswered and not size
        if self.size < 0:
            raise TooLarge


class _Stream(httpcore2.NetworkStream):
    """A connection on which every step keeps to the budget."""

    def __init__(self, inner: httpcore2.NetworkStream, budget: Budget) -> None:
        self._inner, self._budget = inner, budget

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._inner.read(max_bytes, self._budget.remaining(timeout))
        self._budget.spend(len(data))
        return data

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


class Backend(httpcore2.NetworkBackend):
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
        """A connection; opening it takes from the budget as well."""
        left = self._budget.remaining(timeout)
        self._budget.is_untouched = False
        stream = self._inner.connect_tcp(host, port, left, local_address, socket_options)
        return _Stream(stream, self._budget)
