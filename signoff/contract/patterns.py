"""Rewrites the patterns of schemas as valid ECMA-262 regular expressions.

Documents contain patterns of other dialects, too: Java's character classes, ranges that only lenient engines
accept. Patterns with an equivalent in ECMA-262 are rewritten; others are ignored with a warning.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

import jsonschema_rs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# An escape, a class, or any other character. A bracket that comes first in a class is a literal to Python.
_TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]?|.", re.DOTALL)
# In a class: a hyphen after a shorthand, an escape, or a hyphen before a shorthand.
_HYPHEN = re.compile(r"(\\[wdsWDS])-(?!\])|\\.|-(?=\\[wdsWDS])", re.DOTALL)
_PIECE = re.compile(r"\\[pP]\{[^}]*\}|\\.|\{\d+(?:,\d*)?\}|.", re.DOTALL)
_COUNT = re.compile(r"\{(\d{1,9})(,)?(\d{1,9})?\}")
_MOST_TIMES = 10**9
_MOST_BACKTRACKS = 100_000
_OPTIONS = jsonschema_rs.FancyRegexOptions(backtrack_limit=_MOST_BACKTRACKS)


@lru_cache(maxsize=4096)
def readable_form(pattern: str) -> str | None:
    """The pattern, or an equivalent one, that the validators can read; None without one."""
    translated = pattern.replace(r"\Z", "$").replace(r"\A", "^")
    spellings = (pattern, _with_literal_hyphens(pattern), translated)
    return next((spelling for spelling in spellings if _is_readable(spelling)), None)


def _is_readable(pattern: str) -> bool:
    try:
        jsonschema_rs.Draft202012Validator({"pattern": pattern})
    except (jsonschema_rs.ValidationError, ValueError):
        return False
    return True


@lru_cache(maxsize=1024)
def matcher(pattern: str) -> Callable[[str], bool] | None:
    """Whether a text contains a match of a pattern (ECMA-262), in time linear in the text.

    Where a pattern needs backtracking, a text that takes too many steps does not match.

    Returns:
        None for a pattern that is not readable.
    """
    try:
        validator = jsonschema_rs.Draft202012Validator({"pattern": pattern}, pattern_options=_OPTIONS)
    except (jsonschema_rs.ValidationError, ValueError):
        return None
    return validator.is_valid


def longest(pattern: str, repeat: int) -> int:
    """At most how long a match is if open repetitions (`*`, `+`, `{2,}`) are repeated `repeat` times."""
    groups, last = [0], 0
    for piece, inside in pieces(pattern):
        if inside:
            continue
        if piece == "(":
            groups.append(0)
        elif piece == ")" and len(groups) > 1:
            last = groups.pop()
            groups[-1] += last
        elif piece in "*+" or _COUNT.fullmatch(piece):
            times = _times(piece, repeat)
            groups[-1] += last * (times - 1)
            last *= times
        elif piece != "?":
            last = 1
            groups[-1] += 1
    return sum(groups)


def _times(quantifier: str, repeat: int) -> int:
    found = _COUNT.fullmatch(quantifier)
    if found is None:
        return max(1, repeat)
    numbers = [min(int(number), _MOST_TIMES) for number in (found[1], found[3]) if number]
    return max(*numbers, repeat if found[2] and not found[3] else 0, 1)


def pieces(pattern: str) -> Iterator[tuple[str, bool]]:
    """The escapes, quantifiers and other characters of a pattern, each with whether it is inside `[…]`."""
    inside = False
    for piece in _PIECE.findall(pattern):
        yield piece, inside
        inside = piece == "[" or (inside and piece != "]")


def _with_literal_hyphens(pattern: str) -> str:
    r"""The pattern with each hyphen beside a shorthand (`[\w-.]`) escaped: it can't be a range there."""

    def escaped(found: re.Match[str]) -> str:
        return f"{found[1] or ''}\\-" if found[0].endswith("-") else found[0]

    return _TOKEN.sub(
        lambda token: _HYPHEN.sub(escaped, token[0]) if token[0].startswith("[") else token[0], pattern
    )


@lru_cache(maxsize=1024)
def with_named_characters(pattern: str) -> str:
    """The pattern with each negated class (`[^…]`) as the ASCII characters that it admits.

    For making texts of it: what is admitted can then be chosen from in one order, in every process, and
    letters and digits are chosen where they are admitted. It matches no more than `pattern` does.
    """
    return _TOKEN.sub(lambda token: _named(token[0]), pattern)


def _named(text: str) -> str:
    if not text.startswith("[^"):
        return text
    try:
        admitted = [chr(code) for code in range(32, 127) if re.fullmatch(text, chr(code))]
    except re.error:
        return text
    readable = [character for character in admitted if character.isalnum()] or admitted
    return f"[{''.join(map(re.escape, readable))}]" if readable else text
