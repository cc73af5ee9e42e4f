"""A difference of two schemas, and its place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from signoff.contract.json_value import JsonValue
    from signoff.review.changes.sets.parts import Conjunction
    from signoff.review.changes.sets.shape import Shape


class Effect(Enum):
    """The effect of a change on the set of valid values."""

    NARROWED = "narrowed"
    WIDENED = "widened"
    CHANGED = "changed"  # both, or unknown


IN_ALTERNATIVE = " in the alternative "
StepKind = Literal["property", "extra", "pattern", "item", "prefix", "contains", "same"]
_MIRRORED = {Effect.NARROWED: Effect.WIDENED, Effect.WIDENED: Effect.NARROWED, Effect.CHANGED: Effect.CHANGED}


@dataclass(frozen=True, slots=True)
class Step:
    """A step from a schema to a nested one; `same` applies to the same value (a condition, `not`).

    Attributes:
        name: the property's name or pattern, or the position in the array; empty for others.
        before, after: the alternatives that contain the nested schemas.
    """

    kind: StepKind
    name: str
    before: Shape
    after: Shape

    @property
    def position(self) -> int:
        """The position in an array; of `items`, the first one that is not in the prefix of either side."""
        return (
            int(self.name) if self.kind == "prefix" else max(len(self.before.prefix), len(self.after.prefix))
        )

    def __str__(self) -> str:
        """The step as a token of a pointer into a value."""
        return "" if self.kind == "same" else f"/{self.name or '*'}"


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference.

    Attributes:
        aspect: what differs; a name of `rules.ASPECTS`.
        detail: the difference, as the end of a sentence that starts with the place.
        before, after: the pointers in both documents.
        left, right: the schemas whose values are compared.
        probes: values that may be valid in only one of them.
        is_certain: whether the effect is certain: without alternatives, conditions or negations around
            the difference.
        steps: the path from the outermost schema to the one that differs.
        name: the name of the property that the difference is about.
        shapes: the alternatives that contain it, before and after.
    """

    aspect: str
    effect: Effect
    detail: str
    before: str | None
    after: str | None
    left: Conjunction = ()
    right: Conjunction = ()
    probes: tuple[JsonValue, ...] = ()
    is_certain: bool = True
    steps: tuple[Step, ...] = ()
    name: str = ""
    shapes: tuple[Shape, Shape] | None = None

    @property
    def schemas(self) -> tuple[Conjunction, Conjunction]:
        """The schemas of both sides."""
        return self.left, self.right

    @property
    def effect_on_values(self) -> Effect:
        """The effect on the set of valid values, where the effect is about what is defined.

        Requiring another property narrows the set. Any value is valid for one that is no longer defined, but
        clients that rely on it lose it.
        """
        is_removed = self.aspect == "property" and self.effect is Effect.NARROWED
        if is_removed or self.aspect == "closed-required-property":
            return Effect.CHANGED
        return _MIRRORED[self.effect] if self.aspect == "required-property" else self.effect

    @property
    def path(self) -> str:
        """The place in the value, such as `/items/*/name`."""
        return "".join(str(step) for step in self.steps)

    def mirrored(self) -> Difference:
        """The difference under a `not`, without a place in the value."""
        detail = f"has a `not` that {self.detail}"
        return replace(self, effect=_MIRRORED[self.effect], detail=detail, is_certain=False, steps=())
