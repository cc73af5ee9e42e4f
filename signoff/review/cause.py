"""Changes of one cause: the same kind of change, in the same schema, with the same verdict."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

from signoff.reporting.messages import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from signoff.review.change import Change, ChangeVerdict, Counterexample


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
        return f"{part.statement.replace('{count}', str(len(self.changes)))}{shared}: {part.because}."

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


def causes(changes: Iterable[Change]) -> list[Cause]:
    """The changes by cause, in the order of the first change of each."""
    found: dict[object, list[Change]] = {}
    for number, change in enumerate(changes):
        schema = change.part.schema if change.part else ""
        key = (change.id, change.verdict, schema) if schema else number
        found.setdefault(key, []).append(change)
    return [Cause(tuple(held)) for held in found.values()]


def change_fingerprint(change: Change) -> str:
    """The same for the same change in another review: it depends on neither line nor revision."""
    place = change.after or change.before
    parts = (change.id, change.operation, change.reason, place.pointer if place else "")
    return blake2b("\n".join(parts).encode(), digest_size=8).hexdigest()


def counted_causes(found: Sequence[Cause], noun: str) -> str:
    """Their number with a noun, and how many places and operations they concern.

    Args:
        found: at least one.
        noun: what they are; ends in `review` if it follows a verb.
    """
    if noun == "need review":
        text = f"{len(found)} {'needs' if len(found) == 1 else 'need'} review"
    else:
        text = counted(len(found), noun)
    places = sum(len(cause.changes) for cause in found)
    operations = len({name for cause in found for name in cause.operations})
    text += f" ({places} places)" if places > len(found) else ""
    return f"{text} in {counted(operations, 'operation')}" if operations else text
