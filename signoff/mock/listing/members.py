"""The members of a list's items by the words of their names, for filters and for sorting."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from signoff.contract.envelopes import is_object, members_of, settled
from signoff.contract.json_value import as_object
from signoff.contract.names import singular, words_of
from signoff.contract.schema_view import Part

if TYPE_CHECKING:
    from signoff.contract import Schema
    from signoff.contract.json_value import JsonValue
    from signoff.contract.resources import Resource

MemberPath: TypeAlias = "tuple[str, ...]"

# What stands for an object where a filter names the object itself, as `category=toys`.
_LABELS = ("id", "name", "slug", "key", "code", "title", "username", "uuid")
_ENDS = ("", "at", "on", "date", "time")
_MOMENTS = ("date", "timestamp", "createdat", "created", "createdon", "datecreated", "time", "startdate")


class Members:
    """The members of the items of a list: those of the items, and of the objects in them.

    Args:
        resource: the resource of the items.
        schema: the schema of an item; None if nothing can ask for members.

    Attributes:
        embedded: the members that are items of other resources.
    """

    def __init__(self, resource: Resource, schema: Schema | None) -> None:
        self._paths: dict[str, MemberPath] = {}
        self._singular: dict[str, MemberPath] = {}
        self._ordered: set[MemberPath] = set()
        self.embedded = {each.member for each in resource.references if each.is_embedded}
        if schema is None:
            return
        schemas = schema.schemas
        for each in (schema, *resource.schemas):
            for name, part in members_of(schemas, Part(each.raw, each.pointer)).items():
                end = settled(schemas, part)
                self._add((name,), schema, end)
                if is_object(schemas, end):
                    for inner, inner_part in members_of(schemas, end).items():
                        self._add((name, inner), schema, settled(schemas, inner_part))
        for reference in resource.references:
            self._paths.setdefault(reference.stem, (reference.member,))
            self._singular.setdefault(reference.stem, (reference.member,))

    def _add(self, path: MemberPath, schema: Schema, end: Part) -> None:
        folded = "".join(word for name in path for word in words_of(name))
        self._paths.setdefault(folded, path)
        self._singular.setdefault(singular("_".join(path)), path)
        view = schema.schemas.view(end.raw)
        items = as_object(view.flat.get("items"))
        form = str(view.flat.get("format") or schema.schemas.view(items).flat.get("format") or "")
        if view.kinds & {"integer", "number"} or form.startswith("date"):
            self._ordered.add(self._paths[folded])

    def find(self, words: tuple[str, ...]) -> MemberPath | None:
        """The member with a name of these words, in the singular or plural."""
        name = "".join(words)
        return self._paths.get(name) or self._singular.get(singular("_".join(words))) if name else None

    def find_ordered(self, words: tuple[str, ...]) -> MemberPath | None:
        """The number or moment with a name of these words: `created` is `created_at` as well."""
        names = [words + ((end,) if end else ()) for end in _ENDS] if words else []
        if words in ((), ("date",), ("time",)):
            names += [(name,) for name in _MOMENTS]
        if len(words) > 1 and words[-1] in _ENDS:
            names += [words[:-1] + ((end,) if end else ()) for end in _ENDS]
        found = (self.find(name) for name in names)
        return next((path for path in found if path in self._ordered), None)


def values_at(item: JsonValue, path: MemberPath) -> list[JsonValue]:
    """The values of a member: the items of a list, the labels of an object."""
    value = item
    for name in path:
        if isinstance(value, list):
            value = [as_object(each).get(name) for each in value]
        else:
            value = as_object(value).get(name)
    found = value if isinstance(value, list) else [value]
    return [each for inner in found for each in _plain(inner)]


def _plain(value: JsonValue) -> list[JsonValue]:
    if isinstance(value, dict):
        return [value[name] for name in _LABELS if name in value]
    return [] if value is None or isinstance(value, list) else [value]
