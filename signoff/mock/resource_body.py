"""The body of one media type of an operation on a resource: an envelope with the items in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from signoff.contract import Direction
from signoff.contract.json_value import as_object
from signoff.contract.names import words_of
from signoff.generate import CannotGenerateError
from signoff.mock.listing.conditions import Scope
from signoff.mock.listing.envelope import Address, Pagination
from signoff.mock.listing.members import Members
from signoff.mock.listing.parameters import parameters_of
from signoff.mock.listing.selection import select, sent
from signoff.mock.world.examples import example_items, text_of
from signoff.mock.world.showing import ALL, Showing, Wish

if TYPE_CHECKING:
    from signoff.contract import MediaType
    from signoff.contract.envelopes import Held
    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.requests import ParsedRequest
    from signoff.contract.resources import Resource, Use
    from signoff.generate import Generator
    from signoff.mock.exchange import Request, Why
    from signoff.mock.listing.selection import Page
    from signoff.mock.world import Parents, World
    from signoff.mock.world.base_world import BaseWorld

_LARGEST = 10_000


@dataclass(frozen=True, slots=True)
class Content:
    """A body, and what its headers depend on.

    Attributes:
        value: the body.
        why: where it comes from.
        location: the path of the item that was created; empty for other operations.
        page: the page, if it is a list.
        notes: how it came about, for `Signoff-Explain`.
        entity: the item's entity; None for a list.
    """

    value: JsonValue
    why: Why
    location: str = ""
    page: Page | None = None
    notes: list[str] = field(default_factory=list)
    entity: JsonObject | None = None


class ResourceBody:
    """The body of one media type: an envelope with the items in it."""

    def __init__(
        self,
        resource: Resource,
        use: Use,
        base: BaseWorld,
        generator: Generator,
        offer: MediaType,
        held: Held,
    ) -> None:
        self._resource = resource
        self._use = use
        self._base = base
        self._generator = generator
        self._offer = offer
        self.held = held
        self._schema = offer.schema or held.schema
        style = None
        if base.uses_examples:
            shown = [item for items in example_items(use, offer, resource.name) for item in items]
            style = dict.fromkeys(name for item in shown for name in item) or None
        self._showing = Showing(resource, held.schema, base, generator, style)
        self._members = Members(resource, held.schema if _has_query(use) else None)
        self._parameters = parameters_of(use.operation, self._members)
        self.pagination = Pagination(self._parameters, self._schema, held.path if held.is_list else ())
        flat = self._list_schema()
        least, most = flat.get("minItems"), flat.get("maxItems")
        self._bounds = (
            int(least) if isinstance(least, int | float) else 0,
            int(most) if isinstance(most, int | float) else _LARGEST,
        )

    def _list_schema(self) -> JsonObject:
        view = self._schema.view
        for name in self.held.path:
            view = self._schema.schemas.view(as_object(view.outline.get("properties")).get(name))
        return view.flat

    @cached_property
    def _envelope(self) -> JsonValue:
        """A valid body, for what is in it beside the items: the first example, else a generated one."""
        if self._base.uses_examples:
            for example in self._offer.examples:
                if self._schema.is_valid(example.value, Direction.RESPONSE):
                    return example.value
        try:
            return self._generator.generate(self._schema, Direction.RESPONSE, self._use.operation.id)
        except CannotGenerateError:
            return {}

    def with_item(
        self,
        world: World,
        entity: JsonObject,
        place: tuple[str, Parents],
        parsed: ParsedRequest,
        location: str,
    ) -> Content | None:
        """The body with one item."""
        shown = self._showing.show(world, entity, *place, self._wish(parsed))
        value = self._whole(shown)
        if not self._schema.is_valid(value, Direction.RESPONSE):
            try:
                value = self._whole(self._showing.repaired(shown, place[0]))
            except CannotGenerateError:
                return None
            if not self._schema.is_valid(value, Direction.RESPONSE):
                return None
        is_example = self._base.is_example(self._resource, place[0])
        note = f"{self._resource.name} {place[0]}".rstrip()
        return Content(
            value,
            "example" if is_example else "generated",
            location=location,
            entity=entity,
            notes=[f"{note}, {'from the examples' if is_example else 'generated'}"],
        )

    def with_list(
        self, world: World, request: Request, parsed: ParsedRequest, parents: Parents
    ) -> Content | None:
        """The body with the page that the request asks for."""
        resource = self._resource
        listing = world.listing(resource, parents)
        page = select(
            listing,
            self._parameters,
            self._members,
            parsed.parameters,
            bounds=self._bounds,
            scopes=self._scopes(parsed),
        )
        wish = self._wish(parsed)
        shown = [
            self._showing.show(world, entity, item_id, parents, wish) for item_id, entity in page.entries
        ]
        value = self._paged(shown, page, request)
        if not self._schema.is_valid(value, Direction.RESPONSE):
            try:
                items = zip(shown, page.entries, strict=True)
                shown = [self._showing.repaired(item, entry[0]) for item, entry in items]
            except CannotGenerateError:
                return None
            value = self._paged(shown, page, request)
            if not self._schema.is_valid(value, Direction.RESPONSE):
                return None
        are_examples = all(self._base.is_example(resource, item_id) for item_id, _ in page.entries)
        return Content(
            value,
            "example" if are_examples and page.entries else "generated",
            page=page,
            notes=[f"{resource.name}: {len(listing)} in all", *page.notes],
        )

    def _scopes(self, parsed: ParsedRequest) -> list[Scope]:
        """The parents in the path that items refer to, if their key has none: `/providers/{id}/models`."""
        scopes: list[Scope] = []
        for parent in self._use.parents[len(self._resource.parents) :]:
            wanted = text_of(parsed.parameters.get(("path", parent.parameter)))
            members = [parent.member] if parent.member else []
            members += [r.member for r in self._resource.references if r.resource == parent.resource != ""]
            owner = self._base.resources.named(parent.resource)
            if members:
                scopes.append(Scope(tuple(members), owner.id_member if owner is not None else "", wanted))
        return scopes

    def _wish(self, parsed: ParsedRequest) -> Wish:
        if self._parameters.fields is None and self._parameters.expand is None:
            return ALL
        fields = sent(self._parameters.fields, parsed.parameters)
        expanded = sent(self._parameters.expand, parsed.parameters)
        names = [self._members.find(words_of(name)) or (name,) for name in fields or ()]
        return Wish(
            fields=frozenset(path[0] for path in names) if fields else None,
            expanded=frozenset(expanded or ()) if self._parameters.expand is not None else None,
        )

    def _paged(self, shown: list[JsonObject], page: Page, request: Request) -> JsonValue:
        value = self._whole(list(shown))
        if self.pagination.slots and isinstance(value, dict):
            address = Address(request.origin, request.path, request.query)
            return self.pagination.fill(value, page, address, self._schema)
        return value

    def _whole(self, inner: JsonValue) -> JsonValue:
        """The envelope with what is in it replaced."""
        if not self.held.path:
            return inner
        made = dict(as_object(self._envelope))
        holder = made
        for name in self.held.path[:-1]:
            holder[name] = inside = dict(as_object(holder.get(name)))
            holder = inside
        holder[self.held.path[-1]] = inner
        return made


def _has_query(use: Use) -> bool:
    """Whether an operation may have parameters that choose items or members."""
    return any(parameter.location == "query" for parameter in use.operation.parameters)
