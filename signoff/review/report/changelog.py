"""The changes alone as a section of a changelog in Markdown."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from signoff.reporting.markdown import prose

if TYPE_CHECKING:
    from signoff.review.report.model import Report


def render(report: Report) -> str:
    """The section; text of the document in it is no markup."""
    # Imported here, as comparing is: what makes the counterexamples is a large import.
    from signoff.review.changes import changelog_markdown  # noqa: PLC0415

    return changelog_markdown(
        [replace(change, reason=prose(change.reason)) for change in report.outcome.changes]
    )
