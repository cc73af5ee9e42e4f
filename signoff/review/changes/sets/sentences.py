"""The differences between two alternatives or two schemas, in words."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from signoff.review.changes.sets.difference import Difference, Effect
from signoff.review.changes.sets.merging import of_property
from signoff.review.changes.sets.normal_form import implied_kind
from signoff.review.changes.sets.parts import refuses_all
from signoff.review.changes.sets.shape import KINDS, Condition, Shape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from signoff.contract.json_value import JsonValue
    from signoff.review.changes.sets.pairs import Option
    from signoff.review.changes.sets.parts import Conjunction
    from signoff.review.changes.sets.shape import Normal

_SAMPLES: dict[str, tuple[JsonValue, ...]] = {
    "null": (None,),
    "boolean": (True, False),
    "number": (1, 0, 1.5),
    "string": ("a", ""),
    "array": ([],),
    "object": ({},),
}


def other_names(effect: Effect, places: tuple[str, str]) -> Difference:
    """Other names that properties may have."""
    return Difference("propertyNames", effect, "allows different property names", *places)


def other_target(
    value: str, names: list[str], sides: tuple[Normal, Normal]
) -> Callable[[Effect], Difference]:
    """Another schema that a discriminator's value leads to, given the effect."""
    detail = f"maps `{value}` to `{names[1]}` instead of `{names[0]}`"
    old, new = (side.notes["discriminator"].pointer for side in sides)
    return lambda effect: Difference("mapping-target", effect, detail, old, new)


def effect_of(*, is_narrower: bool) -> Effect:
    """What to take fewer or more values is called."""
    return Effect.NARROWED if is_narrower else Effect.WIDENED


def other_types(before: Normal, after: Normal) -> Iterator[Difference]:
    """Other kinds of values."""
    removed = [kind for kind in KINDS if kind in before.shapes and kind not in after.shapes]
    added = [kind for kind in KINDS if kind in after.shapes and kind not in before.shapes]
    if not removed and not added:
        return
    untyped, typed = (before, after) if removed else (after, before)
    is_implied = not untyped.is_typed and implied_kind(dict(untyped.shapes)) in typed.shapes
    aspect = "nullable" if [*removed, *added] == ["null"] else "type"
    if is_implied and not (removed and added):
        aspect = "implied-type"
    effect = Effect.CHANGED if removed and added else effect_of(is_narrower=bool(removed))
    detail = f"allows {_taken(after)} instead of {_taken(before)}"
    unclear = untyped.notes.get("x-nullable-unclear")
    if unclear and aspect == "nullable":
        aspect = "unclear-nullable"
        detail = f"{'no longer' if removed else 'now'} allows null, if {unclear.value} means that"
    probes = tuple(value for kind in (*removed, *added) for value in _SAMPLES[kind])
    yield Difference(aspect, effect, detail, before.pointer, after.pointer, probes=probes)


def types_in_one(found: list[Difference]) -> list[Difference]:
    """The differences, where the types say whether numbers have fractions, if those differ too."""
    types = [one for one in found if one.aspect == "type"]
    if len(types) != 2:  # the types, and the fractions of numbers
        return found
    first, second = types
    effect = first.effect if first.effect is second.effect else Effect.CHANGED
    both = replace(first, effect=effect, probes=(*first.probes, *second.probes))
    return [both if one is first else one for one in found if one is not second]


def _taken(normal: Normal) -> str:
    if len(normal.shapes) == len(KINDS):
        return "any value"
    return " or ".join(_noun(shapes[0]) for shapes in normal.shapes.values()) or "no value"


def _noun(shape: Shape) -> str:
    step = shape.facets.get("multipleOf")
    is_integer = shape.kind == "number" and step is not None and step.value.denominator == 1
    return "integer" if is_integer else shape.kind


