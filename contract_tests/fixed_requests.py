"""The fixed part of a run, in order: learn what exists, send the corpus, follow lives, try who may."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from contract_tests.base_requests import BaseRequests
from contract_tests.corpus import plan
from contract_tests.credentials import refusable
from contract_tests.discovery import discover
from contract_tests.follow_ups import FollowUps
from contract_tests.generation import schema_for
from contract_tests.lifecycle import follow_links, live_through
from contract_tests.second_look import SecondLook

if TYPE_CHECKING:
    from contract_tests.client import Client
    from contract_tests.exchange import Exchange, Intent, Sent
    from contract_tests.judge import Judge
    from contract_tests.known_values import TargetData
    from openapi import Contract, Operation


@dataclass(slots=True)
class FixedRequests:
    """Sends the fixed requests and keeps the exchanges, none of them judged yet."""

    contract: Contract
    base_url: str
    data: TargetData
    judge: Judge
    client: Client
    exchanges: list[Exchange] = field(default_factory=list)
    _twice: SecondLook = field(init=False)
    _follow_ups: FollowUps = field(init=False)

    def __post_init__(self) -> None:
        self._twice = SecondLook(self.client)
        self._follow_ups = FollowUps.of(self.contract)

    def send_all(self) -> TargetData:
        """Send everything; the data comes back with what was learned on the way."""
        schema = schema_for(self.contract, self.base_url, self.data, seed=0, max_examples=1)
        bases = BaseRequests(self.contract, schema, self.base_url)
        data = discover(self.contract, bases, self.data, self.send)
        for planned in plan(self.contract, schema, self.base_url, data):
            self.send(
                planned.subject,
                planned.sent,
                planned.label,
                intent=planned.intent,
                expected=planned.expected,
            )
        follow_links(self.contract, bases, data, self.send)
        live_through(self.contract, bases, data, self.send)
        for entry in refusable(self.contract, bases, data):
            self.send(entry.operation, entry.sent, entry.label, intent=entry.intent, expected=entry.expected)
        return data

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
        """Send one request and keep the exchange."""
        received = self._twice.send(sent)
        exchange = self.judge.exchange(
            sent,
            received,
            subject=subject,
            intent=intent,
            label=label,
            expected=expected,
            follows=follows,
        )
        self.exchanges.append(exchange)
        for more, why, wanted in self._follow_ups.after(exchange):
            self.send(subject, more, why, intent="follow", expected=wanted, follows=exchange)
        return exchange
