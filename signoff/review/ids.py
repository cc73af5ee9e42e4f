"""The ids that the configuration, suppressions and --fail-on accept: of rules and of kinds of change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.review.rules import RULES
from signoff.review.words import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from signoff.review.changes.rules import Rule as ChangeRule


def kinds() -> Mapping[str, ChangeRule]:
    """The kinds of change, by id."""
    # Imported here: a large import that a review without a base does not need.
    from signoff.review.changes import catalogue  # noqa: PLC0415

    return {kind.id: kind for kind in catalogue()}


def is_known(name: str, others: Iterable[str] = ()) -> bool:
    """Whether a name is the id of a rule or a kind of change, or one of some others."""
    return name in RULES or name in others or name in kinds()


def is_kind(name: str) -> bool:
    """Whether a name is the id of a kind of change."""
    return name not in RULES and name in kinds()


def unknown(name: str, others: Iterable[str] = ()) -> str:
    """The problem with a name that is not known, with the nearest one that is."""
    meant = nearest(name, [*RULES, *others, *kinds()])
    return f"unknown rule {name!r}" + (f"; did you mean {meant}?" if meant else "")
