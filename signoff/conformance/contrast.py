"""Which exchanges prove something.

Theory of operation
-------------------
A server that answers every request with 401 rejects every invalid request too, and checks nothing. So a
rejection proves a constraint only beside a *contrast*: a valid request of the same kind that succeeds.

Every success is noted under several *grounds*: its operation; also its path values; also its credentials;
also without one path parameter. An exchange that is to prove something (`Proof`) names the ground that it
needs. If a success stands there, it counts at once, else it waits: the success may come later, in any phase.
What still waits at the end proves nothing.

Statuses that speak of something else (401, 403, 404, 408, 409, 429) never prove that a value was checked. The
exception is 404 for the value of a path parameter, the only error of its request.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from signoff.conformance.base_requests import is_fresh
from signoff.conformance.checks.registry import Proof
from signoff.conformance.credentials import carrier_of, credentials_in
from signoff.conformance.exchange import ABOUT_CREDENTIALS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signoff.conformance.credentials import Carrier
    from signoff.conformance.exchange import Exchange, Sent
    from signoff.contract import Contract, Operation

Ground = tuple[object, ...]
NO_GROUND: Ground = ()

_ABOUT_THE_REQUEST = {400, 405, 406, 411, 413, 414, 415, 417, 422, 428}
_ABOUT_SOMETHING_ELSE = {401, 403, 404, 408, 409, 429}
_DENIALS = (401, 403, 404)
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS", "TRACE")
# Waiting exchanges of one clause, so that fuzzing keeps few of them.
_MOST_WAITING = 30


@dataclass(slots=True)
class Contrast:
    """The successes of a run, and the exchanges that wait for one.

    Attributes:
        valid: by operation, the statuses of the valid requests that were sent to it.
        beside: by clause, the statuses of rejections that are about something else.
        flawed: the clauses with a rejection whose response violates other requirements.
    """

    contract: Contract
    valid: defaultdict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    beside: defaultdict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    flawed: set[str] = field(default_factory=set)
    _successes: set[Ground] = field(default_factory=set)
    _waiting: defaultdict[str, dict[Ground, Exchange]] = field(default_factory=lambda: defaultdict(dict))
    _carriers: tuple[Carrier, ...] = field(init=False)

    def __post_init__(self) -> None:
        found = (carrier_of(scheme) for scheme in self.contract.security_schemes.values())
        self._carriers = tuple(dict.fromkeys(carrier for carrier in found if carrier))

    def note(self, exchange: Exchange) -> None:
        """Remember what became of a valid request."""
        operation, request = exchange.operation, exchange.request
        about_form = exchange.intent in ("accept", "method", "head", "follow", "forbidden", "missing")
        if operation is None or request is None or request.faults or exchange.intent in ABOUT_CREDENTIALS:
            return
        if exchange.is_success:
            self._successes |= {("operation", operation.id), *self._grounds(operation, exchange)}
        if exchange.is_success or not about_form:
            self.valid[operation.id][exchange.status] += 1

    def _grounds(self, operation: Operation, exchange: Exchange) -> list[Ground]:
        values, sender = exchange.path_values, self._sender(exchange.sent)
        without = (
            ("without", operation.id, sender, name, _frozen(values, leaving_out=name)) for name in values
        )
        return [
            ("resource", operation.id, _frozen(values)),
            ("request", operation.id, sender, _frozen(values)),
            *without,
        ]

    def note_flawed(self, clause_id: str, status: int) -> None:
        """Remember a rejection that proves nothing, because its response violates other requirements."""
        if status >= 500:
            self.beside[clause_id][status] += 1
        else:
            self.flawed.add(clause_id)

    def has_succeeded(self, operation: Operation) -> bool:
        """Whether a valid request to the operation has succeeded."""
        return ("operation", operation.id) in self._successes

    def stands(self, ground: Ground) -> bool:
        """Whether a success gives the contrast that an exchange needs."""
        return ground == NO_GROUND or ground in self._successes

    def wait(self, clause_id: str, ground: Ground, exchange: Exchange) -> None:
        """Keep an exchange until its contrast is found."""
        waiting = self._waiting[clause_id]
        if len(waiting) < _MOST_WAITING:
            waiting.setdefault(ground, exchange)

    def settled(self) -> dict[str, Exchange]:
        """By clause, an exchange that waited and now has its contrast."""
        return {
            clause_id: exchange
            for clause_id, waiting in self._waiting.items()
            for ground, exchange in reversed(waiting.items())
            if ground in self._successes
        }

    def waits(self, clause_id: str) -> bool:
        """Whether only the contrast of a clause is missing."""
        return clause_id in self._waiting

    def ground(self, exchange: Exchange, proof: Proof) -> Ground | None:
        """The contrast that an exchange needs to prove something; None if it proves nothing."""
        subject = exchange.operation or exchange.subject
        match proof:
            case Proof.RESPONSE:
                return NO_GROUND
            case Proof.SUCCESS:
                return NO_GROUND if exchange.is_success else None
            case Proof.OPERATION:
                return ("operation", subject.id)
            case Proof.DENIAL:
                if exchange.status not in _DENIALS:
                    return None
                if exchange.intent != "unauthenticated" or subject.method not in _SAFE_METHODS:
                    return ("operation", subject.id)
                return ("resource", subject.id, _frozen(exchange.path_values))
            case Proof.REJECTION:
                return self._ground_of_rejection(subject, exchange)

    def _ground_of_rejection(self, subject: Operation, exchange: Exchange) -> Ground | None:
        if exchange.operation is None or exchange.request is None:
            return ("operation", subject.id) if exchange.status in (*_ABOUT_THE_REQUEST, 501) else None
        faults = exchange.request.faults
        in_path = {fault.place for fault in faults if fault.kind == "parameter" and fault.location == "path"}
        is_of_path = len(in_path) == 1 and all(fault.place in in_path for fault in faults)
        documented = {
            int(r.status) for r in subject.responses if r.status[:1] == "4" and r.status.isdecimal()
        }
        telling = _ABOUT_THE_REQUEST | (documented - _ABOUT_SOMETHING_ELSE) | ({404} if is_of_path else set())
        if exchange.status not in telling:
            return None
        sender, values = self._sender(exchange.sent), exchange.path_values
        if is_of_path:
            (name,) = in_path
            return ("without", subject.id, sender, name, _frozen(values, leaving_out=name))
        return ("request", subject.id, sender, _frozen(values))

    def _sender(self, sent: Sent) -> Ground:
        """The credentials of a request."""
        return (sent.header("authorization"), *(credentials_in(sent, carrier) for carrier in self._carriers))


def _frozen(values: Mapping[str, str], leaving_out: str = "") -> frozenset[tuple[str, str]]:
    return frozenset(
        (name, "fresh" if is_fresh(text) else text) for name, text in values.items() if name != leaving_out
    )
