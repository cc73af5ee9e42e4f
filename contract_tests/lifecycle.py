"""What is created, changed and deleted, read again each time: does a later answer agree with an earlier one?

Only where the target tells what exists from what does not: a stand-in that knows every id keeps nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from contract_tests.discovery import Explorer
from openapi import Direction

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from contract_tests.base_requests import BaseRequests
    from contract_tests.exchange import Exchange, Intent, Sent
    from contract_tests.known_values import TargetData
    from openapi import Contract, Operation
    from openapi.json_value import JsonValue

# Well-formed and nobody's: of each kind one that a schema may admit.
_NOBODYS = ("5ca1ab1e-0bad-4c0d-8f00-d15ea5edc0de", 2147483629, 987654, "signoff-nobody-has-this")


class Send(Protocol):
    """Sends a request, judges the answer and gives both."""

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


def live_through(contract: Contract, bases: BaseRequests, data: TargetData, send: Send) -> None:
    """Create, read, change, read, delete and read again what each creating operation creates."""
    explorer = Explorer(contract, data)
    for creator in contract.operations:
        if creator.method != "POST" or data.of(creator).skip or not explorer.can_call(creator):
            continue
        reader = next(_readers(contract, creator), None)
        if reader is None or data.of(reader).skip or not _tells(reader, bases, data, send):
            continue
        created = send(creator, bases.make(creator, data), "creates what is then read, changed and deleted")
        values = next((found for target, found in explorer.told(created) if target == reader), None)
        if values is not None:
            _Life(contract, bases, data, send, reader, values).follow(creator, created)


def follow_links(
    contract: Contract, bases: BaseRequests, data: TargetData, send: Send, exchanges: list[Exchange]
) -> None:
    """Go once along each documented link to something that can be read, from the first answer that has it."""
    explorer = Explorer(contract, data)
    followed: set[tuple[str, str]] = set()
    for exchange in [exchange for exchange in exchanges if exchange.intent in ("positive", "existing")]:
        if exchange.operation is None or not 200 <= exchange.status < 300:
            continue
        for target, values in explorer.linked(exchange):
            step = (exchange.operation.id, target.id)
            if target.method == "GET" and step not in followed and not data.of(target).skip:
                followed.add(step)
                sent = bases.make(target, data, values)
                label = f"where a link of {exchange.operation.label} leads"
                send(exchange.operation, sent, label, intent="linked", follows=exchange)


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
            changed = self.write(operation, _another_body(operation, self.bases, self.data, seen), seen)
            if 200 <= changed.status < 300:
                seen = self.read(operation, "updated", changed)
        for operation in self.writers("DELETE"):
            deleted = self.write(operation, None, seen)
            # 202 says that it will be done, not that it is.
            if deleted.status in (200, 204):
                self.read(operation, "deleted", deleted)

    def writers(self, *methods: str) -> list[Operation]:
        path, base_path = self.reader.path, self.reader.base_path
        return [
            operation
            for operation in self.contract.operations
            if (operation.path, operation.base_path) == (path, base_path)
            and operation.method in methods
            and not self.data.of(operation).skip
        ]

    def read(self, subject: Operation, intent: Intent, follows: Exchange) -> Exchange:
        sent = self.bases.make(self.reader, self.data, self.values)
        return self.send(subject, sent, f"what was {intent} is read again", intent=intent, follows=follows)

    def write(self, operation: Operation, body: JsonValue, follows: Exchange) -> Exchange:
        sent = self.bases.make(operation, self.data, self.values, body)
        return self.send(operation, sent, "changes or deletes what was created", follows=follows)


def _readers(contract: Contract, creator: Operation) -> Iterator[Operation]:
    """The operation that reads one of what another creates: GET on the path with one parameter more."""
    start = creator.path.rstrip("/") + "/{"
    for operation in contract.operations:
        rest = operation.path.removeprefix(start)
        is_member = operation.path.startswith(start) and rest.endswith("}") and "/" not in rest
        if operation.method == "GET" and is_member and operation.base_path == creator.base_path:
            yield operation


def _tells(reader: Operation, bases: BaseRequests, data: TargetData, send: Send) -> bool:
    """Whether the target answers otherwise for an id that nothing has."""
    name = reader.path.rpartition("{")[2].removesuffix("}")
    missing = data.known(name, reader).missing
    candidates = [*missing[:1], *_nobodys(reader, name)]
    if not candidates:
        return False
    sent = bases.make(reader, data, {name: candidates[0]})
    return send(reader, sent, "an id that nothing should have").status in (404, 410)


def _nobodys(reader: Operation, name: str) -> list[str]:
    schemas = [p.schema for p in reader.parameters if p.name == name and p.location == "path"]
    return [
        str(value)
        for value in _NOBODYS
        if all(schema is None or schema.is_valid(value, Direction.REQUEST) for schema in schemas)
    ]


def _another_body(operation: Operation, bases: BaseRequests, data: TargetData, before: Exchange) -> JsonValue:
    """A body that would change something that was read, so that the change can be seen."""
    read = before.json_object or {}
    bodies = bases.bodies(operation, data)
    for body in bodies:
        if isinstance(body, dict) and any(
            name in read and read[name] != value for name, value in body.items()
        ):
            return body
    return next(iter(bodies), None)
