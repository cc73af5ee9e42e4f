"""Which operations use which object of a document, and in which direction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from signoff.contract.pointer import from_ref
from signoff.contract.schemas import Direction
from signoff.contract.structure import Node, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from signoff.contract.contract import Contract, Operation

_SENT = ("requestBody", "parameters")


@dataclass(frozen=True, slots=True)
class Reach:
    """Which operations use what. Objects are identified by pointers into the contract's document.

    Attributes:
        refs: by the pointer of a holder (an operation or a reference target), what it references.
    """

    holders: frozenset[str]
    refs: Mapping[str, frozenset[str]]
    operations: Mapping[str, tuple[Operation, ...]]
    directions: Mapping[str, frozenset[Direction]]

    @classmethod
    def of(cls, contract: Contract) -> Reach:
        """Follow every reference in a contract once."""
        nodes = list(walk(contract.document))
        starts = {operation.pointer for operation in contract.operations}
        targets = {from_ref(node.ref) for node in nodes if node.ref and node.ref.startswith("#/")}
        holders = frozenset(starts | targets)
        refs = _refs(nodes, holders)
        operations: dict[str, list[Operation]] = {}
        for operation in contract.operations:
            for target in _closure([operation.pointer], refs):
                operations.setdefault(target, []).append(operation)
        directions = _directions(nodes, holders, refs)
        return cls(holders, refs, {key: tuple(value) for key, value in operations.items()}, directions)

    def users(self, pointer: str) -> tuple[Operation, ...]:
        """The operations that use the object at a pointer, without webhooks and callbacks."""
        return self.operations.get(_holder(pointer, self.holders), ())

    def directions_of(self, pointer: str) -> frozenset[Direction]:
        """The directions that the schema at a pointer is used in; both if unknown."""
        own = _own_direction(pointer)
        if own is not None:
            return frozenset({own})
        found = self.directions.get(_holder(pointer, self.holders), frozenset())
        return found or frozenset(Direction)


def _holder(pointer: str, holders: frozenset[str]) -> str:
    """The innermost holder around a pointer."""
    while pointer and pointer not in holders:
        pointer = pointer.rpartition("/")[0]
    return pointer


def _refs(nodes: Iterable[Node], holders: frozenset[str]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for node in nodes:
        if node.ref and node.ref.startswith("#/"):
            found.setdefault(_holder(node.pointer, holders), set()).add(from_ref(node.ref))
        outer = _holder(node.pointer.rpartition("/")[0], holders) if node.pointer in holders else ""
        if outer and outer != node.pointer:
            found.setdefault(outer, set()).add(node.pointer)  # a holder inside another is used by it
    return {holder: frozenset(targets) for holder, targets in found.items()}


def _closure(starts: Iterable[str], refs: Mapping[str, frozenset[str]]) -> set[str]:
    seen: set[str] = set()
    pending = list(starts)
    while pending:
        holder = pending.pop()
        if holder not in seen:
            seen.add(holder)
            pending.extend(refs.get(holder, ()))
    return seen


def _directions(
    nodes: Iterable[Node], holders: frozenset[str], refs: Mapping[str, frozenset[str]]
) -> dict[str, frozenset[Direction]]:
    starts: dict[Direction, set[str]] = {Direction.REQUEST: set(), Direction.RESPONSE: set()}
    for node in nodes:
        direction = _own_direction(node.pointer)
        if direction is not None and node.ref and node.ref.startswith("#/"):
            starts[direction].add(from_ref(node.ref))
        elif direction is not None and node.pointer in holders:
            starts[direction].add(node.pointer)
    reached = {direction: _closure(found, refs) for direction, found in starts.items()}
    return {
        holder: frozenset(direction for direction, found in reached.items() if holder in found)
        for holder in reached[Direction.REQUEST] | reached[Direction.RESPONSE]
    }


def _own_direction(pointer: str) -> Direction | None:
    """The direction that the place alone implies; None in callbacks, webhooks and schema components."""
    tokens = pointer.split("/")
    if "callbacks" in tokens or "webhooks" in tokens:
        return None
    if tokens[1:2] == ["paths"] or tokens[1:2] == ["components"]:
        if any(token in tokens for token in ("responses", "headers")) and tokens[2] != "schemas":
            return Direction.RESPONSE
        sent = any(token in tokens for token in (*_SENT, "requestBodies"))
        return Direction.REQUEST if sent and tokens[2] != "schemas" else None
    if tokens[1:2] in (["responses"], ["parameters"]):  # Swagger 2.0
        return Direction.RESPONSE if tokens[1] == "responses" else Direction.REQUEST
    return None
