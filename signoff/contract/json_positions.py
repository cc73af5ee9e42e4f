"""Where the parts of a JSON text stand.

A document has hundreds of thousands of parts, and a report names a few of them. So nothing is recorded
while the text is parsed. `locate` goes down from the root to a part, and lists the members only of the
objects and lists on the way; the C scanner of `json` skips everything else.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from functools import cached_property
from typing import TYPE_CHECKING

from signoff.contract.pointer import split

if TYPE_CHECKING:
    from collections.abc import Iterator

_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[ \t\r\n]*")
_LINE_END = re.compile(r"\r\n?|\n")


class JsonPositions:
    """The lines and columns of one text, which is valid JSON."""

    def __init__(self, text: str) -> None:
        self._text = text
        # By the offset of an object or list: by name or index, the offsets of the member and its value.
        self._members: dict[int, dict[str, tuple[int, int]]] = {}

    def locate(self, pointer: str) -> tuple[int, int]:
        """The line and column, from 1, of the key or list item at a pointer, or of the nearest around it."""
        place = value = self._after_space(0)
        for token in split(pointer):
            if value not in self._members:
                self._members[value] = dict(self._listed(value))
            found = self._members[value].get(token)
            if found is None:
                break
            place, value = found
        line = bisect_right(self._line_starts, place)
        return line, place - self._line_starts[line - 1] + 1

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(found.end() for found in _LINE_END.finditer(self._text))]

    def _listed(self, start: int) -> Iterator[tuple[str, tuple[int, int]]]:
        """The members of the object or list that starts at an offset; none for any other value."""
        opening, at, index = self._text[start : start + 1], self._after_space(start + 1), 0
        while opening in ("{", "[") and self._text[at] not in "}]":
            member = value = at
            name = str(index)
            if opening == "{":
                name, end = _DECODER.raw_decode(self._text, member)
                value = self._after_space(self._after_space(end) + 1)
            yield name, (member, value)
            at = self._after_space(_DECODER.raw_decode(self._text, value)[1])
            at, index = self._after_space(at + 1) if self._text[at] == "," else at, index + 1

    def _after_space(self, offset: int) -> int:
        found = _SPACE.match(self._text, offset)
        return found.end() if found else offset
