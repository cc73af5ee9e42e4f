"""The journal: the requests that the mock received, its responses, and the webhooks that it sent.

A request costs one small record that refers to the bytes in hand. Its session and the texts of its headers
are worked out when someone reads the journal. The oldest records are dropped when the journal is full;
`Journal.dropped` counts them.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from threading import Lock
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from signoff.mock.state.sessions import SessionNameError, session_of, without_session

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterable, Sequence

    from starlette.types import Scope

    from signoff.mock.exchange import RawResponse

Kind = Literal["request", "webhook"]
Fields: TypeAlias = "Sequence[tuple[bytes, bytes]]"
MEBIBYTE = 1024 * 1024
# The key of a request's body in the ASGI scope.
BODY = "signoff.body"
_RECORD_BYTES = 1024  # approximate cost of a record besides its texts


class Body(NamedTuple):
    """A body, up to the bound of the journal.

    Attributes:
        data: its beginning.
        size: the size of the whole body in bytes.
    """

    data: bytes = b""
    size: int = 0

    @property
    def is_truncated(self) -> bool:
        """Whether `data` is only the beginning."""
        return len(self.data) < self.size


_EMPTY = Body()


@dataclass(frozen=True, slots=True)
class Entry:
    """A request and its response, or the delivery of a webhook. Nothing in it is redacted.

    Attributes:
        id: its number, from 1 over all sessions.
        kind: what it is about.
        time: when the response was sent.
        session: empty for the default session.
        method: of the request.
        path: raw and percent-encoded; of a webhook, its whole URL.
        query: the raw query string, without the session.
        request_headers: as received, names in lower case.
        request_body: decoded by its Content-Encoding.
        status: of the response; 0 without one.
        response_headers: as sent.
        response_body: as sent.
        operation: the operationId, or method and path; None if no operation matched.
        why: where the response comes from.
        rule: the rule that decided it; empty without one.
        notes: validation errors and other remarks.
        duration_ms: the time in the server.
    """

    id: int
    kind: Kind
    time: datetime
    session: str
    method: str
    path: str
    query: str
    request_headers: tuple[tuple[str, str], ...]
    request_body: Body
    status: int
    response_headers: tuple[tuple[str, str], ...]
    response_body: Body
    operation: str | None
    why: str
    rule: str
    notes: tuple[str, ...]
    duration_ms: float


class _Exchange(NamedTuple):
    """What is kept of a request and its response; `session` is None if the request names it."""

    kind: Kind
    session: str | None
    method: str
    path: str
    query: bytes
    request_headers: Fields
    request_body: Body
    status: int
    response_headers: Fields
    response_body: Body
    operation: str | None
    why: str
    rule: str
    notes: tuple[str, ...]
    duration_ms: float


class _Record(NamedTuple):
    """An exchange with its place in the journal."""

    id: int
    time: float
    cost: int
    exchange: _Exchange

    def session(self) -> str:
        """The session; an invalid name stands for the default session."""
        exchange = self.exchange
        if exchange.session is not None:
            return exchange.session
        with suppress(SessionNameError):
            return session_of(exchange.request_headers, exchange.query)
        return ""

    def entry(self) -> Entry:
        """The entry for readers."""
        query = self.exchange.query.decode("latin-1")
        shown = {
            **self.exchange._asdict(),
            "session": self.session(),
            "query": without_session(query) if "__session" in query else query,
            "request_headers": _texts(self.exchange.request_headers),
            "response_headers": _texts(self.exchange.response_headers),
        }
        return Entry(id=self.id, time=datetime.fromtimestamp(self.time, UTC), **shown)


def _texts(fields: Fields) -> tuple[tuple[str, str], ...]:
    return tuple((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in fields)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries are meant; a member without a value means any.

    Attributes:
        session: empty for the default session, None for all sessions.
        operations: ids of operations; empty for any.
        status: a status code, or a class such as `5XX`.
        since: entries from this time on.
        until: entries before this time.
    """

    session: str | None = None
    operations: frozenset[str] = frozenset()
    status: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def test(self) -> Callable[[_Record], bool]:
        """A function that tells whether a record is meant."""
        since = self.since.timestamp() if self.since else float("-inf")
        until = self.until.timestamp() if self.until else float("inf")
        status = self.status.upper().replace("X", "")

        def is_meant(record: _Record) -> bool:
            return (
                since <= record.time < until
                and (not status or str(record.exchange.status).startswith(status))
                and (not self.operations or record.exchange.operation in self.operations)
                and (self.session is None or record.session() == self.session)
            )

        return is_meant


