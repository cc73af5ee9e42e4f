"""The entities that a document's examples show.

Of two examples with the same id, the one that reads an item comes first, then lists, then changes: what a
create or an update shows is the item after a change. Items embedded in others, and ids that others refer to,
are entities of their own resource.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from signoff.contract import Direction
from signoff.contract.envelopes import held_in, within
from signoff.contract.json_value import as_list

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.contract.contract import MediaType
    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.resources import Resource, Resources, Role, Use

_ROLES: tuple[Role, ...] = ("list", "read", "replace", "update", "action", "create")


@dataclass(slots=True)
class Samples:
    """The entities of one resource that the document has examples of.

    Attributes:
        members: what is known of each, by its id as text.
        listed: those that are in the collection, in its order; what a create shows is not yet.
        complete: those that an example of reading one shows, with all their members.
        typical: what an item is like whose id no schema has; None without an example.
    """

    members: dict[str, JsonObject] = field(default_factory=dict)
    listed: dict[str, None] = field(default_factory=dict)
    complete: set[str] = field(default_factory=set)
    typical: JsonObject | None = None

    def add(self, item_id: str, members: JsonObject, *, is_listed: bool) -> None:
        """Take in an entity; members that are known already stay."""
        self.members[item_id] = members | self.members.get(item_id, {})
        if is_listed:
            self.listed.setdefault(item_id)


def samples_of(resources: Resources) -> dict[str, Samples]:
    """The entities in the examples of a contract, by the names of their resources."""
    found = {resource.name: _own(resource) for resource in resources.all}
    for resource in resources.all:
        for members in list(found[resource.name].members.values()):
            for name, inner in _referred(resource, resources, members):
                item_id = text_of(inner.get(resources_id(resources, name)))
                if item_id:
                    found[name].add(item_id, inner, is_listed=True)
    return found


def resources_id(resources: Resources, name: str) -> str:
    """The member that is the id of a resource's items."""
    resource = resources.named(name)
    return resource.id_member if resource is not None else ""


def text_of(value: JsonValue) -> str:
    """An id as text; empty for a value that is not an id."""
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def example_items(use: Use, offer: MediaType, name: str) -> Iterator[list[JsonObject]]:
    """The items that each valid example of a media type shows.

    Args:
        use: the use that the media type belongs to.
        offer: a media type of one of its successes.
        name: the name of the resource.
    """
    held = held_in(offer.schema, name) if offer.schema is not None else None
    if held is None or offer.schema is None or held.is_list != (use.role == "list"):
        return
    for example in offer.examples:
        if offer.schema.is_valid(example.value, Direction.RESPONSE):
            value = within(example.value, held.path)
            items = as_list(value) if held.is_list else [value]
            yield [item for item in items if isinstance(item, dict)]


def _own(resource: Resource) -> Samples:
    found = Samples()
    ranked: list[tuple[str, JsonObject, Role]] = []
    for use in resource.of_role(*_ROLES):
        if use.response is None:
            continue
        shown = [
            item
            for response in use.operation.responses
            if response.status.startswith("2")
            for offer in response.content
            for items in example_items(use, offer, resource.name)
            for item in items
        ]
        ids = [text_of(item.get(resource.id_member)) for item in shown]
        if not resource.id_member and use.role == "list":
            ids = [str(number) for number in range(1, len(shown) + 1)]
        elif resource.is_single:
            ids = [""] * len(shown)
        ranked += [(each, item, use.role) for each, item in zip(ids, shown, strict=True)]
    if not resource.id_member and not resource.is_single:
        found.typical = next((item for _, item, role in ranked if role == "read"), None)
    ranked = [entry for entry in ranked if entry[0] or resource.is_single]
    for item_id, item, role in sorted(ranked, key=lambda entry: entry[2] != "read"):
        found.add(item_id, item, is_listed=False)
        if role == "read":
            found.complete.add(item_id)
    for item_id, _, role in ranked:
        if role not in ("create", "action"):
            found.listed.setdefault(item_id)
    return found


def _referred(
    resource: Resource, resources: Resources, members: JsonObject
) -> Iterator[tuple[str, JsonObject]]:
    """The items of other resources that an entity has or refers to, each with the resource's name."""
    for reference in resource.references:
        value = members.get(reference.member)
        name = reference.resource
        for inner in as_list(value) if reference.is_list else [value]:
            if isinstance(inner, dict):
                yield name, inner
            elif text_of(inner):
                yield name, {resources_id(resources, name): inner}
