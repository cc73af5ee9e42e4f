"""The ids of resources: which member of an item is its id, and which members have ids of others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.contract.envelopes import members_of, settled
from signoff.contract.json_value import as_object
from signoff.contract.names import singular, words_of
from signoff.contract.resource_model import Reference
from signoff.contract.schema_view import Part

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from signoff.contract.resource_model import Resource
    from signoff.contract.schemas import Schema, SchemaSet

_USUAL = ("id", "uuid", "guid", "gid", "pk")
_LESS_USUAL = ("slug", "key", "code")
_SCALARS = {"string", "integer", "number"}
_ID_WORDS = ("id", "uuid", "guid", "ids", "uuids", "key", "slug", "code", "number")


def id_member(schema: Schema, parameter: str, name: str) -> str:
    """The member of an item that is its id; empty if it has none.

    Args:
        schema: the schema of the item.
        parameter: the path parameter that has the id; empty without one.
        name: the name of the resource.
    """
    members = dict(members_of(schema.schemas, Part(schema.raw, schema.pointer)))
    while found := id_among(members, parameter, name):
        if schema.schemas.view(members.pop(found).raw).kinds & _SCALARS:
            break  # an object, such as the `owner` of `/subscriptions/{owner}`, is not an id
    return found


def id_among(names: Iterable[str], parameter: str, name: str) -> str:
    """The one of some members that is the id, as for `id_member`."""
    members = {folded(key): key for key in reversed(list(names))}
    kind, own = singular(name), folded(parameter)
    wanted = [own]
    if own == kind or not own or own.endswith(("id", "guid")):  # `/pets/{pet}`, `/pets/{petId}`
        wanted += [*(folded(usual) for usual in _USUAL), f"{kind}id", f"{kind}uuid"]
    if own == kind or not own:
        wanted += _LESS_USUAL
    else:  # `/pets/{petName}` of `name`, `/pets/{name}` of `petName`
        last = "".join(words_of(parameter)[-1:])
        wanted += [last, f"{kind}{last}"]
    return next((members[key] for key in wanted if key and key in members), "")


def references_of(
    resource: Resource, by_kind: Mapping[str, Resource], by_schema: Mapping[str, Resource]
) -> Iterator[Reference]:
    """The members of a resource's items that refer to other items.

    Args:
        resource: the resource.
        by_kind: all resources by the singular of their name.
        by_schema: all resources by the pointers of their schemas.
    """
    seen = {resource.id_member}
    for schema in resource.schemas:
        for name, part in members_of(schema.schemas, Part(schema.raw, schema.pointer)).items():
            if name not in seen:
                seen.add(name)
                found = _reference(schema.schemas, name, part, by_kind, by_schema)
                if found is not None:
                    yield found


def _reference(
    schemas: SchemaSet,
    name: str,
    part: Part,
    by_kind: Mapping[str, Resource],
    by_schema: Mapping[str, Resource],
) -> Reference | None:
    end = settled(schemas, part)
    is_list = "array" in schemas.view(end.raw).kinds
    if is_list and (items := end.children("items")):
        end = settled(schemas, items[0])
    words = words_of(name)
    if len(words) > 1 and words[-1] in _ID_WORDS and "object" not in schemas.view(end.raw).kinds:
        endings = (singular("_".join(words[start:-1])) for start in range(len(words) - 1))
        target = next((by_kind[kind] for kind in endings if kind in by_kind), None)
        if target is None or target.is_single:
            return None
        return Reference(name, target.name, is_embedded=False, is_list=is_list, stem="".join(words[:-1]))
    target = by_schema.get(end.pointer) or by_kind.get(singular(name))
    if target is None or target.is_single or not target.id_member:
        return None
    if target.id_member not in as_object(schemas.view(end.raw).outline.get("properties")):
        return None
    schemas.add(end.pointer, end.raw)
    return Reference(name, target.name, is_embedded=True, is_list=is_list, stem=singular(name))


def folded(name: str) -> str:
    """A name without the difference between `petId`, `pet_id` and `PetID`."""
    return "".join(words_of(name))
