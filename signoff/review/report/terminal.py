"""A review for a person at a terminal: the verdict, then changes worst first, then findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from signoff.reporting.findings import Severity
from signoff.review.change import ChangeVerdict
from signoff.review.report import messages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.reporting.findings import Finding
    from signoff.review.change import Change
    from signoff.review.report.model import Report

_COLORS = {
    ChangeVerdict.BREAKING: "red",
    ChangeVerdict.REVIEW: "yellow",
    ChangeVerdict.COMPATIBLE: "green",
    Severity.ERROR: "red",
    Severity.WARNING: "yellow",
    Severity.INFO: "cyan",
}
# After this many lines the verdict has left the screen.
_SCREEN = 30


def render(report: Report) -> str:
    """The report, with colours; the caller strips them where there is no terminal."""
    lines = list(_lines(report))
    if len(lines) > _SCREEN:
        lines += ["", _verdict(report)]
    return "\n".join(lines) + "\n"


def _verdict(report: Report) -> str:
    word, color = ("PASS", "green") if report.passed else ("FAIL", "red")
    return (
        f"{click.style(word, fg=color, bold=True)}  {messages.headline(report)} ({messages.counts(report)})"
    )


def _lines(report: Report) -> Iterator[str]:
    outcome = report.outcome
    yield _verdict(report)
    against = f" against {messages.source(outcome.base)}" if outcome.base else ""
    yield f"      {messages.source(outcome.document)}{against}"
    if outcome.version_advice is not None:
        color = "yellow" if not outcome.version_advice.is_enough else None
        yield f"      {click.style(outcome.version_advice.message, fg=color)}"
    for verdict in ChangeVerdict:
        if changes := report.changes(verdict):
            yield ""
            yield click.style(f"{messages.TITLES[verdict]} ({len(changes)})", bold=True)
            for change in changes:
                yield from _change(change)
    if outcome.findings:
        yield ""
        yield click.style(f"Findings ({len(outcome.findings)})", bold=True)
        for finding in outcome.findings:
            yield from _finding(finding)
    if outcome.waived:
        yield ""
        yield click.style(f"Waived ({len(outcome.waived)})", bold=True)
        for waived in outcome.waived:
            yield f"  {waived.finding.rule}  {messages.brief(waived.finding.location)}: {waived.reason}"


def _change(change: Change) -> Iterator[str]:
    name = click.style(change.id, fg=_COLORS[change.verdict])
    yield f"  {name}  {messages.subject(change)}"
    yield f"    {change.reason}"
    if change.verdict is ChangeVerdict.COMPATIBLE:
        return
    if change.counterexample is not None:
        yield f"    shown by  {messages.value(change.counterexample)}"
    if change.before is not None:
        yield f"    before    {messages.brief(change.before)}"
    if change.after is not None:
        yield f"    after     {messages.brief(change.after)}"


def _finding(finding: Finding) -> Iterator[str]:
    level = click.style(f"{finding.severity.value:<7}", fg=_COLORS[finding.severity])
    yield f"  {level}  {messages.brief(finding.location)}  {finding.rule}"
    yield f"    {finding.message}"
    if finding.mend:
        yield f"    {click.style(finding.mend, dim=True)}"
