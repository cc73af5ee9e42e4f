"""The outcome of a review: findings, changes, and the verdict that follows from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from openapi.review.change import ChangeVerdict

if TYPE_CHECKING:
    from openapi.findings import Finding
    from openapi.review.change import Change


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
class VersionStep:
    """What the changes ask of `info.version` (Semantic Versioning 2.0.0).

    Attributes:
        needed: the step that they call for.
        is_taken: whether the document's version takes it; None where its versions are not semantic.
        message: that in one sentence.
    """

    needed: Literal["none", "patch", "minor", "major"]
    is_taken: bool | None
    message: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that a review has to say.

    Attributes:
        document: what was reviewed.
        base: what it was compared with; None where there was nothing to compare with.
        findings: in the document's order; waived ones are not among them.
        changes: worst first; empty without a base.
        version_step: None without a base.
    """

    document: Revision
    base: Revision | None
    findings: tuple[Finding, ...]
    changes: tuple[Change, ...] = ()
    waived: tuple[WaivedFinding, ...] = ()
    version_step: VersionStep | None = None

    @property
    def verdict(self) -> ChangeVerdict | None:
        """The worst verdict of all changes; None without a base."""
        if self.base is None:
            return None
        found = {change.verdict for change in self.changes}
        return next((verdict for verdict in ChangeVerdict if verdict in found), ChangeVerdict.COMPATIBLE)
