"""How large a request has to be: with references expanded, as Schemathesis does, and all items that it needs.

A chain of schemas in which each refers to the next one twice doubles with each link, and lists of lists
multiply their `minItems`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from signoff.contract.limits import FUZZED_PARTS, FUZZED_PROPERTIES
from signoff.contract.pointer import from_ref, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.contract import Contract, Operation
    from signoff.contract.json_value import JsonValue

    _Node: TypeAlias = dict[str, JsonValue] | list[JsonValue]

# Which keyword multiplies the value for a schema.
_LEAST = {"items": "minItems", "contains": "minContains", "additionalProperties": "minProperties"}


class Expansion:
    """Counts the parts of the requests of a document, each part once. Recursion ends where it began."""

    def __init__(self, contract: Contract) -> None:
        self._document = contract.document
        self._most_parts = contract.limits.of(FUZZED_PARTS)
        # Schemathesis varies each property in requests that have all others, and keeps them all.
        self._most_properties = contract.limits.of(FUZZED_PROPERTIES)
        self._nodes: dict[int, int] = {}  # by identity; 0 while it is being counted
        self._wide: set[int] = set()  # those with too many properties, in them or in a part

    def too_large(self, operation: Operation) -> str:
        """Why requests can't be generated for an operation; empty if they can."""
        found = self._at(operation.pointer)
        item = self._at(operation.pointer.rpartition("/")[0])
        parts = [found.get("parameters"), found.get("requestBody")] if isinstance(found, dict) else []
        parts += [item.get("parameters")] if isinstance(item, dict) else []
        if sum(self._count(part) for part in parts) > self._most_parts.value:
            return (
                "generated requests were not sent, because the schemas of the request have"
                f" {self._most_parts.exceeded}, with all references expanded and all required items:"
                " use fewer references, or a smaller `minItems`"
            )
        if any(id(part) in self._wide for part in parts):
            return (
                "generated requests were not sent, because a schema of the request has"
                f" {self._most_properties.exceeded}: split it"
            )
        return ""

    def _count(self, root: JsonValue) -> int:
        if not isinstance(root, dict | list):
            return 1
        pending: list[_Node] = [root]
        while pending:
            value = pending[-1]
            inner = list(self._inner(value))
            if id(value) not in self._nodes:
                self._nodes[id(value)] = 0
                pending += [each for each, _ in inner if id(each) not in self._nodes]
                continue
            pending.pop()
            if not self._nodes[id(value)]:
                nodes = 1 + sum(self._nodes.get(id(each), 0) * times for each, times in inner)
                self._nodes[id(value)] = min(nodes, self._most_parts.value + 1)
                held = value.get("properties") if isinstance(value, dict) else None
                is_wide = isinstance(held, dict) and len(held) > self._most_properties.value
                if is_wide or any(id(each) in self._wide for each, _ in inner):
                    self._wide.add(id(value))
        return self._nodes[id(root)]

    def _inner(self, value: _Node) -> Iterator[tuple[_Node, int]]:
        """The parts of a part, and how often a value needs each."""
        if isinstance(value, dict) and isinstance(value.get("$ref"), str):
            target = self._at(from_ref(str(value["$ref"])))
            if isinstance(target, dict | list):
                yield target, 1
        for name, each in value.items() if isinstance(value, dict) else enumerate(value):
            if isinstance(each, dict | list):
                least = value.get(_LEAST[name]) if isinstance(value, dict) and name in _LEAST else 1
                times = int(least) if isinstance(least, int | float) else 1
                yield each, min(max(1, times), self._most_parts.value)

    def _at(self, pointer: str) -> JsonValue:
        try:
            return resolve(self._document, pointer)
        except LookupError:
            return None
