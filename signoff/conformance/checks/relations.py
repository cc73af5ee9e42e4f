"""Checks that compare several responses."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from signoff.conformance.checks.registry import Fault, Severity, relation
from signoff.contract import media_types

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from signoff.conformance.checks.registry import Found
    from signoff.conformance.exchange import Exchange
    from signoff.contract import Contract, Operation


def _groups(
    exchanges: Sequence[Exchange], key: Callable[[Exchange], Hashable | None]
) -> list[list[Exchange]]:
    found: dict[Hashable, list[Exchange]] = defaultdict(list)
    for exchange in exchanges:
        if (of := key(exchange)) is not None:
            found[of].append(exchange)
    return [group for group in found.values() if len(group) > 1]


def _is_known(exchange: Exchange) -> bool:
    """Whether the request uses a value from the data file and is valid."""
    return exchange.intent in ("existing", "forbidden", "missing") and exchange.request is not None


def _has_uuid(contract: Contract, operation: Operation) -> bool:
    return any(
        parameter.location == "path"
        and parameter.schema is not None
        and contract.schemas.resolved(parameter.schema.raw).get("format") == "uuid"
        for parameter in operation.parameters
    )


@relation(
    source="RFC 9562, section 4",
    rationale="UUIDs are case-insensitive.",
    concerns=_has_uuid,
    not_covered="no known UUID was sent in both upper and lower case: add a UUID to the data file (--data)",
)
def uuid_case(exchanges: Sequence[Exchange]) -> Found:
    """A UUID gets the same status in upper and lower case."""
    known = [exchange for exchange in exchanges if _is_known(exchange)]
    groups = [
        group
        for group in _groups(known, lambda e: (e.identity, repr(e.request.body) if e.request else ""))
        if len({exchange.sent.path for exchange in group}) > 1
    ]
    faults = []
    for first, *others in groups:
        for other in others:
            if other.status != first.status:
                message = "the letter case of a UUID changes the response status"
                faults.append(
                    (other, Fault(message, str(first.status), str(other.status), other.subject.pointer))
                )
                break
    return (groups[0][-1] if groups else None), faults


@relation(
    source="the document: the same request gets the same response",
    rationale="A retry must get the same response.",
    not_covered="no known value was sent twice: add an existing value to the data file (--data)",
)
def repeatable(exchanges: Sequence[Exchange]) -> Found:
    """The same request sent twice gets the same status and the same body properties."""
    known = [exchange for exchange in exchanges if _is_known(exchange)]
    groups = _groups(known, lambda e: (e.sent.method, e.sent.url, e.sent.body, e.writes))
    faults = []
    for first, *others in groups:
        for other in others:
            if fault := _differs(first, other):
                faults.append((other, fault))
                break
    return (groups[0][-1] if groups else None), faults


def _differs(first: Exchange, other: Exchange) -> Fault | None:
    pointer = other.subject.pointer
    if first.status != other.status:
        message = "the same request sent twice gets different statuses"
        return Fault(message, str(first.status), str(other.status), pointer)
    left, right = first.json_object, other.json_object
    if left is None or right is None:
        return None
    if left.keys() != right.keys():
        message = "the same request sent twice gets bodies with different properties"
        return Fault(message, ", ".join(left), ", ".join(right), pointer)
    return None


@relation(
    source="RFC 9457, section 3.1.3",
    severity=Severity.WARNING,
    rationale="The title identifies the problem type, not the occurrence.",
)
def problem_title_stable(exchanges: Sequence[Exchange]) -> Found:
    """Problem Details with the same `type` have the same `title`."""
    titles: dict[str, tuple[str, Exchange]] = {}
    seen: Exchange | None = None
    faults = []
    for exchange in exchanges:
        body = exchange.json_object or {}
        kind, title = body.get("type"), body.get("title")
        is_problem = exchange.status >= 400 and media_types.is_problem(exchange.content_type)
        if not is_problem or not isinstance(kind, str) or kind == "about:blank" or not isinstance(title, str):
            continue
        seen = seen or exchange
        known = titles.setdefault(kind, (title, exchange))[0]
        if known != title:
            faults.append(
                (exchange, Fault(f"different titles for the problem type {kind}", repr(known), repr(title)))
            )
    return seen, faults[:1]
