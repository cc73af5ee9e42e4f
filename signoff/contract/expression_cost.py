"""The most steps that an expression can take for some values, counted before it is evaluated.

The library has no limit of its own and can't be stopped. So the cost is computed from the structure of the
expression and the sizes of the values: a macro costs its body times the length of its list. The library
copies a value that is selected or put in a list with all of its parts, and the result of `map` and `filter`
once for each item. Both sides of `&&` and `||` and both results of `?:` are counted, although only one may
be evaluated, so the count is never too low. A step takes 0.1 to 0.4 microseconds. The
count itself takes time proportional to the budget.
"""

from __future__ import annotations

import csv
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, TypeAlias

from signoff.contract.patterns import longest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from signoff.contract.expression_syntax import Node
    from signoff.contract.json_value import JsonValue

    Parser: TypeAlias = Callable[[str], JsonValue]

_CHARACTERS = 4  # 2 to the power of this many characters count as a part
_CALL = 20
_DYNAMIC_PATTERN = 20_000  # steps to compile a pattern that is not known beforehand
_STATES = 4_000  # of such a pattern
_TEXTS = frozenset({"bytes", "string", "lower", "mediaType"})  # functions that return one as long as theirs


class TooCostlyError(Exception):
    """An expression takes more steps than its budget."""


@dataclass(slots=True)
class Budget:
    """How many steps may still be taken."""

    left: int

    def spend(self, steps: int) -> None:
        """Take some steps. Raises TooCostlyError."""
        self.left -= steps
        if self.left < 0:
            raise TooCostlyError


class _Shape:
    """At most how large a value is: one that is made while the expression is evaluated.

    Args:
        size: its parts with all of theirs, and its characters (see `_CHARACTERS`).
        count: its items or members.
        item: the shape of the largest of them; None for any that fits.
    """

    def __init__(self, size: int, count: int, item: _Shape | None = None) -> None:
        self._size = size
        self._count = count
        self._item = item

    @property
    def size(self) -> int:
        """Its characters and parts."""
        return self._size

    @property
    def count(self) -> int:
        """Its items or members."""
        return self._count

    @property
    def items(self) -> _Shape:
        """What a macro goes through."""
        return self._item or self

    def member(self, _name: str | None) -> _Shape:
        """A member, or any item or member."""
        return self._item or self


class _Known(_Shape):
    """One of some values of the request or response."""

    def __init__(self, values: list[JsonValue], effort: Budget) -> None:
        effort.spend(len(values) >> 2)
        self.values = values
        self._effort = effort

    @cached_property
    def size(self) -> int:
        """The size of the largest one."""
        return max((self._size_of(value) for value in self.values), default=0)

    @cached_property
    def count(self) -> int:
        """The number of items of the longest one."""
        return max((len(value) for value in self.values if isinstance(value, list | dict)), default=0)

    @cached_property
    def items(self) -> _Shape:
        """The items of lists and the keys of objects."""
        return _Known([item for value in self._holders() for item in value], self._effort)

    def member(self, _name: str | None) -> _Shape:
        """The members of that name; all members and items without one."""
        if _name is not None:
            found = [value[_name] for value in self.values if isinstance(value, dict) and _name in value]
            return _Known(found, self._effort)
        parts = (value.values() if isinstance(value, dict) else value for value in self._holders())
        return _Known([part for inner in parts for part in inner], self._effort)

    def _holders(self) -> Iterable[list[JsonValue] | dict[str, JsonValue]]:
        self._effort.spend(self.count >> 2)
        return (value for value in self.values if isinstance(value, list | dict))

    def _size_of(self, value: JsonValue) -> int:
        if not isinstance(value, list | dict):
            return _size_of_scalar(value)
        total, waiting = 0, [value]
        while waiting:
            part = waiting.pop()
            self._effort.spend(1)
            total += 1
            for inner in part.values() if isinstance(part, dict) else part:
                if isinstance(inner, list | dict):
                    waiting.append(inner)
                else:
                    total += _size_of_scalar(inner)
            total += sum(map(_size_of_scalar, part)) if isinstance(part, dict) else 0
            self._effort.spend(len(part) >> 2)
        return total


def _size_of_scalar(value: JsonValue) -> int:
    return 1 + (len(value) >> _CHARACTERS if isinstance(value, str) else 0)


_SMALL = _Shape(2, 0)
_Scope = dict[str, _Shape]


def spend(node: Node, values: Mapping[str, JsonValue], budget: Budget, parsers: Mapping[str, Parser]) -> None:
    """Take the most steps that an expression can need from a budget.

    Args:
        node: the expression.
        values: its variables.
        budget: where the steps are taken from.
        parsers: the functions that make values of texts.

    Raises:
        TooCostlyError: they are more than the budget has.
    """
    effort = Budget(budget.left)
    scope: _Scope = {name: _Known([value], effort) for name, value in values.items()}
    steps, result = _Count(effort, parsers).of(node, scope)
    budget.spend(steps + result.size)


