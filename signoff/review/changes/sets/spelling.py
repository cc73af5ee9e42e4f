"""One spelling for patterns that plainly mean the same (ECMA-262, the syntax that is in common use)."""

from __future__ import annotations

import re
from functools import lru_cache

_TOKEN = re.compile(
    r"\\x[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{[\d,]+\}|\(\?:|.", re.DOTALL
)
_CHARACTER = r"(?:\\x[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\\.|[^\\])"
_MEMBER = re.compile(f"{_CHARACTER}-{_CHARACTER}|{_CHARACTER}", re.DOTALL)
_SHORTHANDS = {r"\d": "[0-9]", r"\w": "[0-9A-Z_a-z]", r"\D": "[^0-9]", r"\W": "[^0-9A-Z_a-z]"}
_COUNTS = {"{1}": "", "{1,1}": "", "{0,}": "*", "{1,}": "+", "{0,1}": "?"}
_NEEDLESS = re.compile(r"\\([^0-9A-Za-z\\^$.|?*+()\[\]{}])")


@lru_cache(maxsize=4096)
def plain_pattern(pattern: str) -> str:
    r"""The spelling that a pattern is compared by: `^\d{1,}$` and `^[0-9]+$` have the same.

    Returns an empty text for a pattern that every string matches.
    """
    plain = "".join(_plain_token(token) for token in _TOKEN.findall(pattern))
    for needless in ("^[\\s\\S]*", "^.*"):
        plain = plain.removeprefix(needless)
    plain = plain.removesuffix(".*$") if not plain.endswith(r"\.*$") else plain
    return "" if plain in ("^", "$", ".*", "^$*") else plain


def _plain_token(token: str) -> str:
    if token.startswith("[") and len(token) > 2:
        return _plain_class(token)
    if token in _SHORTHANDS:
        return _SHORTHANDS[token]
    return _COUNTS.get(token, _NEEDLESS.sub(r"\1", token))


def _plain_class(token: str) -> str:
    """A class of characters with its members in order, each once."""
    negation = "^" if token.startswith("[^") else ""
    inside = token[1 + len(negation) : -1]
    for shorthand, wide in _SHORTHANDS.items():
        if not wide.startswith("[^"):
            inside = inside.replace(shorthand, wide[1:-1]) if rf"\{shorthand}" not in inside else inside
    members = sorted({_plain_member(found.group(0)) for found in _MEMBER.finditer(inside)})
    only = members[0] if len(members) == 1 and not negation else ""
    return only if only.isalnum() and len(only) == 1 else f"[{negation}{''.join(members)}]"


def _plain_member(member: str) -> str:
    """A member of a class with only those escapes that it needs there."""
    bare = _NEEDLESS.sub(r"\1", member) if len(member) == 2 else member
    if len(bare) == 2 and bare[0] == "\\" and bare[1] in "$.|?*+(){}":
        bare = bare[1]
    return rf"\{bare}" if bare in ("-", "^", "[", "]") else bare
