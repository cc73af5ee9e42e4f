"""The limits on work that an option raises.

They count steps, not seconds, so that a command ends in the same way on every machine. What reports that one
is exceeded names the place in the document, and includes `Limit.exceeded`, which names the option.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit on work.

    Attributes:
        name: identifies it; the option is `--max-` and the name.
        value: how much work is allowed.
        most: the largest value that the option accepts.
        unit: what is counted.
        purpose: what is limited, for the help.
    """

    name: str
    value: int
    most: int
    unit: str
    purpose: str

    @property
    def option(self) -> str:
        """The option that raises it."""
        return f"--max-{self.name}"

    @property
    def exceeded(self) -> str:
        """What is reported when more is needed, as the object of `takes`."""
        if self.value >= self.most:
            return f"more than {self.value:,} {self.unit} (the most that {self.option} allows)"
        return f"more than {self.value:,} {self.unit} ({self.option} raises the limit)"


PARTS = Limit(
    "schema-parts", 5_000, 1_000_000, "parts", "Parts of one keyword of a schema, such as `properties`."
)
GENERATOR = Limit("generator-steps", 30_000, 3_000_000, "steps", "Steps to generate one value.")
EXPRESSION = Limit(
    "expression-steps", 10_000_000, 1_000_000_000, "steps", "Steps of a CEL expression for one exchange."
)
RULE = Limit(
    "rule-steps", 250_000, 100_000_000, "steps", "Steps of the CEL expressions of rules for one request."
)
COMBINATIONS = Limit(
    "combinations", 5_000, 200_000, "schema combinations", "Combinations of schemas that are compared."
)
TRIES = Limit("tries", 60_000, 6_000_000, "tries", "Values to try to find examples of changes.")
BODY_VALUES = Limit("body-values", 250_000, 100_000_000, "values", "Values in one request body.")
VALIDATION = Limit(
    "validation-steps", 1_000_000, 1_000_000_000, "steps", "Steps of a schema to validate one value."
)
FUZZED_PARTS = Limit(
    "fuzzed-parts", 1_000_000, 100_000_000, "parts", "Parts of a request's schemas, for generated requests."
)
FUZZED_PROPERTIES = Limit(
    "fuzzed-properties", 500, 100_000, "properties", "Properties of a schema, for generated requests."
)
ALL = (
    PARTS,
    VALIDATION,
    GENERATOR,
    EXPRESSION,
    RULE,
    COMBINATIONS,
    TRIES,
    BODY_VALUES,
    FUZZED_PARTS,
    FUZZED_PROPERTIES,
)


@dataclass(frozen=True, slots=True)
class Limits:
    """The values of the limits.

    Attributes:
        values: by name; the others have their defaults.
    """

    values: Mapping[str, int] = field(default_factory=dict)

    def of(self, limit: Limit) -> Limit:
        """A limit with its value."""
        return replace(limit, value=self.values.get(limit.name, limit.value))


NO_OPTIONS = Limits()
