"""From a text to a value of the types that a schema speaks of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from signoff.contract import json_value

if TYPE_CHECKING:
    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.schemas import SchemaSet

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,300})")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,300})(\.[0-9]+)?([eE][-+]?[0-9]{1,3})?")


def kinds_of(schema: JsonObject, schemas: SchemaSet) -> frozenset[str]:
    """The JSON types that a schema speaks of; empty when it does not say."""
    found: set[str] = set()
    seen: set[int] = set()
    pending: list[JsonValue] = [schema]
    while pending:
        held = pending.pop()
        part = schemas.resolved(held) if isinstance(held, dict) else {}
        if id(part) in seen:
            continue  # each once: alternatives may lead to one another
        seen.add(id(part))
        kind = part.get("type")
        if isinstance(kind, str):
            found.add(kind)
        elif isinstance(kind, list):
            found.update(str(item) for item in kind)
        else:
            for keyword in ("allOf", "anyOf", "oneOf"):
                branches = part.get(keyword)
                pending.extend(branches if isinstance(branches, list) else [])
    return frozenset(found)


def coerce(text: str, kinds: frozenset[str]) -> JsonValue:
    """The value that `text` stands for under the given types; the text itself where none fits."""
    if "string" in kinds or not kinds:
        return text
    if "integer" in kinds and _INTEGER.fullmatch(text):
        return int(text)
    if ("number" in kinds or "integer" in kinds) and _NUMBER.fullmatch(text):
        return float(text)
    if "boolean" in kinds and text in ("true", "false"):
        return text == "true"
    if "null" in kinds and text in ("", "null"):
        return None
    if (text[:1] == "{" and "object" in kinds) or (text[:1] == "[" and "array" in kinds):
        return _structured(text)
    return text


def _structured(text: str) -> JsonValue:
    """An object or list inside a list or form, which no style has a way to write but JSON."""
    try:
        return json_value.parse_text(text)
    except json_value.JsonSyntaxError:
        return text
