"""A value put right by what the validator says is wrong with it: the last resort before giving up."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from signoff.contract.pointer import resolve, split
from signoff.mock.generate.builder import Place
from signoff.mock.generate.errors import CannotGenerateError

if TYPE_CHECKING:
    from signoff.contract import Direction, Schema, Violation
    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.mock.generate.builder import Walk

_ROUNDS = 12


def repaired(value: JsonValue, schema: Schema, direction: Direction, walk: Walk) -> tuple[JsonValue, str]:
    """The value with each violated part made anew, and what is still wrong; empty where nothing is.

    Raises:
        ExhaustedError: too many parts were tried.
    """
    value = copy.deepcopy(value)
    reason = ""
    for _ in range(_ROUNDS):
        violations = schema.violations(value, direction)
        if not violations:
            return value, ""
        first = violations[0]
        reason = f"{first.pointer or 'the value'}: {first.message}"
        try:
            value = _mended(value, first, walk)
        except (CannotGenerateError, LookupError):
            return value, reason
    return value, reason


def _mended(value: JsonValue, violation: Violation, walk: Walk) -> JsonValue:
    """The value after one change that should do away with the violation."""
    tokens = split(violation.pointer)
    part = resolve(value, violation.pointer)
    around = _around(violation, walk)
    if violation.keyword in ("additionalProperties", "unevaluatedProperties", "falseSchema", "propertyNames"):
        return _without_extras(value, tokens, part, around)
    if violation.keyword == "required" and isinstance(part, dict):
        wanted = around.get("required")
        for name in wanted if isinstance(wanted, list) else []:
            properties = around.get("properties")
            known = properties.get(str(name), True) if isinstance(properties, dict) else True
            if name not in part and not walk.is_hidden(known):
                part[str(name)] = walk.value(known, Place(name=str(name)))
        return value
    return _put(value, tokens, walk.value(around, Place(name=tokens[-1] if tokens else "")))


def _around(violation: Violation, walk: Walk) -> JsonObject:
    """The schema that the violated keyword stands in."""
    pointer = violation.schema_pointer.rpartition("/")[0]
    found = walk.branches.schemas.at(pointer)
    if not isinstance(found, dict):
        raise CannotGenerateError(violation.message)
    return found


def _without_extras(value: JsonValue, tokens: list[str], part: JsonValue, around: JsonObject) -> JsonValue:
    known = around.get("properties")
    if isinstance(part, dict) and isinstance(known, dict):
        for name in [name for name in part if name not in known]:
            del part[name]
        return value
    if not tokens:
        raise CannotGenerateError("the schema admits nothing")
    holder = resolve(
        value, "".join(f"/{token.replace('~', '~0').replace('/', '~1')}" for token in tokens[:-1])
    )
    if isinstance(holder, dict):
        holder.pop(tokens[-1], None)
    elif isinstance(holder, list):
        holder.pop(int(tokens[-1]))
    return value


def _put(value: JsonValue, tokens: list[str], part: JsonValue) -> JsonValue:
    if not tokens:
        return part
    holder = value
    for token in tokens[:-1]:
        holder = holder[int(token)] if isinstance(holder, list) else holder[token]  # type: ignore[index]
    if isinstance(holder, list):
        holder[int(tokens[-1])] = part
    elif isinstance(holder, dict):
        holder[tokens[-1]] = part
    return value
