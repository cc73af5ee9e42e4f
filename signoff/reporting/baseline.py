"""The file of a baseline: what is accepted by fingerprint, each with a reason and an optional expiry date.

`expires` is the last day on which an entry is valid. `signoff test` and `signoff review` share the format
(`baseline.schema.json` beside this file), and may share a file.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import yaml

from signoff.aliases import CHECKS, current
from signoff.contract.errors import DataError, SetupError
from signoff.contract.pointer import Location, join
from signoff.contract.source import read
from signoff.printing import echo
from signoff.reporting.whole_files import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable

FORMAT_VERSION = 2
_HEAD = """\
# Known failures. Each needs a reason. An entry with `expires` is accepted up to that day.
# Signoff matches failures by fingerprint; check, operation and message are for readers.
"""
# Of a failure of a test; those of findings and changes are shorter.
_LENGTH_OF_FAILURE = 32


@dataclass(frozen=True, slots=True)
class Entry:
    """One accepted failure.

    Attributes:
        fingerprint: of a failure, a finding or a change; repeated ones of a review have a number.
        expires: the last day on which it is accepted; None for no end.
        check: the id of the check, the rule or the kind of change.
        location: its place in the file.
        is_former: whether the file is of version 1, whose fingerprints were made of former names.
    """

    fingerprint: str
    reason: str
    expires: date | None = None
    check: str = ""
    operation: str = ""
    message: str = ""
    is_former: bool = False
    location: Location = field(default=Location(""), compare=False)

    def __str__(self) -> str:
        """The entry in a few words."""
        return f"{self.check} of {self.operation}" if self.check else self.fingerprint

    @property
    def is_of_review(self) -> bool:
        """Whether it is for a finding or a change; else it is for a failure of a test."""
        return len(self.fingerprint) != _LENGTH_OF_FAILURE

    @property
    def last_day(self) -> str:
        """The last day as YYYY-MM-DD; empty for no end."""
        return self.expires.isoformat() if self.expires else ""


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
        entry = _entry(item, place, is_former=content["format_version"] == 1)
        if not entry.reason.strip():
            raise DataError(
                f"the reason for {entry} is missing", suggestion="Fill in `reason`.", location=place
            )
        if entry.fingerprint in entries:
            raise DataError(f"{entry} is duplicated", suggestion="Remove one of the entries.", location=place)
        entries[entry.fingerprint] = entry
    return tuple(entries.values())


def _entry(item: dict[str, Any], place: Location, *, is_former: bool) -> Entry:
    expires = item.get("expires")
    return Entry(
        item["fingerprint"],
        item["reason"],
        date.fromisoformat(expires) if expires else None,
        check=current(item.get("check", ""), CHECKS) if is_former else item.get("check", ""),
        operation=item.get("operation", ""),
        message=item.get("message", ""),
        is_former=is_former,
        location=place,
    )


def write_entries(found: Iterable[Entry], path: str | Path, known: Iterable[Entry] = ()) -> int:
    """Write entries; reasons and ends that are known are kept.

    Args:
        found: what to accept.
        path: the file; JSON where it ends in `.json`, else YAML.
        known: the entries so far.

    Returns:
        How many entries have no reason yet.

    Raises:
        SetupError: the file cannot be written.
    """
    former = {entry.fingerprint: entry for entry in known}
    items = [_item(entry, former.get(entry.fingerprint)) for entry in found]
    content = {"format_version": FORMAT_VERSION, "accepted": items}
    if str(path).endswith(".json"):
        text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    else:
        text = _HEAD + yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100)
    try:
        write_whole(Path(path), text)
    except OSError as error:
        raise SetupError(f"cannot write the baseline {path}: {error.strerror}") from None
    return sum(not item["reason"] for item in items)


def _item(entry: Entry, known: Entry | None) -> dict[str, str]:
    item = {
        "fingerprint": entry.fingerprint,
        "check": entry.check,
        "operation": entry.operation,
        "message": entry.message,
        "reason": known.reason if known else "",
    }
    return item | ({"expires": known.last_day} if known and known.expires else {})


def check_writable(path: str) -> None:
    """Check that a baseline can be written, before the work for it is done.

    Raises:
        SetupError: its folder is missing or not writable.
    """
    if not os.access(Path(path).parent, os.W_OK):
        raise SetupError(f"cannot write the baseline {path}", suggestion="Use a file in a writable folder.")


def announce(path: str, empty: int) -> None:
    """Say that a baseline was written, and how many reasons to fill in."""
    fill = f"; fill in {empty} reason{'' if empty == 1 else 's'}" if empty else ""
    echo(f"Wrote the baseline {path}{fill}.", err=True)
