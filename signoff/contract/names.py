"""Names in a document: their words, and their singular."""

from __future__ import annotations

import re
from functools import lru_cache

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_UNCHANGED = ("ss", "us", "is", "news", "series", "species")
_ES = ("sses", "shes", "ches", "xes", "zes", "oes", "tuses", "nuses", "puses", "ruses", "buses", "iases")


@lru_cache(maxsize=4096)
def words_of(name: str) -> tuple[str, ...]:
    """The words of a name in lower case: `firstName`, `first_name` and `First-Name` have the same."""
    return tuple(word.lower() for word in _WORD.findall(name))


@lru_cache(maxsize=4096)
def singular(name: str) -> str:
    """The words of a name joined, the last one in the singular: `petstore_pets` is `petstorepet`."""
    words = words_of(name)
    return "".join((*words[:-1], _singular(words[-1]))) if words else ""


def _singular(word: str) -> str:
    if word.endswith(_UNCHANGED):
        return word
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(_ES) and len(word) > 4:
        return word[:-2]
    return {"people": "person", "children": "child"}.get(word) or (
        word.removesuffix("s") if len(word) > 2 else word
    )
