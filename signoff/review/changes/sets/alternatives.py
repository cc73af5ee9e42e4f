"""`anyOf` and `oneOf` as alternatives by kind, and the alternatives that say the same twice."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

from signoff.review.changes.sets.merging import merged
from signoff.review.changes.sets.parts import child, is_schema
from signoff.review.changes.sets.shape import Condition, Normal, Shape, canonical

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.review.changes.sets.parts import Conjunction, Part

_MOST_ALTERNATIVES = 64
Shapes = dict[str, tuple[Shape, ...]]


def groups(part: Part) -> Iterator[tuple[str, list[Part], bool]]:
    """The `anyOf` and `oneOf` of a schema with more than one member, and whether a discriminator is named."""
    if not isinstance(part.raw, dict):
        return
    for keyword in ("anyOf", "oneOf"):
        members = part.raw.get(keyword)
        if isinstance(members, list) and len(members) > 1:
            found = [child(part, keyword, i) for i, member in enumerate(members) if is_schema(member)]
            yield keyword, found, "discriminator" in part.raw


def product(
    shapes: Shapes, keyword: str, members: list[Part], normals: list[Normal], *, told_apart: bool
) -> Shapes:
    """The alternatives of a schema, each joined with each alternative of one of its groups."""
    found: Shapes = {}
    for kind, known in shapes.items():
        offered = [
            replace(shape, label=_label(member) or shape.label)
            for member, normal in zip(members, normals, strict=True)
            for shape in normal.shapes.get(kind, ())
        ]
        if not offered:
            continue
        condition = None
        if keyword == "oneOf" and not told_apart and overlap(kind, normals):
            schemas: dict[str, Conjunction] = {str(i): (member,) for i, member in enumerate(members)}
            condition = Condition("oneOf", "", schemas, members[0].pointer.rpartition("/")[0])
        if len(known) * len(offered) > _MOST_ALTERNATIVES:
            offered = offered[: max(1, _MOST_ALTERNATIVES // len(known))]
        joined = [merged(shape, other) for shape in known for other in offered]
        found[kind] = tuple(
            replace(shape, conditions=(*shape.conditions, condition)) if condition else shape
            for shape in joined
        )
    return found


def _label(member: Part) -> str:
    """What tells a branch from its siblings."""
    raw = member.raw
    if not isinstance(raw, dict):
        return ""
    return str(raw["$ref"]) if "$ref" in raw else str(raw.get("title", ""))


def overlap(kind: str, normals: list[Normal]) -> bool:
    """Whether a value of a kind may satisfy two branches, as far as can be told."""
    holders = [normal.shapes[kind] for normal in normals if kind in normal.shapes]
    return any(
        not disjoint(one, other)
        for first, second in combinations(holders, 2)
        for one in first
        for other in second
    )


def disjoint(one: Shape, other: Shape) -> bool:
    """Whether it is plain that no value satisfies both."""
    if one.values is not None and other.values is not None:
        return not {canonical(v) for v in one.values} & {canonical(v) for v in other.values}
    lows = [shape.facets.get("minimum") for shape in (one, other)]
    highs = [shape.facets.get("maximum") for shape in (other, one)]
    if any(low and high and low.value[0] > high.value[0] for low, high in zip(lows, highs, strict=True)):
        return True
    shared = set(one.required) & set(other.required)
    return any(_told_apart_by(one, other, name) for name in shared)


def _told_apart_by(one: Shape, other: Shape, name: str) -> bool:
    """Whether a property that both require has values in one that it cannot have in the other."""
    listed = [_listed(shape.properties.get(name, ())) for shape in (one, other)]
    return None not in listed and not set.intersection(*(values for values in listed if values is not None))


def _listed(schema: Conjunction) -> set[str] | None:
    for part in schema:
        if isinstance(part.raw, dict):
            if "const" in part.raw:
                return {canonical(part.raw["const"])}
            options = part.raw.get("enum")
            if isinstance(options, list):
                return {canonical(option) for option in options}
    return None


def simplified(shapes: list[Shape]) -> list[Shape]:
    """The alternatives of one kind without those that others cover, and all lists of values in one."""
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
