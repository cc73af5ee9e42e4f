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
    from collections.abc import Iterator

# An escape, a class, or any other character. A bracket that comes first in a class is a literal to Python.
_TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]?|.", re.DOTALL)
# In a class: a hyphen after a shorthand, an escape, or a hyphen before a shorthand.
_HYPHEN = re.compile(r"(\\[wdsWDS])-(?!\])|\\.|-(?=\\[wdsWDS])", re.DOTALL)
_PIECE = re.compile(r"\\[pP]\{[^}]*\}|\\.|\{\d+,\d*\}|.", re.DOTALL)


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
