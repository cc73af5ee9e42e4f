"""What has changed between two revisions of a contract, and what each change means for its users."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from signoff.contract.json_value import JsonValue
    from signoff.contract.pointer import Location


class ChangeVerdict(Enum):
    """What a change means for those who use the contract as it was."""

    BREAKING = "breaking"
    REVIEW = "review"
    COMPATIBLE = "compatible"


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A value that keeps one revision and breaks the other, which shows that a change breaks somebody."""

    value: JsonValue


@dataclass(frozen=True, slots=True)
class Change:
    """One change.

    Attributes:
        id: the kind of change, in kebab case.
        reason: what changed and why that has its verdict, in one sentence.
        operation: `METHOD /path`; empty for what concerns the whole document.
        before, after: the places in both revisions; None where it stands in one of them only.
        counterexample: for changes of a schema, where one was found.
        also_in: the other operations that the same change concerns, since they share the place.
    """

    id: str
    verdict: ChangeVerdict
    reason: str
    operation: str
    before: Location | None
    after: Location | None
    counterexample: Counterexample | None = None
    also_in: tuple[str, ...] = ()
