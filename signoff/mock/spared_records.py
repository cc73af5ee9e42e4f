"""Which record a full journal drops: the oldest one of a session that has more than the average.

The journal appends to one queue and knows no sessions then. Only when it is full, the session of each record
is worked out, once. Old records of small sessions leave the queue and are spared here, each at most once, so
that a record costs the same however many sessions there are.
"""

from __future__ import annotations

from collections import deque
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

_Kept: TypeAlias = tuple[
    Any, ...
]  # its first member is its number, its second one its time, its last one its size
_MOST_SESSIONS = 10_000


class Dropped:
    """When the newest record that was dropped of each session was made, as a timestamp; of some of them."""

    def __init__(self) -> None:
        self._times: dict[str, float] = {}
        self._others = -1.0  # of sessions that are not remembered

    def note(self, session: str, time: float) -> None:
        """Remember that a record was dropped."""
        if session not in self._times and len(self._times) >= _MOST_SESSIONS:
            self._others = max(self._others, *self._times.values())
            self._times.clear()
        self._times[session] = time

    def newest(self, session: str | None) -> float:
        """The time of the newest dropped record of a session, of all without one; -1 if there is none."""
        times = self._times.values() if session is None else [self._times.get(session, -1.0)]
        return max(self._others, *times, -1.0)

    def forget(self, session: str) -> None:
        """Forget a session, whose records were removed on purpose."""
        self._times.pop(session, None)


class SparedRecords:
    """The records that are older than those of the journal's queue.

    Args:
        session_of: the session of a record.
        dropped: what is known of dropped records.
    """

    def __init__(self, session_of: Callable[[_Kept], str], dropped: Dropped | None = None) -> None:
        self.dropped = dropped or Dropped()
        self._session_of = session_of
        self._spared: dict[str, deque[_Kept]] = {}
        self._number = 0  # of spared records
        self._sessions: deque[str] = deque()  # of the records of the queue
        # The number and the size of the records of each session, of those in the queue too.
        self._shares: dict[str, list[int]] = {}

    def __len__(self) -> int:
        """How many records are spared."""
        return self._number

    def all(self) -> list[_Kept]:
        """The spared records, oldest first."""
        return sorted(chain.from_iterable(self._spared.values()), key=lambda kept: kept[0])

    def dropped_at_once(self, queue: deque[_Kept], most: int) -> list[_Kept]:
        """Remove the first records of the queue and return them; none if there are several sessions."""
        if most <= 0:
            return []
        self._count(queue)
        if len(self._shares) > 1 or self._number:
            return []
        found = [queue.popleft() for _ in range(most)]
        [(session, share)] = self._shares.items()
        for _ in found:
            self._sessions.popleft()
        share[0] -= most
        share[1] -= sum(kept[-1] for kept in found)
        self.dropped.note(session, found[-1][1])
        return found

    def dropped_of(self, queue: deque[_Kept], size: int, *, by_size: bool) -> _Kept:
        """Remove a record of the queue, or a spared one, and return it.

        Args:
            queue: the other records, oldest first; the newest one stays if it can.
            size: the size of all records.
            by_size: whether sessions are compared by the size of their records, not by their number.
        """
        self._count(queue)
        sessions, shares = self._sessions, self._shares
        if len(shares) == 1 and not self._number:
            return self._removed(sessions.popleft(), queue.popleft())
        total = size if by_size else self._number + len(queue)
        while len(queue) > 1:
            session = sessions[0]
            if shares[session][by_size] * len(shares) >= total:
                return self._oldest(session, queue)
            self._spared.setdefault(sessions.popleft(), deque()).append(queue.popleft())
            self._number += 1
        largest = max(self._spared, key=lambda name: shares[name][by_size], default=sessions[0])
        return self._oldest(largest, queue)

    def _count(self, queue: deque[_Kept]) -> None:
        """Work out the sessions of the records that were added to the queue."""
        missing = len(queue) - len(self._sessions)
        for kept in list(queue)[-missing:] if missing else ():
            session = self._session_of(kept)
            self._sessions.append(session)
            share = self._shares.setdefault(session, [0, 0])
            share[0] += 1
            share[1] += kept[-1]

    def _oldest(self, session: str, queue: deque[_Kept]) -> _Kept:
        """Remove the oldest record of a session: a spared one, else the first one of the queue."""
        spared = self._spared.get(session)
        if spared is None:
            return self._removed(self._sessions.popleft(), queue.popleft())
        found = spared.popleft()
        self._number -= 1
        if not spared:
            del self._spared[session]
        return self._removed(session, found)

    def _removed(self, session: str, kept: _Kept) -> _Kept:
        self.dropped.note(session, kept[1])
        share = self._shares[session]
        share[0] -= 1
        share[1] -= kept[-1]
        if not share[0]:
            del self._shares[session]
        return kept
