"""Where a body has the items of a list, or one item: `[…]`, `{"data": […]}`, `{"pet": {…}}`.

An object is an envelope if what it holds is a list of objects (or, for one item, an object) under a name of
the field (`data`, `items`, `results`) or of the resource, and it has no id of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from signoff.contract.json_value import as_object
from signoff.contract.names import singular, words_of
from signoff.contract.pointer import escape
from signoff.contract.schema_view import ALTERNATIVES, Part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.schemas import Schema, SchemaSet

_LISTS = {
    *("data", "item", "result", "value", "record", "entry", "row", "list", "doc", "document", "hit"),
    *("element", "object", "content", "collection", "member", "node", "resource", "embedded", "page"),
}
_ITEMS = {"data", "item", "result", "attributes", "payload", "record", "object", "resource"}
_OUTER = {"data", "embedded", "result", "response", "page", "payload"}
_ABOUT_LISTS = {
    *(
        "total",
        "count",
        "meta",
        "metadata",
        "pagination",
        "paging",
        "page",
        "next",
        "previous",
        "prev",
        "link",
    ),
    *("cursor", "hasmore", "hasnext", "limit", "offset", "size", "first", "last", "object", "number"),
    *("empty", "numberofelements", "sort", "pageable", "kind", "etag", "success", "took"),
}
_IDS = {"id", "uuid", "guid", "gid", "key", "slug"}
_MOST_OTHERS = 2
_DEEPEST = 2


@dataclass(frozen=True, slots=True)
class Held:
    """What of a resource a body has.

    Attributes:
        path: the member names that lead to it, from the outside; empty for the whole body.
        schema: the schema of an item.
        is_list: whether a list of items is there.
    """

    path: tuple[str, ...]
    schema: Schema
    is_list: bool


def held_in(schema: Schema, name: str) -> Held | None:
    """The items of a list, or the item, that a body of this schema has; None for other bodies.

    Args:
        schema: the schema of the body.
        name: what the resource may be called.
    """
    return _found(schema.schemas, Part(schema.raw, schema.pointer), singular(name), ())


def within(value: JsonValue, path: tuple[str, ...]) -> JsonValue:
    """The part of a body that some member names lead to."""
    for name in path:
        value = as_object(value).get(name)
    return value


def item_in(value: JsonValue, schema: Schema | None, name: str) -> JsonObject | None:
    """The item that a body of a schema has, or the body without an envelope; None if it is not an object."""
    held = held_in(schema, name) if schema is not None else None
    item = within(value, held.path) if held is not None and not held.is_list else value
    found = item if isinstance(item, dict) else value
    return found if isinstance(found, dict) else None


def list_in(value: JsonValue) -> list[JsonValue] | None:
    """The list that a body is, or that an object without an id wraps; None for other bodies."""
    if isinstance(value, list):
        return value
    members = as_object(value)
    lists = [
        part for part in members.values() if isinstance(part, list) and part and isinstance(part[0], dict)
    ]
    has_id = any(name.lower() in ("id", "uuid") for name in members)
    return lists[0] if len(lists) == 1 and not has_id else None


def objects_in(value: JsonValue, name: str) -> Iterator[JsonObject]:
    """What may be the first item of a body, whatever its schema: an object, then what it wraps.

    Args:
        value: the body.
        name: what the resource may be called.
    """
    listed = list_in(value)
    item = value if listed is None else next((each for each in listed if isinstance(each, dict)), None)
    if isinstance(item, dict):
        yield item
        wrapped = {key: part for key, part in item.items() if isinstance(part, dict)}
        names = {*_ITEMS, singular(name)}
        found = [part for key, part in wrapped.items() if len(item) == 1 or singular(key) in names]
        yield from found if len(found) == 1 else ()


def members_of(schemas: SchemaSet, part: Part) -> dict[str, Part]:
    """The members of an object with their schemas, from all its parts and alternatives."""
    found: dict[str, Part] = {}
    for each in schemas.references.walk(part, ("allOf", *ALTERNATIVES)):
        properties = each.schema.get("properties")
        for name, raw in properties.items() if isinstance(properties, dict) else ():
            found.setdefault(name, Part(raw, f"{each.pointer}/properties/{escape(name)}"))
    return found


def settled(schemas: SchemaSet, part: Part) -> Part:
    """The schema that one refers to in the end: past `$ref`, a lone `allOf` and `oneOf: [it, null]`."""
    for _ in range(12):
        for found in schemas.references.walk(part, ()):
            part = found
        options = [
            child
            for keyword in ("allOf", *ALTERNATIVES)
            for child in part.children(keyword)
            if child.schema.get("type") != "null"
        ]
        if len(options) != 1 or "properties" in part.schema:
            break
        part = options[0]
    return part


def schema_of(schemas: SchemaSet, part: Part) -> Schema:
    """A schema that validates values, for a part of the document."""
    return schemas.add(part.pointer, part.raw)


def items_of(schemas: SchemaSet, part: Part) -> Part | None:
    """The schema of a list's items, if they may be objects; None for other schemas."""
    for each in schemas.references.walk(part, ("allOf", *ALTERNATIVES)):
        for child in each.children("items"):
            item = settled(schemas, child)
            if is_object(schemas, item):
                return item
    return None


def is_object(schemas: SchemaSet, part: Part) -> bool:
    """Whether a schema describes an object."""
    view = schemas.view(part.raw)
    return "object" in view.kinds or (not view.kinds and bool(view.properties))


def _found(schemas: SchemaSet, part: Part, name: str, path: tuple[str, ...]) -> Held | None:
    if (item := items_of(schemas, part)) is not None:
        return Held(path, schema_of(schemas, item), is_list=True)
    part = settled(schemas, part)
    if not is_object(schemas, part):
        return None
    members = members_of(schemas, part)
    names = {key: singular(key) for key in members}
    inner = None
    if len(path) < _DEEPEST and not {*_IDS, f"{name}id", f"{name}uuid"} & set(names.values()):
        inner = next(_wrapped(schemas, members, names, name, path), None)
    return inner or Held(path, schema_of(schemas, part), is_list=False)


def _wrapped(
    schemas: SchemaSet, members: dict[str, Part], names: dict[str, str], name: str, path: tuple[str, ...]
) -> Iterator[Held]:
    """What an object without an id of its own wraps, likeliest first."""
    lists = {key: item for key, part in members.items() if (item := items_of(schemas, part)) is not None}
    others = [key for key in members if key not in lists and not _is_about_lists(key)]
    is_meant = len(lists) == 1 and not others
    for wanted in ({name}, _LISTS) if len(others) <= _MOST_OTHERS or is_meant else ():
        for key, item in lists.items():
            if names[key] in wanted or is_meant:
                yield Held((*path, key), schema_of(schemas, item), is_list=True)
    objects = {key: settled(schemas, part) for key, part in members.items() if key not in lists}
    objects = {key: part for key, part in objects.items() if is_object(schemas, part)}
    for key, part in objects.items():
        found = _found(schemas, part, name, (*path, key))
        is_item = names[key] == name or (names[key] in _ITEMS and not lists)
        if found is not None and (
            names[key] in (*_OUTER, name) if found.is_list else is_item and len(objects) <= 3
        ):
            yield found


def _is_about_lists(key: str) -> bool:
    """Whether a member says something about a list: its length, its page, its links."""
    name = "".join(words_of(key))
    signs = ("total", "count", "page", "cursor", "next", "prev", "more", "token")
    return name in _ABOUT_LISTS or any(sign in name for sign in signs)
