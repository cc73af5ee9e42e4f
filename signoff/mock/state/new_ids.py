"""The ids of created entities, in the style of their schema.

An id follows from seed, collection and the number of the entity, so the same sequence of requests gives the
same ids. Integers count on from the greatest id in use. A UUID has its number inside, so that a deleted
entity needs no entry: its id shows that it was created once. Other ids are made of a name in the body, or
generated.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from signoff.contract.json_value import JsonObject

# Multiplying by an odd number permutes the numbers below a power of two.
_FACTOR = 0x5DEECE66D1B3
_SPACE = 1 << 48
_INVERSE = pow(_FACTOR, -1, _SPACE)
_NAMES = ("name", "title", "label", "display_name", "displayName", "subject")
_NOT_IN_SLUGS = re.compile(r"[^a-z0-9]+")
_LONGEST_SLUG = 60


def new_uuid(seed: int, collection: str, number: int) -> str:
    """The UUID (version 4) of the entity with that number; the last 12 digits have the number."""
    node = (number * _FACTOR + _offset(seed, collection)) % _SPACE
    head = blake2b(f"{seed}|{collection}|{number}".encode(), digest_size=10).digest()
    return str(UUID(bytes=head + node.to_bytes(6), version=4))


def number_of(seed: int, collection: str, text: str, most: int = _SPACE) -> int | None:
    """The number, up to `most`, of the entity whose UUID `new_uuid` made; None for any other text."""
    try:
        node = int(text[-12:], 16)
    except ValueError:
        return None
    number = (node - _offset(seed, collection)) * _INVERSE % _SPACE
    if not 1 <= number <= most or new_uuid(seed, collection, number) != text.lower():
        return None
    return number


@lru_cache(maxsize=1024)
def _offset(seed: int, collection: str) -> int:
    return int.from_bytes(blake2b(f"{seed}|{collection}".encode(), digest_size=6).digest())


def greatest(ids: Iterable[str]) -> int:
    """The greatest integer among some ids; 0 without one."""
    return max((int(text) for text in ids if text.isascii() and text.isdigit() and len(text) < 19), default=0)


def slugs(body: JsonObject) -> Iterator[str]:
    """Ids made of a name in the body: `rex`, `rex-2`, `rex-3`, …; none without a name."""
    text = next((body[name] for name in _NAMES if isinstance(body.get(name), str)), None)
    plain = unicodedata.normalize("NFKD", str(text or "")).encode("ascii", "ignore").decode().lower()
    slug = _NOT_IN_SLUGS.sub("-", plain).strip("-")[:_LONGEST_SLUG].rstrip("-")
    if slug:
        yield slug
        yield from (f"{slug}-{number}" for number in range(2, 10_000))
