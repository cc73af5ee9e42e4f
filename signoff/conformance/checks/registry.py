"""What a check is, and the registry that holds them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from signoff.conformance.exchange import Exchange
    from signoff.contract import Contract, Operation


class Severity(Enum):
    """How much a failure weighs: an error fails the run, a warning is told."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Fault:
    """What a check finds wrong: the sentence, what was expected, what came, and where it is said."""

    message: str
    expected: str
    actual: str
    pointer: str = ""


Applies = Callable[["Exchange"], bool]
Concerns = Callable[["Contract", "Operation"], bool]


@dataclass(frozen=True, slots=True)
class Check:
    """A demand on single answers.

    Attributes:
        id: stable, in kebab-case.
        family: the file that it stands in.
        rationale: why it matters, in one sentence.
        source: where the demand comes from.
        applies: whether an exchange is one that the check can judge.
        concerns: whether an operation can ever meet it.
        find: the faults of one exchange, nothing when there are none.
    """

    id: str
    family: str
    severity: Severity
    rationale: str
    source: str
    applies: Applies
    concerns: Concerns
    find: Callable[[Exchange], Iterable[Fault]]


@dataclass(frozen=True, slots=True)
class Relation:
    """A demand on several answers together; `find` is given one operation's exchanges.

    It gives an exchange that it could compare with others (None where there was none), and each
    exchange at fault with its fault.
    """

    id: str
    family: str
    severity: Severity
    rationale: str
    source: str
    concerns: Concerns
    find: Callable[[Sequence[Exchange]], tuple[Exchange | None, list[tuple[Exchange, Fault]]]]


@dataclass(frozen=True, slots=True)
class Failure:
    """A fault that a check found in an exchange."""

    check: Check | Relation
    fault: Fault
    exchange: Exchange


CHECKS: dict[str, Check] = {}
RELATIONS: dict[str, Relation] = {}

FindFunction = TypeVar("FindFunction", bound=Callable[["Exchange"], Iterable[Fault]])
RelationFunction = TypeVar(
    "RelationFunction",
    bound=Callable[["Sequence[Exchange]"], "tuple[Exchange | None, list[tuple[Exchange, Fault]]]"],
)


def always(_: object, *__: object) -> bool:
    """The precondition of a check that has none."""
    return True


def check(
    check_id: str,
    *,
    source: str,
    rationale: str,
    severity: Severity = Severity.ERROR,
    applies: Applies = always,
    concerns: Concerns = always,
) -> Callable[[FindFunction], FindFunction]:
    """Register a function as a check."""

    def register(find: FindFunction) -> FindFunction:
        family = find.__module__.rpartition(".")[2]
        CHECKS[check_id] = Check(check_id, family, severity, rationale, source, applies, concerns, find)
        return find

    return register


def relation(
    relation_id: str,
    *,
    source: str,
    rationale: str,
    severity: Severity = Severity.ERROR,
    concerns: Concerns = always,
) -> Callable[[RelationFunction], RelationFunction]:
    """Register a function as a relation."""

    def register(find: RelationFunction) -> RelationFunction:
        family = find.__module__.rpartition(".")[2]
        RELATIONS[relation_id] = Relation(relation_id, family, severity, rationale, source, concerns, find)
        return find

    return register
