"""The properties of two alternatives that are objects, compared."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from signoff.contract.schemas import Direction
from signoff.review.changes.sets.difference import Difference, Effect
from signoff.review.changes.sets.merging import of_property
from signoff.review.changes.sets.parts import refuses_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.review.changes.sets.differ import Differ
    from signoff.review.changes.sets.normal_form import NormalForms
    from signoff.review.changes.sets.parts import Conjunction
    from signoff.review.changes.sets.shape import Shape


def compared(
    differ: Differ, old: Shape, new: Shape, left: Conjunction, right: Conjunction
) -> Iterator[Difference]:
    """The differences between the members of two kinds of object."""
    for name in dict.fromkeys([*old.properties, *new.properties, *old.required, *new.required]):
        yield from _property(differ, name, (old, new), (left, right))
    yield from _additional(differ, old, new, left, right)
    for regex in dict.fromkeys([*old.patterns, *new.patterns]):
        schemas = old.patterns.get(regex, old.additional), new.patterns.get(regex, new.additional)
        if (regex in old.patterns and regex in new.patterns) or (schemas[0] and schemas[1]):
            yield from differ.inner("pattern", regex, (old, new), schemas)
        elif schemas[0] or schemas[1]:  # described on one side, and open to anything on the other
            yield _described(regex, (old, new), (left, right))
    for difference in differ.differences(old.names, new.names):
        yield replace(
            difference, left=left, right=right, aspect="propertyNames", detail="has other names allowed"
        )


def _property(
    differ: Differ, name: str, shapes: tuple[Shape, Shape], schemas: tuple[Conjunction, Conjunction]
) -> Iterator[Difference]:
    old, new = shapes
    was, now = (name in shape.properties and not refuses_all(shape.properties[name]) for shape in shapes)
    unsent = (differ.direction is Direction.REQUEST and "readOnly") or "writeOnly"
    hidden = [
        exists and _is_marked(side, shape, name, unsent)
        for exists, side, shape in ((was, differ.before, old), (now, differ.after, new))
    ]
    if any(hidden) and all(h or not e for h, e in zip(hidden, (was, now), strict=True)):
        return  # never sent this way, neither before nor after
    must = [name in shape.required and not h for shape, h in zip(shapes, hidden, strict=True)]
    was, now = was or must[0], now or must[1]
    if was and now and old.properties.get(name) and name not in new.properties and not of_property(new, name):
        # still required, but no longer described: as good as removed
        yield _came_or_went(name, [must[0], must[0]], shapes, schemas, is_new=False)
    elif was and now:
        yield from _requirement(name, must, shapes, schemas)
        yield from differ.inner("property", name, shapes, (of_property(old, name), of_property(new, name)))
    elif was or now:
        yield _came_or_went(name, must, shapes, schemas, is_new=now)
        rest = of_property(old if now else new, name)
        if rest and not refuses_all(rest):  # it was or is described by what holds for all others
            yield from differ.inner(
                "property", name, shapes, (of_property(old, name), of_property(new, name))
            )


def _is_marked(side: NormalForms, shape: Shape, name: str, keyword: str) -> bool:
    note = side.of(shape.properties.get(name, ())).notes.get(keyword)
    return note is not None and note.value is True


def _requirement(
    name: str, must: list[bool], shapes: tuple[Shape, Shape], schemas: tuple[Conjunction, Conjunction]
) -> Iterator[Difference]:
    if must[0] == must[1]:
        return
    yield Difference(
        "required",
        Effect.NARROWED if must[1] else Effect.WIDENED,
        f"requires `{name}`" if must[1] else f"no longer requires `{name}`",
        shapes[0].required.get(name, shapes[0].pointer),
        shapes[1].required.get(name, shapes[1].pointer),
        *schemas,
        name=name,
    )


def _came_or_went(
    name: str,
    must: list[bool],
    shapes: tuple[Shape, Shape],
    schemas: tuple[Conjunction, Conjunction],
    *,
    is_new: bool,
) -> Difference:
    """A property that one side does not name, sorted by what the other side says of unnamed ones."""
    other = shapes[0] if is_new else shapes[1]
    closed = "closed-" if refuses_all(of_property(other, name)) else ""
    required = "required-" if must[is_new] else ""
    own = shapes[is_new].properties.get(name)
    pointer = own[0].pointer if own else shapes[is_new].required.get(name, shapes[is_new].pointer)
    verb = "has the new" if is_new else "no longer has the"
    return Difference(
        f"{closed}{required}property",
        Effect.WIDENED if is_new else Effect.NARROWED,
        f"{verb} {'required' if must[is_new] else 'optional'} property `{name}`",
        shapes[0].pointer if is_new else pointer,
        pointer if is_new else shapes[1].pointer,
        *schemas,
        name=name,
    )


def _described(
    regex: str, shapes: tuple[Shape, Shape], schemas: tuple[Conjunction, Conjunction]
) -> Difference:
    """Properties by pattern that only one side describes."""
    is_new = regex in shapes[1].patterns
    verb = "describes" if is_new else "no longer describes"
    places = [
        shape.patterns[regex][0].pointer if shape.patterns.get(regex) else shape.pointer for shape in shapes
    ]
    effect = Effect.WIDENED if is_new else Effect.NARROWED
    detail = f"{verb} the properties that match `{regex}`"
    return Difference("property", effect, detail, places[0], places[1], *schemas)


def _additional(
    differ: Differ, old: Shape, new: Shape, left: Conjunction, right: Conjunction
) -> Iterator[Difference]:
    was, now = refuses_all(old.additional), refuses_all(new.additional)
    if was == now:
        if not was:
            yield from differ.inner("extra", "", (old, new), (old.additional, new.additional))
        return
    place_old = old.additional[0].pointer if old.additional else old.pointer
    place_new = new.additional[0].pointer if new.additional else new.pointer
    yield Difference(
        "additionalProperties",
        Effect.NARROWED if now else Effect.WIDENED,
        "refuses properties that it does not name" if now else "allows properties that it does not name",
        place_old,
        place_new,
        left,
        right,
    )
