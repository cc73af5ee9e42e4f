"""Lists with another number of items than usual, for one response: `Prefer: items=500`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial
from threading import Lock
from typing import TYPE_CHECKING, TypeAlias

from signoff.contract import Direction
from signoff.contract.envelopes import held_in, within
from signoff.contract.json_value import as_list
from signoff.generate import CannotGenerateError
from signoff.mock.listing.index import ListIndex
from signoff.mock.problems import ProblemError
from signoff.mock.world.base_world import BaseWorld

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from signoff.contract import JsonObject, JsonValue, Operation
    from signoff.contract.resources import Resource
    from signoff.generate import Generator
    from signoff.mock.choice import Choice
    from signoff.mock.rendering import Renderer
    from signoff.mock.resource_plan import ResourcePlan
    from signoff.mock.world import Parents, World

_KEPT = 2
_STEP = 128  # so that few worlds serve many numbers of items
_READY = 1024  # collections
_Place: TypeAlias = tuple[bool, str, tuple[str, ...], int]


class NotReadyError(Exception):
    """A response needs values whose generation takes long.

    Attributes:
        prepare: generates them, for the next try; it can run in another thread.
    """

    def __init__(self, prepare: Callable[[], None]) -> None:
        super().__init__()
        self.prepare = prepare


class SizedWorlds:
    """Makes worlds whose lists have a number of items, for the operations of one contract.

    A larger world has a generator of its own, which one thread at a time uses: generating hundreds of items
    takes up to a second, in which the event loop serves other requests.

    Args:
        make_generator: makes the generator of the larger worlds.
        seed: the random seed.
    """

    def __init__(self, make_generator: Callable[[], Generator], seed: int) -> None:
        self._make_generator = make_generator
        self._seed = seed
        self._larger = lru_cache(_KEPT)(self._made)
        self._ready: set[_Place] = set()
        self._lock = Lock()

    @cached_property
    def _generator(self) -> Generator:
        return self._make_generator()

    def _prepare(self, base: BaseWorld, resource: Resource, parents: Parents, items: int) -> None:
        with self._lock:
            larger = self._larger(base, items)
            for item_id in larger.ids(resource, parents)[:items]:
                larger.entity(resource, item_id, parents)
            if len(self._ready) >= _READY:
                self._ready.clear()
            self._ready.add(_place(base, resource, parents, items))

    def sized(self, world: World, plan: ResourcePlan, parents: Parents, items: int) -> World:
        """The world with `items` items in the list that a request is about.

        Raises:
            ProblemError: the operation has no list.
            NotReadyError: the items have to be generated first.
        """
        if plan.use.role != "list":
            raise impossible(items, "the response has no list")
        larger = plan.base
        usual = world.ids(plan.resource, parents)
        if len(usual) < items:
            # Some ids of the larger world may be in use by items of clients, or be those of deleted items.
            known = len({*usual, *plan.base.ids(plan.resource, parents)})
            size = -(-(items + known) // _STEP) * _STEP
            if _place(plan.base, plan.resource, parents, size) not in self._ready:
                raise NotReadyError(partial(self._prepare, plan.base, plan.resource, parents, size))
            larger = self._larger(plan.base, size)
        return _SizedWorld(world, plan.base, larger, (plan.resource.name, parents), items)

    def _made(self, base: BaseWorld, items: int) -> BaseWorld:
        return BaseWorld(
            base.resources,
            self._generator,
            seed=self._seed,
            list_size=items,
            uses_examples=base.uses_examples,
            is_open=base.is_open,
        )


def _place(base: BaseWorld, resource: Resource, parents: Parents, items: int) -> _Place:
    """A collection of a larger world."""
    return base.uses_examples, resource.name, tuple(parents), items


@dataclass(frozen=True, slots=True)
class _SizedWorld:
    """A world in which one list has a number of items: its usual ones, then those of a larger world."""

    world: World
    base: BaseWorld
    larger: BaseWorld
    place: tuple[str, Parents]
    items: int

    def ids(self, resource: Resource, parents: Parents = ()) -> Sequence[str]:
        """The ids of a collection."""
        found = self.world.ids(resource, parents)
        if (resource.name, tuple(parents)) != self.place:
            return found
        if len(found) < self.items:
            known = {*found, *self.base.ids(resource, parents)}
            more = [item_id for item_id in self.larger.ids(resource, parents) if item_id not in known]
            found = (*found, *more)
            if len(found) < self.items:
                raise impossible(self.items, f"the document allows {len(found)}")
        return found[: self.items]

    def listing(self, resource: Resource, parents: Parents = ()) -> ListIndex:
        """The items of a collection, indexed."""
        if (resource.name, tuple(parents)) != self.place:
            return self.world.listing(resource, parents)
        return ListIndex(lambda item_id: self.entity(resource, item_id, parents), self.ids(resource, parents))

    def entity(self, resource: Resource, item_id: str, parents: Parents = ()) -> JsonObject | None:
        """An entity; those of the larger world only if the usual one does not know the id."""
        found = self.world.entity(resource, item_id, parents)
        is_extra = found is None and (resource.name, tuple(parents)) == self.place
        if not is_extra or item_id in self.base.ids(resource, parents):
            return found
        return self.larger.entity(resource, item_id, parents)


def impossible(items: int, reason: str) -> ProblemError:
    """The problem of a number of items that a list can't have."""
    return ProblemError("preference_not_possible", asked=f"items={items}", reason=reason)


def resized(value: JsonValue | bytes, operation: Operation, choice: Choice, renderer: Renderer) -> JsonValue:
    """A body whose list has the number of items of the choice; more items are generated.

    Raises:
        ProblemError: the body has no list, or the schema does not allow that many.
    """
    items = choice.items or 0
    schema = choice.offer.schema if choice.offer is not None else None
    held = held_in(schema, operation.path.rpartition("/")[2]) if schema is not None else None
    path = held.path if held is not None and held.is_list else ()
    if isinstance(value, bytes) or not isinstance(within(value, path), list):
        raise impossible(items, "the response has no list")
    found = as_list(within(value, path))[:items]
    for variant in range(items):
        if len(found) >= items:
            break
        try:
            other = replace(choice, dynamic=True, example=None)
            made, _ = renderer.content(operation, other, {}, variant)
        except CannotGenerateError:
            break
        found = [*found, *as_list(within(made, path))] if not isinstance(made, bytes) else found
    whole = _with_list(value, path, found[:items])
    violations = schema.violations(whole, Direction.RESPONSE) if schema is not None else ()
    if len(found) < items or violations:
        raise impossible(items, violations[0].message if violations else "no more can be generated")
    return whole


def _with_list(value: JsonValue, path: tuple[str, ...], found: list[JsonValue]) -> JsonValue:
    if not path or not isinstance(value, dict):
        return found
    return {**value, path[0]: _with_list(value[path[0]], path[1:], found)}
