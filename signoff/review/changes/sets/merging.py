"""Merges shapes that all apply (`allOf`) and combines alternatives (`anyOf`, `oneOf`)."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING

import jsonschema_rs

from signoff.contract.json_value import as_list, as_object
from signoff.contract.pointer import from_ref
from signoff.review.changes.sets import facets
from signoff.review.changes.sets.parts import child, is_schema, joined, refuses_all
from signoff.review.changes.sets.shape import Condition, Facet, Normal, Shape, canonical, listed_values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from signoff.contract.json_value import JsonValue
    from signoff.review.changes.sets.parts import Conjunction, Part

_MOST_ALTERNATIVES = 128
_MOST_IN_A_GROUP = 1000
Shapes = dict[str, tuple[Shape, ...]]


def merged(one: Shape, other: Shape) -> Shape:
    """The intersection of two shapes of the same kind."""
    names = dict.fromkeys([*one.properties, *other.properties])
    patterns = dict.fromkeys([*one.patterns, *other.patterns])
    longer, shorter = sorted((one.prefix, other.prefix), key=len, reverse=True)
    rest = one.items if shorter is one.prefix else other.items
    prefix = tuple(
        joined(part, shorter[index] if index < len(shorter) else rest) for index, part in enumerate(longer)
    )
    return replace(
        one,
        values=_common(one.values, other.values),
        values_at=one.values_at or other.values_at,
        facets=facets.joined(one.facets, other.facets),
        properties={name: joined(of_property(one, name), of_property(other, name)) for name in names},
        required={**other.required, **one.required},
        patterns={regex: joined(_of_pattern(one, regex), _of_pattern(other, regex)) for regex in patterns},
        additional=joined(one.additional, other.additional),
        names=joined(one.names, other.names),
        prefix=prefix,
        items=joined(one.items, other.items),
        conditions=(
            *one.conditions,
            *(condition for condition in other.conditions if condition not in one.conditions),
        ),
        label=one.label or other.label,
        is_tagged=one.is_tagged or other.is_tagged,
        is_open=one.is_open or other.is_open,
    )


def of_property(shape: Shape, name: str) -> Conjunction:
    """The schemas that apply to a property."""
    matching = [schema for regex, schema in shape.patterns.items() if matches(regex, name)]
    if name in shape.properties:
        return joined(shape.properties[name], *matching)
    return joined(*matching) if matching else shape.additional


def _of_pattern(shape: Shape, regex: str) -> Conjunction:
    return shape.patterns.get(regex, shape.additional)


@lru_cache(maxsize=4096)
def matches(regex: str, name: str) -> bool:
    """Whether a property's name matches a pattern of `patternProperties`."""
    try:
        return jsonschema_rs.is_valid({"pattern": regex}, name)
    except (jsonschema_rs.ValidationError, ValueError):
        return False


def _common(
    one: tuple[JsonValue, ...] | None, other: tuple[JsonValue, ...] | None
) -> tuple[JsonValue, ...] | None:
    if one is None or other is None:
        return other if one is None else one
    known = {canonical(value) for value in other}
    return tuple(value for value in one if canonical(value) in known)


def tidied(shape: Shape) -> Shape | None:
    """The shape without redundant constraints; None if no value can match."""
    if shape.values is not None and shape.kind not in ("array", "object"):
        values = tuple(value for value in shape.values if facets.takes(shape.facets, value))
        return replace(shape, values=values, facets={}) if values else None
    if shape.values is not None and not shape.values:
        return None
    if shape.kind == "object":
        return _tidied_object(shape)
    if shape.kind == "array":
        return _tidied_array(shape)
    low, high = (shape.facets.get(name) for name in ("minimum", "maximum"))
    if low and high and (low.value[0] > high.value[0]):
        return None
    return shape


def _tidied_object(shape: Shape) -> Shape | None:
    if any(refuses_all(shape.properties.get(name, ())) for name in shape.required):
        return None
    is_closed = refuses_all(shape.additional)
    properties = {
        name: schema for name, schema in shape.properties.items() if not (is_closed and refuses_all(schema))
    }
    bounds = dict(shape.facets)
    if (least := bounds.get("minProperties")) and least.value <= len(shape.required):
        del bounds["minProperties"]
    most = bounds.get("maxProperties")
    if most and is_closed and not shape.patterns and most.value >= len(properties):
        del bounds["maxProperties"]
    dependent = bounds.pop("dependentRequired", None)
    pairs = frozenset(
        pair for pair in (dependent.value if dependent else ()) if pair[1] not in shape.required
    )
    if dependent and pairs:
        bounds["dependentRequired"] = Facet(pairs, dependent.pointer)
    return replace(shape, properties=properties, facets=bounds)


def _tidied_array(shape: Shape) -> Shape:
    bounds = dict(shape.facets)
    if refuses_all(shape.items):
        closed = {"maxItems": Facet(len(shape.prefix), shape.items[0].pointer)}
        shape = replace(shape, items=())
        bounds = facets.joined(bounds, closed)
    if "uniqueItems" in bounds and "maxItems" in bounds and bounds["maxItems"].value <= 1:
        del bounds["uniqueItems"]
    return replace(shape, facets=bounds)


@dataclass(frozen=True, slots=True)
class Branch:
    """A group of alternatives; `is_distinguished` if it has a discriminator."""

    keyword: str
    members: list[Part]
    schemas: list[Conjunction]
    is_distinguished: bool


