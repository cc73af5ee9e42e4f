"""The verdict as Markdown, for the summary of a CI job: GitHub's dialect, which GitLab reads too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.conformance.evidence import State
from signoff.reporting.markdown import block as _block
from signoff.reporting.markdown import code as _code
from signoff.reporting.markdown import text as _text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from signoff.conformance.report.model import ExchangeEntry, FailureEntry, Report

# A job summary of GitHub's holds one MiB; this many stay well below that.
_MOST_FAILURES, _MOST_GAPS = 50, 500


def render(report: Report) -> str:
    """The summary: the verdict, the counts, the failures folded, and what was not exercised."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    word = "PASS" if report.passed else "FAIL"
    partial = "" if report.is_complete else " (partial)"
    yield f"## {word}{partial}: {_text(report.title)}"
    yield ""
    yield (
        f"{_code(report.target)} against {_code(report.document)}: {report.requests} requests in"
        f" {report.elapsed_s:.1f} s, seed {report.seed}, Signoff {_text(report.version)}"
        f"{f', shard {report.shard}' if report.shard else ''}."
    )
    yield ""
    if not report.is_complete:
        why = "; ".join(map(_text, report.cut_short)) or "not everything was sent that was meant to be"
        yield f"**This run is partial**: {why}."
        yield ""
    if report.errors or report.notes or report.shortfalls:
        yield from (f"- not shown: {_text(sentence)}" for sentence in report.shortfalls[:_MOST_GAPS])
        yield from (f"- not searched: {_text(error)}" for error in report.errors)
        yield from (f"- {_text(note)}" for note in report.notes)
        yield ""
    yield from _counts(report)
    yield from _failures("Failures", report.failures)
    yield from _failures("Warnings", report.warnings)
    yield from _accepted(report)
    yield from _gaps(report)


def _counts(report: Report) -> Iterator[str]:
    yield f"| operation | {' | '.join(state.value for state in State)} |"
    yield f"| --- |{' ---: |' * len(State)}"
    for operation in report.operations:
        yield f"| {_code(operation.label)} | {' | '.join(str(operation.count(state)) for state in State)} |"
    if len(report.operations) > 1:
        yield f"| all | {' | '.join(str(report.count(state)) for state in State)} |"
    yield ""


def _failures(title: str, failures: Sequence[FailureEntry]) -> Iterator[str]:
    if not failures:
        return
    yield f"### {title} ({len(failures)})"
    yield ""
    for number, failure in enumerate(failures[:_MOST_FAILURES], 1):
        yield from _failure(number, failure)
    if len(failures) > _MOST_FAILURES:
        yield f"And {len(failures) - _MOST_FAILURES} more, which the other reports show."
        yield ""


def _accepted(report: Report) -> Iterator[str]:
    if not report.accepted:
        return
    yield f"### Accepted by the baseline ({len(report.accepted)})"
    yield ""
    for entry in report.accepted[:_MOST_FAILURES]:
        until = f" Until {entry.expires}." if entry.expires else ""
        yield (
            f"- **{entry.failure.check}**: {_text(entry.failure.message)}"
            f" ({_code(entry.failure.operation_label)}). Accepted: {_text(entry.reason)}.{until}"
        )
    if len(report.accepted) > _MOST_FAILURES:
        yield f"- And {len(report.accepted) - _MOST_FAILURES} more, which the other reports show."
    yield ""


def _failure(number: int, failure: FailureEntry) -> Iterator[str]:
    yield (
        f"<details><summary>{number}. <strong>{failure.check}</strong>: {_text(failure.message)}"
        f" ({_code(failure.operation_label)})</summary>"
    )
    yield ""
    yield f"- Expected: {_text(failure.expected)}"
    yield f"- Came: {_text(failure.actual) or 'nothing'}"
    yield f"- Answer: {_answer(failure.exchange)} to {_text(failure.exchange.label)}"
    yield f"- Said at: {_code(str(failure.place))}"
    yield f"- Source: {_text(failure.source)}"
    yield ""
    yield from _block(failure.exchange.curl, "sh")
    yield ""
    yield "</details>"
    yield ""


def _answer(exchange: ExchangeEntry) -> str:
    return f"{exchange.status} {exchange.reason}".rstrip() if exchange.status else "none"


def _gaps(report: Report) -> Iterator[str]:
    gaps = [clause for clause in report.clauses if clause.state is State.NOT_EXERCISED]
    if not gaps:
        return
    yield f"<details><summary>Not exercised ({len(gaps)})</summary>"
    yield ""
    yield "| clause | why, and what mends it |"
    yield "| --- | --- |"
    yield from (f"| {_code(clause.id)} | {_text(clause.reason)} |" for clause in gaps[:_MOST_GAPS])
    if len(gaps) > _MOST_GAPS:
        yield f"| and {len(gaps) - _MOST_GAPS} more | |"
    yield ""
    yield "</details>"
