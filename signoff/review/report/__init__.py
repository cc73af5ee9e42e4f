"""The outcome of a review as a report: the model filled from it, its JSON and its changelog."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from signoff.reporting.formats import WRITERS
from signoff.reporting.markdown import prose
from signoff.review.report import json_report
from signoff.review.report.from_outcome import ReviewReport, report_of

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["FORMATS", "ReviewReport", "report_of"]


def changelog(report: ReviewReport) -> str:
    """The changes alone as a section of a changelog; text of the document in it is no markup."""
    # Imported here, as comparing is: what makes the counterexamples is a large import.
    from signoff.review.changes import changelog_markdown  # noqa: PLC0415

    return changelog_markdown(
        [replace(change, reason=prose(change.reason)) for change in report.outcome.changes]
    )


FORMATS: dict[str, Callable[[ReviewReport], str]] = {
    "json": json_report.render,
    **WRITERS,
    "changelog": changelog,
}
