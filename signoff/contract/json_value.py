"""JSON values, and a JSON reader that takes nothing but JSON (RFC 8259, RFC 7493 section 2.3)."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from math import isinf
from typing import TYPE_CHECKING, NoReturn, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Container

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"
JsonObject: TypeAlias = dict[str, JsonValue]
# How deep arrays and objects may nest: code that reads values recursively has to have room for it.
MAX_DEPTH = 250
TOO_DEEP = f"arrays and objects are nested more than {MAX_DEPTH} levels deep"
# A string, or a bracket. A string that is never closed is one, too: else each quote in it is tried.
_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)
KINDS = frozenset({"null", "boolean", "object", "array", "number", "string", "integer"})


@dataclass(slots=True)
class JsonSyntaxError(ValueError):
    """Invalid JSON.

    Attributes:
        reason: the problem, in a few words.
        line, column: the position, from 1; 0 if unknown.
        arguable: whether parsers differ on it (RFC 8259, sections 4, 8.1 and 9), so a server may accept it.
    """

    reason: str
    line: int = 0
    column: int = 0
    arguable: bool = False

    def __str__(self) -> str:
        """The reason and, if known, the position."""
        return f"{self.reason} at line {self.line}, column {self.column}" if self.line else self.reason


def _reject_constant(name: str) -> NoReturn:
    raise JsonSyntaxError(f"{name} is not a JSON number", arguable=True)


def _unique_members(pairs: list[tuple[str, JsonValue]]) -> JsonObject:
    members = dict(pairs)
    if len(members) < len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise JsonSyntaxError(f"duplicate property {json.dumps(twice)}", arguable=True)
    return members


def _finite(text: str) -> float:
    number = float(text)
    if isinf(number):
        raise JsonSyntaxError(f"the number {text[:40]} is too large", arguable=True)
    return number


_STRICT = json.JSONDecoder(
    parse_float=_finite, parse_constant=_reject_constant, object_pairs_hook=_unique_members
)


def parse(data: bytes) -> JsonValue:
    """The value of a JSON text.

    Args:
        data: the exact bytes, UTF-8 without a byte order mark.

    Raises:
        JsonSyntaxError: not UTF-8, a byte order mark, broken syntax, `NaN` or `Infinity`, a member
            name that occurs twice, a lone surrogate, or more than `MAX_DEPTH` levels of nesting.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise JsonSyntaxError(f"byte {error.start} is not UTF-8") from None
    return parse_text(text)


def parse_text(text: str) -> JsonValue:
    """As `parse`, from text."""
    if text.startswith("\ufeff"):
        raise JsonSyntaxError("the text starts with a byte order mark", 1, 1, arguable=True)
    check_depth(text)
    try:
        value: JsonValue = _STRICT.decode(text)
        if "\\ud" in text or "\\uD" in text:
            json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise JsonSyntaxError(error.msg, error.lineno, error.colno) from None
    except UnicodeEncodeError:
        raise JsonSyntaxError("a \\u escape is a lone surrogate", arguable=True) from None
    except JsonSyntaxError:
        raise
    except ValueError as error:  # an integer with more digits than Python reads
        raise JsonSyntaxError(str(error).partition(";")[0], arguable=True) from None
    return value


def check_depth(text: str) -> None:
    """Reject deeper nesting, also in a text that is not JSON (RFC 8259, section 9).

    Raises:
        JsonSyntaxError: there are more than `MAX_DEPTH` levels.
    """
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    depth = 0
    for found in _BRACKET.finditer(text):
        bracket = found[0]
        depth += (bracket in "[{") - (bracket in "]}")
        if depth > MAX_DEPTH:
            line = text.count("\n", 0, found.start()) + 1
            column = found.start() - text.rfind("\n", 0, found.start())
            raise JsonSyntaxError(TOO_DEEP, line, column, arguable=True)


def as_object(value: JsonValue) -> JsonObject:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def listed(value: JsonValue) -> list[JsonValue]:
    """The value if it is a list, else a list of it alone."""
    return value if isinstance(value, list) else [value]


def as_list(value: JsonValue) -> list[JsonValue]:
    """The value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def is_of(value: JsonValue, kinds: Container[str]) -> bool:
    """Whether a value has one of these JSON Schema types."""
    if value is None:
        return "null" in kinds
    if isinstance(value, bool):
        return "boolean" in kinds
    if isinstance(value, int | float):
        is_whole = isinstance(value, int) or value.is_integer()
        return "number" in kinds or (is_whole and "integer" in kinds)
    name = {str: "string", list: "array", dict: "object"}[type(value)]
    return name in kinds
