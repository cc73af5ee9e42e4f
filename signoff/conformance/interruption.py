"""Ending a run early by a signal, so that its reports are written all the same.

An exception that a signal handler raises can be lost: where Python runs a finaliser or a callback of the
garbage collector, it prints the exception and goes on. So the signal is remembered as well, and `check`
raises it again at the next step of the run.
"""

from __future__ import annotations

import signal
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType


class Interruption(KeyboardInterrupt):
    """A signal that ends the run.

    Attributes:
        number: the signal's.
    """

    KEYBOARD = int(signal.SIGINT)

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


_pending: list[int] = []  # the signal that came, at most one


@contextmanager
def interruptible() -> Iterator[None]:
    """Raise `Interruption` on SIGINT and SIGTERM while the context lasts; only the main thread may ask."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, _interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    hook = sys.unraisablehook

    def keep_silent_of_interruptions(lost: sys.UnraisableHookArgs) -> None:
        if not isinstance(lost.exc_value, Interruption):
            hook(lost)

    sys.unraisablehook = keep_silent_of_interruptions
    try:
        yield
    finally:
        sys.unraisablehook = hook
        for number, handler in before.items():
            signal.signal(number, handler)
        _pending.clear()


def check() -> None:
    """Raise `Interruption` if a signal has come; for the steps of a run, not for what clears up after it."""
    if _pending:
        raise Interruption(_pending[0])


def behind(error: BaseException) -> int:
    """The number of the signal that an error comes from; 0 where it comes from none.

    Code that does not expect to be interrupted may end in an error of its own.
    """
    if _pending:
        return _pending[0]
    return Interruption.KEYBOARD if isinstance(error, KeyboardInterrupt) else 0


def _interrupt(number: int, _: FrameType | None) -> NoReturn:
    _pending[:] = [number]
    raise Interruption(number)
