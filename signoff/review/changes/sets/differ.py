"""How two schemas differ, as sets of values: place by place, until nothing new is met."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from signoff.contract.schemas import Direction
from signoff.review.changes.sets import notes, scalars
from signoff.review.changes.sets.difference import Difference, Effect, Step
from signoff.review.changes.sets.merging import of_property
from signoff.review.changes.sets.normal_form import NormalForms, implied_kind
from signoff.review.changes.sets.parts import key_of, refuses_all
from signoff.review.changes.sets.shape import KINDS, Shape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from signoff.contract.json_value import JsonValue
    from signoff.review.changes.sets.difference import StepKind
    from signoff.review.changes.sets.parts import Conjunction
    from signoff.review.changes.sets.shape import Condition, Contains, Normal

T = TypeVar("T")
_DEEPEST = 40
_SAMPLES: dict[str, tuple[JsonValue, ...]] = {
    "null": (None,),
    "boolean": (True, False),
    "number": (1, 0, 1.5),
    "string": ("a", ""),
    "array": ([],),
    "object": ({},),
}


@dataclass(slots=True)
class Differ:
    """Compares schemas of two documents for one direction of travel.

    Attributes:
        before, after: the normal forms of either document.
        direction: decides what `readOnly` and `writeOnly` mean.
    """

    before: NormalForms
    after: NormalForms
    direction: Direction
    _known: dict[tuple[frozenset[str], frozenset[str]], tuple[Difference, ...]] = field(default_factory=dict)
    _depth: int = 0

    def differences(self, left: Conjunction, right: Conjunction) -> tuple[Difference, ...]:
        """All differences between two schemas, the outer ones first."""
        key = key_of(left), key_of(right)
        if key in self._known:
            return self._known[key]
        if self._depth > _DEEPEST:
            return ()
        self._known[key] = ()  # met again inside itself, a schema adds no difference of its own
        self._depth += 1
        found = tuple(
            difference if difference.steps else replace(difference, left=left, right=right)
            for difference in self._compared(self.before.of(left), self.after.of(right))
        )
        self._depth -= 1
        self._known[key] = found
        return found

    def _compared(self, before: Normal, after: Normal) -> Iterator[Difference]:
        yield from notes.compared(before, after)
        yield from _types(before, after)
        for kind in KINDS:
            old, new = before.shapes.get(kind, ()), after.shapes.get(kind, ())
            if len(old) == 1 and len(new) == 1:
                yield from self._shapes(old[0], new[0])
            elif old and new:
                yield from self._alternatives(old, new)

    def _shapes(self, old: Shape, new: Shape) -> Iterator[Difference]:
        """The differences between two alternatives of the same kind."""
        yield from scalars.compared(old, new)
        if old.kind == "object":
            yield from self._objects(old, new)
        if old.kind == "array":
            yield from self._arrays(old, new)
        yield from self._conditions(old, new)

    def _inner(
        self, kind: StepKind, name: str, old: Shape, new: Shape, schemas: tuple[Conjunction, Conjunction]
    ) -> Iterator[Difference]:
        """The differences between two schemas that stand inside two alternatives."""
        step = Step(kind, name, old, new)
        for difference in self.differences(*schemas):
            yield difference.within(step)

    # Alternatives of one kind

    def _alternatives(self, old: tuple[Shape, ...], new: tuple[Shape, ...]) -> Iterator[Difference]:
        """Pair what is equal, then what goes by the same name, then what is left in its order."""
        _, rest_old, rest_new = _paired(old, new, lambda o, n: not any(self._shapes(o, n)))
        named, rest_old, rest_new = _paired(
            rest_old, rest_new, lambda o, n: bool(o.label) and o.label == n.label
        )
        in_order, rest_old, rest_new = _paired(rest_old, rest_new, _look_alike)
        for one, other in (*named, *in_order):
            for difference in self._shapes(one, other):
                yield replace(difference, is_certain=False)
        for shape in rest_old:
            if not self._is_covered(shape, new, Effect.NARROWED):
                yield _alternative(shape, Effect.NARROWED, (shape.pointer, new[0].pointer))
        for shape in rest_new:
            if not self._is_covered(shape, old, Effect.WIDENED):
                yield _alternative(shape, Effect.WIDENED, (old[0].pointer, shape.pointer))

    def _is_covered(self, shape: Shape, others: Iterable[Shape], lost: Effect) -> bool:
        """Whether all values of an alternative are those of one on the other side."""
        for other in others:
            pair = (shape, other) if lost is Effect.NARROWED else (other, shape)
            if all(d.effect not in (lost, Effect.CHANGED) for d in self._shapes(*pair)):
                return True
        return False

    # Conditions: `not`, `if`, `dependentSchemas`, `oneOf` whose alternatives overlap

    def _conditions(self, old: Shape, new: Shape) -> Iterator[Difference]:
        pairs, gone, come = _paired(old.conditions, new.conditions, self._same_condition)
        for one, other in pairs:
            for keyword, schema in one.schemas.items():
                if one.kind == "oneOf" or keyword == "if":
                    continue
                step = Step("same", keyword, old, new)
                for difference in self.differences(schema, other.schemas[keyword]):
                    if keyword == "not":
                        yield difference.mirrored()
                    else:
                        yield difference.within(step, is_certain=False)
        for condition in gone:
            yield _condition(condition, Effect.WIDENED, (condition.pointer, new.pointer))
        for condition in come:
            yield _condition(condition, Effect.NARROWED, (old.pointer, condition.pointer))

    def _same_condition(self, one: Condition, other: Condition) -> bool:
        """Whether two conditions are about the same, so that what follows from them can be compared."""
        if (one.kind, one.name) != (other.kind, other.name):
            return False
        return one.kind != "if" or not self.differences(one.schemas["if"], other.schemas["if"])

    # Arrays

    def _arrays(self, old: Shape, new: Shape) -> Iterator[Difference]:
        for index in range(max(len(old.prefix), len(new.prefix))):
            if _reaches(old, index) and _reaches(new, index):
                yield from self._inner("prefix", str(index), old, new, (_at(old, index), _at(new, index)))
        yield from self._inner("item", "", old, new, (old.items, new.items))
        rest = list(new.contains)
        for one in old.contains:
            other = next((c for c in rest if self._same_contains(one, c)), None) or next(iter(rest), None)
            if other is not None:
                rest.remove(other)
            if other is None or not self._same_contains(one, other):
                yield _contains(one, other, old, new)
        for other in rest:
            yield _contains(None, other, old, new)

    def _same_contains(self, one: Contains, other: Contains) -> bool:
        is_alike = (one.least, one.most) == (other.least, other.most)
        return is_alike and not self.differences(one.schema, other.schema)

    # Objects

    def _objects(self, old: Shape, new: Shape) -> Iterator[Difference]:
        for name in dict.fromkeys([*old.properties, *new.properties, *old.required, *new.required]):
            yield from self._property(name, old, new)
        yield from self._additional(old, new)
        for regex in dict.fromkeys([*old.patterns, *new.patterns]):
            schemas = old.patterns.get(regex, old.additional), new.patterns.get(regex, new.additional)
            if (regex in old.patterns and regex in new.patterns) or (schemas[0] and schemas[1]):
                yield from self._inner("pattern", regex, old, new, schemas)
            elif schemas[0] or schemas[1]:  # described on one side, and open to anything on the other
                yield _described(regex, old, new)
        for difference in self.differences(old.names, new.names):
            yield replace(difference, aspect="propertyNames", detail="has other names allowed", steps=())

    def _property(self, name: str, old: Shape, new: Shape) -> Iterator[Difference]:
        shapes = old, new
        was, now = (name in shape.properties and not refuses_all(shape.properties[name]) for shape in shapes)
        hidden = [
            was and self._is_unsent(self.before, old, name),
            now and self._is_unsent(self.after, new, name),
        ]
        if any(hidden) and all(h or not e for h, e in zip(hidden, (was, now), strict=True)):
            return  # never sent this way, neither before nor after
        must = [name in shape.required and not h for shape, h in zip(shapes, hidden, strict=True)]
        was, now = was or must[0], now or must[1]
        held = of_property(old, name), of_property(new, name)
        if was and now and old.properties.get(name) and name not in new.properties and not held[1]:
            # still required, but no longer described: as good as removed
            yield _came_or_went(name, [must[0], must[0]], old, new, is_new=False)
        elif was and now:
            yield from _requirement(name, must, old, new)
            yield from self._inner("property", name, old, new, held)
        elif was or now:
            yield _came_or_went(name, must, old, new, is_new=now)
            rest = held[0] if now else held[1]
            if rest and not refuses_all(rest):  # it was or is described by what holds for all others
                yield from self._inner("property", name, old, new, held)

    def _is_unsent(self, side: NormalForms, shape: Shape, name: str) -> bool:
        """Whether a property is marked as one that does not travel in this direction."""
        keyword = "readOnly" if self.direction is Direction.REQUEST else "writeOnly"
        note = side.of(shape.properties.get(name, ())).notes.get(keyword)
        return note is not None and note.value is True

    def _additional(self, old: Shape, new: Shape) -> Iterator[Difference]:
        was, now = refuses_all(old.additional), refuses_all(new.additional)
        if was != now:
            detail = f"{'refuses' if now else 'allows'} properties that it does not name"
            places = _places(old, new, lambda shape: shape.additional)
            yield Difference("additionalProperties", _effect(is_narrower=now), detail, *places)
        elif not was:
            yield from self._inner("extra", "", old, new, (old.additional, new.additional))


def _paired(
    old: Sequence[T], new: Sequence[T], fits: Callable[[T, T], bool]
) -> tuple[list[tuple[T, T]], list[T], list[T]]:
    """Each of the first with the first of the second that fits, and what is left of both."""
    pairs: list[tuple[T, T]] = []
    rest_old: list[T] = []
    rest_new = list(new)
    for one in old:
        other = next((candidate for candidate in rest_new if fits(one, candidate)), None)
        if other is None:
            rest_old.append(one)
        else:
            pairs.append((one, other))
            rest_new.remove(other)
    return pairs, rest_old, rest_new


def _effect(*, is_narrower: bool) -> Effect:
    return Effect.NARROWED if is_narrower else Effect.WIDENED


def _types(before: Normal, after: Normal) -> Iterator[Difference]:
    removed = [kind for kind in KINDS if kind in before.shapes and kind not in after.shapes]
    added = [kind for kind in KINDS if kind in after.shapes and kind not in before.shapes]
    if not removed and not added:
        return
    untyped, typed = (before, after) if removed else (after, before)
    is_implied = not untyped.is_typed and implied_kind(dict(untyped.shapes)) in typed.shapes
    aspect = "nullable" if [*removed, *added] == ["null"] else "type"
    if is_implied and not (removed and added):
        aspect = "implied-type"
    effect = Effect.CHANGED if removed and added else _effect(is_narrower=bool(removed))
    detail = f"takes {_taken(after)} instead of {_taken(before)}"
    probes = tuple(value for kind in (*removed, *added) for value in _SAMPLES[kind])
    yield Difference(aspect, effect, detail, before.pointer, after.pointer, probes=probes)


def _taken(normal: Normal) -> str:
    if len(normal.shapes) == len(KINDS):
        return "any value"
    return " or ".join(_noun(shapes[0]) for shapes in normal.shapes.values()) or "no value"


def _noun(shape: Shape) -> str:
    step = shape.facets.get("multipleOf")
    is_integer = shape.kind == "number" and step is not None and step.value.denominator == 1
    return "integer" if is_integer else shape.kind


def _look_alike(one: Shape, other: Shape) -> bool:
    """Whether two alternatives are likely the same, before and after an edit."""
    if one.label or other.label:
        return False
    mine, theirs = set(one.properties), set(other.properties)
    return bool(mine & theirs) or (not mine and not theirs and (one.values is None) == (other.values is None))


def _alternative(shape: Shape, effect: Effect, places: tuple[str, str]) -> Difference:
    name = f" `{shape.label.rpartition('/')[2]}`" if shape.label else ""
    said = "no longer has" if effect is Effect.NARROWED else "has"
    detail = f"{said} the alternative{name}"
    return Difference(
        "alternative", effect, detail, *places, probes=tuple(shape.values or ()), is_certain=False
    )


def _condition(condition: Condition, effect: Effect, places: tuple[str, str]) -> Difference:
    aspect = "one-of" if condition.kind == "oneOf" else "condition"
    said = "no longer has" if effect is Effect.WIDENED else "has"
    name = f" of `{condition.name}`" if condition.name else ""
    detail = f"{said} the condition under `{condition.kind}`{name}"
    return Difference(aspect, effect, detail, *places, is_certain=False)


def _reaches(shape: Shape, index: int) -> bool:
    most = shape.facets.get("maxItems")
    return most is None or most.value > index


def _at(shape: Shape, index: int) -> Conjunction:
    return shape.prefix[index] if index < len(shape.prefix) else shape.items


def _contains(one: Contains | None, other: Contains | None, old: Shape, new: Shape) -> Difference:
    effect = Effect.NARROWED if one is None else Effect.WIDENED if other is None else Effect.CHANGED
    said = {Effect.NARROWED: "must now contain", Effect.WIDENED: "no longer has to contain"}
    detail = f"{said.get(effect, 'must contain other')} certain items"
    places = one.pointer if one else old.pointer, other.pointer if other else new.pointer
    return Difference("contains", effect, detail, *places, is_certain=False)


def _requirement(name: str, must: list[bool], old: Shape, new: Shape) -> Iterator[Difference]:
    if must[0] != must[1]:
        detail = f"{'requires' if must[1] else 'no longer requires'} `{name}`"
        places = old.required.get(name, old.pointer), new.required.get(name, new.pointer)
        yield Difference("required", _effect(is_narrower=must[1]), detail, *places, name=name)


def _came_or_went(name: str, must: list[bool], old: Shape, new: Shape, *, is_new: bool) -> Difference:
    """A property that one side does not name, sorted by what the other side says of unnamed ones."""
    holder, other = (new, old) if is_new else (old, new)
    closed = "closed-" if refuses_all(of_property(other, name)) else ""
    required = "required-" if must[is_new] else ""
    own = holder.properties.get(name)
    pointer = own[0].pointer if own else holder.required.get(name, holder.pointer)
    aspect = f"{closed}{required}property"
    verb = "has the new" if is_new else "no longer has the"
    detail = f"{verb} {'required' if must[is_new] else 'optional'} property `{name}`"
    places = (old.pointer, pointer) if is_new else (pointer, new.pointer)
    return Difference(aspect, _effect(is_narrower=not is_new), detail, *places, name=name)


def _described(regex: str, old: Shape, new: Shape) -> Difference:
    """Properties by pattern that only one side describes."""
    is_new = regex in new.patterns
    detail = f"{'describes' if is_new else 'no longer describes'} the properties that match `{regex}`"
    places = _places(old, new, lambda shape: shape.patterns.get(regex, ()))
    return Difference("property", _effect(is_narrower=not is_new), detail, *places)


def _places(old: Shape, new: Shape, inner: Callable[[Shape], Conjunction]) -> tuple[str, str]:
    """Where a schema inside two alternatives stands, or the alternatives where they have none."""
    found = [held[0].pointer if (held := inner(shape)) else shape.pointer for shape in (old, new)]
    return found[0], found[1]
