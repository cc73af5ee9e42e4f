"""Compares the alternatives of two revisions: disjoint ones, probable pairs, differences of only one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from signoff.review.changes.sets.difference import IN_ALTERNATIVE
from signoff.review.changes.sets.merging import disjoint
from signoff.review.changes.sets.shape import Shape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from signoff.review.changes.sets.difference import Difference
    from signoff.review.changes.sets.pairs import Option, Pair


def name_alternatives(pair: Pair, taken: list[tuple[str, Difference]]) -> None:
    """Add the name of the alternative to differences that occur in only one."""
    names: dict[tuple[str | None, str | None, str], set[str]] = {}
    for label, difference in taken:
        names.setdefault((difference.before, difference.after, difference.detail), set()).add(label)
    for index, difference in enumerate(pair.found):
        held = names.get((difference.before, difference.after, difference.detail), set())
        if len(held) == 1 and (name := held.pop()):
            said = f"{difference.detail}{IN_ALTERNATIVE}`{name.rpartition('/')[2]}`"
            pair.found[index] = replace(difference, detail=said)


def is_apart(option: Option, others: Sequence[Option], besides: int = -1) -> bool:
    """Whether an alternative is disjoint from all on the other side, except the one at a position."""
    return all(
        isinstance(option, Shape) and isinstance(other, Shape) and disjoint(option, other)
        for index, other in enumerate(others)
        if index != besides
    )


def look_alike(one: Option, other: Option) -> bool:
    """Whether two alternatives are probably two revisions of the same one."""
    if one.label or other.label:
        return False
    if not (isinstance(one, Shape) and isinstance(other, Shape)):
        return True
    mine, theirs = set(one.properties), set(other.properties)
    return bool(mine & theirs) or (not mine and not theirs and (one.values is None) == (other.values is None))
