"""New entities: an id that is not in use, and the members that a server sets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.contract.names import words_of
from signoff.mock.state.new_ids import new_uuid, slugs
from signoff.mock.state.session_world import id_counter

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from signoff.contract.json_value import JsonObject
    from signoff.contract.resources import Resource
    from signoff.mock.state.session_world import SessionWorld
    from signoff.mock.state.values import Members
    from signoff.mock.world import Parents

_TRIES = 10_000
_GENERATED_TRIES = 100  # each takes the time of a value


def new_id(
    world: SessionWorld, resource: Resource, parents: Parents, body: JsonObject, used: Container[str] = ()
) -> str:
    """An id that is not in use, nor among those of `used`; empty if no more can be generated."""
    taken = world.generated_ids(resource, parents)
    collection = world.collection_of(resource, parents)
    for candidate in _candidates(world, resource, parents, body):
        is_free = candidate not in taken and candidate not in used
        if candidate and is_free and world.transaction.entry(collection, candidate) is None:
            return candidate
    return ""


def _candidates(world: SessionWorld, resource: Resource, parents: Parents, body: JsonObject) -> Iterator[str]:
    base = world.base
    known = base.ids(resource, parents)
    is_number = bool(known) and isinstance(base.typed_id(resource, known[0]), int)
    is_number = is_number or (bool(known) and all(text.isdecimal() for text in known))
    is_uuid = bool(known) and all(map(_is_uuid, known))
    if not is_number and not is_uuid and "slug" in words_of(resource.id_member):
        yield from (slug for slug in slugs(body) if base.typed_id(resource, slug) is not None)
    first = world.first_number(resource, parents) if is_number else 0
    collection = world.collection_of(resource, parents)
    for _ in range(_TRIES if is_number or is_uuid else _GENERATED_TRIES):
        number = world.transaction.next(id_counter(collection))
        if is_number:
            yield str(first + number)
        elif is_uuid:
            yield new_uuid(world.seed, collection, number)
        else:
            yield base.next_id(resource, parents, str(number))


def generated_for(
    world: SessionWorld,
    resource: Resource,
    members: Members,
    place: tuple[str, Parents],
    sent: JsonObject | None = None,
) -> JsonObject:
    """The generated entity with an id, which has the members that a server sets.

    If `sent` has all that matters, nothing but its id and its members' names are true.
    """
    item_id, parents = place
    names = world.base.members(resource, item_id) if sent is not None else None
    if names is not None and sent is not None and not members.needed(names, sent):
        return dict.fromkeys(names) | {resource.id_member: world.base.typed_id(resource, item_id)}
    found = dict(world.base.generated(resource, item_id, parents))
    if resource.id_member and resource.id_member not in found:
        found[resource.id_member] = members.typed(resource.id_member, item_id)
    return found


def _is_uuid(text: str) -> bool:
    return len(text) == 36 and text.count("-") == 4
