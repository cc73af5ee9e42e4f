"""The verdict for a person at a terminal: the clauses as a table, then each failure, then the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from contract_tests.curl import curl
from contract_tests.evidence import State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contract_tests.checks import Failure
    from contract_tests.evidence import ClauseEvidence
    from contract_tests.suite import Verdict
    from openapi import Contract

_MARKS = {State.VERIFIED: ("✓", "green"), State.VIOLATED: ("✗", "red"), State.NOT_EXERCISED: ("·", "yellow")}
_TITLE_WIDTH = 78


def render(verdict: Verdict) -> str:
    """The report, with colours; the caller strips them where there is no terminal."""
    return "\n".join(_lines(verdict)) + "\n"


def _lines(verdict: Verdict) -> Iterator[str]:
    evidence = verdict.evidence
    for operation in verdict.contract.operations:
        yield click.style(operation.label, bold=True)
        for found in evidence.clauses.values():
            if found.clause.operation == operation.id:
                yield _row(found)
        yield ""
    yield from _failures(verdict.contract, "Failures", evidence.errors)
    yield from _failures(verdict.contract, "Warnings", evidence.warnings)
    for error in verdict.errors:
        yield click.style(f"not searched: {error}", fg="yellow")
    yield _summary(verdict)


def _row(found: ClauseEvidence) -> str:
    mark, color = _MARKS[found.state]
    title = found.clause.title
    title = title if len(title) <= _TITLE_WIDTH else title[: _TITLE_WIDTH - 1] + "…"
    shown = found.reason
    if found.state is State.VERIFIED and found.exchange is not None:
        shown = f"{found.exchange.status} to {_shortened(found.exchange.label)}"
    state = click.style(f"{mark} {found.state.value:<13}", fg=color)
    return f"  {state}  {title:<{_TITLE_WIDTH}}  {_shortened(shown)}".rstrip()


def _shortened(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= 90 else plain[:89] + "…"


def _failures(contract: Contract, title: str, failures: list[Failure]) -> Iterator[str]:
    if failures:
        yield click.style(title, bold=True)
    for number, failure in enumerate(failures, 1):
        first, *rest = describe(contract, failure)
        yield f"{number}. {click.style(first, fg='red' if title == 'Failures' else 'yellow')}"
        yield from (f"   {line}" for line in rest)
        yield ""


def describe(contract: Contract, failure: Failure) -> list[str]:
    """A failure for people: what, expected, came, where the contract says so, and how to repeat it."""
    fault, exchange = failure.fault, failure.exchange
    place = contract.locate(fault.pointer or exchange.subject.pointer)
    return [
        f"{failure.check.id}: {' '.join(fault.message.split())}",
        f"expected  {' '.join(fault.expected.split())}",
        f"came      {' '.join(fault.actual.split()) or 'nothing'}",
        f"said at   {place}",
        f"source    {failure.check.source}",
        f"repeat    {curl(exchange.sent)}",
    ]


def _summary(verdict: Verdict) -> str:
    evidence = verdict.evidence
    states = [found.state for found in evidence.clauses.values()]
    word = (
        click.style("PASS", fg="green", bold=True)
        if verdict.passed
        else click.style("FAIL", fg="red", bold=True)
    )
    counts = ", ".join(f"{states.count(state)} {state.value}" for state in State)
    warnings = len(evidence.warnings)
    return (
        f"{word}  {verdict.contract.title} at {verdict.target}: {counts}"
        f"{f', {warnings} warning' + ('s' if warnings > 1 else '') if warnings else ''}"
        f" ({evidence.requests} requests, {verdict.elapsed_s:.1f} s, seed {verdict.options.seed})"
    )
