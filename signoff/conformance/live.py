"""Progress on a terminal: one line on standard error that is overwritten; nothing anywhere else."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from signoff.conformance.progress import Progress

_EVERY_S = 0.1


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
