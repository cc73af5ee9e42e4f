"""Two alternatives that hold together, as one (`allOf`, and a schema beside its `anyOf`)."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import jsonschema_rs

from signoff.review.changes.sets import facets
from signoff.review.changes.sets.parts import joined, refuses_all
from signoff.review.changes.sets.shape import Facet, Shape, canonical

if TYPE_CHECKING:
    from signoff.contract.json_value import JsonValue
    from signoff.review.changes.sets.parts import Conjunction


def merged(one: Shape, other: Shape) -> Shape:
    """The values that satisfy both; the kinds are the same."""
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
        contains=(*one.contains, *other.contains),
        conditions=(
            *one.conditions,
            *(condition for condition in other.conditions if condition not in one.conditions),
        ),
        label=one.label or other.label,
        is_open=one.is_open or other.is_open,
    )


def of_property(shape: Shape, name: str) -> Conjunction:
    """What holds for the value of a property of that name."""
    matching = [schema for regex, schema in shape.patterns.items() if matches(regex, name)]
    if name in shape.properties:
        return joined(shape.properties[name], *matching)
    return joined(*matching) if matching else shape.additional


def _of_pattern(shape: Shape, regex: str) -> Conjunction:
    return shape.patterns.get(regex, shape.additional)


@lru_cache(maxsize=4096)
def matches(regex: str, name: str) -> bool:
    """Whether a property's name falls under one of `patternProperties`."""
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
    """The shape without what goes without saying; None where no value can satisfy it."""
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
        return tidied_items(replace(shape, items=(), facets=facets.joined(bounds, closed)))
    return tidied_items(shape)


def tidied_items(shape: Shape) -> Shape:
    """Without the bounds on `contains` that say nothing, and without unique items where there is one."""
    bounds = dict(shape.facets)
    if "uniqueItems" in bounds and "maxItems" in bounds and bounds["maxItems"].value <= 1:
        del bounds["uniqueItems"]
    contains = tuple(entry for entry in shape.contains if entry.least > 0 or entry.most is not None)
    return replace(shape, facets=bounds, contains=contains)
