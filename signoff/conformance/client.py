"""Sending a request octet for octet and reading the answer with its fields as they came."""

from __future__ import annotations

import ssl
import time
from typing import TYPE_CHECKING, Self

import httpcore2
import httpx2

from signoff.conformance.deadline import Budget, DeadlineTransport, TooLarge
from signoff.conformance.exchange import Received, Sent
from signoff.conformance.limits import Pace
from signoff.contract import SetUpError

if TYPE_CHECKING:
    from types import TracebackType

# Both count: a small answer may unpack to a large body, and a large one may be all header.
_MAX_BODY = 16 * 1024 * 1024
_MAX_ANSWER = _MAX_BODY + 1024 * 1024
# How the faults begin that say more of the server than of one answer.
TIMED_OUT, TOO_LARGE = "no whole answer came within", "the answer is larger than"
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
            SetUpError: the file holds no certificates.
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
            reason = self._reason(error, time.perf_counter() - started)
            return Received(0, (), b"", time.perf_counter() - started, reason)
        fields = tuple(
            (name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw
        )
        return Received(response.status_code, fields, body, time.perf_counter() - started)

    @staticmethod
    def _reason(error: Exception, elapsed_s: float) -> str:
        if isinstance(error, httpcore2.TimeoutException | httpx2.TimeoutException):
            return f"{TIMED_OUT} {elapsed_s:.1f} s"
        if isinstance(error, TooLarge):
            return f"{TOO_LARGE} {_MAX_BODY // 2**20} MiB"
        return f"{type(error).__name__}: {error}".rstrip(": ")


def _tls(verify: bool | str) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=verify if isinstance(verify, str) else None)
    except (OSError, ssl.SSLError) as error:
        raise SetUpError(
            f"{verify} holds no certificates that can be read: {error.strerror or error}",
            mend="--cacert takes a file of certificates in PEM.",
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
