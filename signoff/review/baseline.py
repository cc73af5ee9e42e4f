"""The baseline of a review: findings and changes that are accepted by fingerprint."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from signoff.reporting.baseline import Entry
from signoff.reporting.model import Finding
from signoff.review.cause import change_fingerprint
from signoff.review.change import ChangeVerdict

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from signoff.review.change import Change


@dataclass(slots=True)
class Baseline:
    """The entries for findings and changes; matches each with at most one.

    Attributes:
        entries: those that are valid, by fingerprint.
        expired: those that are not.
        accepted: the entries that accepted something, as they were found.
    """

    entries: dict[str, Entry] = field(default_factory=dict)
    expired: tuple[Entry, ...] = ()
    accepted: list[Entry] = field(default_factory=list)
    _count: Counter[str] = field(default_factory=Counter)
    _fingerprints: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, entries: Iterable[Entry], today: date) -> Baseline:
        """The entries for a review, on a day."""
        own = [entry for entry in entries if entry.is_of_review]
        expired = tuple(entry for entry in own if entry.expires and entry.expires < today)
        return cls({entry.fingerprint: entry for entry in own if entry not in expired}, expired)

    def accepting(self, item: Finding | Change) -> Entry | None:
        """The entry that accepts a finding or change; each of several with one fingerprint has its own."""
        fingerprint = item.fingerprint if isinstance(item, Finding) else change_fingerprint(item)
        self._count[fingerprint] += 1
        number = self._count[fingerprint]
        found = fingerprint if number == 1 else f"{fingerprint}:{number}"
        self._fingerprints[id(item)] = found
        entry = self.entries.get(found)
        if entry:
            self.accepted.append(_entry(item, found))
        return entry

    @property
    def unused(self) -> list[Entry]:
        """The valid entries that accepted nothing."""
        used = {entry.fingerprint for entry in self.accepted}
        return [entry for name, entry in self.entries.items() if name not in used]

    def renewed(self, left: Iterable[Finding | Change]) -> tuple[Entry, ...]:
        """A baseline of what was accepted and of what is left; compatible changes need none."""
        found = [
            _entry(item, self._fingerprints[id(item)])
            for item in left
            if isinstance(item, Finding) or item.verdict is not ChangeVerdict.COMPATIBLE
        ]
        return (*self.accepted, *found)


def _entry(item: Finding | Change, fingerprint: str) -> Entry:
    if isinstance(item, Finding):
        return Entry(fingerprint, "", check=item.rule, message=item.message)
    return Entry(fingerprint, "", check=item.id, operation=item.operation, message=item.reason)
