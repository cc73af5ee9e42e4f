"""One run: the deterministic cases, then fuzzing, then the verdict.

The deterministic part has a fixed order: learn what exists, send the cases, follow the lifecycle of what is
created, then try the other users.
"""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from signoff.conformance import effects, limits
from signoff.conformance.base_requests import BaseRequests, FollowUps
from signoff.conformance.cases import plan
from signoff.conformance.client import Client, SlowRetry
from signoff.conformance.created import Created
from signoff.conformance.credentials import rejectable
from signoff.conformance.data_check import checked, leaving_out
from signoff.conformance.discovery import Explorer, creators_of, discover
from signoff.conformance.evidence import Evidence, Verdict, cross_check_of
from signoff.conformance.exchange import NOT_JUDGED, Received, Sent, TransportFault
from signoff.conformance.fresh_values import renewed
from signoff.conformance.fuzzing import FuzzingRun, search
from signoff.conformance.generation import schema_for
from signoff.conformance.guard import Guard, is_fuzzable
from signoff.conformance.judge import Judge
from signoff.conformance.known_values import TargetData, credentials_of, secrets_in, secrets_of
from signoff.conformance.lifecycle import follow_links, run_lifecycles
from signoff.conformance.limits import Deadline, Pace
from signoff.conformance.oauth import TokenEndpoints
from signoff.conformance.operation_filters import choose
from signoff.conformance.options import Options, operations_of
from signoff.conformance.progress import Estimate, Progress
from signoff.conformance.sessions import Sessions
from signoff.conformance.setup_teardown import prepared
from signoff.conformance.target import reachable, wait_until_listening
from signoff.conformance.throttle import Throttle
from signoff.conformance.unreachable_target import FailureBudget, reject_unreachable
from signoff.contract import SetupError
from signoff.reporting.messages import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from signoff.conformance.cases import Planned
    from signoff.conformance.client import Sender
    from signoff.conformance.exchange import Exchange, Fields, Intent
    from signoff.contract import Contract, Operation

_START_TIMEOUT_S = 10.0
_MOST_SHOWN = 12


def run(
    target: Any,  # noqa: ANN401 - any ASGI or WSGI application
    contract: Contract,
    data: TargetData | None = None,
    options: Options | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
) -> Verdict:
    """Test a target against a contract.

    An interrupt (`KeyboardInterrupt`) stops the run early. The verdict then has the results so far.
    Teardown requests are always sent.

    Args:
        target: a base URL, `module:app`, or an ASGI or WSGI application.
        contract: the contract to test against.
        data: known values, users and credentials.
        options: options of the run.
        progress: called with the progress of the run.

    Raises:
        SetupError: the target cannot be reached, or is not this API.
    """
    options = (options or Options()).raised()
    if not contract.operations:
        raise SetupError(
            f"{contract.source_name} has no operations to test",
            suggestion="Use a document that defines operations under `paths`.",
        )
    choice = choose(contract, options.include, options.exclude)
    known = leaving_out(contract, checked(contract, data or TargetData()), choice.left_out)
    deadline = Deadline(options.max_time_s)
    with reachable(target, contract) as base_url:
        is_in_process = not (isinstance(target, str) and "://" in target)
        if is_in_process or not options.connection.proxy:
            wait_until_listening(base_url, patience_s=_START_TIMEOUT_S if is_in_process else 0.0)
        return _Run(target, contract, known, options, base_url, deadline, progress).verdict()


