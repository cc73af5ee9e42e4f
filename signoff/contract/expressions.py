"""Expressions in CEL, of documents (`x-conformance`) and of rule files.

CEL always terminates, but nested loops can take very long. So the cost of an expression is estimated from its
tokens and from the size of its values, before it is evaluated. An expression that lacks a value it uses, or
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
_PER_STEP = 100  # values that are compared in the time of one step of a loop
_FEW = 4  # of an operator: up to as many, its cost is not estimated
_MACROS = ("all", "exists", "exists_one", "existsOne", "map", "filter")
_TOKEN = re.compile(
    r"""
    //[^\n]*                                                       # a comment
    | [bB]?[rR][bB]?(?:\"{3}.*?\"{3}|\'{3}.*?\'{3}|"[^"\n]*"|'[^'\n]*')  # a raw text
    | [bB]?(?:\"{3}(?:\\.|.)*?\"{3}|\'{3}(?:\\.|.)*?\'{3}|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
    | \w+ | [=!]= | \S
    """,
    re.DOTALL | re.VERBOSE,
)
_TYPES = {"string", "int", "uint", "double", "bool", "bytes", "list", "map", "null_type", "type"}
_READS_TEXT = ("json", "csv", "lower", "mediaType", "contains", "startsWith", "endsWith", "size", "matches")
_BUILT_IN = _TYPES | {
    *("size", "has", "contains", "startsWith", "endsWith", "matches", "timestamp", "duration", "max", "min"),
    *("all", "exists", "exists_one", "map", "filter", "getFullYear", "getMonth", "getDate", "getHours"),
    *("getDayOfMonth", "getDayOfWeek", "getDayOfYear", "getMinutes", "getSeconds", "getMilliseconds"),
}
# The library logs each function that fails. Here that only means that an expression has no result.
logging.getLogger("cel").addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class _Cost:
    """What of an expression makes it expensive: how often each is written.

    Attributes:
        loops: the variable of each macro over a list.
        literals: elements of lists, at most.
        sums: `+`, which copies texts and makes lists longer.
        comparisons: `==`, `!=` and `in` that may compare whole values, as neither side is written.
        texts: calls that read a whole text.
        pattern: the length of the longest pattern; None if one is not written in the expression.
    """

    loops: tuple[str, ...]
    literals: int
    sums: int
    comparisons: int
    texts: int
    pattern: int | None

    @classmethod
    def of(cls, source: str) -> _Cost:
        """The cost of an expression that is valid CEL."""
        tokens = [token for token in _TOKEN.findall(source) if not token.startswith("//")]
        pairs = list(zip(tokens, [*tokens[1:], ""], strict=True))
        calls = [
            at for at, (token, following) in enumerate(pairs) if following == "(" and token.isidentifier()
        ]
        patterns = [tokens[at + 2] for at in calls if tokens[at] == "matches"]
        are_written = all(pattern[-1] in "\"'" for pattern in patterns)
        return cls(
            loops=tuple(tokens[at + 2] for at in calls if tokens[at] in _MACROS),
            literals=tokens.count(","),
            sums=tokens.count("+"),
            comparisons=sum(
                token in ("==", "!=", "in") and not (_is_written(before) or _is_written(after))
                for before, token, after in zip(["", *tokens], tokens, [*tokens[1:], ""], strict=False)
            ),
            texts=sum(tokens[at] in _READS_TEXT for at in calls),
            pattern=max(map(len, patterns), default=1) if are_written else None,
        )

    @property
    def is_small(self) -> bool:
        """Whether values of every size that a request can have are fine."""
        few = max(self.sums, self.comparisons, self.texts) <= _FEW
        return few and not self.loops and self.pattern == 1

    def allows(self, values: Mapping[str, JsonValue]) -> bool:
        """Whether the expression can be evaluated for these values."""
        size, longest = _size(values)
        items = (size + self.literals) * (self.sums + 1)
        steps: int = items ** len(self.loops)
        compared = steps * self.comparisons * items // _PER_STEP
        read = max((self.sums + 1) ** 2, self.texts) * (self.pattern or max(longest, 1))
        return steps + compared <= _MOST_STEPS and steps * longest * read <= _MOST_CHARACTERS


class ExpressionError(ValueError):
    """A text is not a valid expression."""


class NoResultError(Exception):
    """An expression has no result for these values."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression."""

    source: str
    _program: Any
    _cost: _Cost

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
        cost = _Cost.of(source)
        if unknown := sorted(set(program.variables()) - set(variables) - _TYPES - set(cost.loops)):
            available = ", ".join(f"`{name}`" for name in variables)
            raise ExpressionError(f"unknown variable `{unknown[0]}` (available: {available})")
        named = {name for name in program.functions() if name.isidentifier() and not name.startswith("_")}
        if unknown := sorted(named - _BUILT_IN - _FUNCTIONS.keys()):
            raise ExpressionError(f"unknown CEL function `{unknown[0]}`")
        return cls(source, program, cost)

    def result(self, values: Mapping[str, JsonValue]) -> Any:  # noqa: ANN401 - JSON, or a type of CEL
        """The result for the variables' values.

        Raises:
            NoResultError: a value is missing or has another type, or the values are too large.
        """
        import cel  # noqa: PLC0415 - as above

        if not self._cost.is_small and not self._cost.allows(values):
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


def _is_written(token: str) -> bool:
    """Whether a token is or begins a scalar, or begins a list."""
    return token[:1].isdigit() or token[-1:] in ("'", '"', "[") or token in ("-", "true", "false", "null")


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
