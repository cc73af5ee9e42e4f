"""The fixed part of a run, in order: learn what exists, send the corpus, follow lives, try who may."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from signoff.conformance import interruption
from signoff.conformance.base_requests import BaseRequests
from signoff.conformance.cases import plan
from signoff.conformance.client import SlowRetry
from signoff.conformance.credentials import refusable
from signoff.conformance.discovery import discover
from signoff.conformance.exchange import Received
from signoff.conformance.failure_budget import Patience
from signoff.conformance.follow_ups import FollowUps
from signoff.conformance.generation import schema_for
from signoff.conformance.lifecycle import follow_links, live_through
from signoff.conformance.limits import Deadline
from signoff.conformance.options import Options

if TYPE_CHECKING:
    from collections.abc import Callable

    from signoff.conformance.client import Client
    from signoff.conformance.exchange import Exchange, Intent, Sent
    from signoff.conformance.judge import Judge
    from signoff.conformance.known_values import TargetData
    from signoff.contract import Contract, Operation

# The plain requests are drawn alike whatever the search is told.
_DRAWING = Options(max_examples=1)
_NOT_SENT = Received(0, (), b"", 0.0, "not sent: the operation does not answer")


class _OverError(Exception):
    """Nothing more is to be sent."""


@dataclass(slots=True)
class FixedRequests:
    """Sends the fixed requests and keeps the exchanges, none of them judged yet.

    Whoever interrupts it may use what there is.

    Attributes:
        data: what is known, after the run with what was learned on the way.
        chosen: the ids of the operations that the run is about; None for all. To others is sent only
            what these need.
        on_answer: told after each answer how many there are.
        exchanges: in the order sent.
    """

    contract: Contract
    base_url: str
    data: TargetData
    judge: Judge
    client: Client
    deadline: Deadline = field(default_factory=lambda: Deadline(None))
    chosen: frozenset[str] | None = None
    on_answer: Callable[[int], None] = lambda _: None
    exchanges: list[Exchange] = field(default_factory=list)
    patience: Patience = field(default_factory=Patience)
    _twice: SlowRetry = field(init=False)
    _follow_ups: FollowUps = field(init=False)

    def __post_init__(self) -> None:
        self._twice = SlowRetry(self.client)
        self._follow_ups = FollowUps.of(self.contract)

    def send_all(self) -> None:
        """Send everything that the deadline and the target's answers allow.

        Raises:
            SetupError: the target takes requests and answers none.
        """
        try:
            self._send_each()
        except _OverError:
            return

    def _send_each(self) -> None:
        schema = schema_for(self.contract, self.base_url, self.data, _DRAWING)
        bases = BaseRequests(self.contract, schema, self.base_url)
        self.data = data = discover(self.contract, bases, self.data, self.send, self.chosen)
        for planned in plan(self.contract, schema, self.base_url, data, self.chosen):
            self.send(
                planned.subject,
                planned.sent,
                planned.label,
                intent=planned.intent,
                expected=planned.expected,
            )
        follow_links(self.contract, bases, data, self.send, self.chosen)
        live_through(self.contract, bases, data, self.send, self.chosen)
        for entry in refusable(self.contract, bases, data, self.chosen):
            self.send(entry.operation, entry.sent, entry.label, intent=entry.intent, expected=entry.expected)

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
        """Send one request and keep the exchange; an operation that does not answer is left alone."""
        interruption.check()
        if self.deadline.has_passed:
            self.patience.give_up(self.deadline.reason)
        if self.patience.given_up:
            raise _OverError
        is_silent = subject.id in self.patience.silent
        exchange = self.judge.exchange(
            sent,
            _NOT_SENT if is_silent else self._twice.send(sent),
            subject=subject,
            intent=intent,
            label=label,
            expected=expected,
            follows=follows,
        )
        if is_silent:
            return exchange
        self.exchanges.append(exchange)
        self.on_answer(len(self.exchanges))
        self.patience.count(exchange)
        for more, why, wanted in self._follow_ups.after(exchange):
            self.send(subject, more, why, intent="follow", expected=wanted, follows=exchange)
        return exchange
