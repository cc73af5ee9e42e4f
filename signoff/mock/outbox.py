"""Sends callbacks and webhooks in the background: after a delay, with retries, each with a result.

A response is bounded in size and time, and redirects are not followed. Deliveries that are pending when the
server stops are dropped.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
import time
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING, Literal, Protocol

import httpx2

from signoff.mock.outgoing_hosts import MAX_URL, OutgoingHosts, UrlNotAllowedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.mock.exchange import RawHeaders
    from signoff.mock.settings import Settings

logger = logging.getLogger("signoff.mock")

MAX_PENDING = 100
MAX_RESPONSE = 64 * 1024
_FIRST_PAUSE_S = 0.5
_RETRIED = frozenset((408, 425, 429, 500, 502, 503, 504))


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request that the mock sends.

    Attributes:
        name: the name of the callback or webhook in the document.
        operation: the operation and its callback, such as `createOrder/onPaid`; the name of a webhook.
        session: the session of the request that it follows.
        statuses: the documented statuses of its response, such as `2XX`; none if any is fine.
        fault: why it can't be sent; empty if it can.
    """

    kind: Literal["callback", "webhook"]
    name: str
    operation: str
    session: str
    method: str
    url: str
    headers: RawHeaders = ()
    body: bytes = b""
    statuses: tuple[str, ...] = ()
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A request that was sent, or was given up, and its result.

    Attributes:
        id: a name such as `callback-1`, unique for a journal.
        status: the status of the response; 0 without one.
        body: the beginning of the response's body.
        attempts: how often it was sent.
        error: why it was not delivered; empty if it was.
        duration_ms: the time until the last response, with the pauses between attempts.
    """

    id: str
    request: Outgoing
    status: int = 0
    headers: RawHeaders = ()
    body: bytes = b""
    attempts: int = 0
    error: str = ""
    duration_ms: float = 0

    @property
    def notes(self) -> tuple[str, ...]:
        """What else the journal has of it, one sentence each."""
        times = {0: "not sent", 1: "sent once"}.get(self.attempts, f"sent {self.attempts} times")
        documented = self.request.statuses
        is_odd = self.status and documented and not any(_covers(text, self.status) for text in documented)
        odd = (f"the status {self.status} is not documented (documented: {', '.join(documented)})",)
        return (f"{self.id}: {times}", *(odd if is_odd else ()), *((self.error,) if self.error else ()))


class DeliveryLog(Protocol):
    """Keeps the results; the journal of the mock is one.

    Attributes:
        delivery_numbers: the numbers of the deliveries to come.
    """

    delivery_numbers: Iterator[int]

    def delivered(
        self,
        session: str,
        operation: str,
        url: str,
        request: tuple[str, RawHeaders, bytes],
        response: tuple[int, RawHeaders, bytes],
        *,
        notes: tuple[str, ...] = (),
        duration_ms: float = 0.0,
    ) -> None:
        """Note a delivery: method, header fields and body, and status (0 without one), fields and body."""


class Outbox:
    """The deliveries of one mock server.

    Args:
        settings: allowed hosts, retries and time limit.
        journal: where the results go, besides the log.

    Raises:
        SetupError: an allowed host is invalid.
    """

    def __init__(self, settings: Settings, journal: DeliveryLog | None = None) -> None:
        self.hosts = OutgoingHosts(settings.callback_hosts)
        self._retries = settings.callback_retries
        self._timeout_s = settings.callback_timeout
        self._journal = journal
        self._numbers = count(1) if journal is None else journal.delivery_numbers
        self._pending: set[asyncio.Task[None]] = set()

    def post(self, request: Outgoing, delay_s: float = 0) -> str:
        """Send a request in the background, and return the id of its delivery."""
        delivery = Delivery(f"{request.kind}-{next(self._numbers)}", request)
        if request.fault:
            self._done(replace(delivery, error=request.fault))
        elif len(self._pending) >= MAX_PENDING:
            self._done(replace(delivery, error=f"not sent, because {MAX_PENDING} deliveries are pending"))
        else:
            task = asyncio.get_running_loop().create_task(self._deliver(delivery, delay_s))
            self._pending.add(task)
            task.add_done_callback(self._pending.discard)
        return delivery.id

    async def _deliver(self, delivery: Delivery, delay_s: float) -> None:
        await asyncio.sleep(delay_s)
        delivery = replace(delivery)
        started = time.perf_counter()
        for attempt in range(self._retries + 1):
            if attempt:
                await asyncio.sleep(_FIRST_PAUSE_S * 2 ** (attempt - 1))
            found, is_final = await self._attempt(replace(delivery, attempts=attempt + 1))
            if is_final:
                break
        self._done(replace(found, duration_ms=(time.perf_counter() - started) * 1000))

    async def _attempt(self, delivery: Delivery) -> tuple[Delivery, bool]:
        """The result of one attempt, and whether it is the last one."""
        request = delivery.request
        try:
            url = self.hosts.checked(request.url)
            async with asyncio.timeout(self._timeout_s):
                found = await self._sent(url, delivery)
        except UrlNotAllowedError as error:
            return replace(delivery, attempts=0, error=_sentence(error)), True
        except TimeoutError:
            return replace(delivery, error=f"no response within {self._timeout_s:g} s"), False
        except (httpx2.HTTPError, OSError) as error:
            return replace(delivery, error=_unreachable(request.url, error)), False
        except (httpx2.InvalidURL, ValueError) as error:  # a header or URL that HTTP can't have
            return replace(delivery, attempts=0, error=f"the request cannot be sent: {error}"), True
        return found, found.status not in _RETRIED

    async def _sent(self, url: httpx2.URL, delivery: Delivery) -> Delivery:
        """The delivery with the response, from the first address of the host that accepts a connection."""
        addresses = await self.hosts.addresses(url)
        for address in addresses[:-1]:
            try:
                return await self._exchange(url, address, delivery)
            except httpx2.ConnectError:
                continue
        return await self._exchange(url, addresses[-1], delivery)

    async def _exchange(self, url: httpx2.URL, address: str, delivery: Delivery) -> Delivery:
        """Send a request to one address, and read the beginning of its response."""
        verify = self._tls if url.scheme == "https" else False
        headers = [(b"host", url.netloc), (b"accept-encoding", b"identity"), *delivery.request.headers]
        async with (
            httpx2.AsyncClient(
                verify=verify, trust_env=False, follow_redirects=False, timeout=None
            ) as client,
            client.stream(
                delivery.request.method,
                url.copy_with(host=address, userinfo=b"", fragment=None),
                headers=headers,
                auth=(url.username, url.password) if url.userinfo else None,
                content=delivery.request.body,
                extensions={"sni_hostname": url.host},
            ) as response,
        ):
            body = b""
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) >= MAX_RESPONSE:
                    break
            fields = tuple((name.lower(), value) for name, value in response.headers.raw)
            error = "" if response.is_success else _reason(response)
            return replace(
                delivery, status=response.status_code, headers=fields, body=body[:MAX_RESPONSE], error=error
            )

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context()

    def _done(self, delivery: Delivery) -> None:
        request = delivery.request
        text = f"{request.kind} {request.name}: {request.method} {_shown(request.url)}"
        if delivery.error:
            logger.warning("%s: %s", text, delivery.error)
        else:
            logger.info("%s: %d (%.1f ms)", text, delivery.status, delivery.duration_ms)
        if self._journal is not None:
            self._journal.delivered(
                request.session,
                request.operation,
                _without_credentials(request.url)[:MAX_URL],
                (request.method, request.headers, request.body),
                (delivery.status, delivery.headers, delivery.body),
                notes=delivery.notes,
                duration_ms=delivery.duration_ms,
            )


def _unreachable(url: str, error: Exception) -> str:
    """Why nothing was received, and what to check."""
    reason = str(error) or type(error).__name__
    if isinstance(error, httpx2.ConnectError):
        return f"no connection to {_shown(url)} ({reason}): check that the receiver runs, and its port"
    return reason


def _reason(response: httpx2.Response) -> str:
    """Why a response means that the request was not accepted."""
    if response.has_redirect_location:
        return f"the receiver redirects to {_shown(response.headers['location'])}; redirects are not followed"
    return f"the receiver responded with {response.status_code}"


def _covers(documented: str, status: int) -> bool:
    text = documented.upper()
    return text in ("DEFAULT", str(status), f"{str(status)[0]}XX")


def _shown(url: str) -> str:
    """A URL for the log: without credentials, on one line, not too long."""
    plain = _without_credentials(url).encode("unicode_escape").decode()
    return plain if len(plain) <= 200 else f"{plain[:200]} …"


def _without_credentials(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    return f"{scheme}{separator}{authority.rpartition('@')[2]}{slash}{path}" if separator else url


def _sentence(error: UrlNotAllowedError) -> str:
    """An error on one line."""
    return f"{error.message}. {error.suggestion}" if error.suggestion else error.message
