"""The verdict as GitHub workflow commands: each failure beside the document's line that it breaks.

The commands work when they stand in a step's log: `--report github=-`. GitHub shows the first ten errors and
the first ten warnings of a step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from signoff.conformance.report.terminal import summary
from signoff.reporting.github import command
from signoff.reporting.plain_text import one_line

if TYPE_CHECKING:
    from signoff.conformance.report.model import FailureEntry, Report


def render(report: Report) -> str:
    """One command a line: errors, warnings, then the verdict as a notice."""
    lines = [_annotation(failure) for failure in [*report.failures, *report.warnings]]
    lines += [
        command("error", {"title": "Signoff was not shown what is required"}, sentence)
        for sentence in report.shortfalls
    ]
    lines += [command("warning", {"title": "Signoff could not search"}, error) for error in report.errors]
    if not report.is_complete:
        lines.append(
            command(
                "warning",
                {"title": "Signoff's run is partial"},
                "; ".join(report.cut_short) or "Not everything was sent that was meant to be.",
            )
        )
    lines += [command("notice", {"title": "Signoff"}, note) for note in report.notes]
    lines += [
        command(
            "notice",
            {"title": f"accepted: {entry.failure.check}: {entry.failure.operation_label}"},
            f"{one_line(entry.failure.message)}\naccepted {one_line(entry.reason)}",
        )
        for entry in report.accepted
    ]
    lines.append(command("notice", {"title": "Signoff"}, click.unstyle(summary(report))))
    return "\n".join(lines) + "\n"


def _annotation(failure: FailureEntry) -> str:
    place, properties = failure.place, {}
    if place.path:
        properties["file"] = place.path
        if place.line:
            properties |= {"line": str(place.line), "col": str(max(1, place.column))}
    properties["title"] = f"{failure.check}: {failure.operation_label}"
    message = "\n".join(
        [
            one_line(failure.message),
            f"expected {one_line(failure.expected)}",
            f"came {one_line(failure.actual) or 'nothing'}",
            f"said at {place}",
            f"repeat {failure.exchange.curl}",
        ]
    )
    return command(failure.severity, properties, message)
