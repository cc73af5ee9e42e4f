"""A report for the terminal."""

from __future__ import annotations

import sys
from itertools import zip_longest
from shutil import get_terminal_size
from textwrap import wrap
from typing import TYPE_CHECKING

import click

from signoff.reporting.markdown import one_line
from signoff.reporting.messages import describe, details
from signoff.reporting.model import Level, State

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from signoff.reporting.model import ClauseEntry, Item, Report

_MARKS = {State.VERIFIED: ("✓", "green"), State.VIOLATED: ("✗", "red"), State.NOT_COVERED: ("·", "yellow")}
_COLORS = {"error": "red", "warning": "yellow", "note": "green"}
# Output that is not a terminal's, such as a CI log, has the default width.
_NARROWEST, _WIDTH = 80, 100
_INDENT = 19
# In a longer report, the verdict scrolls off the screen.
_SCREEN = 30
_LEFT_OUT = ("location", "fix")


def render(report: Report) -> str:
    """The report, with colours; the caller strips them if there is no terminal.

    The verdict comes last, after the table of requirements. In a review it comes first, and again
    after a long report.
    """
    if report.operations:
        lines = [*_body(report), *_remarks(report), verdict(report)]
    else:
        lines = [verdict(report), f"      {' against '.join(report.compared)}", *_remarks(report), ""]
        lines += _body(report)
        lines = [*lines, verdict(report)] if len(lines) > _SCREEN else lines[:-1]
    return "\n".join(lines) + "\n"


def verdict(report: Report) -> str:
    """The verdict in one line."""
    word, color = ("PASS", "green") if report.passed else ("FAIL", "red")
    partial = "" if report.is_complete else click.style(" (partial)", fg="yellow", bold=True)
    return f"{click.style(word, fg=color, bold=True)}{partial}  {report.summary}"


def _body(report: Report) -> Iterator[str]:
    for operation in report.operations:
        yield click.style(operation.label, bold=True)
        yield from _rows(operation.clauses)
        yield ""
    for title, items in report.sections.items():
        yield click.style(f"{title} ({len(items)})", bold=True)
        for number, item in enumerate(items, 1):
            yield from _with_exchange(number, item) if item.exchange else _compact(item)
        yield from [] if items[-1].exchange else [""]
    if report.accepted:
        yield click.style(f"{report.accepted_title} ({len(report.accepted)})", bold=True)
        for item in report.accepted:
            yield f"  {click.style(item.id, fg='yellow')}  {item.place.brief}: {one_line(item.message)}"
            yield f"    accepted  {one_line(str(item.acceptance))}"
        yield ""


def _rows(clauses: Sequence[ClauseEntry]) -> Iterator[str]:
    """One line for each requirement; below those that are not verified, the reason that they share."""
    width = max(get_terminal_size().columns, _NARROWEST) if sys.stdout.isatty() else _WIDTH
    for clause, following in zip_longest(clauses, clauses[1:]):
        mark, color = _MARKS[clause.state]
        state = click.style(f"{mark} {clause.state.value:<13}", fg=color)
        yield f"  {state}  {_cut(clause.title, width - _INDENT)}"
        is_shared = following and (clause.state, clause.reason) == (following.state, following.reason)
        if clause.state is not State.VERIFIED and not is_shared:
            lines = wrap(one_line(clause.reason), width - _INDENT - 2)
            yield from (f"{'':{_INDENT}}{' ' if number else '└'} {line}" for number, line in enumerate(lines))


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _with_exchange(number: int, item: Item) -> Iterator[str]:
    first, *rest = describe(item)
    yield f"{number}. {click.style(first, fg=_COLORS[item.level.weight])}"
    yield from (f"   {line}" for line in rest)
    yield ""


def _compact(item: Item) -> Iterator[str]:
    """Severity, location (as editors link it) and rule; then the message."""
    color = _COLORS[item.level.weight]
    if item.subject:
        yield f"  {click.style(item.id, fg=color)}  {item.subject}"
    else:
        yield f"  {click.style(f'{item.level.value:<7}', fg=color)}  {item.place.brief}  {item.id}"
    yield f"    {item.message}"
    if item.suggestion:
        yield f"    {click.style(item.suggestion, dim=True)}"
    is_shown = item.level is not Level.COMPATIBLE
    shown = [
        one for one in details(item) if one.label == "places" or (is_shown and one.label not in _LEFT_OUT)
    ]
    yield from (f"    {label:<8}  {text}" for label, text, _ in shown)


def _remarks(report: Report) -> Iterator[str]:
    for label, text, level in report.remarks:
        color = "red" if level is Level.ERROR else "yellow"
        yield click.style(f"{label}: {one_line(text)}", fg=color)
    if report.partial:
        yield click.style(f"This run is partial: {one_line(report.partial)}.", fg="yellow")
