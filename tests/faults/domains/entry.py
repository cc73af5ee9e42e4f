"""One row of the bench of other domains: a fault or a correct variant of one of its servers."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.faults.wrapper import Edit


@dataclass(frozen=True)
class Fault:
    """A planted fault.

    Attributes:
        breaks: what is wrong, in one sentence.
        caught_by: the checks that may find it.
        unproven: instead, operations of which no request constraint may be verified, as the server checks none.
        missed: why it is not found; empty if it is.
    """

    id: str
    domain: str
    breaks: str
    edit: Edit
    caught_by: tuple[str, ...] = ()
    unproven: tuple[str, ...] = ()
    missed: str = ""


@dataclass(frozen=True)
class Variant:
    """A correct server."""

    id: str
    domain: str
    what: str
    edit: Edit


def is_held_out(entry_id):
    """Whether an entry is of the third that is run in CI alone, never while developing."""
    return blake2b(entry_id.encode(), digest_size=4).digest()[0] % 3 == 0
