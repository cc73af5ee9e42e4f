"""The role of each operation, by the shape of its path, its method and what its bodies have.

See `signoff.contract.resources` for the whole of the inference.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, cast, get_args

from signoff.contract import media_types
from signoff.contract.bundle import dereference
from signoff.contract.envelopes import Held, held_in
from signoff.contract.errors import DocumentError
from signoff.contract.json_value import as_object
from signoff.contract.names import singular
from signoff.contract.resource_ids import id_member
from signoff.contract.resource_model import Parent, Role, Use

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from signoff.contract.contract import Contract, MediaType, Operation
    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.schemas import Schema

EXTENSION = "x-resource"
PARAMETER = re.compile(r"\{([^{}]*)\}")
_AFTER_PATH = re.compile(r"[?#].*", re.DOTALL)
_CHANGES: dict[str, Role] = {"GET": "read", "PUT": "replace", "PATCH": "update", "DELETE": "delete"}
_WRITES = ("PUT", "PATCH")


@dataclass(slots=True)
class Draft:
    """A resource in the making; `path` is that of its collection."""

    path: str
    name: str
    item: str = ""
    parameter: str = ""
    member: str = ""
    uses: list[Use] = field(default_factory=list)

    def schemas(self) -> list[Schema]:
        """The schemas of its items; those of what reads one first."""
        order = ["read", "list", "replace", "update", "create"]
        if any(use.role == "read" and use.response is None for use in self.uses):
            order = ["list"]  # its items are not objects, whatever the other operations show
        shown = [
            use.response.schema
            for role in order
            for use in self.uses
            if use.role == role and use.response is not None
        ]
        return list({schema.pointer: schema for schema in shown}.values())

    def join(self, other: Draft) -> None:
        """Add the uses of a resource that `x-resource` names the same."""
        self.uses += other.uses
        self.member = other.member or self.member
        if not self.item:
            self.path, self.item, self.parameter = other.path, other.item, other.parameter


class _Placed(NamedTuple):
    """Where an operation belongs by its path."""

    collection: str
    item: str
    role: Role

    @property
    def parameter(self) -> str:
        last = self.item.rpartition("/")[2]
        return last[1:-1] if last.startswith("{") else ""


class Roles:
    """Gives the operations of a contract their roles.

    Raises DocumentError for an invalid `x-resource`.

    Attributes:
        paths: the path of each operation below the contract's base path, by its pointer.
        corrections: the `x-resource` of each operation over that of its path, by its pointer.
    """

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self.paths = {operation.pointer: _path_of(contract, operation) for operation in contract.operations}
        self.corrections = {each.pointer: self._correction(each) for each in contract.operations}
        self._at: dict[str, dict[str, Operation]] = {}
        for operation in contract.operations:
            self._at.setdefault(shape_of(self.paths[operation.pointer]), {})[operation.method] = operation
        known = dict.fromkeys(self.paths.values())
        prefixes = [prefix for path in known for prefix in _item_prefixes(path)]
        self._items = {shape_of(prefix): prefix for prefix in sorted(prefixes, key=known.__contains__)}
        self._shown: dict[str, Held | None] = {}

    def drafts(self) -> list[Draft]:
        """The resources by path, then with the operations that show or take the same items elsewhere."""
        found: dict[str, Draft] = {}
        rest = []
        for operation in self._contract.operations:
            correction = self.corrections[operation.pointer]
            placed = self._placed(operation)
            if placed is None and correction:
                placed = _Placed(self.paths[operation.pointer], "", "action")
            if correction.get("name") is False:
                continue
            if placed is None:
                rest.append(operation)
            else:
                self._add(found, operation, placed, correction)
        _join_named(found)
        owners: dict[str, Draft] = {}
        for draft in sorted(found.values(), key=lambda draft: draft.path.count("{")):
            for schema in draft.schemas():
                if draft.item and "properties" in schema.view.outline:
                    owners.setdefault(schema.pointer, draft)
        for operation in rest:
            self._join(operation, owners)
        return list(_without_twins(found.values(), owners))

    def shown(self, operation: Operation) -> Held | None:
        """What of a resource the first success of an operation has."""
        if operation.pointer not in self._shown:
            name = name_of(self.paths[operation.pointer])
            self._shown[operation.pointer] = _held(_success(operation), name)
        return self._shown[operation.pointer]

    def _add(
        self, found: dict[str, Draft], operation: Operation, placed: _Placed, correction: JsonObject
    ) -> None:
        name = str(correction.get("name") or name_of(placed.collection or placed.item))
        key = f"={name}" if correction.get("name") else shape_of(placed.collection or placed.item)
        draft = found.setdefault(key, Draft(placed.collection, name))
        parameter = str(correction.get("parameter") or placed.parameter)
        if placed.item and not draft.item:
            draft.item, draft.parameter = placed.item, parameter
        draft.member = str(correction.get("id") or draft.member)
        role = cast("Role", correction.get("role") or placed.role)
        is_above = placed.collection and role in ("list", "create") and "parameter" not in correction
        here = placed.item == self.paths[operation.pointer]
        draft.uses.append(self._use(operation, role, "" if is_above and not here else parameter, name))

    def _use(self, operation: Operation, role: Role, parameter: str, name: str) -> Use:
        path = self.paths[operation.pointer]
        before = path.partition(f"{{{parameter}}}")[0] if parameter else path
        body = operation.request_body
        return Use(
            operation,
            role,
            parameter,
            tuple(Parent(each) for each in PARAMETER.findall(before)),
            self.shown(operation),
            _held(body.content, name) if body else None,
            is_stated="role" in self.corrections[operation.pointer],
        )

    def _placed(self, operation: Operation) -> _Placed | None:
        path = self.paths[operation.pointer]
        if self._is_item(shape_of(path)):
            return _Placed(path.rpartition("/")[0], path, _role_on_item(operation))
        if self._is_collection(path):
            return self._on_collection(operation, path)
        above = path.rpartition("/")[0]
        if operation.method == "POST" and self._is_item(shape_of(above)) and not self._lists_others(path):
            return _Placed(above.rpartition("/")[0], above, "action")
        if self._is_single(path) and operation.method in _CHANGES:
            return _Placed("", path, _CHANGES[operation.method])
        return None

    def _on_collection(self, operation: Operation, path: str) -> _Placed | None:
        item = self._items.get(f"{shape_of(path)}/{{}}", "")
        held = self.shown(operation)
        shows_list = held is not None and held.is_list
        if operation.method == "GET" and shows_list:
            return _Placed(path, item, "list")
        if operation.method == "POST":
            return _Placed(path, item, "action" if shows_list else "create")
        return None

    def _is_item(self, shape: str) -> bool:
        """Whether a shape is that of an item's path."""
        if shape not in self._items:
            return False
        here, above = self._at.get(shape, {}), self._at.get(shape.rpartition("/")[0], {})
        if "GET" in here:
            held = self.shown(here["GET"])
            return held is None or not held.is_list
        return bool(here) or "POST" in above or "GET" in above or not above

    def _is_collection(self, path: str) -> bool:
        """Whether items are below a path, its GET has a list, or its POST creates something with an id."""
        shape = shape_of(path)
        if self._is_item(f"{shape}/{{}}"):
            return True
        here = self._at.get(shape, {})
        listed = self.shown(here["GET"]) if "GET" in here else None
        if listed is not None and listed.is_list:
            return listed.schema.pointer not in self._read
        held = self.shown(here["POST"]) if "POST" in here else None
        if held is None or held.is_list or held.schema.pointer in self._read:
            return False
        is_created = any(response.status == "201" for response in here["POST"].responses)
        return is_created and bool(id_member(held.schema, "", name_of(path)))

    def _lists_others(self, path: str) -> bool:
        """Whether the GET of a path lists items that have a path elsewhere."""
        here = self._at.get(shape_of(path), {})
        held = self.shown(here["GET"]) if "GET" in here else None
        return held is not None and held.is_list and held.schema.pointer in self._read

    def _is_single(self, path: str) -> bool:
        """Whether one object without an id is read and written at a path, such as `/settings`."""
        here = self._at.get(shape_of(path), {})
        held = self.shown(here["GET"]) if "GET" in here else None
        is_written = not path.endswith("}") and any(
            held is not None and _shares_members(here[method], held.schema)
            for method in _WRITES
            if method in here
        )
        return is_written and held is not None and not held.is_list and held.schema.pointer not in self._read

    @cached_property
    def _read(self) -> set[str]:
        """The pointers of the schemas of what is read and written at item paths."""
        held = [
            self.shown(operation)
            for shape in self._items
            for method, operation in self._at.get(shape, {}).items()
            if method in ("GET", "POST", *_WRITES)
        ]
        return {
            each.schema.pointer
            for each in held
            if each is not None and not each.is_list and "properties" in each.schema.view.outline
        }

    def _join(self, operation: Operation, owners: dict[str, Draft]) -> None:
        """Give an operation to the resource whose items it shows or takes, if it does."""
        held = self.shown(operation)
        owner = owners.get(held.schema.pointer) if held is not None else None
        if held is None or owner is None:
            return
        body = operation.request_body
        sent = _held(body.content, owner.name) if body else None
        role: Role = "action"
        if operation.method == "GET":
            role = "list" if held.is_list else "read"
        elif operation.method in _WRITES and sent is not None and not sent.is_list:
            role = _CHANGES[operation.method]
        elif operation.method == "POST" and sent is not None:
            path = self.paths[operation.pointer]
            role = "create" if sent.schema.pointer in owners or self._lists_others(path) else "action"
        owner.uses.append(self._use(operation, role, "", owner.name))

    def _correction(self, operation: Operation) -> JsonObject:
        item = as_object(self._contract.document.get("paths")).get(operation.path)
        path_item = as_object(dereference(self._contract.document, item)[0])
        found: JsonObject = {}
        for owner in (path_item, operation.extensions):
            if EXTENSION in owner:
                found |= self._checked(owner[EXTENSION], operation)
        return found

    def _checked(self, value: JsonValue, operation: Operation) -> JsonObject:
        if value is False or (isinstance(value, str) and value):
            return {"name": value}
        names = ("name", "role", "id", "parameter")
        suggestion = f"Use a name, false, or an object of texts: {', '.join(names)}."
        fault = f"invalid {EXTENSION} of {operation.label}: {value!r}"
        if isinstance(value, dict) and value and all(isinstance(text, str) for text in value.values()):
            if not value.keys() <= set(names):
                fault = f"unknown fields in {EXTENSION} of {operation.label}: {', '.join(value)}"
            elif value.get("role", "list") not in get_args(Role):
                fault = f"invalid role in {EXTENSION} of {operation.label}: {value['role']!r}"
                suggestion = f"Use one of {', '.join(get_args(Role))}."
            else:
                return value
        raise DocumentError(fault, suggestion=suggestion, location=self._contract.locate(operation.pointer))


