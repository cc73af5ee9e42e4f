"""The members that all generated values of a schema have, where that is plain to see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.contract.json_value import as_list
from signoff.generate.strings import is_sure
from signoff.generate.suitability import PLAIN

if TYPE_CHECKING:
    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.generate.builder import Builder

_MOST = 40  # members: while there are few, there is room for all of them
_OF_OBJECTS = PLAIN | {"properties", "required", "additionalProperties"}
_OF_ARRAYS = PLAIN | {"items"}
_OF_TEXTS = PLAIN | {"format"}
_DEEPEST = 4


def sure_members(walk: Builder, raw: JsonObject) -> tuple[str, ...] | None:
    """The members of each object that is made for a schema, in order; None if they are not sure.

    Only what can't fail to be made is sure: no conditions, no alternatives, no limits that may not be met.
    """
    flat = _sole(walk, raw)
    if flat is None or not flat.keys() <= _OF_OBJECTS:
        return None
    facts = walk.facts.of(flat)
    if facts.kinds != ("object",) or facts.examples or not 0 < len(facts.shown) <= _MOST:
        return None
    is_whole = set(facts.required) - facts.hidden <= set(facts.shown)
    if not is_whole or not all(_is_sure(walk, facts.properties[name], 1) for name in facts.shown):
        return None
    return facts.shown


def _is_sure(walk: Builder, raw: JsonValue, depth: int) -> bool:
    """Whether a value for the schema of a member can't fail to be made."""
    flat = _sole(walk, raw) if isinstance(raw, dict) and depth <= _DEEPEST else None
    if flat is None:
        return False
    facts = walk.facts.of(flat)
    if facts.lists_values:
        is_text = facts.kinds == ("string",) and flat.keys() <= PLAIN | {"enum"}
        return is_text and all(isinstance(option, str) for option in as_list(flat.get("enum")))
    match facts.kinds:
        case ("string",):
            return flat.keys() <= _OF_TEXTS and is_sure(facts.form)
        case ("integer",) | ("number",):
            return flat.keys() <= _OF_TEXTS
        case ("boolean",):
            return flat.keys() <= PLAIN
        case ("array",):
            return flat.keys() <= _OF_ARRAYS and _is_sure(walk, flat.get("items"), depth + 1)
    return False


def _sole(walk: Builder, raw: JsonObject) -> JsonObject | None:
    if walk.suitability.has_to_be_checked(raw):
        return None
    return walk.branches.sole(raw)
