"""The result for each requirement: verified, violated or not covered, with the exchange and the reason."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from signoff.conformance.checks import KIT, Catalogue, Failure, Proof, Severity
from signoff.conformance.checks.conformance import checks_of
from signoff.conformance.contrast import Contrast
from signoff.conformance.cross_check import CrossCheck
from signoff.conformance.gaps import Gaps
from signoff.conformance.options import Selection
from signoff.conformance.partly_judged import PartlyJudged
from signoff.contract import requirements as c
from signoff.contract.requirements import Clause
from signoff.reporting.model import State

if TYPE_CHECKING:
    from collections.abc import Iterable

    from signoff.conformance.checks import Check, Relation
    from signoff.conformance.exchange import Exchange, Fields
    from signoff.conformance.known_values import TargetData
    from signoff.conformance.options import Options
    from signoff.conformance.second_opinion import SecondOpinion
    from signoff.contract import Contract


@dataclass(slots=True)
class ClauseEvidence:
    """A clause with its result and the exchange that proves it; `check` if the clause belongs to a check."""

    clause: Clause
    check: Check | Relation | None = None
    state: State = State.NOT_COVERED
    exchange: Exchange | None = None
    reason: str = ""
    failure: Failure | None = None


@dataclass(slots=True)
class Evidence:
    """The evidence of one run.

    Attributes:
        withheld: by operation, why requests to it were not sent.
    """

    contract: Contract
    selection: Selection = field(default_factory=Selection)
    catalogue: Catalogue = KIT
    clauses: dict[str, ClauseEvidence] = field(default_factory=dict)
    failures: dict[tuple[str, str, str], Failure] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)
    requests: int = 0
    setup_problem: str = ""
    withheld: dict[str, str] = field(default_factory=dict)
    chosen: frozenset[str] | None = None
    cross_check: CrossCheck | None = None
    contrast: Contrast = field(init=False)
    partly_judged: PartlyJudged = field(default_factory=PartlyJudged)
    _second_opinion: SecondOpinion | None = None

    def __post_init__(self) -> None:
        self.contrast = Contrast(self.contract)
        for clause in c.clauses(self.contract):
            self.clauses[clause.id] = ClauseEvidence(clause)
        for clause, check in rule_clauses(self.contract, self.selection, self.catalogue):
            self.clauses[clause.id] = ClauseEvidence(clause, check)

    def keep_only(self, operations: frozenset[str]) -> None:
        """Keep only the clauses of these operations (ids)."""
        self.chosen = operations
        self.clauses = {
            clause_id: found
            for clause_id, found in self.clauses.items()
            if found.clause.operation in operations
        }

    def is_open(self, clause_id: str) -> bool:
        """Whether a clause has no result yet."""
        found = self.clauses.get(clause_id)
        return found is not None and found.state is State.NOT_COVERED

    def verify(self, clause_id: str, exchange: Exchange, proof: Proof = Proof.RESPONSE) -> None:
        """Record that the exchange verifies the clause, if it proves it. The first one is reported."""
        found = self.clauses.get(clause_id)
        if found is None or found.state is not State.NOT_COVERED:
            return
        ground = self.contrast.ground(exchange, proof)
        if ground is None:
            self.contrast.beside[clause_id][exchange.status] += proof is Proof.REJECTION
        elif self.contrast.stands(ground):
            found.state, found.exchange = State.VERIFIED, exchange
        else:
            self.contrast.wait(clause_id, ground, exchange)

    def violate(self, clause_ids: Iterable[str], failure: Failure) -> None:
        """Record a failure and what it violates. Of similar failures, keep the smallest request."""
        rule = failure.check.id
        key = (rule, failure.exchange.subject.id, _likeness(failure))
        known = self.failures.get(key)
        if known is None or failure.exchange.sent.size < known.exchange.sent.size:
            self.failures[key] = failure
        if failure.check.severity is Severity.WARNING:
            return
        for clause_id in clause_ids:
            found = self.clauses.get(clause_id)
            if found is None:
                continue
            known_size = found.failure.exchange.sent.size if found.failure else None
            if known_size is None or failure.exchange.sent.size < known_size:
                found.state, found.failure = State.VIOLATED, failure
                found.exchange, found.reason = failure.exchange, failure.fault.message

    @property
    def second_opinion(self) -> SecondOpinion:
        """openapi-core's judgement by the contract's document."""
        if self._second_opinion is None:
            from signoff.conformance.second_opinion import (  # noqa: PLC0415 - 0.5 s that most runs don't need
                SecondOpinion,
            )

            self._second_opinion = SecondOpinion(self.contract.document)
        return self._second_opinion

    def start_cross_check(self) -> None:
        """From now on, compare every exchange with what openapi-core finds."""
        self.cross_check = CrossCheck(self.second_opinion)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was judged in part, and what `--cross-check` found, one sentence each."""
        return (*self.partly_judged.sentences(), *(self.cross_check.notes() if self.cross_check else ()))

    @property
    def errors(self) -> list[Failure]:
        """The failures with severity error, in the order found."""
        return [failure for failure in self.failures.values() if failure.check.severity is Severity.ERROR]

    @property
    def warnings(self) -> list[Failure]:
        """The failures with severity warning."""
        return [failure for failure in self.failures.values() if failure.check.severity is Severity.WARNING]

    def conclude(self, data: TargetData | None = None) -> None:
        """Count what has found its contrast, and give each clause that is not covered its reason.

        Args:
            data: the target's data file, which may leave operations out.
        """
        for clause_id, exchange in self.contrast.settled().items():
            self.verify(clause_id, exchange)
        gaps = Gaps(self.contract, self.contrast, data, self.withheld)
        for found in self.clauses.values():
            if found.state is State.NOT_COVERED:
                owner = self.clauses.get(found.clause.owner)
                is_seen = owner is not None and owner.state is not State.NOT_COVERED
                of_check = found.check.not_covered if found.check else ""
                found.reason = gaps.reason(found.clause, is_seen=is_seen, of_check=of_check)
        self.setup_problem = gaps.setup_problem(self.chosen)


