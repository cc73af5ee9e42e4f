"""Names in a document: their words, how similar they are, and a few lookups that rules share."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from signoff.contract.json_value import as_object
from signoff.review.subject import value_at

if TYPE_CHECKING:
    from collections.abc import Iterable

    from signoff.contract.contract import MediaType, Operation, Response
    from signoff.contract.json_value import JsonValue
    from signoff.review.subject import Subject

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_SHORTEST_TYPO = 4


def words(text: str) -> list[str]:
    """The words of a name or sentence in lower case; camelCase and snake_case are split."""
    return [word.lower() for word in _WORD.findall(text)]


def success_offers(operation: Operation) -> list[MediaType]:
    """The media types of an operation's success responses."""
    return [o for response in operation.responses if response.status[:1] == "2" for o in response.content]


def error_responses(operation: Operation) -> list[Response]:
    """The error responses, including `default`."""
    return [response for response in operation.responses if response.status[:1] in "45d"]


def at(subject: Subject, pointer: str) -> dict[str, JsonValue]:
    """The object at a pointer in the contract's document; empty if there is none."""
    return as_object(value_at(subject.contract.document, pointer))


def with_article(word: str) -> str:
    """The word with its indefinite article."""
    return f"{'an' if word[:1] in 'aeiou' else 'a'} {word}"


def distance(first: str, second: str) -> int:
    """The edit distance: letters to add, remove, change or swap (optimal string alignment)."""
    before: list[int] = []
    above = list(range(len(second) + 1))
    for row, letter in enumerate(first, 1):
        current = [row]
        for column, other in enumerate(second, 1):
            cost = min(above[column] + 1, current[-1] + 1, above[column - 1] + (letter != other))
            if row > 1 and column > 1 and letter == second[column - 2] and first[row - 2] == other:
                cost = min(cost, before[column - 2] + 1)
            current.append(cost)
        before, above = above, current
    return above[-1]


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that `name` is a typo of: one letter, two in longer names, or only case and hyphens."""
    if len(name) < _SHORTEST_TYPO - 1:
        return None
    candidates = [(_typos(name, other), other) for other in known]
    best = min((entry for entry in candidates if entry[0] is not None), default=None)
    return best[1] if best else None


def suggestion(name: str, known: Iterable[str], otherwise: str) -> str:
    """A suggestion for an unknown name: the known name that is probably meant, or something else."""
    meant = nearest(name, known)
    return f"Did you mean `{meant}`?" if meant else otherwise


@lru_cache(maxsize=1 << 16)
def _typos(name: str, other: str) -> int | None:
    """How many typos are between two names; None for too many."""
    plain, meant = _plain(name), _plain(other)
    if plain == meant:
        return 0
    allowed = 1 if min(len(plain), len(meant)) < 2 * _SHORTEST_TYPO - 1 else 2
    if abs(len(plain) - len(meant)) > allowed or min(len(plain), len(meant)) < _SHORTEST_TYPO - 1:
        return None
    if min(len(plain), len(meant)) < _SHORTEST_TYPO and not (plain + "s" == meant or plain == meant + "s"):
        return None
    if abs(len(plain) - len(meant)) > 1 and (plain.startswith(meant) or meant.startswith(plain)):
        return None  # `deployment` and `deploymentId` are different names
    found = distance(plain, meant)
    return found if found <= allowed else None


def _plain(name: str) -> str:
    return "".join(character for character in name.lower() if character.isalnum())
