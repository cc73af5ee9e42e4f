"""Options of a run: amount of testing, shard, checks, and the coverage required to pass."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, get_args

from signoff.aliases import accepts_former_names
from signoff.conformance.checks import KIT, Catalogue, Severity
from signoff.conformance.checks.conformance import FAMILY
from signoff.conformance.connection import Connection
from signoff.conformance.throttle import MAX_WAIT_S
from signoff.contract import SetupError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signoff.conformance.checks import Check, Relation
    from signoff.conformance.hooks import HookCheck
    from signoff.conformance.limits import Rate
    from signoff.contract import Contract

_SHARD = re.compile(r"([0-9]+)/([0-9]+)")


@dataclass(frozen=True, slots=True)
class Shard:
    """Part `index` of `total`, counted from 1."""

    index: int
    total: int

    def __str__(self) -> str:
        """The form that `--shard` accepts."""
        return f"{self.index}/{self.total}"


def parse_shard(text: str) -> Shard:
    """Parse a shard such as `2/3`.

    Raises:
        SetupError: the text has another format, or the shard does not exist.
    """
    match = _SHARD.fullmatch(text.strip())
    if match is None or not 1 <= int(match[1]) <= int(match[2]):
        raise SetupError(
            f"--shard {text!r} is not a shard", suggestion="Use K/N with K from 1 to N, such as 2/3."
        )
    return Shard(int(match[1]), int(match[2]))


def operations_of(contract: Contract, shard: Shard) -> frozenset[str]:
    """The ids of a shard's operations: every N-th in the document, so that sizes differ by at most one."""
    return frozenset(
        operation.id
        for number, operation in enumerate(contract.operations)
        if number % shard.total == shard.index - 1
    )


# Generated requests for an operation: usually, at least, and for all operations of a large document together.
USUAL_EXAMPLES = 50
# With more operations than this, a run sends fewer generated requests for each, and several at a time.
LARGE = 40
_LEAST_EXAMPLES = 10
_EXAMPLES_IN_ALL = LARGE * USUAL_EXAMPLES
_WORKERS_OF_LARGE = 4
# Schemathesis' phases, in the order of a run.
PHASES = ("examples", "coverage", "fuzzing", "stateful")


def parse_phases(text: str) -> tuple[str, ...]:
    """Parse phases such as `examples,coverage`.

    Raises:
        SetupError: a phase is unknown.
    """
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if name not in PHASES:
            near = difflib.get_close_matches(name, PHASES, 1)
            suggestion = f"Did you mean {near[0]}? " if near else ""
            raise SetupError(
                f"--phases: unknown phase {name!r}", suggestion=f"{suggestion}Phases: {', '.join(PHASES)}."
            )
    return tuple(phase for phase in PHASES if phase in names)


Requirement = Literal["nothing-violated", "documented-statuses", "all", "closed-responses"]
REQUIREMENTS: tuple[Requirement, ...] = get_args(Requirement)


@dataclass(frozen=True, slots=True)
class Selection:
    """Checks by id or family (`http_semantics`, `http-semantics`).

    Attributes:
        only: those to run; empty for all.
        skipped: those to skip.
        is_timed: whether the run has a limit for the check `response-time`.
    """

    only: frozenset[str] = frozenset()
    skipped: frozenset[str] = frozenset()
    is_timed: bool = False

    def takes(self, check: Check | Relation) -> bool:
        """Whether to run a check."""
        names = {check.id, check.family}
        if check.id == "response-time" and not self.is_timed:
            return False
        return not names & self.skipped and (not self.only or bool(names & self.only))


def selection_of(
    contract: Contract,
    only: tuple[str, ...],
    skipped: tuple[str, ...],
    catalogue: Catalogue = KIT,
    hooks: tuple[HookCheck, ...] = (),
) -> Selection:
    """The selection made with `--check` and `--skip`.

    Raises:
        SetupError: a check or family does not exist.
    """
    own = {rule.id for rules in contract.rules.values() for rule in rules}
    entries = (*catalogue.entries, *(hook.check for hook in hooks))
    known = {FAMILY, *own, *(name for entry in entries for name in (entry.id, entry.family))}
    return Selection(_named(only, known), _named(skipped, known))


