"""A result as a file: CSV or JSON, and the envelope that carries it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from examples.report_server.store import Result, SavedReport

Format = Literal["csv", "json"]
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


def envelope(report: SavedReport, result: Result, form: Format) -> dict[str, Any]:
    """The export of a report."""
    content = as_csv(result) if form == "csv" else as_json(report, result)
    body = {
        "as_of": report.as_of,
        "content": content,
        "content_type": "text/csv; charset=utf-8" if form == "csv" else "application/json",
        "filename": f"{slug(report.name)}.{form}",
        "format": form,
    }
    return body | freshness(report)


def freshness(report: SavedReport) -> dict[str, int | None]:
    """The lag where it is known, null where it is not, nothing where nobody measures it."""
    return {} if report.freshness == "left out" else {"freshness_lag_ms": report.freshness_lag_ms}


def slug(name: str) -> str:
    """A name that is safe to save under."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "report"


def as_csv(result: Result) -> str:
    """Header first, every cell quoted, one LF after each line, nothing that a spreadsheet would run."""
    lines = [[name for name, _ in result.columns], *result.rows]
    return "".join(",".join(_cell(value) for value in line) + "\n" for line in lines)


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    if text.startswith(_DANGEROUS):
        text = f"'{text}"
    escaped = text.replace('"', '""')
    return f'"{escaped}"'


def as_json(report: SavedReport, result: Result) -> str:
    """The result as a pretty-printed object."""
    names = [name for name, _ in result.columns]
    lag = freshness(report).get("freshness_lag_ms")
    value = {
        "as_of": report.as_of,
        **({} if lag is None else {"freshness_lag_ms": lag}),
        "columns": [{"name": name, "kind": kind} for name, kind in result.columns],
        "rows": [dict(zip(names, row, strict=True)) for row in result.rows],
    }
    return json.dumps(value, indent=2, ensure_ascii=False)
