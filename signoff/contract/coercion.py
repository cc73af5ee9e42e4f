"""From a text to a value of the types that a schema speaks of.

Forms, XML and parameters are text. Under `anyOf: [{type: integer}, {enum: [now]}]`, `7` is the integer and
`now` the string: which one is meant shows only when the text does not fit (`retyped`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from signoff.contract import json_value
from signoff.contract.pointer import split
from signoff.contract.schemas import Direction

if TYPE_CHECKING:
    from signoff.contract.json_value import JsonValue
    from signoff.contract.schemas import Schema

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,300})")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,300})(\.[0-9]+)?([eE][-+]?[0-9]{1,3})?")
_ROUNDS = 4
_OTHERS = frozenset(("integer", "number", "boolean"))


def coerce(text: str, kinds: frozenset[str]) -> JsonValue:
    """The value that `text` stands for under the given types; the text itself where none fits."""
    if "string" in kinds or not kinds:
        return text
    if "integer" in kinds and _INTEGER.fullmatch(text):
        return int(text)
    if ("number" in kinds or "integer" in kinds) and _NUMBER.fullmatch(text):
        return float(text)
    if "boolean" in kinds and text in ("true", "false"):
        return text == "true"
    if "null" in kinds and text in ("", "null"):
        return None
    if (text[:1] == "{" and "object" in kinds) or (text[:1] == "[" and "array" in kinds):
        return _structured(text)
    return text


def _structured(text: str) -> JsonValue:
    """An object or list inside a list or form, which no style has a way to write but JSON."""
    try:
        return json_value.parse_text(text)
    except json_value.JsonSyntaxError:
        return text


def retyped(value: JsonValue, schema: Schema) -> JsonValue:
    """A value read from text, its parts of other types where they break the schema as text.

    Returns:
        A value that satisfies the schema, or `value` itself where none was found.
    """
    found = value
    for _ in range(_ROUNDS):
        violations = schema.violations(found, Direction.REQUEST)
        if not violations:
            return found
        before = found
        for place in dict.fromkeys(violation.pointer for violation in violations):
            found = _replaced(found, split(place))
        if found == before:
            break
    return value


def _replaced(whole: JsonValue, tokens: list[str]) -> JsonValue:
    """`whole` with another reading of the part that the tokens lead to."""
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
        # A list of one text may be that text: `a=` where a list or an empty string is admitted.
        return part[0] if part == [""] else [_another(item) for item in part]
    if isinstance(part, dict):
        return {name: _another(item) for name, item in part.items()}
    return part
