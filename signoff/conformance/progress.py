"""How far a run is, on standard error: one line that changes on a terminal, else a line every ten seconds."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass

import click

from signoff.printing import echo, is_terminal
from signoff.reporting.messages import counted

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
        notice: what users should know now; empty for nothing.
    """

    phase: str
    requests: int = 0
    failures: int = 0
    notice: str = ""


# Typical numbers of requests for each operation.
_CASES = 25
_ENOUGH_S = 20.0
_LONG_S = 120.0


@dataclass(slots=True)
class Estimate:
    """Tells once, early in a run, how long a slow target will take.

    Attributes:
        operations: the number of operations to test.
        max_examples: the maximum number of generated requests for each; 0 without fuzzing.
    """

    operations: int
    max_examples: int
    _is_shown: bool = False

    def notice(self, requests: int, elapsed_s: float) -> str:
        """A sentence, once it is clear that the run takes long.

        Args:
            requests: the number of responses so far.
            elapsed_s: the time since the first request.
        """
        if self._is_shown or elapsed_s < _ENOUGH_S or not requests:
            return ""
        self._is_shown = True
        each_s = elapsed_s / requests
        cases_s = each_s * max(0, _CASES * self.operations - requests)
        fuzzing_s = each_s * self.operations * (self.max_examples + _CASES if self.max_examples else 0)
        if cases_s + fuzzing_s < _LONG_S:
            return ""
        more = f", fuzzing up to {_minutes(fuzzing_s)} more" if fuzzing_s else ""
        return (
            f"The target takes {each_s:.1f} s per request: the deterministic cases take about"
            f" {_minutes(cases_s)}{more}. Test less with --no-fuzzing, --max-examples or --shard,"
            " or limit the time with --max-time."
        )


def _minutes(seconds: float) -> str:
    return counted(max(1, round(seconds / 60)), "minute")


class Live:
    """Shows the progress of a run, at most ten times a second; without a terminal, every ten seconds."""

    def __init__(self) -> None:
        self._is_terminal = is_terminal(sys.stderr)
        self._started = time.monotonic()
        self._phase, self._next = "", self._started + (0.0 if self._is_terminal else _LINE_EVERY_S)

    def __call__(self, progress: Progress) -> None:
        """Show the progress, if the last update is old enough."""
        if progress.notice:
            self.clear()
            echo(progress.notice, err=True)
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
