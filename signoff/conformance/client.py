"""Sending a request octet for octet and reading the answer with its fields as they came."""

from __future__ import annotations

import ssl
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import httpcore2
import httpx2

from signoff.conformance.deadline import Budget, DeadlineTransport, TooLarge
from signoff.conformance.exchange import Received, Sent, TransportFault
from signoff.conformance.limits import Pace
from signoff.contract import SetupError

if TYPE_CHECKING:
    from types import TracebackType

# Both count: a small answer may unpack to a large body, and a large one may be all header.
_MAX_BODY = 16 * 1024 * 1024
_MAX_ANSWER = _MAX_BODY + 1024 * 1024
_FAULTS = (
    httpx2.HTTPError,
    httpx2.InvalidURL,
    httpcore2.TimeoutException,
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.UnsupportedProtocol,
    ValueError,
)


class Client:
    """A connection to the target; follows no redirect and adds no field of its own but Host and length."""

    def __init__(
        self, *, timeout_s: float = 10.0, verify: bool | str = True, pace: Pace | None = None
    ) -> None:
        """Make it ready; nothing is sent yet.

        Args:
            timeout_s: how long one exchange may take, from the first octet sent to the last received.
            verify: whether certificates are checked, or the file of authorities to check them with.
            pace: which each request waits for; without one there is no wait.

        Raises:
            SetupError: the file holds no certificates.
        """
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
        """The answer to a request; an answer that cannot be read whole says why in `fault`."""
        self._pace.wait()
        received = self._sent_once(sent)
        if received.fault and self._budget.is_untouched:
            # The server had closed the kept connection just before; it never saw the request, so that
            # sending it again is no second request (RFC 9112, section 9.3.1).
            received = self._sent_once(sent)
        return received

    def _sent_once(self, sent: Sent) -> Received:
        started = time.perf_counter()
        self._budget.start(self._timeout_s, _MAX_ANSWER)
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

    client: Client
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
        return f"the answer is larger than {_MAX_BODY // 2**20} MiB", TransportFault.TOO_LARGE
    return f"{type(error).__name__}: {error}".rstrip(": "), TransportFault.BROKEN


def timed_out(elapsed_s: float) -> str:
    """How reports say that a request was waited for in vain."""
    return f"no whole answer came within {elapsed_s:.1f} s"


def _tls(verify: bool | str) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=verify if isinstance(verify, str) else None)
    except (OSError, ssl.SSLError) as error:
        raise SetupError(
            f"{verify} holds no certificates that can be read: {error.strerror or error}",
            suggestion="--cacert takes a file of certificates in PEM.",
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