@dataclass(slots=True)
class _Run:
    """What the steps of one run share."""

    target: Any
    contract: Contract
    data: TargetData
    options: Options
    base_url: str
    deadline: Deadline
    progress: Callable[[Progress], None]
    errors: list[str] = field(default_factory=list)
    cut_short: list[str] = field(default_factory=list)
    client_notes: tuple[str, ...] = ()
    last_request: str = ""
    started: float = field(default_factory=time.perf_counter)
    exchanges: list[Exchange] = field(default_factory=list)
    chosen: frozenset[str] | None = field(init=False)
    throttle: Throttle = field(init=False)
    estimate: Estimate = field(init=False)
    evidence: Evidence = field(init=False)
    notes: list[str] = field(default_factory=list)
    credentials: Fields = ()
    phase: str = ""

    def __post_init__(self) -> None:
        self.throttle = Throttle(self.options.max_wait_s, self.deadline)
        self.chosen = chosen_operations(self.contract, self.options)
        tested = self.contract.operations if self.chosen is None else self.chosen
        self.estimate = Estimate(len(tested), 0 if self.options.no_fuzzing else self.options.max_examples)
        is_timed = self.options.max_response_time_s is not None
        selection = replace(self.options.selection, is_timed=is_timed)
        self.evidence = Evidence(self.contract, selection, self.options.checks)
        self.evidence.cross_check = cross_check_of(self.contract) if self.options.cross_check else None
        if self.chosen is not None:
            self.evidence.keep_only(self.chosen)

    def verdict(self) -> Verdict:
        """Send, fuzz and judge."""
        signal = 0
        try:
            self._send_and_fuzz()
        except BaseException as error:
            signal = limits.behind(error)
            if not signal:
                raise
            self.cut_short.append("the run was interrupted")
        self.evidence.conclude(self.data)
        if self.last_request:
            self.evidence.setup_problem = (
                f"the target stopped while it was tested. It did not respond to {self.last_request}"
            )
        return Verdict(
            target_name(self.target),
            self.contract,
            self.options,
            self.evidence,
            tuple(self.errors),
            time.perf_counter() - self.started,
            tuple(dict.fromkeys((*credentials_of(self.data), *self.credentials))),
            tuple(dict.fromkeys((*self.cut_short, *self.throttle.cut_short))),
            tuple(dict.fromkeys((*self.notes, *self.throttle.notes, *self.client_notes))),
            signal=signal,
        )

    def _send_and_fuzz(self) -> None:
        options = self.options
        with Client(
            timeout_s=options.timeout_s,
            connection=options.connection,
            pace=Pace(options.rate),
            throttle=self.throttle,
        ) as client:
            endpoints = TokenEndpoints(self.contract, self.base_url, client)
            sessions = Sessions(self.data, client, self.base_url, endpoints.url)
            with (
                prepared(self.data, client, self.base_url, self.errors, sessions) as known,
                self._noted(client, sessions),
            ):
                self.data = known.sent_as_default_user(options.headers)
                sessions.override(options.headers)
                judge = self._judge_for(sessions)
                created = Created(self._guard())
                try:
                    self._send_all(judge, sessions, created)
                finally:
                    self.notes += clean_up(self.contract, self.base_url, self.data, sessions, created)

    def _guard(self) -> Guard:
        """What may be sent without harm."""
        path, options = urlsplit(self.base_url).path, self.options
        named = choose(self.contract, options.include, options.exclude).named
        guard = Guard(self.contract, path, self.data, options.read_only, named, self.evidence.withheld)
        self.notes += self._not_called(guard)
        return guard

    @contextmanager
    def _noted(self, client: Client, sessions: Sessions) -> Iterator[None]:
        try:
            yield
        finally:
            self.client_notes, self.last_request = client.notes.sentences, client.last_request
            self.credentials = sessions.credentials
            self.cut_short += sessions.cut_short

    def _judge_for(self, sessions: Sessions) -> Judge:
        """The judge of the run, which learns the credentials of each login."""
        path, secrets = urlsplit(self.base_url).path, secrets_of(self.data)
        bound_s = self.options.max_response_time_s
        judge = Judge(
            self.contract, path, self.evidence, secrets, bound_s=bound_s, may_issue=sessions.is_login
        )

        def is_protected(sent: Sent) -> bool:
            operation = judge.meanings.of(sent).operation
            return operation is not None and bool(operation.security)

        def may_repeat(sent: Sent) -> bool:
            operation = judge.meanings.of(sent).operation
            return operation is not None and not self.data.of(operation).once

        sessions.is_protected, sessions.may_repeat = is_protected, may_repeat
        sessions.on_renewal = lambda: judge.keep_secret(secrets_in(sessions.credentials))
        return judge

    def _not_called(self, guard: Guard) -> list[str]:
        """Keep why operations are never called. Returns a note on what --read-only leaves out."""
        operations = [op for op in self.contract.operations if self.chosen is None or op.id in self.chosen]
        guard.withheld |= {op.id: reason for op in operations if (reason := guard.never(op))}
        left_out = [op.label for op in operations if op.id in guard.withheld]
        if not self.options.read_only or not left_out:
            return []
        shown = ", ".join(left_out[:_MOST_SHOWN]) + (", …" if len(left_out) > _MOST_SHOWN else "")
        verb = "was" if len(left_out) == 1 else "were"
        total = counted(len(operations), "operation")
        return [f"--read-only: {len(left_out)} of {total} {verb} not called: {shown}"]

    def _send_all(self, judge: Judge, client: Sender, created: Created) -> None:
        """The deterministic cases, fuzzing, and last what may stop the target or end the session."""
        operations = {operation.id: operation for operation in self.contract.operations}
        last = {name for name in operations if effects.disruption(self.contract, operations[name])}
        chosen = set(operations) if self.chosen is None else self.chosen
        first = self.chosen if not last else frozenset(chosen - last)
        fixed = self._deterministic_cases(judge, client, created, first)
        if not fixed.budget.given_up and not self.options.no_fuzzing:
            self._search(judge, fixed, last)
        callable_last = {name for name in last & chosen if not created.guard.never(operations[name])}
        if callable_last and not fixed.budget.given_up:
            self.notes += clean_up(self.contract, self.base_url, self.data, client, created)
            self._deterministic_cases(judge, client, created, frozenset(callable_last))

    def _deterministic_cases(
        self, judge: Judge, client: Sender, created: Created, chosen: frozenset[str] | None
    ) -> DeterministicCases:
        """Send the deterministic cases of the chosen operations and check the responses."""
        self._begin("deterministic cases")
        earlier = len(self.exchanges)
        fixed = DeterministicCases(
            self.contract,
            self.base_url,
            self.data,
            judge,
            client,
            created,
            deadline=self.deadline,
            chosen=chosen,
            on_response=self._tell,
            exchanges=self.exchanges,
        )
        try:
            fixed.send_all()
            if not self.exchanges and client.notes.sentences:
                raise SetupError(f"nothing could be tested: {client.notes.sentences[0]}")
            if not earlier:
                is_whole = self.options.only is None
                reject_unreachable(self.exchanges, self.base_url, self.contract.base_path, is_whole=is_whole)
        finally:  # after an interrupt, judge the exchanges so far
            self.data = fixed.data
            self.cut_short += fixed.budget.cut_short
            self._judge(judge, self.exchanges[earlier:])
        return fixed

    def _judge(self, judge: Judge, exchanges: Sequence[Exchange]) -> None:
        """Judge the exchanges of the chosen operations."""
        chosen = self.chosen
        for exchange in exchanges:
            concerned = {exchange.subject.id, *([exchange.operation.id] if exchange.operation else [])}
            if chosen is None or concerned & chosen:
                judge.judge(exchange)
        judge.relate([entry for entry in exchanges if chosen is None or entry.subject.id in chosen])

    def _search(self, judge: Judge, fixed: DeterministicCases, last: set[str]) -> None:
        every = {operation.id for operation in self.contract.operations}
        searched = (every if self.chosen is None else self.chosen) - fixed.budget.silent
        guard = fixed.created.guard
        never = {op.id for op in self.contract.operations if op.id in last or not is_fuzzable(guard, op)}
        schema = schema_for(self.contract, self.base_url, self.data, self.options, searched, never)
        run = FuzzingRun(
            judge,
            fixed.client,
            self.base_url,
            self.chosen,
            self._tell,
            fixed.budget.left,
            created=fixed.created,
            hooks=self.options.hooks,
        )
        errors, cut_short = search(schema, run, self.deadline, self._begin)
        self.errors += errors
        self.cut_short += [cut_short] if cut_short else []

    def _begin(self, phase: str) -> None:
        self.phase = phase
        self._tell()

    def _tell(self, waiting: int = 0) -> None:
        requests = self.evidence.requests + waiting
        notice = self.estimate.notice(requests, time.perf_counter() - self.started)
        self.progress(Progress(self.phase, requests, len(self.evidence.failures), notice))


