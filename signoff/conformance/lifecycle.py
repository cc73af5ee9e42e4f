"""What is created, updated and deleted is read again: does the later response agree with the earlier one?

Only where the target distinguishes what exists from what does not: a mock that knows every id keeps nothing.
An update needs a body that differs from what was read (`another_body`), and a creation one with every member
that is easy to generate (`fuller_body`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from signoff.conformance.base_requests import nobodys
from signoff.conformance.bodies import takes
from signoff.conformance.discovery import Explorer
from signoff.contract.links import links_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from signoff.conformance.base_requests import BaseRequests
    from signoff.conformance.exchange import Exchange, Intent, Sent
    from signoff.conformance.known_values import TargetData
    from signoff.contract import Contract, MediaType, Operation
    from signoff.contract.json_value import JsonObject, JsonValue

_SIMPLE: Mapping[str, JsonValue] = {"string": "Signoff", "integer": 1, "number": 1.5, "boolean": True}


def fuller_body(contract: Contract, operation: Operation, bodies: Sequence[JsonValue]) -> JsonValue:
    """A body with every member that is easy to make up; None where none is more than the plain ones."""
    offer = operation.json_body
    plain = max((body for body in bodies if isinstance(body, dict)), key=len, default=None)
    if offer is None or plain is None:
        return None
    full = dict(plain)
    for name, member in _properties(contract, offer).items():
        for value in () if name in full else _simple_values(member):
            longer = {**full, name: value}
            full = longer if takes(offer, longer) else full
    return full if full != bodies[0] else None


def another_body(
    contract: Contract, operation: Operation, bodies: Sequence[JsonValue], read: Mapping[str, JsonValue]
) -> JsonValue:
    """A body that would change something of what was read; the first plain one where there is none."""
    for body in bodies:
        members = body.items() if isinstance(body, dict) else ()
        if any(name in read and read[name] != value for name, value in members):
            return body
    offer, base = operation.json_body, next((body for body in bodies if isinstance(body, dict)), None)
    if offer is None or base is None:
        return next(iter(bodies), None)
    for name, member in _properties(contract, offer).items():
        for value in _others(member, read.get(name)):
            if takes(offer, {**base, name: value}):
                return {**base, name: value}
    return base


def _properties(contract: Contract, offer: MediaType) -> dict[str, JsonObject]:
    schema = contract.schemas.resolved(offer.schema.raw) if offer.schema else {}
    found = schema.get("properties")
    members = found.items() if isinstance(found, dict) else ()
    return {name: contract.schemas.resolved(member) for name, member in members if isinstance(member, dict)}


def _simple_values(member: JsonObject) -> list[JsonValue]:
    """A value of a member that any server can take; nothing where there is none."""
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


def _others(member: JsonObject, value: JsonValue) -> Iterator[JsonValue]:
    """Values of a member other than the one that was read."""
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
    """Sends a request, judges the response and gives both."""

    def __call__(
        self,
        subject: Operation,
        sent: Sent,
        label: str,
        *,
        intent: Intent = "positive",
        follows: Exchange | None = None,
    ) -> Exchange:
        """`subject` is the operation that the request is about."""


def live_through(
    contract: Contract,
    bases: BaseRequests,
    data: TargetData,
    send: Send,
    chosen: Collection[str] | None = None,
) -> None:
    """Create, read, change, read, delete and read again what each creating operation creates.

    Only lives in which an operation has a part that is chosen by its id; all without a choice.
    """
    explorer = Explorer(contract, data)
    for creator in contract.operations:
        if creator.method != "POST" or data.of(creator).skip or not explorer.can_call(creator):
            continue
        reader = next(_readers(contract, creator), None)
        if reader is None or data.of(reader).skip:
            continue
        takes_part = {creator.id, *(other.id for other in contract.operations if _shares(reader, other))}
        if not _concerns(takes_part, chosen) or not _tells(reader, bases, data, send):
            continue
        created = _created(contract, creator, bases, data, send)
        values = next((found for target, found in explorer.reported(created) if target == reader), None)
        if values is not None:
            _Life(contract, bases, data, send, reader, values).follow(creator, created)


def _created(
    contract: Contract, creator: Operation, bases: BaseRequests, data: TargetData, send: Send
) -> Exchange:
    """What is created, with as much as can be reported of it; plainly where that is rejected."""
    label = "creates what is then read, changed and deleted"
    bodies = bases.bodies(creator, data)
    fuller = None if data.of(creator).bodies else fuller_body(contract, creator, bodies)
    if fuller is not None:
        created = send(creator, bases.make(creator, data, body=fuller), label)
        if 200 <= created.status < 300:
            return created
    return send(creator, bases.make(creator, data), label)


def follow_links(
    contract: Contract,
    bases: BaseRequests,
    data: TargetData,
    send: Send,
    chosen: Collection[str] | None = None,
) -> None:
    """Go once along each documented link to something that can be read, right after the response with it.

    Only from or to operations chosen by their id; all without a choice.
    """
    explorer = Explorer(contract, data)
    for operation in contract.operations:
        links = [link for response in operation.responses for link in links_of(contract, response)]
        readable = {link.target.id for link in links if link.target.method == "GET" and link.parameters}
        if not readable or data.of(operation).skip or not explorer.can_call(operation):
            continue
        if not _concerns({operation.id, *readable}, chosen):
            continue
        start = send(operation, bases.make(operation, data), "whose links are followed")
        for target, values in explorer.linked(start):
            if target.id in readable and not data.of(target).skip:
                readable.remove(target.id)
                sent = bases.make(target, data, values)
                label = f"where a link of {operation.label} leads"
                send(operation, sent, label, intent="linked", follows=start)


@dataclass(frozen=True, slots=True)
class _Life:
    """One created thing: who reads it, and by which path values."""

    contract: Contract
    bases: BaseRequests
    data: TargetData
    send: Send
    reader: Operation
    values: Mapping[str, str]

    def follow(self, creator: Operation, created: Exchange) -> None:
        """Read, change, delete it."""
        seen = self.read(creator, "created", created)
        if not 200 <= seen.status < 300:
            return
        for operation in self.writers("PUT", "PATCH"):
            changed = self.write(operation, self.change(operation, seen), seen)
            if 200 <= changed.status < 300:
                seen = self.read(operation, "updated", changed)
        for operation in self.writers("DELETE"):
            deleted = self.write(operation, None, seen)
            # 202 says that it will be done, not that it is.
            if deleted.status in (200, 204):
                self.read(operation, "deleted", deleted)

    def change(self, operation: Operation, seen: Exchange) -> JsonValue:
        bodies = self.bases.bodies(operation, self.data)
        return another_body(self.contract, operation, bodies, seen.json_object or {})

    def writers(self, *methods: str) -> list[Operation]:
        return [
            operation
            for operation in self.contract.operations
            if _shares(self.reader, operation)
            and operation.method in methods
            and not self.data.of(operation).skip
        ]

    def read(self, subject: Operation, intent: Intent, follows: Exchange) -> Exchange:
        sent = self.bases.make(self.reader, self.data, self.values)
        return self.send(subject, sent, f"what was {intent} is read again", intent=intent, follows=follows)

    def write(self, operation: Operation, body: JsonValue, follows: Exchange) -> Exchange:
        sent = self.bases.make(operation, self.data, self.values, body)
        return self.send(operation, sent, "changes or deletes what was created", follows=follows)


def _concerns(operations: set[str], chosen: Collection[str] | None) -> bool:
    return chosen is None or not operations.isdisjoint(chosen)


def _shares(operation: Operation, other: Operation) -> bool:
    """Whether two operations are on one path."""
    return (operation.path, operation.base_path) == (other.path, other.base_path)


def _readers(contract: Contract, creator: Operation) -> Iterator[Operation]:
    """The operation that reads one of what another creates: GET on the path with one parameter more."""
    start = creator.path.rstrip("/") + "/{"
    for operation in contract.operations:
        rest = operation.path.removeprefix(start)
        is_member = operation.path.startswith(start) and rest.endswith("}") and "/" not in rest
        if operation.method == "GET" and is_member and operation.base_path == creator.base_path:
            yield operation


def _tells(reader: Operation, bases: BaseRequests, data: TargetData, send: Send) -> bool:
    """Whether the target responds differently for an id that nothing has."""
    name = reader.path.rpartition("{")[2].removesuffix("}")
    missing = data.known(name, reader).missing
    candidates = [*missing[:1], *nobodys(reader, name)]
    if not candidates:
        return False
    sent = bases.make(reader, data, {name: candidates[0]})
    return send(reader, sent, "an id that nothing should have").status in (404, 410)
