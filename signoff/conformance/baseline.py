"""The baseline of a test run: accepts known failures, and reports entries that are expired or of no use.

Schemathesis has a baseline too, but only for failures of its own checks in its own phases. This one has all
failures, by the fingerprint in the reports. `reporting.baseline` has the file.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from signoff.reporting.baseline import Entry, write_entries
from signoff.reporting.model import Acceptance

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from pathlib import Path

    from signoff.conformance.report import RunReport
    from signoff.reporting.model import Item


def accept(report: RunReport, entries: Iterable[Entry], today: date) -> RunReport:
    """The report with known failures accepted, and notes on expired and unused entries.

    Args:
        report: of a run.
        entries: the baseline.
        today: decides which entries have expired.
    """
    own = [entry for entry in entries if not entry.is_of_review]
    known = {entry.fingerprint: entry for entry in _renewed(report, own)}
    valid = {key: entry for key, entry in known.items() if entry.expires is None or entry.expires >= today}
    accepted = [
        replace(failure, fails=False, acceptance=Acceptance(entry.reason, entry.last_day))
        for failure in report.failures
        if (entry := valid.get(failure.fingerprint))
    ]
    failures = tuple(failure for failure in report.failures if failure.fingerprint not in valid)
    return replace(
        report,
        passed=report.passed
        or (bool(accepted) and not failures and not report.shortfalls and not report.setup_problem),
        items=(*failures, *report.warnings),
        accepted=(*report.accepted, *accepted),
        notes=(*report.notes, *_expired(failures, known), *_stale(report, known)),
    )


def _renewed(report: RunReport, entries: Iterable[Entry]) -> list[Entry]:
    """The entries; each of a former file that nothing else stands for gets the fingerprint of one failure."""
    entries = list(entries)
    known = {entry.fingerprint for entry in entries}
    open_failures = [failure for failure in report.failures if failure.fingerprint not in known]
    seen = {failure.fingerprint for failure in report.failures}
    found = []
    for entry in entries:
        same = [f for f in open_failures if (f.id, f.subject) == (entry.check, entry.operation)]
        if entry.is_former and same and entry.fingerprint not in seen:
            open_failures.remove(same[0])
            found.append(replace(entry, fingerprint=same[0].fingerprint))
        else:
            found.append(entry)
    return found


def _expired(failures: Iterable[Item], known: dict[str, Entry]) -> list[str]:
    over = [known[failure.fingerprint] for failure in failures if failure.fingerprint in known]
    return [f"the baseline entry {entry} expired on {entry.last_day}" for entry in over]


def _stale(report: RunReport, known: dict[str, Entry]) -> list[str]:
    """The entries that nothing was found for, unless the run could not have found it."""
    seen = {failure.fingerprint for failure in (*report.failures, *report.accepted)}
    tested = {name for entry in report.operations for name in (entry.id, entry.label)}
    return [
        f"the baseline entry {entry} ({entry.fingerprint}) did not occur. Remove it."
        for entry in known.values()
        if entry.fingerprint not in seen
        and report.is_complete
        and (not report.shard or entry.operation in tested)
    ]


def write_baseline(report: RunReport, path: str | Path, entries: Iterable[Entry] = ()) -> int:
    """Write a baseline of all failures of a report; reasons and ends that are known are kept.

    Args:
        report: of a run.
        path: the file; JSON where it ends in `.json`, else YAML.
        entries: the baseline so far. Entries of a review are kept.

    Returns:
        How many entries have no reason yet.

    Raises:
        SetupError: the file cannot be written.
    """
    entries = list(entries)
    found = [
        Entry(failure.fingerprint, "", check=failure.id, operation=failure.subject, message=failure.message)
        for failure in (*report.accepted, *report.failures)
    ]
    return write_entries([*found, *(entry for entry in entries if entry.is_of_review)], path, entries)