def target_name(target: Any) -> str:  # noqa: ANN401 - any ASGI or WSGI application
    """How reports name a target."""
    if isinstance(target, str):
        return target
    name = getattr(target, "__qualname__", type(target).__qualname__)
    return f"{getattr(target, '__module__', type(target).__module__)}:{name}"


def chosen_operations(contract: Contract, options: Options) -> frozenset[str] | None:
    """The ids of the operations that a run is about; None for all."""
    of_options = operations_of(contract, options.shard) if options.shard is not None else options.only
    of_filters = choose(contract, options.include, options.exclude).only
    if of_options is None or of_filters is None:
        return of_options if of_filters is None else of_filters
    return of_options & of_filters


def clean_up(
    contract: Contract, base_url: str, data: TargetData, client: Sender, created: Created
) -> list[str]:
    """Delete what the run created. Returns what is left, one sentence each."""
    created.guard.data = data
    bases = BaseRequests(contract, schema_for(contract, base_url, data, _DRAWING), base_url)
    notes = created.clean_up(bases, client.send)
    created.forget()
    return notes


# Base requests do not depend on the options for fuzzing.
_DRAWING = Options(max_examples=1)
_NOT_SENT = Received(0, (), b"", 0.0, "not sent: the operation does not respond")


class _OverError(Exception):
    """Nothing more is to be sent."""


