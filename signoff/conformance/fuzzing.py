"""Fuzzing: Schemathesis' phases after the deterministic cases. Our judge checks each response.

Schemathesis calls hooks and checks by name for every run in the process, so each finds its own run by the
schema that the case was made from, and lets the runs of others pass.
"""

from __future__ import annotations

import io
import queue
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import requests
import schemathesis
import urllib3
from schemathesis.engine import events, from_schema
from schemathesis.engine.run import PhaseName

from signoff.conformance import limits
from signoff.conformance.base_requests import keeping_name, name_in_body
from signoff.conformance.client import STREAM_S, timed_out
from signoff.conformance.exchange import Received, TransportFault
from signoff.conformance.generation import as_received, from_prepared, make_fit
from signoff.conformance.guard import generated_values_left_out
from signoff.contract import media_types

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from schemathesis.engine.core import EventStream

    from signoff.conformance.checks import Failure
    from signoff.conformance.created import Created
    from signoff.conformance.generation import GeneratedCase
    from signoff.conformance.judge import Judge
    from signoff.conformance.limits import Deadline, Pace
    from signoff.contract import Operation

_POLL_S = 0.1
_PROBING = 0
# How long pending requests may take after fuzzing is stopped.
_GRACE_S = 2.0
_MAX_BODY = 16 * 1024 * 1024
_PART = 64 * 1024


@dataclass(frozen=True, slots=True)
class _Ended:
    """The last event of fuzzing; `error` is what stopped it, if any."""

    error: BaseException | None