@lru_cache(maxsize=4096)
def text_of(node: Node) -> str | None:
    """The text of a literal; None for other nodes."""
    if node.kind != "literal" or node.name[-1] not in "'\"":
        return None
    import cel  # noqa: PLC0415 - costs 0.2 s, which documents without rules are spared

    try:
        found = cel.evaluate(node.name)
    except (RuntimeError, ValueError):  # an escape of bytes
        return None
    return found if isinstance(found, str) else None


class _Count:
    """Counts the steps of nodes."""

    def __init__(self, effort: Budget, parsers: Mapping[str, Parser]) -> None:
        self._effort = effort
        self._parsers = parsers

    def of(self, node: Node, scope: _Scope) -> tuple[int, _Shape]:
        """The most steps of a node, and the shape of its value."""
        self._effort.spend(1)
        if node.kind == "literal":
            text = text_of(node)
            if text is None:
                return 0, _Shape(1 + (len(node.name) >> _CHARACTERS), 0)
            return 0, _Known([text], self._effort)
        if node.kind == "name":
            return 0, scope.get(node.name, _SMALL)
        if node.kind == "macro":
            return self._macro(node, scope)
        counted = [self.of(part, scope) for part in node.parts]
        own, shape = self._made(node, [shape for _, shape in counted])
        return sum(steps for steps, _ in counted) + own, shape

    def _made(self, node: Node, parts: list[_Shape]) -> tuple[int, _Shape]:
        """The own steps of a node without those of its parts, and its shape."""
        if node.kind in ("select", "index"):
            found = parts[0].member(node.name if node.kind == "select" else text_of(node.parts[1]))
            return 1 + found.size, found
        if node.kind == "choice":
            return 1, self._largest(parts[1:])
        if node.kind == "call":
            return self._called(node, parts)
        size = sum(part.size for part in parts)
        if node.kind in ("list", "map"):
            return 1 + size, _Shape(1 + size, len(parts), self._largest(parts))
        if node.name == "+":
            count = sum(part.count for part in parts)
            item = self._largest([part.items for part in parts]) if count else None
            return len(parts) * size, _Shape(size, count, item)
        return 1 if node.name in ("&&", "||") else 1 + size, _SMALL

    def _macro(self, node: Node, scope: _Scope) -> tuple[int, _Shape]:
        steps, through = self.of(node.parts[0], scope)
        inner = {**scope, node.variable: through.items}
        counted = [self.of(part, inner) for part in node.parts[1:]]
        count = through.count
        steps += count * (2 + sum(body for body, _ in counted))
        if node.name not in ("map", "filter"):
            return steps, _SMALL
        item = counted[-1][1] if node.name == "map" else through.items
        made = _Shape(1 + count * item.size, count, item)
        return steps + (count * made.size >> 1), made

    def _called(self, node: Node, parts: list[_Shape]) -> tuple[int, _Shape]:
        """A function."""
        size = sum(part.size for part in parts)
        steps = _CALL + 3 * size
        if node.name in self._parsers and len(parts) == 1:
            return steps + (size << _CHARACTERS), self._parsed(self._parsers[node.name], parts[0])
        if node.name in ("max", "min"):
            return steps, self._largest([*parts, *(part.items for part in parts)])
        if node.name != "matches" or not parts:
            return steps, _Shape(4 + size * 3, 0) if node.name in _TEXTS else _SMALL
        pattern = text_of(node.parts[-1])
        if pattern is None:
            return steps + _DYNAMIC_PATTERN + size * (_STATES >> 4), _SMALL
        return steps + size * (longest(pattern, 1) >> 4), _SMALL

    def _parsed(self, parser: Parser, text: _Shape) -> _Shape:
        """What a parser makes of a text."""
        if not isinstance(text, _Known):
            size = text.size << _CHARACTERS
            return _Shape(size, size)
        found: list[JsonValue] = []
        for value in text.values:
            if isinstance(value, str):
                self._effort.spend(len(value) + 1)
                with suppress(ArithmeticError, LookupError, RuntimeError, TypeError, ValueError, csv.Error):
                    found.append(parser(value))
        return _Known(found, self._effort)

    def _largest(self, parts: list[_Shape]) -> _Shape:
        """A shape that each of some values fits in."""
        if len(parts) == 1:
            return parts[0]
        known = [part for part in parts if isinstance(part, _Known)]
        if len(known) == len(parts):
            return _Known([value for part in known for value in part.values], self._effort)
        size = max((part.size for part in parts), default=0)
        items = max((part.items.size for part in parts), default=0)
        return _Shape(size, max((part.count for part in parts), default=0), _Shape(items, items))
