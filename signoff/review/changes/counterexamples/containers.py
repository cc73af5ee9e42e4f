"""Values inside values: what stands where a difference is, and the same whole with another value there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.review.changes.sets.merging import matches

if TYPE_CHECKING:
    from collections.abc import Sequence

    from signoff.contract.json_value import JsonValue
    from signoff.review.changes.sets.difference import Step


def found_at(whole: JsonValue, steps: Sequence[Step]) -> JsonValue:
    """What stands at the end of the steps.

    Raises:
        LookupError: nothing does.
    """
    for step in steps:
        key = _key(whole, step)
        if key is not None:
            whole = whole[key]  # type: ignore[index]
    return whole


def with_value_at(whole: JsonValue, steps: Sequence[Step], value: JsonValue) -> JsonValue:
    """A copy with another value at the end of the steps.

    Raises:
        LookupError: the way there ends before.
    """
    if not steps:
        return value
    key = _key(whole, steps[0])
    if key is None:
        return with_value_at(whole, steps[1:], value)
    if len(steps) == 1 and isinstance(whole, dict):
        return {**whole, str(key): value}
    inner = with_value_at(whole[key], steps[1:], value)  # type: ignore[index]
    if isinstance(whole, dict):
        return {**whole, str(key): inner}
    assert isinstance(whole, list)  # noqa: S101 - the caller has seen to it
    assert isinstance(key, int)  # noqa: S101 - the caller has seen to it
    return [*whole[:key], inner, *whole[key + 1 :]]


def _key(whole: JsonValue, step: Step) -> str | int | None:
    """The member that a step leads to; None where it stays at the same value."""
    if step.kind == "same":
        return None
    if isinstance(whole, list):
        index = int(step.name) if step.kind == "prefix" else len(step.before.prefix)
        if step.kind in ("item", "prefix") and index < len(whole):
            return index
    elif isinstance(whole, dict):
        if step.kind == "property":
            return step.name
        for name in whole:
            if step.kind == "pattern" and matches(step.name, name):
                return name
            if step.kind == "extra" and name not in step.before.properties:
                return name
    raise LookupError(step.kind)
