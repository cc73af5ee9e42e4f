"""Fuzzing: Schemathesis' phases after the deterministic cases. Our judge checks each response.

Schemathesis sends through the run's own client (`schemathesis_transport`). It calls checks by name for every
run in the process, so the responses of this run are marked with it, and those of others are let pass.
"""

from __future__ import annotations

import queue
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import requests
import schemathesis
from schemathesis.engine import events, from_schema
from schemathesis.errors import FailureGroup

from signoff import signals
from signoff.conformance.base_requests import keeping_name, name_in_body
from signoff.conformance.checks import Failure, Fault
from signoff.conformance.exchange import NOT_JUDGED, TransportFault
from signoff.conformance.guard import generated_values_left_out
from signoff.conformance.path_templates import from_fields, template_of, to_fields
from signoff.conformance.schemathesis_transport import ClientTransport, ReceivedResponse, sent_with

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from schemathesis.engine.core import EventStream

    from signoff.conformance.client import Sender
    from signoff.conformance.created import Created
    from signoff.conformance.exchange import Received, Sent
    from signoff.conformance.generation import GeneratedCase
    from signoff.conformance.hooks import HookCheck
    from signoff.conformance.judge import Judge
    from signoff.conformance.limits import Deadline
    from signoff.contract import Operation

_POLL_S = 0.1
# How long pending requests may take after fuzzing is stopped.
_GRACE_S = 2.0


@dataclass(frozen=True, slots=True)
class _Ended:
    """The last event of fuzzing; `error` is what stopped it, if any."""

    error: BaseException | None


def search(
    schema: schemathesis.BaseSchema,
    run: FuzzingRun,
    deadline: Deadline,
    on_phase: Callable[[str], None] = lambda _: None,
) -> tuple[list[str], str, list[str]]:
    """Run Schemathesis' phases: examples, coverage, fuzzing, stateful.

    It runs in its own thread, so that an endless response does not block the run or a signal.

    Args:
        schema: set up by `generation.schema_for`.
        run: its judge checks each response and keeps the evidence.
        deadline: when to stop.
        on_phase: called with the name of each phase as it starts.

    Returns:
        Errors on the client side, one sentence each; why fuzzing is incomplete, empty if it is complete;
        and the labels of operations to fuzz again, without other threads.
    """
    errors: list[str] = []
    again: list[str] = []
    sender = ClientTransport(run.client, run.base_url, run, run.judge_fault, run.spare)
    stream = from_schema(sent_with(schema, sender)).execute()
    watch = _Watch(stream, run, deadline)
    try:
        for event in watch.events():
            if isinstance(event, events.PhaseStarted) and event.phase.is_enabled:
                on_phase(event.phase.name.value)
            elif isinstance(event, events.NonFatalError):
                if _is_of_threads(event):
                    again.append(event.label)
                elif not _is_judged(event):
                    errors.append(f"{event.label}: {event.info.title}: {event.info.message}")
            elif isinstance(event, events.FatalError):
                errors.append(f"fuzzing stopped: {event.exception}")
    finally:
        stream.stop()
        with run.lock:
            run.is_closed = True
    return errors, watch.cut_short, again


def _is_of_threads(event: events.NonFatalError) -> bool:
    """Whether this is a fault of CPython 3.11: two threads cannot parse source at a time (gh-106905)."""
    return "AST constructor" in str(event.value)


def _is_judged(event: events.NonFatalError) -> bool:
    """Whether this is a request without a response: our judge has seen it, or the client has a note of it."""
    error = event.value
    return isinstance(error, requests.RequestException) and isinstance(
        error.request, requests.PreparedRequest
    )


class _Watch:
    """Yields the events of fuzzing while it makes progress and has time left."""

    def __init__(self, stream: EventStream, run: FuzzingRun, deadline: Deadline) -> None:
        self.cut_short = ""
        self._stream, self._run, self._deadline = stream, run, deadline
        self._events: queue.Queue[events.EngineEvent | _Ended] = queue.Queue()
        self._give_up_at: float | None = None
        threading.Thread(target=self._pump, name="fuzzing", daemon=True).start()

    def _pump(self) -> None:
        error: BaseException | None = None
        try:
            for event in self._stream:
                self._events.put(event)
        except BaseException as caught:  # noqa: BLE001 - raised by the thread that waits
            error = caught
        self._events.put(_Ended(error))

    def events(self) -> Iterator[events.EngineEvent]:
        """The events, until fuzzing ends or is stopped."""
        while not self._must_give_up():
            signals.check()
            try:
                event = self._events.get(timeout=_POLL_S)
            except queue.Empty:
                continue
            if isinstance(event, _Ended):
                if isinstance(event.error, Exception):
                    name = type(event.error).__name__
                    self.cut_short = f"fuzzing was stopped by an error in Schemathesis: {name}: {event.error}"
                elif event.error is not None:
                    raise event.error
                return
            yield event

    def _must_give_up(self) -> bool:
        now = time.monotonic()
        if self._give_up_at is None:
            if self._run.client.gone:
                self.cut_short = self._run.client.gone
            elif self._run.timeouts_left <= 0:
                self.cut_short = "fuzzing was stopped: too many requests got no response"
            elif self._deadline.has_passed:
                self.cut_short = self._deadline.reason
            if self.cut_short:
                self._stream.stop()
                self._give_up_at = now + _GRACE_S
        return self._give_up_at is not None and now >= self._give_up_at