@dataclass(slots=True)
class DeterministicCases:
    """Sends the deterministic cases and keeps the exchanges, which are not judged yet.

    After an interrupt, the exchanges so far can be used.

    Attributes:
        data: what is known, after the run with what was learned on the way.
        chosen: the ids of the operations that the run is about; None for all. To others is sent only
            what these need.
        on_response: called after each response with the number of responses.
        exchanges: in the order sent.
    """

    contract: Contract
    base_url: str
    data: TargetData
    judge: Judge
    client: Sender
    created: Created
    deadline: Deadline = field(default_factory=lambda: Deadline(None))
    chosen: frozenset[str] | None = None
    on_response: Callable[[int], None] = lambda _: None
    exchanges: list[Exchange] = field(default_factory=list)
    budget: FailureBudget = field(default_factory=FailureBudget)
    _twice: SlowRetry = field(init=False)
    _sent_once: dict[Sent, Received] = field(default_factory=dict)
    _follow_ups: FollowUps = field(init=False)

    def __post_init__(self) -> None:
        self._twice = SlowRetry(self.client)
        self._follow_ups = FollowUps.of(self.contract)

    def send_all(self) -> None:
        """Send all requests, up to the deadline or too many timeouts.

        Raises:
            SetupError: the target accepts requests and never responds.
        """
        with suppress(_OverError):
            self._send_each()

    def _send_each(self) -> None:
        schema = schema_for(self.contract, self.base_url, self.data, _DRAWING)
        bases = BaseRequests(self.contract, schema, self.base_url)
        self.data = data = discover(self.contract, bases, self.data, self.send, self.chosen)
        self.created.guard.data = data
        self._send_planned(plan(self.contract, schema, self.base_url, data, self.chosen, bases))
        follow_links(self.contract, bases, data, self.send, self.chosen)
        run_lifecycles(self.contract, bases, data, self.send, self.chosen)
        self._send_planned(
            rejectable(
                self.contract, bases, data, self.chosen, lambda operation: self._fresh(operation, bases)
            )
        )

    def _fresh(self, operation: Operation, bases: BaseRequests) -> dict[str, str]:
        """The path values of something that is created to be deleted; none if nothing can be created."""
        explorer = Explorer(self.contract, self.data)
        for creator in creators_of(self.contract, operation):
            if not self.data.of(creator).skip and explorer.can_call(creator):
                sent = bases.make(creator, self.data)
                exchange = self.send(creator, sent, "creates what nobody else may delete")
                found = (values for target, values in explorer.created(exchange) if target == operation)
                if values := next(found, None):
                    return values
        return {}

    def _send_planned(self, cases: Iterable[Planned]) -> None:
        """Send cases; a plan is given the exchange of each."""
        source = iter(cases)
        case = next(source, None)
        while case is not None:
            exchange = self.send(
                case.subject, case.sent, case.label, intent=case.intent, expected=case.expected
            )
            try:
                case = source.send(exchange) if isinstance(source, Generator) else next(source)
            except StopIteration:
                return

    def send(
        self,
        subject: Operation,
        sent: Sent,
        label: str,
        *,
        intent: Intent = "positive",
        expected: tuple[int, ...] = (),
        follows: Exchange | None = None,
    ) -> Exchange:
        """Send one request and keep the exchange. Skip operations that do not respond."""
        limits.check()
        if self.deadline.has_passed:
            self.budget.give_up(self.deadline.reason)
        if self.budget.given_up:
            raise _OverError
        is_silent = subject.id in self.budget.silent or not self.created.guard.is_allowed(subject, sent)
        sent = renewed(sent)
        received = _NOT_SENT if is_silent else self._received(subject, sent)
        if received.fault_kind is TransportFault.GONE or self.client.gone:
            self.budget.give_up(self.client.gone or received.fault)
            raise _OverError
        exchange = self.judge.exchange(
            sent,
            received,
            subject=subject,
            intent=intent,
            label=label,
            expected=expected,
            follows=follows,
        )
        if is_silent or received.fault_kind in NOT_JUDGED:
            return exchange
        self.exchanges.append(exchange)
        self.on_response(len(self.exchanges))
        self.budget.count(exchange)
        self.created.note(exchange)
        for more, why, expected_statuses in self._follow_ups.after(exchange):
            self.send(subject, more, why, intent="follow", expected=expected_statuses, follows=exchange)
        return exchange

    def _received(self, subject: Operation, sent: Sent) -> Received:
        """The response. A request that the data file allows only once (`once`) is not sent again."""
        if not self.data.of(subject).once:
            return self._twice.send(sent, is_safe=self.data.of(subject).safe)
        if sent not in self._sent_once:
            self._sent_once[sent] = self.client.send(sent)
        return self._sent_once[sent]
