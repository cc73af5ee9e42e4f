"""What the builder of a value offers to those of its parts: `objects` and `arrays`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.generate.branches import Branches
    from signoff.generate.facts import FactBook

MOST = 10_000  # properties of an object, items of an array


class Place(NamedTuple):
    """Where in the value the walk stands.

    Attributes:
        depth: how deep, in levels.
        room: about how many further parts this part may have; without any only required ones are made.
        name: the property that it is the value of.
        parent: the property that the object around it is the value of.
        within: the named schemas around it, by their `$ref`.
        is_listed: whether it is in an item of a list.
        is_further: whether it is in an item that is not the first one: the schema's own examples are of that.
    """

    depth: int = 0
    room: int = 0
    name: str = ""
    parent: str = ""
    within: tuple[str, ...] = ()
    is_listed: bool = False
    is_further: bool = False

    def inner(self, parts: int, parent: str) -> Place:
        """The place of one of `parts` parts."""
        room = self.room // parts
        return Place(self.depth + 1, room, parent, self.parent, self.within, self.is_listed, self.is_further)

    def inside(self, ref: str) -> Place:
        """The place in a named schema."""
        within = (*self.within, ref)
        return Place(self.depth, self.room, self.name, self.parent, within, self.is_listed, self.is_further)

    def member(self, name: str) -> Place:
        """The place of a member, from the place that `inner` gave."""
        return Place(self.depth, self.room, name, self.name, self.within, self.is_listed, self.is_further)


class Walk(Protocol):
    """One attempt at a value: `builder.Builder`."""

    @property
    def branches(self) -> Branches:
        """Takes schemas apart."""

    @property
    def facts(self) -> FactBook:
        """What the generator asks of schemas."""

    @property
    def random(self) -> Random:
        """The source of randomness."""

    def value(self, raw: JsonValue, place: Place) -> JsonValue:
        """A value for a schema at a place. Raises CannotGenerateError."""

    def suits(self, value: JsonValue, raw: JsonValue) -> bool:
        """Whether a part satisfies its schema."""

    def is_hidden(self, member: JsonValue) -> bool:
        """Whether a property is not sent in this direction."""

    def leads_back(self, member: JsonValue, place: Place) -> bool:
        """Whether an optional part would repeat a named schema that is around it already."""

    def options(self, raw: JsonValue) -> list[JsonValue]:
        """The values that a schema lists, if it lists any."""

    def listed(self, schema: JsonObject) -> Iterator[JsonValue]:
        """The `const`, or the members of the `enum` that suit the rest."""
