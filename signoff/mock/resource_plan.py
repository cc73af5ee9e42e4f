"""The body of an operation on a resource, made of the resource's entities.

Compiled once for each operation: where in its bodies the items are, by which schema they are shown, and what
its query parameters mean. For a request it only looks entities up in the world that it is given.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from signoff.contract import Direction
from signoff.contract.envelopes import held_in, within
from signoff.contract.hidden_members import without_hidden
from signoff.contract.json_value import as_object
from signoff.mock.listing.envelope import Address
from signoff.mock.resource_body import ResourceBody
from signoff.mock.world.examples import text_of

if TYPE_CHECKING:
    from signoff.contract import Schema
    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.requests import ParsedRequest
    from signoff.contract.resources import Resource, Use
    from signoff.generate import Generator
    from signoff.mock.choice import Choice
    from signoff.mock.exchange import RawHeaders, Request
    from signoff.mock.resource_body import Content
    from signoff.mock.state.writing import Written
    from signoff.mock.world import Parents, World
    from signoff.mock.world.base_world import BaseWorld

_WRITES = ("create", "replace", "update")


class UnknownEntityError(Exception):
    """The world has no entity with the id that is asked for."""

    def __init__(self, resource: Resource, item_id: str) -> None:
        super().__init__(item_id)
        self.resource = resource
        self.item_id = item_id


class ResourcePlan:
    """Makes the bodies of one operation on a resource.

    Args:
        resource: the resource.
        use: what the operation does with it.
        base: the entities without any state.
        generator: makes the parts of an envelope.
    """

    def __init__(self, resource: Resource, use: Use, base: BaseWorld, generator: Generator) -> None:
        self.resource = resource
        self.use = use
        self.base = base
        self._forms: dict[str, ResourceBody] = {}
        for response in use.operation.responses:
            for offer in response.content if response.status[0] in "2d" and use.response else ():
                held = held_in(offer.schema, resource.name) if offer.schema is not None else None
                if held is not None and held.is_list == (use.response is not None and use.response.is_list):
                    self._forms[offer.pointer] = ResourceBody(resource, use, base, generator, offer, held)

    @property
    def deciding_headers(self) -> tuple[str, ...]:
        """The request headers that a body depends on."""
        needs_host = any(form.pagination.has_addresses for form in self._forms.values())
        links = {
            header.name.lower() for response in self.use.operation.responses for header in response.headers
        }
        return ("host",) if needs_host or links & {"link", "location"} else ()

    def parents(self, parsed: ParsedRequest) -> Parents:
        """The parents of the item or list that a request is about, as the keys of the world have them."""
        given = [
            text_of(parsed.parameters.get(("path", parent.parameter)))
            for parent in self.use.parents[: len(self.resource.parents)]
        ]
        if len(given) < len(self.resource.parents):
            return self.base.parents_for(self.resource, self.resource, "", ())
        return tuple(given)

    def _check_parents(self, parsed: ParsedRequest, world: World) -> None:
        """Check that the items in the path that the list or item is below exist.

        Raises:
            UnknownEntityError: one does not.
        """
        if world is self.base and self.base.is_open:
            return
        values: list[str] = []
        for parent in self.use.parents:
            values.append(text_of(parsed.parameters.get(("path", parent.parameter))))
            owner = self.base.resources.named(parent.resource)
            if owner is not None and not owner.is_single:
                outer = tuple(values[: len(owner.parents)])
                is_whole = len(outer) == len(owner.parents) and len(values) > len(owner.parents)
                if is_whole and world.entity(owner, values[-1], outer) is None:
                    raise UnknownEntityError(owner, values[-1])

    def item_id(self, parsed: ParsedRequest, body: bytes, world: World, parents: Parents) -> str:
        """The id of the item that a request is about: in its path, in its body, or a new one."""
        use = self.use
        if self.resource.is_single:
            return ""
        if use.id_parameter:
            return text_of(parsed.parameters.get(("path", use.id_parameter)))
        if use.role in _WRITES:
            stated = text_of(self.sent_item(parsed).get(self.resource.id_member))
            if stated and self.base.typed_id(self.resource, stated) is not None:
                return stated
        if use.role == "create":
            return self.base.next_id(self.resource, parents, body.hex())
        return self.implied_id(parsed, world, parents)

    def implied_id(self, parsed: ParsedRequest, world: World, parents: Parents) -> str:
        """The item of a path without its id: the one that the item in the path refers to, else the first."""
        for parent in reversed(self.use.parents):
            owner = self.base.resources.named(parent.resource)
            if owner is None or owner.parents:
                continue
            entity = world.entity(owner, text_of(parsed.parameters.get(("path", parent.parameter))))
            for reference in owner.references if entity is not None else ():
                value = as_object(entity).get(reference.member)
                value = value.get(self.resource.id_member) if isinstance(value, dict) else value
                if reference.resource == self.resource.name and text_of(value):
                    return text_of(value)
        return next(iter(world.ids(self.resource, parents)), "")

    def sent_item(self, parsed: ParsedRequest) -> JsonObject:
        """The item in a request body: the first one of several."""
        held = self.use.body
        value = within(parsed.body, held.path) if held is not None else parsed.body
        if held is not None and held.is_list and isinstance(value, list):
            value = next(iter(value), None)
        return as_object(value)

    def item_in(self, value: JsonValue, choice: Choice) -> JsonObject:
        """The item in a body of the chosen media type."""
        form = self._forms.get(choice.offer.pointer) if choice.offer is not None else None
        return as_object(within(value, form.held.path)) if form is not None else {}

    def is_about(self, example: JsonValue, parsed: ParsedRequest, choice: Choice) -> bool:
        """Whether the example that a request is paired with is about the item in the request's path."""
        form = self._forms.get(choice.offer.pointer) if choice.offer is not None else None
        if form is None or not self.use.id_parameter or not self.resource.id_member:
            return True
        stated = text_of(as_object(within(example, form.held.path)).get(self.resource.id_member))
        return stated == text_of(parsed.parameters.get(("path", self.use.id_parameter)))

    def content(
        self,
        choice: Choice,
        request: Request,
        parsed: ParsedRequest,
        world: World,
        written: Written | None = None,
    ) -> Content | None:
        """The body of a response; None if it has none of the resource's items.

        Args:
            choice: the documented response, with its media type.
            request: the request.
            parsed: its values.
            world: the entities.
            written: the entity to show, after a write that was stored; None to look it up.

        Raises:
            UnknownEntityError: the entity does not exist.
        """
        form = self._forms.get(choice.offer.pointer) if choice.offer is not None else None
        parents = self.parents(parsed) if written is None else written.parents
        if written is None:
            self._check_parents(parsed, world)
        if self.use.role == "list" or (form is not None and form.held.is_list):
            return _shown(form.with_list(world, request, parsed, parents), choice) if form else None
        if written is not None:
            item_id = written.item_id
        else:
            item_id = self.item_id(parsed, request.body, world, parents)
        location = self._location(parents, item_id) if self.use.role == "create" else ""
        if written is not None:
            entity: JsonObject | None = written.entity
        else:
            entity = self._sent_entity(parsed, item_id) or world.entity(self.resource, item_id, parents)
        if entity is None:
            raise UnknownEntityError(self.resource, item_id)
        if written is None and self.use.role in _WRITES:
            entity = self._written(parsed, entity)
        if form is None:
            return None
        return _shown(form.with_item(world, entity, (item_id, parents), parsed, location), choice)

    def _sent_entity(self, parsed: ParsedRequest, item_id: str) -> JsonObject | None:
        """The entity that a create makes, if the request has all its members but the id; else None.

        Only the order of its members would follow from generating it.
        """
        if self.use.role != "create" or not self.base.is_open:
            return None
        names, sent = self.base.members(self.resource, item_id), self.sent_item(parsed)
        if names is None or not all(name in sent or name == self.resource.id_member for name in names):
            return None
        return dict.fromkeys(names) | {self.resource.id_member: self.base.typed_id(self.resource, item_id)}

    def _written(self, parsed: ParsedRequest, entity: JsonObject) -> JsonObject:
        """The entity after a write that is not stored: with the members that were sent, but its own id."""
        known = {name for schema in self.resource.schemas for name in _members(schema)}
        sent = {
            name: value
            for name, value in self.sent_item(parsed).items()
            if name != self.resource.id_member and (name in known or name in entity or not known)
        }
        if self.use.role == "replace" and self.use.body is not None:
            view = self.use.body.schema.view
            gone = {name for name in view.properties if not _is_kept(self.use.body.schema, name)}
            entity = {name: value for name, value in entity.items() if name not in gone}
        return entity | sent

    def _location(self, parents: Parents, item_id: str) -> str:
        """The path of an item, without the base path; empty if the API has none."""
        resource = self.resource
        path = resource.item
        for parent, value in zip(resource.parents, parents, strict=False):
            path = path.replace(f"{{{parent.parameter}}}", quote(value, safe=""))
        return path.replace(f"{{{resource.id_parameter}}}", quote(item_id, safe="")) if item_id else ""

    def headers(self, fields: RawHeaders, content: Content, choice: Choice, request: Request) -> RawHeaders:
        """The documented header fields, with those about the page or the created item set to what is true."""
        form = self._forms.get(choice.offer.pointer) if choice.offer is not None else None
        if content.page is not None and form is not None:
            address = Address(request.origin, request.path, request.query)
            return form.pagination.headers(fields, content.page, address)
        if content.location and choice.status < 300:
            path = self.use.operation.base_path + content.location
            schemas = {h.name.lower(): h.schema for h in choice.response.headers}
            schema = schemas.get("location")
            is_path = schema is None or schema.is_valid(path, Direction.RESPONSE)
            target = (path if is_path else request.origin + path).encode("latin-1", "replace")
            return tuple((name, target if name == b"location" else value) for name, value in fields)
        return fields


