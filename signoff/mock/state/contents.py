"""The items of a session by resource: to look at, to replace, and to reset.

The names are those of a state file: a resource, or the path of a collection below a parent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from signoff.contract import DataError, Source
from signoff.contract.json_value import as_object
from signoff.contract.pointer import escape
from signoff.mock.exchange import to_json
from signoff.mock.state.session_world import SessionWorld, closed_counter, id_counter
from signoff.mock.state.state_file import Filler, find_resource
from signoff.mock.state.store import CLOSED, Transaction

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from signoff.contract import JsonObject
    from signoff.contract.resources import Resource
    from signoff.mock.state.store import State
    from signoff.mock.world import Parents
    from signoff.mock.world.base_world import BaseWorld

# The generated entities of each API, the random seed and the base path.
Worlds: TypeAlias = "Sequence[tuple[BaseWorld, int, str]]"
MOST_ITEMS = 5000
_NAME = "state"


def contents(worlds: Worlds, state: State, only: str = "") -> tuple[JsonObject, list[str]]:
    """The items by resource as a session's clients see them, and the resources that clients wrote to.

    Args:
        worlds: the generated entities.
        state: the session's state.
        only: the resource that is meant; empty for all.

    Raises:
        DataError: the resource does not exist, or there are too many items to list them all.
    """
    transaction = Transaction(state)
    found: JsonObject = {}
    written = []
    total = 0
    for name in [only] if only else _names(worlds, state):
        world, resource, parents = _located(worlds, name, transaction)
        ids = [""] if resource.is_single else world.ids(resource, parents)
        total += len(ids)
        if total > MOST_ITEMS:
            raise DataError(
                f"there are more than {MOST_ITEMS:,} items",
                suggestion=f"Ask for one resource, such as {name}."
                if not only
                else "Use the operations of the API.",
            )
        items = [item for item_id in ids if (item := world.entity(resource, item_id, parents)) is not None]
        found[name] = (items[0] if items else {}) if resource.is_single else list(items)
        if _is_written(transaction, world.collection_of(resource, parents)):
            written.append(name)
    return found, written


def replace_contents(worlds: Worlds, transaction: Transaction, resources: JsonObject) -> None:
    """Give resources exactly these items.

    Raises:
        DataError: the resource does not exist, or an item is invalid; its location has the pointer.
    """
    source = Source(_NAME, "", to_json(resources))
    for name, value in as_object(source.value).items():
        world, resource, parents = _located(worlds, name, transaction)
        collection = world.collection_of(resource, parents)
        for item_id in list(transaction.collection(collection)):
            transaction.delete(collection, item_id, forget=True)
        transaction.changes.counts[closed_counter(collection)] = 1
        Filler(source, f"/{escape(name)}", world, resource, parents).fill(value)


def forget_contents(worlds: Worlds, transaction: Transaction, name: str) -> None:
    """Give a resource its initial items again. Raises DataError if the resource does not exist."""
    world, resource, parents = _located(worlds, name, transaction)
    collection = world.collection_of(resource, parents)
    transaction.forget(collection, id_counter(collection), closed_counter(collection))


def _located(worlds: Worlds, name: str, transaction: Transaction) -> tuple[SessionWorld, Resource, Parents]:
    source = Source(_NAME, "", to_json({name: None}))
    base, seed, base_path, resource, parents = find_resource(source, name, worlds)
    return SessionWorld(base, transaction, seed, base_path), resource, parents


def _names(worlds: Worlds, state: State) -> Iterator[str]:
    """All resources without parents, then the collections below parents that anyone wrote to."""
    known: set[str] = set()
    nested: set[str] = set()
    for base, _, base_path in worlds:
        for resource in base.resources.all:
            path = base_path + (resource.collection or resource.item)
            if not resource.parents:
                yield path if resource.name in known else resource.name
                known.add(resource.name)
                nested.add(path)
    initial = state.initial.entries if state.initial else {}
    counted = {name.removeprefix(CLOSED) for name in state.counts if name.startswith(CLOSED)}
    for path in sorted({*initial, *state.entries, *counted} - nested):
        if _is_located(worlds, path):
            yield path


def _is_located(worlds: Worlds, path: str) -> bool:
    """Whether a collection is one of the document's; a reload may have removed it."""
    source = Source(_NAME, "", to_json({path: None}))
    try:
        find_resource(source, path, worlds)
    except DataError:
        return False
    return True


def _is_written(transaction: Transaction, collection: str) -> bool:
    state = transaction.state
    return bool(state.entries.get(collection)) or bool(state.counts.get(closed_counter(collection)))
