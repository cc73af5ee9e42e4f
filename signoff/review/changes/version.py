"""Which version the changes call for (Semantic Versioning 2.0.0), against the one that the document has."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from signoff.review.change import ChangeVerdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from signoff.review.change import Change

# `v1` and `1.2` are read as 1.0.0 and 1.2.0; a year is no version.
_SEMVER = re.compile(r"v?(\d{1,3})(?:\.(\d+)(?:\.(\d+)(?:[-+][0-9A-Za-z.+-]+)?)?)?")


class Bump(IntEnum):
    """A step from one version to the next, the greater one first in importance."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3

    @property
    def label(self) -> str:
        """The step in lower case."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class VersionAdvice:
    """What the version should be.

    Attributes:
        before, after: `info.version` of both revisions.
        needed: the step that the changes call for.
        made: the step between both versions; None where one of them is no semantic version.
        suggested: the least version that would do; empty where it is unknown.
        message: all this in one sentence.
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
    """Judge the step between two versions.

    Below 1.0.0 a breaking change asks for a minor step and anything else for a patch (Semantic
    Versioning 2.0.0, section 4, as package managers read it). What is left to a human asks for a minor step.

    Args:
        before: `info.version` as it was.
        after: `info.version` as it is.
        changes: what `compare` found.
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
        return f"No semantic versions, so that the step cannot be judged: {before!r} to {after!r}."
    if needed is Bump.NONE:
        return f"Nothing has changed for users, so that {before} may stay."
    if made >= needed:
        return f"The changes call for a {needed.label} step, and {before} to {after} is a {made.label} one."
    step = "no step at all" if made is Bump.NONE else f"a {made.label} step"
    call = f"The changes call for a {needed.label} step, to {suggested} at least"
    return f"{call}, but {before} to {after} is {step}."
