"""Sends a request byte for byte and reads the response with its fields as they came.

The timeouts of an HTTP client count between two bytes, so a server that drips, that says `100 Continue` for
ever or that never ends its header would hold up a run without end. So each exchange has one deadline and one
size: each read and write gets what is left of the request's own time.

Both phases of a run send through one `Client`. It reads no environment (`.netrc`, proxies), keeps no cookies
and follows no redirect. It waits where the target asks for it (`throttle`), and finds out whether a target
that hung up is gone. What it cannot send or read itself is not the target's fault (`TransportFault.OURS`).
"""

from __future__ import annotations

import ssl
import threading
import time
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Any, Protocol, Self

import httpcore2
import httpx2

from signoff.conformance.connection import Connection
from signoff.conformance.exchange import Received, Sent, TransportFault
from signoff.conformance.limits import Pace
from signoff.conformance.throttle import Throttle
from signoff.contract import media_types
from signoff.reporting.messages import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
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


class _Unreadable(httpcore2.ProtocolError):
    """This client cannot decode a response."""


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


def _supported_codings() -> tuple[str, ...]:
    with httpx2.Client(transport=httpx2.MockTransport(lambda _: httpx2.Response(200))) as client:
        return tuple(client.headers["accept-encoding"].split(", "))


_CODINGS = _supported_codings()
USER_AGENT = "signoff"
_DEFAULTS = (("User-Agent", USER_AGENT), ("Accept", "*/*"), ("Accept-Encoding", ", ".join(_CODINGS)))


class ClientNotes:
    """What the client could not send or read."""

    def __init__(self) -> None:
        self._found: dict[str, list[str]] = {}

    def add(self, sent: Sent, reason: str) -> None:
        """Count a request."""
        self._found.setdefault(reason, []).append(f"{sent.method} {sent.path}")

    @property
    def sentences(self) -> tuple[str, ...]:
        """One for each reason."""
        return tuple(
            f"{counted(len(requests), 'request')} could not be tested because of this client,"
            f" such as {requests[0]}: {reason}"
            for reason, requests in self._found.items()
        )


# Both count: a small response may unpack to a large body, and a large one may be all header.
_MAX_BODY = 16 * 1024 * 1024
_MAX_RESPONSE = _MAX_BODY + 1024 * 1024
# A stream need not end: this long its first bytes are waited for, and then more of them.
_STREAM_FIRST_S, STREAM_S = 3.0, 0.5
_MAX_STREAM = 1024 * 1024
_FAULTS = (
    httpx2.HTTPError,
    httpx2.InvalidURL,
    httpcore2.TimeoutException,
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.ProxyError,
    httpcore2.UnsupportedProtocol,
    ValueError,
)
# After a failed connection, how long to wait before each new attempt; then the target is gone.
_PAUSES_S = (0.05, 0.5, 1.0)
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS", "TRACE")


class Sender(Protocol):
    """Sends requests."""

    @property
    def gone(self) -> str:
        """Why nothing more can be sent; empty if it can."""

    @property
    def notes(self) -> ClientNotes:
        """What could not be sent or read."""

    def send(self, sent: Sent) -> Received:
        """The response to a request."""