@dataclass(slots=True)
class FuzzingRun:
    """One fuzzing run.

    Attributes:
        concerned: the ids of the operations whose responses are judged; None for all.
        on_response: called after each response is judged.
        timeouts_left: the number of timeouts until fuzzing stops.
        is_closed: set when later responses are ignored.
        created: keeps what generated requests create, and which of them may be sent.
    """

    judge: Judge
    client: Sender
    base_url: str
    concerned: Collection[str] | None = None
    on_response: Callable[[], None] = lambda: None
    timeouts_left: int = 12
    created: Created | None = None
    is_closed: bool = False
    hooks: tuple[HookCheck, ...] = ()
    lock: threading.Lock = field(default_factory=threading.Lock)

    def judge_fault(self, case: GeneratedCase, sent: Sent, received: Received) -> None:
        """Judge a request without a complete response."""
        if received.fault_kind not in NOT_JUDGED:
            self.judged(case, sent, received)

    def judged(
        self,
        case: GeneratedCase,
        sent: Sent,
        received: Received,
        by_hook: Callable[[HookCheck], str] = lambda _: "",
    ) -> list[Failure]:
        """The failures of a response to a generated request.

        Args:
            case: the generated request.
            sent: the same as it was sent.
            received: the response.
            by_hook: runs a check of a Schemathesis suite, and gives what it found, empty if nothing.
        """
        subject = self._subject(case, sent.method)
        if subject is None:
            return []
        with self.lock:
            if self.is_closed:
                return []
            exchange = self.judge.exchange(
                sent,
                received,
                subject=subject,
                intent="fuzzing",
                label="generated request",
            )
            if self.created is not None:
                self.created.note(exchange)
            self.timeouts_left -= received.fault_kind is TransportFault.TIMEOUT
            failures = self.judge.judge(exchange)
            for hook in self.hooks:
                if message := by_hook(hook):
                    failures.append(Failure(hook.check, Fault(message, "", "", subject.pointer), exchange))
                    self.judge.evidence.violate([], failures[-1])
            self.on_response()
            return failures

    def spare(self, case: GeneratedCase) -> None:
        """Give a request that could change existing data unused path values."""
        subject, guard = self._operation(case, case.method), self.created.guard if self.created else None
        if guard is None or subject is None or not case.path_parameters:
            return
        given = from_fields(case.path_parameters, subject)
        values = {name: str(value) for name, value in given.items()}
        if not guard.may_use(subject, values):
            guard.withheld.setdefault(subject.id, generated_values_left_out(subject))
            given |= guard.replacement(subject) or {}
            case.path_parameters = to_fields(given)
        body: Any = case.body
        if name_in_body(subject, body):
            case.body = keeping_name(subject, body, given)

    def _subject(self, case: GeneratedCase, method: str) -> Operation | None:
        """The contract's operation that a case is about; None where it is none of this run's.

        Another method than the operation's own is about the path. It counts for the first operation there,
        whichever the case was made for, so that the parts of a run show the same as the whole.
        """
        operation = self._operation(case, method)
        is_concerned = operation is not None and (self.concerned is None or operation.id in self.concerned)
        return operation if is_concerned else None

    def _operation(self, case: GeneratedCase, method: str) -> Operation | None:
        definition = case.operation
        own = str(definition.method).upper()
        for operation in self.judge.contract.operations:
            if template_of(operation.path) == definition.path and (operation.method == own or method != own):
                return operation
        return None


@schemathesis.check
def signoff(context: schemathesis.CheckContext, response: schemathesis.Response, case: GeneratedCase) -> None:
    """Schemathesis' check that asks the judge of the run; named as `CHECK_NAME` says.

    Raises:
        AssertionError: the response does not match the contract; Schemathesis then minimizes the request.
    """
    if not isinstance(response, ReceivedResponse) or not isinstance(response.run, FuzzingRun):
        return  # of a run that is not ours

    def by_hook(hook: HookCheck) -> str:
        try:
            hook.call(context, response, case)
        except AssertionError as error:
            return str(error).partition("\n")[0] or hook.check.id
        except FailureGroup as group:
            return str(group.exceptions[0]).partition("\n")[0] or hook.check.id
        return ""

    exchanged = response.take()
    if exchanged and (failures := response.run.judged(case, *exchanged, by_hook)):
        raise AssertionError(f"{failures[0].check.id}: {failures[0].fault.message}")
