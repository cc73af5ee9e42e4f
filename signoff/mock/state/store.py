"""The interface of the stores, and the transaction that one request works with.

The generated entities need no storage: their values follow from seed, resource and id. A store keeps only
what clients wrote, per session and collection: new values by id, deletions, and counters. A collection is
named by the mock, such as
`/posts/7/comments`.

A request reads a `State` and collects its changes in a `Transaction`. `Store.commit` then applies all of them
or none, and only if the session is still what the request has read. Otherwise the request is processed again.
A response is sent after its changes are stored, never before.

Each change gives the session a version that was never used before, so responses can be cached by it. The
version of a session without changes is `UNTOUCHED`.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from signoff.mock.exchange import to_json
from signoff.mock.state.lists import Lists

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from signoff.contract.json_value import JsonObject

Version = int | str
# Of ids that clients chose, how many deletions a session remembers. An id that it forgot is unknown again.
MAX_DELETED = 10_000
_DELETED = "deleted"  # the counter of these deletions
UNTOUCHED: Version = 0


class StoreError(Exception):
    """The state can't be read or written."""


class StoreFullError(StoreError):
    """The change exceeds the size limit of the store."""


class StoreDownError(StoreError):
    """The store does not respond."""


class ConflictError(StoreError):
    """Another request has changed the session in the meantime."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What clients wrote of one entity.

    Attributes:
        value: the members; None for a deleted entity.
        order: 0 for a generated entity, else its number among those that clients created in the collection;
            of a deletion that may be forgotten, its number among these.
        revision: how often it was written, for entity tags.
    """

    value: JsonObject | None
    order: int = 0
    revision: int = 1

    @property
    def is_brief(self) -> bool:
        """Whether it is a deletion that may be forgotten."""
        return self.value is None and self.order > 0


@dataclass(slots=True)
class State:
    """What clients wrote in one session.

    Attributes:
        entries: by collection and id.
        counts: counters by name, such as how many entities were created in a collection.
        version: a new one after each change.
        initial: the state that the session started with.
        closed: the collections of which only the entities of the initial state exist.
        size: the approximate size of the entries in bytes.
        deleted: the deletions that may be forgotten, by collection and id, the oldest first.
        lists: the lists that requests have asked for.
    """

    entries: dict[str, dict[str, Entry]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    version: Version = UNTOUCHED
    initial: State | None = None
    closed: frozenset[str] = frozenset()
    size: int = 0
    deleted: OrderedDict[tuple[str, str], None] = field(default_factory=OrderedDict)
    lists: Lists = field(default_factory=Lists, repr=False, compare=False)
    _lost: set[str] = field(default_factory=set, repr=False, compare=False)
    _writes: dict[str, int] = field(default_factory=dict, repr=False, compare=False)

    def entry(self, collection: str, entity_id: str) -> Entry | None:
        """The entry of an entity; None if no client wrote it."""
        found = self.entries.get(collection, _NOTHING).get(entity_id)
        return self.initial.entry(collection, entity_id) if found is None and self.initial else found

    def collection(self, collection: str) -> Mapping[str, Entry]:
        """The entries of a collection, in no particular order."""
        own = self.entries.get(collection, _NOTHING)
        first = self.initial.collection(collection) if self.initial else _NOTHING
        return {**first, **own} if first else own

    def has_entries(self, collection: str) -> bool:
        """Whether a collection has entries."""
        return bool(self.entries.get(collection)) or (
            self.initial is not None and self.initial.has_entries(collection)
        )

    def has_lost(self, collection: str) -> bool:
        """Whether entities of a collection may have been deleted."""
        return collection in self._lost

    def writes(self, collection: str) -> int:
        """How often a collection was written to since the state was read."""
        return self._writes.get(collection, 0)

    def count(self, name: str) -> int:
        """The value of a counter; 0 for a new one."""
        own = self.counts.get(name)
        return own if own is not None else self.initial.count(name) if self.initial else 0

    def growth(self, changes: Changes) -> int:
        """By how many bytes changes make the state larger."""
        held = self.entries
        return sum(
            cost_of(entity_id, entry) - cost_of(entity_id, held.get(collection, _NOTHING).get(entity_id))
            for (collection, entity_id), entry in changes.entries.items()
        )

    def apply(self, changes: Changes, version: Version, grown: int | None = None) -> None:
        """Apply changes in place; `grown` is their `growth`, if it is known."""
        self.size += self.growth(changes) if grown is None else grown
        for (collection, entity_id), entry in changes.entries.items():
            self._put(collection, entity_id, entry)
            self._writes[collection] = self.writes(collection) + 1
            self.lists.changed(collection, entity_id)
        self._note_closed(changes.counts)
        self.counts.update(changes.counts)
        self.version = version

    def _put(self, collection: str, entity_id: str, entry: Entry | None) -> None:
        held = self.entries.setdefault(collection, {})
        if entry is not None:
            held[entity_id] = entry
        else:
            held.pop(entity_id, None)
        self.deleted.pop((collection, entity_id), None)
        if entry is None or entry.value is None:
            self._lost.add(collection)
        if entry is not None and entry.is_brief:
            self.deleted[collection, entity_id] = None

    def _note_closed(self, counts: Mapping[str, int]) -> None:
        """Forget the lists if generated entities are gone, or are back."""
        closed = [name.removeprefix(CLOSED) for name in counts if name.startswith(CLOSED)]
        if closed:
            self._lost.update(closed)
            self.lists.clear()

    def fill(self, entries: Iterable[tuple[str, str, Entry]], counts: Mapping[str, int]) -> None:
        """Take in what was stored elsewhere, in a state that is empty."""
        brief = []
        for collection, entity_id, entry in entries:
            self._put(collection, entity_id, entry)
            self.size += cost_of(entity_id, entry)
            if entry.is_brief:
                brief.append((entry.order, collection, entity_id))
        self.deleted = OrderedDict(
            ((collection, entity_id), None) for _, collection, entity_id in sorted(brief)
        )
        self._note_closed(counts)
        self.counts.update(counts)
        for name, number in counts.items():
            if number > sum(entry.value is not None for entry in self.collection(name).values()):
                self._lost.add(name)


_NOTHING: Mapping[str, Entry] = {}
# The beginning of the name of a counter that is 1 if a collection has only what was written to it.
CLOSED = "closed:"
_ENTRY_BYTES = 200  # approximate cost of an entry besides its JSON


def cost_of(entity_id: str, entry: Entry | None) -> int:
    """The approximate size of an entry in bytes."""
    if entry is None:
        return 0
    return _ENTRY_BYTES + len(entity_id) + (0 if entry.value is None else len(to_json(entry.value)))


@dataclass(slots=True)
class Changes:
    """The changes of one request.

    Attributes:
        entries: by collection and id; None removes an entry.
        counts: the new values of counters, by name.
    """

    entries: dict[tuple[str, str], Entry | None] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.entries)


