"""Searches for a counterexample among boundary values, within fixed limits."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, islice, permutations
from typing import TYPE_CHECKING

from signoff.contract.json_value import as_list
from signoff.review.changes.counterexamples import texts
from signoff.review.changes.counterexamples.sampler import LONGEST_ARRAY, is_short
from signoff.review.changes.sets.difference import Effect
from signoff.review.changes.sets.merging import matches, of_property
from signoff.review.changes.sets.parts import key_of
from signoff.review.changes.sets.shape import canonical

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence

    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.review.changes.counterexamples.sampler import Sampler
    from signoff.review.changes.sets.difference import Difference, Step
    from signoff.review.changes.sets.parts import Conjunction
    from signoff.review.changes.sets.shape import Shape

_DEEPEST = 200
_QUESTIONS = 20
_EMBEDDED = 40


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a search.

    Attributes:
        value: the counterexample; None if none was found (`is_found` distinguishes this from null).
        is_thorough: whether candidates could be generated, so that finding none is meaningful.
        is_cut: whether the search stopped at a limit.
        is_far: whether it was not begun, because the value would be too long.
        at: the names and positions that lead to the difference in the value.
    """

    value: JsonValue
    is_found: bool
    is_thorough: bool
    is_cut: bool = False
    is_far: bool = False
    at: tuple[str | int, ...] = ()


