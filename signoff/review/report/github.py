"""A review as GitHub workflow commands: each finding and change beside the document's line.

The commands work when they stand in a step's log: `--report github=-`. GitHub shows the first ten errors and
the first ten warnings of a step; compatible changes are left to the other formats.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.reporting.findings import Severity
from signoff.reporting.github import command
from signoff.review.change import ChangeVerdict
from signoff.review.report import messages
from signoff.review.report.model import path_of

if TYPE_CHECKING:
    from signoff.contract.location import Location
    from signoff.reporting.findings import Finding
    from signoff.review.change import Change
    from signoff.review.report.model import Report

_OF_CHANGES = {ChangeVerdict.BREAKING: "error", ChangeVerdict.REVIEW: "warning"}
_OF_FINDINGS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render(report: Report) -> str:
    """One command a line: changes worst first, findings, then the verdict as a notice."""
    lines = [_change(report, change) for change in report.outcome.changes if change.verdict in _OF_CHANGES]
    lines += [_finding(finding) for severity in Severity for finding in report.findings(severity)]
    lines.append(command("notice", {"title": "Signoff review"}, messages.summary(report)))
    return "\n".join(lines) + "\n"


def _change(report: Report, change: Change) -> str:
    message = [change.reason]
    if change.counterexample is not None:
        message.append(f"shown by {messages.value(change.counterexample)}")
    if change.before is not None:
        message.append(f"before: {change.before}")
    title = f"{change.verdict.value}: {change.id} ({messages.subject(change)})"
    properties = _place(report.anchor(change)) | {"title": title}
    return command(_OF_CHANGES[change.verdict], properties, "\n".join(message))


def _finding(finding: Finding) -> str:
    message = "\n".join(filter(None, [finding.message, finding.mend, f"at {finding.location}"]))
    return command(
        _OF_FINDINGS[finding.severity], _place(finding.location) | {"title": finding.rule}, message
    )


def _place(place: Location) -> dict[str, str]:
    path = path_of(place)
    if not path:
        return {}
    line = {"line": str(place.line), "col": str(max(1, place.column))} if place.line else {}
    return {"file": path} | line
