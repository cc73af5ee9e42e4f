"""Texts that have to be read as another type, where a schema admits several.

Forms, XML and parameters are text. Under `anyOf: [{type: integer}, {enum: [now]}]`, `7` is the integer and
`now` the string: which one is meant shows only when the text does not fit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.contract.coercion import coerce
from signoff.contract.pointer import split
from signoff.contract.schemas import Direction

if TYPE_CHECKING:
    from signoff.contract.json_value import JsonValue
    from signoff.contract.schemas import Schema

_ROUNDS = 4
_OTHERS = frozenset(("integer", "number", "boolean"))


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
