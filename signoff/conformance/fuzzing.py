"""Schemathesis' own phases, searching on from where the corpus ends; our judge decides on each answer."""

from __future__ import annotations

import queue
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import requests
from schemathesis.engine import events, from_schema
from schemathesis.engine.run import PhaseName

from signoff.conformance import interruption
from signoff.conformance.search_run import RUNS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import schemathesis
    from schemathesis.engine.core import EventStream

    from signoff.conformance.limits import Deadline
    from signoff.conformance.search_run import SearchRun

_POLL_S = 0.1
_PROBING = 0
# How long requests under way may take to end once the search is told to stop.
_GRACE_S = 2.0


@dataclass(frozen=True, slots=True)
class _Ended:
    """The last thing that a search says; `error` is what broke it off, if anything did."""

    error: BaseException | None


def search(
    schema: schemathesis.BaseSchema,
    run: SearchRun,
    deadline: Deadline,
    on_phase: Callable[[str], None] = lambda _: None,
) -> tuple[list[str], str]:
    """Run Schemathesis' phases: examples, coverage, fuzzing, stateful.

    It runs in a thread of its own, so that no endless answer holds the run up or keeps a signal waiting.

    Args:
        schema: set up by `generation.schema_for`.
        run: its judge decides on each answer and keeps the evidence.
        deadline: when to stop.
        on_phase: told the name of each phase as it starts.

    Returns:
        What went wrong on our side of the wire, one sentence each; and why the search is not whole,
        empty when it is.
    """
    errors: list[str] = []
    RUNS[id(schema)] = run
    stream = from_schema(schema).execute()
    watch = _Watch(stream, run, deadline)
    try:
        for event in watch.events():
            _follow_probing(event, run)
            if isinstance(event, events.PhaseStarted) and event.phase.is_enabled:
                on_phase(event.phase.name.value)
            elif isinstance(event, events.NonFatalError):
                if not _is_judged(event):
                    errors.append(f"{event.label}: {event.info.title}: {event.info.message}")
            elif isinstance(event, events.FatalError):
                errors.append(f"the search stopped: {event.exception}")
    finally:
        stream.stop()
        with run.lock:
            run.is_closed = True
        del RUNS[id(schema)]
    return errors, watch.cut_short


def _follow_probing(event: events.EngineEvent, run: SearchRun) -> None:
    """Schemathesis tries the server out by requests of which its hooks hear nothing."""
    if isinstance(event, events.PhaseStarted) and event.phase.name is PhaseName.PROBING:
        run.in_flight[_PROBING] = (time.monotonic(), "GET of the base URL")
    elif isinstance(event, events.PhaseFinished) and event.phase.name is PhaseName.PROBING:
        run.in_flight.pop(_PROBING, None)


def _is_judged(event: events.NonFatalError) -> bool:
    """Whether this is a request that was sent and not answered: our judge has that as a failure."""
    error = event.value
    return isinstance(error, requests.RequestException) and isinstance(
        error.request, requests.PreparedRequest
    )


class _Watch:
    """Passes on the events of a search while it makes progress and has time left."""

    def __init__(self, stream: EventStream, run: SearchRun, deadline: Deadline) -> None:
        self.cut_short = ""
        self._stream, self._run, self._deadline = stream, run, deadline
        self._events: queue.Queue[events.EngineEvent | _Ended] = queue.Queue()
        self._give_up_at: float | None = None
        threading.Thread(target=self._pump, name="search", daemon=True).start()

    def _pump(self) -> None:
        error: BaseException | None = None
        try:
            for event in self._stream:
                self._events.put(event)
        except BaseException as caught:  # noqa: BLE001 - told by the thread that waits
            error = caught
        self._events.put(_Ended(error))

    def events(self) -> Iterator[events.EngineEvent]:
        """The events, until the search ends or is given up."""
        while not self._must_give_up():
            interruption.check()
            try:
                event = self._events.get(timeout=_POLL_S)
            except queue.Empty:
                continue
            if isinstance(event, _Ended):
                if event.error is not None:
                    raise event.error
                return
            yield event

    def _must_give_up(self) -> bool:
        now = time.monotonic()
        if self._give_up_at is None:
            stuck = self._run.stuck()
            if stuck:
                self.cut_short = f"the search was given up: {stuck} is being answered without end"
            elif self._run.patience <= 0:
                self.cut_short = "the search was given up: too many requests were not answered"
            elif self._deadline.has_passed:
                self.cut_short = self._deadline.reason
            if self.cut_short:
                self._stream.stop()
                self._give_up_at = now if stuck else now + _GRACE_S
        return self._give_up_at is not None and now >= self._give_up_at
