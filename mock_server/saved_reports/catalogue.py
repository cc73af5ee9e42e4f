"""The catalogue: what the datasets hold, read from `datasets.yaml` and `values.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .fixture import read_fixture
from .measures import read_measure

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from .fixture import Part
    from .measures import Measure

_SOURCES = ("values", "made", "people", "days")


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that facts can refer to: its fields, and how often it is chosen beside others."""

    fields: Mapping[str, str | None]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Entity:
    """Dimensions whose values belong together, such as an agent's id and name.

    Attributes:
        name: its name in the fixture.
        dimensions: the dimensions that it gives.
        source: where its records come from: `values`, `made`, `people` or `days`.
        count: how many records there are, for `made` and `people`.
        records: the records, for `values`.
        ids: the dimensions that hold generated ids, and the prefix of each.
        fixed_by: the entity whose record decides which record of this one is chosen.
    """

    name: str
    dimensions: tuple[str, ...]
    source: str
    count: int
    records: tuple[Record, ...]
    ids: Mapping[str, str]
    fixed_by: str | None

    @property
    def fields(self) -> tuple[str, ...]:
        """The dimensions, then the fields of its records that no report shows."""
        hidden = self.records[0].fields if self.records else ()
        return (*self.dimensions, *(name for name in hidden if name not in self.dimensions))


@dataclass(frozen=True, slots=True)
class Dataset:
    """What can be asked of one dataset.

    Attributes:
        name: its name in a query.
        entities: the entities that each of its facts refers to, a fixing one before the fixed.
        measures: its measures by name, each after those that it is made from.
        counts: the entity of which each fact is one of its own, if there is such a one.
        batch: how many things a fact stands for, from and to, where no counted thing is shown.
    """

    name: str
    entities: tuple[Entity, ...]
    measures: Mapping[str, Measure]
    counts: str | None
    batch: tuple[int, int]

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The names of its dimensions."""
        return tuple(name for entity in self.entities for name in entity.dimensions)

    @property
    def owners(self) -> dict[str, Entity]:
        """Each field of a fact, and the entity that it comes from."""
        return {name: entity for entity in self.entities for name in entity.fields}


def load_datasets(folder: Path) -> dict[str, Dataset]:
    """The datasets by name.

    Args:
        folder: where `datasets.yaml` and `values.yaml` are.

    Raises:
        FixtureError: one of the two cannot be used.
    """
    values = read_fixture(folder / "values.yaml").entries()
    members = read_fixture(folder / "datasets.yaml").fields(["entities", "datasets"])
    parts = members["entities"].entries()
    entities = {name: _read_entity(name, part, values, parts) for name, part in parts.items()}
    return {name: _read_dataset(name, part, entities) for name, part in members["datasets"].entries().items()}


def _read_entity(name: str, part: Part, values: Mapping[str, Part], names: Collection[str]) -> Entity:
    members = part.fields(["dimensions"], [*_SOURCES, "ids", "fixed_by"])
    sources = [source for source in _SOURCES if source in members]
    if len(sources) != 1:
        raise part.error(f"an entity has exactly one of {', '.join(_SOURCES)}")
    source = sources[0]
    dimensions = tuple(item.text() for item in members["dimensions"].items(1))
    ids = members["ids"].entries() if "ids" in members else {}
    prefixes = {key: item.text() for key, item in ids.items()}
    shown = tuple(dimension for dimension in dimensions if dimension not in prefixes)
    records: tuple[Record, ...] = ()
    count = 0
    if source == "values":
        records = _read_records(values[members[source].one_of(values, "list in values.yaml")], shown)
    elif source != "days":
        count = members[source].integer(1, 10_000)
    fixed_by = members["fixed_by"].one_of(names, "entity") if "fixed_by" in members else None
    return Entity(name, dimensions, source, count, records, prefixes, fixed_by)


def _read_records(part: Part, dimensions: tuple[str, ...]) -> tuple[Record, ...]:
    """The records of one list, which all have the same fields."""
    records = [_read_record(item, dimensions) for item in part.items(1)]
    for item, record in zip(part.items(), records, strict=True):
        if set(record.fields) != set(records[0].fields):
            raise item.error(f"this record and the first have different fields: {', '.join(record.fields)}")
    return tuple(records)


def _read_record(part: Part, dimensions: tuple[str, ...]) -> Record:
    if not isinstance(part.value, dict):
        if len(dimensions) != 1:
            raise part.error(f"this must be a mapping with {', '.join(dimensions)}")
        return Record({dimensions[0]: part.text_or_null()})
    entries = part.entries()
    weight = entries.pop("weight").number() if "weight" in entries else 1.0
    if missing := [name for name in dimensions if name not in entries]:
        raise part.error(f"{missing[0]!r} is missing")
    return Record({name: item.text_or_null() for name, item in entries.items()}, weight)


def _read_dataset(name: str, part: Part, entities: Mapping[str, Entity]) -> Dataset:
    members = part.fields(["entities", "measures", "batch"], ["counts"])
    names = members["entities"].distinct(entities, "entity", 1, 30)
    chosen = tuple(entities[item] for item in names)
    for index, entity in enumerate(chosen):
        if entity.fixed_by in names[index:]:
            raise members["entities"].error(f"{entity.fixed_by!r} must stand before {entity.name!r}")
    counts = members["counts"].one_of(names, "entity of this dataset") if "counts" in members else None
    low, high = (item.integer(1, 10_000) for item in members["batch"].items(2, 2))
    if low > high:
        raise members["batch"].error(f"{low} is above {high}")
    fields = {field for entity in chosen for field in entity.fields}
    measures: dict[str, Measure] = {}
    for key, item in members["measures"].entries().items():
        measures[key] = read_measure(item, measures, fields)
    return Dataset(name, chosen, measures, counts, (low, high))
