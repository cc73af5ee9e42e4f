"""What an entry of the table is: what is broken, and which checks may tell; or what is odd, but correct."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.faults.wrapper import Edit


@dataclass(frozen=True)
class Fault:
    id: str
    breaks: str
    caught_by: tuple[str, ...]
    edit: Edit


@dataclass(frozen=True)
class Variant:
    id: str
    what: str
    edit: Edit


FAULTS: list[Fault] = []
VARIANTS: list[Variant] = []


def fault(fault_id, breaks, *caught_by):
    """Enter a function as a fault."""

    def enter(edit):
        FAULTS.append(Fault(fault_id, breaks, caught_by, edit))
        return edit

    return enter


def variant(variant_id, what):
    """Enter a function as a correct variant."""

    def enter(edit):
        VARIANTS.append(Variant(variant_id, what, edit))
        return edit

    return enter
