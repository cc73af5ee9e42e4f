"""A saved report with its rows, ready to be exported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from .awkward import extra_records, load_awkward
from .catalogue import load_datasets
from .facts import World
from .people import make_people
from .queries import load_definitions
from .rows import make_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from .awkward import AwkwardCell
    from .catalogue import Dataset
    from .queries import Definition, Freshness
    from .rows import Row


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a report."""

    name: str
    kind: Literal["dimension", "measure"]


@dataclass(frozen=True, slots=True)
class SavedReport:
    """A saved report and the result of its query.

    Attributes:
        id: a UUID in lower case.
        name: as the report's owner called it.
        description: the owner's words about it, or None.
        forbidden: whether the caller may not see it.
        created_at: when it was saved first, RFC 3339.
        updated_at: when it was changed last, RFC 3339.
        as_of: when the data behind the rows was materialised, RFC 3339.
        freshness_lag_ms: how far that lags behind, None where it is null, `LEFT_OUT` where it is absent.
        columns: dimensions, then measures.
        rows: a cell for each column.
    """

    id: str
    name: str
    description: str | None
    forbidden: bool
    created_at: str
    updated_at: str
    as_of: str
    freshness_lag_ms: Freshness
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


def load_reports(folder: Path, *, seed: int = 0) -> Mapping[str, SavedReport]:
    """The saved reports of a fixtures folder, by their ids in lower case, with generated rows.

    Args:
        folder: holds `datasets.yaml`, `values.yaml`, `saved_reports.yaml` and `awkward_cells.yaml`.
        seed: the same seed gives the same rows, in every process and in any order of the reports.

    Raises:
        FixtureError: a file cannot be used.
    """
    datasets = load_datasets(folder)
    definitions = load_definitions(folder, datasets)
    cells = load_awkward(folder, definitions, datasets)
    world = World(seed, make_people(_headcount(datasets.values()), seed), extra_records(cells))
    reports = {key: _run(item, datasets, world) for key, item in definitions.items()}
    for cell in cells:
        if not _shows(reports[cell.report], cell):
            raise cell.missing()
    return reports


def _headcount(datasets: Iterable[Dataset]) -> int:
    """How many people the largest of all lists of people has."""
    entities = (entity for dataset in datasets for entity in dataset.entities)
    return max((entity.count for entity in entities if entity.source == "people"), default=0)


def _run(definition: Definition, datasets: Mapping[str, Dataset], world: World) -> SavedReport:
    query = definition.query
    return SavedReport(
        id=definition.id,
        name=definition.name,
        description=definition.description,
        forbidden=definition.forbidden,
        created_at=definition.created_at,
        updated_at=definition.updated_at,
        as_of=definition.as_of,
        freshness_lag_ms=definition.freshness_lag_ms,
        columns=(
            *(Column(name, "dimension") for name in query.dimensions),
            *(Column(name, "measure") for name in query.measures),
        ),
        rows=make_rows(definition, datasets[query.dataset], world),
    )


def _shows(report: SavedReport, cell: AwkwardCell) -> bool:
    index = [column.name for column in report.columns].index(cell.column)
    return any(row[index] == cell.value for row in report.rows)
