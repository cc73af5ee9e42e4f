"""Creates, changes and deletes entities, as the operations of a document do.

What a write means follows from the role of its operation (`signoff.contract.resources`). Statuses other than
success are sent only where the document defines them, except 404 for what does not exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from signoff.contract import Direction, media_types
from signoff.contract.json_value import as_object, listed
from signoff.contract.names import words_of
from signoff.mock.problems import ProblemError
from signoff.mock.state.creation import generated_for, new_id
from signoff.mock.state.patches import JSON_PATCH, PatchError, merged, patched
from signoff.mock.state.values import Members

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.requests import ParsedRequest
    from signoff.contract.resources import Resource, Resources, Use
    from signoff.mock.state.session_world import SessionWorld
    from signoff.mock.world import Parents

_CHANGES = "changes"  # the counter of a session's changes, in place of the time
_UNIQUE = {"email", "username", "login", "slug", "sku", "handle", "isbn"}
_STATES = ("status", "state")


@dataclass(frozen=True, slots=True)
class Written:
    """What a write did.

    Attributes:
        item_id: the id of the entity; of several, the last one.
        parents: the ids of its parents.
        entity: the entity after the write; of a deleted one, as it was.
        is_new: whether it was created.
    """

    item_id: str
    parents: Parents
    entity: JsonObject
    is_new: bool = False


class Writer:
    """Does what one operation does with its resource.

    Args:
        resource: the resource.
        use: the operation and its role.
        resources: all resources of the API.
    """

    def __init__(self, resource: Resource, use: Use, resources: Resources) -> None:
        self._resource = resource
        self._use = use
        self._resources = resources
        self._members = Members(resource)
        steps: Mapping[str, Callable[[SessionWorld, ParsedRequest, Parents], Written]] = {
            "create": self._create,
            "replace": self._replace,
            "update": self._update,
            "action": self._act,
            "delete": self._delete,
        }
        self._step = steps[use.role]

    def write(self, world: SessionWorld, parsed: ParsedRequest) -> Written:
        """Write what a valid request asks for into the world's transaction.

        Raises:
            ProblemError: it can't be done.
        """
        self._check_parents(world, parsed)
        return self._step(world, parsed, self._parents(parsed))

    # Which entity

    def _parents(self, parsed: ParsedRequest) -> Parents:
        """The ids of the parents in an entity's key."""
        own = [parent.parameter for parent in self._resource.parents]
        given = [parent.parameter for parent in self._use.parents]
        names = own if set(own) <= set(given) else given[: len(own)]
        return tuple(_text(parsed.parameters.get(("path", name))) for name in names)

    def _check_parents(self, world: SessionWorld, parsed: ParsedRequest) -> None:
        """Raises ProblemError if a parent in the path does not exist."""
        before: tuple[str, ...] = ()
        for parent in self._use.parents:
            item_id = _text(parsed.parameters.get(("path", parent.parameter)))
            owner = self._resources.named(parent.resource) if parent.resource else None
            if owner is not None and world.entity(owner, item_id, before[: len(owner.parents)]) is None:
                raise self._missing(owner, item_id)
            before = (*before, item_id)

    def _item_id(self, parsed: ParsedRequest) -> str:
        """The id in the path, else in the body; empty for a single item."""
        if self._use.id_parameter:
            return _text(parsed.parameters.get(("path", self._use.id_parameter)))
        sent = self._sent(parsed)
        return _text(sent[0].get(self._resource.id_member)) if sent else ""

    def _existing(self, world: SessionWorld, item_id: str, parents: Parents) -> JsonObject:
        found = world.entity(self._resource, item_id, parents)
        if found is None:
            raise self._missing(self._resource, item_id)
        return found

    def _missing(self, resource: Resource, item_id: str) -> ProblemError:
        is_gone = self._documents("410")
        return ProblemError("gone" if is_gone else "not_found", resource=resource.name, id=item_id)

    def _documents(self, status: str) -> bool:
        return any(response.status == status for response in self._use.operation.responses)

    # What the client sent

    def _sent(self, parsed: ParsedRequest) -> list[JsonObject]:
        """The items of the body."""
        held = self._use.body
        body = parsed.body
        for name in held.path if held is not None else ():
            body = as_object(body).get(name)
        return [item for item in listed(body) if isinstance(item, dict)]

    def _in_path(self, parsed: ParsedRequest) -> JsonObject:
        """The members that the path determines: the ids of parents."""
        given = {
            parent.member: _text(parsed.parameters[("path", parent.parameter)])
            for parent in self._use.parents
            if parent.member
        }
        return {name: self._members.typed(name, text) for name, text in given.items()}

    # The roles

    def _create(self, world: SessionWorld, parsed: ParsedRequest, parents: Parents) -> Written:
        bodies = self._sent(parsed) or [{}]
        written = [self._created(world, parsed, parents, body) for body in bodies]
        return written[-1]

    def _created(
        self, world: SessionWorld, parsed: ParsedRequest, parents: Parents, body: JsonObject
    ) -> Written:
        resource = self._resource
        wanted = self._wanted_id(parsed, body)
        self._check_unique(world, parents, body, wanted)
        item_id = wanted or new_id(world, resource, parents, body)
        in_path = self._in_path(parsed)
        generated = generated_for(world, resource, self._members, (item_id, parents)) | in_path
        moment = world.transaction.next(_CHANGES)
        value = self._members.created(generated, body | in_path, moment)
        world.transaction.create(world.collection_of(resource, parents), item_id, value)
        return Written(item_id, parents, value, is_new=True)

    def _wanted_id(self, parsed: ParsedRequest, body: JsonObject) -> str:
        """The id that the client chose; empty if the server chooses it."""
        if self._use.id_parameter:
            return self._item_id(parsed)
        name = self._resource.id_member
        return _text(body.get(name)) if name and self._members.of(name).is_settable else ""

    def _check_unique(self, world: SessionWorld, parents: Parents, body: JsonObject, wanted: str) -> None:
        """Raises ProblemError if a unique member of the body is taken, where 409 is documented."""
        if not self._documents("409"):
            return
        resource = self._resource
        if wanted and wanted in world.ids(resource, parents):
            name = resource.id_member
            raise ProblemError("already_exists", resource=resource.name, member=name, value=wanted)
        unique = {name: item for name, item in body.items() if "".join(words_of(name)) in _UNIQUE}
        for known in world.ids(resource, parents) if unique else ():
            entity = world.entity(resource, known, parents) or {}
            for name, item in unique.items():
                if isinstance(item, str) and _text(entity.get(name)).casefold() == item.casefold():
                    raise ProblemError("already_exists", resource=resource.name, member=name, value=item)

    def _replace(self, world: SessionWorld, parsed: ParsedRequest, parents: Parents) -> Written:
        item_id = self._item_id(parsed)
        body = next(iter(self._sent(parsed)), {})
        before = world.entity(self._resource, item_id, parents)
        if before is None:
            if not self._documents("201"):
                raise self._missing(self._resource, item_id)
            return self._created(world, parsed, parents, body)
        sent = {**body, **self._in_path(parsed)}
        return self._stored(
            world, item_id, parents, self._members.replaced(before, sent, world.transaction.next(_CHANGES))
        )

    def _update(self, world: SessionWorld, parsed: ParsedRequest, parents: Parents) -> Written:
        item_id = self._item_id(parsed)
        before = self._existing(world, item_id, parents)
        after = self._patched(before, parsed)
        value = self._members.updated(before, after, world.transaction.next(_CHANGES))
        self._check_valid(before, value)
        return self._stored(world, item_id, parents, value)

    def _patched(self, before: JsonObject, parsed: ParsedRequest) -> JsonObject:
        media_type = parsed.media_type.name if parsed.media_type is not None else ""
        patch: JsonValue
        if media_types.essence(media_type) == JSON_PATCH:
            patch = parsed.body
        elif parsed.media_type is not None:
            patch = next(iter(self._sent(parsed)), {})
        else:  # `POST /pet/{petId}?name=…&status=…`
            query = {name: item for (place, name), item in parsed.parameters.items() if place == "query"}
            patch = {name: item for name, item in query.items() if name in before}
        try:
            return as_object(patched(before, patch, media_type))
        except PatchError as error:
            reason = str(error)
            raise ProblemError("invalid_patch", reason=reason[:1].upper() + reason[1:]) from None

    def _check_valid(self, before: JsonObject, after: JsonObject) -> None:
        """Raises ProblemError if a patch made a valid entity invalid."""
        for schema in self._resource.schemas[:1]:
            if schema.is_valid(after, Direction.RESPONSE) or not schema.is_valid(before, Direction.RESPONSE):
                continue
            found = schema.violations(after, Direction.RESPONSE)[0]
            where = f" at {found.pointer}" if found.pointer else ""
            reason = f"The patched entity is invalid{where}: {found.message}"
            raise ProblemError("invalid_patch", reason=reason)

    def _act(self, world: SessionWorld, parsed: ParsedRequest, parents: Parents) -> Written:
        """An action on an item: members of the body that the item has, and a status named like the action."""
        item_id = self._item_id(parsed)
        before = self._existing(world, item_id, parents)
        sent = {name: item for name, item in as_object(parsed.body).items() if name in before}
        changed = {name: item for name, item in sent.items() if self._members.of(name).is_settable}
        after = as_object(merged(before, {**changed, **self._state_after(before)}, null_removes=False))
        schemas = self._resource.schemas
        if after == before or not all(schema.is_valid(after, Direction.RESPONSE) for schema in schemas[:1]):
            return Written(item_id, parents, before)
        world.transaction.next(_CHANGES)
        return self._stored(world, item_id, parents, after)

    def _state_after(self, before: JsonObject) -> JsonObject:
        """The status after an action, such as `cancelled` after `POST /orders/{id}/cancel`."""
        verb = words_of(self._use.operation.path.rstrip("/").rpartition("/")[2])[:1]
        stem = verb[0].rstrip("e") if verb else ""
        for name in _STATES if len(stem) > 2 else ():
            for state in self._members.choices(name) if name in before else ():
                if isinstance(state, str) and state.lower().startswith(stem):
                    return {name: state}
        return {}

    def _delete(self, world: SessionWorld, parsed: ParsedRequest, parents: Parents) -> Written:
        item_id = self._item_id(parsed)
        before = self._existing(world, item_id, parents)
        collection = world.collection_of(self._resource, parents)
        is_known = world.was_created(self._resource, item_id, parents)
        world.transaction.delete(collection, item_id, forget=is_known)
        return Written(item_id, parents, before)

    def _stored(self, world: SessionWorld, item_id: str, parents: Parents, value: JsonObject) -> Written:
        """Replace the value of an entity; one that no list has yet is in the lists from now on."""
        collection = world.collection_of(self._resource, parents)
        is_listed = self._resource.is_single or item_id in world.ids(self._resource, parents)
        if is_listed or world.transaction.entry(collection, item_id) is not None:
            world.transaction.update(collection, item_id, value)
        else:
            world.transaction.create(collection, item_id, value)
        return Written(item_id, parents, value)


def _text(value: JsonValue) -> str:
    """An id as a text."""
    return "" if value is None else str(value)
