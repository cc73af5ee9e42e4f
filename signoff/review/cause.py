"""Changes of one cause: the same kind of change, in the same schema, with the same verdict."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

from signoff.reporting.messages import counted
from signoff.review.change import ChangeVerdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from signoff.review.change import Change, Counterexample

_PLURALS = (
    ("it is", "they are"),
    ("it was", "they were"),
    ("it has", "they have"),
    ("it works", "they work"),
    ("it", "them"),
)


@dataclass(frozen=True, slots=True)
class Cause:
    """One or more changes that a reviewer reads as one."""

    changes: tuple[Change, ...]

    @property
    def id(self) -> str:
        """The kind of the changes."""
        return self.changes[0].id

    @property
    def verdict(self) -> ChangeVerdict:
        """The verdict on all changes."""
        return self.changes[0].verdict

    @property
    def operations(self) -> tuple[str, ...]:
        """All affected operations; empty for the whole document."""
        found = [name for change in self.changes for name in (change.operation, *change.also_in) if name]
        return tuple(dict.fromkeys(found))

    @property
    def message(self) -> str:
        """The only change's reason, or what the changes have in common."""
        first, part = self.changes[0], self.changes[0].part
        if len(self.changes) == 1 or part is None:
            return first.reason
        number = len(self.operations)
        shared = f" ({counted(number, 'operation')})" if number > 1 else ""
        statement = part.statement.replace("%n", str(len(self.changes)), 1)
        return f"{statement}{shared}: {_of_several(part.because)}."

    @property
    def labels(self) -> tuple[str, ...]:
        """The changes by property or place; empty if there is only one."""
        labels = tuple(change.part.label for change in self.changes if change.part)
        return labels if len(self.changes) > 1 else ()

    @property
    def counterexample(self) -> Counterexample | None:
        """The shortest counterexample of the changes."""
        found = [change.counterexample for change in self.changes if change.counterexample]
        return min(found, key=lambda one: len(json.dumps(one.value)), default=None)

    @property
    def fingerprint(self) -> str:
        """The same for the same changes in another review."""
        found = [change_fingerprint(change) for change in self.changes]
        return found[0] if len(found) == 1 else blake2b("\n".join(found).encode(), digest_size=8).hexdigest()


def _of_several(because: str) -> str:
    """The rationale of one change, as that of several."""
    for singular, plural in _PLURALS:
        because = re.sub(rf"\b{singular}\b", plural, because)
    return because


def causes(changes: Iterable[Change]) -> list[Cause]:
    """The changes by cause, in the order of the first change of each."""
    found: dict[object, list[Change]] = {}
    for number, change in enumerate(changes):
        schema = change.part.schema if change.part else ""
        key = (change.id, change.verdict, change.freedom, schema) if schema else number
        found.setdefault(key, []).append(change)
    return [Cause(tuple(held)) for held in found.values()]


def change_fingerprint(change: Change) -> str:
    """The same for the same change in another review: it depends on neither line nor revision."""
    place = change.after or change.before
    parts = (change.id, change.operation, change.reason, place.pointer if place else "")
    return blake2b("\n".join(parts).encode(), digest_size=8).hexdigest()


def summed(found: Iterable[Cause]) -> str:
    """Their number by verdict, with the places and operations that they concern; empty for none.

    As in "3 breaking changes (41 places) in 12 operations, 1 needs review in 1 operation".
    """
    held: dict[ChangeVerdict, list[Cause]] = {verdict: [] for verdict in ChangeVerdict}
    for cause in found:
        held[cause.verdict].append(cause)
    return ", ".join(_counted(verdict, those) for verdict, those in held.items() if those)


def _counted(verdict: ChangeVerdict, found: Sequence[Cause]) -> str:
    if verdict is ChangeVerdict.REVIEW:
        text = f"{len(found)} {'needs' if len(found) == 1 else 'need'} review"
    else:
        text = counted(len(found), f"{verdict.value} change")
    places = sum(len(cause.changes) for cause in found)
    text += f" ({places} places)" if places > len(found) else ""
    operations = len({name for cause in found for name in cause.operations})
    is_plain = verdict is ChangeVerdict.COMPATIBLE or not operations
    return text if is_plain else f"{text} in {counted(operations, 'operation')}"
