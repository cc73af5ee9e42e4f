"""The outcome of a review: findings, changes, the verdict, and what makes it fail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from signoff.contract.errors import SetupError
from signoff.review.change import ChangeVerdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from signoff.reporting.model import Finding, Level
    from signoff.review.change import Change
    from signoff.review.changes.version import VersionAdvice

NEVER = "never"
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


@dataclass(frozen=True, slots=True)
class SuppressedFinding:
    """A suppressed finding, with the reason."""

    finding: Finding
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a review.

    Attributes:
        document: the reviewed document.
        base: the document that it was compared with; None without a comparison.
        findings: in document order, without the suppressed ones.
        changes: worst first; empty without a base.
        version_advice: the version that the changes require; None without a base.
    """

    document: Revision
    base: Revision | None
    findings: tuple[Finding, ...]
    changes: tuple[Change, ...] = ()
    suppressed: tuple[SuppressedFinding, ...] = ()
    version_advice: VersionAdvice | None = None

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
        names: of `NAMES`; anything else does not fail.
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
            if name not in NAMES:
                raise SetupError(f"unknown --fail-on {name!r}", suggestion=f"Use {', '.join(NAMES)}.")
        if NEVER in names and len(names) > 1:
            raise SetupError("--fail-on never can't be combined with others", suggestion="Use either.")
        return cls(names or DEFAULT)

    def stops(self, level: Level) -> bool:
        """Whether a change or finding of this level makes the review fail."""
        return any(
            level.value in scale[: scale.index(name) + 1]
            for scale in _SCALES
            for name in self.names
            if name in scale
        )
