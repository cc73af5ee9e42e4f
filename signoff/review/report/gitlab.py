"""A review as GitLab's Code Quality report; compatible changes, which are no issue, are left out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from signoff.reporting.findings import Severity
from signoff.review.change import ChangeVerdict
from signoff.review.report import messages
from signoff.review.report.model import change_fingerprint, path_of, told_apart

if TYPE_CHECKING:
    from signoff.contract.location import Location
    from signoff.reporting.findings import Finding
    from signoff.review.change import Change
    from signoff.review.report.model import Report

_OF_CHANGES = {ChangeVerdict.BREAKING: "critical", ChangeVerdict.REVIEW: "minor"}
_OF_FINDINGS = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def render(report: Report) -> str:
    """The list of issues, empty where nothing is the matter."""
    issues = [_change(report, change) for change in report.outcome.changes if change.verdict in _OF_CHANGES]
    issues += [_finding(finding) for finding in report.outcome.findings]
    for issue, fingerprint in zip(
        issues, list(told_apart(one["fingerprint"] for one in issues)), strict=True
    ):
        issue["fingerprint"] = fingerprint
    return json.dumps(issues, indent=2, ensure_ascii=False) + "\n"


def _change(report: Report, change: Change) -> dict[str, Any]:
    return {
        "description": f"{change.verdict.value}: {messages.subject(change)}: {change.reason}",
        "check_name": change.id,
        "fingerprint": change_fingerprint(change),
        "severity": _OF_CHANGES[change.verdict],
        "location": _place(report.anchor(change)),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "description": messages.sentences(finding.message, finding.mend),
        "check_name": finding.rule,
        "fingerprint": finding.fingerprint,
        "severity": _OF_FINDINGS[finding.severity],
        "location": _place(finding.location),
    }


def _place(place: Location) -> dict[str, Any]:
    return {"path": path_of(place) or place.file, "lines": {"begin": max(1, place.line)}}