@dataclass(frozen=True, slots=True)
class Search:
    """Searches for values that are valid on one side and invalid on the other.

    Attributes:
        sampler: generates values that must be valid.
        other: the sampler of the side where they must be invalid.
        is_forward: whether values must be valid in the base revision.
        tries: the maximum number of values to try.
    """

    sampler: Sampler
    other: Sampler
    is_forward: bool
    tries: int

    def run(
        self,
        difference: Difference,
        roots: tuple[Conjunction, Conjunction],
        examples: Sequence[JsonValue] = (),
        unsent: Sequence[JsonValue] = (),
    ) -> Outcome:
        """Search for a value of the whole body or parameter that shows the difference.

        Args:
            difference: the difference, at any depth.
            roots: the outermost schemas, before and after.
            examples: documented examples of the whole value.
            unsent: whole values that cannot be sent.
        """
        is_far = any(step.position >= LONGEST_ARRAY for step in difference.steps)
        if is_far or len(difference.steps) > _DEEPEST:  # nobody reads such a value
            return Outcome(None, is_found=False, is_thorough=False, is_far=True)
        for judge in (self.sampler.judge, self.other.judge):
            judge.patience = _QUESTIONS * self.tries
        # An example that is invalid on one side may be valid with another value at the difference.
        wholes = [*examples, *self.sampler.values(self._own(*roots))]
        taken, embedded = False, 0
        shown: list[JsonValue] = []
        for value in self._candidates(difference, wholes):
            is_beside = self._is_beside(difference, value)
            if (shown and is_beside) or not self._takes(self._own(*difference.schemas), value):
                continue
            taken = True
            if self._rejected(self._others(*difference.schemas), value):
                embedded += 1
                found = self._embedded(difference, value, wholes)
                sent = (whole for whole in found if whole not in unsent and self._shows(roots, whole))
                shown = list(islice(sent, 1)) or shown
            if embedded > _EMBEDDED or (shown and not is_beside):
                break
        if shown:
            least = self._least(shown[0], difference, roots)
            return Outcome(least, is_found=True, is_thorough=True, at=_way(least, difference))
        has_whole = any(self._takes(self._own(*roots), whole) for whole in wholes)
        is_cut = min(self.sampler.judge.patience, self.other.judge.patience) < 0
        return Outcome(None, is_found=False, is_thorough=taken and has_whole and not is_cut, is_cut=is_cut)

    def _is_beside(self, difference: Difference, value: JsonValue) -> bool:
        """Whether a value is rejected for something else than the property that the difference is about.

        What a closed object no longer names is rejected where it is there; a required property, where not.
        """
        if not difference.name:
            return False
        harmful = Effect.NARROWED if self.is_forward else Effect.WIDENED
        is_there = isinstance(value, dict) and difference.name in value
        return is_there != (difference.aspect.startswith("closed-") and difference.effect is harmful)

    def _shows(self, roots: tuple[Conjunction, Conjunction], whole: JsonValue) -> bool:
        return self._takes(self._own(*roots), whole) and self._rejected(self._others(*roots), whole)

    def _least(
        self, whole: JsonValue, difference: Difference, roots: tuple[Conjunction, Conjunction]
    ) -> JsonValue:
        """The value without members and items that are not needed to show the difference."""
        is_named = _has_name(whole, difference)
        pending: list[tuple[str | int, ...]] = [()]
        for at in pending:
            for key in _keys(_member(whole, at))[::-1]:  # from the end, so that positions stay
                less = _without(whole, (*at, key))
                if (
                    self._shows(roots, less)
                    and self._still(difference, less)
                    and _has_name(less, difference) == is_named
                ):
                    whole = less
            pending += ((*at, key) for key in _keys(_member(whole, at)))
        return whole

    def _still(self, difference: Difference, whole: JsonValue) -> bool:
        """Whether the value at the difference is still invalid."""
        with suppress(LookupError):
            return self._rejected(self._others(*difference.schemas), found_at(whole, difference.steps))
        return False

    def _own(self, left: Conjunction, right: Conjunction) -> Conjunction:
        return left if self.is_forward else right

    def _others(self, left: Conjunction, right: Conjunction) -> Conjunction:
        return right if self.is_forward else left

    def _takes(self, schema: Conjunction, value: JsonValue) -> bool:
        return self.sampler.judge.takes(schema, value, self.sampler.direction) is True

    def _rejected(self, schema: Conjunction, value: JsonValue) -> bool:
        return self.other.judge.takes(schema, value, self.sampler.direction) is False

    def _embedded(
        self, difference: Difference, value: JsonValue, wholes: list[JsonValue]
    ) -> Iterator[JsonValue]:
        """Whole values with `value` at the difference: minimal ones first."""
        inner = value
        for step in reversed(difference.steps):
            inner = self.sampler.around(step, step.before if self.is_forward else step.after, inner)
        if is_short(inner):
            yield inner
        for whole in wholes:
            with suppress(LookupError):
                yield with_value_at(whole, difference.steps, value)

    def _candidates(self, difference: Difference, wholes: list[JsonValue]) -> Iterator[JsonValue]:
        seen: set[str] = set()
        known = self._known(difference, wholes)
        first = chain(difference.probes, self._of_alternative(difference), known)
        drawn = chain(first, self._edited(difference, wholes), self._all(difference))
        for value in filter(is_short, islice(drawn, self.tries)):
            key = canonical(value)
            if key not in seen:
                seen.add(key)
                yield value

    def _known(self, difference: Difference, wholes: list[JsonValue]) -> Iterator[JsonValue]:
        """The values at the difference in whole values; strings also with boundary lengths."""
        own, others = self._own(*difference.schemas), self._others(*difference.schemas)
        normals = self.sampler.forms.of(own), self.other.forms.of(others)
        shapes = [shape for normal in normals for shape in normal.shapes.get("string", ())]
        for whole in wholes:
            with suppress(LookupError):
                value = found_at(whole, difference.steps)
                yield value
                if isinstance(value, str) and shapes:
                    yield from texts.at_bounds(value, *shapes)

    def _edited(self, difference: Difference, wholes: list[JsonValue]) -> Iterator[JsonValue]:
        """Objects in whole values without the property of the difference, or with other values of it."""
        if not difference.name:
            return
        shapes = self.sampler.forms.of(self._own(*difference.schemas)).shapes
        values = [v for shape in shapes.get("object", ()) for v in self._of_property(shape, difference.name)]
        for whole in wholes:
            with suppress(LookupError):
                held = found_at(whole, difference.steps)
                if isinstance(held, dict):
                    yield {key: value for key, value in held.items() if key != difference.name}
                    yield from ({**held, difference.name: value} for value in values)

    def _of_property(self, shape: Shape, name: str) -> list[JsonValue]:
        return self.sampler.values(of_property(shape, name))

    def _of_alternative(self, difference: Difference) -> Iterator[JsonValue]:
        """Values of the changed alternative, which may be the last of many."""
        if difference.shapes:
            own, other = difference.shapes if self.is_forward else difference.shapes[::-1]
            yield from self._about(difference.name, (own,)) if difference.name else ()
            yield from islice(self.sampler.of_shape(own, other), 100)

    def _all(self, difference: Difference) -> Iterator[JsonValue]:
        schema = self._own(*difference.schemas)
        shapes = self.sampler.forms.of(schema).shapes
        others = self.other.forms.of(self._others(*difference.schemas)).shapes
        if difference.name:
            yield from self._about(difference.name, shapes.get("object", ()))
        yield from self.sampler.values(schema)
        yield from self._conditional(shapes, others)
        for kind, found in shapes.items():
            for shape in found:
                yield from islice(self._varied(shape, others.get(kind, ())), 200)

    def _varied(self, shape: Shape, others: tuple[Shape, ...]) -> Iterator[JsonValue]:
        for other in others or (None,):
            yield from self.sampler.of_shape(shape, other)
        if shape.kind == "object":
            for made in self.sampler.of_shape(shape, None):
                if isinstance(made, dict):
                    yield {**made, "extra": "a"}
                    yield {**made, "extra": 1}
                    yield {**made, "Another-1": "a"}

    def _conditional(
        self, shapes: Mapping[str, tuple[Shape, ...]], others: Mapping[str, tuple[Shape, ...]]
    ) -> Iterator[JsonValue]:
        """Values of the schemas under `not`, `if` and `oneOf`, and objects that match several."""
        objects: list[JsonObject] = []
        for sampler, found in ((self.sampler, shapes), (self.other, others)):
            schemas = {
                key_of(schema): schema
                for shape in chain.from_iterable(found.values())
                for condition in shape.conditions
                for schema in condition.schemas.values()
            }
            for schema in schemas.values():
                for value in _of_kinds(sampler, schema, shapes):
                    yield value
                    objects += [value] if isinstance(value, dict) else []
            objects += [sampler.object(shape) for shape in found.get("object", ())]
        for one, another in islice(permutations(objects, 2), 100):
            yield {**one, **another}

    def _about(self, name: str, shapes: tuple[Shape, ...]) -> Iterator[JsonValue]:
        """Objects with and without the property of the difference."""
        for shape in shapes:
            least = self.sampler.object(shape)
            yield {key: value for key, value in least.items() if key != name}
            yield from ({**least, name: value} for value in self._of_property(shape, name))


