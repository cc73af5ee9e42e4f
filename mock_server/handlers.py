"""Custom handlers of the saved reports API: one function per operation."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from signoff.mock import ProblemError, deterministic

from .saved_reports import export, load_reports

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signoff.contract import JsonObject
    from signoff.mock import Settings

    from .saved_reports import SavedReport

_FOLDER = Path(__file__).parent.parent / "fixtures" / "reports"


@lru_cache(maxsize=4)
def _reports(seed: int) -> Mapping[str, SavedReport]:
    return load_reports(_FOLDER, seed=seed)


_reports(0)  # a mistake in the fixtures is an error at the start, not at the first request


@deterministic
def export_saved_report(report_id: str, body: JsonObject | None, settings: Settings) -> JsonObject:
    """The rows of a saved report, as CSV or JSON."""
    report = _reports(settings.seed).get(report_id.lower())
    if report is None:
        raise ProblemError("saved_report_not_found")
    if report.forbidden:
        raise ProblemError("forbidden")
    return export(report, str((body or {}).get("format", "csv")))
