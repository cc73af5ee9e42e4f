"""The state that sessions start with, from a YAML or JSON file.

    customers:                  # a resource, as `signoff mock --list-resources` names it
      - {name: Ada, email: ada@example.com}
    /posts/hello/comments:      # or a collection by its path, below the base path
      - {id: 1, text: Hm}
    settings: {theme: dark}     # a single item

A collection in the file has exactly these entities; all others have generated ones. Required members, and
those that only a server sets, are generated if they are missing.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING
from urllib.parse import unquote

from signoff.contract import DataError, Direction, read
from signoff.contract.json_value import as_object
from signoff.contract.paths import PathTable
from signoff.contract.pointer import escape
from signoff.mock.state.creation import generated_for, new_id
from signoff.mock.state.session_world import SessionWorld, collection_of
from signoff.mock.state.store import State, Transaction
from signoff.mock.state.values import Members

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from signoff.contract import JsonObject, JsonValue, Source
    from signoff.contract.resources import Resource
    from signoff.mock.world import Parents
    from signoff.mock.world.base_world import BaseWorld

_SHOWN = 12


def initial_state(path: str | Path, worlds: Sequence[tuple[BaseWorld, int, str]]) -> State:
    """The state in a file.

    Args:
        path: the file.
        worlds: the generated entities of each API, the random seed and the base path.

    Raises:
        SourceError: the file cannot be read.
        DataError: it is invalid.
    """
    source = read(path)
    if not isinstance(source.value, dict):
        raise DataError("must be a mapping of resources to entities", location=source.locate(""))
    state = State()
    for name, value in source.value.items():
        base, seed, base_path, resource, parents = find_resource(source, name, worlds)
        state.closed |= {collection_of(resource, parents, base_path)}
        filled = State(state.entries, state.counts, initial=State(closed=state.closed))
        world = SessionWorld(base, Transaction(filled), seed, base_path)
        Filler(source, f"/{escape(name)}", world, resource, parents).fill(value)
        state.apply(world.transaction.changes, state.version)
    return state


def find_resource(
    source: Source, name: str, worlds: Sequence[tuple[BaseWorld, int, str]]
) -> tuple[BaseWorld, int, str, Resource, Parents]:
    """The resource that a name or path of the file stands for, and the ids of its parents.

    Raises:
        DataError: there is none.
    """
    known = []
    for base, seed, base_path in worlds:
        table: PathTable[Resource] = PathTable()
        for resource in base.resources.all:
            own = resource.collection or resource.item
            if name == resource.name and not resource.parents:
                return base, seed, base_path, resource, ()
            known.append(own if resource.parents else resource.name)
            table.add("GET", own, resource)
        for path in (name, name.removeprefix(base_path)):
            found = table.match("GET", path) if path.startswith("/") else None
            if found is not None:
                return base, seed, base_path, found[0], tuple(unquote(text) for text in found[1].values())
    close = get_close_matches(name, known, 1)
    raise DataError(
        f"unknown resource {name!r}",
        suggestion=f"Did you mean {close[0]!r}?"
        if close
        else f"Known resources: {', '.join(known[:_SHOWN])}{', …' if len(known) > _SHOWN else ''}.",
        location=source.locate(f"/{escape(name)}"),
    )


class Filler:
    """Adds the entities of one collection to a transaction."""

    def __init__(
        self, source: Source, pointer: str, world: SessionWorld, resource: Resource, parents: Parents
    ) -> None:
        self._source = source
        self._pointer = pointer
        self._world = world
        self._resource = resource
        self._parents = parents
        self._members = Members(resource)

    def fill(self, value: JsonValue) -> None:
        """Add the entities, so that lists show them in the order of the file."""
        if self._resource.is_single:
            self._add(value, "", self._pointer)
            return
        if not isinstance(value, list):
            raise self._error("must be a list of entities", self._pointer)
        used = {self._stated_id(item) for item in value}
        ids = [self._stated_id(item) or self._new_id(item, used, at) for at, item in enumerate(value)]
        for index in reversed(range(len(value))):  # lists show the newest first
            self._add(value[index], ids[index], f"{self._pointer}/{index}")

    def _stated_id(self, item: JsonValue) -> str:
        stated = as_object(item).get(self._resource.id_member) if self._resource.id_member else None
        return "" if stated is None else str(stated)

    def _new_id(self, item: JsonValue, used: set[str], index: int) -> str:
        """An id that no entity of the file has."""
        found = new_id(self._world, self._resource, self._parents, as_object(item), used)
        if not found:
            raise self._error("has no id, and no more can be generated", f"{self._pointer}/{index}")
        used.add(found)
        return found

    def _add(self, item: JsonValue, item_id: str, pointer: str) -> None:
        if not isinstance(item, dict):
            raise self._error("must be an object", pointer)
        self._check_names(item, pointer)
        world, resource = self._world, self._resource
        collection = world.collection_of(resource, self._parents)
        known = world.transaction.entry(collection, item_id)
        if known is not None and known.value is not None:
            raise self._error(f"duplicate id {item_id!r}", pointer)
        value = self._whole(item, item_id)
        for schema in resource.schemas[:1]:
            for violation in schema.violations(value, Direction.RESPONSE)[:1]:
                where = f" at {violation.pointer}" if violation.pointer else ""
                raise self._error(f"does not match the schema{where}: {violation.message}", pointer)
        world.transaction.create(collection, item_id, value)

    def _check_names(self, item: JsonObject, pointer: str) -> None:
        for name in item:
            if self._members.admits(name):
                continue
            close = get_close_matches(name, self._members.names, 1)
            raise DataError(
                f"no schema of {self._resource.name} has the property {name!r}",
                suggestion=f"Did you mean {close[0]!r}?"
                if close
                else "Remove it, or add it to the schema in the document.",
                location=self._source.locate(f"{pointer}/{escape(name)}"),
            )

    def _whole(self, item: JsonObject, item_id: str) -> JsonObject:
        """The entity, with what the server sets."""
        generated = generated_for(self._world, self._resource, self._members, (item_id, self._parents))
        made = self._members.created(generated, item, 0)
        own = {name: value for name, value in item.items() if not self._members.of(name).is_hidden}
        return {**made, **own}

    def _error(self, message: str, pointer: str) -> DataError:
        return DataError(message, location=self._source.locate(pointer))
