"""Which record a full journal drops: the oldest one of a session that has more than the average.

The journal appends to one queue. Old records of small sessions leave it and are spared here, each at most
once, so that a record costs the same however many sessions there are.
"""

from __future__ import annotations

from collections import deque
from itertools import chain
from typing import Any, TypeAlias

_Kept: TypeAlias = tuple[Any, ...]  # its first members are its number, its time, its session and its size
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
        dropped: what is known of dropped records.

    Attributes:
        size: the size of all records that were counted.
    """

    def __init__(self, dropped: Dropped | None = None) -> None:
        self.dropped = dropped or Dropped()
        self.size = 0
        self._spared: dict[str, deque[_Kept]] = {}
        self._number = 0  # of spared records
        # The number and the size of the records of each session, of those in the queue too.
        self._shares: dict[str, list[int]] = {}

    def __len__(self) -> int:
        """How many records are spared."""
        return self._number

    def all(self) -> list[_Kept]:
        """The spared records, oldest first."""
        spared = chain.from_iterable(self._spared.values())
        return sorted(spared, key=lambda kept: kept[0])

    def count(self, added: list[_Kept]) -> None:
        """Count the records that are added to the queue."""
        shares = self._shares
        for _, _, session, size, *_ in added:
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
        old = [queue.popleft() for _ in range(most)]
        size = sum([kept[3] for kept in old])
        share[0] -= most
        share[1] -= size
        self.size -= size
        self.dropped.note(session, old[-1][1])
        return most

    def drop_one(self, queue: deque[_Kept], *, by_size: bool) -> None:
        """Remove a record of the queue, or a spared one; all records are counted.

        Args:
            queue: the other records, oldest first; the newest one stays if it can.
            by_size: whether sessions are compared by the size of their records, not by their number.
        """
        shares = self._shares
        if len(shares) == 1 and not self._number:
            self._forget(queue.popleft())
            return
        total = self.size if by_size else self._number + len(queue)
        while len(queue) > 1:
            session = queue[0][2]
            if shares[session][by_size] * len(shares) >= total:
                self._drop_oldest(session, queue)
                return
            self._spared.setdefault(session, deque()).append(queue.popleft())
            self._number += 1
        largest = max(self._spared, key=lambda name: shares[name][by_size], default=queue[0][2])
        self._drop_oldest(largest, queue)

    def _drop_oldest(self, session: str, queue: deque[_Kept]) -> None:
        """Remove the oldest record of a session: a spared one, else the first one of the queue."""
        spared = self._spared.get(session)
        if spared is None:
            self._forget(queue.popleft())
            return
        kept = spared.popleft()
        self._number -= 1
        if not spared:
            del self._spared[session]
        self._forget(kept)

    def _forget(self, kept: _Kept) -> None:
        _, time, session, size, *_ = kept
        self.dropped.note(session, time)
        self.size -= size
        share = self._shares[session]
        share[0] -= 1
        share[1] -= size
        if not share[0]:
            del self._shares[session]
