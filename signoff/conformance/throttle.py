"""Waiting where the target asks for it: `Retry-After` of 429 and 503 responses.

Such a response rejects the request before anything is done, and says when to send it again. All threads wait.
A request that is rejected again and again may be one that always is; then its path is not waited for again.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from signoff.conformance.limits import Deadline
from signoff.reporting.messages import counted

if TYPE_CHECKING:
    from signoff.conformance.exchange import Received, Sent

TOO_MANY, UNAVAILABLE = 429, 503
MAX_WAIT_S = 30.0
_MOST_TRIES = 3
_SHORTEST_WAIT_S = 0.1


@dataclass(slots=True)
class Throttle:
    """How long a run still waits.

    Attributes:
        max_wait_s: how long to wait in all.
        deadline: of the run; no wait goes beyond it.
        waited_s: how long it has waited.
        ignored: how many requests were given up because the time to wait was used up.
    """

    max_wait_s: float
    deadline: Deadline = field(default_factory=lambda: Deadline(None))
    waited_s: float = 0.0
    ignored: int = 0
    _until: float = 0.0
    _tried: Counter[tuple[str, str, bytes]] = field(default_factory=Counter)
    _in_vain: set[tuple[str, str]] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait(self) -> None:
        """Return when the next request may be sent."""
        while (left := self._until - time.monotonic()) > 0:
            time.sleep(min(left, 0.5))

    def is_asked(self, sent: Sent, received: Received) -> bool:
        """Whether to send a request again after a wait, which begins now."""
        wait_s = _retry_after_s(received)
        request, place = (sent.method, sent.url, sent.body), (sent.method, sent.path)
        with self._lock:
            if wait_s is None or place in self._in_vain:
                self._tried.pop(request, None)
                return False
            if self._tried[request] >= _MOST_TRIES:
                self._in_vain.add(place)
                return False
            now = time.monotonic()
            until = max(self._until, now + max(wait_s, _SHORTEST_WAIT_S))
            more_s = until - max(self._until, now)
            if self.waited_s + more_s > self.max_wait_s or until - now > self.deadline.left_s:
                return False
            self.waited_s += more_s
            self._until = until
            self._tried[request] += 1
            return True

    def marked(self, sent: Sent, received: Received) -> Received:
        """The response, marked if it only says that there were too many requests."""
        is_in_vain = (sent.method, sent.path) in self._in_vain
        is_unavailable = received.status == UNAVAILABLE and _retry_after_s(received) is not None
        if received.status != TOO_MANY and not (is_unavailable and self.max_wait_s and not is_in_vain):
            return received
        with self._lock:
            self.ignored += not is_in_vain
        return replace(received, is_throttled=True)

    @property
    def notes(self) -> tuple[str, ...]:
        """What the run says about it."""
        if not self.waited_s:
            return ()
        return (f"the target limited the requests: waited {self.waited_s:.0f} s in all (Retry-After)",)

    @property
    def cut_short(self) -> tuple[str, ...]:
        """Why the run is partial; empty if it is not."""
        if not self.ignored:
            return ()
        lost = f"{counted(self.ignored, 'request')} got 429 or 503 and tested nothing"
        advice = f"Use --rate-limit, or a higher --max-wait than {self.max_wait_s:g} s"
        return (f"the target limited the requests: {lost}. {advice}",)


def _retry_after_s(received: Received) -> float | None:
    """The seconds to wait; None if the response asks for no wait."""
    text = (received.header("retry-after") or "").strip()
    if received.status not in (TOO_MANY, UNAVAILABLE) or not text:
        return None
    if text.isdecimal() and text.isascii():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
