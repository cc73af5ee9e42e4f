"""The rules that a document states itself as `x-conformance`, as checks like all others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.conformance.checks.registry import NOT_COVERED, Check, Fault, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.conformance.exchange import Exchange
    from signoff.contract import Contract, Operation
    from signoff.contract.conformance_rules import Rule

FAMILY = "x-conformance"


def checks_of(contract: Contract) -> dict[str, tuple[Check, ...]]:
    """The document's own rules by the id of their operation."""
    return {
        operation: tuple(_check(operation, rule) for rule in rules)
        for operation, rules in contract.rules.items()
    }


def _check(operation_id: str, rule: Rule) -> Check:
    def applies(exchange: Exchange) -> bool:
        is_of_it = exchange.operation is not None and exchange.operation.id == operation_id
        return is_of_it and not exchange.received.fault and rule.holds(exchange.values) is not None

    def concerns(_: Contract, operation: Operation) -> bool:
        return operation.id == operation_id

    def find(exchange: Exchange) -> Iterator[Fault]:
        if rule.holds(exchange.values) is False:
            yield Fault(rule.message.rstrip("."), rule.expression, _shown(exchange), rule.pointer)

    find.__doc__ = rule.message
    return Check(
        id=rule.id,
        family=FAMILY,
        severity=Severity.ERROR,
        rationale=rule.message,
        source="x-conformance in the document",
        applies=applies,
        concerns=concerns,
        not_covered=NOT_COVERED,
        find=find,
    )


def _shown(exchange: Exchange) -> str:
    body = exchange.received.body[:200].decode("utf-8", "replace")
    return f"{exchange.status} after {exchange.received.elapsed_s:.2f} s: {body}"
