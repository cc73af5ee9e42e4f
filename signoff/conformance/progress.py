"""How far a run is, on standard error: one line that changes on a terminal, else a line every ten seconds."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass

import click

_EVERY_S = 0.1
# Without a terminal, such as in a CI log. Short runs print nothing.
_LINE_EVERY_S = 10.0


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of a run.

    Attributes:
        phase: the current phase.
        requests: the number of responses so far.
        failures: the number of failures so far.
    """

    phase: str
    requests: int = 0
    failures: int = 0


class Live:
    """Shows the progress of a run, at most ten times a second; without a terminal, every ten seconds."""

    def __init__(self) -> None:
        self._is_terminal = sys.stderr.isatty()
        self._started = time.monotonic()
        self._phase, self._next = "", self._started + (0.0 if self._is_terminal else _LINE_EVERY_S)

    def __call__(self, progress: Progress) -> None:
        """Show the progress, if the last update is old enough."""
        now = time.monotonic()
        is_new = self._is_terminal and progress.phase != self._phase
        if now < self._next and not is_new:
            return
        self._phase, self._next = progress.phase, now + (_EVERY_S if self._is_terminal else _LINE_EVERY_S)
        elapsed_s = now - self._started
        rate = f" ({progress.requests / elapsed_s:.0f}/s)" if elapsed_s >= 1 else ""
        failed = f", {progress.failures} failed" if progress.failures else ""
        self._write(
            f"Testing: {progress.phase}, {progress.requests} requests{rate}{failed}, {elapsed_s:.0f} s …"
        )

    def clear(self) -> None:
        """Remove the line."""
        if self._is_terminal:
            self._write("")

    def _write(self, line: str) -> None:
        click.echo(f"\r\x1b[K{line}" if self._is_terminal else line, nl=not self._is_terminal, err=True)
