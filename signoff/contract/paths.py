"""Matches raw request paths to path templates (OpenAPI 3.1, section 4.8.8).

A tree of segments, literal before templated, so that a look-up costs what the path is long. The
path is split before it is decoded: `%2F` inside a parameter does not start a new segment.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar
from urllib.parse import unquote

from signoff.contract.path_segment import PARAMETER, SegmentPattern

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from signoff.contract.contract import Contract, Operation

T = TypeVar("T")


@dataclass(slots=True)
class _Pattern(Generic[T]):
    """A templated segment: its names, and a pattern where literal text stands around them."""

    names: tuple[str, ...]
    pattern: SegmentPattern | None
    node: _Node[T]


@dataclass(slots=True)
class _Node(Generic[T]):
    literals: dict[str, _Node[T]] = field(default_factory=dict)
    patterns: dict[str, _Pattern[T]] = field(default_factory=dict)
    values: dict[str, tuple[T, dict[str, str]]] = field(default_factory=dict)


class PathTable(Generic[T]):
    """Values by path template and method."""

    def __init__(self) -> None:
        self._root: _Node[T] = _Node()

    def add(
        self, method: str, template: str, value: T, choices: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        """Enter `value` under a method and a template such as `/pets/{id}`.

        Args:
            method: in upper case.
            template: with the names of its parameters in braces.
            value: what to find again.
            choices: the texts that a parameter is limited to; they tell where a parameter ends whose
                neighbour begins without literal text between them, as in `/pets/{id}{extension}`.
        """
        node = self._root
        renamed: dict[str, str] = {}
        for segment in _segments(template):
            names = tuple(PARAMETER.findall(segment))
            if not names:
                node = node.literals.setdefault(unquote(segment), _Node())
                continue
            # Two templates may name the same segment differently: the tree counts, the value knows.
            shape = PARAMETER.sub("{}", segment)
            is_whole = PARAMETER.fullmatch(segment) is not None
            pattern = None if is_whole else SegmentPattern.of(segment, choices or {})
            if "}{" in segment and pattern:
                shape += f" {pattern.parts}"
            if shape not in node.patterns:
                numbered = tuple(f"{id(node)}.{index}" for index in range(len(names)))
                node.patterns[shape] = _Pattern(numbered, pattern, _Node())
                # `{name}:cancel` before `{name}`: the one that says most of the segment comes first.
                ordered = sorted(node.patterns.items(), key=lambda entry: -len(entry[0].replace("{}", "")))
                node.patterns = dict(ordered)
            found = node.patterns[shape]
            renamed |= dict(zip(found.names, names, strict=True))
            node = found.node
        node.values[method] = (value, renamed)

    def find(self, path: str) -> list[tuple[dict[str, tuple[T, dict[str, str]]], dict[str, str]]]:
        """What is entered for a raw path, the most literal template first.

        Returns:
            For each template that matches, its values by method, each with its own names of the path's
            parameters; and the raw texts of the parameters by the tree's names.
        """
        return [(node.values, texts) for node, texts in _descend(self._root, _segments(path), 0)]

    def match(self, method: str, path: str) -> tuple[T, dict[str, str]] | None:
        """The value of a method and a raw path, with the raw text of each path parameter.

        A method that the most literal template lacks is looked for in the next: `DELETE /pets/mine` is
        `DELETE /pets/{id}` where `/pets/mine` can only be read.
        """
        for values, texts in self.find(path):
            if method in values:
                value, names = values[method]
                return value, {names[key]: text for key, text in texts.items() if key in names}
        return None

    def methods(self, path: str) -> tuple[str, ...]:
        """The methods of a raw path; empty if no template matches."""
        return tuple(dict.fromkeys(method for values, _ in self.find(path) for method in values))


def operations_table(contract: Contract) -> PathTable[Operation]:
    """The operations of a contract by method and the path below the contract's base path."""
    table: PathTable[Operation] = PathTable()
    for operation in contract.operations:
        path = operation.base_path.removeprefix(contract.base_path) + operation.path
        table.add(operation.method, path, operation, path_choices(operation))
    return table


def path_choices(operation: Operation) -> dict[str, list[str]]:
    """The texts that each enumerated path parameter of an operation is limited to, by its name."""
    found: dict[str, list[str]] = {}
    for parameter in operation.parameters:
        if parameter.location == "path" and parameter.schema is not None:
            options = parameter.schema.schemas.resolved(parameter.schema.raw).get("enum")
            if isinstance(options, list) and options:
                found[parameter.name] = [str(option) for option in options]
    return found


def _segments(path: str) -> list[str]:
    return path.removeprefix("/").split("/")


def _descend(node: _Node[T], segments: list[str], depth: int) -> Iterator[tuple[_Node[T], dict[str, str]]]:
    """The nodes that a path leads to, with the texts of the parameters on the way."""
    if depth == len(segments):
        if node.values:
            yield node, {}
        return
    segment = segments[depth]
    literal = node.literals.get(segment) or (node.literals.get(unquote(segment)) if "%" in segment else None)
    if literal:
        yield from _descend(literal, segments, depth + 1)
    if not segment:
        return
    for entry in node.patterns.values():
        values = entry.pattern.match(segment) if entry.pattern else (segment,)
        if values is None:
            continue
        for found, texts in _descend(entry.node, segments, depth + 1):
            yield found, texts | dict(zip(entry.names, values, strict=True))
