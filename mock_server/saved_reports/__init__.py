"""Saved reports: generated rows for stored queries, and their export as CSV or JSON.

The data is in the `reports` folder of the fixtures. `load_reports` reads and runs everything once, at
start-up; `export` is a pure function of a report and a format.

    datasets.yaml, values.yaml ──► catalogue, measures ──┐
    saved_reports.yaml ──────────► queries ──────────────┼─► facts ─► rows ─► report ─► export
    awkward_cells.yaml ──────────► awkward ──────────────┘
"""

from .export import export, filename, to_csv, to_json
from .fixture import FixtureError
from .queries import LEFT_OUT
from .report import Column, SavedReport, load_reports

__all__ = [
    "LEFT_OUT",
    "Column",
    "FixtureError",
    "SavedReport",
    "export",
    "filename",
    "load_reports",
    "to_csv",
    "to_json",
]
