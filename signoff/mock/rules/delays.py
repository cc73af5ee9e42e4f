"""How long a response is held back: a fixed time, or one of a seeded distribution."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random


@dataclass(frozen=True, slots=True)
class Delay:
    """A distribution of delays, in milliseconds.

    Attributes:
        low, high: the range of a uniform distribution; equal for a fixed delay.
        sigma: of a lognormal distribution with the median `low`; None for the others.
    """

    low: float
    high: float
    sigma: float | None = None

    @classmethod
    def read(cls, value: float | Mapping[str, Any]) -> Delay:
        """The delay of a rule."""
        if isinstance(value, int | float):
            return cls(value, value)
        if "lognormal" in value:
            held = value["lognormal"]
            return cls(held["median"], held["median"], held["sigma"])
        low, high = value["uniform"] if "uniform" in value else [value["fixed"]] * 2
        return cls(low, high)

    @property
    def is_random(self) -> bool:
        """Whether it differs between requests."""
        return self.sigma is not None or self.low != self.high

    def seconds(self, random: Random, most_s: float) -> float:
        """A delay in seconds, at most `most_s`."""
        if self.sigma is not None:
            exponent = min(random.gauss(0, self.sigma), 700.0)  # beyond, math.exp overflows
            found = self.low * math.exp(exponent)
        else:
            found = random.uniform(self.low, self.high)
        return min(found / 1000, most_s)
