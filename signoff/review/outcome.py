"""The outcome of a review: findings, changes, and the verdict that follows from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from signoff.review.change import ChangeVerdict

if TYPE_CHECKING:
    from signoff.reporting.findings import Finding
    from signoff.review.change import Change
    from signoff.review.changes.version import VersionAdvice


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
