"""Findings that a team accepts, each with its reason, and what becomes of waivers that no longer fit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import PurePath
from typing import TYPE_CHECKING

from signoff.reporting.findings import Finding, Severity
from signoff.review.outcome import WaivedFinding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from signoff.contract.location import Location

STALE, EXPIRED = "waiver-stale", "waiver-expired"
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


def applied(
    findings: Sequence[Finding],
    waivers: Sequence[Waiver],
    *,
    operations_of: Callable[[Finding], Iterable[str]],
    asked: Callable[[str], bool],
    files: Iterable[str],
    severities: Mapping[str, Severity | None],
    today: date,
) -> tuple[list[Finding], list[WaivedFinding]]:
    """Take out the findings that are accepted.

    Args:
        findings: what was found.
        waivers: what is accepted.
        operations_of: the ids and labels of the operations that a finding stands in.
        asked: whether a rule was asked in this review; a waiver of another cannot be judged.
        files: the files of the document; a waiver for others cannot be judged either.
        severities: by rule id, where not the own one; None for off.
        today: the day to judge expiry by.

    Returns:
        What is left, followed by a finding for each waiver that is stale or expired; and what was waived.
    """
    valid = [waiver for waiver in waivers if not waiver.is_expired(today)]
    used: set[int] = set()
    left, waived = [], []
    for finding in findings:
        operations = tuple(operations_of(finding)) if valid else ()
        fitting = [waiver for waiver in valid if waiver.fits(finding, operations)]
        used.update(id(waiver) for waiver in fitting)
        if fitting:
            waived.append(WaivedFinding(finding, fitting[0].reason))
        else:
            left.append(finding)
    names = tuple(files)
    for waiver in waivers:
        is_judged = asked(waiver.rule) and any(waiver.fits_file(name) for name in names)
        if waiver.is_expired(today):
            left += _told(
                EXPIRED, waiver, f"the waiver of {waiver.rule} expired on {waiver.expires}", severities
            )
        elif is_judged and id(waiver) not in used:
            left += _told(STALE, waiver, f"the waiver of {waiver.rule} fits no finding any more", severities)
    return left, waived


def _told(
    rule: str, waiver: Waiver, message: str, severities: Mapping[str, Severity | None]
) -> Iterable[Finding]:
    severity = severities.get(rule, Severity.WARNING)
    mend = {STALE: "Remove it.", EXPIRED: "Mend what it waived, or give it a later date."}[rule]
    if severity is not None:
        yield Finding(rule, severity, f"{message} (its reason: {waiver.reason})", mend, waiver.location)
