"""Sends the deterministic cases of a run and keeps the exchanges.

The order is fixed: learn what exists, send the planned cases, follow the lifecycle of what is created, then
try the other users. With several workers, cases that only read or should be rejected are sent side by side;
their exchanges are kept in the planned order, so that the verdict is the same.
"""

from __future__ import annotations

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from signoff import signals
from signoff.conformance.base_requests import BaseRequests, FollowUps
from signoff.conformance.cases import Planned, plan
from signoff.conformance.client import SlowRetry
from signoff.conformance.credentials import rejectable
from signoff.conformance.discovery import Explorer, discover
from signoff.conformance.effects import SAFE_METHODS
from signoff.conformance.exchange import NOT_JUDGED, Received, Sent, TransportFault
from signoff.conformance.fresh_values import PLACEHOLDER, is_fresh, renewed
from signoff.conformance.generation import schema_for
from signoff.conformance.lifecycle import follow_links, run_lifecycles
from signoff.conformance.limits import Deadline
from signoff.conformance.options import Options
from signoff.conformance.unreachable_target import FailureBudget
from signoff.contract.resources import infer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from signoff.conformance.client import Sender
    from signoff.conformance.created import Created
    from signoff.conformance.exchange import Exchange, Intent
    from signoff.conformance.judge import Judge
    from signoff.conformance.known_values import TargetData
    from signoff.contract import Contract, Operation

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
        exchanges: in the planned order.
        workers: how many requests may be under way at a time.
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
    workers: int = 1
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
        self.data = data = discover(self._explorer(), bases, self.send, self.chosen)
        self.created.guard.data = data
        self._send_planned(plan(self.contract, schema, self.base_url, data, self.chosen, bases))
        follow_links(self._explorer(), bases, self.send, self.chosen)
        run_lifecycles(self._explorer(), bases, self.send, self.chosen)
        self._send_planned(
            rejectable(
                self.contract, bases, data, self.chosen, lambda operation: self._fresh(operation, bases)
            )
        )

    def _explorer(self) -> Explorer:
        return Explorer(self.contract, self.data, self.created.guard.table)

    def _fresh(self, operation: Operation, bases: BaseRequests) -> dict[str, str]:
        """The path values of something that is created to be deleted; none if nothing can be created."""
        explorer = self._explorer()
        for lifecycle in infer(self.contract).with_item_of(operation):
            creator = lifecycle.creator
            if not self.data.of(creator).skip and explorer.can_call(creator):
                sent = bases.make(creator, self.data)
                exchange = self.send(creator, sent, "creates a resource to delete")
                found = (values for target, values in explorer.created(exchange) if target == operation)
                if values := next(found, None):
                    return values
        return {}

    def _send_planned(self, cases: Iterable[Planned]) -> None:
        """Send cases; a plan is given the exchange of each that is not sent beside others."""
        source = iter(cases)
        case = next(source, None)
        while case is not None:
            side_by_side: list[Planned] = []
            while case is not None and len(side_by_side) < self.workers * 2 and self._may_overlap(case):
                side_by_side.append(case)
                case = next(source, None)
            if side_by_side:
                self._send_side_by_side(side_by_side)
            elif case is not None:
                exchange = self._send(case)
                try:
                    case = source.send(exchange) if isinstance(source, Generator) else next(source)
                except StopIteration:
                    return

    def _may_overlap(self, case: Planned) -> bool:
        """Whether a case neither changes anything nor decides what is sent next."""
        is_reading = case.sent.method in SAFE_METHODS and not case.sent.body
        is_harmless = is_reading or case.intent == "negative"
        return self.workers > 1 and is_harmless and not self.data.of(case.subject).once

    def _send_side_by_side(self, cases: Iterable[Planned]) -> None:
        self._check()
        ready = [replace(case, sent=renewed(case.sent)) for case in cases if self._may_send(case)]
        with ThreadPoolExecutor(self.workers) as pool:
            received = list(pool.map(self._received, ready))
        for case, response in zip(ready, received, strict=True):
            self._keep(self._exchange(case, response))

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
        return self._send(Planned(sent, subject, intent, label, expected), follows)

    def _send(self, case: Planned, follows: Exchange | None = None) -> Exchange:
        self._check()
        is_sent = self._may_send(case)
        key, case = _without_fresh_values(case), replace(case, sent=renewed(case.sent))
        exchange = self._exchange(case, self._received(case, key) if is_sent else _NOT_SENT, follows)
        if is_sent:
            self._keep(exchange)
        return exchange

    def _check(self) -> None:
        """Stop after a signal, at the deadline, or after too many failures."""
        signals.check()
        if self.deadline.has_passed:
            self.budget.give_up(self.deadline.reason)
        if self.budget.given_up:
            raise _OverError

    def _may_send(self, case: Planned) -> bool:
        is_silent = case.subject.id in self.budget.silent
        return not is_silent and self.created.guard.is_allowed(case.subject, case.sent)

    def _exchange(self, case: Planned, received: Received, follows: Exchange | None = None) -> Exchange:
        return self.judge.exchange(
            case.sent,
            received,
            subject=case.subject,
            intent=case.intent,
            label=case.label,
            expected=case.expected,
            follows=follows,
        )

    def _keep(self, exchange: Exchange) -> None:
        """Keep an exchange, and send what follows from it."""
        received = exchange.received
        if received.fault_kind is TransportFault.GONE or self.client.gone:
            self.budget.give_up(self.client.gone or received.fault)
            raise _OverError
        if received.fault_kind in NOT_JUDGED:
            return
        self.exchanges.append(exchange)
        self.on_response(len(self.exchanges))
        self.budget.count(exchange)
        self.created.note(exchange)
        for sent, label, expected in self._follow_ups.after(exchange):
            self.send(exchange.subject, sent, label, intent="follow", expected=expected, follows=exchange)
        exchange.release()  # it is judged at the end, when all are in memory

    def _received(self, case: Planned, key: Sent | None = None) -> Received:
        """The response. A request that the data file allows only once (`once`) is not sent again.

        `key` is what it is known by: a fresh value in a header makes no other request of it.
        """
        known = self.data.of(case.subject)
        if not known.once:
            return self._twice.send(case.sent, is_safe=known.safe)
        key = key or case.sent
        if key not in self._sent_once:
            self._sent_once[key] = self.client.send(case.sent)
        return self._sent_once[key]


def _without_fresh_values(case: Planned) -> Sent:
    """A request without the headers that make it a new one, such as a valid `Idempotency-Key`."""
    is_valid = case.intent != "negative"
    headers = case.sent.headers
    kept = tuple((n, v) for n, v in headers if v != PLACEHOLDER and not (is_valid and is_fresh(n)))
    return replace(case.sent, headers=kept)


def clean_up(
    contract: Contract, base_url: str, data: TargetData, client: Sender, created: Created
) -> list[str]:
    """Delete what the run created. Returns what is left, one sentence each."""
    created.guard.data = data
    bases = BaseRequests(contract, schema_for(contract, base_url, data, _DRAWING), base_url)
    notes = created.clean_up(bases, client.send)
    created.forget()
    return notes
