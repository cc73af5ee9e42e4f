"""The search for a counterexample: values at the bounds first, then at random, within fixed limits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import TYPE_CHECKING

from openapi.review.changes.sets.merging import of_property
from openapi.review.changes.sets.shape import canonical

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from openapi.json_value import JsonValue
    from openapi.review.changes.sets.difference import Difference
    from openapi.review.changes.sets.normal_form import NormalForms
    from openapi.review.changes.sets.parts import Conjunction
    from openapi.review.changes.sets.shape import Shape
    from openapi.review.changes.witnesses.judge import Judge
    from openapi.review.changes.witnesses.sampler import Sampler

_TRIES = 600
_EMBEDDED = 40
_RANDOM_TRIES = 300


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a search came to.

    Attributes:
        value: the counterexample, None where none was found (`is_found` tells it from the value null).
        is_thorough: whether values of the schema could be made at all, so that to find none means something.
    """

    value: JsonValue
    is_found: bool
    is_thorough: bool


@dataclass(frozen=True, slots=True)
class Search:
    """Looks for values that one side takes and the other does not.

    Attributes:
        sampler: makes values of the side that has to take them.
        other: judges by the side that has to refuse them.
        facing: the normal forms of that side, which tell where its bounds are.
        is_forward: whether the first side is the contract as it was.
    """

    sampler: Sampler
    other: Judge
    facing: NormalForms
    is_forward: bool

    def run(self, difference: Difference, roots: tuple[Conjunction, Conjunction]) -> Outcome:
        """Look for a value of the whole body or parameter that shows the difference.

        Args:
            difference: somewhere inside.
            roots: the outermost schemas, before and after.
        """
        taken = False
        embedded = 0
        for value in self._candidates(difference):
            if not self._takes(self._own(difference.left, difference.right), value):
                continue
            taken = True
            if self._refused(self._others(difference.left, difference.right), value):
                embedded += 1
                whole = self._embedded(difference, value)
                if self._takes(self._own(*roots), whole) and self._refused(self._others(*roots), whole):
                    return Outcome(whole, is_found=True, is_thorough=True)
            if embedded > _EMBEDDED:
                break
        return Outcome(None, is_found=False, is_thorough=taken)

    def _own(self, left: Conjunction, right: Conjunction) -> Conjunction:
        return left if self.is_forward else right

    def _others(self, left: Conjunction, right: Conjunction) -> Conjunction:
        return right if self.is_forward else left

    def _takes(self, schema: Conjunction, value: JsonValue) -> bool:
        return self.sampler.judge.takes(schema, value, self.sampler.direction) is True

    def _refused(self, schema: Conjunction, value: JsonValue) -> bool:
        return self.other.takes(schema, value, self.sampler.direction) is False

    def _embedded(self, difference: Difference, value: JsonValue) -> JsonValue:
        for step in reversed(difference.steps):
            value = self.sampler.around(step, step.before if self.is_forward else step.after, value)
        return value

    def _candidates(self, difference: Difference) -> Iterator[JsonValue]:
        seen: set[str] = set()
        for value in islice(self._all(difference), _TRIES):
            key = canonical(value)
            if key not in seen:
                seen.add(key)
                yield value
        yield from self._random(difference)

    def _all(self, difference: Difference) -> Iterator[JsonValue]:
        schema = self._own(difference.left, difference.right)
        shapes = self.sampler.forms.of(schema).shapes
        others = self.facing.of(self._others(difference.left, difference.right)).shapes
        yield from difference.probes
        if difference.name:
            yield from self._about(difference.name, shapes.get("object", ()))
        yield from self.sampler.values(schema)
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

    def _about(self, name: str, shapes: tuple[Shape, ...]) -> Iterator[JsonValue]:
        """Objects with and without the property that the difference is about."""
        for shape in shapes:
            least = self.sampler.object(shape)
            yield {key: value for key, value in least.items() if key != name}
            yield from ({**least, name: v} for v in self.sampler.values(of_property(shape, name)))

    def _random(self, difference: Difference) -> Iterator[JsonValue]:
        """One value found by hypothesis, for strings and numbers that the bounds do not tell apart."""
        own, other = (self._own(difference.left, difference.right), self._others(difference.left, difference.right))
        shapes = self.sampler.forms.of(own).shapes
        for kind in ("string", "number"):
            for shape in shapes.get(kind, ()):
                if shape.values is None and difference.aspect in ("pattern", "format", "multipleOf", "condition"):
                    yield from _found_at_random(
                        shape, lambda value: self._takes(own, value) and self._refused(other, value)
                    )


def _found_at_random(shape: Shape, tells_apart: Callable[[JsonValue], bool]) -> Iterator[JsonValue]:
    """At most one value, the same at every run: hypothesis draws without randomness of its own."""
    from hypothesis import HealthCheck, find, settings  # noqa: PLC0415 - costs a third of a second
    from hypothesis import strategies as st  # noqa: PLC0415
    from hypothesis.errors import HypothesisException  # noqa: PLC0415

    patterns = shape.facets.get("pattern")
    strategy: st.SearchStrategy[JsonValue]
    if shape.kind == "number":
        strategy = st.one_of(st.integers(-1000, 1000), st.integers(), st.floats(-1e6, 1e6))
    elif patterns:
        strategy = st.one_of(*(st.from_regex(pattern) for pattern in sorted(patterns.value)))
    else:
        strategy = st.text()
    limits = settings(
        max_examples=_RANDOM_TRIES, database=None, deadline=None, suppress_health_check=list(HealthCheck)
    )
    try:
        yield find(strategy, tells_apart, settings=limits, random=Random(0))  # noqa: S311 - no secret
    except (HypothesisException, re.error, ValueError, OverflowError):
        return