class Client:
    """Sends requests to the target.

    Attributes:
        notes: what it could not send or read.
        gone: that the target stopped responding; empty if it did not.
        last_request: the first request that the target did not respond to any more; empty if it did not stop.
    """

    def __init__(
        self,
        *,
        timeout_s: float = 10.0,
        connection: Connection = Connection(),  # noqa: B008 - frozen
        pace: Pace | None = None,
        throttle: Throttle | None = None,
    ) -> None:
        """Make it ready; nothing is sent yet.

        Args:
            timeout_s: how long one exchange may take, from the first byte sent to the last received.
            connection: certificates and the proxy.
            pace: limits the request rate; by default, requests don't wait.
            throttle: how long to wait if the target asks for it; by default, not at all.

        Raises:
            SetupError: a file with certificates or the URL of the proxy is invalid.
        """
        self.notes = ClientNotes()
        self.gone = self.last_request = ""
        self._responses = 0
        self._lock = threading.Lock()
        self._timeout_s = timeout_s
        self._pace = pace or Pace(None)
        self._throttle = throttle or Throttle(0.0)
        self._budget = Budget()
        # A server may close a kept connection at any time. Whether it has seen the request that was sent then
        # nobody knows, and only a safe one may be sent again, so that others get connections of their own.
        self._kept = connection.pool(_Backend(self._budget))
        self._single = connection.pool(_Backend(self._budget), kept=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._kept.close()
        self._single.close()

    def send(self, sent: Sent) -> Received:
        """The response to a request; `fault` is why it could not be read completely.

        A request that the target rejects because there are too many is sent again when it says.
        """
        self._pace.wait()
        self._throttle.wait()
        received = self._if_alive(sent, self._attempt(sent))
        while self._throttle.is_asked(sent, received):
            self._throttle.wait()
            received = self._if_alive(sent, self._attempt(sent))
        if received.fault_kind is TransportFault.OURS:
            self.notes.add(sent, received.fault)
        return self._throttle.marked(sent, received)

    def _attempt(self, sent: Sent) -> Received:
        received = self._sent_once(sent)
        if received.fault and self._budget.is_untouched and received.fault_kind is not TransportFault.OURS:
            # The server had closed the kept connection just before (RFC 9112, section 9.3.1).
            received = self._sent_once(sent)
        if received.status:
            with self._lock:
                self._responses += 1
        return received

    def _if_alive(self, sent: Sent, received: Received) -> Received:
        """The response, if the target is still there.

        A failed connection says nothing about the request, so it is tried again. A target that closes a
        connection without a response may do that to this request alone: another request shows.
        """
        is_not_connected = received.fault_kind is TransportFault.NOT_CONNECTED
        if not self._responses or not (is_not_connected or self._is_hang_up(received)):
            return received
        probe = sent if is_not_connected else Sent("GET", str(httpx2.URL(sent.url).join("/")), (), b"")
        for pause_s in () if self.gone else _PAUSES_S:
            time.sleep(pause_s)
            again = self._attempt(probe)
            if again.fault_kind is not TransportFault.NOT_CONNECTED and not self._is_hang_up(again):
                return again if is_not_connected else received
        with self._lock:
            if not self.gone:
                self.gone = f"the target stopped responding after {counted(self._responses, 'request')}"
                self.last_request = f"{sent.method} {sent.path}"
        return replace(received, fault=self.gone, fault_kind=TransportFault.GONE)

    def _is_hang_up(self, received: Received) -> bool:
        return received.fault_kind is TransportFault.BROKEN and self._budget.is_unanswered

    def _sent_once(self, sent: Sent) -> Received:
        started = time.perf_counter()
        self._budget.start(self._timeout_s, _MAX_RESPONSE)
        try:
            pool = self._kept if sent.method in _SAFE_METHODS else self._single
            response = pool.handle_request(_request(sent))
            kind = _content_type(response)
            is_stream = media_types.is_stream(kind)
            began = time.perf_counter()
            try:
                parts = _decoded(response, sent.method)
                body = _items(parts, kind, self._budget) if is_stream else _body(parts)
            finally:
                response.close()
        except _FAULTS as error:
            elapsed_s = time.perf_counter() - started
            return Received(0, (), b"", elapsed_s, *_fault(error, elapsed_s))
        fields = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers)
        # A stream is as quick as its beginning.
        ended = began if is_stream else time.perf_counter()
        return Received(response.status, fields, body, ended - started)


SLOW_S = 1.0
_MOST_RETRIES = 8


