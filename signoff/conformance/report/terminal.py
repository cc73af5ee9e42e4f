"""The verdict for a person at a terminal: the clauses as a table, then each failure, then the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from signoff.conformance.evidence import State
from signoff.reporting.plain_text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from signoff.conformance.report.model import ClauseEntry, FailureEntry, Report

_MARKS = {State.VERIFIED: ("✓", "green"), State.VIOLATED: ("✗", "red"), State.NOT_EXERCISED: ("·", "yellow")}
_TITLE_WIDTH = 78


def render(report: Report) -> str:
    """The report, with colours; the caller strips them where there is no terminal."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    for operation in report.operations:
        yield click.style(operation.label, bold=True)
        yield from map(_row, operation.clauses)
        yield ""
    yield from _failures("Failures", report.failures)
    yield from _failures("Warnings", report.warnings)
    yield from _accepted(report)
    yield from _told(report)
    yield summary(report)


def _row(clause: ClauseEntry) -> str:
    mark, color = _MARKS[clause.state]
    title = clause.title
    title = title if len(title) <= _TITLE_WIDTH else title[: _TITLE_WIDTH - 1] + "…"
    shown = clause.reason
    if clause.state is State.VERIFIED and clause.exchange is not None:
        shown = f"{clause.exchange.status} to {_shortened(clause.exchange.label)}"
    state = click.style(f"{mark} {clause.state.value:<13}", fg=color)
    return f"  {state}  {title:<{_TITLE_WIDTH}}  {_shortened(shown)}".rstrip()


def _shortened(text: str) -> str:
    plain = one_line(text)
    return plain if len(plain) <= 90 else plain[:89] + "…"


def _failures(title: str, failures: Sequence[FailureEntry]) -> Iterator[str]:
    if failures:
        yield click.style(title, bold=True)
    for number, failure in enumerate(failures, 1):
        first, *rest = describe(failure)
        yield f"{number}. {click.style(first, fg='red' if title == 'Failures' else 'yellow')}"
        yield from (f"   {line}" for line in rest)
        yield ""


def _accepted(report: Report) -> Iterator[str]:
    if report.accepted:
        yield click.style("Accepted by the baseline", bold=True)
    for number, entry in enumerate(report.accepted, 1):
        failure = entry.failure
        until = f", until {entry.expires}" if entry.expires else ""
        yield f"{number}. {click.style(f'{failure.check}: {one_line(failure.message)}', fg='yellow')}"
        yield f"   accepted  {one_line(entry.reason)}{until}"
        yield f"   said at   {failure.place}"
        yield ""


def _told(report: Report) -> Iterator[str]:
    """What a reader should know of the run besides."""
    for sentence in report.shortfalls:
        yield click.style(f"not shown: {one_line(sentence)}", fg="red")
    for error in report.errors:
        yield click.style(f"not searched: {one_line(error)}", fg="yellow")
    for note in report.notes:
        yield click.style(f"note: {one_line(note)}", fg="yellow")
    if not report.is_complete:
        why = "; ".join(map(one_line, report.cut_short)) or "not everything was sent that was meant to be"
        yield click.style(f"This run is partial: {why}.", fg="yellow")


def describe(failure: FailureEntry) -> list[str]:
    """A failure for people: what, expected, came, where the contract says so, and how to repeat it."""
    return [
        f"{failure.check}: {one_line(failure.message)}",
        f"expected  {one_line(failure.expected)}",
        f"came      {one_line(failure.actual) or 'nothing'}",
        f"said at   {failure.place}",
        f"source    {failure.source}",
        f"repeat    {failure.exchange.curl}",
    ]


def summary(report: Report) -> str:
    """The verdict in one line."""
    word, color = ("PASS", "green") if report.passed else ("FAIL", "red")
    partial = "" if report.is_complete else click.style(" (partial)", fg="yellow", bold=True)
    counts = ", ".join(f"{report.count(state)} {state.value}" for state in State)
    accepted = f", {len(report.accepted)} accepted" if report.accepted else ""
    shard = f"shard {report.shard}, " if report.shard else ""
    warnings = len(report.warnings)
    return (
        f"{click.style(word, fg=color, bold=True)}{partial}"
        f"  {report.title} at {report.target}: {counts}{accepted}"
        f"{f', {warnings} warning' + ('s' if warnings > 1 else '') if warnings else ''}"
        f" ({shard}{report.requests} requests, {report.elapsed_s:.1f} s, seed {report.seed})"
    )
