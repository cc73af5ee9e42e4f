"""Which record a full journal drops: the oldest one of a session that has more than the average.

The journal appends to one queue and knows neither sessions nor sizes then. Now and then the session and the
size of each new record are worked out, once. Old records of small sessions leave the queue and are spared
here, each at most once, so that a record costs the same however many sessions there are.
"""

from __future__ import annotations

from collections import deque
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

_Kept: TypeAlias = tuple[Any, ...]  # its first member is its number, its second one its time
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
        measure: the session and the size of a record.
        dropped: what is known of dropped records.

    Attributes:
        size: the size of all records that were counted.
    """

    def __init__(self, measure: Callable[[_Kept], tuple[str, int]], dropped: Dropped | None = None) -> None:
        self.dropped = dropped or Dropped()
        self.size = 0
        self._measure = measure
        self._spared: dict[str, deque[tuple[_Kept, int]]] = {}
        self._number = 0  # of spared records
        self._measured: deque[tuple[str, int]] = deque()  # sessions and sizes of the records of the queue
        # The number and the size of the records of each session, of those in the queue too.
        self._shares: dict[str, list[int]] = {}

    def __len__(self) -> int:
        """How many records are spared."""
        return self._number

    def all(self) -> list[_Kept]:
        """The spared records, oldest first."""
        spared = chain.from_iterable(self._spared.values())
        return sorted((kept for kept, _ in spared), key=lambda kept: kept[0])

    def count(self, queue: deque[_Kept]) -> None:
        """Work out the sessions and the sizes of the records that were added to the queue."""
        missing = len(queue) - len(self._measured)
        if not missing:
            return
        found = [self._measure(kept) for kept in islice(reversed(queue), missing)]
        self._measured += reversed(found)
        shares = self._shares
        for session, size in found:
            if session not in shares:
                shares[session] = [0, 0]
            share = shares[session]
            share[0] += 1
            share[1] += size
            self.size += size

    def drop_at_once(self, queue: deque[_Kept], most: int) -> int:
        """Remove the first records of the queue and return their number; 0 if there are several sessions."""
        if most <= 0 or len(self._shares) > 1 or self._number:
            return 0
        [(session, share)] = self._shares.items()
        for _ in range(most):
            kept = queue.popleft()
        size = sum([self._measured.popleft()[1] for _ in range(most)])
        share[0] -= most
        share[1] -= size
        self.size -= size
        self.dropped.note(session, kept[1])
        return most

    def drop_one(self, queue: deque[_Kept], *, by_size: bool) -> None:
        """Remove a record of the queue, or a spared one; all records are counted.

        Args:
            queue: the other records, oldest first; the newest one stays if it can.
            by_size: whether sessions are compared by the size of their records, not by their number.
        """
        measured, shares = self._measured, self._shares
        if len(shares) == 1 and not self._number:
            self._forget(*measured.popleft(), queue.popleft())
            return
        total = self.size if by_size else self._number + len(queue)
        while len(queue) > 1:
            session, size = measured[0]
            if shares[session][by_size] * len(shares) >= total:
                self._drop_oldest(session, queue)
                return
            measured.popleft()
            self._spared.setdefault(session, deque()).append((queue.popleft(), size))
            self._number += 1
        largest = max(self._spared, key=lambda name: shares[name][by_size], default=measured[0][0])
        self._drop_oldest(largest, queue)

    def _drop_oldest(self, session: str, queue: deque[_Kept]) -> None:
        """Remove the oldest record of a session: a spared one, else the first one of the queue."""
        spared = self._spared.get(session)
        if spared is None:
            self._forget(*self._measured.popleft(), queue.popleft())
            return
        kept, size = spared.popleft()
        self._number -= 1
        if not spared:
            del self._spared[session]
        self._forget(session, size, kept)

    def _forget(self, session: str, size: int, kept: _Kept) -> None:
        self.dropped.note(session, kept[1])
        self.size -= size
        share = self._shares[session]
        share[0] -= 1
        share[1] -= size
        if not share[0]:
            del self._shares[session]
