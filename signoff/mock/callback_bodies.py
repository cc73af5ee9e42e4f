"""What the body of a callback repeats of the request and response that it follows."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from signoff.contract.json_value import as_object
from signoff.contract.names import singular
from signoff.mock.rendering import repeat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.contract import JsonObject, JsonValue


_PAYLOADS = {"data", "object", "payload", "resource"}  # what an event may call its entity
_MOST_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Echo:
    """The members to repeat, and whose they are.

    Attributes:
        members: the members of the request and the response.
        entity: what the operation is about, such as `order` for `POST /orders`; empty if nothing is known.
    """

    members: JsonObject
    entity: str = ""

    @classmethod
    def of(cls, members: JsonObject, path: str, path_values: JsonObject) -> Echo:
        """The echo of an operation: the members, and the ids in its path as `orderId` for `/orders/{id}`."""
        parts = path.strip("/").split("/")
        ids = {
            f"{singular(before)}id": path_values[part[1:-1]]
            for before, part in pairwise(parts)
            if "{" not in before and part[1:-1] in path_values
        }
        names = [part for part in parts if part and "{" not in part]
        return cls({**ids, **members}, singular(names[-1]) if names else "")

    def bodies(self, value: JsonObject) -> Iterator[JsonObject]:
        """The value with the members, from most to fewest of them.

        The object with the name of the entity, else with the most members in common, is its own. Others get
        ids, and what the members have under their name; they keep their `id`, that of an event for example.
        """
        inner = {name: held for name, held in value.items() if isinstance(held, dict)}
        others = {name for name in inner if isinstance(self.members.get(name), dict)}

        def likeness(name: str) -> tuple[bool, int, bool]:
            is_named = bool(name) and singular(name) == self.entity
            common = len((inner[name] if name else value).keys() & self.members)
            return is_named, common, singular(name) in _PAYLOADS

        best = max(["", *(name for name in inner if name not in others)], key=likeness)
        own = {
            name: self._filled(held, "") if name == best else self._other(held, name)
            for name, held in inner.items()
        }
        yield {**self._filled(value, "event" if best else ""), **own}
        repeated = repeat(inner[best] if best else value, self.members)
        if isinstance(repeated, dict):
            yield {**value, best: repeated} if best else repeated

    def _other(self, value: JsonObject, owner: str) -> JsonObject:
        """An object of something else: of the members, it gets ids and what they have under its name."""
        filled = self._filled(value, owner)
        held = as_object(self.members.get(owner))
        ids = {name for name in value if _plain(name).endswith("id")}
        return {
            name: _as(each, held[name]) if name in held else filled[name] if name in ids else each
            for name, each in value.items()
        }

    def _filled(self, value: JsonObject, owner: str) -> JsonObject:
        """An object with the members; its `id` is that of its owner, or of the entity if that is empty."""
        known = {_plain(name): held for name, held in self.members.items()}
        own_id = known.get("id", known.get(f"{self.entity}id"))
        if own_id is not None:
            known[f"{self.entity}id"] = own_id
        known["id"] = known.get(_plain(f"{owner}id")) if owner else own_id
        return {name: _as(held, known.get(_plain(name))) for name, held in value.items()}


def _plain(name: str) -> str:
    """A name as it is compared: `order_id` and `orderId` are equal."""
    return "".join(filter(str.isalnum, name)).lower()


def _as(held: JsonValue, known: JsonValue) -> JsonValue:
    """A known value in place of another one, where the types allow that; numbers and texts are converted."""
    if type(held) is type(known):
        return known
    if isinstance(held, str) and type(known) is int:
        return str(known)
    is_number = isinstance(known, str) and known.isascii() and known.isdecimal()
    if type(held) is int and isinstance(known, str) and is_number and len(known) <= _MOST_DIGITS:
        return int(known)
    return held
