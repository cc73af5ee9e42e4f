"""Facts: the generated events that a query is run over."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import blake2b
from itertools import accumulate
from typing import TYPE_CHECKING, TypeAlias

from .catalogue import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from random import Random

    from .catalogue import Dataset, Entity
    from .queries import Definition

Fields: TypeAlias = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class World:
    """What all reports share.

    Attributes:
        seed: another seed gives other ids and other facts.
        people: full names.
        extra: by report id and entity name, records that only this report has.
    """

    seed: int
    people: Sequence[str]
    extra: Mapping[tuple[str, str], Sequence[Record]]


@dataclass(frozen=True, slots=True)
class Fact:
    """One event or a batch of like ones: its fields, and how many it stands for."""

    fields: Fields
    size: int


def digest(*parts: object) -> str:
    """32 hex digits that stand for the parts; the same on every machine and in every process."""
    return blake2b("\0".join(map(str, parts)).encode(), digest_size=16).hexdigest()


def make_facts(
    definition: Definition, dataset: Dataset, needed: set[str], world: World, random: Random
) -> Iterator[Fact]:
    """The facts of one report.

    Args:
        definition: the report.
        dataset: the dataset of its query.
        needed: the fields that the facts must have; more may come along.
        world: what all reports share.
        random: where chance comes from; it is used up in a fixed order.
    """
    entities = [entity for entity in dataset.entities if not needed.isdisjoint(entity.fields)]
    pools = {entity.name: _make_pool(entity, definition, dataset, world) for entity in entities}
    counted = pools.get(dataset.counts or "")
    low, high = dataset.batch
    for number in range(definition.facts):
        chosen: dict[str, int] = {}
        fields: Fields = {}
        for entity in entities:
            pool = pools[entity.name]
            index = number if pool is counted else pool.choose(chosen.get(entity.fixed_by or ""), random)
            chosen[entity.name] = index
            fields |= pool.records[index].fields
        yield Fact(fields, 1 if counted else low + int(random.random() * (high - low + 1)))


@dataclass(slots=True)
class _Pool:
    """The records of one entity; the first `owed` choices go to the last records, in turn."""

    records: Sequence[Record]
    owed: int
    limits: list[float]
    fixed: dict[int, int] = field(default_factory=dict)

    def choose(self, fixer: int | None, random: Random) -> int:
        """The index of a record: the same one each time for the same `fixer`, if there is a fixer."""
        if fixer is not None and fixer in self.fixed:
            return self.fixed[fixer]
        if self.owed:
            index = len(self.records) - self.owed
            self.owed -= 1
        else:
            index = bisect(self.limits, random.random() * self.limits[-1], 0, len(self.limits) - 1)
        if fixer is not None:
            self.fixed[fixer] = index
        return index


def _make_pool(entity: Entity, definition: Definition, dataset: Dataset, world: World) -> _Pool:
    extra = world.extra.get((definition.id, entity.name), ())
    if entity.source == "values":
        plain = [_with_ids(entity, record, world.seed) for record in (*entity.records, *extra)]
    else:
        count = definition.facts if entity.name == dataset.counts else entity.count
        plain = [Record(fields) for fields in _made(entity, count, definition, world)]
    return _Pool(plain, len(extra), list(accumulate(record.weight for record in plain)))


def _with_ids(entity: Entity, record: Record, seed: int) -> Record:
    """The record with its ids, which follow from its other fields: every report shows the same."""
    code = digest(seed, entity.name, *record.fields.values())
    ids = {name: prefix + code for name, prefix in entity.ids.items()}
    return Record({**ids, **record.fields}, record.weight)


def _made(entity: Entity, count: int, definition: Definition, world: World) -> Iterator[Fields]:
    match entity.source:
        case "days":
            for day in _days(definition):
                yield dict.fromkeys(entity.dimensions, day)
        case "people":
            for name in world.people[:count]:
                yield dict.fromkeys(entity.dimensions, name)
        case _:
            for index in range(count):
                code = digest(world.seed, definition.id, entity.name, index)
                yield {name: prefix + code for name, prefix in entity.ids.items()}


def _days(definition: Definition) -> list[str]:
    """The days that the time range touches, as they are called where its start is."""
    start = definition.query.start
    last = (definition.query.end.astimezone(start.tzinfo) - timedelta(microseconds=1)).date()
    return [
        (start.date() + timedelta(days=number)).isoformat()
        for number in range((last - start.date()).days + 1)
    ]
