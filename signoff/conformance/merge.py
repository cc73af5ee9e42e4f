"""The command `signoff merge`: the reports of one contract's shards as one report."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

import click

from signoff.conformance.options import parse_shard
from signoff.conformance.outcome import Outcome
from signoff.conformance.report.json_report import read
from signoff.contract import DataError, SetupError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from signoff.conformance.report import RunReport as Report

_T = TypeVar("_T")
# What must be the same in all reports, by its name in error messages.
_ALIKE: dict[str, Callable[[Report], object]] = {
    "versions of Signoff": lambda report: report.version,
    "documents": lambda report: report.document_digest,
    "targets": lambda report: report.target,
    "settings": lambda report: dict(report.settings),
    "numbers of shards": lambda report: report.shard.partition("/")[2],
}


def merge_reports(reports: Mapping[str, Report]) -> Report:
    """The report of the whole run.

    Args:
        reports: the reports of the shards, by file name.

    Raises:
        DataError: they are not from one run.
    """
    if len(reports) == 1 and not next(iter(reports.values())).shard:
        return next(iter(reports.values()))
    _reject_unrelated(reports)
    ordered = sorted(reports.values(), key=lambda report: parse_shard(report.shard).index)
    return _joined(ordered, _missing(ordered))


def _reject_unrelated(reports: Mapping[str, Report]) -> None:
    for file, report in reports.items():
        if not report.shard:
            raise DataError(
                f"{file} is the report of a whole run, not of a shard",
                suggestion="Merge the reports of `signoff test --shard K/N`.",
            )
    (first_file, first), *others = reports.items()
    for words, value in _ALIKE.items():
        for file, report in others:
            if value(report) != value(first):
                raise DataError(
                    f"{first_file} and {file} have different {words}: {_shown(words, first)} and"
                    f" {_shown(words, report)}",
                    suggestion="Merge the reports of one run's shards.",
                )
    shards: dict[str, str] = {}
    for file, report in reports.items():
        if report.shard in shards:
            raise DataError(
                f"{shards[report.shard]} and {file} are both for shard {report.shard}",
                suggestion="Pass one report per shard.",
            )
        shards[report.shard] = file


def _shown(words: str, report: Report) -> str:
    return report.document if words == "documents" else str(_ALIKE[words](report))


def _missing(reports: Sequence[Report]) -> list[str]:
    total = parse_shard(reports[0].shard).total
    there = {parse_shard(report.shard).index for report in reports}
    names = reports[0].outline
    messages = []
    for index in sorted({*range(1, total + 1)} - there):
        count = len(names[index - 1 :: total])
        plural = "" if count == 1 else "s"
        messages.append(f"shard {index}/{total} is missing, with {count} operation{plural}")
    return messages


def _joined(reports: Sequence[Report], missing: Sequence[str]) -> Report:
    first = reports[0]
    order = {name.id: number for number, name in enumerate(first.outline)}
    started_at = min(report.started_at for report in reports)
    ended_at = max(report.started_at + timedelta(seconds=report.elapsed_s) for report in reports)
    statuses: Counter[int] = Counter()
    for report in reports:
        statuses.update(report.statuses)
    items = {item.fingerprint: item for report in reports for item in report.items}

    return replace(
        first,
        started_at=started_at,
        elapsed_s=(ended_at - started_at).total_seconds(),
        requests=sum(report.requests for report in reports),
        statuses=dict(sorted(statuses.items())),
        passed=all(report.passed for report in reports),
        shard="",
        operations=tuple(
            sorted(
                (entry for report in reports for entry in report.operations),
                key=lambda entry: order.get(entry.id, len(order)),
            )
        ),
        items=tuple(sorted(items.values(), key=lambda item: order.get(item.operation, len(order)))),
        accepted=_each(entry for report in reports for entry in report.accepted),
        errors=_each(error for report in reports for error in report.errors),
        cut_short=(*_each(reason for report in reports for reason in report.cut_short), *missing),
        notes=_each(note for report in reports for note in report.notes),
        setup_problem=next((report.setup_problem for report in reports if report.setup_problem), ""),
        shortfalls=_each(sentence for report in reports for sentence in report.shortfalls),
    )


def _each(items: Iterable[_T]) -> tuple[_T, ...]:
    """The items in order, each once."""
    kept: list[_T] = []
    kept.extend(item for item in items if item not in kept)
    return tuple(kept)


@click.command
@click.argument("reports", nargs=-1, required=True, metavar="REPORT.json...")
@click.option(
    "--report",
    "formats",
    multiple=True,
    metavar="FORMAT=FILE",
    help="Write a report: json, junit, html, sarif, github, gitlab or markdown; - is stdout. Repeatable.",
)
@click.option("-v", "--verbose", is_flag=True, help="List each requirement, not only failures and counts.")
@click.option("--baseline", type=click.Path(), help="Accept the known failures in this file.")
def merge(reports: tuple[str, ...], formats: tuple[str, ...], baseline: str | None, *, verbose: bool) -> None:
    """Merge the JSON reports of a run's shards into one verdict.

    All reports must have the same document, target, Signoff version and settings. If a shard is missing,
    the merged report names it and is marked as partial.

    \b
      signoff test "$URL" --shard 1/2 --report json=1.json     in one CI job
      signoff test "$URL" --shard 2/2 --report json=2.json     in another job
      signoff merge 1.json 2.json --report html=report.html    after both jobs

    Exit codes: 0 passed, 1 failed, 2 the reports can't be merged.
    """
    outcome = Outcome(formats, baseline, None)
    if len(set(reports)) < len(reports):
        raise SetupError("a report is duplicated", suggestion="Name each report once.")
    outcome.finish(merge_reports({file: read(file) for file in reports}), verbose=verbose)
