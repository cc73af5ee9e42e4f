"""The words of a document: names cut into words, and the nouns that an operation speaks of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from signoff.contract.json_value import as_object
from signoff.contract.pointer import resolve
from signoff.review.composition import declared

if TYPE_CHECKING:
    from signoff.contract.contract import Operation
    from signoff.contract.json_value import JsonValue
    from signoff.review.subject import Subject

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_SHORTEST = 3


def words(text: str) -> list[str]:
    """The words of a name or sentence in lower case, camelCase and snake_case cut apart."""
    return [word.lower() for word in _WORD.findall(text)]


def nouns(text: str) -> list[str]:
    """The words in the singular, short ones left out; verbs among them do no harm."""
    return [_singular(word) for word in words(text) if len(word) >= _SHORTEST]


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("ses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def spoken(subject: Subject, operation: Operation) -> str:
    """What an operation says in prose, and what its bodies name."""
    schemas = subject.contract.schemas
    offers = [
        offer for response in operation.responses if response.status[:1] == "2" for offer in response.content
    ]
    offers += operation.request_body.content if operation.request_body else ()
    names = [
        name for offer in offers if offer.schema for name in declared(offer.schema.raw, schemas, 3).properties
    ]
    names += [str(offer.schema.raw.get("$ref", "")) for offer in offers if offer.schema]
    return " ".join([str(at(subject, operation.pointer).get("description", "")), *names])


def at(subject: Subject, pointer: str) -> dict[str, JsonValue]:
    """The object at a pointer of the contract's document; empty where there is none."""
    try:
        return as_object(resolve(subject.contract.document, pointer))
    except LookupError:
        return {}


def with_article(word: str) -> str:
    """The word with its indefinite article."""
    return f"{'an' if word[:1] in 'aeiou' else 'a'} {word}"
