"""Reports of a test run: the report model and its formats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.conformance.report import json_report
from signoff.conformance.report.from_verdict import report_of
from signoff.conformance.report.model import RunReport
from signoff.reporting.formats import WRITERS
from signoff.reporting.request import FORMER_JSON

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["FORMATS", "RunReport", "report_of"]

FORMATS: dict[str, Callable[[RunReport], str]] = {
    "json": json_report.render,
    **WRITERS,
    FORMER_JSON: json_report.render_former,
}