def alternative_of(
    option: Option, effect: Effect, places: tuple[str, str], *, is_certain: bool
) -> Difference:
    """An alternative that came or went."""
    name = f" `{option.label.rpartition('/')[2]}`" if option.label else ""
    said = "no longer has the" if effect is Effect.NARROWED else "has the new"
    detail = f"{said} alternative{name}"
    values = option.values if isinstance(option, Shape) else ()
    return Difference(
        "alternative", effect, detail, *places, probes=tuple(values or ()), is_certain=is_certain
    )


def condition_of(condition: Option, effect: Effect, places: tuple[str, str]) -> Difference:
    """A condition that came or went, or is another one."""
    assert isinstance(condition, Condition)  # noqa: S101 - the caller has seen to it
    if condition.kind == "contains":
        said = {
            Effect.NARROWED: "must now contain certain",
            Effect.WIDENED: "no longer has to contain certain",
        }
        detail = f"{said.get(effect, 'must contain different')} items"
        return Difference("contains", effect, detail, *places, is_certain=False)
    aspect = "one-of" if condition.kind == "oneOf" else "condition"
    keyword = condition.name if condition.kind == "group" else condition.kind
    name = f" for `{condition.name}`" if condition.name and condition.kind != "group" else ""
    detail = f"{'no longer has the' if effect is Effect.WIDENED else 'has a new'} `{keyword}` condition{name}"
    return Difference(aspect, effect, detail, *places, is_certain=False)


def other_number(one: Condition, other: Condition) -> Difference:
    """Another number of the same items that an array has to contain."""
    (least, most), (least_now, most_now) = one.bounds, other.bounds
    is_narrower = least_now >= least and most_now <= most
    is_wider = least_now <= least and most_now >= most
    effect = Effect.NARROWED if is_narrower else Effect.WIDENED if is_wider else Effect.CHANGED
    detail = f"must contain {_number(other)} of certain items instead of {_number(one)}"
    return Difference("contains-count", effect, detail, one.pointer, other.pointer, is_certain=False)


def _number(condition: Condition) -> str:
    least, most = condition.bounds
    return f"at least {least}" if most == math.inf else f"{least} to {most}"


def requirement(name: str, must: list[bool], old: Shape, new: Shape) -> Iterator[Difference]:
    """A property that is now required, or no longer."""
    if must[0] != must[1]:
        detail = f"{'now requires' if must[1] else 'no longer requires'} `{name}`"
        places = old.required.get(name, old.pointer), new.required.get(name, new.pointer)
        yield Difference("required", effect_of(is_narrower=must[1]), detail, *places, name=name)


def came_or_went(name: str, must: list[bool], old: Shape, new: Shape, *, is_new: bool) -> Difference:
    """A property that one side does not define; the aspect depends on that side's additional properties."""
    holder, other = (new, old) if is_new else (old, new)
    closed = "closed-" if refuses_all(of_property(other, name)) else ""
    required = "required-" if must[is_new] else ""
    own = holder.properties.get(name)
    pointer = own[0].pointer if own else holder.required.get(name, holder.pointer)
    aspect = f"{closed}{required}property"
    verb = "has the new" if is_new else "no longer has the"
    detail = f"{verb} {'required' if must[is_new] else 'optional'} property `{name}`"
    places = (old.pointer, pointer) if is_new else (pointer, new.pointer)
    return Difference(aspect, effect_of(is_narrower=not is_new), detail, *places, name=name)


def described(regex: str, old: Shape, new: Shape) -> Difference:
    """A pattern of `patternProperties` that only one side has."""
    is_new = regex in new.patterns
    detail = f"{'now defines' if is_new else 'no longer defines'} the properties that match `{regex}`"
    places = places_of(old, new, lambda shape: shape.patterns.get(regex, ()))
    return Difference("pattern-property", effect_of(is_narrower=is_new), detail, *places)


def places_of(old: Shape, new: Shape, inner: Callable[[Shape], Conjunction]) -> tuple[str, str]:
    """Where a schema inside two alternatives stands, or the alternatives where they have none."""
    found = [held[0].pointer if (held := inner(shape)) else shape.pointer for shape in (old, new)]
    return found[0], found[1]
