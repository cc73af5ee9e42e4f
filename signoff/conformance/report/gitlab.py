"""The verdict as GitLab's Code Quality report: each failure beside the document's line that it breaks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from signoff.reporting.plain_text import one_line

if TYPE_CHECKING:
    from signoff.conformance.report.model import FailureEntry, Report

_SEVERITY = {"error": "major", "warning": "minor"}


def render(report: Report) -> str:
    """The list of issues, empty where nothing is wrong."""
    issues = [_issue(failure) for failure in [*report.failures, *report.warnings]]
    issues += [
        {
            **_issue(entry.failure),
            "description": f"{entry.failure.operation_label}: {one_line(entry.failure.message)}."
            f" Accepted by the baseline: {one_line(entry.reason)}.",
            "severity": "info",
        }
        for entry in report.accepted
    ]
    return json.dumps(issues, indent=2, ensure_ascii=False) + "\n"


def _issue(failure: FailureEntry) -> dict[str, Any]:
    place = failure.place
    return {
        "description": (
            f"{failure.operation_label}: {one_line(failure.message)}."
            f" Expected {one_line(failure.expected)}; came {one_line(failure.actual) or 'nothing'}."
        ),
        "check_name": failure.check,
        "fingerprint": failure.fingerprint,
        "severity": _SEVERITY[failure.severity],
        "location": {"path": place.path or place.file, "lines": {"begin": max(1, place.line)}},
    }
