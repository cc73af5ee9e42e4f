"""The journal: the requests that the mock received, its responses, and the webhooks that it sent.

What a record keeps alive costs a request more than the steps that make it: memory that is kept is not at hand
for the next request. So a request adds a plain tuple of what is in hand, and now and then the new tuples
are packed, each into a few objects. Target and header fields of a request are worked out when someone reads
the journal. When the journal is full, the oldest record of a session with more than the average is dropped,
so that a busy session does not push out those of the others; `Journal.dropped` counts what was dropped.
"""

from __future__ import annotations

import asyncio
import marshal
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from signoff.mock.exchange import RawResponse
from signoff.mock.journal_entry import Body, Entry
from signoff.mock.received_head import RECEIVED, Head, read_head
from signoff.mock.spared_records import Dropped, SparedRecords
from signoff.mock.state.sessions import SESSION, SessionNameError, session_of, without_session

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Sequence

    from starlette.types import Scope


Fields: TypeAlias = "Sequence[tuple[bytes, bytes]]"
MEBIBYTE = 1024 * 1024
# The key of a request's body in the ASGI scope.
BODY = "signoff.body"
_RECORD_BYTES = 1536  # approximate cost of a record besides its bodies and header fields

_FORMAT = 2  # of marshal: the newest one that does not look for objects that occur twice, which takes longer
_SLACK = 64  # how many new records there can be, so that many are packed and dropped at once
_LONG = 8192  # bytes of a body; with more, a record is cut and packed at once


class _Record(NamedTuple):
    """A kept exchange, as `_Record._make` reads it from the plain tuple that the journal keeps.

    What is rarely read is packed, as `_packed` does it.
    """

    id: int
    time: float
    session: str
    size: int  # in bytes
    operation: str | None
    response: RawResponse
    packed: bytes

    def entry(self) -> Entry:
        """The entry for readers."""
        # What this process itself has packed.
        received, body, headers, sent, duration_ms = marshal.loads(self.packed)  # noqa: S302
        head, response = _head(received), self.response
        query = head.query.decode("latin-1")
        return Entry(
            id=self.id,
            kind="webhook" if response.why == "webhook" else "request",
            time=datetime.fromtimestamp(self.time, UTC),
            session=self.session,
            method=head.method,
            path=head.path.decode("latin-1"),
            query=without_session(query) if "__session" in query else query,
            request_headers=_texts(head.fields),
            request_body=Body(body, len(body)) if isinstance(body, bytes) else Body(*body),
            status=response.status,
            response_headers=_texts(headers),
            response_body=Body(*sent) if sent else Body(response.body, len(response.body)),
            operation=self.operation,
            why=response.why,
            rule=response.rule,
            notes=response.notes,
            duration_ms=duration_ms,
        )


def _packed(new: tuple[Any, ...]) -> tuple[Any, ...]:
    """A record of what the journal notes of an exchange.

    Args:
        new: number, time, session (None if nothing but the request itself tells it), operation and response;
            then what is packed: what was received (the piece of data that begins with the head, or what the
            server has read of it), the body or its beginning and its size, the header fields that were sent,
            the body that was sent (None if it is the response's) and its size, and the time in the server.
    """
    number, time_, session, operation, response, rest = new
    data = marshal.dumps(rest, _FORMAT)
    size = _RECORD_BYTES + len(data) + len(response.body)
    for note in response.notes:
        size += len(note)
    if session is None:
        session = _session(rest[0])
    return number, time_, session, size, operation, response, data


def _session(received: bytes | tuple[Any, ...]) -> str:
    """The session of a request; an invalid name stands for the default session."""
    if isinstance(received, bytes) and b"session" not in received.lower():
        return ""  # the usual case, which takes a tenth of the time
    head = _head(received)
    with suppress(SessionNameError):
        return session_of(head.fields, head.query)
    return ""


def _head(received: bytes | tuple[Any, ...]) -> Head:
    return read_head(received) if isinstance(received, bytes) else Head._make(received)


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
                and (not status or str(record.response.status).startswith(status))
                and (not self.operations or record.operation in self.operations)
                and (self.session is None or record.session == self.session)
            )

        return is_meant