class Transaction:
    """The state that one request reads, with its own changes.

    Attributes:
        state: as it was read.
        version: the version that was read.
        changes: what the request changes.
    """

    __slots__ = ("changes", "state", "version")

    def __init__(self, state: State) -> None:
        self.state = state
        self.version = state.version
        self.changes = Changes()

    def entry(self, collection: str, entity_id: str) -> Entry | None:
        """The entry of an entity; None if no client wrote it."""
        key = (collection, entity_id)
        own = self.changes.entries
        return own[key] if key in own else self.state.entry(collection, entity_id)

    def collection(self, collection: str) -> Mapping[str, Entry]:
        """The entries of a collection, in no particular order."""
        found = self.state.collection(collection)
        own = {key[1]: entry for key, entry in self.changes.entries.items() if key[0] == collection}
        if not own:
            return found
        return {name: entry for name, entry in {**found, **own}.items() if entry is not None}

    def has_entries(self, collection: str) -> bool:
        """Whether a collection has entries."""
        return self.state.has_entries(collection) or any(key[0] == collection for key in self.changes.entries)

    def discard(self) -> None:
        """Forget the changes."""
        self.changes = Changes()

    def count(self, name: str) -> int:
        """The value of a counter."""
        return self.changes.counts.get(name, self.state.count(name))

    def next(self, name: str) -> int:
        """Count on: the next value of a counter, from 1."""
        self.changes.counts[name] = number = self.count(name) + 1
        return number

    def create(self, collection: str, entity_id: str, value: JsonObject) -> None:
        """Add an entity with the next number of its collection."""
        self.changes.entries[collection, entity_id] = Entry(value, self.next(collection))

    def update(self, collection: str, entity_id: str, value: JsonObject) -> None:
        """Replace the value of an entity."""
        self._write(collection, entity_id, value)

    def delete(
        self, collection: str, entity_id: str, *, is_generated: bool = True, forget: bool = False
    ) -> None:
        """Delete an entity.

        Args:
            collection: its collection.
            entity_id: its id.
            is_generated: whether the entity would be in the list again if its deletion were forgotten.
            forget: whether the id itself shows that it was deleted, so that no entry is needed.
        """
        is_initial = self.state.initial is not None and self.state.initial.entry(collection, entity_id)
        before = self.entry(collection, entity_id) or Entry(None, 0, 0)
        if forget and not is_initial:
            self.changes.entries[collection, entity_id] = None
        elif is_generated or is_initial:
            self.changes.entries[collection, entity_id] = Entry(None, 0, before.revision + 1)
        else:
            number = self.next(_DELETED)
            self.changes.entries[collection, entity_id] = Entry(None, number, before.revision + 1)
            if len(self.state.deleted) >= MAX_DELETED:
                self.changes.entries[next(iter(self.state.deleted))] = None

    def forget(self, collection: str, *counters: str) -> None:
        """Take back what clients wrote in a collection; counters have their initial values again."""
        state = self.state
        for entity_id in state.entries.get(collection, _NOTHING):
            self.changes.entries[collection, entity_id] = None
        for name in (collection, *counters):
            if name in state.counts:
                self.changes.counts[name] = state.initial.count(name) if state.initial else 0

    def _write(self, collection: str, entity_id: str, value: JsonObject | None) -> None:
        before = self.entry(collection, entity_id) or Entry(None, 0, 0)
        self.changes.entries[collection, entity_id] = Entry(value, before.order, before.revision + 1)


class Store(Protocol):
    """Keeps the states of all sessions."""

    @property
    def is_remote(self) -> bool:
        """Whether the store is another process, so that `load` and `commit` have to be awaited."""

    async def load(self, session: str) -> State:
        """The state of a session. Raises StoreDownError."""

    async def commit(self, session: str, transaction: Transaction) -> None:
        """Store the changes of a transaction, all or none.

        Raises:
            ConflictError: the session has changed since it was loaded.
            StoreFullError: a limit is reached.
            StoreDownError: the store does not respond.
        """

    async def clear(self, session: str) -> None:
        """Forget what clients wrote in a session. Raises StoreDownError."""
