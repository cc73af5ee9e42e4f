"""Shows entities as an operation's schema wants them: its members only, with the embedded entities looked up.

Entities have the members of all schemas; a schema shows those that it describes, or, where the document has
examples, those that the examples show. An embedded entity is shown as its own resource has it, so that a
pet's `owner` is that owner. What a schema doesn't accept is repaired member by member from a generated value.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from signoff.contract import Direction
from signoff.contract.envelopes import items_of, members_of, schema_of, settled
from signoff.contract.json_value import as_list
from signoff.contract.schema_view import Part
from signoff.generate import CannotGenerateError
from signoff.mock.world.examples import text_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from signoff.contract import Schema
    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.resources import Reference, Resource
    from signoff.generate import Generator
    from signoff.mock.world import Parents, World
    from signoff.mock.world.base_world import BaseWorld

_DEEPEST = 4


@dataclass(frozen=True, slots=True)
class Wish:
    """What of an entity a request asks for.

    Attributes:
        fields: the only members to show; None for all.
        expanded: the embedded entities to show; None for all.
    """

    fields: frozenset[str] | None = None
    expanded: frozenset[str] | None = None


ALL = Wish()


@dataclass(slots=True)
class Showing:
    """Shows the entities of one resource by one schema.

    Args:
        resource: the resource.
        schema: the schema of an item.
        base: the base world, which knows how resources refer to each other.
        generator: makes values for repairs.
        style: the members that the document's examples show; None without examples.
        within: the resources that the entity is embedded in.
    """

    resource: Resource
    schema: Schema
    base: BaseWorld
    generator: Generator
    style: Collection[str] | None = None
    within: tuple[str, ...] = ()
    names: list[str] | None = field(init=False)
    hidden: frozenset[str] = field(init=False)
    required: frozenset[str] = field(init=False)
    embedded: dict[str, tuple[Reference, Showing | None]] = field(init=False)

    def __post_init__(self) -> None:
        schemas = self.schema.schemas
        members = members_of(schemas, Part(self.schema.raw, self.schema.pointer))
        outline = self.schema.view.flat
        self.required = frozenset(str(name) for name in as_list(outline.get("required")))
        self.hidden = frozenset(n for n, part in members.items() if schemas.says(part.raw, "writeOnly"))
        shown = [name for name in members if name not in self.hidden]
        if self.style is not None:
            shown = [*self.style, *(name for name in shown if name in self.required - set(self.style))]
        self.names = shown or None
        self.embedded = {
            reference.member: (reference, self._inner(reference, members[reference.member]))
            for reference in self.resource.references
            if reference.is_embedded and reference.member in members
        }

    def _inner(self, reference: Reference, part: Part) -> Showing | None:
        """How an embedded entity is shown; None if it would lead back, and is left out if it may be."""
        schemas = self.schema.schemas
        around = (*self.within, self.resource.name)
        target = self.base.resources.named(reference.resource)
        if target is None or reference.resource in around or len(around) > _DEEPEST:
            return None
        end = items_of(schemas, part) if reference.is_list else settled(schemas, part)
        if end is None:
            return None
        return Showing(target, schema_of(schemas, end), self.base, self.generator, None, around)

    def show(
        self, world: World, entity: JsonObject, item_id: str, parents: Parents, wish: Wish = ALL
    ) -> JsonObject:
        """The entity as the schema has it; valid unless `repaired` has to be asked."""
        if self.names is None:
            made = {name: value for name, value in entity.items() if name not in self.hidden}
        else:
            made = {name: entity[name] for name in self.names if name in entity}
        for name, (reference, inner) in self.embedded.items():
            if name not in made:
                continue
            is_unwanted = wish.expanded is not None and name not in wish.expanded and self._may_lack(name)
            is_circular = inner is None and name not in self.required
            if is_unwanted or (is_circular and self.style is None):
                made.pop(name)
            elif inner is not None:
                made[name] = self._embed(world, inner, reference, made[name], (item_id, parents))
        if wish.fields is not None:
            kept = wish.fields | self.required | {self.resource.id_member}
            made = {name: value for name, value in made.items() if name in kept}
        return made

    def _may_lack(self, name: str) -> bool:
        return name not in self.required and (self.style is None or name not in self.style)

    def _embed(
        self,
        world: World,
        inner: Showing,
        reference: Reference,
        value: JsonValue,
        place: tuple[str, Parents],
    ) -> JsonValue:
        if reference.is_list:
            shown = [self._embedded(world, inner, item, place) for item in as_list(value)]
            return [item for item in shown if item is not None]
        found = self._embedded(world, inner, value, place)
        return value if found is None else found

    def _embedded(
        self, world: World, inner: Showing, value: JsonValue, place: tuple[str, Parents]
    ) -> JsonValue:
        """An embedded entity by its id; None if it was deleted."""
        target = inner.resource
        item_id = text_of(value.get(target.id_member)) if isinstance(value, dict) else ""
        if not isinstance(value, dict) or not item_id:
            return value
        parents = self.base.parents_for(target, self.resource, *place)
        entity = world.entity(target, item_id, parents)
        if entity is None:
            return None
        shown = inner.show(world, entity, item_id, parents)
        return shown if inner.schema.is_valid(shown, Direction.RESPONSE) else value

    def repaired(self, shown: JsonObject, item_id: str) -> JsonObject:
        """A valid item: the generated one with each member of `shown` that it can have.

        Raises:
            CannotGenerateError: no valid item can be generated.
        """
        if self.schema.is_valid(shown, Direction.RESPONSE):
            return shown
        key = f"{self.resource.name}|{item_id}"
        made = self.generator.generate(
            self.schema, Direction.RESPONSE, key, name=self.resource.name, varied=True
        )
        if not isinstance(made, dict):
            raise CannotGenerateError("the item of a list is not an object")
        for name, value in shown.items():
            better = made | {name: value}
            if self.schema.is_valid(better, Direction.RESPONSE):
                made = better
        return made