def groups(part: Part) -> Iterator[tuple[str, list[Part], bool]]:
    """The `anyOf` and `oneOf` of a schema with more than one alternative."""
    if not isinstance(part.raw, dict):
        return
    for keyword in ("anyOf", "oneOf"):
        members = part.raw.get(keyword)
        if isinstance(members, list) and len(members) > 1:
            found = [child(part, keyword, i) for i, member in enumerate(members) if is_schema(member)]
            yield keyword, found, "discriminator" in part.raw


def product(shapes: Shapes, branch: Branch, normals: list[Normal], named: Callable[[str], str]) -> Shapes:
    """The product of the alternatives of a schema and of one of its groups.

    If the product has too many alternatives, the group becomes a condition instead.

    Args:
        shapes: the alternatives so far.
        branch: the group.
        normals: the normal forms of its members.
        named: from a pointer into the document to a name that is the same in all revisions.
    """
    found: Shapes = {}
    schemas = {str(i): schema for i, schema in enumerate(branch.schemas)}
    is_family = branch.keyword == "children"
    labels = tuple(named(member.pointer) if is_family else _label(member, named) for member in branch.members)
    pointer = branch.members[0].pointer.rpartition("/")[0]
    for kind, known in shapes.items():
        offered = distinct(
            _named(shape, label, is_tagged=branch.is_distinguished)
            for label, normal in zip(labels, normals, strict=True)
            for shape in normal.shapes.get(kind, ())
        )
        if not offered:
            continue
        conditions: tuple[Condition, ...] = ()
        if len(known) * len(offered) > (_MOST_ALTERNATIVES if len(known) > 1 else _MOST_IN_A_GROUP):
            conditions = (Condition("group", branch.keyword, schemas, pointer, labels),)
            offered = [Shape(kind, pointer)]
        elif branch.keyword == "oneOf" and not branch.is_distinguished and overlap(kind, normals):
            conditions = (Condition("oneOf", "", schemas, pointer),)
        joined = distinct(merged(shape, other) for shape in known for other in offered)
        found[kind] = tuple(
            replace(shape, conditions=(*shape.conditions, *conditions)) if conditions else shape
            for shape in joined
        )
    return found


def _named(shape: Shape, label: str, *, is_tagged: bool) -> Shape:
    """The shape with the name of its innermost alternative."""
    if shape.label or not (label or is_tagged):
        return shape
    return replace(shape, label=label, is_tagged=is_tagged)


def distinct(shapes: Iterable[Shape]) -> list[Shape]:
    """The shapes without duplicates. An alternative can be reached by several paths."""
    found: dict[tuple[str, str], list[Shape]] = {}
    for shape in shapes:
        alike = found.setdefault((shape.label, shape.pointer), [])
        if shape not in alike:
            alike.append(shape)
    return [shape for alike in found.values() for shape in alike]


def _label(member: Part, named: Callable[[str], str]) -> str:
    """What identifies a branch among its siblings: its component, title or discriminator value."""
    raw = member.raw
    if not isinstance(raw, dict):
        return ""
    if "$ref" in raw:
        return named(from_ref(ref)) if (ref := str(raw["$ref"])).startswith("#/") else ref
    if "title" in raw:
        return str(raw["title"])
    required, properties = as_list(raw.get("required")), as_object(raw.get("properties"))
    tags = (listed_values(as_object(properties.get(str(name))))[0] or [] for name in required)
    return next((str(values[0]) for values in tags if len(values) == 1), "")


def overlap(kind: str, normals: list[Normal]) -> bool:
    """Whether a value of a kind may match two branches."""
    holders = [normal.shapes[kind] for normal in normals if kind in normal.shapes]
    pairs = (pair for first, second in combinations(holders, 2) for pair in itertools.product(first, second))
    return not all(disjoint(one, other) for one, other in pairs)


def disjoint(one: Shape, other: Shape) -> bool:
    """Whether it is certain that no value matches both."""
    if one.is_tagged and other.is_tagged and one.label != other.label:
        return True
    if one.values is not None and other.values is not None:
        return not {canonical(v) for v in one.values} & {canonical(v) for v in other.values}
    lows = [shape.facets.get("minimum") for shape in (one, other)]
    highs = [shape.facets.get("maximum") for shape in (other, one)]
    if any(low and high and low.value[0] > high.value[0] for low, high in zip(lows, highs, strict=True)):
        return True
    shared = set(one.required) & set(other.required)
    return any(_is_distinguished_by(one, other, name) for name in shared)


def _is_distinguished_by(one: Shape, other: Shape, name: str) -> bool:
    """Whether a property that both require has disjoint enums."""
    listed = [_listed(shape.properties.get(name, ())) for shape in (one, other)]
    return None not in listed and not set.intersection(*(values for values in listed if values is not None))


def _listed(schema: Conjunction) -> set[str] | None:
    for part in schema:
        values = listed_values(part.raw)[0] if isinstance(part.raw, dict) else None
        if values is not None:
            return {canonical(value) for value in values}
    return None


def simplified(shapes: list[Shape]) -> list[Shape]:
    """The alternatives of one kind without redundant ones, and with all enums merged."""
    if len(shapes) < 2:
        return shapes
    free = [shape for shape in shapes if shape.is_free]
    if free:
        return free[:1]
    listed = [shape for shape in shapes if shape.values is not None and not shape.conditions]
    others = [shape for shape in shapes if shape not in listed]
    if shapes[0].kind in ("array", "object") or not listed:
        return shapes
    values = {canonical(value): value for shape in listed for value in shape.values or ()}
    return [replace(listed[0], values=tuple(values.values())), *others]
