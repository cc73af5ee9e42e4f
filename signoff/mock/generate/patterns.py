"""Strings that match ECMAScript patterns, of a wanted length, and readable where that can be."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING

import rstr

from signoff.contract.patterns import with_named_characters
from signoff.mock.generate.errors import CannotGenerateError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from random import Random

_REPEATS = (3, 1, 6, 2, 12, 24, 0)
_LONGEST = 4_096
# What ECMAScript writes differently from Python, and what is left of it where only plain text is made.
# A class of Unicode, by the names that documents use for it, with the ASCII characters that are in it.
_CLASSES = {
    "a-z": "L Letter Alphabetic Alpha Latin Script=Latin IsLatin Ll Lower Lowercase Lowercase_Letter",
    "A-Z": "Lu Upper Uppercase Uppercase_Letter",
    "0-9": "N Nd Number Digit Decimal_Number",
    "a-z0-9": "Alnum Any ASCII Print Graph",
    "0-9a-f": "XDigit Hex_Digit",
    r"!%*,\-./:;?@_": "P Punct Punctuation",
    "$+<=>|~": "S Symbol",
    " ": "Z Zs Space Blank White_Space Separator Space_Separator",
}
_UNICODE = [
    (re.compile(rf"\\p\{{(?:{'|'.join(names.split())})\}}"), members, f"[{members}]")
    for members, names in _CLASSES.items()
]
_TRANSLATIONS = (
    *_UNICODE,
    (re.compile(r"\\P\{(?:M|C|Cc|Z|Zs|S|P|Mark|Control)\}"), "a-z", "[a-z]"),
    (re.compile(r"\\[pP]\{(?:C|Cc|Control)\}"), r"\x7f", r"\x7f"),
    (re.compile(r"\\[pP]\{(?:M|Mark)\}"), "\u0300", "\u0300"),
    (re.compile(r"\\d"), "0-9", "[0-9]"),
    (re.compile(r"\\w"), "A-Za-z0-9_", "[A-Za-z0-9_]"),
    (re.compile(r"\\/"), "/", "/"),
)
_QUANTIFIER = re.compile(r"\{(\d+),(\d*)\}")


def matching(
    random: Random,
    patterns: list[str],
    low: int,
    high: int | None,
    likely: Iterable[str],
    *,
    prefix: str = "",
) -> str:
    """A string that every pattern matches; a likely one where Python cannot read a pattern.

    Args:
        random: where chance comes from.
        patterns: regular expressions, not anchored (ECMA-262).
        low: the least length in characters.
        high: the greatest length, or None.
        likely: readable strings to try first.
        prefix: what has to stand in front for the sake of a format.

    Raises:
        CannotGenerateError: none was found.
    """
    compiled = [found for pattern in patterns if (found := _compiled(pattern))]

    def fits(text: str) -> bool:
        return (
            len(text) >= low
            and (high is None or len(text) <= high)
            and all(pattern.search(text) is not None for pattern in compiled)
        )

    nearest = ""
    made = _candidates(random, patterns, low, high)
    for text in chain(likely, (f"{prefix}{text}" for text in made)):
        if fits(text):
            return text
        nearest = nearest or text
    if len(compiled) == len(patterns):
        raise CannotGenerateError(f"no string was found that matches {' and '.join(patterns)}")
    return nearest


def _candidates(random: Random, patterns: list[str], low: int, high: int | None) -> Iterator[str]:
    source = rstr.Rstr(random)
    repeats = [*_REPEATS, *(n for n in (low, high or 0, (high or 0) // 2) if 0 < n <= _LONGEST)]
    for _ in range(3):
        for pattern in patterns:
            for repeat in repeats:
                try:
                    text = source.xeger(_bounded(with_named_characters(_translated(pattern)), repeat))
                except (re.error, KeyError, ValueError, NotImplementedError, IndexError, OverflowError):
                    continue
                yield text
                if len(text) < low and not pattern.endswith("$"):
                    yield text + "a" * (low - len(text))
                if len(text) < low and not pattern.startswith("^"):
                    yield "a" * (low - len(text)) + text


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    """The pattern as Python reads it; None where Python cannot."""
    try:
        return re.compile(_translated(pattern))
    except (re.error, OverflowError, RecursionError):
        return None


@lru_cache(maxsize=1024)
def _translated(pattern: str) -> str:
    """The pattern in Python's spelling, classes of all alphabets narrowed to ASCII."""
    inside = _inside_class(pattern)
    for expression, in_class, alone in _TRANSLATIONS:
        parts, last = [], 0
        for found in expression.finditer(pattern):
            if not _begins_escape(pattern, found.start()):
                continue
            parts += [pattern[last : found.start()], in_class if inside[found.start()] else alone]
            last = found.end()
        pattern = "".join([*parts, pattern[last:]])
        inside = _inside_class(pattern)
    pattern = re.sub(r"\(\?<(?![=!])", "(?P<", pattern)
    return (
        re.sub(r"\$$", r"\\Z", pattern) if pattern.endswith("$") and not pattern.endswith("\\$") else pattern
    )


def _begins_escape(pattern: str, at: int) -> bool:
    """Whether the backslash at `at` is not itself escaped: an even number of them stands before it."""
    count = 0
    while at - 1 - count >= 0 and pattern[at - 1 - count] == "\\":
        count += 1
    return count % 2 == 0


def _inside_class(pattern: str) -> list[bool]:
    """For each place of a pattern whether it is inside `[…]`."""
    inside, found, skip = False, [], False
    for character in pattern:
        found.append(inside)
        if skip:
            skip = False
        elif character == "\\":
            skip = True
        elif character == "[" and not inside:
            inside = True
        elif character == "]" and inside:
            inside = False
    return [*found, inside]


def _bounded(pattern: str, repeat: int) -> str:
    """The pattern with every open repetition (`*`, `+`, `{2,}`) taken about `repeat` times."""
    inside = _inside_class(pattern)
    parts, index, skip = [], 0, False
    while index < len(pattern):
        character = pattern[index]
        if skip or inside[index]:
            skip = character == "\\" and not skip
            parts.append(character)
        elif character == "\\":
            skip = True
            parts.append(character)
        elif character in "*+" and index and pattern[index - 1] != "(":
            parts.append(f"{{{max(1 if character == '+' else 0, repeat)}}}")
        elif found := _QUANTIFIER.match(pattern, index):
            least, most = int(found[1]), int(found[2] or max(int(found[1]), repeat))
            parts.append(f"{{{min(max(least, repeat), most, _LONGEST)}}}")
            index = found.end() - 1
        else:
            parts.append(character)
        index += 1
    return "".join(parts)
