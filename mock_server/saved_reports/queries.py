"""Saved reports as their fixture describes them: names, times and queries, within the API's limits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from .fixture import read_fixture

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from .catalogue import Dataset
    from .fixture import Part

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_ZONED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_LONGEST_RANGE = timedelta(days=370)
_DEFAULT_LIMIT = 100


class LeftOut(Enum):
    """The type of `LEFT_OUT`, which stands for a member that a response does not have at all."""

    LEFT_OUT = "left out"


LEFT_OUT: Final = LeftOut.LEFT_OUT
Freshness: TypeAlias = int | Literal[LeftOut.LEFT_OUT] | None


@dataclass(frozen=True, slots=True)
class Filter:
    """Rows are kept whose `field` is one of `values`, or none of them where `negated`; never nulls."""

    field: str
    negated: bool
    values: frozenset[str]

    def keeps(self, value: str | None) -> bool:
        """Whether a fact with this value of the field is kept."""
        return value is not None and (value in self.values) is not self.negated


@dataclass(frozen=True, slots=True)
class Order:
    """Sort by the column `field`."""

    field: str
    descending: bool


@dataclass(frozen=True, slots=True)
class Query:
    """A query over one dataset; `start` is inside its time range, `end` is not."""

    dataset: str
    dimensions: tuple[str, ...]
    measures: tuple[str, ...]
    filters: tuple[Filter, ...]
    start: datetime
    end: datetime
    order_by: tuple[Order, ...]
    limit: int

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the result: dimensions, then measures."""
        return (*self.dimensions, *self.measures)


@dataclass(frozen=True, slots=True)
class Definition:
    """A saved report as it is stored: all but its rows.

    Attributes:
        id: a UUID in lower case.
        name: 1 to 200 characters.
        description: up to 2,000 characters, or None.
        forbidden: whether the caller may not see it.
        created_at: RFC 3339, not after `updated_at`.
        updated_at: RFC 3339, not after `as_of`.
        as_of: when the data behind it was materialised, RFC 3339.
        freshness_lag_ms: how far that lags behind, None where that is unknown, or `LEFT_OUT`.
        facts: how many facts the query runs over.
        query: what to run.
    """

    id: str
    name: str
    description: str | None
    forbidden: bool
    created_at: str
    updated_at: str
    as_of: str
    freshness_lag_ms: Freshness
    facts: int
    query: Query


def load_definitions(folder: Path, datasets: Mapping[str, Dataset]) -> dict[str, Definition]:
    """The saved reports by id, in the order of `saved_reports.yaml`.

    Raises:
        FixtureError: the file cannot be used, or a query asks for what its dataset does not have.
    """
    definitions: dict[str, Definition] = {}
    for part in read_fixture(folder / "saved_reports.yaml").fields(["reports"])["reports"].items(1):
        definition = _read_definition(part, datasets)
        if definition.id in definitions:
            raise part.error(f"the id {definition.id} occurs twice")
        definitions[definition.id] = definition
    return definitions


def read_id(part: Part) -> str:
    """A UUID, in lower case. Raises FixtureError when it is none."""
    text = part.text()
    if not _UUID.fullmatch(text):
        raise part.error(f"{text!r} is not a UUID")
    return text.lower()


def _read_definition(part: Part, datasets: Mapping[str, Dataset]) -> Definition:
    members = part.fields(
        ["id", "name", "query", "created_at", "updated_at", "as_of", "facts"],
        ["description", "access", "freshness_lag_ms"],
    )
    instants = [_instant(members[name]) for name in ("created_at", "updated_at", "as_of")]
    if instants != sorted(instants):
        raise part.error("the times must be created_at <= updated_at <= as_of")
    access = members["access"].one_of(["allowed", "forbidden"], "access") if "access" in members else ""
    return Definition(
        id=read_id(members["id"]),
        name=members["name"].text(longest=200),
        description=members["description"].text(longest=2000) if "description" in members else None,
        forbidden=access == "forbidden",
        created_at=members["created_at"].text(),
        updated_at=members["updated_at"].text(),
        as_of=members["as_of"].text(),
        freshness_lag_ms=_freshness(members.get("freshness_lag_ms")),
        facts=members["facts"].integer(1, 10_000),
        query=_read_query(members["query"], datasets),
    )


def _freshness(part: Part | None) -> Freshness:
    if part is None:
        return LEFT_OUT
    return None if part.value is None else part.integer(0, 2**63 - 1)


def _read_query(part: Part, datasets: Mapping[str, Dataset]) -> Query:
    members = part.fields(
        ["dataset", "measures", "from", "to"], ["dimensions", "filters", "order_by", "limit"]
    )
    dataset = datasets[members["dataset"].one_of(datasets, "dataset")]
    measures = members["measures"].distinct(dataset.measures, "measure of this dataset", 1, 16)
    dimensions: tuple[str, ...] = ()
    if "dimensions" in members:
        dimensions = members["dimensions"].distinct(dataset.dimensions, "dimension of this dataset", 0, 8)
    start, end = _instant(members["from"]), _instant(members["to"])
    if not timedelta(0) < end - start <= _LONGEST_RANGE:
        raise part.error("`from` must be before `to`, by at most 370 days")
    columns = (*dimensions, *measures)
    filters = members["filters"].items(0, 20) if "filters" in members else []
    order_by = members["order_by"].items() if "order_by" in members else []
    return Query(
        dataset=dataset.name,
        dimensions=dimensions,
        measures=measures,
        filters=tuple(_read_filter(item, dataset) for item in filters),
        start=start,
        end=end,
        order_by=tuple(_read_order(item, columns) for item in order_by),
        limit=members["limit"].integer(1, 1000) if "limit" in members else _DEFAULT_LIMIT,
    )


def _read_filter(part: Part, dataset: Dataset) -> Filter:
    members = part.fields(["field", "op", "value"])
    field = members["field"].one_of(dataset.dimensions, "dimension of this dataset")
    op = members["op"].one_of(["eq", "neq", "in"], "filter")
    listed = members["value"].items(1) if op == "in" else [members["value"]]
    return Filter(field, op == "neq", frozenset(item.text() for item in listed))


def _read_order(part: Part, columns: tuple[str, ...]) -> Order:
    members = part.fields(["field"], ["direction"])
    direction = "asc"
    if "direction" in members:
        direction = members["direction"].one_of(["asc", "desc"], "direction")
    return Order(members["field"].one_of(columns, "column of this query"), direction == "desc")


def _instant(part: Part) -> datetime:
    text = part.text()
    if not _ZONED.fullmatch(text):
        raise part.error(f"{text!r} is not an RFC 3339 time")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise part.error(f"{text!r} is not an RFC 3339 time") from None
