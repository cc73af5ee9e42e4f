"""The store of a single process: the states of all sessions, within a size limit.

Nothing is dropped silently. If a change does not fit, named sessions that were idle for longer than the
expiry are removed; if it still does not fit, it is rejected.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from itertools import count
from typing import TYPE_CHECKING

from signoff.mock.state.store import State, StoreFullError

if TYPE_CHECKING:
    from collections.abc import Callable

    from signoff.mock.state.store import Transaction

MEBIBYTE = 1024 * 1024
_SESSION_BYTES = 1000  # approximate cost of a session besides its entries
_WITH_LISTS = 64  # how many sessions keep the lists that were asked for
_VERSIONS = count(1)  # of all stores of the process: a reloaded mock never meets an old version


class MemoryStore:
    """Keeps the states of all sessions in this process.

    Args:
        initial: the state that each session starts with.
        limit: the size limit in bytes, over all sessions.
        expiry: after how many idle seconds a named session may be removed.
        clock: the monotonic time in seconds.
    """

    is_remote = False

    def __init__(
        self,
        initial: State | None = None,
        *,
        limit: int = 64 * MEBIBYTE,
        expiry: float = 86_400,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limit = limit
        self._expiry = expiry
        self._clock = clock
        self._initial = initial
        self._untouched = State(initial=initial)
        self._states: dict[str, State] = {}
        self._used: dict[str, float] = {}
        self._size = 0
        self._recent: OrderedDict[str, State] = OrderedDict()

    def state_of(self, session: str) -> State:
        """The state of a session, as it is now."""
        found = self._states.get(session)
        if found is None:
            return self._untouched
        self._used[session] = self._clock()
        self._recent[session] = found
        self._recent.move_to_end(session)
        if len(self._recent) > _WITH_LISTS:
            self._recent.popitem(last=False)[1].lists.clear()
        return found

    def apply(self, session: str, transaction: Transaction) -> None:
        """Store the changes of a transaction. Raises StoreFullError.

        What decides the changes runs in the same step of the event loop, so conflicts can't occur.
        """
        changes = transaction.changes
        written = transaction.state.growth(changes)
        grown = written + (0 if session in self._states else _SESSION_BYTES)
        if grown > 0 and self._size + grown > self._limit:
            self._remove_idle(session)
            if self._size + grown > self._limit:
                raise StoreFullError(f"the {self._limit} bytes for written items are in use")
        state = self._states.setdefault(session, State(initial=self._initial))
        state.apply(changes, next(_VERSIONS), written)
        self._used[session] = self._clock()
        self._size += grown

    async def load(self, session: str) -> State:
        """The state of a session."""
        return self.state_of(session)

    async def commit(self, session: str, transaction: Transaction) -> None:
        """Store the changes of a transaction. Raises StoreFullError."""
        self.apply(session, transaction)

    async def clear(self, session: str) -> None:
        """Forget what clients wrote in a session."""
        if session in self._states:
            self._drop(session)

    def __len__(self) -> int:
        """The size of all states in bytes."""
        return self._size

    def _remove_idle(self, current: str) -> None:
        oldest = self._clock() - self._expiry
        idle = [name for name, used in self._used.items() if used < oldest and name not in ("", current)]
        for name in idle:
            self._drop(name)

    def _drop(self, session: str) -> None:
        self._size -= self._states.pop(session).size + _SESSION_BYTES
        self._recent.pop(session, None)
        del self._used[session]
