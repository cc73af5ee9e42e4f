"""One part of a contract's operations, so that several CI jobs share a run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from signoff.contract import SetupError

if TYPE_CHECKING:
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
