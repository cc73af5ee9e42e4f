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
from typing import TYPE_CHECKING, Protocol, Self

import httpcore2
import httpx2

from signoff.conformance.connection import Connection
from signoff.conformance.exchange import Received, Sent, TransportFault
from signoff.conformance.exchange_budget import Backend, Budget, TooLarge
from signoff.conformance.limits import Pace
from signoff.conformance.response_body import (
    CODINGS,
    MAX_BODY,
    MAX_RESPONSE,
    Unreadable,
    is_stream,
    read_body,
)
from signoff.conformance.throttle import Throttle
from signoff.reporting.messages import counted

if TYPE_CHECKING:
    from types import TracebackType

USER_AGENT = "signoff"
_DEFAULTS = (("User-Agent", USER_AGENT), ("Accept", "*/*"), ("Accept-Encoding", ", ".join(CODINGS)))


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
PAUSES_S = (0.05, 0.5, 1.0)
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
        tls = connection.tls()
        self._kept = connection.pool(Backend(self._budget), tls)
        self._single = connection.pool(Backend(self._budget), tls, kept=False)

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
        for pause_s in () if self.gone else PAUSES_S:
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
        self._budget.start(self._timeout_s, MAX_RESPONSE)
        try:
            pool = self._kept if sent.method in _SAFE_METHODS else self._single
            response = pool.handle_request(_request(sent))
            began = time.perf_counter()
            try:
                body, left_out = read_body(response, sent.method, self._budget)
            finally:
                response.close()
        except _FAULTS as error:
            elapsed_s = time.perf_counter() - started
            return Received(0, (), b"", elapsed_s, *_fault(error, elapsed_s))
        fields = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers)
        # A stream is as quick as its beginning.
        ended = began if is_stream(response) else time.perf_counter()
        return Received(response.status, fields, body, ended - started, left_out=left_out)


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
            return f"the response is larger than {MAX_BODY // 2**20} MiB", TransportFault.TOO_LARGE
        case httpcore2.ConnectError() if not isinstance(error.__cause__, ssl.SSLError):
            return text, TransportFault.NOT_CONNECTED
        case httpcore2.LocalProtocolError() | httpcore2.UnsupportedProtocol() | httpx2.InvalidURL():
            return str(error), TransportFault.OURS
        case httpcore2.ProxyError():
            return f"the proxy responded with {error}", TransportFault.OURS
        case UnicodeEncodeError():
            return f"a header field has the character {error.object[error.start]!r}", TransportFault.OURS
        case Unreadable() | ValueError():
            return str(error), TransportFault.OURS
    return text, TransportFault.BROKEN


def timed_out(elapsed_s: float) -> str:
    """The message for a timeout."""
    return f"no complete response within {elapsed_s:.1f} s"
