"""A report for the terminal."""

from __future__ import annotations

import sys
from collections import Counter
from itertools import zip_longest
from shutil import get_terminal_size
from textwrap import wrap
from typing import TYPE_CHECKING

import click

from signoff.printing import is_terminal
from signoff.reporting.markdown import one_line
from signoff.reporting.messages import alike, counted, describe, details
from signoff.reporting.model import Level, State

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from signoff.reporting.model import ClauseEntry, Item, Report

_MARKS = {State.VERIFIED: ("✓", "green"), State.VIOLATED: ("✗", "red"), State.NOT_COVERED: ("·", "yellow")}
_COLORS = {"error": "red", "warning": "yellow", "note": "green"}
# Output that is not a terminal's, such as a CI log, has the default width.
_NARROWEST, _WIDTH = 80, 100
_INDENT = 19
_GAP = "  "
# In a longer report, the verdict scrolls off the screen.
_SCREEN = 30
_LEFT_OUT = ("location", "fix")
# How many operations of a repeated failure are named, and how many reasons for missing coverage.
_NAMED, _REASONS = 3, 10
# In place of a space where a line must not end.
_UNBROKEN = "\xa0"


def render(report: Report, files: Sequence[str] = (), *, verbose: bool = False) -> str:
    """The report, with colours; the caller strips them if the output is not a terminal.

    The verdict of a test run comes last, after its failures and the coverage of each operation. In a review
    the verdict comes first, and again after a long report.

    Args:
        report: the report.
        files: the files with the report in other formats.
        verbose: whether to add each requirement.
    """
    if report.operations:
        lines = [click.style(line, bold=True) for line in _wrapped("", " against ".join(report.compared))]
        lines += ["", *_body(report), *_coverage(report, verbose=verbose)]
        lines += [*_remarks(report), *_closing(report, files)]
    else:
        result = list(_wrapped(f"{_word(report)}{_GAP}", report.summary))
        lines = [*result, f"      {' against '.join(report.compared)}", *_remarks(report), ""]
        lines += _body(report)
        lines = [*lines, *result] if len(lines) > _SCREEN else lines[:-1]
    return "\n".join(lines) + "\n"


def verdict(report: Report) -> str:
    """The verdict in one line."""
    return f"{_word(report)}{_GAP}{report.summary}"


def _word(report: Report) -> str:
    word, color = ("PASS", "green") if report.passed else ("FAIL", "red")
    partial = "" if report.is_complete else click.style(" (partial)", fg="yellow", bold=True)
    return f"{click.style(word, fg=color, bold=True)}{partial}"


def _closing(report: Report, files: Sequence[str]) -> Iterator[str]:
    """The verdict; below it, the files with reports or a hint. Lines are short even without a terminal."""
    word = _word(report)
    width = _width() - len(click.unstyle(word)) - len(_GAP)
    first, *rest = _short(report.summary, width)
    yield f"{word}{_GAP}{first}"
    rest += _short(f"Reports: {', '.join(files)}" if files else report.hint, width)
    yield from (f"    {_GAP}{line}" for line in rest)


def _short(text: str, width: int) -> list[str]:
    return wrap(one_line(text), width, break_long_words=False, break_on_hyphens=False)


def _body(report: Report) -> Iterator[str]:
    for title, items in report.sections.items():
        groups = alike(items)
        different = f", {len(groups)} different" if len(groups) < len(items) else ""
        yield click.style(f"{title} ({len(items)}{different})", bold=True)
        fix = None
        for number, (item, *others) in enumerate(groups, 1):
            is_said = fix == (item.id, item.suggestion)
            fix = item.id, item.suggestion
            yield from (
                _with_exchange(number, item, others) if item.exchange else _compact(item, is_said=is_said)
            )
        yield from [] if items[-1].exchange else [""]
    if report.accepted:
        yield click.style(f"{report.accepted_title} ({len(report.accepted)})", bold=True)
        for item in report.accepted:
            yield f"  {click.style(item.id, fg='yellow')}  {item.place.brief}: {one_line(item.message)}"
            yield f"    accepted  {one_line(str(item.acceptance))}"
        yield ""


