"""Compares annotations of schemas: defaults, `readOnly`, `deprecated`, discriminators and the like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.contract.json_value import as_list
from signoff.review.changes.sets.difference import Difference, Effect
from signoff.review.changes.sets.shape import canonical
from signoff.review.promises import INTERNAL, STABILITY, lowered_or_raised, stated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from signoff.contract.json_value import JsonValue
    from signoff.review.changes.sets.shape import Normal


def compared(before: Normal, after: Normal) -> Iterator[Difference]:
    """The differences between the annotations of two schemas."""

    def reported(aspect: str, keyword: str, effect: Effect, detail: str) -> Difference:
        places = [
            side.notes[keyword].pointer if keyword in side.notes else side.pointer for side in (before, after)
        ]
        return Difference(aspect, effect, detail, places[0], places[1])

    default = _changed(before, after, "default")
    if default:
        yield reported("default", "default", Effect.CHANGED, default)
    for keyword, aspect in (("readOnly", "read-only"), ("writeOnly", "write-only"), ("deprecated",) * 2):
        old, new = (
            side.notes[keyword].value is True if keyword in side.notes else False for side in (before, after)
        )
        if old != new:
            said = "is now" if new else "is no longer"
            effect = Effect.NARROWED if new else Effect.WIDENED
            yield reported(aspect, keyword, effect, f"{said} {keyword}")
    marks = [{key: note.value for key, note in side.notes.items()} for side in (before, after)]
    for step in lowered_or_raised(*map(stated, marks)):
        keys = (INTERNAL,) if step.aspect == "internal" else STABILITY
        keyword = next(key for key in keys if key in marks[0] or key in marks[1])
        effect = Effect.NARROWED if step.is_lower else Effect.WIDENED
        yield reported(step.aspect, keyword, effect, step.detail)
    yield from _known_values(before, after, reported)
    yield from _discriminator(before, after, reported)
    if _changed(before, after, "xml"):
        yield reported("xml", "xml", Effect.CHANGED, "is serialized differently in XML")


def _changed(before: Normal, after: Normal, keyword: str) -> str:
    """How the value of an annotation changed; empty if it did not."""
    shown = [
        canonical(side.notes[keyword].value) if keyword in side.notes else "" for side in (before, after)
    ]
    if shown[0] == shown[1]:
        return ""
    if not shown[0]:
        return f"now has {keyword} {shown[1]}"
    change = f"has {keyword} {shown[1]} instead of {shown[0]}"
    return change if shown[1] else f"no longer has {keyword} {shown[0]}"


def _known_values(before: Normal, after: Normal, reported: Callable[..., Difference]) -> Iterator[Difference]:
    """Compare the lists of `x-extensible-enum`, which are open: clients must expect other values."""
    keyword = "x-extensible-enum"
    old, new = (
        {canonical(value) for value in as_list(side.notes[keyword].value)} if keyword in side.notes else set()
        for side in (before, after)
    )
    if keyword in before.notes and keyword in after.notes:
        if gone := sorted(old - new):
            yield reported("known-values", keyword, Effect.NARROWED, f"no longer lists {', '.join(gone)}")
        if come := sorted(new - old):
            yield reported("known-values", keyword, Effect.WIDENED, f"now lists {', '.join(come)}")


def _discriminator(
    before: Normal, after: Normal, reported: Callable[..., Difference]
) -> Iterator[Difference]:
    old, new = (
        _mapping(side.notes["discriminator"].value) if "discriminator" in side.notes else None
        for side in (before, after)
    )
    if old is None or new is None:
        if old is not new:
            effect, said = (Effect.NARROWED, "has a new") if new else (Effect.WIDENED, "no longer has a")
            yield reported("discriminator", "discriminator", effect, f"{said} discriminator")
        return
    if old[0] != new[0]:
        detail = f"has the discriminator property `{new[0]}` instead of `{old[0]}`"
        yield reported("discriminator", "discriminator", Effect.CHANGED, detail)
    if gone := sorted(old[1] - new[1]):
        yield reported(
            "mapping", "discriminator", Effect.NARROWED, f"no longer maps the value {', '.join(gone)}"
        )
    if come := sorted(new[1] - old[1]):
        yield reported("mapping", "discriminator", Effect.WIDENED, f"now maps the value {', '.join(come)}")


def _mapping(value: JsonValue) -> tuple[str, set[str]]:
    if not isinstance(value, dict):
        return "", set()
    mapping = value.get("mapping")
    return str(value.get("propertyName", "")), set(mapping) if isinstance(mapping, dict) else set()
