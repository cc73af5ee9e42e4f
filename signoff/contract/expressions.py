"""Expressions in CEL, of documents (`x-conformance`) and of rule files.

An expression that lacks a value it uses has no result. One that can take more steps than its budget is not
evaluated: see `expression_cost`.
"""

from __future__ import annotations

import csv
import io
import logging
import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from signoff.contract import json_value, media_types
from signoff.contract.expression_cost import Budget, TooCostlyError, spend, text_of
from signoff.contract.expression_syntax import Node, StructureError, parsed
from signoff.contract.limits import EXPRESSION

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from signoff.contract.json_value import JsonValue
    from signoff.contract.limits import Limit

_LONGEST = 2000
_SHOWN = 80
_PATTERNS = jsonschema_rs.RegexOptions(size_limit=256 * 1024)
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


class ExpressionCostError(NoResultError):
    """An expression can take more steps than it may, for the values that it is given."""


class Variables(dict[str, "JsonValue"]):
    """The variables of several expressions. They are converted once, so they must not change.

    Converting those of a usual exchange takes 0.2 ms, and a simple expression a hundredth of that.
    """

    @cached_property
    def context(self) -> object:
        """The values as the library takes them."""
        import cel  # noqa: PLC0415 - costs 0.2 s, which documents without rules are spared

        return cel.Context(variables=dict(self), functions=_FUNCTIONS)


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression.

    Attributes:
        source: the expression as written.
        limit: on the steps that it takes.
        root: its structure.
    """

    source: str
    limit: Limit
    _program: Any
    root: Node

    @classmethod
    def compiled(cls, source: JsonValue, variables: Collection[str], limit: Limit = EXPRESSION) -> Expression:
        """Compile an expression over `variables`.

        Raises:
            ExpressionError: it is not CEL, too long, takes too many steps for any values, or uses something
                unknown.
        """
        import cel  # noqa: PLC0415 - costs 0.2 s, which documents without rules are spared

        if not isinstance(source, str) or len(source) > _LONGEST:
            raise ExpressionError(f"a CEL expression must be a string of at most {_LONGEST} characters")
        try:
            program = cel.compile(source)
            root = parsed(source)
        except StructureError as error:
            raise ExpressionError(f"invalid CEL: {error}") from None
        except ValueError as error:
            raise ExpressionError(f"invalid CEL: {_first_fault(str(error))}") from None
        nodes = list(_nodes(root))
        bound = {node.variable for node in nodes}
        if unknown := sorted(set(program.variables()) - set(variables) - _TYPES - bound):
            available = ", ".join(f"`{name}`" for name in variables)
            raise ExpressionError(f"unknown variable `{unknown[0]}` (available: {available})")
        named = {name for name in program.functions() if name.isidentifier() and not name.startswith("_")}
        named |= {node.name for node in nodes if node.kind == "call"}
        if unknown := sorted(named - _BUILT_IN - _FUNCTIONS.keys()):
            raise ExpressionError(f"unknown CEL function `{unknown[0]}`")
        if unknown_member := _unknown_member(nodes, set(variables) - bound):
            raise ExpressionError(unknown_member)
        for pattern in _patterns(nodes):
            try:
                _matcher(pattern)
            except ValueError as error:
                raise ExpressionError(str(error)) from None
        made = cls(source, limit, program, root)
        try:
            made.charge({}, Budget(limit.value))
        except ExpressionCostError as error:
            raise ExpressionError(str(error)) from None
        return made

    def charge(self, values: Mapping[str, JsonValue], budget: Budget) -> None:
        """Take the steps that the result for some values needs from a budget.

        Raises:
            ExpressionCostError: the budget does not have that many.
        """
        try:
            spend(self.root, values, budget, _PARSERS)
        except TooCostlyError:
            raise ExpressionCostError(f"the expression takes {self.limit.exceeded}") from None

    def result(self, values: Mapping[str, JsonValue], budget: Budget | None = None) -> Any:  # noqa: ANN401 - JSON, or a type of CEL
        """The result for the variables' values.

        Args:
            values: the variables.
            budget: what several expressions share; without one, it has those of its `limit`.

        Raises:
            NoResultError: a value is missing or has another type.
            ExpressionCostError: it takes too many steps.
        """
        self.charge(values, budget or Budget(self.limit.value))
        try:
            known = values if isinstance(values, Variables) else Variables(values)
            return self._program.execute(known.context)
        except KeyError as error:
            raise NoResultError(f"no such key {error}"[:160]) from None
        except (ArithmeticError, LookupError, RuntimeError, TypeError, ValueError) as error:
            raise NoResultError(str(error).partition("\n")[0][:160]) from None

    def holds(self, values: Mapping[str, JsonValue], budget: Budget | None = None) -> bool | None:
        """Whether it is true; None if it has no result, or the result is not true or false.

        Raises:
            ExpressionCostError: it takes too many steps.
        """
        try:
            found = self.result(values, budget)
        except ExpressionCostError:
            raise
        except NoResultError:
            return None
        return found if isinstance(found, bool) else None


# What the variables have; another member never has a value.
_MEMBERS = {
    "request": ("method", "path", "headers", "valid", "parameters", "body"),
    "request.parameters": ("path", "query", "header", "cookie"),
    "response": ("status", "headers", "received_at", "elapsed_ms", "body"),
}


def _unknown_member(nodes: Iterable[Node], variables: Collection[str]) -> str:
    """What is wrong with a member of a variable that an expression reads; empty if nothing is."""
    for node in nodes:
        owner = _dotted(node.parts[0]) if node.kind == "select" else ""
        known = _MEMBERS.get(owner, ())
        if known and owner.partition(".")[0] in variables and node.name not in known:
            close = get_close_matches(node.name, known, 1)
            hint = f"Did you mean `{close[0]}`?" if close else f"It has: {', '.join(known)}."
            return f"`{owner}` has no member `{node.name}`. {hint}"
    return ""


def _dotted(node: Node) -> str:
    """A name and what is selected of it, such as `request.body`; empty for anything else."""
    if node.kind == "name":
        return node.name
    owner = _dotted(node.parts[0]) if node.kind == "select" else ""
    return f"{owner}.{node.name}" if owner else ""


def _first_fault(text: str) -> str:
    found = re.search(r"ERROR: <input>:1:(\d+): ([^\n]{0,160})", text)
    return f"at character {found[1]}: {found[2]}" if found else text[:160]


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    for part in node.parts:
        yield from _nodes(part)


def _patterns(nodes: list[Node]) -> Iterator[str]:
    """The regular expressions that are known beforehand."""
    for node in nodes:
        if node.kind == "call" and node.name == "matches" and node.parts:
            pattern = text_of(node.parts[-1])
            if pattern is not None:
                yield pattern


@lru_cache(maxsize=256)
def _matcher(pattern: str) -> Callable[[str], bool]:
    """Whether a text contains a match, in linear time. Raises ValueError."""
    try:
        validator = jsonschema_rs.Draft202012Validator({"pattern": pattern}, pattern_options=_PATTERNS)
    except (jsonschema_rs.ValidationError, ValueError):
        shown = pattern if len(pattern) <= _SHOWN else f"{pattern[:_SHOWN]}…"
        raise ValueError(f"`{shown}` is not a regular expression, or is too large") from None
    return validator.is_valid


def _matches(text: object, pattern: object) -> bool:
    """Replaces the library's function, which compiles the pattern each time."""
    if not isinstance(text, str) or not isinstance(pattern, str):
        raise TypeError("`matches` takes two strings")
    return _matcher(pattern)(text)


_PARSERS: dict[str, Callable[[str], Any]] = {
    "json": json_value.parse_text,
    "csv": lambda text: list(csv.reader(io.StringIO(text, newline=""), strict=True)),  # RFC 4180
}
# Besides CEL's own.
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    **_PARSERS,
    "matches": _matches,
    "mediaType": lambda text: media_types.essence(str(text)),
    "lower": lambda text: str(text).lower(),
}
