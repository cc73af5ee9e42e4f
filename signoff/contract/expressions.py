"""Expressions in CEL, of documents (`x-conformance`) and of rule files.

CEL always terminates; nested loops over lists are bounded here. An expression that lacks a value it uses, or
whose values are too large, has no result.
"""

from __future__ import annotations

import csv
import io
import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from signoff.contract import json_value, media_types

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from signoff.contract.json_value import JsonValue

_LONGEST = 2000
_MOST_STEPS = 2_000_000
_MOST_CHARACTERS = 256 * 1024 * 1024
_FEW_SUMS = 4
_MACRO = re.compile(r"\.(?:all|exists|exists_one|map|filter)\s*\(\s*(\w+)\s*,")
_TYPES = {"string", "int", "uint", "double", "bool", "bytes", "list", "map", "null_type", "type"}
_BUILT_IN = _TYPES | {
    *("size", "has", "contains", "startsWith", "endsWith", "matches", "timestamp", "duration", "max", "min"),
    *("all", "exists", "exists_one", "map", "filter", "getFullYear", "getMonth", "getDate", "getHours"),
    *("getDayOfMonth", "getDayOfWeek", "getDayOfYear", "getMinutes", "getSeconds", "getMilliseconds"),
}
# The library logs each function that fails. Here that only means that an expression has no result.
logging.getLogger("cel").addHandler(logging.NullHandler())


class ExpressionError(ValueError):
    """A text is not a valid expression."""


class NoResultError(Exception):
    """An expression has no result for these values."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression."""

    source: str
    _program: Any

    @classmethod
    def compiled(cls, source: JsonValue, variables: Collection[str]) -> Expression:
        """Compile an expression over `variables`.

        Raises:
            ExpressionError: it is not CEL, too long, or uses something unknown.
        """
        import cel  # noqa: PLC0415 - costs 0.2 s, which documents without rules are spared

        if not isinstance(source, str) or len(source) > _LONGEST:
            raise ExpressionError(f"a CEL expression must be a string of at most {_LONGEST} characters")
        try:
            program = cel.compile(source)
        except ValueError as error:
            raise ExpressionError(f"invalid CEL: {_first_fault(str(error))}") from None
        bound = set(_MACRO.findall(source))
        if unknown := sorted(set(program.variables()) - set(variables) - _TYPES - bound):
            available = ", ".join(f"`{name}`" for name in variables)
            raise ExpressionError(f"unknown variable `{unknown[0]}` (available: {available})")
        named = {name for name in program.functions() if name.isidentifier() and not name.startswith("_")}
        if unknown := sorted(named - _BUILT_IN - _FUNCTIONS.keys()):
            raise ExpressionError(f"unknown CEL function `{unknown[0]}`")
        return cls(source, program)

    def result(self, values: Mapping[str, JsonValue]) -> Any:  # noqa: ANN401 - JSON, or a type of CEL
        """The result for the variables' values.

        Raises:
            NoResultError: a value is missing or has another type, or the values are too large.
        """
        import cel  # noqa: PLC0415 - as above

        depth, sums = len(_MACRO.findall(self.source)), self.source.count("+")
        if depth or sums > _FEW_SUMS:
            size, longest = _size(values)
            # A sum of texts copies what it has so far.
            steps = (size + self.source.count(",")) ** depth
            if steps > _MOST_STEPS or steps * longest * (sums + 1) ** 2 > _MOST_CHARACTERS:
                raise NoResultError("the request is too large for it")
        try:
            return self._program.execute(cel.Context(variables=dict(values), functions=_FUNCTIONS))
        except (ArithmeticError, LookupError, RuntimeError, TypeError, ValueError) as error:
            raise NoResultError(str(error).partition("\n")[0][:160]) from None

    def holds(self, values: Mapping[str, JsonValue]) -> bool | None:
        """Whether it is true; None if it has no result, or the result is not true or false."""
        try:
            found = self.result(values)
        except NoResultError:
            return None
        return found if isinstance(found, bool) else None


def _first_fault(text: str) -> str:
    found = re.search(r"ERROR: <input>:1:(\d+): ([^\n]{0,160})", text)
    return f"at character {found[1]}: {found[2]}" if found else text[:160]


def _size(value: object) -> tuple[int, int]:
    """The size of a value, including lists that its texts may contain, and the length of its longest text."""
    total, longest, waiting = 0, 0, [value]
    while waiting and total <= _MOST_STEPS:
        part = waiting.pop()
        total += 1
        if isinstance(part, dict):
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part
        elif isinstance(part, str):
            total += part.count(",") + part.count("\n")
            longest = max(longest, len(part))
    return total, longest


# Besides CEL's own.
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "json": json_value.parse_text,
    "csv": lambda text: list(csv.reader(io.StringIO(text, newline=""), strict=True)),  # RFC 4180
    "mediaType": lambda text: media_types.essence(str(text)),
    "lower": lambda text: str(text).lower(),
}