def search(
    schema: schemathesis.BaseSchema,
    run: FuzzingRun,
    deadline: Deadline,
    on_phase: Callable[[str], None] = lambda _: None,
) -> tuple[list[str], str]:
    """Run Schemathesis' phases: examples, coverage, fuzzing, stateful.

    It runs in its own thread, so that an endless response does not block the run or a signal.

    Args:
        schema: set up by `generation.schema_for`.
        run: its judge checks each response and keeps the evidence.
        deadline: when to stop.
        on_phase: called with the name of each phase as it starts.

    Returns:
        Errors on the client side, one sentence each; and why fuzzing is incomplete,
        empty if it is complete.
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
                errors.append(f"fuzzing stopped: {event.exception}")
    finally:
        stream.stop()
        with run.lock:
            run.is_closed = True
        del RUNS[id(schema)]
    return errors, watch.cut_short


def _follow_probing(event: events.EngineEvent, run: FuzzingRun) -> None:
    """Schemathesis tries the server out by requests of which its hooks hear nothing."""
    if isinstance(event, events.PhaseStarted) and event.phase.name is PhaseName.PROBING:
        run.in_flight[_PROBING] = (time.monotonic(), "GET of the base URL")
    elif isinstance(event, events.PhaseFinished) and event.phase.name is PhaseName.PROBING:
        run.in_flight.pop(_PROBING, None)


def _is_judged(event: events.NonFatalError) -> bool:
    """Whether this is a request that was sent and got no response: our judge has that as a failure."""
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
            limits.check()
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
                self.cut_short = f"fuzzing was stopped: the response to {stuck} does not end"
            elif self._run.timeouts_left <= 0:
                self.cut_short = "fuzzing was stopped: too many requests got no response"
            elif self._deadline.has_passed:
                self.cut_short = self._deadline.reason
            if self.cut_short:
                self._stream.stop()
                self._give_up_at = now if stuck else now + _GRACE_S
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
        in_flight: when each thread's request began, as `time.monotonic` tells it, and what it is.
    """

    judge: Judge
    pace: Pace
    timeout_s: float
    concerned: Collection[str] | None = None
    on_response: Callable[[], None] = lambda: None
    timeouts_left: int = 12
    created: Created | None = None
    is_closed: bool = False
    in_flight: dict[int, tuple[float, str]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def judged(
        self, case: GeneratedCase, sent: requests.PreparedRequest, received: Received
    ) -> list[Failure]:
        """The failures of a response to a generated request."""
        subject = self._subject(case, str(sent.method))
        if subject is None:
            return []
        with self.lock:
            if self.is_closed:
                return []
            exchange = self.judge.exchange(
                from_prepared(sent, {}),
                received,
                subject=subject,
                intent="fuzzing",
                label="generated request",
            )
            if self.created is not None:
                self.created.note(exchange)
            self.timeouts_left -= received.fault_kind is TransportFault.TIMEOUT
            failures = self.judge.judge(exchange)
            self.on_response()
            return failures

    def spare(self, case: GeneratedCase) -> None:
        """Give a request that could change what exists path values that nothing has."""
        subject, guard = self._operation(case, case.method), self.created.guard if self.created else None
        if guard is None or subject is None or not case.path_parameters:
            return
        values = {name: str(value) for name, value in case.path_parameters.items()}
        if not guard.may_use(subject, values):
            guard.withheld.setdefault(subject.id, generated_values_left_out(subject))
            case.path_parameters = {**case.path_parameters, **(guard.replacement(subject) or {})}
        body: Any = case.body
        if name_in_body(subject, body):
            case.body = keeping_name(subject, body, case.path_parameters)

    def stuck(self) -> str:
        """The request that has been under way for much longer than it may; empty when there is none."""
        latest = time.monotonic() - 2 * self.timeout_s - 5
        return next((what for began, what in list(self.in_flight.values()) if began < latest), "")

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
            if operation.path == definition.path and (operation.method == own or method != own):
                return operation
        return None


RUNS: dict[int, FuzzingRun] = {}


def _run_of(case: GeneratedCase) -> FuzzingRun | None:
    return RUNS.get(id(case.operation.schema))


@schemathesis.check
def signoff(_: schemathesis.CheckContext, response: schemathesis.Response, case: GeneratedCase) -> None:
    """Schemathesis' check that asks the judge of the run; named as `CHECK_NAME` says.

    Raises:
        AssertionError: the response does not match the contract; Schemathesis then minimizes the request.
    """
    run = _run_of(case)
    if run is None:
        return
    if failures := run.judged(case, response.request, as_received(response)):
        raise AssertionError(f"{failures[0].check.id}: {failures[0].fault.message}")


@schemathesis.hook("before_call")
def signoff_before_call(_: schemathesis.HookContext, case: GeneratedCase, kwargs: dict[str, Any]) -> None:
    """Wait for the rate limit, and limit the time and size of the response."""
    run = _run_of(case)
    if run is None:
        return
    run.spare(case)
    make_fit(case, kwargs)
    run.pace.wait()
    began = time.monotonic()
    run.in_flight[threading.get_ident()] = (began, f"{case.method} {case.formatted_path}")

    def read(response: requests.Response, **_: Any) -> requests.Response:  # noqa: ANN401 - as requests calls it
        return _read_whole(response, began + run.timeout_s)

    kwargs["hooks"] = {"response": read}


@schemathesis.hook("after_call")
def signoff_after_call(
    _: schemathesis.HookContext,
    case: GeneratedCase,
    response: schemathesis.Response,  # noqa: ARG001 - by name
) -> None:
    """The request is complete."""
    if run := _run_of(case):
        run.in_flight.pop(threading.get_ident(), None)


@schemathesis.hook("after_network_error")
def signoff_after_network_error(
    _: schemathesis.HookContext, case: GeneratedCase, request: requests.PreparedRequest
) -> None:
    """A request without a complete response is judged as well."""
    run = _run_of(case)
    if run is None:
        return
    began, _what = run.in_flight.pop(threading.get_ident(), (time.monotonic(), ""))
    elapsed_s = time.monotonic() - began
    run.judged(case, request, Received(0, (), b"", elapsed_s, *_reason(sys.exception(), elapsed_s)))


def _reason(error: BaseException | None, elapsed_s: float) -> tuple[str, TransportFault]:
    if isinstance(error, requests.Timeout):
        return timed_out(elapsed_s), TransportFault.TIMEOUT
    text = str(error).partition("\n")[0] if error else ""
    return f"{type(error).__name__}: {text}".rstrip(": "), TransportFault.BROKEN


def _read_whole(response: requests.Response, until: float) -> requests.Response:
    """The response with its body read, up to the limits of time and size.

    Raises:
        requests.RequestException: it is too large, takes too long, breaks off or cannot be decoded.
    """
    parts, size = [], 0
    kind = response.headers.get("content-type", "")
    if is_stream := media_types.is_stream(kind):
        until = min(until, time.monotonic() + STREAM_S)
    try:
        while part := response.raw.read1(_PART, decode_content=False):
            parts.append(part)
            size += len(part)
            if size > _MAX_BODY:
                raise requests.exceptions.ChunkedEncodingError(
                    f"the body is larger than {_MAX_BODY} bytes", request=response.request
                )
            if is_stream and time.monotonic() > until:
                parts = [media_types.whole_items(kind, b"".join(parts))]
                break
            if time.monotonic() > until:
                raise requests.exceptions.ReadTimeout("the body takes too long", request=response.request)
    except urllib3.exceptions.ReadTimeoutError as error:
        raise requests.exceptions.ReadTimeout(error, request=response.request) from None
    except urllib3.exceptions.HTTPError as error:
        raise requests.exceptions.ChunkedEncodingError(error, request=response.request) from None
    finally:
        response.close()
    whole = _with_body(response, b"".join(parts))
    try:
        whole.content  # noqa: B018 - decoded here, where an error is reported as the server's
    except requests.exceptions.ContentDecodingError as error:
        raise requests.exceptions.ContentDecodingError(error, request=whole.request) from None
    return whole


def _with_body(response: requests.Response, body: bytes) -> requests.Response:
    """The same response, its body in memory."""
    raw = response.raw
    whole = requests.Response()
    whole.raw = urllib3.HTTPResponse(
        body=io.BytesIO(body),
        headers=raw.headers,
        status=raw.status,
        version=raw.version,
        reason=raw.reason,
        preload_content=False,
        decode_content=False,
        request_method=response.request.method,
    )
    whole.status_code, whole.reason, whole.url = response.status_code, response.reason, response.url
    whole.headers, whole.encoding, whole.request = response.headers, response.encoding, response.request
    whole.elapsed, whole.cookies = response.elapsed, response.cookies
    return whole