def _coverage(report: Report, *, verbose: bool) -> Iterator[str]:
    """A line for each operation, and why requirements are not covered, the most frequent reason first."""
    yield click.style("Coverage", bold=True)
    margin = min(max(len(operation.label) for operation in report.operations), _NARROWEST // 2)
    for operation in report.operations:
        states = {state: operation.count(state) for state in State}
        worst = next(
            (state for state in (State.VIOLATED, State.NOT_COVERED) if states[state]), State.VERIFIED
        )
        mark, color = _MARKS[worst]
        counts = ", ".join(f"{number} {state.value}" for state, number in states.items() if number)
        yield f"  {click.style(mark, fg=color)} {operation.label:<{margin}}  {counts}".rstrip()
        yield from _rows(operation.clauses) if verbose else []
    yield ""
    reasons = Counter(
        one_line(clause.reason) for clause in report.clauses if clause.state is State.NOT_COVERED
    )
    if reasons and not verbose:
        yield click.style(f"Not covered ({reasons.total()})", bold=True)
        for reason, number in reasons.most_common(_REASONS):
            yield from _wrapped(f"  {number:>5}  ", reason)
        if (rest := len(reasons) - _REASONS) > 0:
            yield f"         {counted(rest, 'more reason')}. --verbose lists each requirement."
        yield ""


def _width() -> int:
    return max(get_terminal_size().columns, _NARROWEST) if is_terminal(sys.stdout) else _WIDTH


def _wrapped(head: str, text: str) -> Iterator[str]:
    """Text with a hanging indent on a terminal. Elsewhere it stays one line, which can be searched."""
    if not is_terminal(sys.stdout):
        yield head + text.replace(_UNBROKEN, " ")
        return
    margin = " " * len(click.unstyle(head))
    lines = _short(text, _width() - len(margin))
    for start, line in zip_longest([head], lines, fillvalue=None):
        yield (start or margin) + (line or "").replace(_UNBROKEN, " ")


def _rows(clauses: Sequence[ClauseEntry]) -> Iterator[str]:
    """One line for each requirement; below those that are not verified, the reason that they share."""
    width = _width()
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


def _with_exchange(number: int, item: Item, others: Sequence[Item]) -> Iterator[str]:
    """A failure with its details, and where else the same was found."""
    color = _COLORS[item.level.weight]
    first, *rest = describe(item)
    heading = _wrapped(f"{number}. ", first)
    yield from (click.style(line, fg=color) for line in heading)
    if item.subject:
        yield from _wrapped("   operation  ", one_line(item.subject))
    if others:
        yield from _wrapped("   also in    ", _named(others))
    for line in rest:
        label, text = line[:11], line[11:]
        # A command that is wrapped could not be copied.
        yield from (
            [f"   {line}"] if item.exchange and text in item.exchange.curl else _wrapped(f"   {label}", text)
        )
    yield ""


def _named(items: Sequence[Item]) -> str:
    """The operations of items, each with its number of items if there are several."""
    found = Counter(one_line(item.subject).replace(" ", _UNBROKEN) for item in items)
    named = [f"{name}{_UNBROKEN}({number})" if number > 1 else name for name, number in found.items()]
    rest = [f"{len(named) - _NAMED} more"] if len(named) > _NAMED + 1 else []
    *first, last = [*named[: _NAMED if rest else None], *rest]
    return f"{', '.join(first)} and {last}" if first else last


def _compact(item: Item, *, is_said: bool) -> Iterator[str]:
    """Severity, location (as editors link it) and rule; the message; how to fix it, unless `is_said`."""
    color = _COLORS[item.level.weight]
    if item.subject:
        yield f"  {click.style(item.id, fg=color)}  {item.subject}"
    else:
        yield f"  {click.style(f'{item.level.value:<7}', fg=color)}  {item.place.brief}  {item.id}"
    yield from _wrapped("    ", item.message)
    if item.suggestion and not is_said:
        yield from (click.style(line, dim=True) for line in _wrapped("    ", item.suggestion))
    is_shown = item.level is not Level.COMPATIBLE
    shown = [
        one for one in details(item) if one.label == "places" or (is_shown and one.label not in _LEFT_OUT)
    ]
    for label, text, _ in shown:
        yield from _wrapped(f"    {label:<8}  ", text)


def _remarks(report: Report) -> Iterator[str]:
    for label, text, level in report.remarks:
        color = "red" if level is Level.ERROR else "yellow"
        yield from (click.style(line, fg=color) for line in _wrapped(f"{label}: ", one_line(text)))
    if report.partial:
        yield click.style(f"This run is partial: {one_line(report.partial)}.", fg="yellow")
