"""Checks that a later read shows what was created, updated or deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.conformance.checks.registry import Fault, check, status_fault
from signoff.contract.links import links_of
from signoff.contract.resources import infer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.conformance.exchange import Exchange
    from signoff.contract import Contract, Operation
    from signoff.contract.json_value import JsonValue

_GONE = (404, 410)


def _creates(contract: Contract, operation: Operation) -> bool:
    """Whether the operation creates a resource that another operation reads by id."""
    return any(lifecycle.reader for lifecycle in infer(contract).created_by(operation))


def _writes(contract: Contract, operation: Operation, *methods: str) -> bool:
    """Whether the operation uses one of these methods on a resource that another operation creates."""
    return operation.method in methods and any(
        lifecycle.reader for lifecycle in infer(contract).with_item_of(operation)
    )


@check(
    source="RFC 9110, section 15.3.2; the document: a created resource can be read",
    rationale="Clients use the created resource next.",
    applies=lambda exchange: exchange.intent == "created" and not exchange.received.fault,
    concerns=_creates,
    not_covered="no resource could be created and read by id",
)
def created_is_found(exchange: Exchange) -> Iterator[Fault]:
    """A created resource can be read and matches the response that created it."""
    if exchange.status in _GONE:
        yield status_fault(exchange, "a created resource is not found", "2xx")
        return
    yield from _contradictions(exchange, "a created resource is read with a different")


@check(
    source="RFC 9110, sections 9.3.4 and 9.3.5; RFC 5789, section 2",
    rationale="A 2xx response means that the update was saved.",
    applies=lambda exchange: exchange.intent == "updated" and 200 <= exchange.status < 300,
    concerns=lambda contract, operation: _writes(contract, operation, "PUT", "PATCH"),
    not_covered="no resource could be created, updated and read by id",
)
def updated_is_kept(exchange: Exchange) -> Iterator[Fault]:
    """An updated resource shows the update when it is read."""
    yield from _contradictions(exchange, "an updated resource is read with a different")
    yield from _lost_changes(exchange)


@check(
    source="RFC 9110, section 9.3.5",
    rationale="Clients rely on a deleted resource being gone.",
    applies=lambda exchange: exchange.intent == "deleted" and not exchange.received.fault,
    concerns=lambda contract, operation: _writes(contract, operation, "DELETE"),
    not_covered="no resource could be created, deleted and read by id",
)
def deleted_is_gone(exchange: Exchange) -> Iterator[Fault]:
    """Reading a deleted resource returns 404 or 410."""
    if 200 <= exchange.status < 300:
        yield status_fault(exchange, "a deleted resource is still found", "404 or 410")


def _links(contract: Contract, operation: Operation) -> bool:
    """Whether a response of the operation has a link to a GET operation."""
    return any(
        link.target.method == "GET" and link.parameters
        for response in operation.responses
        for link in links_of(contract, response)
    )


@check(
    source="OpenAPI 3.1, section 4.8.20",
    rationale="Clients expect the target of a documented link to exist.",
    applies=lambda exchange: exchange.intent == "linked" and not exchange.received.fault,
    concerns=_links,
    not_covered="no response had the values that a documented link needs",
)
def link_target_exists(exchange: Exchange) -> Iterator[Fault]:
    """The target of a documented link exists."""
    if exchange.status in _GONE:
        yield status_fault(exchange, f"the target of a link is not found: {exchange.label}", "2xx")


def _contradictions(exchange: Exchange, message: str) -> Iterator[Fault]:
    """Properties that the client sent and the server confirmed, but that a read returns with other values."""
    written, read = exchange.follows, exchange.item
    if written is None or read is None or written.item is None:
        return
    for name, value in _sent(written).items():
        if name in read and written.item.get(name) == value != read[name]:
            yield _fault(exchange, f"{message} {name}", value, read[name])


def _lost_changes(exchange: Exchange) -> Iterator[Fault]:
    """Properties that still have their first value after an update whose response has no body."""
    written, read = exchange.follows, exchange.item
    earlier = written.follows if written is not None else None
    if written is None or read is None or earlier is None or written.item is not None:
        return
    before = earlier.item or {}
    first = _sent(earlier.follows) if earlier.follows is not None else {}
    for name, value in _sent(written).items():
        was_stored_as_sent = name in first and before.get(name) == first[name]
        if was_stored_as_sent and name in read and read[name] == before[name] != value:
            message = f"an update succeeds, but a read still returns the old {name}"
            yield _fault(exchange, message, value, read[name])


def _fault(exchange: Exchange, message: str, expected: JsonValue, actual: JsonValue) -> Fault:
    return Fault(message, repr(expected)[:100], repr(actual)[:100], exchange.subject.pointer)


def _sent(written: Exchange) -> dict[str, JsonValue]:
    """The properties of the item in the request body, without nulls."""
    return {name: value for name, value in written.sent_item.items() if value is not None}
