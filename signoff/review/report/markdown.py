"""A review as Markdown, for a comment on a pull request: GitHub's dialect, which GitLab reads too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.reporting.findings import Severity
from signoff.reporting.markdown import prose, span, text
from signoff.review.change import ChangeVerdict
from signoff.review.report import messages

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from signoff.contract.location import Location
    from signoff.reporting.findings import Finding
    from signoff.review.change import Change
    from signoff.review.report.model import Report

# A comment of GitHub's holds 65,536 characters. What is less urgent gets what is left.
_MOST_CHARACTERS = 60_000
_OPEN = (ChangeVerdict.BREAKING, ChangeVerdict.REVIEW)
_WORDS = {
    ChangeVerdict.BREAKING: "Breaking for those who use it as it was",
    ChangeVerdict.REVIEW: "For a person to judge",
    ChangeVerdict.COMPATIBLE: "Compatible",
}


def render(report: Report) -> str:
    """The comment: the verdict, then breaking, review, compatible, findings and waivers, folded."""
    head = "\n".join(_head(report)) + "\n"
    left = _MOST_CHARACTERS - len(head)
    parts = [head]
    for section in _sections(report):
        part = section.text(left)
        left -= len(part)
        parts.append(part)
    return "".join(parts)


def _head(report: Report) -> Iterator[str]:
    outcome = report.outcome
    mark = "✅" if report.passed else "❌"
    yield f"## {mark} {text(_capital(messages.headline(report)))}"
    yield ""
    against = f" against {span(messages.source(outcome.base))}" if outcome.base else ""
    yield f"{span(messages.source(outcome.document))}{against}: {text(messages.counts(report))}."
    if outcome.version_advice is not None:
        yield ""
        message = prose(outcome.version_advice.message)
        yield f"**{message}**" if not outcome.version_advice.is_enough else message


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


class _Section:
    """A folded list that keeps to what room there is."""

    def __init__(self, title: str, entries: Sequence[str], *, is_open: bool) -> None:
        self.title, self.entries, self.is_open = title, entries, is_open

    def text(self, room: int) -> str:
        if not self.entries:
            return ""
        shown: list[str] = []
        for entry in self.entries:
            room -= len(entry) + 1
            if room < 0:
                break
            shown.append(entry)
        hidden = len(self.entries) - len(shown)
        more = f"\n{hidden} more, which the other reports show.\n" if hidden else ""
        state = " open" if self.is_open else ""
        summary = f"<details{state}><summary><strong>{self.title}</strong> ({len(self.entries)})</summary>"
        return f"\n{summary}\n\n" + "\n".join(shown) + f"\n{more}\n</details>\n"


def _sections(report: Report) -> Iterator[_Section]:
    for verdict in ChangeVerdict:
        entries = [_change(change) for change in report.changes(verdict)]
        yield _Section(_WORDS[verdict], entries, is_open=verdict in _OPEN)
    ordered = [finding for severity in Severity for finding in report.findings(severity)]
    fails = any(report.gate.stops_finding(finding) for finding in ordered)
    yield _Section("Findings in the document", [_finding(finding) for finding in ordered], is_open=fails)
    waived = [
        f"- {span(waived.finding.rule)} at {_place(waived.finding.location)}: {prose(waived.reason)}"
        for waived in report.outcome.waived
    ]
    yield _Section("Waived", waived, is_open=False)


def _change(change: Change) -> str:
    lines = [f"- {_subject(change)}: {prose(change.reason)} ({span(change.id)})"]
    if change.verdict is ChangeVerdict.COMPATIBLE:
        return lines[0]
    if change.counterexample is not None:
        lines.append(f"  - shown by {span(messages.value(change.counterexample))}")
    if change.before is not None:
        lines.append(f"  - before: {_place(change.before)}")
    if change.after is not None:
        lines.append(f"  - after: {_place(change.after)}")
    return "\n".join(lines)


def _subject(change: Change) -> str:
    others = messages.subject(change).removeprefix(change.operation)
    return f"{span(change.operation)}{text(others)}" if change.operation else text(others)


def _finding(finding: Finding) -> str:
    said = prose(messages.sentences(finding.message, finding.mend))
    return f"- **{finding.severity.value}** at {_place(finding.location)}: {said} ({span(finding.rule)})"


def _place(place: Location) -> str:
    return span(messages.brief(place))