def _role_on_item(operation: Operation) -> Role:
    if operation.method != "POST":
        return _CHANGES.get(operation.method, "action")
    return "create" if any(response.status == "201" for response in operation.responses) else "update"


def _shares_members(operation: Operation, schema: Schema) -> bool:
    """Whether a request body has a member of some items."""
    sent = _held(operation.request_body.content, "") if operation.request_body else None
    return sent is not None and bool(sent.schema.view.properties.keys() & schema.view.properties.keys())


def _join_named(found: dict[str, Draft]) -> None:
    """Join what `x-resource` gives the name of another resource to that one."""
    for key, draft in list(found.items()):
        same = (other for other in found.values() if other.name == draft.name and other is not draft)
        if key.startswith("=") and (twin := next(same, None)) is not None:
            twin.join(found.pop(key))


def _without_twins(drafts: Iterable[Draft], owners: dict[str, Draft]) -> Iterator[Draft]:
    """The drafts, but `/owners/{ownerId}/pets` joined to `/pets/{petId}`.

    The same schema or, for a list of items that have no other path, the same name and ids say that they are
    the same pets.
    """
    drafts = list(drafts)
    flat = {
        singular(name_of(draft.path)): draft
        for draft in reversed(drafts)
        if draft.item and "{" not in draft.path and _has_ids(draft)
    }
    for draft in drafts:
        twin = _twin(draft, flat, owners) if "{" in draft.path else None
        if twin is not None and twin is not draft:
            twin.uses += draft.uses
        else:
            yield draft


