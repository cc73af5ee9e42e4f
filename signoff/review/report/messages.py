"""The sentences that several formats share."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from signoff.reporting.findings import Severity
from signoff.reporting.plain_text import one_line, plain
from signoff.review.change import ChangeVerdict

if TYPE_CHECKING:
    from signoff.contract.location import Location
    from signoff.review.change import Change, Counterexample
    from signoff.review.outcome import Revision
    from signoff.review.report.model import Report

TITLES = {
    ChangeVerdict.BREAKING: "Breaking",
    ChangeVerdict.REVIEW: "Review",
    ChangeVerdict.COMPATIBLE: "Compatible",
}
_LONGEST_VALUE = 300


def outcome_word(report: Report) -> str:
    """`pass` or `fail`."""
    return "pass" if report.passed else "fail"


def headline(report: Report) -> str:
    """What is reviewed and, with a base, what becomes of its users."""
    document, base = report.outcome.document, report.outcome.base
    if base is None or report.outcome.verdict is None:
        return f"{document.title} {document.version}".strip()
    if base.title != document.title:
        return f"{report.outcome.verdict.value}: {named(base)} → {named(document)}"
    versions = (
        document.version if base.version == document.version else f"{base.version} → {document.version}"
    )
    return f"{report.outcome.verdict.value}: {document.title} {versions}".strip()


def named(revision: Revision) -> str:
    """Title and version."""
    return f"{revision.title} {revision.version}".strip()


def source(revision: Revision) -> str:
    """Where a revision was read from, with its commit where it has one."""
    return f"{revision.source} ({revision.commit})" if revision.commit else revision.source


def counts(report: Report) -> str:
    """How many changes and findings of each kind there are."""
    parts = [_changes(report)] if report.outcome.base is not None else []
    found = [
        _counted(len(report.findings(severity)), noun)
        for severity, noun in (
            (Severity.ERROR, "error"),
            (Severity.WARNING, "warning"),
            (Severity.INFO, "note"),
        )
        if report.findings(severity)
    ]
    parts.append(f"findings: {', '.join(found)}" if found else "no findings")
    if report.outcome.waived:
        parts.append(f"{len(report.outcome.waived)} waived")
    return "; ".join(parts)


def _changes(report: Report) -> str:
    of_each = [(len(report.changes(verdict)), verdict.value) for verdict in ChangeVerdict]
    shown = ", ".join(f"{number} {verdict}" for number, verdict in of_each if number)
    return f"changes: {shown}" if shown else "no changes"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def summary(report: Report) -> str:
    """The verdict in one line."""
    base = report.outcome.base
    against = f" against {source(base)}" if base else ""
    return (
        f"{outcome_word(report).upper()}  {headline(report)} ({counts(report)}):"
        f" {source(report.outcome.document)}{against}"
    )


def value(counterexample: Counterexample) -> str:
    """A counterexample as JSON on one line, cut to a readable length."""
    text = one_line(plain(json.dumps(counterexample.value, ensure_ascii=False)))
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]} …"


def sentences(*parts: str) -> str:
    """Sentences one after another, each with its end."""
    ended = [part if part.endswith((".", "!", "?", ":")) else f"{part}." for part in parts if part]
    return " ".join(ended)


def brief(place: Location) -> str:
    """A place for a person to go to: file, line and column, or the pointer where no line is known."""
    if not place.line:
        return str(place)
    return f"{place.file}:{place.line}:{place.column}"


def subject(change: Change) -> str:
    """The operation that a change concerns, and how many others it concerns too."""
    if not change.operation:
        return "the whole document"
    others = len(change.also_in)
    return f"{change.operation} and {_counted(others, 'other')}" if others else change.operation
