"""Does what was created, changed or deleted show in a later read?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.conformance.checks.registry import Fault, check, status_fault
from signoff.contract.links import links_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.conformance.exchange import Exchange
    from signoff.contract import Contract, Operation
    from signoff.contract.json_value import JsonValue

_GONE = (404, 410)


def _creates(contract: Contract, operation: Operation) -> bool:
    """Whether an operation creates what another one reads by its id."""
    start = operation.path.rstrip("/") + "/{"
    return operation.method == "POST" and any(
        other.method == "GET" and other.path.startswith(start) and "/" not in other.path.removeprefix(start)
        for other in contract.operations
    )


def _writes(contract: Contract, operation: Operation, *methods: str) -> bool:
    """Whether an operation writes, by one of these methods, what another one creates."""
    parent = operation.path.rpartition("/{")[0]
    return operation.method in methods and any(
        creator.path.rstrip("/") == parent and _creates(contract, creator) for creator in contract.operations
    )


@check(
    source="RFC 9110, section 15.3.2; the contract: what is created can be read",
    rationale="A client goes on with what it was told that it created.",
    applies=lambda exchange: exchange.intent == "created" and not exchange.received.fault,
    concerns=_creates,
    not_covered="nothing could be created and read again by its id",
)
def created_is_found(exchange: Exchange) -> Iterator[Fault]:
    """What was just created is found, and shows what its creation answered."""
    if exchange.status in _GONE:
        yield status_fault(exchange, "what was just created is not found", "2xx")
        return
    yield from _contradictions(exchange, "what was created is read with another")


@check(
    source="RFC 9110, sections 9.3.4 and 9.3.5; RFC 5789, section 2",
    rationale="A success says that the change was made.",
    applies=lambda exchange: exchange.intent == "updated" and 200 <= exchange.status < 300,
    concerns=lambda contract, operation: _writes(contract, operation, "PUT", "PATCH"),
    not_covered="nothing could be created, changed and read again by its id",
)
def updated_is_kept(exchange: Exchange) -> Iterator[Fault]:
    """What was just changed shows the change."""
    yield from _contradictions(exchange, "what was changed is read with another")
    yield from _lost_changes(exchange)


@check(
    source="RFC 9110, section 9.3.5",
    rationale="Who deletes something relies on it being gone.",
    applies=lambda exchange: exchange.intent == "deleted" and not exchange.received.fault,
    concerns=lambda contract, operation: _writes(contract, operation, "DELETE"),
    not_covered="nothing could be created, deleted and asked for again by its id",
)
def deleted_is_gone(exchange: Exchange) -> Iterator[Fault]:
    """What was just deleted is not found any more."""
    if 200 <= exchange.status < 300:
        yield status_fault(exchange, "what was just deleted is still found", "404 or 410")


def _links(contract: Contract, operation: Operation) -> bool:
    """Whether a link of an operation's answers leads to something that can be read."""
    return any(
        link.target.method == "GET" and link.parameters
        for response in operation.responses
        for link in links_of(contract, response)
    )


@check(
    source="OpenAPI 3.1, section 4.8.20",
    rationale="A documented link is a promise that what it names is there.",
    applies=lambda exchange: exchange.intent == "linked" and not exchange.received.fault,
    concerns=_links,
    not_covered="no response carried what a documented link needs",
)
def link_target_exists(exchange: Exchange) -> Iterator[Fault]:
    """What a documented link leads to is found."""
    if exchange.status in _GONE:
        yield status_fault(exchange, f"what a link leads to is not found: {exchange.label}", "2xx")


def _contradictions(exchange: Exchange, message: str) -> Iterator[Fault]:
    """Members that the client sent and the server confirmed, but that the read gives otherwise."""
    written, read = exchange.follows, exchange.json_object
    if written is None or read is None or written.json_object is None:
        return
    for name, value in _sent(written).items():
        if name in read and written.json_object.get(name) == value != read[name]:
            yield _fault(exchange, f"{message} {name}", value, read[name])


def _lost_changes(exchange: Exchange) -> Iterator[Fault]:
    """Members that still show what the client once wrote there, where the write's answer shows nothing."""
    written, read = exchange.follows, exchange.json_object
    earlier = written.follows if written is not None else None
    if written is None or read is None or earlier is None or written.json_object is not None:
        return
    before = earlier.json_object or {}
    first = _sent(earlier.follows) if earlier.follows is not None else {}
    for name, value in _sent(written).items():
        is_kept_as_sent = name in first and before.get(name) == first[name]
        if is_kept_as_sent and name in read and read[name] == before[name] != value:
            message = f"a change succeeds, but what is read afterwards is the old {name}"
            yield _fault(exchange, message, value, read[name])


def _fault(exchange: Exchange, message: str, expected: JsonValue, actual: JsonValue) -> Fault:
    return Fault(message, repr(expected)[:100], repr(actual)[:100], exchange.subject.pointer)


def _sent(written: Exchange) -> dict[str, JsonValue]:
    """The members of the body that was sent; null may mean that there is none."""
    body = written.request.body if written.request else None
    members = body.items() if isinstance(body, dict) else ()
    return {name: value for name, value in members if value is not None}
