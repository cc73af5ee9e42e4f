"""Compares the bounds and enums of two alternatives."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from signoff.review.changes.sets import facets
from signoff.review.changes.sets.difference import Difference, Effect
from signoff.review.changes.sets.shape import Facet, Shape, as_number, canonical

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.contract.json_value import JsonValue

_MOST_LISTED = 256
_LONGEST = 120


def compared(old: Shape, new: Shape) -> Iterator[Difference]:
    """The differences between the enums and bounds of two alternatives of one type."""
    if old.values is not None or new.values is not None:
        yield from _listed(_enumerated(old, new), _enumerated(new, old))
        return
    for name in facets.FACETS:
        one, other = old.facets.get(name), new.facets.get(name)
        if one != other and not (name == "maximum" and _is_reported(old, new)):
            yield _bound(name, old, new)


def _listed(old: Shape, new: Shape) -> Iterator[Difference]:
    lost, gained = _beyond(old, new), _beyond(new, old)
    places = old.values_at or old.pointer, new.values_at or new.pointer
    aspect = "open-enum" if old.is_open or new.is_open else "enum"
    for values, effect in ((lost, Effect.NARROWED), (gained, Effect.WIDENED)):
        if values:
            detail = _values_sentence(values, effect, old, new)
            yield Difference(aspect, effect, detail, *places, probes=tuple(values))
    if (old.values is None) != (new.values is None):
        # an enum on one side only; bounds limit the other
        effect = Effect.NARROWED if old.values is None else Effect.WIDENED
        verb = "is now" if effect is Effect.NARROWED else "is no longer"
        detail, is_certain = f"{verb} limited to a list of values", not (lost or gained)
        yield Difference(aspect, effect, detail, *places, probes=_beside(old, new), is_certain=is_certain)


def _values_sentence(values: list[JsonValue], effect: Effect, old: Shape, new: Shape) -> str:
    shown = ", ".join(canonical(value) for value in values[:5]) + (", …" if len(values) > 5 else "")
    verb = "now allows" if effect is Effect.WIDENED else "no longer allows"
    if old.values is None or new.values is None:
        reason = ", because its values are now listed" if old.values is None else ""
        return f"{verb} {shown}{reason}"
    return f"{verb} {shown}"


def _beyond(one: Shape, other: Shape) -> list[JsonValue]:
    """The values in the enum of one alternative that the other does not allow."""
    if one.values is None:
        return []
    if other.values is not None:
        known = {canonical(value) for value in other.values}
        return [value for value in one.values if canonical(value) not in known]
    return [value for value in one.values if not facets.takes(other.facets, value)]


def _beside(old: Shape, new: Shape) -> tuple[JsonValue, ...]:
    """Values of the type that are not in the enum."""
    known = {canonical(value) for value in (old.values or new.values or ())}
    drawn: list[JsonValue] = ["a", "b", "A1", ""] if old.kind == "string" else [0, 1, -1, 2, 3, 7, 1.5, 100]
    return tuple(value for value in drawn if canonical(value) not in known)


def _enumerated(shape: Shape, other: Shape) -> Shape:
    """A short range of integers as a list of values, if the other side has an enum."""
    if shape.values is not None or shape.kind not in ("number", "boolean"):
        return shape
    if shape.kind == "boolean":
        return replace(shape, values=(False, True))
    low, high, step = (shape.facets.get(name) for name in ("minimum", "maximum", "multipleOf"))
    if not (low and high and step) or other.values is None:
        return shape
    if step.value.denominator != 1 or (high.value[0] - low.value[0]) / step.value > _MOST_LISTED:
        return shape
    numbers = range(int(low.value[0]), int(high.value[0]) + 1)
    return replace(shape, values=tuple(n for n in numbers if n % int(step.value) == 0), facets={})


def _bound(name: str, old: Shape, new: Shape) -> Difference:
    one, other = old.facets.get(name), new.facets.get(name)
    is_narrower = facets.within(name, other, one)
    is_wider = facets.within(name, one, other)
    effect = Effect.NARROWED if is_narrower else Effect.WIDENED if is_wider else Effect.CHANGED
    aspect = _aspect(name, one, other)
    detail = _sentence(name, aspect, one, other)
    places = one.pointer if one else old.pointer, other.pointer if other else new.pointer
    return Difference(aspect, effect, detail, *places, probes=tuple(_probes(name, old, new)))


def _aspect(name: str, one: Facet | None, other: Facet | None) -> str:
    if name == "multipleOf":
        whole = [facet is not None and facet.value.denominator == 1 for facet in (one, other)]
        return "multipleOf" if whole[0] == whole[1] else "type"
    if name in ("minimum", "maximum"):
        bounds = [facet for facet in (one, other) if facet is not None]
        if len(bounds) == 1 and bounds[0].pointer.endswith("/format"):
            return "integerFormat" if abs(bounds[0].value[0]) < 2**32 else "int64"
        if all(facet.pointer.endswith("/format") for facet in bounds):
            return "integerFormat"
    return name


def _is_reported(old: Shape, new: Shape) -> bool:
    """Whether both bounds come from the same integer format, so that the lower one reports it."""
    for name in ("minimum", "maximum"):
        one, other = old.facets.get(name), new.facets.get(name)
        if one == other or _aspect(name, one, other) not in ("integerFormat", "int64"):
            return False
    return True


def _sentence(name: str, aspect: str, one: Facet | None, other: Facet | None) -> str:
    if aspect == "type":
        return "now allows " + ("only integers" if other and other.value.denominator == 1 else "fractions")
    if aspect in ("integerFormat", "int64"):
        label, was, now = "format", _integer_format(one), _integer_format(other)
    else:
        label, was, now = name, _shown(one), _shown(other)
    if one is None:
        return f"now has {label} {now}"
    return f"no longer has {label} {was}" if other is None else (f"has {label} {now} instead of {was}")


def _integer_format(facet: Facet | None) -> str:
    return "" if facet is None else "int32" if abs(facet.value[0]) < 2**32 else "int64"


def _shown(facet: Facet | None) -> str:
    value: Any = facet.value if facet else ""
    if isinstance(value, tuple):
        return f"{as_number(value[0])}{' (excluded)' if value[1] else ''}"
    if isinstance(value, frozenset):
        texts = [
            " ".join(part for part in item if part) if isinstance(item, tuple) else item for item in value
        ]
        cut = (text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…" for text in sorted(texts))
        return " and ".join(f"`{text}`" for text in cut)
    if isinstance(value, bool):
        return canonical(value)
    return str(as_number(value)) if isinstance(value, Fraction) else str(value)


def _probes(name: str, old: Shape, new: Shape) -> Iterator[JsonValue]:
    """Numbers on both sides of a bound. Other types are probed in the sampler."""
    for facet in (old.facets.get(name), new.facets.get(name)):
        if facet is None or old.kind != "number" or name == "format":
            continue
        value = facet.value[0] if isinstance(facet.value, tuple) else facet.value
        steps = {Fraction(1), Fraction(1, 2)}
        steps |= {s.facets["multipleOf"].value for s in (old, new) if "multipleOf" in s.facets}
        for offset in (Fraction(0), *sorted(steps), *sorted(-step for step in steps)):
            yield as_number(value + offset)
