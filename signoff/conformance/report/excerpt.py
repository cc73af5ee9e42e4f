"""The lines of a document around a place in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.contract import SignoffError
from signoff.reporting.model import ExcerptLine

if TYPE_CHECKING:
    from signoff.contract import Contract, Location

_BEFORE, _AFTER = 4, 6
_WIDTH = 200


def excerpt(contract: Contract, place: Location) -> tuple[ExcerptLine, ...]:
    """The lines around a place in one of the contract's files; none where its line is not known.

    Lines are cut to a readable width, in a document that is all one line around the column.
    """
    line = place.line
    source = next((source for source in contract.bundle.files if source.name == place.file), None)
    if source is None or line < 1:
        return ()
    try:
        lines = source.text.splitlines()
    except SignoffError:
        return ()
    first = max(1, line - _BEFORE)
    return tuple(
        ExcerptLine(number, _cut(text, place.column if number == line else 1), number == line)
        for number, text in enumerate(lines[first - 1 : line + _AFTER], first)
    )


def _cut(text: str, column: int) -> str:
    if len(text) <= _WIDTH:
        return text
    start = max(0, min(column - 1 - _WIDTH // 4, len(text) - _WIDTH))
    shown = text[start : start + _WIDTH]
    return ("…" if start else "") + shown + ("…" if start + _WIDTH < len(text) else "")
