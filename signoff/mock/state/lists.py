"""The lists of a session, indexed: each follows the writes to its collection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from signoff.mock.listing.index import ListIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from signoff.contract.json_value import JsonObject

    _Place = tuple[str, bool]  # a collection, and whether examples are its first entities


_MOST = 256  # lists of one session: each item may have lists below it


class Written(Protocol):
    """What clients wrote of one entity."""

    @property
    def value(self) -> JsonObject | None:
        """The members; None for a deleted entity."""

    @property
    def order(self) -> int:
        """0 for a generated entity, else its number among the created ones."""


class Writes(Protocol):
    """What clients wrote in one session."""

    def entry(self, collection: str, entity_id: str) -> Written | None:
        """What they wrote of one entity."""

    def collection(self, collection: str) -> Iterable[str]:
        """The ids of the entities that they wrote."""


class SessionList(ListIndex):
    """One list: the entities that clients created, newest first, then the generated ones.

    Args:
        state: what clients wrote.
        collection: the name of the collection.
        generated: the ids of its generated entities.
        generated_entity: looks one of these up.
    """

    def __init__(
        self,
        state: Writes,
        collection: str,
        generated: Sequence[str],
        generated_entity: Callable[[str], JsonObject | None],
    ) -> None:
        super().__init__(self._entity)
        self._state = state
        self._collection = collection
        self._generated = {item_id: place for place, item_id in enumerate(generated)}
        self._generated_entity = generated_entity
        self.fill(dict.fromkeys([*generated, *state.collection(collection)]), self._place)

    def changed(self, item_id: str) -> None:
        """Follow a write."""
        self.set_place(item_id, self._place(item_id))

    def _entity(self, item_id: str) -> JsonObject | None:
        entry = self._state.entry(self._collection, item_id)
        return self._generated_entity(item_id) if entry is None else entry.value

    def _place(self, item_id: str) -> int | None:
        """The place of an entity: below 0 for those that clients created; None for a deleted one."""
        entry = self._state.entry(self._collection, item_id)
        if entry is None or (entry.value is not None and not entry.order):
            return self._generated.get(item_id)
        return None if entry.value is None else -entry.order


class Lists:
    """The lists of one session that requests have asked for."""

    def __init__(self) -> None:
        self._followed: dict[_Place, SessionList] = {}
        self._made: dict[_Place, tuple[tuple[int, ...], ListIndex]] = {}

    def followed(self, place: _Place, make: Callable[[], SessionList]) -> SessionList:
        """The list of a collection, which follows each write to it."""
        found = self._followed.get(place)
        if found is None:
            self._make_room()
            found = self._followed[place] = make()
        return found

    def made(self, place: _Place, writes: tuple[int, ...], make: Callable[[], ListIndex]) -> ListIndex:
        """A list that depends on several collections, made again after writes to any of them."""
        known = self._made.get(place)
        if known is None or known[0] != writes:
            self._make_room()
            known = self._made[place] = (writes, make())
        return known[1]

    def changed(self, collection: str, item_id: str) -> None:
        """Follow a write."""
        for has_examples in (True, False):
            followed = self._followed.get((collection, has_examples))
            if followed is not None:
                followed.changed(item_id)

    def __len__(self) -> int:
        """How many lists are kept."""
        return len(self._followed) + len(self._made)

    def _make_room(self) -> None:
        if len(self) >= _MOST:
            self.clear()

    def clear(self) -> None:
        """Forget all lists; they are made again when they are needed."""
        self._followed.clear()
        self._made.clear()
