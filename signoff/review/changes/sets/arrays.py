"""The items of two alternatives that are arrays, compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.review.changes.sets.difference import Difference, Effect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.review.changes.sets.differ import Differ
    from signoff.review.changes.sets.parts import Conjunction
    from signoff.review.changes.sets.shape import Contains, Shape


def compared(
    differ: Differ, old: Shape, new: Shape, left: Conjunction, right: Conjunction
) -> Iterator[Difference]:
    """The differences between what two kinds of array hold."""
    for index in range(max(len(old.prefix), len(new.prefix))):
        if _reaches(old, index) and _reaches(new, index):
            pair = _at(old, index), _at(new, index)
            yield from differ.inner("prefix", str(index), (old, new), pair)
    yield from differ.inner("item", "", (old, new), (old.items, new.items))
    rest = list(new.contains)
    for one in old.contains:
        other = next((c for c in rest if _same(differ, one, c)), None) or next(iter(rest), None)
        if other is not None:
            rest.remove(other)
        if other is None or not _same(differ, one, other):
            yield _contains(one, other, old, new, left, right)
    for other in rest:
        yield _contains(None, other, old, new, left, right)


def _reaches(shape: Shape, index: int) -> bool:
    most = shape.facets.get("maxItems")
    return most is None or most.value > index


def _at(shape: Shape, index: int) -> Conjunction:
    return shape.prefix[index] if index < len(shape.prefix) else shape.items


def _same(differ: Differ, one: Contains, other: Contains) -> bool:
    return (one.least, one.most) == (other.least, other.most) and not differ.differences(
        one.schema, other.schema
    )


def _contains(
    one: Contains | None,
    other: Contains | None,
    old: Shape,
    new: Shape,
    left: Conjunction,
    right: Conjunction,
) -> Difference:
    effect = Effect.NARROWED if one is None else Effect.WIDENED if other is None else Effect.CHANGED
    said = {Effect.NARROWED: "must now contain", Effect.WIDENED: "no longer has to contain"}
    return Difference(
        "contains",
        effect,
        f"{said.get(effect, 'must contain other')} certain items",
        one.pointer if one else old.pointer,
        other.pointer if other else new.pointer,
        left,
        right,
        is_certain=False,
    )
