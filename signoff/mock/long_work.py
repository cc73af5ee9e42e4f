"""Runs the work of requests in the event loop, and what takes long in a thread: other requests don't wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar

from signoff.generate import Slices, TakesLongError, current_slices

if TYPE_CHECKING:
    from collections.abc import Callable

_Found = TypeVar("_Found")
_THREADS = 2
_MOST_BYTES = 16 * 1024  # of a request that is validated in the event loop: about 50 ms if it is all wrong
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


def off_the_loop(key: str, work: Callable[[], _Found], size: int) -> _Found:
    """What `work` returns; where it has many bytes to work on, it runs in a thread.

    Args:
        key: one for each work of a request.
        work: must not have effects.
        size: the number of bytes.
    """
    slices = current_slices() if size > _MOST_BYTES else None
    return work() if slices is None else slices.elsewhere(key, work)


def _limiter() -> CapacityLimiter:
    """Long work of several requests takes turns: each thread has a Faker of its own."""
    try:
        return _LIMITER.get()
    except LookupError:
        found = CapacityLimiter(_THREADS)
        _LIMITER.set(found)
        return found
