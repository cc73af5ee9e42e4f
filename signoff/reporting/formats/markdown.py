"""A report in GitHub Flavored Markdown, for a job summary or a comment; GitLab reads it too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from signoff.reporting.markdown import block, code, prose, span, text
from signoff.reporting.messages import details, sentences
from signoff.reporting.model import Level, State

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from signoff.reporting.model import Item, Report

# There may be as many remarks as there are requirements.
_MOST_REMARKS = 100


def render(report: Report) -> str:
    """The verdict and the counts, then failures and findings, accepted items, and requirements not covered.

    Less important sections are shortened to fit.
    """
    parts = ["\n".join(_head(report)) + "\n"]
    left = report.markdown_room - len(parts[0])
    for section in _sections(report):
        parts.append(section.text(left))
        left -= len(parts[-1])
    return "".join(parts)


def _head(report: Report) -> Iterator[str]:
    yield f"## {text(report.heading)}"
    yield ""
    yield f"{' against '.join(map(span, report.compared))}: {text(report.counts)}."
    if report.partial:
        yield from ("", f"**This run is partial**: {text(report.partial)}.")
    if report.remarks:
        yield ""
    for label, sentence, level in report.remarks[:_MOST_REMARKS]:
        yield f"- {prose(sentence) if level is Level.INFO else f'{label}: {prose(sentence)}'}"
    if len(report.remarks) > _MOST_REMARKS:
        yield f"- {len(report.remarks) - _MOST_REMARKS} more; see the other reports."
    if report.operations:
        yield from ("", f"| operation | {' | '.join(state.value for state in State)} |")
        yield f"| --- |{' ---: |' * len(State)}"
    for operation in report.operations:
        yield f"| {code(operation.label)} | {' | '.join(str(operation.count(state)) for state in State)} |"
    if len(report.operations) > 1:
        yield f"| all | {' | '.join(str(report.count(state)) for state in State)} |"


@dataclass(frozen=True, slots=True)
class _Section:
    """A list that is cut to the available room: folded, or under a heading if its entries are folded."""

    title: str
    entries: Sequence[str]
    head: str = ""
    is_open: bool = False
    is_folded: bool = True

    def text(self, room: int) -> str:
        shown: list[str] = []
        for entry in self.entries:
            room -= len(entry) + 1
            if room < 0:
                break
            shown.append(entry)
        hidden = len(self.entries) - len(shown)
        more = f"\n{hidden} more; see the other reports.\n" if hidden else ""
        listed = f"\n\n{self.head}" + "\n".join(shown) + f"\n{more}"
        if not self.is_folded:
            return f"\n### {self.title} ({len(self.entries)}){listed}"
        state = " open" if self.is_open else ""
        summary = f"<summary><strong>{self.title}</strong> ({len(self.entries)})</summary>"
        return f"\n<details{state}>{summary}{listed}\n</details>\n"


def _sections(report: Report) -> Iterator[_Section]:
    for title, items in report.sections.items():
        if items[0].exchange:
            entries = [_folded(number, item) for number, item in enumerate(items, 1)]
            yield _Section(title, entries, is_folded=False)
        else:
            is_open = any(item.fails or item.level is Level.REVIEW for item in items)
            yield _Section(title, list(map(_bullet, items)), is_open=is_open)
    if report.accepted:
        yield _Section(report.accepted_title, list(map(_accepted, report.accepted)))
    gaps = [
        f"| {code(clause.id)} | {text(clause.reason)} |"
        for clause in report.clauses
        if clause.state is State.NOT_COVERED
    ]
    if gaps:
        yield _Section("Not covered", gaps, head="| requirement | reason and suggestion |\n| --- | --- |\n")


def _folded(number: int, item: Item) -> str:
    """An item with the command that reproduces it, folded."""
    summary = f"<strong>{text(item.id)}</strong>: {text(item.message)} ({code(item.subject)})"
    lines = [f"<details><summary>{number}. {summary}</summary>", ""]
    lines += [
        f"- {label.capitalize()}: {span(shown) if is_code else prose(shown)}"
        for label, shown, is_code in details(item)
    ]
    if item.exchange:
        lines += ["", *block(item.exchange.curl, "sh")]
    return "\n".join([*lines, "", "</details>", ""])


def _bullet(item: Item) -> str:
    if not item.level.is_of_change:
        said = prose(sentences(item.message, item.suggestion))
        return f"- **{item.level.value}** at {span(item.place.brief)}: {said} ({span(item.id)})"
    others = item.subject.removeprefix(item.operation).strip()
    subject = " ".join(filter(None, [span(item.operation), text(others)]))
    lines = [f"- {subject}: {prose(item.message)} ({span(item.id)})"]
    if item.parts:
        listed = ", ".join(map(prose, item.parts))
        lines.append(f"  <details><summary>{len(item.parts)} places</summary>{listed}</details>\n")
    if item.level is not Level.COMPATIBLE:
        shown = [detail for detail in details(item) if detail.label != "places"]
        lines += [f"  - {label}: {span(value)}" for label, value, _ in shown]
    return "\n".join(lines)


def _accepted(item: Item) -> str:
    said = f"{prose(item.message)} ({prose(str(item.acceptance))})"
    return f"- {span(item.id)} at {span(item.place.brief)}: {said}"
