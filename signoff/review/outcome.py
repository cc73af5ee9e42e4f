"""The outcome of a review: findings, changes, the verdict that follows from them, and what makes it fail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from signoff.contract.errors import SetUpError
from signoff.review.change import Change, ChangeVerdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from signoff.reporting.model import Finding, Level
    from signoff.review.changes.version import VersionAdvice


NEVER = "never"
# From the worst on: what is named fails, and what is worse fails with it.
_SCALES = (("breaking", "review"), ("error", "warning", "info"))
NAMES = (*_SCALES[0], *_SCALES[1], NEVER)
DEFAULT = ("breaking", "error")


@dataclass(frozen=True, slots=True)
class Revision:
    """One of the documents that a review read.

    Attributes:
        source: the path, URL or `revision:path` that the user gave.
        commit: the abbreviated commit that it was read from; empty outside git.
        title, version: from the document's `info`.
    """

    source: str
    title: str
    version: str
    commit: str = ""


@dataclass(frozen=True, slots=True)
class WaivedFinding:
    """A finding that a waiver accepts, with the waiver's reason."""

    finding: Finding
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that a review has to say.

    Attributes:
        document: what was reviewed.
        base: what it was compared with; None where there was nothing to compare with.
        findings: in the document's order; waived ones are not among them.
        changes: worst first; empty without a base.
        version_advice: what the changes ask of `info.version`; None without a base.
    """

    document: Revision
    base: Revision | None
    findings: tuple[Finding, ...]
    changes: tuple[Change, ...] = ()
    waived: tuple[WaivedFinding, ...] = ()
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
        names: of `NAMES`; what is not named does not fail.
    """

    names: tuple[str, ...] = DEFAULT

    @classmethod
    def of(cls, texts: Iterable[str]) -> Gate:
        """The gate that `--fail-on` options ask for: names, several in one joined by commas.

        Raises:
            SetUpError: a name is unknown, or `never` stands with others.
        """
        names = tuple(dict.fromkeys(name.strip() for text in texts for name in text.split(",")))
        for name in names:
            if name not in NAMES:
                raise SetUpError(f"--fail-on {name!r} is unknown; it takes {', '.join(NAMES)}")
        if NEVER in names and len(names) > 1:
            raise SetUpError("--fail-on never stands alone", mend="Leave it out, or the others.")
        return cls(names or DEFAULT)

    def stops(self, level: Level) -> bool:
        """Whether a change or finding of this level makes the review fail."""
        return any(
            level.value in scale[: scale.index(name) + 1]
            for scale in _SCALES
            for name in self.names
            if name in scale
        )
