"""One run: the deterministic cases, then fuzzing, then the verdict."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from signoff import signals
from signoff.conformance import effects
from signoff.conformance.cases import share_notes
from signoff.conformance.client import Client
from signoff.conformance.created import Created
from signoff.conformance.data_check import checked, leaving_out
from signoff.conformance.deterministic_cases import DeterministicCases, clean_up
from signoff.conformance.evidence import Evidence, Verdict
from signoff.conformance.expansion import Expansion
from signoff.conformance.fuzzing import FuzzingRun, search
from signoff.conformance.generation import schema_for
from signoff.conformance.guard import Guard, is_fuzzable
from signoff.conformance.judge import Judge
from signoff.conformance.known_values import TargetData, credentials_of, secrets_in, secrets_of, variables_of
from signoff.conformance.limits import Deadline, Pace
from signoff.conformance.oauth import TokenEndpoints
from signoff.conformance.operation_filters import choose
from signoff.conformance.options import USUAL_EXAMPLES, Options, operations_of
from signoff.conformance.progress import Estimate, Progress
from signoff.conformance.sessions import Sessions
from signoff.conformance.setup_teardown import prepared
from signoff.conformance.target import reachable, wait_until_listening
from signoff.conformance.throttle import Throttle
from signoff.conformance.unreachable_target import reject_unreachable
from signoff.contract import SetupError
from signoff.reporting.messages import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from signoff.conformance.client import Sender
    from signoff.conformance.exchange import Exchange, Fields, Sent
    from signoff.contract import Contract

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
        notes, options = _sized(options, len(choice.only or contract.operations))
        notes += share_notes(len(contract.operations))
        return _Run(target, contract, known, options, base_url, deadline, progress, notes=notes).verdict()


def _sized(options: Options, operations: int) -> tuple[list[str], Options]:
    """The options for so many operations, and a note if fewer requests are generated than usual.

    Shards and single operations get the numbers of the whole document, so that they get the same requests.
    """
    count = options.examples_of(operations)
    is_fuzzed = not options.no_fuzzing and not {"fuzzing", "stateful"}.isdisjoint(options.phases)
    is_reduced = options.max_examples is None and count < USUAL_EXAMPLES and is_fuzzed
    note = (
        f"fuzzing: up to {count} generated requests per operation instead of {USUAL_EXAMPLES},"
        f" because there are {counted(operations, 'operation')}. --max-examples sets the number."
    )
    sized = replace(options, max_examples=count, workers=options.workers_of(operations))
    return [note] if is_reduced else [], sized


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
        examples = 0 if self.options.no_fuzzing else self.options.examples_of(len(tested))
        self.estimate = Estimate(len(tested), examples)
        is_timed = self.options.max_response_time_s is not None
        selection = replace(self.options.selection, is_timed=is_timed)
        self.evidence = Evidence(self.contract, selection, self.options.checks)
        if self.options.cross_check:
            self.evidence.start_cross_check()
        if self.chosen is not None:
            self.evidence.keep_only(self.chosen)

    def verdict(self) -> Verdict:
        """Send, fuzz and judge."""
        signal = 0
        signals.hold()
        try:
            self._send_and_fuzz()
        except BaseException as error:
            signal = signals.behind(error)
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
            tuple(dict.fromkeys((*credentials_of(self.data), *self.credentials, *variables_of(self.data)))),
            tuple(dict.fromkeys((*self.cut_short, *self.throttle.cut_short))),
            tuple(
                dict.fromkeys((*self.options.notes, *self.notes, *self.throttle.notes, *self.client_notes))
            ),
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
                    with signals.raising():
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
            workers=self.options.workers or 1,
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
        guard, options = fixed.created.guard, self.options
        never = {op.id for op in self.contract.operations if op.id in last or not is_fuzzable(guard, op)}
        never |= self._called_once(searched)
        expansion = Expansion(self.contract)
        called = [op for op in self.contract.operations if not guard.never(op)]
        too_large = {op.id: reason for op in called if (reason := expansion.too_large(op))}
        guard.withheld |= too_large
        never |= too_large.keys()
        while searched:
            run = FuzzingRun(
                judge,
                fixed.client,
                self.base_url,
                self.chosen,
                self._tell,
                fixed.budget.left,
                created=fixed.created,
                hooks=tuple(hook for hook in options.hooks if options.selection.takes(hook.check)),
            )
            schema = schema_for(self.contract, self.base_url, self.data, options, searched, never)
            errors, cut_short, again = search(schema, run, self.deadline, self._begin)
            self.errors += errors
            self.cut_short += [cut_short] if cut_short else []
            searched = {op.id for op in self.contract.operations if op.label in again}
            options = replace(options, workers=1)

    def _called_once(self, searched: Collection[str]) -> set[str]:
        """The operations that fuzzing must not repeat (`once` in the data file), which a note names."""
        once = [op for op in self.contract.operations if op.id in searched and self.data.of(op).once]
        if once:
            labels = ", ".join(op.label for op in once[:_MOST_SHOWN]) + (
                ", …" if len(once) > _MOST_SHOWN else ""
            )
            self.notes.append(f"fuzzing left out what the data file allows only once (`once`): {labels}")
        return {op.id for op in once}

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
