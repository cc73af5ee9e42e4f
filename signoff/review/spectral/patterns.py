"""Regular expressions of a ruleset: ECMAScript's, with flags, matched within a bound."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

import jsonschema_rs

from signoff.contract.patterns import readable_form
from signoff.review.spectral.errors import NotChecked, NotSupported

if TYPE_CHECKING:
    from collections.abc import Callable

_SLASHED = re.compile(r"/(.+)/([a-z]*)", re.DOTALL)
# What has no effect on whether a text matches: g, y and d are about repeated matching, u and v about parsing.
_IGNORED_FLAGS = "gyduv"
_FLAGS = "ims"
_MOST_BACKTRACKS = 100_000
_OPTIONS = jsonschema_rs.FancyRegexOptions(backtrack_limit=_MOST_BACKTRACKS)


# A class, an escape, a quantifier, or a single character. Without the flag `u`, ECMAScript (annex B) takes a
# brace that begins no quantifier, and an escaped character that has no other meaning, literally.
_PIECE = re.compile(r"\[(?:\\.|[^\]\\])*\]|\\.|\{\d+(?:,\d*)?\}|.", re.DOTALL)
_MEANINGFUL = re.compile(r"\\[\w^$\\.*+?()\[\]{}|/]")


def _strictly_spelled(source: str) -> str:
    pieces = _PIECE.findall(source)
    return "".join(
        f"\\{piece}"
        if piece in "{}"
        else piece[1:]
        if piece[0] == "\\" and not _MEANINGFUL.match(piece)
        else piece
        for piece in pieces
    )


def matcher_of(text: str) -> Callable[[str], bool]:
    """The test for a pattern as rulesets write it: `^a+$` or `/^a+$/i`.

    Raises:
        NotSupported: the expression or a flag cannot be used.
    """
    slashed = _SLASHED.fullmatch(text)
    return matcher(slashed[1], slashed[2]) if slashed else matcher(text)


@lru_cache(maxsize=1024)
def matcher(source: str, flags: str = "") -> Callable[[str], bool]:
    """The test whether a text contains a match of a regular expression.

    Raises:
        NotSupported: the expression or a flag cannot be used.
    """
    known = readable_form(source) or readable_form(_strictly_spelled(source))
    used = "".join(sorted(set(flags) - set(_IGNORED_FLAGS)))
    if known is None or set(used) - set(_FLAGS):
        raise NotSupported(f"the regular expression `/{source}/{flags}`")
    pattern = f"(?{used}:{known})" if used else known
    validator = jsonschema_rs.Draft202012Validator({"pattern": pattern}, pattern_options=_OPTIONS)

    def matches(text: str) -> bool:
        error = next(iter(validator.iter_errors(text)), None)
        if error is not None and "backtracking" in error.message:
            raise NotChecked(
                f"the regular expression `/{source}/` takes more than {_MOST_BACKTRACKS:,} steps on a value"
            )
        return error is None

    return matches
