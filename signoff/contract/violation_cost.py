"""How many alternatives make the violations of a value costly.

The error of an `anyOf` or `oneOf` has all errors of each alternative, and the validator makes them together,
some 20 µs and 3 KB each. Where the alternatives hold lists, that is one error for each part of the value and
alternative.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING

from signoff.contract.schema_view import ALTERNATIVES, Part
from signoff.contract.validation_cost import ValidationCost

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.schema_view import References

# Keywords whose schemas apply to any number of parts.
_OF_MANY = frozenset(
    (
        *("items", "prefixItems", "contains", "additionalProperties", "patternProperties", "propertyNames"),
        *("unevaluatedItems", "unevaluatedProperties"),
    )
)
_MOST_VISITED = 2_000  # parts of all alternatives; beyond, they count as if they held lists


@dataclass(frozen=True, slots=True)
class Alternatives:
    """Numbers of alternatives, those within alternatives included; 1 where there are none.

    Attributes:
        most: of the `anyOf` or `oneOf` that has most of them.
        of_lists: of the one that has most, of those whose alternatives hold lists or open objects.
    """

    most: int = 1
    of_lists: int = 1


def alternatives_in(root: JsonObject, references: References) -> Alternatives:
    """The alternatives in a schema and in all that it refers to."""
    cost = ValidationCost(references)
    counts = [
        (max(2, cost.steps(Part(schema, "")) - 1), schema)
        for schema in _reached(root, references)
        if any(isinstance(schema.get(keyword), list) for keyword in ALTERNATIVES)
    ]
    counts.sort(key=itemgetter(0), reverse=True)
    left = _MOST_VISITED
    for count, schema in counts:
        for inner in _reached([schema.get(keyword) for keyword in ALTERNATIVES], references):
            left -= 1
            if left < 0 or any(isinstance(inner.get(keyword), dict | list) for keyword in _OF_MANY):
                return Alternatives(counts[0][0], count)
    return Alternatives(counts[0][0] if counts else 1)


def _reached(root: JsonValue, references: References) -> Iterator[JsonObject]:
    """The objects in a schema and in what it refers to, each once."""
    seen: set[int] = set()
    pending: list[JsonValue] = [root]
    while pending:
        value = pending.pop()
        if not isinstance(value, dict | list) or id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, dict):
            yield value
            if isinstance(value.get("$ref"), str) or isinstance(value.get("$dynamicRef"), str):
                pending.append(references.followed(value)[0])
        pending += value.values() if isinstance(value, dict) else value
