"""The constraints of a schema: reads, merges and compares them (JSON Schema 2020-12, section 6).

Each facet has a value that two schemas can be compared by:
`minimum` and `maximum` a pair of number and whether it is excluded, `multipleOf` a fraction (1 for integers),
`pattern`, `format`, `content` and `dependentRequired` a set of constraints that all apply, others a number.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from signoff.contract.json_value import as_list, as_object
from signoff.review.changes.sets.shape import Facet, canonical, exact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from signoff.contract.json_value import JsonObject, JsonValue

INTEGER_FORMATS = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}
# Formats that do not limit values.
_NO_BOUND = {"password", "double", "int32", "int64", ""}
_EMPTY_ALLOWED = "x-empty-allowed"  # see `contract.versions.v2_0`
_CONTENT_FORMATS = {"byte": ("base64", ""), "binary": ("", "application/byte-stream")}
# The tokens of patterns (the common part of ECMA-262), and equivalent notations.
_TOKEN = re.compile(
    r"\\x[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{[\d,]+\}|\(\?:|.", re.DOTALL
)
_CHARACTER = r"(?:\\x[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\\.|[^\\])"
_MEMBER = re.compile(f"{_CHARACTER}-{_CHARACTER}|{_CHARACTER}", re.DOTALL)
_SHORTHANDS = {r"\d": "[0-9]", r"\w": "[0-9A-Z_a-z]", r"\D": "[^0-9]", r"\W": "[^0-9A-Z_a-z]"}
_COUNTS = {"{1}": "", "{1,1}": "", "{0,}": "*", "{1,}": "+", "{0,1}": "?"}
_NEEDLESS = re.compile(r"\\([^0-9A-Za-z\\^$.|?*+()\[\]{}])")


@dataclass(frozen=True, slots=True)
class _Kind:
    joined: Callable[[Any, Any], Any]
    within: Callable[[Any, Any], bool]


def _least_multiple(one: Fraction, other: Fraction) -> Fraction:
    return Fraction(math.lcm(one.numerator, other.numerator), math.gcd(one.denominator, other.denominator))


def _low(bound: tuple[Fraction, bool]) -> tuple[Fraction, bool]:
    return bound


def _high(bound: tuple[Fraction, bool]) -> tuple[Fraction, bool]:
    return bound[0], not bound[1]


_LEAST = _Kind(max, lambda one, other: one >= other)
_MOST = _Kind(min, lambda one, other: one <= other)
_ALL_OF = _Kind(lambda one, other: one | other, lambda one, other: one >= other)

FACETS: dict[str, _Kind] = {
    "minimum": _Kind(lambda a, b: max(a, b, key=_low), lambda a, b: _low(a) >= _low(b)),
    "maximum": _Kind(lambda a, b: min(a, b, key=_high), lambda a, b: _high(a) <= _high(b)),
    "multipleOf": _Kind(_least_multiple, lambda a, b: (a / b).denominator == 1),
    **dict.fromkeys(("minLength", "minItems", "minProperties"), _LEAST),
    **dict.fromkeys(("maxLength", "maxItems", "maxProperties"), _MOST),
    "uniqueItems": _Kind(lambda _a, _b: True, lambda _a, _b: True),
    **dict.fromkeys(("pattern", "format", "content", "dependentRequired"), _ALL_OF),
}


def joined(one: Mapping[str, Facet], other: Mapping[str, Facet]) -> dict[str, Facet]:
    """The constraints of both."""
    found = dict(one)
    for name, facet in other.items():
        known = found.get(name)
        if known is None:
            found[name] = facet
            continue
        value = FACETS[name].joined(known.value, facet.value)
        found[name] = known if value == known.value else Facet(value, facet.pointer)
    return found


def within(name: str, one: Facet | None, other: Facet | None) -> bool:
    """Whether every value that matches the first constraint matches the second; None means unconstrained."""
    if other is None:
        return True
    return one is not None and FACETS[name].within(one.value, other.value)


def read(kind: str, raw: JsonObject, pointer: str, *, integral: bool = False) -> dict[str, Facet]:
    """The constraints of one schema for values of a kind.

    Args:
        kind: of `shape.KINDS`.
        raw: the schema.
        pointer: its pointer.
        integral: whether its `type` only allows integers.
    """
    readers = {"number": _number, "string": _string, "array": _array, "object": _object}
    found = list(readers[kind](raw, integral)) if kind in readers else []
    return {name: Facet(value, f"{pointer}/{keyword}") for name, value, keyword in found}


def _number(raw: JsonObject, integral: bool) -> Iterator[tuple[str, Any, str]]:
    step = exact(raw["multipleOf"]) if _is_number(raw.get("multipleOf")) else None  # type: ignore[arg-type]
    if integral:
        yield (
            "multipleOf",
            _least_multiple(Fraction(1), step or Fraction(1)),
            "multipleOf" if step else "type",
        )
    elif step:
        yield "multipleOf", step, "multipleOf"
    name = str(raw.get("format", ""))
    for side, sign in (("minimum", -1), ("maximum", 1)):
        found = list(_bounds(raw, side, INTEGER_FORMATS.get(name) if raw.get("type") != "string" else None))
        if found:
            pick = max if sign < 0 else min
            value, keyword = pick(found, key=lambda entry: _low(entry[0]) if sign < 0 else _high(entry[0]))
            yield side, _whole(value, sign) if integral else value, keyword
    if name not in _NO_BOUND:
        yield "format", frozenset({name}), "format"


def _bounds(
    raw: JsonObject, side: str, span: tuple[int, int] | None
) -> Iterator[tuple[tuple[Fraction, bool], str]]:
    exclusive = f"exclusive{side.capitalize()}"
    for keyword, is_excluded in ((side, False), (exclusive, True)):
        if _is_number(raw.get(keyword)):
            yield (exact(raw[keyword]), is_excluded), keyword  # type: ignore[arg-type]
    if span:
        yield (Fraction(span[side == "maximum"]), False), "format"


def _whole(bound: tuple[Fraction, bool], sign: int) -> tuple[Fraction, bool]:
    """The equivalent inclusive bound for integers."""
    value, is_excluded = bound
    whole = Fraction(math.ceil(value) if sign < 0 else math.floor(value))
    return (whole - sign if is_excluded and whole == value else whole), False


def _string(raw: JsonObject, _integral: bool) -> Iterator[tuple[str, Any, str]]:
    yield from _sizes(raw, "Length")
    if isinstance(pattern := raw.get("pattern"), str) and (plain := plain_pattern(pattern)):
        yield "pattern", frozenset({plain}), "pattern"
    name = str(raw.get("format", ""))
    if name in _CONTENT_FORMATS:
        yield "content", frozenset({_CONTENT_FORMATS[name]}), "format"
    elif name not in _NO_BOUND:
        yield "format", frozenset({name}), "format"
    content = (str(raw.get("contentEncoding", "")), str(raw.get("contentMediaType", "")))
    if any(content):
        keyword = "contentEncoding" if content[0] else "contentMediaType"
        described = as_object(raw.get("contentSchema"))
        schema = {("contentSchema", canonical(described))} if described else set()
        yield "content", frozenset({content, *schema}), keyword


def _array(raw: JsonObject, _integral: bool) -> Iterator[tuple[str, Any, str]]:
    yield from _sizes(raw, "Items")
    if raw.get("uniqueItems") is True and raw.get("maxItems") not in (0, 1):
        yield "uniqueItems", True, "uniqueItems"


def _object(raw: JsonObject, _integral: bool) -> Iterator[tuple[str, Any, str]]:
    yield from _sizes(raw, "Properties")
    dependent = as_object(raw.get("dependentRequired")).items()
    pairs = {(name, str(other)) for name, others in dependent for other in as_list(others) if other != name}
    if pairs:
        yield "dependentRequired", frozenset(pairs), "dependentRequired"


def _sizes(raw: JsonObject, of: str) -> Iterator[tuple[str, Any, str]]:
    least, most = f"min{of}", f"max{of}"
    if _is_number(raw.get(least)) and raw[least] > 0 and _EMPTY_ALLOWED not in raw:  # type: ignore[operator]
        yield least, math.ceil(raw[least]), least  # type: ignore[arg-type]
    if _is_number(raw.get(most)):
        yield most, math.floor(raw[most]), most  # type: ignore[arg-type]


def _is_number(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def takes(facets: Mapping[str, Facet], value: JsonValue) -> bool:
    """Whether a value matches the constraints of its type, except formats."""
    if isinstance(value, str):
        return _takes_string(facets, value)
    if isinstance(value, dict | list):
        return _takes_members(facets, value)
    if not _is_number(value):
        return True
    number = exact(value)  # type: ignore[arg-type]
    low, high, step = (facets.get(name) for name in ("minimum", "maximum", "multipleOf"))
    return not (
        (low and (number < low.value[0] or (low.value[1] and number == low.value[0])))
        or (high and (number > high.value[0] or (high.value[1] and number == high.value[0])))
        or (step and (number / step.value).denominator != 1)
    )


def _takes_string(facets: Mapping[str, Facet], value: str) -> bool:
    least, most, patterns = (facets.get(name) for name in ("minLength", "maxLength", "pattern"))
    if (least and len(value) < least.value) or (most and len(value) > most.value):
        return False
    return not patterns or all(
        jsonschema_rs.is_valid({"pattern": pattern}, value) for pattern in patterns.value
    )


def _takes_members(facets: Mapping[str, Facet], value: JsonObject | list[JsonValue]) -> bool:
    of = "Properties" if isinstance(value, dict) else "Items"
    least, most, unique = (facets.get(name) for name in (f"min{of}", f"max{of}", "uniqueItems"))
    if (least and len(value) < least.value) or (most and len(value) > most.value):
        return False
    if unique and len(set(map(canonical, value))) < len(value):
        return False
    dependent = facets.get("dependentRequired")
    return not dependent or all(other in value for name, other in dependent.value if name in value)


@lru_cache(maxsize=4096)
def plain_pattern(pattern: str) -> str:
    r"""The normalized notation of a pattern: the same for `^\d{1,}$` and `^[0-9]+$`.

    Returns an empty text for a pattern that every string matches.
    """
    plain = "".join(_plain_token(token) for token in _TOKEN.findall(pattern))
    for needless in ("^[\\s\\S]*", "^.*"):
        plain = plain.removeprefix(needless)
    plain = plain.removesuffix(".*$") if not plain.endswith(r"\.*$") else plain
    return "" if plain in ("^", "$", ".*", "^$*") else plain


def _plain_token(token: str) -> str:
    if token.startswith("[") and len(token) > 2:
        return _plain_class(token)
    if token in _SHORTHANDS:
        return _SHORTHANDS[token]
    return _COUNTS.get(token, _NEEDLESS.sub(r"\1", token))


def _plain_class(token: str) -> str:
    """A character class with sorted, unique members."""
    negation = "^" if token.startswith("[^") else ""
    inside = token[1 + len(negation) : -1]
    for shorthand, wide in _SHORTHANDS.items():
        if not wide.startswith("[^"):
            inside = inside.replace(shorthand, wide[1:-1]) if rf"\{shorthand}" not in inside else inside
    members = sorted({_plain_member(found.group(0)) for found in _MEMBER.finditer(inside)})
    only = members[0] if len(members) == 1 and not negation else ""
    return only if only.isalnum() and len(only) == 1 else f"[{negation}{''.join(members)}]"


def _plain_member(member: str) -> str:
    """A member of a character class without unnecessary escapes."""
    bare = _NEEDLESS.sub(r"\1", member) if len(member) == 2 else member
    if len(bare) == 2 and bare[0] == "\\" and bare[1] in "$.|?*+(){}":
        bare = bare[1]
    return rf"\{bare}" if bare in ("-", "^", "[", "]") else bare
