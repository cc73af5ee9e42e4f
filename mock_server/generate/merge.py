"""One schema that says what several say together, as far as a generator needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openapi.json_value import JsonObject, JsonValue

_TIGHTER_MAX = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_TIGHTER_MIN = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")


def merge(left: JsonObject, right: JsonObject) -> JsonObject:
    """Both schemas in one: values that satisfy it are meant to satisfy both.

    What cannot be said in one keyword (two patterns, say) stays in `allOf`; the generated value is
    validated afterwards in any case.
    """
    merged = dict(left)
    for key, value in right.items():
        merged[key] = _merged(key, merged[key], value) if key in merged else value
    return merged


def _merged(key: str, left: JsonValue, right: JsonValue) -> JsonValue:
    if isinstance(left, dict) and isinstance(right, dict):
        if key in ("properties", "patternProperties", "dependentSchemas"):
            return _merge_maps(left, right)
        return merge(left, right) if key in ("items", "additionalProperties", "contains") else right
    if isinstance(left, list) and isinstance(right, list):
        return _merge_lists(key, left, right)
    if isinstance(left, int | float) and isinstance(right, int | float):
        if key in _TIGHTER_MAX:
            return max(left, right)
        if key in _TIGHTER_MIN:
            return min(left, right)
    if key == "type":
        return _merge_lists(key, _as_list(left), _as_list(right))
    if key == "additionalProperties" and False in (left, right):
        return False
    return right


def _merge_maps(left: JsonObject, right: JsonObject) -> JsonObject:
    both = dict(left)
    for name, schema in right.items():
        known = both.get(name)
        both[name] = {"allOf": [known, schema]} if isinstance(known, dict) and known != schema else schema
    return both


def _merge_lists(key: str, left: list[JsonValue], right: list[JsonValue]) -> JsonValue:
    if key in ("enum", "type"):
        common = [item for item in left if item in right]
        if key == "type" and "integer" in left + right and "number" in left + right:
            common.append("integer")
        return common
    if key == "required":
        return list(dict.fromkeys([*left, *right]))
    return [*left, *right] if key == "allOf" else right


def _as_list(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else [value]
