"""Judging exchanges: which clauses each speaks to, and which checks it fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.conformance.checks import Failure, Severity
from signoff.conformance.checks.conformance import checks_of
from signoff.conformance.exchange import Exchange, Meanings
from signoff.conformance.requirement_matching import ClauseMatching
from signoff.contract import requirements as c

if TYPE_CHECKING:
    from collections.abc import Sequence

    from signoff.conformance.evidence import Evidence
    from signoff.conformance.exchange import Intent, Received, Sent
    from signoff.contract import Contract, Operation

_SAFE_METHODS = ("GET", "HEAD", "OPTIONS", "TRACE")


class Judge:
    """Judges the exchanges of one run, and keeps the evidence."""

    def __init__(
        self,
        contract: Contract,
        base_url_path: str,
        evidence: Evidence,
        secrets: tuple[str, ...] = (),
        *,
        bound_s: float | None = None,
    ) -> None:
        self.contract = contract
        self.evidence = evidence
        self._secrets = secrets
        self._succeeded: set[tuple[str, str, bytes]] = set()
        self._written: set[str] = set()
        self._bound_s = bound_s
        takes = evidence.selection.takes
        self._checks = [check for check in evidence.catalogue.checks.values() if takes(check)]
        relations = evidence.catalogue.relations.values()
        self._relations = [relation for relation in relations if takes(relation)]
        self._own = {
            operation: tuple(check for check in checks if takes(check))
            for operation, checks in checks_of(contract).items()
        }
        self._matching = ClauseMatching(contract)
        self.meanings = Meanings(contract, base_url_path)

    def exchange(
        self,
        sent: Sent,
        received: Received,
        *,
        subject: Operation,
        intent: Intent,
        label: str = "",
        expected: tuple[int, ...] = (),
        follows: Exchange | None = None,
    ) -> Exchange:
        """Put an exchange beside what the contract says of its request."""
        meaning = self.meanings.of(sent)
        return Exchange(
            sent=sent,
            received=received,
            intent=intent,
            label=label or intent,
            subject=subject,
            operation=meaning.operation,
            request=meaning.request,
            allowed=meaning.allowed,
            identity=meaning.identity,
            expected=expected,
            secrets=self._secrets,
            follows=follows,
            bound_s=self._bound_s,
            is_repeated=self._is_repeated(sent, received, intent),
        )

    def _is_repeated(self, sent: Sent, received: Received, intent: Intent) -> bool:
        """Whether an earlier success may have used up what the request asks for.

        The same request did, or, for generated ones, another that writes the same thing.
        """
        if sent.method in _SAFE_METHODS:
            return False
        same = (sent.method, sent.url, sent.body)
        is_repeated = same in self._succeeded or (
            intent in ("search", "boundary") and sent.method != "POST" and sent.path in self._written
        )
        if 200 <= received.status < 300:
            self._succeeded.add(same)
            self._written.add(sent.path)
        return is_repeated

    def judge(self, exchange: Exchange) -> list[Failure]:
        """Run every check on an exchange and keep what it shows.

        Returns:
            The failures that break the contract; warnings are only kept.
        """
        self.evidence.requests += 1
        self.evidence.statuses[exchange.status] += 1
        failures: list[Failure] = []
        for check in (*self._checks, *self._own.get(exchange.subject.id, ())):
            if not check.applies(exchange):
                continue
            clause_id = c.rule_id(exchange.subject, check.id)
            found = [Failure(check, fault, exchange) for fault in check.find(exchange)]
            for failure in found:
                self.evidence.violate([clause_id, *self._matching.broken(failure)], failure)
            if not found:
                self.evidence.verify(clause_id, exchange)
            failures += found
        errors = [failure for failure in failures if failure.check.severity is Severity.ERROR]
        if not errors and not exchange.received.fault:
            for clause_id in self._matching.kept(exchange, self.evidence.is_open):
                self.evidence.verify(clause_id, exchange)
        return errors

    def relate(self, exchanges: Sequence[Exchange]) -> None:
        """Run every relation on each operation's exchanges."""
        for operation in self.contract.operations:
            own = [exchange for exchange in exchanges if exchange.subject.id == operation.id]
            for relation in self._relations:
                if not relation.concerns(self.contract, operation):
                    continue
                compared, faults = relation.find(own)
                clause_id = c.rule_id(operation, relation.id)
                for exchange, fault in faults:
                    self.evidence.violate([clause_id], Failure(relation, fault, exchange))
                if compared is not None and not faults:
                    self.evidence.verify(clause_id, compared)