def _named(names: tuple[str, ...], known: set[str]) -> frozenset[str]:
    found = set()
    for name in names:
        spelt = name if name in known else name.replace("-", "_")
        if spelt not in known:
            near = difflib.get_close_matches(name, sorted(known), 1)
            suggestion = f"Did you mean {near[0]}? " if near else ""
            raise SetupError(
                f"unknown check or family {name!r}",
                suggestion=f"{suggestion}`signoff test --list-checks` lists all checks.",
            )
        found.add(spelt)
    return frozenset(found)


# Warnings that a requirement makes errors.
_RAISED: Mapping[Requirement, str] = {"closed-responses": "undeclared-members"}


@accepts_former_names
@dataclass(frozen=True, slots=True)
class Options:
    """Options of a run.

    Attributes:
        seed: random seed for fuzzing. Deterministic cases need none.
        max_examples: maximum number of generated requests per operation; None for 50, and fewer if more than
            40 operations are tested.
        no_fuzzing: run the deterministic cases only.
        headers: extra request headers. They override those in the data file.
        timeout_s: timeout for each request, in seconds.
        connection: certificates and the proxy.
        max_time_s: time limit for sending requests, in seconds; None for no limit.
        rate: maximum request rate; None for no limit.
        max_wait_s: how long to wait in all for a target that limits requests (`Retry-After`), in seconds.
        workers: how many requests may be under way at a time; None for 1, or 4 if more than 40 operations
            are tested without `max_response_time_s`.
        shard: the part of the operations to test; None for all.
        only: the ids of the operations to test; None for all. Disables stateful fuzzing.
        checks: the catalogue of checks: the built-in ones, plus custom checks from `load_checks`.
        selection: which of them to run.
        require: coverage required to pass.
        max_response_time_s: maximum response time, in seconds; None for no limit.
        read_only: whether to send requests with safe methods only.
        include: filters of the operations to test, such as `tag:admin`; empty for all.
        exclude: filters of the operations to leave out.
        phases: the phases of fuzzing to run.
        hooks: checks of a Schemathesis suite, from `load_hooks`.
        notes: what the reports note beside what the run itself notes, one sentence each.
        cross_check: whether openapi-core judges every exchange, too. It does not change the verdict.
    """

    seed: int = 0
    max_examples: int | None = None
    no_fuzzing: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    timeout_s: float = 10.0
    connection: Connection = field(default_factory=Connection)
    max_time_s: float | None = None
    rate: Rate | None = None
    max_wait_s: float = MAX_WAIT_S
    workers: int | None = None
    shard: Shard | None = None
    only: frozenset[str] | None = None
    checks: Catalogue = KIT
    selection: Selection = field(default_factory=Selection)
    require: Requirement = "nothing-violated"
    max_response_time_s: float | None = None
    read_only: bool = False
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    phases: tuple[str, ...] = PHASES
    hooks: tuple[HookCheck, ...] = ()
    notes: tuple[str, ...] = ()
    cross_check: bool = False

    def examples_of(self, operations: int) -> int:
        """The maximum number of generated requests for each of so many operations."""
        if self.max_examples is not None:
            return self.max_examples
        return max(_LEAST_EXAMPLES, min(USUAL_EXAMPLES, _EXAMPLES_IN_ALL // max(1, operations)))

    def workers_of(self, operations: int) -> int:
        """How many requests may be under way at a time for so many operations."""
        if self.workers is not None:
            return self.workers
        # Requests side by side make each other slower, so that response times would not be the target's.
        return _WORKERS_OF_LARGE if operations > LARGE and self.max_response_time_s is None else 1

    def raised(self) -> Options:
        """The options with the warnings raised to errors that `require` asks for."""
        name = _RAISED.get(self.require, "")
        found = self.checks.checks.get(name)
        if found is None:
            return self
        checks = {**self.checks.checks, name: replace(found, severity=Severity.ERROR)}
        return replace(self, checks=replace(self.checks, checks=checks))
