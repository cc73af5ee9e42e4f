"""Suppressions: findings that a team accepts, each with a reason."""

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
    from signoff.reporting.model import Finding

UNUSED, EXPIRED = "unused-suppression", "expired-suppression"
SUPPRESSION_RULES = (UNUSED, EXPIRED)


@dataclass(frozen=True, slots=True)
class Suppression:
    """A suppression. `file`, `pointer` and `operation` must match if they are not empty.

    Attributes:
        rule: the id of the rule.
        file: a glob for the file, or for the end of its path.
        pointer: a glob for the JSON Pointer: `*` matches inside one token, `**` any number of tokens.
        operation: an operationId or `METHOD /path`.
        reason: why the finding is accepted.
        expires: the last day; None for no end.
        location: its place in the configuration.
    """

    rule: str
    file: str
    pointer: str
    operation: str
    reason: str
    expires: date | None
    location: Location

    def is_expired(self, today: date) -> bool:
        """Whether its last day has passed."""
        return self.expires is not None and today > self.expires

    def matches_file(self, name: str) -> bool:
        """Whether the file's path, or the end of it, matches."""
        path = PurePath(name).as_posix()
        return not self.file or fnmatchcase(path, self.file) or fnmatchcase(path, f"*/{self.file}")

    def matches(self, finding: Finding, operations: Iterable[str]) -> bool:
        """Whether it suppresses a finding in these operations (ids and labels)."""
        return (
            finding.rule == self.rule
            and self.matches_file(finding.location.file)
            and (not self.pointer or bool(_glob(self.pointer).fullmatch(finding.location.pointer)))
            and (not self.operation or self.operation in operations)
        )


@lru_cache(maxsize=256)
def _glob(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*|\*)", pattern)
    return re.compile("".join({"**": ".*", "*": "[^/]*"}.get(part, re.escape(part)) for part in parts))
