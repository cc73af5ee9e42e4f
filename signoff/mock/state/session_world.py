"""The entities as one session sees them: what clients wrote, in front of the generated world."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from signoff.mock.listing.index import ListIndex
from signoff.mock.state.lists import SessionList
from signoff.mock.state.new_ids import greatest, number_of
from signoff.mock.world.examples import text_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from signoff.contract.json_value import JsonObject
    from signoff.contract.requests import ParsedRequest
    from signoff.contract.resources import Resource, Use
    from signoff.mock.state.store import Entry, Transaction
    from signoff.mock.world import Parents
    from signoff.mock.world.base_world import BaseWorld


_UUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_PARAMETER = re.compile(r"\{[^{}]*\}")


def collection_of(resource: Resource, parents: Parents, base_path: str = "") -> str:
    """The name of a collection in the store: its path, such as `/posts/7/comments`."""
    path = base_path + (resource.collection or resource.item)
    if not parents:
        return path
    texts = iter(parents)
    return _PARAMETER.sub(lambda match: quote(next(texts, match[0]), safe=""), path)


def id_counter(collection: str) -> str:
    """The name of the counter of the ids that the mock gave to created entities."""
    return f"id:{collection}"


class SessionWorld:
    """The entities of an API as one session sees them.

    Args:
        base: the generated entities.
        transaction: what the session's clients wrote, and what this request writes.
        seed: the random seed, which new ids depend on.
        base_path: the base path of the API, which tells several APIs apart.
    """

    def __init__(self, base: BaseWorld, transaction: Transaction, seed: int, base_path: str) -> None:
        self.base = base
        self.transaction = transaction
        self.seed = seed
        self._base_path = base_path
        self._resources = base.resources

    def collection_of(self, resource: Resource, parents: Parents = ()) -> str:
        """The name of a collection in the store."""
        return collection_of(resource, parents, self._base_path)

    def ids(self, resource: Resource, parents: Parents = ()) -> Sequence[str]:
        """The ids of a collection: those that clients created, newest first, then the generated ones."""
        parents = self.known_parents(resource, parents)
        if not self._has_parents(resource, parents):
            return ()
        entries = self.transaction.collection(self.collection_of(resource, parents))
        found = self.generated_ids(resource, parents)
        if entries:
            created = [(entry.order, name) for name, entry in entries.items() if _is_created(entry)]
            hidden = {name for name, entry in entries.items() if entry.order or entry.value is None}
            found = [
                *(name for _, name in sorted(created, reverse=True)),
                *(name for name in found if name not in hidden),
            ]
        if not self._owners(resource):
            return found
        return [name for name in found if self.entity(resource, name, parents) is not None]

    def listing(self, resource: Resource, parents: Parents = ()) -> ListIndex:
        """The items of a collection, indexed; kept with the state until a write makes it another list."""
        parents = self.known_parents(resource, parents)
        if not self._has_parents(resource, parents):
            return ListIndex(lambda _: None)
        state, collection = self.transaction.state, self.collection_of(resource, parents)
        if self.transaction.changes:  # of a request that writes, and shows the list after it
            return self._listed(resource, parents)
        place = (collection, self.base.uses_examples)
        owners = [self.collection_of(owner) for owner, _ in self._owners(resource)]
        if not any(state.has_lost(owner) for owner in owners):
            return state.lists.followed(place, lambda: self._followed(resource, parents))
        writes = tuple(state.writes(each) for each in (collection, *owners))
        return state.lists.made(place, writes, lambda: self._listed(resource, parents))

    def _followed(self, resource: Resource, parents: Parents) -> SessionList:
        base, collection = self.base, self.collection_of(resource, parents)
        known = self.generated_ids(resource, parents)
        if not base.is_open:  # an entity that a client created has no generated ones below it
            known = [name for name in known if base.knows(resource, name, parents)]
        return SessionList(
            self.transaction.state,
            collection,
            known,
            lambda item_id: base.entity(resource, item_id, parents),
        )

    def _listed(self, resource: Resource, parents: Parents) -> ListIndex:
        ids = self.ids(resource, parents)
        return ListIndex(lambda item_id: self.entity(resource, item_id, parents), ids)

    def entity(self, resource: Resource, item_id: str, parents: Parents = ()) -> JsonObject | None:
        """An entity; None if it or a parent was deleted, or there is none with that id."""
        parents = self.known_parents(resource, parents)
        if not self._has_parents(resource, parents):
            return None
        found = self._entity(resource, self.known_id(resource, item_id, parents), parents)
        return found if found is not None and self._is_reachable(resource, found) else None

    def stored_id(self, resource: Resource, entity: JsonObject, parents: Parents = ()) -> str | None:
        """The id of an entity that clients wrote; None for a generated one."""
        item_id = text_of(entity.get(resource.id_member)) if resource.id_member else ""
        entry = self.transaction.entry(self.collection_of(resource, parents), item_id)
        return item_id if entry is not None and entry.value is not None else None

    def known_id(self, resource: Resource, item_id: str, parents: Parents = ()) -> str:
        """An id as the collection has it: a UUID may be sent in upper case (RFC 9562, section 4)."""
        if item_id.islower() or not _UUID.fullmatch(item_id):
            return item_id
        is_known = self.transaction.entry(self.collection_of(resource, parents), item_id) is not None
        return item_id if is_known or item_id in self.generated_ids(resource, parents) else item_id.lower()

    def known_parents(self, resource: Resource, parents: Parents) -> Parents:
        """The ids of parents as their collections have them."""
        found: Parents = ()
        for parent, item_id in zip(resource.parents, parents, strict=False):
            owner = self._resources.named(parent.resource) if parent.resource else None
            before = found[: len(owner.parents)] if owner is not None else ()
            found = (*found, item_id if owner is None else self.known_id(owner, item_id, before))
        return found

    def _entity(self, resource: Resource, item_id: str, parents: Parents) -> JsonObject | None:
        entry = self.transaction.entry(self.collection_of(resource, parents), item_id)
        if entry is not None:
            return entry.value
        if self._is_closed(resource, parents) or self.was_created(resource, item_id, parents):
            return None
        return self.base.entity(resource, item_id, parents)

    def is_listed(self, resource: Resource, item_id: str, parents: Parents = ()) -> bool:
        """Whether an id is in the list, without looking at the whole list."""
        entry = self.transaction.entry(self.collection_of(resource, parents), item_id)
        if entry is not None and (entry.order or entry.value is None):
            return entry.value is not None
        return item_id in self.generated_ids(resource, parents)

    def generated_ids(self, resource: Resource, parents: Parents) -> Sequence[str]:
        """The ids of the generated entities in a collection."""
        return () if self._is_closed(resource, parents) else self.base.ids(resource, parents)

    def first_number(self, resource: Resource, parents: Parents) -> int:
        """The integer that new ids count on from: the greatest id that the session started with."""
        initial = self.transaction.state.initial
        first = initial.collection(self.collection_of(resource, parents)) if initial is not None else ()
        return greatest([*self.generated_ids(resource, parents), *first])

    def was_created(self, resource: Resource, item_id: str, parents: Parents = ()) -> bool:
        """Whether an id is one that the mock gave to an entity that clients created, and maybe deleted."""
        collection = self.collection_of(resource, parents)
        count = self.transaction.count(id_counter(collection))
        if not count:
            return False
        if item_id.isascii() and item_id.isdecimal():
            return 1 <= int(item_id) - self.first_number(resource, parents) <= count
        return number_of(self.seed, collection, item_id, count) is not None

    def _is_closed(self, resource: Resource, parents: Parents) -> bool:
        """Whether only the entities of the initial state exist."""
        initial = self.transaction.state.initial
        return initial is not None and self.collection_of(resource, parents) in initial.closed

    def _has_parents(self, resource: Resource, parents: Parents) -> bool:
        """Whether none of the parents in a key was deleted."""
        for position, parent in enumerate(resource.parents[: len(parents)]):
            owner = self._resources.named(parent.resource) if parent.resource else None
            if owner is not None and self._is_gone(owner, parents[position], parents[: len(owner.parents)]):
                return False
        return True

    def _is_reachable(self, resource: Resource, entity: JsonObject) -> bool:
        """Whether none of the parents that an entity names in its members was deleted."""
        for owner, member in self._owners(resource):
            name = entity.get(member)
            if isinstance(name, str | int) and self._is_gone(owner, str(name), ()):
                return False
        return True

    def _owners(self, resource: Resource) -> list[tuple[Resource, str]]:
        """The parents that entities name in a member, if clients changed any of them."""
        found = []
        for parent in (parent for use in resource.uses for parent in use.parents if parent.member):
            owner = self._resources.named(parent.resource) if parent.resource else None
            if owner is not None and not owner.parents:
                collection = self.collection_of(owner)
                if self.transaction.has_entries(collection) or self.transaction.count(collection):
                    found.append((owner, parent.member))
        return found

    def was_deleted(self, resource: Resource, item_id: str, parents: Parents = ()) -> bool:
        """Whether clients deleted an entity, or one of its parents."""
        return self._is_gone(resource, item_id, parents)

    def missing_parent(self, use: Use, parsed: ParsedRequest) -> tuple[Resource, str, Parents] | None:
        """The first parent in a request's path that does not exist, with its id and key; None if all do."""
        before: tuple[str, ...] = ()
        for parent in use.parents:
            item_id = text_of(parsed.parameters.get(("path", parent.parameter)))
            owner = self._resources.named(parent.resource) if parent.resource else None
            if owner is not None and self.entity(owner, item_id, before[: len(owner.parents)]) is None:
                return owner, item_id, before[: len(owner.parents)]
            before = (*before, item_id)
        return None

    def _is_gone(self, resource: Resource, item_id: str, parents: Parents) -> bool:
        """Whether clients deleted an entity, or one of its parents."""
        collection = self.collection_of(resource, parents)
        entry = self.transaction.entry(collection, item_id)
        gone = self.was_created(resource, item_id, parents) if entry is None else entry.value is None
        return gone or not self._has_parents(resource, parents)


def _is_created(entry: Entry) -> bool:
    return entry.order > 0 and entry.value is not None