def _twin(draft: Draft, flat: dict[str, Draft], owners: dict[str, Draft]) -> Draft | None:
    kind = singular(name_of(draft.path))
    same = [owners[schema.pointer] for schema in draft.schemas() if schema.pointer in owners]
    if same and "{" not in same[0].path and singular(name_of(same[0].path)).endswith(kind):
        return same[0]
    return flat.get(kind) if not draft.item and _has_ids(draft) else None


def _has_ids(draft: Draft) -> bool:
    return any(id_member(schema, draft.parameter, draft.name) for schema in draft.schemas())


def _success(operation: Operation) -> tuple[MediaType, ...]:
    """The media types of the first success that has a body."""
    responses = operation.responses
    good = [r for r in responses if r.status.startswith("2")] or [
        r for r in responses if r.status == "default"
    ]
    return next((response.content for response in good if response.content), ())


def _held(offers: Iterable[MediaType], name: str) -> Held | None:
    """What of a resource some media types have, JSON before others."""
    described = [offer for offer in offers if offer.schema is not None]
    described = [offer for offer in described if offer.name not in media_types.JSON_LINES]  # streams
    described.sort(key=lambda offer: not media_types.is_json(offer.name))
    schema = described[0].schema if described else None
    return held_in(schema, name) if schema is not None else None


def _path_of(contract: Contract, operation: Operation) -> str:
    path = operation.base_path.removeprefix(contract.base_path) + operation.path
    return _AFTER_PATH.sub("", path).rstrip("/")


def shape_of(path: str) -> str:
    """A path with its parameters unnamed: two paths of one shape are one path."""
    return PARAMETER.sub("{}", path)


def _item_prefixes(path: str) -> Iterator[str]:
    """The beginnings of a path that end in a parameter and have literal text before it."""
    parts = path.split("/")
    for index in range(2, len(parts)):
        is_after_text = any(part and "{" not in part for part in parts[:index])
        if PARAMETER.fullmatch(parts[index]) and is_after_text:
            yield "/".join(parts[: index + 1])


def name_of(path: str) -> str:
    """The name of a resource by the path of its collection: the last literal segment."""
    literals = [part for part in path.split("/") if part and "{" not in part]
    return literals[-1] if literals else "items"
