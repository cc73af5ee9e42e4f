"""Suppressions: findings and changes that a team accepts, each with a reason.

They are in the configuration (`Suppression`), in the document (`ignores.Ignore`) or in a baseline. All match
by id and place; `Acceptances` applies them and reports those that are of no use.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import PurePath
from typing import TYPE_CHECKING, Protocol

from signoff.contract import git_source

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import date

    from signoff.contract.pointer import Location
    from signoff.reporting.model import Finding
    from signoff.review.change import Change

UNUSED, EXPIRED = "unused-suppression", "expired-suppression"
INVALID_IGNORE, IGNORE_WITHOUT_REASON = "invalid-ignore", "ignore-without-reason"
SUPPRESSION_RULES = (UNUSED, EXPIRED, INVALID_IGNORE, IGNORE_WITHOUT_REASON)


class Acceptance(Protocol):
    """What accepts findings of one rule, or changes of one kind."""

    @property
    def rule(self) -> str:
        """The id of the rule or the kind of change."""

    @property
    def reason(self) -> str:
        """Why they are accepted."""

    @property
    def location(self) -> Location:
        """Its place in the configuration or the document."""

    def matches(self, places: Sequence[Location | None], operations: Collection[str]) -> bool:
        """Whether it accepts what is found at one of these places.

        Args:
            places: in the document, then in the base; None where it is not there.
            operations: the ids and labels of the operations around it.
        """

    def may_apply(self, files: Collection[str]) -> bool:
        """Whether it could match anything in these files."""


@dataclass(frozen=True, slots=True)
class Suppression:
    """A suppression. `file`, `pointer` and `operation` must match if they are not empty.

    Attributes:
        rule: the id of the rule or the kind of change.
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

    def may_apply(self, files: Collection[str]) -> bool:
        """Whether one of the files matches."""
        return any(map(self._matches_file, files))

    def matches(self, places: Sequence[Location | None], operations: Collection[str]) -> bool:
        """Whether it is for one of these places, and one of these operations."""
        if self.operation and self.operation not in operations:
            return False
        return any(
            self._matches_file(place.file)
            and (not self.pointer or bool(_glob(self.pointer).fullmatch(place.pointer)))
            for place in places
            if place
        )

    def _matches_file(self, name: str) -> bool:
        """Whether the file's path, or the end of it, matches; at a git revision, without the revision."""
        path = PurePath(name).as_posix()
        names = [path, path.partition(":")[2]] if git_source.is_named_so(name) else [path]
        return not self.file or any(
            fnmatchcase(each, self.file) or fnmatchcase(each, f"*/{self.file}") for each in names
        )


@lru_cache(maxsize=256)
def _glob(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*|\*)", pattern)
    return re.compile("".join({"**": ".*", "*": "[^/]*"}.get(part, re.escape(part)) for part in parts))


@dataclass(frozen=True, slots=True)
class Acceptances:
    """All that accepts findings and changes, and which of them did.

    Attributes:
        by_rule: by the id of the rule or the kind of change.
    """

    by_rule: dict[str, list[Acceptance]] = field(default_factory=dict)
    _used: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, entries: Iterable[Acceptance]) -> Acceptances:
        """All of some entries, none of them used."""
        found = cls()
        for entry in entries:
            found.by_rule.setdefault(entry.rule, []).append(entry)
        return found

    def of_finding(self, finding: Finding, operations: Collection[str]) -> Acceptance | None:
        """What accepts a finding in these operations (ids and labels)."""
        return self._first(finding.rule, [finding.location], operations)

    def of_change(self, change: Change, named: Sequence[Collection[str]]) -> Acceptance | None:
        """What accepts a change.

        Args:
            change: the change.
            named: the names of each operation that it affects. It is accepted if it is so for each of them.
        """
        places = [change.after, change.before]
        found = [self._first(change.id, places, operations) for operations in named]
        return found[0] if found and all(found) else None

    def is_used(self, entry: Acceptance) -> bool:
        """Whether it accepted anything."""
        return id(entry) in self._used

    def _first(
        self, rule: str, places: Sequence[Location | None], operations: Collection[str]
    ) -> Acceptance | None:
        matching = [one for one in self.by_rule.get(rule, ()) if one.matches(places, operations)]
        self._used.update(map(id, matching))
        return matching[0] if matching else None

    def __iter__(self) -> Iterator[Acceptance]:
        return (entry for entries in self.by_rule.values() for entry in entries)
