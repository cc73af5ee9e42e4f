"""Runs the work of requests in the event loop, and what takes long in a thread: other requests don't wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar

from signoff.generate import Slices, TakesLongError

if TYPE_CHECKING:
    from collections.abc import Callable

_Found = TypeVar("_Found")
_THREADS = 2
_LIMITER: RunVar[CapacityLimiter] = RunVar("signoff_long_work")


async def in_slices(work: Callable[[], _Found]) -> _Found:
    """What `work` returns. It is called again after each value that took long, so it must not have effects.

    Nothing else runs between its last call and the return.
    """
    slices = Slices()
    while True:
        try:
            with slices.running():
                return work()
        except TakesLongError as error:
            await in_thread(error.make)


async def in_thread(work: Callable[[], _Found]) -> _Found:
    """What `work` returns, which takes long."""
    return await to_thread.run_sync(work, limiter=_limiter())


def _limiter() -> CapacityLimiter:
    """Long work of several requests takes turns: each thread has a Faker of its own."""
    try:
        return _LIMITER.get()
    except LookupError:
        found = CapacityLimiter(_THREADS)
        _LIMITER.set(found)
        return found
