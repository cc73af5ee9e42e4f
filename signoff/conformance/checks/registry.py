"""What a check is, and the catalogue that a run makes its checks from.

`check` and `relation` turn a function into a value, and put it nowhere: a catalogue is what is found in the
modules that a run names, so that the checks of one project never show in the run of another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING

from signoff.contract import SetupError

if TYPE_CHECKING:
    from types import ModuleType

    from signoff.conformance.exchange import Exchange
    from signoff.contract import Contract, Operation
    from signoff.contract.schemas import Violation


class Severity(Enum):
    """How much a failure weighs: an error fails the run, a warning is told."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Fault:
    """What a check finds wrong.

    Attributes:
        message: the problem, in one sentence.
        expected: what the response should have been.
        actual: what it was.
        pointer: where the bundled document says so.
        violation: what of a schema the body breaks, where that is the problem.
    """

    message: str
    expected: str
    actual: str
    pointer: str = ""
    violation: Violation | None = None


def status_fault(exchange: Exchange, message: str, expected: str, pointer: str = "") -> Fault:
    """A fault whose actual part is the status; the operation's own place where no pointer is given."""
    return Fault(message, expected, str(exchange.status), pointer or exchange.subject.pointer)


def shown_status(exchange: Exchange, octets: int = 300) -> str:
    """The status and the beginning of the body, for people."""
    return f"{exchange.status}: {exchange.received.body[:octets].decode('utf-8', 'replace')}"


Applies = Callable[["Exchange"], bool]
Concerns = Callable[["Contract", "Operation"], bool]
Found = tuple["Exchange | None", "list[tuple[Exchange, Fault]]"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    id: str
    family: str
    severity: Severity
    rationale: str
    source: str
    concerns: Concerns
    not_covered: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Check(_Entry):
    """A demand on single responses.

    Attributes:
        id: stable, in kebab-case.
        family: the module that defines it.
        rationale: why it matters, in one sentence.
        source: where the demand comes from.
        applies: whether an exchange is one that the check can judge.
        concerns: whether an operation can ever meet it.
        not_covered: what a report gives as the reason where no response was one that the check judges.
        find: the faults of one exchange, nothing when there are none.
    """

    applies: Applies
    find: Callable[[Exchange], Iterable[Fault]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation(_Entry):
    """A demand on several responses together; `find` gets one operation's exchanges.

    It returns an exchange that it could compare with others (None where there was none), and each
    exchange at fault with its fault.
    """

    find: Callable[[Sequence[Exchange]], Found]


@dataclass(frozen=True, slots=True)
class Failure:
    """A fault that a check found in an exchange."""

    check: Check | Relation
    fault: Fault
    exchange: Exchange


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The checks and relations of a run, by id."""

    checks: Mapping[str, Check] = field(default_factory=dict)
    relations: Mapping[str, Relation] = field(default_factory=dict)

    @property
    def entries(self) -> list[Check | Relation]:
        """All of them."""
        return [*self.checks.values(), *self.relations.values()]

    def extended(self, modules: Iterable[ModuleType]) -> Catalogue:
        """A catalogue with the checks that stand in some modules as well.

        Raises:
            SetupError: two of them have one id.
        """
        found: dict[str, Check | Relation] = {entry.id: entry for entry in self.entries}
        for module in modules:
            for value in vars(module).values():
                if isinstance(value, Check | Relation) and found.setdefault(value.id, value) is not value:
                    raise SetupError(
                        f"two checks have the id {value.id!r}, the second in {module.__name__}",
                        suggestion="Choose another id: reports, baselines and --skip name a check by it.",
                    )
        return Catalogue(
            {name: entry for name, entry in found.items() if isinstance(entry, Check)},
            {name: entry for name, entry in found.items() if isinstance(entry, Relation)},
        )


NOT_COVERED = "no response was of the kind that the check is about"


def always(_: object, *__: object) -> bool:
    """The precondition of a check that has none."""
    return True


def check(
    check_id: str = "",
    *,
    source: str,
    rationale: str,
    severity: Severity = Severity.ERROR,
    applies: Applies = always,
    concerns: Concerns = always,
    not_covered: str = NOT_COVERED,
) -> Callable[[Callable[[Exchange], Iterable[Fault]]], Check]:
    """Make a check of a function that yields the faults of one exchange.

    The function's docstring is the statement that reports and `--list-checks` show, its name in kebab-case
    the default id, its module's name the family. The arguments are the attributes of `Check`.
    """
    return lambda find: Check(
        **_named(find, check_id),
        severity=severity,
        rationale=rationale,
        source=source,
        applies=applies,
        concerns=concerns,
        not_covered=not_covered,
        find=find,
    )


warning = partial(check, severity=Severity.WARNING)


def relation(
    relation_id: str = "",
    *,
    source: str,
    rationale: str,
    severity: Severity = Severity.ERROR,
    concerns: Concerns = always,
    not_covered: str = NOT_COVERED,
) -> Callable[[Callable[[Sequence[Exchange]], Found]], Relation]:
    """Make a relation of a function that compares the exchanges of one operation; see `check`."""
    return lambda find: Relation(
        **_named(find, relation_id),
        severity=severity,
        rationale=rationale,
        source=source,
        concerns=concerns,
        not_covered=not_covered,
        find=find,
    )


def _named(find: Callable[..., object], given: str) -> dict[str, str]:
    return {
        "id": given or find.__name__.replace("_", "-"),
        "family": find.__module__.rpartition(".")[2],
    }
