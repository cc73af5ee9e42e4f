"""Sends a request byte for byte and reads the response with its fields as they came.

The timeouts of an HTTP client count between two bytes, so a server that drips, that says `100 Continue` for
ever or that never ends its header would hold up a run without end. `DeadlineTransport` gives each exchange
one deadline and one size: each read and write gets what is left of the request's own time.
"""

from __future__ import annotations

import ssl
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, Self

import httpcore2
import httpx2

from signoff.conformance.exchange import Received, Sent, TransportFault
from signoff.conformance.limits import Pace
from signoff.contract import SetupError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

_SocketOption = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]


class TooLarge(httpcore2.ReadError):
    """A response is larger than the limit."""


class Budget(threading.local):
    """What an exchange may still take; each thread has its own.

    Attributes:
        until: the moment, as `time.monotonic` tells it, at which the exchange must have ended.
        size: how many more bytes may be read.
        is_untouched: whether no connection was opened for it and nothing was read.
    """

    until: float = 0.0
    size: int = 0
    is_untouched: bool = True

    def start(self, seconds: float, size: int) -> None:
        """Begin an exchange."""
        self.until, self.size, self.is_untouched = time.monotonic() + seconds, size, True

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
        """The response, its body still unread.

        Raises:
            httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError: there is none.
        """
        response = self._pool.handle_request(
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
            status_code=response.status,
            headers=response.headers,
            stream=_Body(response),
            extensions=response.extensions,
        )

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()


class _Body(httpx2.SyncByteStream):
    def __init__(self, response: httpcore2.Response) -> None:
        self._response = response

    def __iter__(self) -> Any:  # noqa: ANN401 - an iterator of bytes
        return self._response.iter_stream()

    def close(self) -> None:
        self._response.close()


# Both count: a small response may unpack to a large body, and a large one may be all header.
_MAX_BODY = 16 * 1024 * 1024
_MAX_RESPONSE = _MAX_BODY + 1024 * 1024
_FAULTS = (
    httpx2.HTTPError,
    httpx2.InvalidURL,
    httpcore2.TimeoutException,
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.UnsupportedProtocol,
    ValueError,
)


class Sender(Protocol):
    """Sends requests."""

    @property
    def gone(self) -> str:
        """Why nothing more can be sent; empty if it can."""

    def send(self, sent: Sent) -> Received:
        """The response to a request."""


class Client:
    """A connection to the target; follows no redirect and adds no field of its own but Host and length."""

    def __init__(
        self, *, timeout_s: float = 10.0, verify: bool | str = True, pace: Pace | None = None
    ) -> None:
        """Make it ready; nothing is sent yet.

        Args:
            timeout_s: how long one exchange may take, from the first byte sent to the last received.
            verify: whether certificates are checked, or the path of a CA bundle.
            pace: which each request waits for; without one there is no wait.

        Raises:
            SetupError: the file has no certificates.
        """
        self.gone = ""
        self._timeout_s = timeout_s
        self._pace = pace or Pace(None)
        self._budget = Budget()
        self._client = httpx2.Client(
            transport=DeadlineTransport(_tls(verify), self._budget),
            timeout=timeout_s,
            follow_redirects=False,
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def send(self, sent: Sent) -> Received:
        """The response to a request; `fault` is why it could not be read completely."""
        self._pace.wait()
        received = self._sent_once(sent)
        if received.fault and self._budget.is_untouched:
            # The server had closed the kept connection just before; it never saw the request, so that
            # sending it again is no second request (RFC 9112, section 9.3.1).
            received = self._sent_once(sent)
        return received

    def _sent_once(self, sent: Sent) -> Received:
        started = time.perf_counter()
        self._budget.start(self._timeout_s, _MAX_RESPONSE)
        try:
            request = httpx2.Request(
                sent.method, sent.url, headers=list(sent.headers), content=sent.body or None
            )
            response = self._client.send(request, stream=True)
            try:
                body = _body(response)
            finally:
                response.close()
        except _FAULTS as error:
            elapsed_s = time.perf_counter() - started
            return Received(0, (), b"", elapsed_s, *_fault(error, elapsed_s))
        fields = tuple(
            (name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw
        )
        return Received(response.status_code, fields, body, time.perf_counter() - started)


SLOW_S = 1.0
_MOST_RETRIES = 8


@dataclass(slots=True)
class SlowRetry:
    """Sends a slow request again, a few times in a run: a pause of the machine is not the server's doing."""

    client: Sender
    retries: int = 0

    def send(self, sent: Sent) -> Received:
        """The response, or the quicker one of two alike."""
        first = self.client.send(sent)
        if first.elapsed_s <= SLOW_S or first.fault or self.retries >= _MOST_RETRIES:
            return first
        self.retries += 1
        second = self.client.send(sent)
        is_alike = not second.fault and second.status == first.status
        return second if is_alike and second.elapsed_s < first.elapsed_s else first


def _fault(error: Exception, elapsed_s: float) -> tuple[str, TransportFault]:
    if isinstance(error, httpcore2.TimeoutException | httpx2.TimeoutException):
        return timed_out(elapsed_s), TransportFault.TIMEOUT
    if isinstance(error, TooLarge):
        return f"the response is larger than {_MAX_BODY // 2**20} MiB", TransportFault.TOO_LARGE
    return f"{type(error).__name__}: {error}".rstrip(": "), TransportFault.BROKEN


def timed_out(elapsed_s: float) -> str:
    """The message for a timeout."""
    return f"no complete response within {elapsed_s:.1f} s"


def _tls(verify: bool | str) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=verify if isinstance(verify, str) else None)
    except (OSError, ssl.SSLError) as error:
        raise SetupError(
            f"cannot read certificates from {verify}: {error.strerror or error}",
            suggestion="--cacert requires a CA bundle in PEM format.",
        ) from None
    if verify is False:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _body(response: httpx2.Response) -> bytes:
    """The whole body, content codings removed.

    Raises:
        TooLarge: it is.
    """
    parts = []
    size = 0
    for part in response.iter_bytes():
        parts.append(part)
        size += len(part)
        if size > _MAX_BODY:
            raise TooLarge
    return b"".join(parts)
