"""A baseline: known failures that are accepted, each with a reason and an optional expiry date.

Schemathesis has a baseline too, but only for failures of its own checks in its own phases. This file has all
failures, by the fingerprint in the reports. `expires` is the last day on which an entry is valid.
The format is a JSON Schema, `baseline.schema.json` beside this file.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import yaml

from signoff.aliases import CHECKS, current
from signoff.contract import DataError, SetupError
from signoff.contract.pointer import join
from signoff.contract.source import read
from signoff.reporting.model import Acceptance

if TYPE_CHECKING:
    from collections.abc import Iterable

    from signoff.conformance.report import RunReport
    from signoff.reporting.model import Item

FORMAT_VERSION = 2
_HEAD = """\
# Known failures. Each needs a reason. An entry with `expires` is accepted up to that day.
# Signoff matches failures by fingerprint; check, operation and message are for readers.
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One accepted failure.

    Attributes:
        expires: the last day on which it is accepted; None for no end.
        is_former: whether the file is of version 1, whose fingerprints were made of former names.
    """

    fingerprint: str
    reason: str
    expires: date | None = None
    check: str = ""
    operation: str = ""
    message: str = ""
    is_former: bool = False

    def __str__(self) -> str:
        """The entry in a few words."""
        return f"{self.check} of {self.operation}" if self.check else self.fingerprint


def schema_file() -> Path:
    """The JSON Schema of the file."""
    return Path(__file__).with_name("baseline.schema.json")


def load_baseline(path: str | Path) -> tuple[Entry, ...]:
    """Read a baseline, YAML or JSON.

    Raises:
        SourceError: it cannot be read.
        DataError: its format is invalid, an entry has no reason, or an entry is duplicated.
    """
    source = read(path)
    schema = json.loads(schema_file().read_text(encoding="utf-8"))
    for fault in jsonschema_rs.Draft202012Validator(schema, validate_formats=True).iter_errors(source.value):
        raise DataError(
            f"invalid baseline: {fault.message}",
            suggestion="Required: `format_version: 2`, and `accepted` with a fingerprint and reason each.",
            location=source.locate(join(fault.instance_path)),
        )
    content: Any = source.value
    entries: dict[str, Entry] = {}
    for number, item in enumerate(content["accepted"]):
        place = source.locate(join(["accepted", number]))
        entry = _entry(item, is_former=content["format_version"] == 1)
        if not entry.reason.strip():
            raise DataError(
                f"the reason for {entry} is missing", suggestion="Fill in `reason`.", location=place
            )
        if entry.fingerprint in entries:
            raise DataError(f"{entry} is duplicated", suggestion="Remove one of the entries.", location=place)
        entries[entry.fingerprint] = entry
    return tuple(entries.values())


def _entry(item: dict[str, Any], *, is_former: bool) -> Entry:
    expires = item.get("expires")
    return Entry(
        item["fingerprint"],
        item["reason"],
        date.fromisoformat(expires) if expires else None,
        check=current(item.get("check", ""), CHECKS) if is_former else item.get("check", ""),
        operation=item.get("operation", ""),
        message=item.get("message", ""),
        is_former=is_former,
    )


def accept(report: RunReport, entries: Iterable[Entry], today: date) -> RunReport:
    """The report with known failures accepted, and notes on expired and unused entries.

    Args:
        report: of a run.
        entries: the baseline.
        today: decides which entries have expired.
    """
    known = {entry.fingerprint: entry for entry in _renewed(report, entries)}
    valid = {key: entry for key, entry in known.items() if entry.expires is None or entry.expires >= today}
    accepted = [
        replace(failure, fails=False, acceptance=Acceptance(entry.reason, _day(entry)))
        for failure in report.failures
        if (entry := valid.get(failure.fingerprint))
    ]
    failures = tuple(failure for failure in report.failures if failure.fingerprint not in valid)
    return replace(
        report,
        passed=report.passed or (bool(accepted) and not failures and not report.shortfalls),
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


def _day(entry: Entry) -> str:
    return entry.expires.isoformat() if entry.expires else ""


def _expired(failures: Iterable[Item], known: dict[str, Entry]) -> list[str]:
    over = [known[failure.fingerprint] for failure in failures if failure.fingerprint in known]
    return [f"the baseline entry {entry} expired on {_day(entry)}" for entry in over]


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
        entries: the baseline so far.

    Returns:
        How many entries have no reason yet.

    Raises:
        SetupError: the file cannot be written.
    """
    known = {entry.fingerprint: entry for entry in entries}
    failures = (*report.accepted, *report.failures)
    items = [_item(failure, known.get(failure.fingerprint)) for failure in failures]
    content = {"format_version": FORMAT_VERSION, "accepted": items}
    if str(path).endswith(".json"):
        text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    else:
        text = _HEAD + yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100)
    try:
        Path(path).write_text(text, encoding="utf-8")
    except OSError as error:
        raise SetupError(f"cannot write the baseline {path}: {error.strerror}") from None
    return sum(not item["reason"] for item in items)


def _item(failure: Item, known: Entry | None) -> dict[str, str]:
    item = {
        "fingerprint": failure.fingerprint,
        "check": failure.id,
        "operation": failure.subject,
        "message": failure.message,
        "reason": known.reason if known else "",
    }
    return item | ({"expires": _day(known)} if known and known.expires else {})
