"""How large the description of a request becomes when its references are expanded, as Schemathesis does.

A chain of schemas in which each refers to the next one twice doubles with each link.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from signoff.contract.pointer import from_ref, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.contract import Contract, Operation
    from signoff.contract.json_value import JsonValue

    _Node: TypeAlias = dict[str, JsonValue] | list[JsonValue]

MOST_NODES = 1_000_000
TOO_LARGE = (
    f"generated requests were not sent, because the request's schemas have more than {MOST_NODES:,} parts"
    " with all references expanded: use fewer references between them"
)


class Expansion:
    """Counts the parts of the requests of a document, each part once. Recursion ends where it began."""

    def __init__(self, contract: Contract) -> None:
        self._document = contract.document
        self._nodes: dict[int, int] = {}  # by identity; 0 while it is being counted

    def is_too_large(self, operation: Operation) -> bool:
        """Whether requests can't be generated for an operation."""
        found = self._at(operation.pointer)
        item = self._at(operation.pointer.rpartition("/")[0])
        parts = [found.get("parameters"), found.get("requestBody")] if isinstance(found, dict) else []
        parts += [item.get("parameters")] if isinstance(item, dict) else []
        return sum(self._count(part) for part in parts) > MOST_NODES

    def _count(self, root: JsonValue) -> int:
        if not isinstance(root, dict | list):
            return 1
        pending: list[_Node] = [root]
        while pending:
            value = pending[-1]
            inner = list(self._inner(value))
            if id(value) not in self._nodes:
                self._nodes[id(value)] = 0
                pending += [each for each in inner if id(each) not in self._nodes]
                continue
            pending.pop()
            if not self._nodes[id(value)]:
                nodes = 1 + sum(self._nodes.get(id(each), 0) for each in inner)
                self._nodes[id(value)] = min(nodes, MOST_NODES + 1)
        return self._nodes[id(root)]

    def _inner(self, value: _Node) -> Iterator[_Node]:
        if isinstance(value, dict) and isinstance(value.get("$ref"), str):
            target = self._at(from_ref(str(value["$ref"])))
            if isinstance(target, dict | list):
                yield target
        for each in value.values() if isinstance(value, dict) else value:
            if isinstance(each, dict | list):
                yield each

    def _at(self, pointer: str) -> JsonValue:
        try:
            return resolve(self._document, pointer)
        except LookupError:
            return None
