"""Creates, changes and deletes entities, as the operations of a document do.

What a write means follows from the role of its operation (`signoff.contract.resources`). Statuses other than
success are sent only where the document defines them, except 404 for what does not exist.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from signoff.contract import Direction, media_types
from signoff.contract.json_value import as_object, listed
from signoff.contract.names import words_of
from signoff.mock.listing.conditions import folded
from signoff.mock.problems import ProblemError
from signoff.mock.state.creation import generated_for, new_id
from signoff.mock.state.patches import JSON_PATCH, MERGE_PATCH, PatchError, merged, patched
from signoff.mock.state.preconditions import Preconditions
from signoff.mock.state.values import Members
from signoff.mock.world.examples import text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from signoff.contract import Operation
    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.requests import ParsedRequest
    from signoff.contract.resources import Resource, Use
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


@dataclass(frozen=True, slots=True)
class _Write:
    """One request that writes; `example` is empty without one."""

    world: SessionWorld
    parsed: ParsedRequest
    headers: Mapping[str, str]
    parents: Parents
    implied_id: Callable[[Parents], str]
    example: JsonObject


class Writer:
    """Does what one operation does with its resource.

    Args:
        resource: the resource.
        use: the operation and its role.
    """

    def __init__(self, resource: Resource, use: Use) -> None:
        self._resource = resource
        self._use = use
        self._members = Members(resource)
        self._preconditions = Preconditions(use.operation)
        self._steps: Mapping[str, Callable[[_Write], Written]] = {
            "create": self._create,
            "replace": self._replace,
            "update": self._update,
            "action": self._act,
            "delete": self._delete,
        }

    def write(
        self,
        world: SessionWorld,
        parsed: ParsedRequest,
        headers: Mapping[str, str],
        implied_id: Callable[[Parents], str],
        example: JsonObject | None = None,
    ) -> Written:
        """Write what a valid request asks for into the world's transaction.

        Args:
            world: the entities.
            parsed: the request's values.
            headers: the request's headers, in lower case.
            implied_id: the id of the item of a path without its id, such as `/me`, by the ids of its parents.
            example: the item of the response example that the document pairs with this request.

        Raises:
            ProblemError: it can't be done.
        """
        missing = world.missing_parent(self._use, parsed)
        if missing is not None:
            raise missing_problem(world, self._use.operation, *missing)
        step = self._steps[self._use.role]
        parents = world.known_parents(self._resource, self._parents(parsed))
        return step(_Write(world, parsed, headers, parents, implied_id, example or {}))

    # Which entity

    def _parents(self, parsed: ParsedRequest) -> Parents:
        """The ids of the parents in an entity's key."""
        own = [parent.parameter for parent in self._resource.parents]
        given = [parent.parameter for parent in self._use.parents]
        names = own if set(own) <= set(given) else given[: len(own)]
        return tuple(text_of(parsed.parameters.get(("path", name))) for name in names)

    def _item_id(self, write: _Write) -> str:
        """The id in the path, else in the body, else the one that is meant; empty for a single item."""
        if self._use.id_parameter:
            stated = text_of(write.parsed.parameters.get(("path", self._use.id_parameter)))
        else:
            sent = self._sent(write.parsed)
            stated = text_of(sent[0].get(self._resource.id_member)) if sent else ""
            if not stated and not self._resource.is_single and self._use.role != "create":
                return write.implied_id(write.parents)
        return write.world.known_id(self._resource, stated, write.parents)

    def _current(self, write: _Write, item_id: str) -> JsonObject | None:
        """The entity before the write, whose preconditions hold."""
        found = write.world.entity(self._resource, item_id, write.parents)
        self._preconditions.check(write.headers, found)
        return found

    def _existing(self, write: _Write, item_id: str) -> JsonObject:
        found = self._current(write, item_id)
        if found is None:
            raise self._missing(write, item_id)
        return found

    def _missing(self, write: _Write, item_id: str) -> ProblemError:
        return missing_problem(write.world, self._use.operation, self._resource, item_id, write.parents)

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
            parent.member: text_of(parsed.parameters[("path", parent.parameter)])
            for parent in self._use.parents
            if parent.member and ("path", parent.parameter) in parsed.parameters  # else it is not declared
        }
        return {name: self._members.typed(name, text) for name, text in given.items()}

    # The roles

    def _create(self, write: _Write) -> Written:
        bodies = self._sent(write.parsed) or [{}]
        written = [self._created(write, body) for body in bodies]
        return written[-1]

    def _created(self, write: _Write, body: JsonObject) -> Written:
        world, resource = write.world, self._resource
        in_path = self._in_path(write.parsed)
        sent = body | write.example | in_path
        wanted = self._wanted_id(write, body)
        self._check_unique(write, sent, wanted)
        item_id = wanted or new_id(world, resource, write.parents, sent)
        if not item_id:
            return self._overwritten(write, sent)
        generated = generated_for(world, resource, self._members, (item_id, write.parents), sent)
        value = self._members.created(
            generated | write.example | in_path, sent, world.transaction.next(_CHANGES)
        )
        if resource.id_member:
            value[resource.id_member] = generated[resource.id_member]
        world.transaction.create(world.collection_of(resource, write.parents), item_id, value)
        return Written(item_id, write.parents, value, is_new=True)

    def _overwritten(self, write: _Write, sent: JsonObject) -> Written:
        """A create where every id is in use, such as each value of an enum: the last item is written over.

        Where no item can have an id at all, nothing is stored.
        """
        world, resource = write.world, self._resource
        item_id = next(reversed(world.base.ids(resource, write.parents)), "")
        before = world.entity(resource, item_id, write.parents) if item_id else None
        if before is None:
            before = generated_for(world, resource, self._members, (item_id, write.parents))
        after = self._members.replaced(before, sent, world.transaction.next(_CHANGES))
        if not item_id:
            return Written(item_id, write.parents, after, is_new=True)
        return replace(self._stored(write, item_id, after), is_new=True)

    def _wanted_id(self, write: _Write, body: JsonObject) -> str:
        """The id that the client or the example chose; empty if the mock chooses it."""
        if self._use.id_parameter:
            return self._item_id(write)
        name = self._resource.id_member
        if name and self._members.of(name).is_settable and text_of(body.get(name)):
            return text_of(body[name])
        stated = text_of(write.example.get(name)) if name else ""
        taken = write.world.is_listed(self._resource, stated, write.parents)
        entry = write.world.transaction.entry(self._collection(write), stated)
        return "" if taken or entry is not None else stated

    def _collection(self, write: _Write) -> str:
        return write.world.collection_of(self._resource, write.parents)

    def _check_unique(self, write: _Write, body: JsonObject, wanted: str) -> None:
        """Raises ProblemError if a unique member of the body is taken, where 409 is documented."""
        if not self._documents("409"):
            return
        world, resource, parents = write.world, self._resource, write.parents
        if wanted and world.is_listed(resource, wanted, parents):
            name = resource.id_member
            raise ProblemError("already_exists", resource=resource.name, member=name, value=wanted)
        unique = {name: item for name, item in body.items() if "".join(words_of(name)) in _UNIQUE}
        taken = []
        for name, item in unique.items():
            if isinstance(item, str):
                found = folded(world.listing(resource, parents), name, item)
                taken += [(min(found.places()), name, item)] if found.count else []
        for _, name, item in sorted(taken, key=lambda entry: entry[0])[:1]:
            raise ProblemError("already_exists", resource=resource.name, member=name, value=item)

    def _replace(self, write: _Write) -> Written:
        item_id = self._item_id(write)
        body = next(iter(self._sent(write.parsed)), {})
        before = self._current(write, item_id)
        if before is None:
            if not self._documents("201"):
                raise self._missing(write, item_id)
            return self._created(write, body)
        sent = body | self._in_path(write.parsed)
        moment = write.world.transaction.next(_CHANGES)
        return self._stored(write, item_id, self._members.replaced(before, sent, moment))

    def _update(self, write: _Write) -> Written:
        item_id = self._item_id(write)
        before = self._existing(write, item_id)
        after = self._patched(before, write.parsed)
        value = self._members.updated(before, after, write.world.transaction.next(_CHANGES))
        media_type = write.parsed.media_type
        if media_type is not None and media_types.essence(media_type.name) in (JSON_PATCH, MERGE_PATCH):
            self._check_valid(before, value)
        else:
            value = self._fitting(before, value)
        return self._stored(write, item_id, value)

    def _patched(self, before: JsonObject, parsed: ParsedRequest) -> JsonObject:
        media_type = parsed.media_type.name if parsed.media_type is not None else ""
        patch: JsonValue
        if media_types.essence(media_type) == JSON_PATCH:
            patch = parsed.body
        elif parsed.media_type is not None:
            sent = next(iter(self._sent(parsed)), {})
            is_merge = media_types.essence(media_type) == MERGE_PATCH
            patch = {
                n: v for n, v in sent.items() if v is not None or is_merge or self._members.takes_null(n)
            }
        else:  # `POST /pet/{petId}?name=…&status=…`
            query = {name: item for (place, name), item in parsed.parameters.items() if place == "query"}
            patch = {name: item for name, item in query.items() if self._members.knows(name)}
        try:
            return as_object(patched(before, patch, media_type))
        except PatchError as error:
            reason = str(error)
            raise ProblemError("invalid_patch", reason=reason[:1].upper() + reason[1:]) from None

    def _fitting(self, before: JsonObject, after: JsonObject) -> JsonObject:
        """The item after an update, without the new values that make it invalid."""
        schema = next(iter(self._resource.schemas))
        if schema.is_valid(after, Direction.RESPONSE) or not schema.is_valid(before, Direction.RESPONSE):
            return after
        found = before
        for name, item in after.items():
            if schema.is_valid(better := found | {name: item}, Direction.RESPONSE):
                found = better
        return found

    def _check_valid(self, before: JsonObject, after: JsonObject) -> None:
        """Raises ProblemError if a patch made a valid item invalid."""
        for schema in self._resource.schemas[:1]:
            if schema.is_valid(after, Direction.RESPONSE) or not schema.is_valid(before, Direction.RESPONSE):
                continue
            found = schema.violations(after, Direction.RESPONSE)[0]
            where = f" at {found.pointer}" if found.pointer else ""
            reason = f"The patched item is invalid{where}: {found.message}"
            raise ProblemError("invalid_patch", reason=reason)

    def _act(self, write: _Write) -> Written:
        """An action on an item: members of the body that the item has, and a status named like the action."""
        item_id = self._item_id(write)
        before = self._existing(write, item_id)
        sent = {name: item for name, item in as_object(write.parsed.body).items() if name in before}
        changed = {name: item for name, item in sent.items() if self._members.of(name).is_settable}
        after = as_object(merged(before, {**changed, **self._state_after(before)}, null_removes=False))
        schemas = self._resource.schemas
        if after == before or not all(schema.is_valid(after, Direction.RESPONSE) for schema in schemas[:1]):
            return Written(item_id, write.parents, before)
        write.world.transaction.next(_CHANGES)
        return self._stored(write, item_id, after)

    def _state_after(self, before: JsonObject) -> JsonObject:
        """The status after an action, such as `cancelled` after `POST /orders/{id}/cancel`."""
        verb = words_of(self._use.operation.path.rstrip("/").rpartition("/")[2])[:1]
        stem = verb[0].rstrip("e") if verb else ""
        for name in _STATES if len(stem) > 2 else ():
            for state in self._members.choices(name) if name in before else ():
                if isinstance(state, str) and state.lower().startswith(stem):
                    return {name: state}
        return {}

    def _delete(self, write: _Write) -> Written:
        item_id = self._item_id(write)
        before = self._existing(write, item_id)
        is_known = write.world.was_created(self._resource, item_id, write.parents)
        is_generated = item_id in write.world.generated_ids(self._resource, write.parents)
        write.world.transaction.delete(
            self._collection(write), item_id, is_generated=is_generated, forget=is_known
        )
        return Written(item_id, write.parents, before)

    def _stored(self, write: _Write, item_id: str, value: JsonObject) -> Written:
        """Replace the value of an entity; one that no list has yet is in the lists from now on."""
        collection, transaction = self._collection(write), write.world.transaction
        is_listed = write.world.is_listed(self._resource, item_id, write.parents)
        if is_listed or transaction.entry(collection, item_id) is not None:
            transaction.update(collection, item_id, value)
        else:
            transaction.create(collection, item_id, value)
        return Written(item_id, write.parents, value)


def missing_problem(
    world: SessionWorld, operation: Operation, resource: Resource, item_id: str, parents: Parents
) -> ProblemError:
    """The problem for an entity that does not exist: 410 if it was deleted and the document has 410."""
    is_gone = any(response.status == "410" for response in operation.responses)
    is_gone = is_gone and world.was_deleted(resource, item_id, parents)
    return ProblemError("gone" if is_gone else "resource_not_found", resource=resource.name, id=item_id)
