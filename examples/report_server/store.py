"""Saved reports in SQLite, and the rows that their queries give."""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# What each measure of a dataset is in SQL; names that are not here cannot be queried.
MEASURES: dict[str, dict[str, str]] = {
    "tool_calls": {
        "call_count": "COUNT(*)",
        "success_count": "SUM(status = 'success')",
        "error_count": "SUM(status = 'error')",
        "avg_duration_ms": "ROUND(AVG(duration_ms), 2)",
    },
    "llm_generations": {
        "input_tokens": "SUM(input_tokens)",
        "output_tokens": "SUM(output_tokens)",
        "total_tokens": "SUM(input_tokens + output_tokens)",
        "error_count": "SUM(ok = 0)",
    },
    "turns": {
        "turn_count": "COUNT(*)",
        "duration_ms": "SUM(duration_ms)",
        "avg_duration_ms": "ROUND(AVG(duration_ms), 2)",
        "iterations": "SUM(iterations)",
    },
}
DIMENSIONS: dict[str, tuple[str, ...]] = {
    "tool_calls": ("tool", "tool_display_name", "agent_name"),
    "llm_generations": ("provider", "model", "day"),
    "turns": ("turn_status", "agent_name"),
}


@dataclass(frozen=True, slots=True)
class SavedReport:
    """A report as it is kept; `freshness` says whether the lag is known, null or left out."""

    id: str
    name: str
    is_shared: bool
    dataset: str
    dimensions: tuple[str, ...]
    measures: tuple[str, ...]
    order_by: str
    row_limit: int
    as_of: str
    freshness: str
    freshness_lag_ms: int | None


@dataclass(frozen=True, slots=True)
class Result:
    """The rows of a report, their columns in order."""

    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[Any, ...], ...]


class Store:
    """One SQLite database, made and filled when it is opened for the first time."""

    def __init__(self, database: str) -> None:
        self._connection = sqlite3.connect(database, check_same_thread=False)
        self._lock = threading.Lock()
        tables = self._connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        if ("saved_reports",) not in tables:
            self._connection.executescript(Path(__file__).with_name("seed.sql").read_text(encoding="utf-8"))

    def report(self, report_id: str) -> SavedReport | None:
        """The report of that id, in whatever letter case it is given."""
        with self._lock:
            found = self._connection.execute(
                "SELECT id, name, is_shared, dataset, dimensions, measures, order_by, row_limit, as_of,"
                " freshness, freshness_lag_ms FROM saved_reports WHERE id = ?",
                (report_id.lower(),),
            ).fetchone()
        if found is None:
            return None
        report_id, name, is_shared, dataset, dimensions, measures, *rest = found
        return SavedReport(
            report_id,
            name,
            bool(is_shared),
            dataset,
            tuple(dimensions.split(",")),
            tuple(measures.split(",")),
            *rest,
        )

    def run(self, report: SavedReport) -> Result:
        """The rows of the report's query: grouped by its dimensions, largest first."""
        known = MEASURES[report.dataset]
        dimensions = [name for name in report.dimensions if name in DIMENSIONS[report.dataset]]
        measures = [f"{known[name]} AS {name}" for name in report.measures]
        groups = ", ".join(dimensions)
        query = (
            f"SELECT {', '.join([*dimensions, *measures])} FROM {report.dataset}"
            f" GROUP BY {groups} ORDER BY {report.order_by} DESC, {groups} LIMIT ?"
        )
        with self._lock:
            rows = self._connection.execute(query, (report.row_limit,)).fetchall()
        kinds = [(name, "dimension") for name in dimensions] + [(name, "measure") for name in report.measures]
        return Result(tuple(kinds), tuple(rows))
