"""Converts text to a value of the types that a schema allows.

Forms, XML and parameters are text. With `anyOf: [{type: integer}, {enum: [now]}]`, `7` is the integer and
`now` the string; `retyped` tries other types if the text does not match.
"""

from __future__ import annotations

import re
from math import isfinite
from typing import TYPE_CHECKING

from signoff.contract import json_value
from signoff.contract.pointer import split
from signoff.contract.schemas import Direction

if TYPE_CHECKING:
    from signoff.contract.json_value import JsonValue
    from signoff.contract.schemas import Schema

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,4000})")
# Longer than any floating-point number.
_LONG = 300
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,300})(\.[0-9]+)?([eE][-+]?[0-9]{1,3})?")
_ROUNDS = 4
_OTHERS = frozenset(("integer", "number", "boolean"))


def coerce(text: str, kinds: frozenset[str]) -> JsonValue:
    """`text` as one of the given types; the text itself if none matches."""
    if "string" in kinds or not kinds:
        return text
    is_whole = "integer" in kinds or ("number" in kinds and len(text) > _LONG)
    if is_whole and _INTEGER.fullmatch(text):
        return int(text)
    if ("number" in kinds or "integer" in kinds) and _NUMBER.fullmatch(text):
        number = float(text)
        return number if isfinite(number) else text
    if "boolean" in kinds and text in ("true", "false"):
        return text == "true"
    if "null" in kinds and text in ("", "null"):
        return None
    if (text[:1] == "{" and "object" in kinds) or (text[:1] == "[" and "array" in kinds):
        return _structured(text)
    return text


def _structured(text: str) -> JsonValue:
    """An object or list inside a list or form, written as JSON."""
    try:
        return json_value.parse_text(text)
    except json_value.JsonSyntaxError:
        return text


def retyped(value: JsonValue, schema: Schema, direction: Direction = Direction.REQUEST) -> JsonValue:
    """A value read from text, with parts converted to other types where the text does not match the schema.

    Returns:
        A value that matches the schema, or `value` itself if there is none.
    """
    found = value
    for _ in range(_ROUNDS):
        violations = schema.violations(found, direction)
        if not violations:
            return found
        before = found
        for place in dict.fromkeys(violation.pointer for violation in violations):
            found = _replaced(found, split(place))
        if found == before:
            break
    return value


def _replaced(whole: JsonValue, tokens: list[str]) -> JsonValue:
    """`whole` with another type for the part at `tokens`."""
    if not tokens:
        return _another(whole)
    token, *rest = tokens
    if isinstance(whole, dict) and token in whole:
        return {**whole, token: _replaced(whole[token], rest)}
    if isinstance(whole, list) and token.isdecimal() and int(token) < len(whole):
        index = int(token)
        return [*whole[:index], _replaced(whole[index], rest), *whole[index + 1 :]]
    return whole


def _another(part: JsonValue) -> JsonValue:
    if isinstance(part, str):
        return coerce(part, _OTHERS)
    if isinstance(part, list):
        # `a=` may be a list of one empty string, or an empty string.
        return part[0] if part == [""] else [_another(item) for item in part]
    if isinstance(part, dict):
        return {name: _another(item) for name, item in part.items()}
    return part
