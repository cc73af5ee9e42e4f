"""The single demands of a schema: required members, enum values, conditions, constraints.

A facet has a path in the value (`*` for each item) and a pointer into the document. The number is bounded,
because schemas may be recursive.
"""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from signoff.contract.json_value import as_list, as_object
from signoff.contract.pointer import escape
from signoff.contract.schema_view import Part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.schemas import Schema

    Path = tuple[str, ...]

CONSTRAINTS = (
    *("type", "enum", "const", "format", "pattern", "minLength", "maxLength", "minimum", "maximum"),
    *("exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minItems", "maxItems", "uniqueItems"),
    *("minProperties", "maxProperties", "additionalProperties", "not", "contains", "propertyNames"),
)
_DEEPEST = 6
_MOST_PLACES = 200
_MOST_FACETS = 150


@dataclass(frozen=True, slots=True)
class Facet:
    """One demand of a schema.

    Attributes:
        path: where in the value; for a required member, that member.
        keyword: the JSON Schema keyword; `if` for a condition.
        value: the keyword's value; for a condition, a name.
        pointer: the pointer of the keyword in the bundled document.
    """

    path: Path
    keyword: str
    value: JsonValue
    pointer: str

    @property
    def name(self) -> str:
        """The path with slashes."""
        return "/".join(self.path)


def facets_of(schema: Schema) -> tuple[Facet, ...]:
    """The facets of a schema, those nearest to the root first, each demand once."""
    found: dict[tuple[Path, str, str], Facet] = {}
    for path, part in _places(schema):
        for facet in _at(path, part.schema, part.pointer):
            key = (facet.path, facet.keyword, json.dumps(facet.value, sort_keys=True))
            found.setdefault(key, facet)
            if len(found) >= _MOST_FACETS:
                return tuple(found.values())
    return tuple(found.values())


def values_at(value: JsonValue, path: Path) -> list[JsonValue]:
    """The parts of a value at a path."""
    parts = [value]
    for name in path:
        following: list[JsonValue] = []
        for part in parts:
            if name == "*" and isinstance(part, list):
                following += part[:50]
            elif isinstance(part, dict) and name in part:
                following.append(part[name])
        parts = following
    return parts


def _places(schema: Schema) -> Iterator[tuple[Path, Part]]:
    """Every part of a schema that always applies, with its path, breadth first."""
    references = schema.schemas.references
    waiting: deque[tuple[Path, Part, frozenset[str]]] = deque(
        [((), Part(schema.raw, schema.pointer), frozenset())]
    )
    for _ in range(_MOST_PLACES):
        if not waiting:
            return
        path, part, seen = waiting.popleft()
        if part.pointer in seen or len(path) > _DEEPEST:
            continue
        seen |= {part.pointer}
        yield path, part
        waiting += ((path, inner, seen) for inner in references.inner(part, ("allOf",)))
        for name, member in as_object(part.schema.get("properties")).items():
            inner = Part(member, f"{part.pointer}/properties/{escape(name)}")
            waiting.append(((*path, name), inner, seen))
        waiting += (((*path, "*"), inner, seen) for inner in part.children("items"))


def _at(path: Path, raw: JsonObject, pointer: str) -> Iterator[Facet]:
    for index, name in enumerate(as_list(raw.get("required"))):
        yield Facet((*path, str(name)), "required", str(name), f"{pointer}/required/{index}")
    if "if" in raw and ("then" in raw or "else" in raw):
        yield Facet(path, "if", _named(raw["if"]) or pointer.rpartition("/")[2], f"{pointer}/if")
    for keyword in CONSTRAINTS:
        if keyword in raw and not (keyword == "additionalProperties" and raw[keyword] is not False):
            yield Facet(path, keyword, raw[keyword], f"{pointer}/{keyword}")


def _named(condition: JsonValue) -> str:
    """A short name for a condition: its constants, else its property names."""
    return ", ".join(
        f"{name}={member['const']}" if isinstance(member, dict) and "const" in member else name
        for name, member in as_object(as_object(condition).get("properties")).items()
    )
