"""How far a run is, and the one line on standard error that shows it on a terminal."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass

import click

_EVERY_S = 0.1


@dataclass(frozen=True, slots=True)
class Progress:
    """What a run tells while it goes on.

    Attributes:
        phase: what is being done, in a word or two.
        requests: how many answers have been judged or are waiting for it.
        failures: how many failures are known.
    """

    phase: str
    requests: int = 0
    failures: int = 0


class Live:
    """Shows how far a run is, ten times a second at most."""

    def __init__(self) -> None:
        self._is_shown = sys.stderr.isatty()
        self._phase, self._next = "", 0.0

    def __call__(self, progress: Progress) -> None:
        """Show it, if its time has come."""
        now = time.monotonic()
        if not self._is_shown or (progress.phase == self._phase and now < self._next):
            return
        self._phase, self._next = progress.phase, now + _EVERY_S
        known = f", {progress.failures} found wrong" if progress.failures else ""
        self._write(f"Testing: {progress.phase}, {progress.requests} requests{known} …")

    def clear(self) -> None:
        """Take the line away."""
        if self._is_shown:
            self._write("")

    def _write(self, line: str) -> None:
        click.echo(f"\r\x1b[K{line}", nl=False, err=True)
