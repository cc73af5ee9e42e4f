"""How a run goes: how much is sent, which shard, which checks run, and what a pass requires."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

from signoff.conformance.checks import KIT, Catalogue
from signoff.conformance.checks.conformance import FAMILY
from signoff.contract import SetupError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signoff.conformance.checks import Check, Relation
    from signoff.conformance.limits import Rate
    from signoff.contract import Contract

_SHARD = re.compile(r"([0-9]+)/([0-9]+)")


@dataclass(frozen=True, slots=True)
class Shard:
    """Part `index` of `total`, counted from 1."""

    index: int
    total: int

    def __str__(self) -> str:
        """As the command line takes it."""
        return f"{self.index}/{self.total}"


def parse_shard(text: str) -> Shard:
    """The shard that `2/3` stands for.

    Raises:
        SetupError: the text is of another form, or there is no such part.
    """
    match = _SHARD.fullmatch(text.strip())
    if match is None or not 1 <= int(match[1]) <= int(match[2]):
        raise SetupError(
            f"--shard {text!r} is no part", suggestion="Say K/N with K from 1 to N, such as 2/3."
        )
    return Shard(int(match[1]), int(match[2]))


def operations_of(contract: Contract, shard: Shard) -> frozenset[str]:
    """The ids of a shard's operations: every N-th of the document, so that sizes differ by one at most."""
    return frozenset(
        operation.id
        for number, operation in enumerate(contract.operations)
        if number % shard.total == shard.index - 1
    )


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


def selection_of(
    contract: Contract, only: tuple[str, ...], skipped: tuple[str, ...], catalogue: Catalogue = KIT
) -> Selection:
    """The selection that a user names.

    Raises:
        SetupError: there is no such check or family.
    """
    own = {rule.id for rules in contract.rules.values() for rule in rules}
    known = {FAMILY, *own, *(name for entry in catalogue.entries for name in (entry.id, entry.family))}
    return Selection(_named(only, known), _named(skipped, known))


def _named(names: tuple[str, ...], known: set[str]) -> frozenset[str]:
    found = set()
    for name in names:
        spelt = name if name in known else name.replace("-", "_")
        if spelt not in known:
            near = difflib.get_close_matches(name, sorted(known), 1)
            suggestion = f"Do you mean {near[0]}? " if near else ""
            raise SetupError(
                f"there is no check or family {name!r}",
                suggestion=f"{suggestion}`signoff test --list-checks` lists them.",
            )
        found.add(spelt)
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Options:
    """How to run.

    Attributes:
        seed: what the random search follows from; the corpus needs none.
        max_examples: the most requests that the search makes up for one operation.
        corpus_only: leave the search out.
        headers: header fields for every request, over those of the data file.
        timeout_s: how long one exchange may take, in seconds.
        verify: whether certificates are checked, or the file of authorities to check them with.
        max_time_s: when to stop sending, in seconds from the start; None for no limit.
        rate: the most requests in a time; None for no limit.
        workers: how many threads the search sends from; the corpus is sent in order by one.
        shard: the part of the operations to test; None for all.
        only: the ids of the operations to test; None for all. The stateful search is left out then.
        checks: the catalogue of checks: the kit's, and with `load_checks` a project's own.
        selection: which of them to make.
        require: what must have been shown for a pass.
        max_response_time_s: how long an answer may take, in seconds; None for as long as it likes.
    """

    seed: int = 0
    max_examples: int = 50
    corpus_only: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    timeout_s: float = 10.0
    verify: bool | str = True
    max_time_s: float | None = None
    rate: Rate | None = None
    workers: int = 1
    shard: Shard | None = None
    only: frozenset[str] | None = None
    checks: Catalogue = KIT
    selection: Selection = field(default_factory=Selection)
    require: Requirement = "nothing-violated"
    max_response_time_s: float | None = None
