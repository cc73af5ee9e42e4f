"""Judges texts that hold another document: `contentMediaType`, `contentEncoding`, `contentSchema`.

JSON Schema (2020-12, section 8) only describes with these keywords. In a response they are a promise like any
other, so `violations` of responses count.
"""

from __future__ import annotations

import base64
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from signoff.contract import body_reader, json_value, media_types
from signoff.contract.coercion import retyped
from signoff.contract.json_value import as_object
from signoff.contract.pointer import escape
from signoff.contract.schema_view import Part
from signoff.contract.schemas import Direction, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.contract.json_value import JsonValue
    from signoff.contract.schemas import Schema, SchemaSet

_MOST_PLACES = 1_000_000


def violations(schema: Schema, value: JsonValue) -> Iterator[Violation]:
    """What is wrong with the documents inside the texts of a value."""
    schemas = schema.schemas
    if not schemas.has_contents or not schema.view.has_contents:
        return
    waiting: deque[tuple[Part, JsonValue, str]] = deque([(Part(schema.raw, schema.pointer), value, "")])
    for _ in range(_MOST_PLACES):
        if not waiting:
            return
        start, held, at = waiting.popleft()
        for part in schemas.references.walk(start, ("allOf",)):
            if isinstance(held, str) and "contentMediaType" in part.schema:
                yield from _of_text(schemas, part, held, at)
            waiting += _inner(part, held, at)
    if waiting:
        message = f"the value has more than {_MOST_PLACES:,} parts; the texts in the others were not checked"
        yield Violation("", message, "contentMediaType", schema.pointer)


def _inner(part: Part, held: JsonValue, at: str) -> Iterator[tuple[Part, JsonValue, str]]:
    """The parts of a value with their schemas and places."""
    if isinstance(held, dict):
        for name, member in as_object(part.schema.get("properties")).items():
            if name in held:
                inner = Part(member, f"{part.pointer}/properties/{escape(name)}")
                yield inner, held[name], f"{at}/{escape(name)}"
    elif isinstance(held, list):
        for inner in part.children("items")[:1]:
            yield from ((inner, item, f"{at}/{index}") for index, item in enumerate(held))


def _of_text(schemas: SchemaSet, part: Part, text: str, at: str) -> Iterator[Violation]:
    name, coding = str(part.schema["contentMediaType"]), str(part.schema.get("contentEncoding", ""))
    place = f"{part.pointer}/contentMediaType"
    if coding not in ("", "base64"):
        return
    try:
        data = base64.b64decode(text, validate=True) if coding else text.encode()
        if media_types.is_json(name):
            value = json_value.parse(data)
        elif media_types.essence(name) == "text/csv":
            value = body_reader.rows(data)
        else:
            return
    except ValueError as error:
        yield Violation(at, f"the text is not {name}: {error}", "contentMediaType", place)
        return
    inner = schemas.contents.get(f"{part.pointer}/contentSchema")
    if inner is None:
        return
    typed = value if media_types.is_json(name) else retyped(value, inner, Direction.RESPONSE)
    for found in inner.violations(typed, Direction.RESPONSE):
        message = f"inside the text{f' at {found.pointer}' if found.pointer else ''}: {found.message}"
        yield replace(found, pointer=at, message=message)
