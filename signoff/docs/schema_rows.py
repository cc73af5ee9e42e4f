"""Describes schemas in Markdown: the type, its constraints, and a table of its properties."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from signoff.contract.json_value import as_list, as_object
from signoff.contract.pointer import from_ref, split
from signoff.reporting.markdown import plain, prose, span, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from signoff.contract.json_value import JsonObject, JsonValue

_DEEPEST, _MOST_ROWS, _MOST_VALUES = 5, 400, 30
# Of oneOf or anyOf, by nesting depth.
_MOST_BRANCHES = (40, 8, 8, 8)
_BOUNDS = (
    ("minimum", "minimum"),
    ("exclusiveMinimum", "greater than"),
    ("maximum", "maximum"),
    ("exclusiveMaximum", "less than"),
    ("multipleOf", "multiple of"),
    ("minLength", "minimum length"),
    ("maxLength", "maximum length"),
    ("minItems", "minimum items"),
    ("maxItems", "maximum items"),
    ("minProperties", "minimum properties"),
    ("maxProperties", "maximum properties"),
)
_FLAGS = (("readOnly", "read only"), ("writeOnly", "write only"), ("deprecated", "deprecated"))
_CHOICES = (("oneOf", "one of"), ("anyOf", "any of"))


@dataclass(frozen=True, slots=True)
class SchemaWords:
    """Schemas in Markdown.

    Attributes:
        anchors: the section ids of named schemas, by pointer.
    """

    anchors: Mapping[str, str]

    def kind(self, schema: JsonValue) -> str:
        """The type and its constraints, with links to named schemas."""
        return ", ".join(part for part in (self._type(schema), *_constraints(schema)) if part)

    def rows(self, schema: JsonValue, prefix: str = "", depth: int = 0) -> Iterator[str]:
        """The properties of an object or of an array's items (`a.b`, `a[].b`) as table rows."""
        if not isinstance(schema, dict) or depth > _DEEPEST:
            return
        if isinstance(schema.get("items"), dict) and not schema.get("properties"):
            yield from self.rows(schema["items"], f"{prefix}[]", depth + 1)
        names = as_list(schema.get("required"))
        for name, inner in as_object(schema.get("properties")).items():
            path = f"{prefix}.{name}" if prefix else name
            words = as_object(inner)
            description = words.get("description") or words.get("title")
            yield row(path, self.kind(inner), is_required=name in names, description=description)
            yield from self.rows(inner, path, depth + 1)
        for member in as_list(schema.get("allOf")):
            yield from self.rows(member, prefix, depth + 1)

    def table(self, schema: JsonValue) -> list[str]:
        """The table of properties; empty without any."""
        # Limited: YAML aliases can expand a small document to countless rows.
        rows = list(islice(self.rows(schema), _MOST_ROWS + 1))
        if not rows:
            return []
        lines = ["| property | type | required | |", "| --- | --- | --- | --- |", *rows[:_MOST_ROWS]]
        return [*lines, "| … | | | |"] if len(rows) > _MOST_ROWS else lines

    def _type(self, schema: JsonValue, depth: int = 0) -> str:
        if depth >= len(_MOST_BRANCHES):
            return "…"
        if not isinstance(schema, dict):
            return "never" if schema is False else "any"
        if isinstance(ref := schema.get("$ref"), str):
            return self._link(ref)
        for keyword, words in _CHOICES:
            if branches := as_list(schema.get(keyword)):
                most = _MOST_BRANCHES[depth]
                parts = [self._type(branch, depth + 1) for branch in branches[:most]]
                more = ", …" if len(branches) > most else ""
                return f"{words} {', '.join(parts)}{more}"
        if branches := as_list(schema.get("allOf")):
            parts = [
                self._type(branch) for branch in branches if isinstance(branch, dict) and "$ref" in branch
            ]
            return " and ".join(dict.fromkeys(parts)) or "object"
        return self._own_type(schema, depth)

    def _own_type(self, schema: JsonObject, depth: int) -> str:
        held = schema.get("type")
        names = [str(name) for name in held] if isinstance(held, list) else [str(held)] if held else []
        if "array" in names and "items" in schema:
            items = f"array of {self._type(schema['items'], depth + 1)}"
            return " or ".join(items if name == "array" else name for name in names)
        if not names:
            names = (
                ["object"] if "properties" in schema else [] if {"enum", "const"} & schema.keys() else ["any"]
            )
        return " or ".join(text(name) for name in names)

    def _link(self, ref: str) -> str:
        pointer = from_ref(ref)
        tokens = split(pointer)
        name = text(plain(tokens[-1])) if tokens else "the document"
        anchor = self.anchors.get(pointer)
        return f"[{name}](#{anchor})" if anchor else name


def _constraints(schema: JsonValue) -> Iterator[str]:
    if not isinstance(schema, dict):
        return
    yield from _values(schema)
    for keyword, words in _BOUNDS:
        if isinstance(schema.get(keyword), int | float):
            yield f"{words} {schema[keyword]}"
    if isinstance(schema.get("pattern"), str):
        yield f"pattern {_code(str(schema['pattern']))}"
    for keyword, words in _FLAGS:
        if schema.get(keyword) is True:
            yield words


def _values(schema: JsonObject) -> Iterator[str]:
    if isinstance(schema.get("format"), str):
        yield text(plain(str(schema["format"])))
    if "const" in schema:
        yield f"always {shown(schema['const'])}"
    if values := as_list(schema.get("enum")):
        more = " …" if len(values) > _MOST_VALUES else ""
        yield " \\| ".join(shown(value) for value in values[:_MOST_VALUES]) + more
    if "default" in schema:
        yield f"default {shown(schema['default'])}"


def row(name: str, *cells: str, is_required: bool, description: JsonValue) -> str:
    """A table row: name, type and description."""
    required, text = "yes" if is_required else "", description if isinstance(description, str) else ""
    return f"| {' | '.join((_cell(f'`{name}`'), *cells, required, _cell(text)))} |"


def _cell(content: str) -> str:
    return prose(plain(content)).replace("|", "\\|")


def shown(value: JsonValue) -> str:
    """A value as code in a table cell."""
    return _code(json.dumps(value, ensure_ascii=False))


def _code(content: str) -> str:
    return span(plain(content)).replace("|", "\\|")
