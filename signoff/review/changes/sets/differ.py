"""How two schemas differ, as sets of values: place by place, until nothing new is met."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from signoff.review.changes.sets import arrays, notes, objects, scalars
from signoff.review.changes.sets.difference import Difference, Effect, Step
from signoff.review.changes.sets.normal_form import NormalForms, implied_kind
from signoff.review.changes.sets.parts import key_of
from signoff.review.changes.sets.shape import KINDS, Shape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from signoff.contract.json_value import JsonValue
    from signoff.contract.schemas import Direction
    from signoff.review.changes.sets.difference import StepKind
    from signoff.review.changes.sets.parts import Conjunction
    from signoff.review.changes.sets.shape import Normal, Rider

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
        found = tuple(self._compared(left, right))
        self._depth -= 1
        self._known[key] = found
        return found

    def _compared(self, left: Conjunction, right: Conjunction) -> Iterator[Difference]:
        before, after = self.before.of(left), self.after.of(right)
        yield from notes.compared(before, after, left, right)
        yield from self._types(before, after, left, right)
        for kind in KINDS:
            old, new = before.shapes.get(kind, ()), after.shapes.get(kind, ())
            if len(old) == 1 and len(new) == 1:
                yield from self.shapes(old[0], new[0], left, right)
            elif old and new:
                yield from self._alternatives(old, new, left, right)

    def _types(
        self, before: Normal, after: Normal, left: Conjunction, right: Conjunction
    ) -> Iterator[Difference]:
        removed = [kind for kind in KINDS if kind in before.shapes and kind not in after.shapes]
        added = [kind for kind in KINDS if kind in after.shapes and kind not in before.shapes]
        if not removed and not added:
            return
        untyped, typed = (before, after) if removed else (after, before)
        is_implied = not untyped.is_typed and implied_kind(dict(untyped.shapes)) in typed.shapes
        aspect = "nullable" if [*removed, *added] == ["null"] else "type"
        effect = Effect.CHANGED if removed and added else Effect.NARROWED if removed else Effect.WIDENED
        if is_implied and not (removed and added):
            aspect = "implied-type"
        yield Difference(
            aspect,
            effect,
            f"takes {_taken(after)} instead of {_taken(before)}",
            before.pointer,
            after.pointer,
            left,
            right,
            probes=tuple(value for kind in (*removed, *added) for value in _SAMPLES[kind]),
        )

    def shapes(self, old: Shape, new: Shape, left: Conjunction, right: Conjunction) -> Iterator[Difference]:
        """The differences between two alternatives of the same kind."""
        yield from scalars.compared(old, new, left, right)
        if old.kind == "object":
            yield from objects.compared(self, old, new, left, right)
        if old.kind == "array":
            yield from arrays.compared(self, old, new, left, right)
        yield from self._riders(old, new, left, right)

    def inner(
        self,
        kind: StepKind,
        name: str,
        shapes: tuple[Shape, Shape],
        schemas: tuple[Conjunction, Conjunction],
        *,
        is_certain: bool = True,
    ) -> Iterator[Difference]:
        """The differences between two schemas that stand inside two alternatives."""
        step = Step(kind, name, *shapes)
        for difference in self.differences(*schemas):
            yield difference.within(step, is_certain=is_certain)

    def _alternatives(
        self, old: tuple[Shape, ...], new: tuple[Shape, ...], left: Conjunction, right: Conjunction
    ) -> Iterator[Difference]:
        """Pair what is equal, then what goes by the same name, then what is left in its order."""
        pairs, rest_old, rest_new = _paired(old, new, lambda o, n: not any(self.shapes(o, n, left, right)))
        named, rest_old, rest_new = _paired(
            rest_old, rest_new, lambda o, n: bool(o.label) and o.label == n.label
        )
        in_order, rest_old, rest_new = _paired(rest_old, rest_new, _look_alike)
        for one, other in (*named, *in_order):
            for difference in self.shapes(one, other, left, right):
                yield replace(difference, is_certain=False)
        del pairs
        for shape in rest_old:
            if not self._is_covered(shape, new, left, right, Effect.NARROWED):
                yield _alternative(shape, Effect.NARROWED, left, right, (shape.pointer, new[0].pointer))
        for shape in rest_new:
            if not self._is_covered(shape, old, left, right, Effect.WIDENED):
                yield _alternative(shape, Effect.WIDENED, left, right, (old[0].pointer, shape.pointer))

    def _is_covered(
        self,
        shape: Shape,
        others: Iterable[Shape],
        left: Conjunction,
        right: Conjunction,
        lost: Effect,
    ) -> bool:
        """Whether all values of an alternative are those of one on the other side."""
        for other in others:
            pair = (shape, other) if lost is Effect.NARROWED else (other, shape)
            if all(d.effect not in (lost, Effect.CHANGED) for d in self.shapes(*pair, left, right)):
                return True
        return False

    def _riders(self, old: Shape, new: Shape, left: Conjunction, right: Conjunction) -> Iterator[Difference]:
        pairs, gone, come = _paired(old.riders, new.riders, self._same_rider)
        for one, other in pairs:
            for keyword, schema in one.schemas.items():
                if one.kind == "oneOf" or keyword == "if":
                    continue
                step = Step("same", keyword, old, new)
                for difference in self.differences(schema, other.schemas[keyword]):
                    if keyword == "not":
                        yield replace(difference.mirrored(), left=left, right=right)
                    else:
                        yield difference.within(step, is_certain=False)
        for rider, effect in [(r, Effect.WIDENED) for r in gone] + [(r, Effect.NARROWED) for r in come]:
            said = "no longer has" if effect is Effect.WIDENED else "has"
            yield Difference(
                "one-of" if rider.kind == "oneOf" else "condition",
                effect,
                f"{said} the condition under `{rider.kind}`" + (f" of `{rider.name}`" if rider.name else ""),
                rider.pointer if effect is Effect.WIDENED else old.pointer,
                rider.pointer if effect is Effect.NARROWED else new.pointer,
                left,
                right,
                is_certain=False,
            )

    def _same_rider(self, one: Rider, other: Rider) -> bool:
        """Whether two conditions are about the same, so that what follows from them can be compared."""
        if (one.kind, one.name) != (other.kind, other.name):
            return False
        return one.kind != "if" or not self.differences(one.schemas["if"], other.schemas["if"])


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


def _look_alike(one: Shape, other: Shape) -> bool:
    """Whether two alternatives are likely the same, before and after an edit."""
    if one.label or other.label:
        return False
    mine, theirs = set(one.properties), set(other.properties)
    return bool(mine & theirs) or (not mine and not theirs and (one.values is None) == (other.values is None))


def _alternative(
    shape: Shape, effect: Effect, left: Conjunction, right: Conjunction, places: tuple[str, str]
) -> Difference:
    name = f" `{shape.label.rpartition('/')[2]}`" if shape.label else ""
    said = "no longer has" if effect is Effect.NARROWED else "has"
    return Difference(
        "alternative",
        effect,
        f"{said} the alternative{name}",
        *places,
        left,
        right,
        probes=tuple(shape.values or ()),
        is_certain=False,
    )


def _taken(normal: Normal) -> str:
    if len(normal.shapes) == len(KINDS):
        return "any value"
    return " or ".join(_noun(shapes[0]) for shapes in normal.shapes.values()) or "no value"


def _noun(shape: Shape) -> str:
    step = shape.facets.get("multipleOf")
    is_integer = shape.kind == "number" and step is not None and step.value.denominator == 1
    return "integer" if is_integer else shape.kind
