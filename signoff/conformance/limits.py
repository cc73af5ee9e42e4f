"""Limits of a run: request rate and time limit."""

from __future__ import annotations

import math
import re
import threading
import time
from dataclasses import dataclass

from signoff.contract import SetupError

_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0}
_RATE = re.compile(r"([0-9]+)/([smh])")


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `count` requests in `period_s` seconds."""

    count: int
    period_s: float


def parse_rate(text: str) -> Rate:
    """Parse a rate such as `10/s`, `100/m` or `1000/h`.

    Raises:
        SetupError: the text has another format.
    """
    match = _RATE.fullmatch(text.strip())
    if match is None or int(match[1]) == 0:
        raise SetupError(
            f"--rate-limit {text!r} is not a rate",
            suggestion="Use requests per second, minute or hour: 10/s, 100/m or 1000/h.",
        )
    return Rate(int(match[1]), _SECONDS[match[2]])


class Pace:
    """Spaces requests evenly across all threads; does nothing without a rate."""

    def __init__(self, rate: Rate | None) -> None:
        self._interval_s = rate.period_s / rate.count if rate else 0.0
        self._lock = threading.Lock()
        self._next = 0.0

    def wait(self) -> None:
        """Return when the next request may be sent."""
        if not self._interval_s:
            return
        with self._lock:
            now = time.monotonic()
            turn = max(now, self._next)
            self._next = turn + self._interval_s
        time.sleep(turn - now)


class Deadline:
    """When a run must stop sending requests; never, without a limit."""

    def __init__(self, max_time_s: float | None) -> None:
        self.max_time_s = max_time_s
        self._until = None if max_time_s is None else time.monotonic() + max_time_s

    @property
    def has_passed(self) -> bool:
        """Whether the time limit is reached."""
        return self._until is not None and time.monotonic() >= self._until

    @property
    def left_s(self) -> float:
        """The seconds that are left."""
        return math.inf if self._until is None else max(0.0, self._until - time.monotonic())

    @property
    def reason(self) -> str:
        """Why the run is partial."""
        return f"the time limit of {self.max_time_s:g} s was reached" if self.max_time_s else ""
