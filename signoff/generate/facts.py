"""What the generator asks of a flat schema for each value, found out once for each schema."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from signoff.contract.json_value import as_list, as_object, listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.schemas import SchemaSet

_KEPT = 4096
_KINDS = ("object", "string", "integer", "number", "array", "boolean", "null")
_SIGNS = {
    "object": (
        *("properties", "required", "additionalProperties", "minProperties", "patternProperties"),
        *("propertyNames", "unevaluatedProperties", "dependentRequired", "dependentSchemas", "maxProperties"),
    ),
    "array": ("items", "prefixItems", "minItems", "maxItems", "contains", "uniqueItems", "unevaluatedItems"),
    "string": ("pattern", "format", "minLength", "maxLength"),
    "number": ("minimum", "maximum", "multipleOf", "exclusiveMinimum", "exclusiveMaximum"),
}
_DEPENDENCIES = frozenset(("dependentRequired", "dependentSchemas"))


@dataclass(frozen=True, slots=True)
class Facts:
    """What a flat schema says.

    Attributes:
        schema: the schema.
        kinds: the types that it admits, the likeliest first.
        examples: what it gives as examples.
        lists_values: whether it lists its values.
        form: its `format`; empty without one.
        patterns: the regular expressions that its strings match.
        low, high: the least and greatest length of its strings; None without a greatest one.
        properties: the schemas of its properties.
        required: the names of the required ones.
        shown: the names of the properties that are sent, in order.
        hidden: the names of those that are not sent in this direction.
        has_dependencies: whether members depend on others.
    """

    schema: JsonObject
    kinds: tuple[str, ...]
    examples: tuple[JsonValue, ...]
    lists_values: bool
    form: str
    patterns: tuple[str, ...]
    low: int
    high: int | None
    properties: JsonObject
    required: tuple[str, ...]
    shown: tuple[str, ...]
    hidden: frozenset[str]
    has_dependencies: bool


class FactBook:
    """The facts of the schemas of one document in one direction.

    Args:
        schemas: the schemas.
        hidden: the keyword of members that are not sent in this direction.
    """

    def __init__(self, schemas: SchemaSet, hidden: str) -> None:
        self._schemas = schemas
        self._hidden = hidden
        self._facts: dict[int, Facts] = {}  # by identity; facts hold their schema, so that it keeps it

    def of(self, schema: JsonObject) -> Facts:
        """The facts of a flat schema."""
        found = self._facts.get(id(schema))
        if found is None:
            if len(self._facts) >= _KEPT:
                self._facts.clear()
            found = self._facts[id(schema)] = self._found(schema)
        return found

    def _found(self, schema: JsonObject) -> Facts:
        properties = as_object(schema.get("properties"))
        hidden = frozenset(n for n, member in properties.items() if self._schemas.says(member, self._hidden))
        return Facts(
            schema,
            tuple(kinds_of(schema)),
            tuple(_examples(schema)),
            "const" in schema or "enum" in schema,
            str(schema.get("format", "")),
            tuple(str(item) for item in listed(schema.get("pattern")) if item),
            bound(schema.get("minLength")) or 0,
            bound(schema.get("maxLength")),
            properties,
            tuple(str(name) for name in as_list(schema.get("required"))),
            tuple(name for name, member in properties.items() if name not in hidden and member is not False),
            hidden,
            not _DEPENDENCIES.isdisjoint(schema),
        )


def _examples(schema: JsonObject) -> Iterator[JsonValue]:
    """What the schema itself gives as examples."""
    yield from as_list(schema.get("examples"))
    for keyword in ("example", "default"):
        if schema.get(keyword) is not None:
            yield schema[keyword]


def kinds_of(schema: JsonObject) -> list[str]:
    """The types that a flat schema admits, the likeliest first."""
    named = [str(kind) for kind in listed(schema.get("type")) if kind]
    if not named:
        hinted_at = [kind for kind, signs in _SIGNS.items() if any(sign in schema for sign in signs)]
        named = [*hinted_at, *(kind for kind in _KINDS if kind not in hinted_at)]
    return sorted(named, key=lambda kind: kind == "null")


def bound(value: JsonValue) -> int | None:
    """A bound as an integer; None for what is not a number."""
    return int(value) if isinstance(value, int | float) else None
