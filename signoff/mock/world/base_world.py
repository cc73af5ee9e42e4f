"""The base world: the entities that follow from the document and the random seed alone.

The first entities of a collection are those of the document's examples; generated ones follow. An entity is
generated for each schema that shows it, and the values are merged, so that all operations show the same ones.
References are set to ids that exist: a review's `productId` is a product of the list of products.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from signoff.contract import Direction
from signoff.contract.json_value import as_list
from signoff.contract.names import words_of
from signoff.generate import CannotGenerateError
from signoff.mock.listing.index import ListIndex
from signoff.mock.world.examples import Samples, samples_of, text_of
from signoff.mock.world.ids import IdSource, digest, id_schemas

if TYPE_CHECKING:
    from collections.abc import Sequence

    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.resources import Reference, Resource, Resources
    from signoff.generate import Generator
    from signoff.mock.world import Parents

_KEPT = 2048
_KEPT_LISTS = 256
_FEW = 3
LARGEST = 1000  # items of a list by its `minItems`
_DEEPEST = 6


class BaseWorld:
    """The entities of a contract without any state.

    Args:
        resources: the resources of the contract.
        generator: makes values.
        seed: the random seed.
        list_size: how many entities a collection has at least, examples included.
        uses_examples: whether the document's examples are the first entities.
        is_open: whether ids that no collection has answer as if they exist.
    """

    def __init__(
        self,
        resources: Resources,
        generator: Generator,
        *,
        seed: int = 0,
        list_size: int = 12,
        uses_examples: bool = True,
        is_open: bool = True,
    ) -> None:
        self.resources = resources
        self._generator = generator
        self._seed = seed
        self._list_size = list_size
        self.is_open = is_open
        self.uses_examples = uses_examples
        schemas = {resource.name: list(id_schemas(resource)) for resource in resources.all}
        none = {resource.name: Samples() for resource in resources.all}
        self.samples = samples_of(resources) if uses_examples else none
        self._styles: dict[str, _Style] = {}
        self._members: dict[str, tuple[str, ...] | None] = {}
        self._sources = {
            resource.name: IdSource(
                resource, schemas[resource.name], generator, seed, self.samples[resource.name].listed
            )
            for resource in resources.all
        }
        self._ids = lru_cache(_KEPT_LISTS)(self._made_ids)
        self._entity = lru_cache(_KEPT)(self._made)
        self._listing = lru_cache(_KEPT_LISTS)(self._indexed)

    def ids(self, resource: Resource, parents: Parents = ()) -> Sequence[str]:
        """The ids of a collection: those of examples, then generated ones."""
        return self._ids(resource.name, tuple(parents))

    def listing(self, resource: Resource, parents: Parents = ()) -> ListIndex:
        """The items of a collection, indexed."""
        return self._listing(resource.name, tuple(parents))

    def _indexed(self, name: str, parents: Parents) -> ListIndex:
        resource = self._named(name)
        return ListIndex(lambda item_id: self.entity(resource, item_id, parents), self._ids(name, parents))

    def entity(self, resource: Resource, item_id: str, parents: Parents = ()) -> JsonObject | None:
        """The entity with an id; None if the id is unknown and ids are not open."""
        if not self.is_open and not self.knows(resource, item_id, parents):
            return None
        return self._entity(resource.name, item_id, tuple(parents))

    def generated(self, resource: Resource, item_id: str, parents: Parents = ()) -> JsonObject:
        """The entity that a new id would have; it is not cached."""
        return self._made(resource.name, item_id, tuple(parents))

    def members(self, resource: Resource, item_id: str) -> tuple[str, ...] | None:
        """The members of the entity with a new id, where they are sure without generating it."""
        name = resource.name
        if name not in self._members:
            self._members[name] = self._sure_members(resource)
        if item_id in self.samples[name].members or self.typed_id(resource, item_id) is None:
            return None
        return self._members[name]

    def _sure_members(self, resource: Resource) -> tuple[str, ...] | None:
        samples, found = self.samples[resource.name], dict[str, None]()
        for schema in resource.schemas:
            names = self._generator.members(schema, Direction.RESPONSE)
            if names is None:
                return None
            found |= dict.fromkeys(names)
        adds_members = any(not item.keys() <= found.keys() for item in samples.members.values())
        if adds_members or samples.typical is not None or resource.id_member not in found:
            return None
        return tuple(found)

    def knows(self, resource: Resource, item_id: str, parents: Parents = ()) -> bool:
        """Whether an id is one of the collection, or of an example, and its parents are known."""
        for position, parent in enumerate(resource.parents[: len(parents)]):
            owner = self.resources.named(parent.resource) if parent.resource else None
            if owner is not None and not self.knows(owner, parents[position], parents[: len(owner.parents)]):
                return False
        return item_id in self.samples[resource.name].members or item_id in self.ids(resource, parents)

    def is_example(self, resource: Resource, item_id: str) -> bool:
        """Whether an entity comes from the document's examples."""
        samples = self.samples[resource.name]
        return item_id in samples.members or samples.typical is not None

    def typed_id(self, resource: Resource, item_id: str) -> JsonValue:
        """The value of the id's member for an id as text; None if the text is not a valid id."""
        return self._sources[resource.name].typed(item_id)

    def next_id(self, resource: Resource, parents: Parents, key: str) -> str:
        """The id of an entity that a request creates where nothing is stored: the same for the same `key`."""
        source = self._sources[resource.name]
        taken = [*self.ids(resource, parents), *self.samples[resource.name].members]
        return next(source.ids((*parents, "new", key), taken, len(taken)), "")

    def _made_ids(self, name: str, parents: Parents) -> tuple[str, ...]:
        resource = self._named(name)
        if resource.is_single:
            return ("",)
        listed = tuple(self.samples[name].listed)
        missing = max(0, self._size(resource) - len(listed))
        known = dict.fromkeys([*listed, *self.samples[name].members])
        return (*listed, *islice(self._sources[name].ids(parents, known), missing))

    def _size(self, resource: Resource) -> int:
        """How many entities a collection has: the setting, within the bounds of its unpaged lists."""
        size = self._list_size
        if self.samples[resource.name].listed and not any(s.view.properties for s in resource.schemas):
            return 0  # only examples say what an item is like
        for use in resource.of_role("list"):
            held = use.response
            offers = [offer for response in use.operation.responses for offer in response.content]
            schema = next((offer.schema for offer in offers if offer.schema), None)
            flat = schema.view.flat if held is not None and not held.path and schema else {}
            least, most = flat.get("minItems"), flat.get("maxItems")
            size = max(size, min(int(least), LARGEST)) if isinstance(least, int | float) else size
            has_query = any(parameter.location == "query" for parameter in use.operation.parameters)
            size = min(size, int(most)) if isinstance(most, int | float) and not has_query else size
        return size

    def _named(self, name: str) -> Resource:
        found = self.resources.named(name)
        if found is None:
            raise LookupError(name)
        return found

    def _made(self, name: str, item_id: str, parents: Parents) -> JsonObject:
        resource, samples = self._named(name), self.samples[name]
        sample = samples.members.get(item_id, samples.typical)
        is_first = not samples.members and self._ids(name, parents)[:1] == (item_id,)
        made: JsonObject = {}
        is_whole = sample is not None and (item_id in samples.complete or sample is samples.typical)
        for schema in resource.schemas:
            if is_whole and schema.is_valid(sample, Direction.RESPONSE):
                continue
            key = f"{name}|{'/'.join(parents)}|{item_id}"
            try:
                value = self._generator.generate(
                    schema, Direction.RESPONSE, key, name=name, varied=not is_first
                )
            except CannotGenerateError:
                continue
            made |= {key: item for key, item in as_items(value) if key not in made}
        if sample is None:
            made = self._in_style(resource, made, item_id)
        made |= sample or {}
        typed = self._sources[name].typed(item_id)
        if resource.id_member and typed is not None:
            made[resource.id_member] = typed
        return self._related(resource, made, (item_id, parents), sample or {})

    def _in_style(self, resource: Resource, made: JsonObject, item_id: str) -> JsonObject:
        """The entity with what the examples repeat, such as a category, and what no schema describes."""
        held = self.samples[resource.name]
        if not held.members:
            return made
        style = self._styles.get(resource.name)
        if style is None:
            style = self._styles[resource.name] = _Style.of(resource, held)
        like = style.whole[_number(self._seed, item_id) % len(style.whole)]
        made = made | {name: like[name] for name in like if name not in style.known and name not in made}
        made |= {name: like[name] for name in made if "currency" in words_of(name) and name in like}
        for name, texts in style.repeated.items():
            if isinstance(made.get(name), str):
                made[name] = texts[_number(self._seed, item_id, name) % len(texts)]
        return made

    def _related(
        self, resource: Resource, made: JsonObject, place: tuple[str, Parents], sample: JsonObject
    ) -> JsonObject:
        """The entity with the ids of its parents and of the entities that it refers to."""
        for parent, text in zip(resource.parents, place[1], strict=False):
            owner = self.resources.named(parent.resource)
            typed = self.typed_id(owner, text) if owner is not None else text
            if parent.member in made and type(typed) is type(made[parent.member]):
                made[parent.member] = typed
        chosen: dict[tuple[str, str], str] = {}
        for reference in sorted(resource.references, key=lambda each: each.member not in sample):
            target = self.resources.named(reference.resource)
            value = made.get(reference.member)
            if target is None or value is None:
                continue
            if reference.is_list:
                made[reference.member] = self._many(resource, target, reference, value, place)
                continue
            key = (reference.resource, reference.stem)
            inner = value.get(target.id_member) if isinstance(value, dict) else value
            if key not in chosen:
                is_given = reference.member in sample and text_of(inner)
                chosen[key] = text_of(inner) if is_given else self._one(resource, target, reference, place)
            made[reference.member] = self._pointed(target, value, chosen[key])
        return made

    def _one(
        self, resource: Resource, target: Resource, reference: Reference, place: tuple[str, Parents]
    ) -> str:
        """The id of the entity that a reference leads to; empty if there is none."""
        item_id, parents = place
        for parent, value in zip(resource.parents, parents, strict=False):
            if parent.resource == target.name:
                return value
        options = self.ids(target, self.parents_for(target, resource, item_id, parents))
        if not options:
            return ""
        is_scope = any(parent.resource == target.name for use in resource.uses for parent in use.parents)
        if is_scope:  # a few parents have several each, so that the first ones are not empty
            own = self._ids(resource.name, parents)
            if item_id in own:
                return options[own.index(item_id) % max(1, min(len(options), len(own) // _FEW))]
        return options[_number(self._seed, resource.name, parents, item_id, reference.stem) % len(options)]

    def _many(
        self,
        resource: Resource,
        target: Resource,
        reference: Reference,
        value: JsonValue,
        place: tuple[str, Parents],
    ) -> JsonValue:
        """The entities of a list of references: those that refer back, else a few."""
        item_id, parents = place
        inner = self.parents_for(target, resource, item_id, parents)
        options = list(self.ids(target, inner))
        items = as_list(value)
        back = next((each for each in target.references if each.resource == resource.name), None)
        if any(parent.resource == resource.name for parent in target.parents):
            chosen = options
        elif back is not None and not back.is_list and resource is not target:
            chosen = [each for each in options if self._one(target, resource, back, (each, inner)) == item_id]
        else:
            start = _number(self._seed, resource.name, parents, item_id, reference.stem)
            chosen = [options[(start + n) % len(options)] for n in range(min(len(items), len(options)))]
        if not items:
            return value
        return [self._pointed(target, items[n % len(items)], each) for n, each in enumerate(chosen)]

    def _pointed(self, target: Resource, value: JsonValue, item_id: str) -> JsonValue:
        """A reference, or an embedded entity, with another id."""
        typed = self.typed_id(target, item_id) if item_id else None
        if typed is None:
            return value
        if isinstance(value, dict):
            return value | {target.id_member: typed}
        return typed if type(typed) is type(value) else str(typed) if isinstance(value, str) else value

    def parents_for(
        self, target: Resource, resource: Resource, item_id: str, parents: Parents, depth: int = 0
    ) -> Parents:
        """The parents of what an entity refers to: its own ones where they are the same, else the first."""
        found: list[str] = []
        for parent in target.parents:
            known = {
                each.resource or each.parameter: value
                for each, value in zip(resource.parents, parents, strict=False)
            }
            name = parent.resource or parent.parameter
            if name == resource.name:
                found.append(item_id)
            elif name in known:
                found.append(known[name])
            else:
                owner = self.resources.named(parent.resource)
                outer = tuple(found[: len(owner.parents)]) if owner is not None else ()
                ids = self.ids(owner, outer) if owner is not None and depth < _DEEPEST else ()
                found.append(ids[0] if ids else "1")
        return tuple(found)


@dataclass(frozen=True, slots=True)
class _Style:
    """What generated items of a resource take over from its examples.

    Attributes:
        whole: the examples with all their members.
        known: the members that schemas describe.
        repeated: the texts of members that several examples share, such as a category.
    """

    whole: list[JsonObject]
    known: frozenset[str]
    repeated: dict[str, list[str]]

    @classmethod
    def of(cls, resource: Resource, samples: Samples) -> _Style:
        """The style of a resource with examples."""
        items = list(samples.members.values())
        whole = [item for name, item in samples.members.items() if name in samples.complete] or items
        texts: dict[str, list[str]] = {}
        for item in items if len(items) >= _FEW else ():
            for name, value in item.items():
                if isinstance(value, str):
                    texts.setdefault(name, []).append(value)
        repeated = {name: held for name, held in texts.items() if len(set(held)) * 2 <= len(held)}
        known = frozenset(name for schema in resource.schemas for name in schema.view.properties)
        return cls(whole, known, repeated)


def as_items(value: JsonValue) -> list[tuple[str, JsonValue]]:
    """The members of an object; none of any other value."""
    return list(value.items()) if isinstance(value, dict) else []


def _number(*parts: object) -> int:
    return int.from_bytes(digest(*parts)[:6])
