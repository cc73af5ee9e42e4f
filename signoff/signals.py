"""SIGINT and SIGTERM, from the first line of the program to its last report.

A signal raises `Interruption`, and the program exits with 130 or 143. While setup and teardown requests are
sent and reports are written, it is only noted, and the work is finished first; a second signal then stops the
program at once.

An exception that a signal handler raises can be lost: where Python runs a finaliser or a callback of the
garbage collector, it prints the exception and goes on. So the signal is remembered as well, and `check`
raises it again at the next step.

Imports nothing but Python's own modules, so that it works before everything else is imported.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

# What a shell shows of a process that a signal ended.
EXIT_SIGNAL = 128
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interruption(KeyboardInterrupt):
    """A signal that stops the program.

    Attributes:
        number: the signal's.
    """

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


class _State:
    is_owned = False
    is_held = False
    pending = 0  # the signal that arrived first; 0 for none


@contextmanager
def owned(*, is_program: bool = False) -> Iterator[None]:
    """Handle the signals inside the context. If one arrived, the context ends with SystemExit: 130 or 143.

    Does nothing inside another such context, and in other threads than the main one.

    Args:
        is_program: whether the program ends with the context. A signal then doesn't wait for its threads.
    """
    if _State.is_owned or threading.current_thread() is not threading.main_thread():
        yield
        return
    if is_program:
        atexit.register(_ignore)
    _State.is_owned, _State.is_held, _State.pending = True, False, 0
    before = {number: signal.signal(number, _interrupt) for number in _SIGNALS}
    hook = sys.unraisablehook

    def ignore_interruptions(lost: sys.UnraisableHookArgs) -> None:
        if not isinstance(lost.exc_value, Interruption):
            hook(lost)

    sys.unraisablehook = ignore_interruptions
    try:
        yield
        check()
    except BaseException as error:
        if number := behind(error):
            raise SystemExit(EXIT_SIGNAL + number) from None
        raise
    finally:
        sys.unraisablehook = hook
        for number, handler in before.items():
            signal.signal(number, _end_at_once if is_program else handler)
        _State.is_owned, _State.is_held, _State.pending = False, False, 0


def _end_at_once(number: int, _: FrameType | None) -> None:
    os._exit(EXIT_SIGNAL + number)


def _ignore() -> None:
    """Let no signal change the exit code once Python tears itself down."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)


@contextmanager
def held() -> Iterator[None]:
    """Note the first signal inside the context; it is raised at the end, or by `check`."""
    with _holding(is_held=True):
        yield
    if not _State.is_held:
        check()


@contextmanager
def raising() -> Iterator[None]:
    """Inside `held`: raise signals again."""
    check()
    with _holding(is_held=False):
        yield


@contextmanager
def _holding(*, is_held: bool) -> Iterator[None]:
    before, _State.is_held = _State.is_held, is_held
    try:
        yield
    finally:
        _State.is_held = before


def hold() -> None:
    """Only note signals from now on, to the end of the program."""
    _State.is_held = True


def check() -> None:
    """Raise `Interruption` if a signal has arrived. Not for cleanup code."""
    if _State.pending:
        raise Interruption(_State.pending)


def forget() -> None:
    """Treat the signal that arrived as the regular end."""
    _State.pending = 0


def behind(error: BaseException) -> int:
    """The number of the signal that caused an error; 0 for none.

    Interrupted code may raise any error.
    """
    return _State.pending or (int(signal.SIGINT) if isinstance(error, KeyboardInterrupt) else 0)


def _interrupt(number: int, _: FrameType | None) -> None:
    is_first, _State.pending = not _State.pending, _State.pending or number
    if not (_State.is_held and is_first):
        raise Interruption(number)
