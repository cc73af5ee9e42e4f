"""Which checks a run makes, and what it must have shown to pass."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from signoff.conformance.checks import CHECKS, RELATIONS
from signoff.conformance.checks.document_rules import FAMILY
from signoff.contract import SetUpError

if TYPE_CHECKING:
    from signoff.conformance.checks import Check, Relation
    from signoff.contract import Contract

Requirement = Literal["nothing-violated", "documented-statuses", "all"]
REQUIREMENTS: tuple[Requirement, ...] = get_args(Requirement)


@dataclass(frozen=True, slots=True)
class Selection:
    """Checks by id or family (`http_semantics`, `http-semantics`).

    Attributes:
        only: those to make; empty for all.
        skipped: those to leave out, of these.
        is_timed: whether there is a bound for `response-time` to hold answers to.
    """

    only: frozenset[str] = frozenset()
    skipped: frozenset[str] = frozenset()
    is_timed: bool = False

    def takes(self, check: Check | Relation) -> bool:
        """Whether a check is to be made."""
        names = {check.id, check.family}
        if check.id == "response-time" and not self.is_timed:
            return False
        return not names & self.skipped and (not self.only or bool(names & self.only))


def selection_of(contract: Contract, only: tuple[str, ...], skipped: tuple[str, ...]) -> Selection:
    """The selection that a user names.

    Raises:
        SetUpError: there is no such check or family.
    """
    known = {*CHECKS, *RELATIONS, FAMILY, *(rule.id for rules in contract.rules.values() for rule in rules)}
    known |= {entry.family for entry in CHECKS.values()} | {entry.family for entry in RELATIONS.values()}
    return Selection(_named(only, known), _named(skipped, known))


def _named(names: tuple[str, ...], known: set[str]) -> frozenset[str]:
    found = set()
    for name in names:
        spelt = name if name in known else name.replace("-", "_")
        if spelt not in known:
            near = difflib.get_close_matches(name, sorted(known), 1)
            mend = f"Do you mean {near[0]}? " if near else ""
            raise SetUpError(
                f"there is no check or family {name!r}",
                mend=f"{mend}`signoff test --list-checks` lists them.",
            )
        found.add(spelt)
    return frozenset(found)