class Journal:
    """Keeps the newest requests and responses of all sessions.

    Args:
        limit: the maximum number of entries.
        max_bytes: the maximum size of all entries, approximately.
        body_limit: how many bytes of a body are kept.

    Attributes:
        dropped: how many entries were dropped because the journal was full.
    """

    def __init__(
        self, limit: int = 1000, *, max_bytes: int = 16 * MEBIBYTE, body_limit: int = 64 * 1024
    ) -> None:
        self.limit = limit
        self.body_limit = body_limit
        self.dropped = 0
        self._max_bytes = max_bytes
        self._records: deque[_Record] = deque()
        self._size = 0
        self._last_id = 0
        self._lock = Lock()
        self._waiting: set[asyncio.Event] = set()

    def append(
        self,
        scope: Scope,
        response: RawResponse,
        headers: Fields,
        body: Body,
        operation: str | None,
        duration_ms: float,
    ) -> None:
        """Note a request and its response.

        Args:
            scope: the request's ASGI scope, with its body at `BODY`.
            response: the response.
            headers: all header fields that were sent.
            body: the body that was sent.
            operation: the id of the operation; None without one.
            duration_ms: the time in the server.
        """
        received = scope.get(BODY)
        self._keep(
            _Exchange(
                "request",
                None,
                scope["method"],
                scope["raw_path"].decode("latin-1"),
                scope["query_string"],
                scope["headers"],
                _EMPTY if received is None else self.body(received),
                response.status,
                headers,
                body,
                operation,
                response.why,
                "",
                response.notes,
                duration_ms,
            )
        )

    def delivered(
        self,
        session: str,
        operation: str,
        url: str,
        request: tuple[str, Fields, bytes],
        response: tuple[int, Fields, bytes],
        *,
        notes: tuple[str, ...] = (),
        duration_ms: float = 0.0,
    ) -> None:
        """Note the delivery of a webhook or callback.

        Args:
            session: the session that it belongs to.
            operation: the name of the webhook, or the operation and its callback.
            url: where it was sent.
            request: method, header fields and body.
            response: status (0 without a response), header fields and body.
            notes: what went wrong, one sentence each.
            duration_ms: how long it took.
        """
        method, request_headers, sent = request
        status, response_headers, received = response
        self._keep(
            _Exchange(
                *("webhook", session, method, url, b"", request_headers, self.body(sent)),
                *(status, response_headers, self.body(received), operation, "webhook", "", notes),
                duration_ms,
            )
        )

    def body(self, data: bytes, size: int | None = None) -> Body:
        """A body as the journal keeps it."""
        return Body(data[: self.body_limit], len(data) if size is None else size)

    def _keep(self, exchange: _Exchange) -> None:
        cost = _RECORD_BYTES + len(exchange.path) + len(exchange.query)
        cost += len(exchange.request_body.data) + len(exchange.response_body.data)
        cost += sum(map(len, chain.from_iterable(exchange.request_headers)))
        with self._lock:
            self._last_id += 1
            self._records.append(_Record(self._last_id, time.time(), cost, exchange))
            self._size += cost
            while len(self._records) > self.limit or self._size > self._max_bytes:
                self._size -= self._records.popleft().cost
                self.dropped += 1
        for event in self._waiting:
            event.set()

    def entries(self, wanted: Filter | None = None) -> list[Entry]:
        """The entries that a filter means, oldest first; all without a filter."""
        return [record.entry() for record in self._meant(wanted)]

    def newest(self, wanted: Filter, limit: int) -> tuple[list[Entry], int]:
        """The newest entries that a filter means, oldest first, and how many there are in all."""
        found = self._meant(wanted)
        return [record.entry() for record in found[-limit:]], len(found)

    def _meant(self, wanted: Filter | None) -> list[_Record]:
        records = list(self._records)
        return records if wanted is None else list(filter(wanted.test(), records))

    def clear(self, wanted: Filter | None = None) -> None:
        """Remove the entries that a filter means; all without a filter."""
        with self._lock:
            is_meant = wanted.test() if wanted else None
            kept = [record for record in self._records if is_meant and not is_meant(record)]
            self._records = deque(kept)
            self._size = sum(record.cost for record in kept)

    @property
    def last_id(self) -> int:
        """The id of the newest entry; 0 before the first one."""
        return self._last_id

    @property
    def subscribers(self) -> int:
        """How many readers wait for new entries."""
        return len(self._waiting)

    async def subscribe(
        self, wanted: Filter | None = None, *, after: int = 0, idle_s: float = 10.0
    ) -> AsyncGenerator[Entry | None]:
        """The entries after an id as they come, and None whenever there was none for `idle_s`.

        A slow reader holds no memory: it reads the journal itself, and misses what was dropped meanwhile.
        """
        is_meant = (wanted or Filter()).test()
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            while True:
                event.clear()
                for record in self._after(after):
                    after = record.id
                    if is_meant(record):
                        yield record.entry()
                try:
                    await asyncio.wait_for(event.wait(), idle_s)
                except TimeoutError:
                    yield None
        finally:
            self._waiting.discard(event)

    def _after(self, last: int) -> Iterable[_Record]:
        """The records after an id, oldest first."""
        found = []
        for record in reversed(list(self._records)):
            if record.id <= last:
                break
            found.append(record)
        return reversed(found)
