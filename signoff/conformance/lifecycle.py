"""Lifecycle tests: created, updated and deleted resources are read, and the responses must be consistent.

They only run if the target returns an error for ids that do not exist. A mock that accepts every id stores
nothing. An update needs a body that differs from the current resource (`different_body`), a creation one
with as many properties as possible (`extended_body`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from signoff.conformance.base_requests import unused_ids
from signoff.conformance.bodies import accepts
from signoff.contract.envelopes import held_in, within
from signoff.contract.json_value import as_object
from signoff.contract.links import links_of
from signoff.contract.resource_roles import name_of
from signoff.contract.resources import infer

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from signoff.conformance.base_requests import BaseRequests
    from signoff.conformance.discovery import Explorer
    from signoff.conformance.exchange import Exchange, Intent, Sent
    from signoff.conformance.known_values import TargetData
    from signoff.contract import Contract, MediaType, Operation
    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.resources import Lifecycle

_SIMPLE: Mapping[str, JsonValue] = {"string": "Signoff", "integer": 1, "number": 1.5, "boolean": True}


def extended_body(contract: Contract, operation: Operation, bodies: Sequence[JsonValue]) -> JsonValue:
    """A body with additional optional properties that have simple values; None if there are none."""
    offer = operation.json_body
    plain = max((body for body in bodies if isinstance(body, dict)), key=len, default=None)
    if offer is None or plain is None:
        return None
    full, (path, members) = plain, _item_of(contract, operation, offer)
    for name, member in members.items():
        for value in () if name in as_object(within(full, path)) else _simple_values(member):
            longer = _with(full, path, name, value)
            full = longer if accepts(offer, longer) else full
    return full if full != bodies[0] else None


def different_body(
    contract: Contract, operation: Operation, bodies: Sequence[JsonValue], read: Mapping[str, JsonValue]
) -> JsonValue:
    """A body that changes the item that was read; the first valid body if there is none."""
    offer, base = operation.json_body, next((body for body in bodies if isinstance(body, dict)), None)
    path, members = _item_of(contract, operation, offer) if offer is not None else ((), {})
    for body in bodies:
        sent = as_object(within(body, path))
        if any(name in read and read[name] != value for name, value in sent.items()):
            return body
    if offer is None or base is None:
        return next(iter(bodies), None)
    for name, member in members.items():
        for value in _different_values(member, read.get(name)):
            changed = _with(base, path, name, value)
            if accepts(offer, changed):
                return changed
    return base


def _item_of(
    contract: Contract, operation: Operation, offer: MediaType
) -> tuple[tuple[str, ...], dict[str, JsonObject]]:
    """Where a request body has the item, and the schemas of its properties."""
    held = held_in(offer.schema, name_of(operation.path)) if offer.schema else None
    path = held.path if held is not None and not held.is_list else ()
    item = held.schema if held is not None and path else offer.schema
    properties = as_object(contract.schemas.resolved(item.raw).get("properties")) if item else {}
    members = {name: each for name, each in properties.items() if isinstance(each, dict)}
    return path, {name: contract.schemas.resolved(member) for name, member in members.items()}


def _with(body: JsonObject, path: tuple[str, ...], name: str, value: JsonValue) -> JsonObject:
    """A body with another value of a property of the item in it."""
    if not path:
        return {**body, name: value}
    outer, *inner = path
    return {**body, outer: _with(as_object(body.get(outer)), tuple(inner), name, value)}


def _simple_values(member: JsonObject) -> list[JsonValue]:
    """A value that most servers accept for a property; empty if there is none."""
    if member.get("readOnly") is True:
        return []
    for keyword in ("example", "default", "const"):
        if keyword in member:
            return [member[keyword]]
    for keyword in ("examples", "enum"):
        if isinstance(options := member.get(keyword), list):
            return options[:1]
    if "format" in member or "pattern" in member:
        return []
    simple = _SIMPLE.get(str(member.get("type")))
    return [] if simple is None else [simple]


def _different_values(member: JsonObject, value: JsonValue) -> Iterator[JsonValue]:
    """Values of a property that differ from the current one."""
    if value is None or member.get("readOnly") is True:
        return
    options = member.get("enum")
    if isinstance(options, list):
        yield from (option for option in options if option != value)
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, int | float):
        yield from (value + 1, value - 1)
    elif isinstance(value, str) and "format" not in member:
        yield f"{value} again"


class Send(Protocol):
    """Sends a request, checks the response and returns both."""

    def __call__(
        self,
        subject: Operation,
        sent: Sent,
        label: str,
        *,
        intent: Intent = "positive",
        follows: Exchange | None = None,
    ) -> Exchange:
        """Send a request to test the operation `subject`."""


def run_lifecycles(
    explorer: Explorer, bases: BaseRequests, send: Send, chosen: Collection[str] | None = None
) -> None:
    """Create a resource with each creating operation, then read, update, read, delete and read it.

    With `chosen` (operation ids), only the lifecycles that involve one of these operations are run.
    """
    contract, data = explorer.contract, explorer.data
    for lifecycle in infer(contract).lifecycles:
        creator, reader = lifecycle.creator, lifecycle.reader
        if reader is None or data.of(creator).skip or data.of(reader).skip:
            continue
        involved = {creator.id, *(operation.id for operation in lifecycle.on_item)}
        if not explorer.can_call(creator) or not _concerns(involved, chosen):
            continue
        if not _detects_missing(reader, lifecycle.parameter, bases, data, send):
            continue
        created = _created(contract, creator, bases, data, send)
        values = next((found for target, found in explorer.reported(created) if target == reader), None)
        if values is not None:
            _Followed(contract, bases, data, send, lifecycle, reader, values).follow(created)


def _created(
    contract: Contract, creator: Operation, bases: BaseRequests, data: TargetData, send: Send
) -> Exchange:
    """Create a resource with optional properties, or without if that is rejected."""
    label = "request that creates a resource"
    bodies = bases.bodies(creator, data)
    fuller = None if data.of(creator).bodies else extended_body(contract, creator, bodies)
    if fuller is not None:
        created = send(creator, bases.make(creator, data, body=fuller), label)
        if 200 <= created.status < 300:
            return created
    return send(creator, bases.make(creator, data), label)


def follow_links(
    explorer: Explorer, bases: BaseRequests, send: Send, chosen: Collection[str] | None = None
) -> None:
    """Follow each documented link to a GET operation once, right after the response with the link.

    With `chosen` (operation ids), only links from or to one of these operations are followed.
    """
    contract, data = explorer.contract, explorer.data
    for operation in contract.operations:
        links = [link for response in operation.responses for link in links_of(contract, response)]
        readable = {link.target.id for link in links if link.target.method == "GET" and link.parameters}
        if not readable or data.of(operation).skip or not explorer.can_call(operation):
            continue
        if not _concerns({operation.id, *readable}, chosen):
            continue
        start = send(operation, bases.make(operation, data), "request whose response has links")
        for target, values in explorer.linked(start):
            if target.id in readable and not data.of(target).skip:
                readable.remove(target.id)
                sent = bases.make(target, data, values)
                label = f"request to the target of a link of {operation.label}"
                send(operation, sent, label, intent="linked", follows=start)


@dataclass(frozen=True, slots=True)
class _Followed:
    """A created resource: its lifecycle, the operation that reads it, and its path values."""

    contract: Contract
    bases: BaseRequests
    data: TargetData
    send: Send
    lifecycle: Lifecycle
    reader: Operation
    values: Mapping[str, str]

    def follow(self, created: Exchange) -> None:
        """Read, update and delete the resource."""
        seen = self.read(self.lifecycle.creator, "created", created)
        if not 200 <= seen.status < 300:
            return
        for operation in self.writers("PUT", "PATCH"):
            changed = self.write(operation, self.change(operation, seen), seen)
            if 200 <= changed.status < 300:
                seen = self.read(operation, "updated", changed)
        for operation in self.writers("DELETE"):
            deleted = self.write(operation, None, seen)
            # 202 only means that the resource will be deleted.
            if deleted.status in (200, 204):
                self.read(operation, "deleted", deleted)

    def change(self, operation: Operation, seen: Exchange) -> JsonValue:
        bodies = self.bases.bodies(operation, self.data)
        return different_body(self.contract, operation, bodies, seen.item or {})

    def writers(self, *methods: str) -> list[Operation]:
        return [
            each for each in self.lifecycle.on_item if each.method in methods and not self.data.of(each).skip
        ]

    def read(self, subject: Operation, intent: Intent, follows: Exchange) -> Exchange:
        sent = self.bases.make(self.reader, self.data, self.values)
        return self.send(subject, sent, f"read of the {intent} resource", intent=intent, follows=follows)

    def write(self, operation: Operation, body: JsonValue, follows: Exchange) -> Exchange:
        sent = self.bases.make(operation, self.data, self.values, body)
        return self.send(operation, sent, "update or deletion of the created resource", follows=follows)


def _concerns(operations: set[str], chosen: Collection[str] | None) -> bool:
    return chosen is None or not operations.isdisjoint(chosen)


def _detects_missing(reader: Operation, name: str, bases: BaseRequests, data: TargetData, send: Send) -> bool:
    """Whether the target returns 404 or 410 for an id that does not exist, or hides that behind a 403."""
    missing = data.known(name, reader).missing
    candidates = [*missing[:1], *unused_ids(reader, name)]
    if not candidates:
        return False
    sent = bases.make(reader, data, {name: candidates[0]})
    return send(reader, sent, "request for an id that should not exist").status in (403, 404, 410)
