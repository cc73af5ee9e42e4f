"""Numbers by their bounds and their step."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from signoff.generate.errors import CannotGenerateError

if TYPE_CHECKING:
    from random import Random

    from signoff.contract.json_value import JsonObject, JsonValue

_SPAN = 100
_KEYWORDS = frozenset(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"))


def number(random: Random, schema: JsonObject, *, whole: bool) -> float:
    """A number.

    Args:
        random: where chance comes from.
        schema: a flat schema; its bounds and `multipleOf` count.
        whole: whether it is to be an integer.

    Raises:
        CannotGenerateError: the range has no such number.
    """
    low, high = bound(schema, "minimum"), bound(schema, "maximum")
    start = low if low is not None else min(Fraction(0), high - _SPAN) if high is not None else Fraction(0)
    end = high if high is not None else start + _SPAN
    step = _step(schema, whole=whole)
    if step is None:
        return _between(random, schema, start, end)
    if step > end - start and high is None:
        end = start + step * 3
    elif step > end - start and low is None:
        start = end - step * 3
    first, last = math.ceil(start / step), math.floor(end / step)
    first += first * step == _exact(schema.get("exclusiveMinimum"))
    last -= last * step == _exact(schema.get("exclusiveMaximum"))
    if first > last:
        raise CannotGenerateError(f"no number is between {_said(start)} and {_said(end)}")
    chosen = random.randint(first, last) * step
    return int(chosen) if chosen.denominator == 1 and whole else _plain(chosen)


def admits(schema: JsonObject, value: float) -> bool:
    """Whether a number keeps the bounds and the step of a flat schema."""
    if _KEYWORDS.isdisjoint(schema):
        return True
    exact = Fraction(str(value))
    low, high = bound(schema, "minimum"), bound(schema, "maximum")
    step = _step(schema, whole=False)
    return (
        (low is None or exact >= low)
        and (high is None or exact <= high)
        and exact != _exact(schema.get("exclusiveMinimum"))
        and exact != _exact(schema.get("exclusiveMaximum"))
        and (step is None or (exact / step).denominator == 1)
    )


def bound(schema: JsonObject, side: str) -> Fraction | None:
    """The tighter of the inclusive and the exclusive bound; `side` is `minimum` or `maximum`."""
    keys = (side, f"exclusive{side.title()}")
    numbers = [found for key in keys if (found := _exact(schema.get(key))) is not None]
    return (max if side == "minimum" else min)(numbers) if numbers else None


def _between(random: Random, schema: JsonObject, start: Fraction, end: Fraction) -> float:
    """A number that need not be a multiple of anything, with few decimals where there is room for it."""
    if start > end or (start == end and not admits(schema, float(start))):
        raise CannotGenerateError(f"no number is between {_said(start)} and {_said(end)}")
    low, high = float(start), float(end)
    inner = low + (high - low) * random.uniform(0.1, 0.9)
    for digits in (2, 4, 8):
        if admits(schema, round(inner, digits)):
            return round(inner, digits)
    return inner if math.isfinite(inner) else low


def _step(schema: JsonObject, *, whole: bool) -> Fraction | None:
    step = _exact(schema.get("multipleOf"))
    step = step if step is not None and step > 0 else None
    if not whole:
        return step
    return Fraction(1) if step is None else Fraction(step.numerator)  # 0.5 and 1 together mean 1, 2.5 means 5


def _exact(value: JsonValue) -> Fraction | None:
    """The number as it was written (0.1 is a tenth); None where there is none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return Fraction(str(value))


def _plain(value: Fraction) -> float:
    decimal = Decimal(value.numerator) / Decimal(value.denominator)
    return int(decimal) if value.denominator == 1 else float(decimal)


def _said(value: Fraction) -> str:
    return f"{float(value):g}"
