"""The export of a saved report: its rows as CSV or JSON text, and what a client needs to save them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from .queries import LEFT_OUT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from signoff.contract import JsonObject

    from .queries import Freshness
    from .report import Column, SavedReport
    from .rows import Cell, Row

CONTENT_TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9]+")


def export(report: SavedReport, form: str) -> JsonObject:
    """The `ReportExport` object of a report.

    Args:
        report: the report.
        form: `csv` or `json`.

    Returns:
        The members in the order in which they are sent; `freshness_lag_ms` only where the report has it.

    Raises:
        ValueError: the format is unknown.
    """
    if form not in CONTENT_TYPES:
        raise ValueError(f"{form!r} is not an export format; there are {', '.join(CONTENT_TYPES)}")
    body: JsonObject = {
        "as_of": report.as_of,
        "content": to_csv(report.columns, report.rows) if form == "csv" else to_json(report),
        "content_type": CONTENT_TYPES[form],
        "filename": filename(report.name, form),
        "format": form,
    }
    if report.freshness_lag_ms is not LEFT_OUT:
        body["freshness_lag_ms"] = report.freshness_lag_ms
    return body


def filename(name: str, form: str) -> str:
    """The name to save an export under: the ASCII letters and digits of the report's name, in lower case.

    Runs of other characters become one hyphen each, none at the ends; `report` where nothing is left.
    Never longer than the name and the extension, or the word `report` and the extension.
    """
    stem = _NOT_IN_NAMES.sub("-", name).strip("-").lower()
    return f"{stem or 'report'}.{form}"


def to_csv(columns: Sequence[Column], rows: Sequence[Row]) -> str:
    """CSV text: a header and the rows, every cell quoted, LF after every line."""
    header = [column.name for column in columns]
    return "".join(_csv_line(cells) for cells in (header, *rows))


def to_json(report: SavedReport) -> str:
    """JSON text: the result of the query, indented by two spaces; freshness only where it is known."""
    names = [column.name for column in report.columns]
    result: dict[str, object] = {"as_of": report.as_of}
    if _is_known(report.freshness_lag_ms):
        result["freshness_lag_ms"] = report.freshness_lag_ms
    result["columns"] = [{"name": column.name, "kind": column.kind} for column in report.columns]
    result["rows"] = [dict(zip(names, row, strict=True)) for row in report.rows]
    return json.dumps(result, indent=2, ensure_ascii=False, allow_nan=False)


def _is_known(freshness: Freshness) -> bool:
    return isinstance(freshness, int)


def _csv_line(cells: Sequence[Cell]) -> str:
    return ",".join(f'"{_guarded(cell)}"' for cell in cells) + "\n"


def _guarded(cell: Cell) -> str:
    """The text of a cell inside its quotes, with a `'` in front of what a spreadsheet would run."""
    text = "" if cell is None else str(cell)
    guard = "'" if text.startswith(_FORMULA_STARTS) else ""
    return guard + text.replace('"', '""')