@dataclass(slots=True)
class SlowRetry:
    """Sends a slow request again, a few times in a run: a pause of the machine is not the server's doing."""

    client: Sender
    retries: int = 0

    def send(self, sent: Sent, *, is_safe: bool = False) -> Received:
        """The response, or the quicker one of two alike; requests that may change something are sent once.

        Args:
            sent: the request.
            is_safe: whether it only reads, although its method may change something.
        """
        first = self.client.send(sent)
        is_quick = first.elapsed_s <= SLOW_S
        may_repeat = is_safe or sent.method in _SAFE_METHODS
        if is_quick or first.fault or not may_repeat or self.retries >= _MOST_RETRIES:
            return first
        self.retries += 1
        second = self.client.send(sent)
        is_alike = not second.fault and second.status == first.status
        return second if is_alike and second.elapsed_s < first.elapsed_s else first


def _request(sent: Sent) -> httpcore2.Request:
    """The request as it is sent: with Host, the length, and the fields that every HTTP client sends.

    Raises:
        UnicodeEncodeError: a field has characters that cannot be sent.
        httpx2.InvalidURL: it is.
    """
    fields = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in sent.headers]
    request = httpx2.Request(sent.method, sent.url, headers=fields, content=sent.body or None)
    defaults = [(name.encode(), value.encode()) for name, value in _DEFAULTS if name not in request.headers]
    return httpcore2.Request(
        method=request.method,
        url=httpcore2.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        ),
        headers=[*request.headers.raw, *defaults],
        content=sent.body,
    )


def _fault(error: Exception, elapsed_s: float) -> tuple[str, TransportFault]:
    text = f"{type(error).__name__}: {error}".rstrip(": ")
    match error:
        case httpcore2.TimeoutException() | httpx2.TimeoutException():
            return timed_out(elapsed_s), TransportFault.TIMEOUT
        case TooLarge():
            return f"the response is larger than {_MAX_BODY // 2**20} MiB", TransportFault.TOO_LARGE
        case httpcore2.ConnectError() if not isinstance(error.__cause__, ssl.SSLError):
            return text, TransportFault.NOT_CONNECTED
        case httpcore2.LocalProtocolError() | httpcore2.UnsupportedProtocol() | httpx2.InvalidURL():
            return str(error), TransportFault.OURS
        case httpcore2.ProxyError():
            return f"the proxy responded with {error}", TransportFault.OURS
        case UnicodeEncodeError():
            return f"a header field has the character {error.object[error.start]!r}", TransportFault.OURS
        case _Unreadable() | ValueError():
            return str(error), TransportFault.OURS
    return text, TransportFault.BROKEN


def timed_out(elapsed_s: float) -> str:
    """The message for a timeout."""
    return f"no complete response within {elapsed_s:.1f} s"


def _content_type(response: httpcore2.Response) -> str:
    found = (value.decode("latin-1") for name, value in response.headers if name.lower() == b"content-type")
    return next(found, "")


def _items(parts: Iterator[bytes], kind: str, budget: Budget) -> bytes:
    """The items that a stream gives within its time; all of them where it ends."""
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
            return body
    except httpcore2.TimeoutException:
        pass
    return media_types.whole_items(kind, body)


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
        if size > _MAX_BODY:
            raise TooLarge
    return b"".join(kept)


def _decoded(response: httpcore2.Response, method: str) -> Iterator[bytes]:
    """The parts of a body, without its content codings.

    Raises:
        _Unreadable: its content coding is not supported.
    """
    rest = response.iter_stream()
    first = next(rest, b"")
    if not first or method == "HEAD":  # there is nothing to decode (RFC 9110, section 9.3.2)
        return
    fields = [(name, value) for name, value in response.headers if name.lower() == b"content-encoding"]
    codings = {coding.strip().lower() for _, value in fields for coding in value.decode("latin-1").split(",")}
    if unknown := sorted(codings - {*_CODINGS, "identity", ""}):
        raise _Unreadable(f"the response has the unsupported content coding {unknown[0]}")
    whole = httpx2.Response(200, headers=fields, stream=_Parts(chain([first], rest)))
    yield from whole.iter_bytes()


class _Parts(httpx2.SyncByteStream):
    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts = parts

    def __iter__(self) -> Iterator[bytes]:
        return self._parts