def _of_kinds(sampler: Sampler, schema: Conjunction, kinds: Container[str]) -> Iterator[JsonValue]:
    """A few values of a condition, of the kinds that it applies to."""
    for kind, found in sampler.forms.of(schema).shapes.items():
        for shape in found if kind in kinds else ():
            yield from islice(sampler.of_shape(shape, None, 1), 8)


def _way(whole: JsonValue, difference: Difference) -> tuple[str | int, ...]:
    """The names and positions that lead to a difference, and to the property that it is about."""
    found: list[str | int] = []
    for step in difference.steps:
        key = _key(whole, step)
        if key is not None:
            found.append(key)
            whole = whole[key]  # type: ignore[index]
    is_there = isinstance(whole, dict) and difference.name in whole
    return (*found, difference.name) if is_there else tuple(found)


def _has_name(whole: JsonValue, difference: Difference) -> bool:
    """Whether the property that the difference is about is there."""
    with suppress(LookupError):
        held = found_at(whole, difference.steps)
        return isinstance(held, dict) and difference.name in held
    return False


def _keys(value: JsonValue) -> list[str | int]:
    """The names of an object's members or the positions of a list's items; none for other values."""
    return list(value) if isinstance(value, dict) else [*range(len(as_list(value)))]


def _member(whole: JsonValue, at: Sequence[str | int]) -> JsonValue:
    for key in at:
        whole = whole[key]  # type: ignore[index]
    return whole


def _without(whole: JsonValue, at: Sequence[str | int]) -> JsonValue:
    """A copy without the member or item at the end of the keys."""
    key, *rest = at
    inner = [_without(_member(whole, [key]), rest)] if rest else []
    if isinstance(whole, dict):
        return {
            name: (inner[0] if inner else value) if name == key else value
            for name, value in whole.items()
            if inner or name != key
        }
    items, index = as_list(whole), int(key)
    return [*items[:index], *inner, *items[index + 1 :]]


def found_at(whole: JsonValue, steps: Sequence[Step]) -> JsonValue:
    """The value at the end of the steps.

    Raises:
        LookupError: there is none.
    """
    for step in steps:
        key = _key(whole, step)
        if key is not None:
            whole = whole[key]  # type: ignore[index]
    return whole


def with_value_at(whole: JsonValue, steps: Sequence[Step], value: JsonValue) -> JsonValue:
    """A copy with another value at the end of the steps.

    Raises:
        LookupError: the path does not exist.
    """
    if not steps:
        return value
    key = _key(whole, steps[0])
    if key is None:
        return with_value_at(whole, steps[1:], value)
    if len(steps) == 1 and isinstance(whole, dict):
        return {**whole, str(key): value}
    inner = with_value_at(whole[key], steps[1:], value)  # type: ignore[index]
    if isinstance(whole, dict):
        return {**whole, str(key): inner}
    assert isinstance(whole, list)  # noqa: S101 - the caller has seen to it
    assert isinstance(key, int)  # noqa: S101 - the caller has seen to it
    return [*whole[:key], inner, *whole[key + 1 :]]


def _key(whole: JsonValue, step: Step) -> str | int | None:
    """The key or index of a step; None if it stays at the same value."""
    if step.kind == "same":
        return None
    if isinstance(whole, list):
        index = step.position
        if step.kind in ("item", "prefix") and index < len(whole):
            return index
    elif isinstance(whole, dict):
        if step.kind == "property":
            return step.name
        for name in whole:
            if step.kind == "pattern" and matches(step.name, name):
                return name
            if step.kind == "extra" and not (name in step.before.properties or name in step.after.properties):
                return name
    raise LookupError(step.kind)
