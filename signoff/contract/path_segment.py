"""Matches a templated segment of a path, such as `{name}.{extension}`, in time linear in its length.

A parameter is one character or more and takes what it can: `{name}.{extension}` of `a.b.csv` is `a.b` and
`csv`. So each literal text stands as far to the right as what follows it allows, and is looked for from the
end. A regular expression would try every way to divide a segment among its parameters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PARAMETER = re.compile(r"\{([^{}]*)\}")
_ENCODED = re.compile(r"%([0-9A-Fa-f]{2})")
_DELIMITERS = "!$&'()*+,;=:@"
_PLAIN = frozenset(f"%{ord(character):02X}" for character in f"{_DELIMITERS}-._~")
_MOST_OPTIONS = 1_000

# A text that must stand in the segment, and what it says of the parameters in it.
_Option: TypeAlias = tuple[str, tuple[str, ...]]
# The options for a part of the segment; none for a parameter that may be any text.
_Part: TypeAlias = tuple[_Option, ...]


def path_names(path: str) -> list[str]:
    """The names of the parameters in a path template."""
    return PARAMETER.findall(path)


@dataclass(frozen=True, slots=True)
class SegmentPattern:
    """The parts of a templated segment, in order: any text, or one of some texts."""

    parts: tuple[_Part, ...]

    @classmethod
    def of(cls, segment: str, choices: Mapping[str, Sequence[str]]) -> SegmentPattern:
        """The pattern of a template's segment.

        Args:
            segment: with the names of its parameters in braces.
            choices: the texts that a parameter is limited to. They only tell where a parameter ends whose
                neighbour begins without literal text between them, as in `{id}{extension}`.
        """
        parts: list[_Part] = []
        for index, piece in enumerate(PARAMETER.split(segment)):  # names at odd places
            if index % 2 == 0:
                options: _Part = ((plain(piece), ()),)
                if not piece:
                    continue
            elif piece in choices and "}{" in segment:
                texts = [quote(text, safe=_DELIMITERS) for text in choices[piece]]
                options = tuple((text, (text,)) for text in texts)
            else:
                options = ()
            if options and parts and parts[-1] and len(parts[-1]) * len(options) <= _MOST_OPTIONS:
                before = parts.pop()
                options = tuple((left + right, (*a, *b)) for left, a in before for right, b in options)
            parts.append(options)
        return cls(tuple(parts))

    def match(self, segment: str) -> tuple[str, ...] | None:
        """The texts of the parameters; None if the segment does not match.

        Some clients encode `(` in `/users({id})`, which means the same (RFC 3986, section 6.2.2.2; OData).
        """
        found = self._matched(segment)
        return found if found is not None or "%" not in segment else self._matched(plain(segment))

    def _matched(self, text: str) -> tuple[str, ...] | None:
        values: list[str] = []
        # Where the parts so far begin: at `end`, or, if that is not fixed, there or anywhere before it.
        end, is_fixed = len(text), True
        open_end: int | None = None  # of a parameter whose beginning is not known yet
        for index in range(len(self.parts) - 1, -1, -1):
            options = self.parts[index]
            if not options:
                if open_end is not None:
                    values.append(text[end:open_end])
                open_end = end
                end, is_fixed = end - 1, False
                if end < 0:
                    return None
                continue
            found = _placed(text, options, end, is_fixed=is_fixed, is_first=index == 0)
            if found is None:
                return None
            start, (literal, held) = found
            if open_end is not None:
                values.append(text[start + len(literal) : open_end])
                open_end = None
            values += reversed(held)
            end, is_fixed = start, True
        if open_end is not None:
            values.append(text[:open_end])
        elif end:
            return None
        return tuple(reversed(values))


def _placed(
    text: str, options: _Part, end: int, *, is_fixed: bool, is_first: bool
) -> tuple[int, _Option] | None:
    """Where one of the options stands that ends at `end`, or before it; the one that begins last."""
    best: tuple[int, _Option] | None = None
    for option in options:
        literal = option[0]
        if is_first:
            is_long_enough = len(literal) == end if is_fixed else len(literal) <= end
            start = 0 if is_long_enough and text.startswith(literal) else -1
        elif is_fixed:
            start = end - len(literal) if text.endswith(literal, 0, end) else -1
        else:
            start = text.rfind(literal, 0, end)
        if start >= 0 and (best is None or start > best[0]):
            best = start, option
    return best


def plain(segment: str) -> str:
    """A segment with the characters decoded that a path may contain as they are (RFC 3986, section 3.3)."""
    return _ENCODED.sub(
        lambda found: chr(int(found[1], 16)) if found[0].upper() in _PLAIN else found[0], segment
    )
