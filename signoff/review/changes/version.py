"""Whether the version was raised enough for the changes (Semantic Versioning 2.0.0)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from signoff.review.change import ChangeVerdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from signoff.review.change import Change

# `v1` and `1.2` are read as 1.0.0 and 1.2.0; a year is not a version.
_SEMVER = re.compile(r"v?(\d{1,3})(?:\.(\d+)(?:\.(\d+)(?:[-+][0-9A-Za-z.+-]+)?)?)?")


class Bump(IntEnum):
    """The part of a version that is incremented."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3

    @property
    def label(self) -> str:
        """Its name in lower case."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class VersionAdvice:
    """The required version.

    Attributes:
        before, after: `info.version` of both revisions.
        needed: the bump that the changes require.
        made: the bump between both versions; None if one of them is not a semantic version.
        suggested: the lowest sufficient version; empty if unknown.
        message: all of this in one sentence.
    """

    before: str
    after: str
    needed: Bump
    made: Bump | None
    suggested: str
    message: str

    @property
    def is_enough(self) -> bool:
        """Whether the version was raised far enough, or it is unknown."""
        return self.made is None or self.made >= self.needed


def version_advice(before: str, after: str, changes: Sequence[Change]) -> VersionAdvice:
    """Check the version bump between two revisions.

    Below 1.0.0, a breaking change requires a minor bump and any other change a patch (Semantic Versioning
    2.0.0, section 4, as package managers interpret it). Changes that need review require a minor bump.

    Args:
        before: `info.version` of the base revision.
        after: `info.version` of the new revision.
        changes: the result of `compare`.
    """
    old, new = _parsed(before), _parsed(after)
    needed = _needed(changes, is_initial=old is not None and old[0] == 0)
    made = _made(old, new) if old and new else None
    suggested = _raised(old, needed) if old else ""
    message = _message(before, after, needed, made, suggested)
    return VersionAdvice(before, after, needed, made, suggested, message)


def _needed(changes: Sequence[Change], *, is_initial: bool) -> Bump:
    verdicts = {change.verdict for change in changes}
    if not verdicts:
        return Bump.NONE
    is_breaking = ChangeVerdict.BREAKING in verdicts
    if is_initial:
        return Bump.MINOR if is_breaking else Bump.PATCH
    return Bump.MAJOR if is_breaking else Bump.MINOR


def _parsed(version: str) -> tuple[int, int, int] | None:
    found = _SEMVER.fullmatch(version.strip())
    return (int(found[1]), int(found[2] or 0), int(found[3] or 0)) if found else None


def _made(old: tuple[int, int, int], new: tuple[int, int, int]) -> Bump:
    if new <= old:
        return Bump.NONE
    if new[0] > old[0]:
        return Bump.MAJOR
    return Bump.MINOR if new[1] > old[1] else Bump.PATCH


def _raised(old: tuple[int, int, int], needed: Bump) -> str:
    major, minor, patch = old
    # in the order of Bump
    steps = (old, (major, minor, patch + 1), (major, minor + 1, 0), (major + 1, 0, 0))
    return ".".join(map(str, steps[needed]))


def _message(before: str, after: str, needed: Bump, made: Bump | None, suggested: str) -> str:
    if made is None:
        return f"The version change from {before!r} to {after!r} can't be checked: not semantic versions."
    if needed is Bump.NONE:
        return f"No changes for clients: the version can stay {before}."
    if made >= needed:
        return (
            f"The changes require a {needed.label} version bump; {before} to {after} is a {made.label} one."
        )
    step = "not an increase" if made is Bump.NONE else f"a {made.label} one"
    call = f"The changes require a {needed.label} version bump, to {suggested} or later"
    return f"{call}, but {before} to {after} is {step}."
