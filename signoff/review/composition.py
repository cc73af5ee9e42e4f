"""What the parts of a schema allow together: properties, types, numbers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from signoff.contract.json_value import KINDS, as_list

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.schemas import SchemaSet

# Beyond this, sums of floating-point numbers and integers overflow.
_LARGEST = 1e300
_BRANCHES = ("oneOf", "anyOf", "then", "else")
_COUNTS = tuple((f"min{of}", f"max{of}") for of in ("Length", "Items", "Properties", "Contains"))


def is_open(schema: JsonObject, schemas: SchemaSet) -> bool:
    """Whether a schema allows properties that it does not name, by pattern or in a branch."""
    return any(
        _allows_others(part)
        or any(not _is_explicit(branch, schemas) for keyword in _BRANCHES for branch in _under(part, keyword))
        for part in schemas.view(schema).every
    )


def _allows_others(part: JsonObject) -> bool:
    others = part.get("additionalProperties", part.get("unevaluatedProperties"))
    return others is True or isinstance(others, dict) or "patternProperties" in part


def _under(part: JsonObject, keyword: str) -> list[JsonObject]:
    held = part.get(keyword)
    return [branch for branch in as_list(held) or [held] if isinstance(branch, dict)]


def _is_explicit(branch: JsonObject, schemas: SchemaSet) -> bool:
    """Whether a branch is explicit about the properties of its values."""
    return bool(schemas.view(branch).properties) or branch.get("type") == "null" or _only_requires(branch)


def _only_requires(branch: JsonObject) -> bool:
    """Whether a branch only requires properties, and defines none."""
    return set(branch) <= {"required", "not", "title", "description"} and bool(branch)


def kinds(schema: JsonObject) -> frozenset[str]:
    """The types that a schema's own `type` allows; all if it has none."""
    held = schema.get("type")
    named = frozenset(str(kind) for kind in as_list(held) or [held]) if held is not None else KINDS
    return named | {"integer"} if "number" in named else named


def common_kinds(among: Iterable[JsonObject]) -> frozenset[str]:
    """The types that all schemas allow."""
    found = KINDS
    for schema in among:
        found &= kinds(schema)
    return found


def conflicting_limits(among: Sequence[JsonObject], allowed: frozenset[str]) -> str:
    """Which limits no value can meet, as text; empty if some value can."""
    for low_name, high_name in _COUNTS:
        lows = [value for schema in among if (value := _number(schema.get(low_name))) is not None]
        highs = [value for schema in among if (value := _number(schema.get(high_name))) is not None]
        if lows and highs and max(lows) > min(highs):
            return f"`{low_name}` {_shown(max(lows))} exceeds `{high_name}` {_shown(min(highs))}"
    return _conflicting_numbers(among, allowed)


def _conflicting_numbers(among: Sequence[JsonObject], allowed: frozenset[str]) -> str:
    low, low_name, low_open = _bound(among, "minimum", "exclusiveMinimum", -1)
    high, high_name, high_open = _bound(among, "maximum", "exclusiveMaximum", 1)
    if low is None or high is None:
        return ""
    limits = f"`{low_name}` {_shown(low)} and `{high_name}` {_shown(high)}"
    if low > high:
        return f"`{low_name}` {_shown(low)} exceeds `{high_name}` {_shown(high)}"
    if low == high and (low_open or high_open):
        return f"no number is between {limits}"
    is_whole = "integer" in allowed and not allowed & {"number"}
    if is_whole and not _holds_multiple(low, high, 1, open_low=low_open, open_high=high_open):
        return f"no integer is between {limits}"
    for step in (_number(schema.get("multipleOf")) for schema in among):
        if step and step > 0 and not _holds_multiple(low, high, step, open_low=low_open, open_high=high_open):
            return f"no multiple of {_shown(step)} is between {limits}"
    return ""


def _bound(
    among: Iterable[JsonObject], closed: str, exclusive: str, sign: int
) -> tuple[float | None, str, bool]:
    """The tightest limit on one side, its keyword, and whether it is exclusive."""
    found = [
        (sign * value, keyword != exclusive, keyword)
        for schema in among
        for keyword in (closed, exclusive)
        if (value := _number(schema.get(keyword))) is not None
    ]
    if not found:
        return None, "", False
    value, is_closed, keyword = min(found)
    return sign * value, keyword, not is_closed


def _holds_multiple(low: float, high: float, step: float, *, open_low: bool, open_high: bool) -> bool:
    if max(-low, high, step) > _LARGEST or (high - low) >= 2 * step:
        return True
    first = math.ceil(low / step)
    candidates = [step * (first + index) for index in range(-1, 4)]
    tolerance = 1e-9 * max(abs(low), abs(high), step)
    return any(
        (value > low + tolerance if open_low else value >= low - tolerance)
        and (value < high - tolerance if open_high else value <= high + tolerance)
        for value in candidates
    )


def _number(value: JsonValue) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _shown(value: float) -> str:
    return str(int(value)) if abs(value) <= _LARGEST and value == int(value) else str(value)
