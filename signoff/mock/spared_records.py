"""Which record a full journal drops: the oldest one of a session that has more than the average.

The journal appends to one queue and knows no sessions then. Only when it is full, the session of each record
is worked out, once. Old records of small sessions leave the queue and are spared here, each at most once, so
that a record costs the same however many sessions there are.
"""

from __future__ import annotations

from collections import deque
from itertools import chain, takewhile
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
        # The number and the size of the records of each session, of those in the queue too.
        self._shares: dict[str, tuple[int, int]] = {}
        self._counted = 0  # the number of the last record that was counted

    def __len__(self) -> int:
        """How many records are spared."""
        return self._number

    def all(self) -> list[_Kept]:
        """The spared records, oldest first."""
        return sorted(chain.from_iterable(self._spared.values()), key=lambda kept: kept[0])

    def dropped_of(self, queue: deque[_Kept], most: int, size: int, *, by_size: bool) -> list[_Kept]:
        """Remove some records of the queue, or a spared one, and return them.

        Args:
            queue: the other records, oldest first; the newest one stays if it can.
            most: how many may be removed.
            size: the size of all records.
            by_size: whether sessions are compared by the size of their records, not by their number.
        """
        self._count(queue)
        if len(self._shares) == 1 and not self._spared:
            return self._first(queue, most)
        total = size if by_size else self._number + len(queue)
        while len(queue) > 1:
            session = self._session_of(queue[0])
            if self._shares[session][by_size] * len(self._shares) >= total:
                return [self._removed(session, queue)]
            self._spared.setdefault(session, deque()).append(queue.popleft())
            self._number += 1
        largest = max(self._spared, key=lambda name: self._shares[name][by_size], default="")
        return [self._removed(largest, queue)]

    def _first(self, queue: deque[_Kept], most: int) -> list[_Kept]:
        """The first records of the queue, all of one session."""
        found = [queue.popleft() for _ in range(most)]
        self._add(next(iter(self._shares)), -len(found), -sum(kept[-1] for kept in found))
        return found

    def _count(self, queue: deque[_Kept]) -> None:
        new = list(takewhile(lambda kept: kept[0] > self._counted, reversed(queue)))
        sizes: dict[str, list[int]] = {}
        for kept in new:
            sizes.setdefault(self._session_of(kept), []).append(kept[-1])
        for session, found in sizes.items():
            self._add(session, len(found), sum(found))
        self._counted = new[0][0] if new else self._counted

    def _add(self, session: str, number: int, size: int) -> None:
        before = self._shares.get(session, (0, 0))
        self._shares[session] = before[0] + number, before[1] + size
        if not self._shares[session][0]:
            del self._shares[session]

    def _removed(self, session: str, queue: deque[_Kept]) -> _Kept:
        """The oldest record of a session: a spared one, else the first one of the queue."""
        spared = self._spared.get(session)
        if spared is None:
            found = queue.popleft()
        else:
            found = spared.popleft()
            self._number -= 1
            if not spared:
                del self._spared[session]
        self._add(session, -1, -found[-1])
        return found
