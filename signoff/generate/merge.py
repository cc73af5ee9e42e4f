"""One schema that says what two say together (JSON Schema 2020-12)."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from functools import reduce
from typing import TYPE_CHECKING, TypeAlias

from signoff.contract.json_value import as_list, as_object, listed
from signoff.generate.errors import ContradictionError

if TYPE_CHECKING:
    from collections.abc import Callable

    from signoff.contract.json_value import JsonObject, JsonValue

Merger: TypeAlias = "Callable[[JsonValue, JsonValue], JsonValue]"
FURTHER_CONTAINS = "x-signoff-further-contains"  # in merged schemas only


def merge(left: JsonObject, right: JsonObject) -> JsonObject:
    """Both schemas in one; where an annotation stands in both, the right one's.

    The left one is a part of the right one: its `unevaluatedProperties` see its own properties alone.
    Both are flat: without `$ref`, `allOf`, `anyOf`, `oneOf` and `if`. A `pattern` in both becomes a list.

    Raises:
        ContradictionError: it is plain that no value satisfies both.
    """
    left = closed(left)
    if "contains" in left and "contains" in right:
        left = _set_aside(left)
    merged = {**left, **right}
    for key in left.keys() & right.keys():
        if key not in ("properties", "patternProperties") and left[key] != right[key]:
            merged[key] = _BY_KEYWORD[key](left[key], right[key]) if key in _BY_KEYWORD else right[key]
    if "properties" in merged:
        merged["properties"] = _properties(left, right)
    if "patternProperties" in merged:
        merged["patternProperties"] = _patterns(left, right)
    if "prefixItems" in merged:
        merged["prefixItems"] = _prefix(left, right)
    _check_options(merged)
    return merged


def both(left: JsonValue, right: JsonValue) -> JsonValue:
    """A schema for what satisfies two schemas of any form."""
    if left is False or right is False:
        return False
    if not isinstance(left, dict) or not left:
        return right
    if not isinstance(right, dict) or not right or left == right:
        return left
    return {"allOf": [left, right]}


def pattern_matches(pattern: str, name: str) -> bool:
    """Whether a pattern of `patternProperties` speaks of a name; one that Python cannot read does not."""
    try:
        return re.search(pattern, name) is not None
    except re.error:
        return False


def closed(schema: JsonObject) -> JsonObject:
    """The schema with its `unevaluated…` keywords as what they are to anything around it."""
    for closing, usual in (("unevaluatedProperties", "additionalProperties"), ("unevaluatedItems", "items")):
        if closing in schema:
            rest = {key: value for key, value in schema.items() if key != closing}
            schema = {usual: schema[closing], **rest}
    return schema


def _set_aside(schema: JsonObject) -> JsonObject:
    """The schema with its `contains` in a list of its own, since two cannot be said by one keyword."""
    own: JsonObject = {
        key: schema[key] for key in ("contains", "minContains", "maxContains") if key in schema
    }
    rest = {key: value for key, value in schema.items() if key not in own}
    return {**rest, FURTHER_CONTAINS: [*as_list(schema.get(FURTHER_CONTAINS)), own]}


def _common_multiple(left: float, right: float) -> float:
    if left <= 0 or right <= 0:
        return right
    one, other = Fraction(str(left)), Fraction(str(right))
    numerator = math.lcm(one.numerator * other.denominator, other.numerator * one.denominator)
    common = Fraction(numerator, one.denominator * other.denominator)
    return int(common) if common.denominator == 1 else float(common)


def _of_numbers(choose: Callable[[float, float], float]) -> Merger:
    def merged(left: JsonValue, right: JsonValue) -> JsonValue:
        are_numbers = isinstance(left, int | float) and isinstance(right, int | float)
        return choose(left, right) if are_numbers else right  # type: ignore[arg-type]

    return merged


def _by_name(join: Merger) -> Merger:
    """Two maps by name in one; what both say of a name is joined."""

    def merged(left: JsonValue, right: JsonValue) -> JsonValue:
        ours, theirs = as_object(left), as_object(right)
        return {**ours, **theirs, **{name: join(ours[name], theirs[name]) for name in ours.keys() & theirs}}

    return merged


def _consts(left: JsonValue, right: JsonValue) -> JsonValue:
    raise ContradictionError(f"it must be {left!r} and {right!r}")


def _types(left: JsonValue, right: JsonValue) -> JsonValue:
    ours, theirs = listed(left), listed(right)
    common = [item for item in ours if item in theirs]
    if "integer" not in common and (
        ("integer" in ours and "number" in theirs) or ("number" in ours and "integer" in theirs)
    ):
        common.append("integer")
    if not common:
        raise ContradictionError(f"it must be of type {_said(ours)} and {_said(theirs)}")
    return common


def _properties(left: JsonObject, right: JsonObject) -> JsonObject:
    """The properties of both; what only one names is what the other says of unnamed ones as well."""
    ours, theirs = as_object(left.get("properties")), as_object(right.get("properties"))
    joined: JsonObject = {}
    for name in dict.fromkeys([*ours, *theirs]):
        first = ours[name] if name in ours else _undeclared(left, name)
        second = theirs[name] if name in theirs else _undeclared(right, name)
        joined[name] = both(first, second)
    return joined


def _patterns(left: JsonObject, right: JsonObject) -> JsonObject:
    """The patterns of both; names that only one has a pattern for are additional ones to the other."""
    ours, theirs = as_object(left.get("patternProperties")), as_object(right.get("patternProperties"))
    joined: JsonObject = {}
    for pattern in dict.fromkeys([*ours, *theirs]):
        if pattern in ours and pattern in theirs:
            joined[pattern] = both(ours[pattern], theirs[pattern])
            continue
        said, other = (ours[pattern], right) if pattern in ours else (theirs[pattern], left)
        # A name that the other one declares may match the pattern as well, and is then not an additional one.
        is_declared = any(pattern_matches(pattern, name) for name in as_object(other.get("properties")))
        joined[pattern] = said if is_declared else both(said, other.get("additionalProperties", True))
    return joined


def _undeclared(schema: JsonObject, name: str) -> JsonValue:
    """What a schema says of a property that it does not name."""
    patterns = as_object(schema.get("patternProperties"))
    matching = [value for pattern, value in patterns.items() if pattern_matches(pattern, name)]
    if matching:
        return reduce(both, matching)
    return schema.get("additionalProperties", True)


def _prefix(left: JsonObject, right: JsonObject) -> list[JsonValue]:
    ours, theirs = as_list(left.get("prefixItems")), as_list(right.get("prefixItems"))
    longest = max(len(ours), len(theirs))
    ours = [*ours, *[left.get("items", True)] * (longest - len(ours))]
    theirs = [*theirs, *[right.get("items", True)] * (longest - len(theirs))]
    return [both(one, other) for one, other in zip(ours, theirs, strict=True)]


def _check_options(schema: JsonObject) -> None:
    if "enum" not in schema:
        return
    options = as_list(schema["enum"])
    if not options or ("const" in schema and schema["const"] not in options):
        raise ContradictionError("no value of the enum is left")


def _one_after_another(left: JsonValue, right: JsonValue) -> JsonValue:
    return [*as_list(left), *as_list(right)]


# What a keyword says together; of any other the right one counts.
_BY_KEYWORD: dict[str, Merger] = {
    **dict.fromkeys(("minimum", "exclusiveMinimum"), _of_numbers(max)),
    **dict.fromkeys(("minLength", "minItems", "minProperties", "minContains"), _of_numbers(max)),
    **dict.fromkeys(("maximum", "exclusiveMaximum"), _of_numbers(min)),
    **dict.fromkeys(("maxLength", "maxItems", "maxProperties", "maxContains"), _of_numbers(min)),
    **dict.fromkeys(("uniqueItems", "readOnly", "writeOnly"), lambda left, right: True in (left, right)),
    **dict.fromkeys(("items", "contains", "propertyNames", "additionalProperties"), both),
    **dict.fromkeys(("unevaluatedProperties", "unevaluatedItems"), both),
    "multipleOf": _of_numbers(_common_multiple),
    "type": _types,
    "const": _consts,
    "enum": lambda left, right: [item for item in as_list(left) if item in as_list(right)],
    "required": lambda left, right: list(dict.fromkeys([*as_list(left), *as_list(right)])),
    "pattern": lambda left, right: list(dict.fromkeys([*_texts(left), *_texts(right)])),
    "not": lambda left, right: {"anyOf": [left, right]},
    "dependentSchemas": _by_name(both),
    "dependentRequired": _by_name(_one_after_another),
    FURTHER_CONTAINS: _one_after_another,
}


def _texts(value: JsonValue) -> list[JsonValue]:
    return [item for item in listed(value) if isinstance(item, str)]


def _said(kinds: list[JsonValue]) -> str:
    return " or ".join(str(kind) for kind in kinds)