class Journal:
    """Keeps the newest requests and responses of all sessions.

    Args:
        limit: the maximum number of entries.
        max_bytes: the maximum size of all entries, approximately.
        body_limit: how many bytes of a body are kept.

    Attributes:
        delivery_numbers: the numbers of the deliveries to come; a reload of the mock goes on with them.
    """

    def __init__(
        self, limit: int = 1000, *, max_bytes: int = 16 * MEBIBYTE, body_limit: int = 64 * 1024
    ) -> None:
        self.limit = limit
        self.body_limit = body_limit
        self._long = min(_LONG, body_limit)
        self._dropped = 0
        self.delivery_numbers: Iterator[int] = count(1)
        self._max_bytes = max_bytes
        self._new: deque[tuple[Any, ...]] = deque()
        self._records: deque[tuple[Any, ...]] = deque()
        self._spared = SparedRecords()
        self._dropping = Lock()
        self._last_id = 0
        self._waiting: set[asyncio.Event] = set()

    def append(
        self,
        scope: Scope,
        response: RawResponse,
        headers: Fields,
        body: tuple[bytes, int],
        operation: str | None,
        duration_ms: float,
    ) -> None:
        """Note a request and its response.

        Args:
            scope: the request's ASGI scope, with its body at `BODY`.
            response: the response.
            headers: all header fields that were sent.
            body: the body that was sent, or its beginning, and its size.
            operation: the id of the operation; None without one.
            duration_ms: the time in the server.
        """
        received = scope.get(RECEIVED)
        if received is None:
            fields = tuple(scope["headers"])
            received = (scope["method"], scope["raw_path"], scope["query_string"], fields)
        data = scope.get(BODY, b"")
        sent = None if body[0] is response.body else body
        longest = self._long
        is_long = len(data) > longest or body[1] > longest or len(response.body) > longest
        if is_long or response.stream is not None:
            limit = self.body_limit
            data, sent = (data[:limit], len(data)), (body[0][:limit], body[1])
            response = replace(response, body=b"", stream=None)  # else it would be kept whole
        self._last_id += 1
        new = self._new
        new.append(
            (
                self._last_id,
                time.time(),
                scope.get(SESSION),
                operation,
                response,
                (received, data, headers, sent, duration_ms),
            )
        )
        if is_long or len(new) > _SLACK:
            self._drop_oldest()
        if self._waiting:
            self._wake_readers()

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
        method, fields, data = request
        status, headers, body = response
        limit = self.body_limit
        self._last_id += 1
        self._new.append(
            (
                self._last_id,
                time.time(),
                session,
                operation,
                RawResponse(status, (), b"", "webhook", notes),
                (
                    (method, url.encode("latin-1", "replace"), b"", tuple(fields)),
                    (data[:limit], len(data)),
                    headers,
                    (body[:limit], len(body)),
                    duration_ms,
                ),
            )
        )
        self._drop_oldest()
        self._wake_readers()

    def _drop_oldest(self) -> None:
        """Pack the new records, and drop what exceeds the bounds."""
        with self._dropping:
            self._drop()

    def _drop(self) -> None:
        records, spared, new = self._records, self._spared, self._new
        added = [_packed(new.popleft()) for _ in range(len(new))]
        spared.count(added)
        records += added
        self._dropped += spared.drop_at_once(records, len(records) - self.limit)
        while (is_long := len(records) + len(spared) > self.limit) or spared.size > self._max_bytes:
            spared.drop_one(records, by_size=not is_long)
            self._dropped += 1

    def is_complete(self, wanted: Filter) -> bool:
        """Whether none of the entries of a session, since a time, was dropped; clearing them starts anew."""
        self._drop_oldest()
        since = wanted.since.timestamp() if wanted.since else 0.0
        return self._spared.dropped.newest(wanted.session) < since

    def _still_dropped(self, cleared: Filter | None) -> Dropped:
        """What to know of dropped records after the journal was cleared of what a filter means."""
        dropped = self._spared.dropped
        if cleared is None or cleared == Filter():
            return Dropped()
        if cleared.session is not None and cleared == Filter(session=cleared.session):
            dropped.forget(cleared.session)
        return dropped

    @property
    def dropped(self) -> int:
        """How many entries were dropped because the journal was full."""
        self._drop_oldest()
        return self._dropped

    def _wake_readers(self) -> None:
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
        records = self._read()
        return records if wanted is None else list(filter(wanted.test(), records))

    def _read(self) -> list[_Record]:
        return [_Record._make(kept) for kept in self._kept()]

    def _kept(self) -> list[tuple[Any, ...]]:
        with self._dropping:
            self._drop()
            return [*self._spared.all(), *self._records]

    def clear(self, wanted: Filter | None = None) -> None:
        """Remove the entries that a filter means; all without a filter.

        Another thread may add entries meanwhile; they stay.
        """
        is_meant = wanted.test() if wanted else None
        with self._dropping:
            self._drop()
            found = [*self._spared.all(), *self._records]
            kept = [each for each in found if is_meant is not None and not is_meant(_Record._make(each))]
            self._spared = SparedRecords(self._still_dropped(wanted))
            self._spared.count(kept)
            self._records = deque(kept)

    @property
    def last_id(self) -> int:
        """The id of the newest entry; 0 before the first one."""
        return self._last_id

    @property
    def subscribers(self) -> int:
        """How many readers wait for new entries."""
        return len(self._waiting)

    async def subscribe(
        self,
        wanted: Filter | None = None,
        *,
        after: int = 0,
        idle_s: float = 10.0,
        seconds: float = float("inf"),
    ) -> AsyncGenerator[Entry | None]:
        """The entries after an id as they come, and None whenever there was none for `idle_s`.

        Ends after `seconds`. A slow reader holds no memory: it reads the journal itself, and misses what was
        dropped meanwhile.
        """
        is_meant = (wanted or Filter()).test()
        event = asyncio.Event()
        end = time.monotonic() + seconds
        self._waiting.add(event)
        try:
            while True:
                event.clear()
                for record in self._after(after):
                    after = record.id
                    if is_meant(record):
                        yield record.entry()
                left = end - time.monotonic()
                if left <= 0:
                    return
                try:
                    await asyncio.wait_for(event.wait(), min(idle_s, left))
                except TimeoutError:
                    yield None
        finally:
            self._waiting.discard(event)

    def _after(self, last: int) -> Iterable[_Record]:
        """The records after an id, oldest first; all if no record has it yet, as that of an earlier mock."""
        if last > self._last_id:
            last = 0
        found = []
        for kept in reversed(self._kept()):
            if kept[0] <= last:
                break
            found.append(_Record._make(kept))
        return reversed(found)
