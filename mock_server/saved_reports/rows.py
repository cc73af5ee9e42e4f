"""From a query to its rows: facts are filtered, grouped, added up, sorted and cut off."""

from __future__ import annotations

from hashlib import blake2b
from operator import itemgetter
from random import Random
from typing import TYPE_CHECKING, TypeAlias

from .facts import make_facts
from .measures import Average, Count, Draw, Share, Total, conditions, references

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .catalogue import Dataset
    from .facts import Fact, World
    from .measures import Additive, Condition, Measure
    from .queries import Definition, Order

Cell: TypeAlias = str | int | float | None
Row: TypeAlias = tuple[Cell, ...]


def make_rows(definition: Definition, dataset: Dataset, world: World) -> tuple[Row, ...]:
    """The rows of a report, in its order and within its limit.

    Args:
        definition: the report.
        dataset: the dataset of its query.
        world: what all reports share.

    Returns:
        A cell for each column of the query. The same arguments always give the same rows.
    """
    query = definition.query
    measures = _needed_measures(query.measures, dataset.measures)
    additive = {name: item for name, item in measures.items() if isinstance(item, Count | Draw | Share)}
    tested = {item.field for measure in measures.values() for item in conditions(measure)}
    filtered = {item.field for item in query.filters}
    code = blake2b(f"{world.seed}\0{definition.id}".encode(), digest_size=8).digest()
    random = Random(int.from_bytes(code))  # noqa: S311 - generated values, no secrets
    groups: dict[tuple[str | None, ...], dict[str, int]] = {}
    for fact in make_facts(definition, dataset, {*query.dimensions, *tested, *filtered}, world, random):
        amounts = _amounts(fact, additive, random)
        if all(item.keeps(fact.fields[item.field]) for item in query.filters):
            key = tuple(fact.fields[name] for name in query.dimensions)
            sums = groups.setdefault(key, dict.fromkeys(additive, 0))
            for name, amount in amounts.items():
                sums[name] += amount
    rows = [
        (*key, *(_result(name, measures, sums) for name in query.measures)) for key, sums in groups.items()
    ]
    return tuple(_sorted(rows, query.columns, query.order_by)[: query.limit])


def _needed_measures(asked: Iterable[str], measures: Mapping[str, Measure]) -> dict[str, Measure]:
    """The measures asked for and those that they are made from, in the order of the dataset."""
    needed = set(asked)
    for name in reversed(list(measures)):
        if name in needed:
            needed.update(references(measures[name]))
    return {name: measure for name, measure in measures.items() if name in needed}


def _amounts(fact: Fact, additive: Mapping[str, Additive], random: Random) -> dict[str, int]:
    """What the fact adds to each measure. Chance is used alike whether or not a condition holds."""
    amounts: dict[str, int] = {}
    for name, measure in additive.items():
        match measure:
            case Count(where=where):
                amount = fact.size
            case Draw(low=low, high=high, decimals=decimals, where=where):
                one = low + (high - low) * random.random() ** 2
                amount = round(fact.size * one * 10**decimals)
                amount = -amount if measure.minus and _holds(measure.minus, fact) else amount
            case Share(of=of, low=low, high=high, where=where):
                amount = int(amounts[of] * (low + (high - low) * random.random()))
        amounts[name] = amount if where is None or _holds(where, fact) else 0
    return amounts


def _holds(condition: Condition, fact: Fact) -> bool:
    return fact.fields[condition.field] == condition.value


def _result(name: str, measures: Mapping[str, Measure], sums: Mapping[str, int]) -> int | float | None:
    """The value of a measure over a group of facts."""
    match measures[name]:
        case Total(parts=parts):
            return sum(sums[part] for part in parts)
        case Average(of=of, over=over):
            count = sum(sums[part] for part in over)
            return round(sums[of] / count, 2) if count else None
        case Draw(decimals=decimals) if decimals:
            return round(sums[name] / float(10**decimals), decimals)
        case _:
            return sums[name]


def _sorted(rows: list[Row], columns: Sequence[str], order_by: Sequence[Order]) -> list[Row]:
    """The rows by the first order, ties by the next; nulls last whatever the direction."""
    for order in reversed(order_by):
        cell = itemgetter(columns.index(order.field))
        known = sorted((row for row in rows if cell(row) is not None), key=cell, reverse=order.descending)
        rows = [*known, *(row for row in rows if cell(row) is None)]
    return rows
