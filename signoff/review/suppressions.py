"""Findings that a team accepts, each with its reason."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import PurePath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from signoff.contract.pointer import Location
    from signoff.reporting.findings import Finding

STALE, EXPIRED = "unused-suppression", "expired-suppression"
WAIVER_RULES = (STALE, EXPIRED)


@dataclass(frozen=True, slots=True)
class Waiver:
    """One acceptance. Of `file`, `pointer` and `operation` each that is not empty must fit.

    Attributes:
        rule: the id of the rule whose findings are accepted.
        file: a glob for the file, from anywhere in its path on.
        pointer: a glob for the JSON Pointer: `*` is one token or a part of it, `**` any number.
        operation: an operationId, or `METHOD /path`.
        reason: why.
        expires: the last day on which it holds; None for ever.
        location: where it stands in the configuration.
    """

    rule: str
    file: str
    pointer: str
    operation: str
    reason: str
    expires: date | None
    location: Location

    def is_expired(self, today: date) -> bool:
        """Whether its last day is over."""
        return self.expires is not None and today > self.expires

    def fits_file(self, name: str) -> bool:
        """Whether the file's path, or an end of it, matches."""
        path = PurePath(name).as_posix()
        return not self.file or fnmatchcase(path, self.file) or fnmatchcase(path, f"*/{self.file}")

    def fits(self, finding: Finding, operations: Iterable[str]) -> bool:
        """Whether it accepts a finding that stands in these operations (by id and by label)."""
        return (
            finding.rule == self.rule
            and self.fits_file(finding.location.file)
            and (not self.pointer or bool(_glob(self.pointer).fullmatch(finding.location.pointer)))
            and (not self.operation or self.operation in operations)
        )


@lru_cache(maxsize=256)
def _glob(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*|\*)", pattern)
    return re.compile("".join({"**": ".*", "*": "[^/]*"}.get(part, re.escape(part)) for part in parts))
