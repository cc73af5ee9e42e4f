"""How far a run is, and the one line on standard error that shows it on a terminal."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass

import click

_EVERY_S = 0.1


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
    """Shows the progress of a run, at most ten times a second."""

    def __init__(self) -> None:
        self._is_shown = sys.stderr.isatty()
        self._phase, self._next = "", 0.0

    def __call__(self, progress: Progress) -> None:
        """Show the progress, if the last update is old enough."""
        now = time.monotonic()
        if not self._is_shown or (progress.phase == self._phase and now < self._next):
            return
        self._phase, self._next = progress.phase, now + _EVERY_S
        known = f", {progress.failures} failed" if progress.failures else ""
        self._write(f"Testing: {progress.phase}, {progress.requests} requests{known} …")

    def clear(self) -> None:
        """Remove the line."""
        if self._is_shown:
            self._write("")

    def _write(self, line: str) -> None:
        click.echo(f"\r\x1b[K{line}", nl=False, err=True)
