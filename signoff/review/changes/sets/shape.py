"""The normal form of a schema: the alternatives for each kind of JSON value."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.review.changes.sets.parts import Conjunction

KINDS = ("null", "boolean", "number", "string", "array", "object")


@dataclass(frozen=True, slots=True)
class Facet:
    """A constraint on the values of a kind, and its pointer.

    Attributes:
        value: comparable and hashable; see `facets`.
    """

    value: Any
    pointer: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that no other keyword can express: `not`, `if`, `contains`, overlapping `oneOf`.

    Attributes:
        kind: the keyword; `group` for `anyOf` and `oneOf` with too many alternatives to multiply.
        name: of the property, for `dependentSchemas`; the bounds of `contains`; the keyword of a group.
        schemas: one conjunction for each of its schemas, by keyword or position.
        labels: of the alternatives of a group.
    """

    kind: str
    name: str
    schemas: Mapping[str, Conjunction]
    pointer: str
    labels: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What identifies it."""
        return f"{self.kind} {self.name}"

    @property
    def bounds(self) -> tuple[int, float]:
        """How many items an array has to contain, at least and at most."""
        least, _, most = self.name.partition(" to ")
        return int(least), math.inf if most == "None" else int(most)


@dataclass(frozen=True, slots=True)
class Shape:
    """One alternative of one kind, with constraints that all apply.

    Attributes:
        values: the enum, if there is one.
        facets: the bounds, by keyword.
        required: the required properties, with the pointer that requires each.
        additional: the schemas for other properties.
        label: what identifies the alternative: the name of its component or its title.
        is_tagged: whether a discriminator distinguishes it from alternatives with other labels.
        is_open: whether the enum is open (`x-extensible-enum`).
    """

    kind: str
    pointer: str
    values: tuple[JsonValue, ...] | None = None
    values_at: str = ""
    facets: Mapping[str, Facet] = field(default_factory=dict)
    properties: Mapping[str, Conjunction] = field(default_factory=dict)
    required: Mapping[str, str] = field(default_factory=dict)
    patterns: Mapping[str, Conjunction] = field(default_factory=dict)
    additional: Conjunction = ()
    names: Conjunction = ()
    prefix: tuple[Conjunction, ...] = ()
    items: Conjunction = ()
    conditions: tuple[Condition, ...] = ()
    label: str = ""
    is_tagged: bool = False
    is_open: bool = False

    @property
    def is_free(self) -> bool:
        """Whether every value of the kind is allowed."""
        return self == Shape(
            self.kind,
            self.pointer,
            None,
            self.values_at,
            label=self.label,
            is_tagged=self.is_tagged,
            is_open=self.is_open,
        )

    @property
    def contained(self) -> list[Conjunction]:
        """The schemas of the `contains` conditions of an array."""
        return [one.schemas["contains"] for one in self.containing]

    @property
    def containing(self) -> list[Condition]:
        """The `contains` conditions of an array."""
        return [one for one in self.conditions if one.kind == "contains"]


@dataclass(frozen=True, slots=True)
class Note:
    """An annotation of a schema: a default, `deprecated`, `readOnly`."""

    value: JsonValue
    pointer: str


@dataclass(frozen=True, slots=True)
class Normal:
    """A schema in normal form.

    Attributes:
        shapes: the alternatives by kind; without kinds that are not allowed.
        notes: by keyword.
        is_typed: whether the document sets a type instead of implying it by other keywords.
        pointer: the pointer of the schema.
    """

    shapes: Mapping[str, tuple[Shape, ...]]
    notes: Mapping[str, Note]
    is_typed: bool
    pointer: str


def kind_of(value: JsonValue) -> str:
    """The kind of a value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return {str: "string", list: "array"}.get(type(value), "object")


def listed_values(raw: JsonObject) -> tuple[list[JsonValue] | None, str]:
    """The values of a `const` or `enum`, and the keyword; None if there is neither."""
    if "const" in raw:
        return [raw["const"]], "const"
    options = raw.get("enum")
    return (list(options), "enum") if isinstance(options, list) else (None, "")


def canonical(value: JsonValue) -> str:
    """The same text for values that are equal in JSON Schema, such as `1` and `1.0`."""
    return json.dumps(_without_fractions(value), sort_keys=True, ensure_ascii=False)


def _without_fractions(value: JsonValue) -> JsonValue:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_without_fractions(item) for item in value]
    if isinstance(value, dict):
        return {name: _without_fractions(item) for name, item in value.items()}
    return value


_FIRST_WITHOUT_FRACTIONS = 2**53  # floating-point numbers from here on are integers


def exact(number: float) -> Fraction:
    """A JSON number as an exact decimal, not as the nearest float."""
    return Fraction(str(number))


def as_number(value: Fraction) -> int | float:
    """The JSON number of a fraction; beyond floating-point numbers, its integer."""
    is_whole = value.denominator == 1 or abs(value) >= _FIRST_WITHOUT_FRACTIONS
    return int(value) if is_whole else float(value)
