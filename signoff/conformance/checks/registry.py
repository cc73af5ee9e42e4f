"""Checks, relations and the catalogue that a run uses.

`check` and `relation` turn a function into a value and register it nowhere: a catalogue is built from the
modules that a run loads, so checks of one project never run in another.
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
    """The severity of a failure: an error fails the run, a warning is only reported."""

    ERROR = "error"
    WARNING = "warning"


class Proof(Enum):
    """What shows that a requirement is met, besides a response without a fault; see `contrast`."""

    RESPONSE = "any response"
    SUCCESS = "a valid request that succeeds"
    REJECTION = "a rejection, and the same request without the error succeeds"
    DENIAL = "a rejection for the credentials, and the same request with valid ones succeeds"
    OPERATION = "the operation succeeds at all"


@dataclass(frozen=True, slots=True)
class Fault:
    """A problem that a check found.

    Attributes:
        message: the problem, in one sentence.
        expected: what was expected.
        actual: what was received.
        pointer: JSON Pointer to the requirement in the bundled document.
        violation: the schema violation, if the problem is one.
        header: the name of the documented response header, if the problem is about one.
    """

    message: str
    expected: str
    actual: str
    pointer: str = ""
    violation: Violation | None = None
    header: str = ""


def status_fault(exchange: Exchange, message: str, expected: str, pointer: str = "") -> Fault:
    """A fault whose `actual` is the status. `pointer` defaults to the operation."""
    return Fault(message, expected, str(exchange.status), pointer or exchange.subject.pointer)


def shown_status(exchange: Exchange, size: int = 300) -> str:
    """The status and the first bytes of the body, as text for a report."""
    return f"{exchange.status}: {exchange.received.body[:size].decode('utf-8', 'replace')}"


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
    proof: Proof = Proof.RESPONSE


@dataclass(frozen=True, slots=True, kw_only=True)
class Check(_Entry):
    """A requirement for single responses.

    Attributes:
        id: a stable id in kebab-case.
        family: the module that defines it.
        rationale: why it matters, in one sentence.
        source: the standard or document that requires it.
        applies: whether the check applies to an exchange.
        concerns: whether the check applies to an operation.
        not_covered: the reason to report if the check applied to no response; after a colon, how to change
            that.
        proof: which exchanges show that the requirement is met.
        find: yields the faults of one exchange.
    """

    applies: Applies
    find: Callable[[Exchange], Iterable[Fault]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation(_Entry):
    """A requirement for several responses together; `find` gets the exchanges of one operation.

    It returns an exchange that it compared with others (None if there was none), and each invalid exchange
    with its fault.
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
        """All checks and relations."""
        return [*self.checks.values(), *self.relations.values()]

    def extended(self, modules: Iterable[ModuleType]) -> Catalogue:
        """This catalogue with the checks of the given modules added.

        Raises:
            SetupError: two checks have the same id.
        """
        found: dict[str, Check | Relation] = {entry.id: entry for entry in self.entries}
        for module in modules:
            for value in vars(module).values():
                if isinstance(value, Check | Relation) and found.setdefault(value.id, value) is not value:
                    raise SetupError(
                        f"duplicate check id {value.id!r} in {module.__name__}",
                        suggestion="Choose a unique id: reports, baselines and --skip refer to checks by id.",
                    )
        return Catalogue(
            {name: entry for name, entry in found.items() if isinstance(entry, Check)},
            {name: entry for name, entry in found.items() if isinstance(entry, Relation)},
        )


NOT_COVERED = "the check applied to no response"


def always(_: object, *__: object) -> bool:
    """The condition of a check that always applies."""
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
    proof: Proof = Proof.RESPONSE,
) -> Callable[[Callable[[Exchange], Iterable[Fault]]], Check]:
    """Make a check from a function that yields the faults of one exchange.

    Reports and `--list-checks` show the function's docstring as the title. The default id is its name in
    kebab-case, the family is the name of its module. The arguments are the attributes of `Check`.
    """
    return lambda find: Check(
        **_named(find, check_id),
        severity=severity,
        rationale=rationale,
        source=source,
        applies=applies,
        concerns=concerns,
        not_covered=not_covered,
        proof=proof,
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
    """Make a relation from a function that compares the exchanges of one operation; see `check`."""
    return lambda find: Relation(
        **_named(find, relation_id),
        severity=severity,
        rationale=rationale,
        source=source,
        concerns=concerns,
        not_covered=not_covered,
        proof=Proof.OPERATION,
        find=find,
    )


def _named(find: Callable[..., object], given: str) -> dict[str, str]:
    return {
        "id": given or find.__name__.replace("_", "-"),
        "family": find.__module__.rpartition(".")[2],
    }
