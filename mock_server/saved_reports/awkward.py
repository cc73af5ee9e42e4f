"""Awkward cells: values that break careless CSV writers and readers, and where they are placed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .catalogue import Record
from .fixture import read_fixture
from .queries import read_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from .catalogue import Dataset, Entity
    from .fixture import FixtureError, Part
    from .queries import Definition


@dataclass(frozen=True, slots=True)
class AwkwardCell:
    """A value that the rows of one report must show.

    Attributes:
        kind: what is awkward about it.
        report: the id of the report.
        column: the dimension that it is a value of.
        value: the value; None for null.
        entity: the entity that gives the dimension.
        record: the whole record, with the entity's other dimensions.
        part: its place in the fixture.
    """

    kind: str
    report: str
    column: str
    value: str | None
    entity: str
    record: Record
    part: Part

    def missing(self) -> FixtureError:
        """The error that a report does not show it."""
        return self.part.error(f"no row of the report shows it: is {self.column!r} filtered or cut off?")


def load_awkward(
    folder: Path, definitions: Mapping[str, Definition], datasets: Mapping[str, Dataset]
) -> tuple[AwkwardCell, ...]:
    """The cells of `awkward_cells.yaml`.

    Raises:
        FixtureError: the file cannot be used, or a cell is placed where nothing can show it.
    """
    cells = read_fixture(folder / "awkward_cells.yaml").fields(["cells"])["cells"].items()
    return tuple(_read_cell(part, definitions, datasets) for part in cells)


def extra_records(cells: Sequence[AwkwardCell]) -> dict[tuple[str, str], list[Record]]:
    """The records of the cells, by report id and entity name."""
    extra: dict[tuple[str, str], list[Record]] = {}
    for cell in cells:
        extra.setdefault((cell.report, cell.entity), []).append(cell.record)
    return extra


def _read_cell(
    part: Part, definitions: Mapping[str, Definition], datasets: Mapping[str, Dataset]
) -> AwkwardCell:
    members = part.fields(["kind", "report", "column", "value"], ["with"])
    report = read_id(members["report"])
    if report not in definitions:
        raise members["report"].error(f"unknown report {report}")
    query = definitions[report].query
    column = members["column"].one_of(query.dimensions, "dimension of the report's query")
    entity = datasets[query.dataset].owners[column]
    value = members["value"].text_or_null()
    others = members["with"].entries() if "with" in members else {}
    fields = {column: value, **{name: item.text_or_null() for name, item in others.items()}}
    _check_fields(part, entity, fields)
    return AwkwardCell(members["kind"].text(), report, column, value, entity.name, Record(fields), part)


def _check_fields(part: Part, entity: Entity, fields: Mapping[str, str | None]) -> None:
    """The record must have just the fields that the entity's other records have."""
    if entity.source != "values":
        raise part.error(f"{entity.name!r} takes no values of its own")
    if set(fields) != set(entity.records[0].fields):
        raise part.error(f"a record of {entity.name!r} has the fields {', '.join(entity.records[0].fields)}")