def rule_clauses(
    contract: Contract, selection: Selection, catalogue: Catalogue = KIT
) -> list[tuple[Clause, Check | Relation]]:
    """The clauses of the checks, including those in the document, for each operation that they concern."""
    own = checks_of(contract)
    places = {(op, rule.id): rule.pointer for op, rules in contract.rules.items() for rule in rules}
    return [
        (
            Clause(
                c.rule_id(operation, rule.id),
                operation.id,
                "rule",
                _title(rule),
                places.get((operation.id, rule.id), operation.pointer),
            ),
            rule,
        )
        for operation in contract.operations
        for rule in (*catalogue.entries, *own.get(operation.id, ()))
        if rule.severity is Severity.ERROR and selection.takes(rule) and rule.concerns(contract, operation)
    ]


def _title(rule: Check | Relation) -> str:
    return f"{rule.id}: {' '.join((rule.find.__doc__ or '').split()).rstrip('.')}"


def _likeness(failure: Failure) -> str:
    """What distinguishes failures of one check: the place in the document and the start of the message."""
    message = failure.fault.message.partition(":")[0]
    return f"{failure.fault.pointer}|{message}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of a run.

    Attributes:
        target: as given by the user.
        errors: errors on the client side while fuzzing.
        elapsed_s: how long the run took, in seconds.
        credentials: the extra request headers. Reports do not show their values.
        cut_short: why requests were not sent, one sentence each.
        notes: notes on the run, one sentence each.
        signal: the number of the signal that stopped the run; 0 if none did.
    """

    target: str
    contract: Contract
    options: Options
    evidence: Evidence
    errors: tuple[str, ...]
    elapsed_s: float
    credentials: Fields = ()
    cut_short: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    signal: int = 0

    @property
    def passed(self) -> bool:
        """Whether no requirement is violated, the setup is right, and the required coverage is reached."""
        return not self.evidence.errors and not self.shortfalls and not self.setup_problem

    @property
    def setup_problem(self) -> str:
        """What is wrong with the setup if most operations never succeeded; else empty."""
        return self.evidence.setup_problem

    @property
    def shortfalls(self) -> list[str]:
        """The missing coverage, one sentence each.

        `documented-statuses` requires each status code in the document, `all` each requirement. 5xx
        responses are never required.
        """
        return [
            f"--require {self.options.require}: {found.clause.id} was not covered: {found.reason}"
            for found in self.evidence.clauses.values()
            if found.state is State.NOT_COVERED and self._requires(found)
        ]

    def _requires(self, found: ClauseEvidence) -> bool:
        clause, require = found.clause, self.options.require
        if require in ("nothing-violated", "closed-responses") or clause.status.startswith("5"):
            return False
        return require == "all" or (clause.kind == "status" and clause.status.isdecimal())

    @property
    def complete(self) -> bool:
        """Whether all requests were sent."""
        return not self.errors and not self.cut_short
