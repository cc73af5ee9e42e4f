"""Strings that match ECMAScript patterns, of a wanted length, and readable where that can be.

A string of a format that also matches a pattern is combined from a text made for the pattern and a usual text
of the format: `2030-` for `^2030-` and `2026-01-02` give `2030-01-02`. For several patterns, texts made for
each are joined. What does not match in the end is passed over.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING

import jsonschema_rs
import rstr

from signoff.contract.patterns import longest, matcher, pieces, with_named_characters
from signoff.generate.errors import CannotGenerateError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from random import Random

_REPEATS = (3, 1, 6, 2, 12, 24, 0)
_LONGEST = 4_096
_LONGEST_DRAWN = 100_000
_COMBINED = 40
_UNREADABLE = (re.error, KeyError, ValueError, NotImplementedError, IndexError, OverflowError)
_CODE_POINT = re.compile(r"\\u\{(?:0{0,8})([0-9A-Fa-f]{1,6})\}")
# What ECMAScript writes differently from Python, and what is left of it where only plain text is made:
# classes of Unicode, by the names that documents use for them, with the ASCII characters that are in them.
_CLASSES = {
    "a-z": "L Letter Alphabetic Alpha Latin Script=Latin IsLatin Ll Lower Lowercase Lowercase_Letter",
    "A-Z": "Lu Upper Uppercase Uppercase_Letter",
    "0-9": "N Nd Number Digit Decimal_Number",
    "a-z0-9": "Alnum Any ASCII Print Graph",
    "0-9a-f": "XDigit Hex_Digit",
    r"!%*,\-./:;?@_": "P Punct Punctuation",
    "$+<=>|~": "S Symbol",
    " ": "Z Zs Space Blank White_Space Separator Space_Separator",
    "\x7f": "C Cc Control",
    "\u0300": "M Mark",
}
_MEMBERS = {
    **{rf"\p{{{name}}}": members for members, names in _CLASSES.items() for name in names.split()},
    **{rf"\P{{{name}}}": "a-z" for name in ("M", "C", "Cc", "Z", "Zs", "S", "P", "Mark", "Control")},
    r"\d": "0-9",
    r"\w": "A-Za-z0-9_",
    r"\s": " ",
    r"\/": "/",
}
_QUANTIFIER = re.compile(r"\{(\d+),(\d*)\}")


def matching(
    random: Random,
    patterns: list[str],
    low: int,
    high: int | None,
    likely: Iterable[str],
    *,
    prefix: str = "",
    form: str = "",
    samples: Sequence[str] = (),
) -> str:
    """A string that every pattern matches; a likely one where a pattern is not readable.

    Args:
        random: where chance comes from.
        patterns: regular expressions, not anchored (ECMA-262).
        low: the least length in characters.
        high: the greatest length, or None.
        likely: readable strings to try first.
        prefix: what has to stand in front for the sake of a format.
        form: the format that it must have, empty for none.
        samples: usual texts of that format.

    Raises:
        CannotGenerateError: none was found.
    """
    tests = [found for pattern in patterns if (found := matcher(pattern))]

    def fits(text: str) -> bool:
        return (
            len(text) >= low
            and (high is None or len(text) <= high)
            and all(matches(text) for matches in tests)
            and (not form or _has_format(text, form))
        )

    nearest = ""
    made = _candidates(random, patterns, low, high)
    combined = _combined(random, [_narrowed(pattern) if form else pattern for pattern in patterns], samples)
    padded = (wide for text in combined for wide in _padded(text, low))
    for text in chain(likely, padded, (f"{prefix}{text}" for text in made)):
        if fits(text):
            return text
        nearest = nearest or text
    if len(tests) == len(patterns):
        raise CannotGenerateError(f"no string was found that matches {' and '.join(patterns)}")
    return nearest


@lru_cache(maxsize=64)
def _validator(form: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator({"format": form}, validate_formats=True)


def _has_format(text: str, form: str) -> bool:
    return _validator(form).is_valid(text)


def _narrowed(pattern: str) -> str:
    """The pattern with letters and digits where it admits any character: most formats have those."""
    return "".join("[a-z0-9]" if piece == "." and not inside else piece for piece, inside in pieces(pattern))


def _combined(random: Random, patterns: list[str], samples: Sequence[str]) -> Iterator[str]:
    """Texts made for the patterns, joined with each other, or with a usual text of a format."""
    if not samples and len(patterns) < 2:
        return
    source = rstr.Rstr(random)
    # What has to stand in front comes first, what has to stand at the end comes last.
    ordered = sorted(patterns, key=lambda pattern: pattern.endswith("$") - pattern.startswith("^"))
    for count in range(_COMBINED):
        repeat = _REPEATS[count % 3]
        try:
            texts = [_drawn(source, each, repeat) for each in ordered]
        except _UNREADABLE:
            return
        for text in dict.fromkeys(("".join(texts), *texts)):
            yield text
            for sample in samples:
                digits = iter(character for character in sample if character.isdecimal())
                yield "".join(next(digits, one) if one.isdecimal() else one for one in text)
                for cut in range(len(sample) + 1):
                    yield sample[: len(sample) - cut] + text
                    yield text + sample[cut:]


def _padded(text: str, low: int) -> Iterator[str]:
    """The text, and with letters added to its end or beginning until it is long enough."""
    yield text
    if len(text) < low:
        yield text + "a" * (low - len(text))
        yield "a" * (low - len(text)) + text


def _candidates(random: Random, patterns: list[str], low: int, high: int | None) -> Iterator[str]:
    source = rstr.Rstr(random)
    repeats = [*_REPEATS, *(n for n in (low, high or 0, (high or 0) // 2) if 0 < n <= _LONGEST)]
    for _ in range(3):
        for pattern in patterns:
            for repeat in repeats:
                try:
                    text = _drawn(source, pattern, repeat)
                except _UNREADABLE:
                    continue
                yield text
                if len(text) < low and not pattern.endswith("$"):
                    yield text + "a" * (low - len(text))
                if len(text) < low and not pattern.startswith("^"):
                    yield "a" * (low - len(text)) + text


def _drawn(source: rstr.Rstr, pattern: str, repeat: int) -> str:
    """A text made for a pattern. Raises one of `_UNREADABLE`, OverflowError for one that is too long."""
    if longest(pattern, repeat) > _LONGEST_DRAWN:  # nested repetitions multiply
        raise OverflowError
    return source.xeger(_bounded(with_named_characters(_translated(pattern)), repeat))


@lru_cache(maxsize=1024)
def _translated(pattern: str) -> str:
    """The pattern in Python's spelling, classes of all alphabets narrowed to ASCII."""
    pattern = _CODE_POINT.sub(lambda found: re.escape(chr(min(int(found[1], 16), 0x10FFFF))), pattern)
    parts = []
    for piece, inside in pieces(pattern):
        members = _MEMBERS.get(piece, piece)
        parts.append(members if inside or piece not in _MEMBERS or len(members) == 1 else f"[{members}]")
    pattern = re.sub(r"\(\?<(?![=!])", "(?P<", "".join(parts))
    return pattern.removesuffix("$") + r"\Z" if parts[-1:] == ["$"] else pattern


def _bounded(pattern: str, repeat: int) -> str:
    """The pattern with every open repetition (`*`, `+`, `{2,}`) repeated about `repeat` times."""
    parts: list[str] = []
    for piece, inside in pieces(pattern):
        written = piece
        if not inside and piece in ("*", "+") and parts and parts[-1] != "(":
            written = f"{{{max(int(piece == '+'), repeat)}}}"
        elif not inside and (found := _QUANTIFIER.fullmatch(piece)):
            least, most = int(found[1]), int(found[2] or max(int(found[1]), repeat))
            written = f"{{{min(max(least, repeat), most, _LONGEST)}}}"
        parts.append(written)
    return "".join(parts)
