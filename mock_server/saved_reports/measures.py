"""Measures: how each number of a dataset comes about, as its fixture says it.

Three kinds are made for each fact and add up over a group of facts (`Count`, `Draw`, `Share`);
two follow from the sums of a group (`Total`, `Average`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from .fixture import Part


@dataclass(frozen=True, slots=True)
class Condition:
    """Facts whose `field` has `value`."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Count:
    """How many things the fact stands for; none unless it satisfies `where`."""

    where: Condition | None


@dataclass(frozen=True, slots=True)
class Draw:
    """A random amount from `low` to `high` for each thing, in units of 10 to the power of -`decimals`.

    Zero unless the fact satisfies `where`; negative where it satisfies `minus`.
    """

    low: float
    high: float
    decimals: int
    where: Condition | None
    minus: Condition | None


@dataclass(frozen=True, slots=True)
class Share:
    """A random part of another measure, from `low` to `high` of it; zero unless `where` holds."""

    of: str
    low: float
    high: float
    where: Condition | None


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of other measures."""

    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Average:
    """One measure divided by the sum of others, to two decimals; null where that sum is zero."""

    of: str
    over: tuple[str, ...]


Additive: TypeAlias = Count | Draw | Share
Measure: TypeAlias = Additive | Total | Average
_Reader: TypeAlias = "Callable[[Part, Collection[str], Collection[str]], Measure]"


def read_measure(part: Part, earlier: Mapping[str, Measure], fields: Collection[str]) -> Measure:
    """One measure.

    Args:
        part: its mapping in the fixture.
        earlier: the measures above it, which it may refer to.
        fields: the fields that a condition may test.

    Raises:
        FixtureError: it is none of the five kinds, or refers to what is not there.
    """
    kinds: dict[str, _Reader] = {
        "count": _count,
        "draw": _draw,
        "share_of": _share,
        "total": _total,
        "average": _average,
    }
    found = [kind for kind in kinds if kind in part.entries()]
    if len(found) != 1:
        raise part.error(f"a measure has exactly one of {', '.join(kinds)}")
    additive = [name for name, measure in earlier.items() if isinstance(measure, Additive)]
    return kinds[found[0]](part, additive, fields)


def references(measure: Measure) -> tuple[str, ...]:
    """The measures that a measure is made from."""
    match measure:
        case Share(of=of):
            return (of,)
        case Total(parts=parts):
            return parts
        case Average(of=of, over=over):
            return (of, *over)
        case _:
            return ()


def conditions(measure: Measure) -> list[Condition]:
    """The conditions that decide a measure."""
    match measure:
        case Draw(where=where, minus=minus):
            return [item for item in (where, minus) if item]
        case Count(where=where) | Share(where=where):
            return [where] if where else []
        case _:
            return []


def _count(part: Part, _earlier: Collection[str], fields: Collection[str]) -> Count:
    members = part.fields(["count"], ["where"])
    members["count"].one_of(["facts"], "thing to count")
    return Count(_condition(members.get("where"), fields))


def _draw(part: Part, _earlier: Collection[str], fields: Collection[str]) -> Draw:
    members = part.fields(["draw"], ["decimals", "where", "minus"])
    low, high = members["draw"].bounds()
    decimals = members["decimals"].integer(0, 6) if "decimals" in members else 0
    where, minus = (_condition(members.get(name), fields) for name in ("where", "minus"))
    return Draw(low, high, decimals, where, minus)


def _share(part: Part, earlier: Collection[str], fields: Collection[str]) -> Share:
    members = part.fields(["share_of", "between"], ["where"])
    low, high = members["between"].bounds()
    if high > 1:
        raise members["between"].error("a share is at most 1")
    of = members["share_of"].one_of(earlier, "measure above that adds up")
    return Share(of, low, high, _condition(members.get("where"), fields))


def _total(part: Part, earlier: Collection[str], _fields: Collection[str]) -> Total:
    members = part.fields(["total"])
    return Total(members["total"].distinct(earlier, "measure above that adds up", 1, 8))


def _average(part: Part, earlier: Collection[str], _fields: Collection[str]) -> Average:
    members = part.fields(["average", "over"])
    what = "measure above that adds up"
    return Average(members["average"].one_of(earlier, what), members["over"].distinct(earlier, what, 1, 8))


def _condition(part: Part | None, fields: Collection[str]) -> Condition | None:
    if part is None:
        return None
    entries = part.entries()
    if len(entries) != 1:
        raise part.error("a condition is one field and its value")
    ((name, value),) = entries.items()
    if name not in fields:
        raise value.error(f"{name!r} is not a field of this dataset")
    return Condition(name, value.text())