def _shown(content: Content | None, choice: Choice) -> Content | None:
    """The content without what only requests have, wherever an example has it."""
    schema = choice.offer.schema if choice.offer is not None else None
    if content is None:
        return None
    value = without_hidden(content.value, schema, Direction.RESPONSE)
    return content if value is content.value else replace(content, value=value)


def _members(schema: Schema) -> JsonObject:
    return as_object(schema.view.outline.get("properties"))


def _is_kept(schema: Schema, name: str) -> bool:
    """Whether a member stays if a whole item is replaced without it: it is the server's own."""
    return any(schema.schemas.says(member, "readOnly") for member in schema.view.properties.get(name, ()))


class ResourcePlans:
    """The plans of one operation: with the document's examples, and without them.

    Args:
        resources: the resources of the contract.
        operation: the operation.
        worlds: the entities with the examples, and without.
        generator: makes the parts of an envelope.
    """

    def __init__(
        self, resource: Resource, use: Use, worlds: tuple[BaseWorld, BaseWorld], generator: Generator
    ) -> None:
        self._parts = resource, use, generator
        self._worlds = worlds
        self._plans: dict[bool, ResourcePlan] = {}
        self.resource = resource
        self.use = use
        self.deciding_headers = self.plan(is_dynamic=False).deciding_headers

    def plan(self, *, is_dynamic: bool) -> ResourcePlan:
        """The plan with or without examples, compiled when it is first needed."""
        found = self._plans.get(is_dynamic)
        if found is None:
            resource, use, generator = self._parts
            world = self._worlds[1 if is_dynamic else 0]
            found = self._plans[is_dynamic] = ResourcePlan(resource, use, world, generator)
        return found
