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

_Kept: TypeAlias = tuple[Any, ...]  # its first member is its number, its last one its size


class SparedRecords:
    """The records that are older than those of the journal's queue.

    Args:
        session_of: the session of a record.
    """

    def __init__(self, session_of: Callable[[_Kept], str]) -> None:
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
        share = self._shares[session]
        share[0] -= 1
        share[1] -= kept[-1]
        if not share[0]:
            del self._shares[session]
        return kept
