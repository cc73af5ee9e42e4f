"""The outcome of a review: findings, changes, the verdict, and what makes it fail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from signoff.contract.errors import SetupError
from signoff.reporting.messages import counted
from signoff.review.change import ChangeVerdict
from signoff.review.ids import is_known, kinds
from signoff.review.rules import RULES
from signoff.review.suppressions import SUPPRESSION_RULES
from signoff.review.words import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from signoff.reporting.baseline import Entry
    from signoff.reporting.model import Finding, Level
    from signoff.review.change import Change
    from signoff.review.changes.version import VersionAdvice

NEVER = "never"
_FREEDOMS = ("internal", "draft", "alpha")
# Worst first: a name fails the review, and so does everything worse.
_SCALES = (("breaking", "needs-review"), ("error", "warning", "info"))
NAMES = (*_SCALES[0], *_SCALES[1], NEVER)
DEFAULT = ("breaking", "error")


@dataclass(frozen=True, slots=True)
class Revision:
    """A document that was reviewed or compared with.

    Attributes:
        source: the path, URL or `revision:path` that the user gave.
        commit: the abbreviated commit; empty outside git.
        title, version: from the document's `info`.
    """

    source: str
    title: str
    version: str
    commit: str = ""


Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Suppressed(Generic[Item]):
    """A suppressed finding or change, with the reason; the reason may be empty."""

    item: Item
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a review.

    Attributes:
        document: the reviewed document.
        base: the document that it was compared with; None without a comparison.
        findings: in document order, without the suppressed and the known ones.
        changes: worst first, without the suppressed ones; empty without a base.
        known: like `findings`, those that the base has too, which are not shown.
        suppressed_changes: like `suppressed`, the findings.
        turned_off: the changes of kinds that the configuration turns off.
        baseline: a baseline of what is left and of what the baseline in use accepted.
        version_advice: the version that the changes require; None without a base.
    """

    document: Revision
    base: Revision | None
    findings: tuple[Finding, ...]
    changes: tuple[Change, ...] = ()
    suppressed: tuple[Suppressed[Finding], ...] = ()
    version_advice: VersionAdvice | None = None
    known: tuple[Finding, ...] = ()
    suppressed_changes: tuple[Suppressed[Change], ...] = ()
    turned_off: tuple[Change, ...] = ()
    baseline: tuple[Entry, ...] = ()

    @property
    def is_unchanged(self) -> bool:
        """Whether there is a base, and not one change."""
        return self.base is not None and not (self.changes or self.suppressed_changes or self.turned_off)

    @property
    def notes(self) -> list[str]:
        """What is not shown or does not count, one sentence each."""
        notes = []
        if number := len(self.known):
            is_one = number == 1
            hidden = (
                f"{'is' if is_one else 'are'} not shown; --all-findings shows {'it' if is_one else 'them'}"
            )
            notes.append(f"{counted(number, 'finding')} that the base has too {hidden}.")
        if number := len(self.turned_off):
            ids = ", ".join(sorted({change.id for change in self.turned_off}))
            noun = "is of a kind" if number == 1 else "are of kinds"
            notes.append(f"{counted(number, 'change')} {noun} that the configuration turns off: {ids}.")
        if free := [change.freedom for change in self.changes if change.freedom]:
            parts = " and ".join(sorted(set(free), key=_FREEDOMS.index))
            notes.append(
                f"{counted(len(free), 'change')} would be breaking or need review outside of {parts} parts."
            )
        return notes

    @property
    def verdict(self) -> ChangeVerdict | None:
        """The worst verdict of all changes; None without a base."""
        if self.base is None:
            return None
        found = {change.verdict for change in self.changes}
        return next((verdict for verdict in ChangeVerdict if verdict in found), ChangeVerdict.COMPATIBLE)


@dataclass(frozen=True, slots=True)
class Gate:
    """Which changes and findings make a review fail.

    Attributes:
        names: of `NAMES`, and ids of rules and kinds of change; anything else does not fail.
    """

    names: tuple[str, ...] = DEFAULT

    @classmethod
    def of(cls, texts: Iterable[str]) -> Gate:
        """The gate for `--fail-on` options: names, separated by commas.

        Raises:
            SetupError: a name is unknown, or `never` is combined with others.
        """
        names = tuple(dict.fromkeys(name.strip() for text in texts for name in text.split(",")))
        for name in names:
            if name not in NAMES and not is_known(name, SUPPRESSION_RULES):
                meant = nearest(name, [*NAMES, *RULES, *SUPPRESSION_RULES, *kinds()])
                fix = f"Did you mean {meant}?" if meant else f"Use {', '.join(NAMES)}, or the id of a rule."
                raise SetupError(f"invalid value for --fail-on: {name!r}", suggestion=fix)
        if NEVER in names and len(names) > 1:
            raise SetupError("--fail-on never can't be combined with others", suggestion="Use either.")
        return cls(names or DEFAULT)

    def stops(self, level: Level, name: str) -> bool:
        """Whether a change or finding of this level, of this rule or kind, makes the review fail."""
        return name in self.names or any(
            level.value in scale[: scale.index(name) + 1]
            for scale in _SCALES
            for name in self.names
            if name in scale
        )
