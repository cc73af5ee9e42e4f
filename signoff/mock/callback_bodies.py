"""What the body of a callback repeats of the request and response that it follows.

A callback for `POST /orders` is about an order. Its body has members with the names of those of the request
and the response, and the id of the order in one of several places: `orderId` or `order_id`, `id` in an object
`order`, `id` in a wrapper such as `data`, or `id` at the top. An `id` beside the order's object is another
one, that of an event, for example. Objects of something else, such as `buyer`, get ids, and what the request
and the response have under their name. The objects of the body are walked once, and each gets what is known
for it. What does not match the schema after that is taken back: to the ids alone, then to what was generated.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from signoff.contract import Direction
from signoff.contract.names import singular
from signoff.contract.pointer import split

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from signoff.contract import JsonObject, JsonValue
    from signoff.contract.schemas import Schema

_WRAPPERS = ("data", "object", "payload", "resource", "result")
_MOST_DIGITS = 18  # of a number in a text
_DEEPEST = 4  # objects in which the entity is looked for
_Place: TypeAlias = tuple[str, ...]  # the names of the members on the way to an object


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
    def of(cls, messages: Sequence[JsonObject], path: str, path_values: JsonObject) -> Echo:
        """The echo of an operation.

        Args:
            messages: the bodies of the request and the response, in which the entity may be wrapped.
            path: the path template, whose ids are `orderId` for `/orders/{id}`.
            path_values: the values of its parameters.
        """
        parts = path.strip("/").split("/")
        names = [part for part in parts if part and "{" not in part]
        entity = singular(names[-1]) if names else ""
        ids: JsonObject = {
            f"{singular(before)}id": path_values[part[1:-1]]
            for before, part in pairwise(parts)
            if "{" not in before and part[1:-1] in path_values
        }
        members: JsonObject = {}
        for message in messages:
            members |= message
            for name, held in message.items():
                if isinstance(held, dict):
                    ids |= {f"{singular(name)}id": held["id"]} if "id" in held else {}
                    members |= held if singular(name) == entity or name in _WRAPPERS else {}
        return cls({**ids, **members}, entity)

    def body(self, value: JsonObject, schema: Schema | None) -> JsonObject:
        """The value with the members, where that matches the schema."""
        best = max(_objects(value), key=lambda found: self._likeness(*found))[0]
        body = _filled(self, value, (), best)
        ids = {name: held for name, held in self.members.items() if _plain(name).endswith("id")}
        for fallback in (_filled(replace(self, members=ids), value, (), best), value):
            if schema is None or schema.is_valid(body, Direction.REQUEST):
                return body
            for violation in schema.violations(body, Direction.REQUEST):
                body = _taken_back(body, fallback, split(violation.pointer))
        return body if schema is None or schema.is_valid(body, Direction.REQUEST) else value

    def _likeness(self, place: _Place, value: JsonObject) -> tuple[int, int]:
        """How likely an object is the entity: by its name, then by the members that it has in common."""
        common = len(value.keys() & self.members)
        name = place[-1] if place else ""
        if name and singular(name) == self.entity:
            return 2, common
        if isinstance(self.members.get(name), dict) and name not in _WRAPPERS:
            return -1, common  # an object of its own
        return int(name in _WRAPPERS and common > 0), common

    def known(self, owner: str, *, is_entity: bool) -> JsonObject:
        """The members for an object, by plain name. Its `id` is that of its owner."""
        known = {_plain(name): held for name, held in self.members.items()}
        own_id = known.get("id", known.get(f"{self.entity}id"))
        if own_id is not None:
            known[f"{self.entity}id"] = own_id
        known["id"] = own_id if is_entity else known.get(f"{owner}id")
        return known


def _filled(echo: Echo, value: JsonObject, place: _Place, best: _Place) -> JsonObject:
    """An object with the members, and those inside it; the one at `best` is the entity."""
    owner = echo.entity if place == best else singular(place[-1]) if place else "event"
    known = echo.known(owner, is_entity=place == best)
    made: JsonObject = {}
    for name, held in value.items():
        is_other = place not in ((), best) and not _plain(name).endswith("id")
        found = None if is_other else known.get(_plain(name))
        match held:
            case dict():
                made[name] = _merged(_filled(echo, held, (*place, name), best), found)
            case [dict() as first, *others] if not isinstance(found, list):
                made[name] = [_filled(echo, first, (*place, name), best), *others]
            case _:
                made[name] = _as(held, found)
    return made


def _objects(value: JsonObject, place: _Place = ()) -> Iterator[tuple[_Place, JsonObject]]:
    """An object and those inside it, with their places; of a list the first."""
    yield place, value
    for name, held in value.items() if len(place) < _DEEPEST else ():
        inner = held[0] if isinstance(held, list) and held else held
        if isinstance(inner, dict):
            yield from _objects(inner, (*place, name))


def _merged(value: JsonObject, known: JsonValue) -> JsonObject:
    """An object with the members that a known one has, too."""
    if not isinstance(known, dict):
        return value
    return {
        name: _merged(held, known.get(name)) if isinstance(held, dict) else _as(held, known.get(name))
        for name, held in value.items()
    }


def _taken_back(body: JsonObject, fallback: JsonObject, tokens: Sequence[str]) -> JsonObject:
    """A body with the part at some tokens as in another one."""
    if not tokens or tokens[0] not in body or tokens[0] not in fallback:
        return fallback
    name, *more = tokens
    held, other = body[name], fallback[name]
    if more and isinstance(held, dict) and isinstance(other, dict):
        other = _taken_back(held, other, more)
    return {**body, name: other}


def _plain(name: str) -> str:
    """A name as it is compared: `order_id` and `orderId` are equal."""
    return "".join(filter(str.isalnum, name)).lower()


def _as(held: JsonValue, known: JsonValue) -> JsonValue:
    """A known value in place of another one, where the types allow that; numbers and texts are converted."""
    if type(held) is type(known) or {type(held), type(known)} == {int, float}:
        return known
    if isinstance(held, str) and type(known) is int:
        return str(known)
    if type(held) is int and isinstance(known, str) and known.isascii() and known.isdecimal():
        return int(known) if len(known) <= _MOST_DIGITS else held
    return held
