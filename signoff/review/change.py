"""A change between two revisions of an API, and its verdict."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from signoff.contract.json_value import JsonValue
    from signoff.contract.pointer import Location


class ChangeVerdict(Enum):
    """What a change means for existing clients."""

    BREAKING = "breaking"
    REVIEW = "needs-review"
    COMPATIBLE = "compatible"


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A value that is valid in one revision and invalid in the other.

    Attributes:
        at: the names and positions that lead to the part that is.
    """

    value: JsonValue
    at: tuple[str | int, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A change as one of several that have the same cause: the same kind, in the same schema.

    Attributes:
        schema: the pointer of the schema: a component, or the whole body, parameter or header.
        statement: all changes of the cause in one clause, with `%n` for their number.
        label: this change: the property's name, or the place and what changed.
        because: why they have their verdict.
    """

    schema: str
    statement: str
    label: str
    because: str


@dataclass(frozen=True, slots=True)
class Change:
    """A change.

    Attributes:
        id: the kind of change, in kebab case.
        reason: what changed and why it has this verdict, in one sentence.
        operation: `METHOD /path`; empty for a change of the whole document.
        before, after: the places in both revisions; None if it is only in the other one.
        counterexample: for a schema change, if one was found.
        freedom: why clients don't rely on it: `internal`, `draft` or `alpha`; empty if they do.
        also_in: the other operations that the change affects, because they share the place.
        part: for a schema change.
    """

    id: str
    verdict: ChangeVerdict
    reason: str
    operation: str
    before: Location | None
    after: Location | None
    counterexample: Counterexample | None = None
    also_in: tuple[str, ...] = ()
    part: Part | None = None
    freedom: str = ""
