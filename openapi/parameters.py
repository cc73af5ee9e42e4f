"""From the text of a parameter to its value: styles, `explode` and types (OpenAPI 3.1, section 4.8.12).

Each parameter is compiled once into a reader; a reader is given the raw, still percent-encoded text
of its place and gives the value, or `ABSENT`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, unquote_plus

from openapi import json_value, media_types

if TYPE_CHECKING:
    from openapi.contract import Parameter
    from openapi.json_value import JsonObject, JsonValue
    from openapi.schemas import SchemaSet

    Decode = Callable[[str], str]


class _Absent:
    """The type of `ABSENT`."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent()

# The raw values of each name, in the order they were sent.
RawValues = Mapping[str, Sequence[str]]
Reader = Callable[[RawValues], "JsonValue | _Absent"]

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,300})")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,300})(\.[0-9]+)?([eE][-+]?[0-9]{1,3})?")
_SEPARATORS = {
    "form": ",",
    "simple": ",",
    "spaceDelimited": " ",
    "pipeDelimited": "|",
    "label": ",",
    "matrix": ",",
}


def compile_reader(parameter: Parameter, schemas: SchemaSet) -> Reader:
    """The reader of one parameter.

    The reader raises ValueError when the text cannot stand for the parameter at all.
    """
    decode: Decode = {"query": unquote_plus, "path": unquote}.get(parameter.location, str)
    name = parameter.name.lower() if parameter.location == "header" else parameter.name
    if parameter.media_type is not None:
        return _content_reader(name, parameter.media_type, decode)
    raw = parameter.schema.raw if parameter.schema else {}
    kinds = kinds_of(raw, schemas)
    if "object" in kinds and not kinds & {"string", "array"}:
        return _object_reader(parameter, name, _member_kinds(raw, schemas), decode)
    if "array" in kinds and "string" not in kinds:
        items = schemas.resolved(raw).get("items")
        item_kinds = kinds_of(items, schemas) if isinstance(items, dict) else frozenset[str]()
        return _array_reader(parameter, name, item_kinds, decode)
    return _primitive_reader(parameter, name, kinds, decode)


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
    return text


def _member_kinds(schema: JsonObject, schemas: SchemaSet) -> dict[str, frozenset[str]]:
    properties = schemas.resolved(schema).get("properties")
    if not isinstance(properties, dict):
        return {}
    return {
        name: kinds_of(member, schemas) for name, member in properties.items() if isinstance(member, dict)
    }


def _unwrap(parameter: Parameter, text: str) -> str:
    """Take off what the `label` and `matrix` styles put in front of a value."""
    if parameter.style == "label":
        return text.removeprefix(".")
    if parameter.style == "matrix":
        return text.removeprefix(";").removeprefix(parameter.name).removeprefix("=")
    return text


def _content_reader(name: str, media_type: str, decode: Decode) -> Reader:
    def read(values: RawValues) -> JsonValue | _Absent:
        found = values.get(name)
        if not found:
            return ABSENT
        text = decode(found[0])
        return json_value.parse_text(text) if media_types.is_json(media_type) else text

    return read


def _primitive_reader(parameter: Parameter, name: str, kinds: frozenset[str], decode: Decode) -> Reader:
    def read(values: RawValues) -> JsonValue | _Absent:
        found = values.get(name)
        if not found:
            return ABSENT
        return coerce(decode(_unwrap(parameter, found[0])), kinds)

    return read


def _array_reader(parameter: Parameter, name: str, kinds: frozenset[str], decode: Decode) -> Reader:
    separator = _SEPARATORS.get(parameter.style, ",")
    repeated = parameter.explode and parameter.location in ("query", "cookie") and parameter.style == "form"

    def read(values: RawValues) -> JsonValue | _Absent:
        found = values.get(name)
        if not found:
            return ABSENT
        if repeated:
            return [coerce(decode(item), kinds) for item in found]
        text = found[0]
        if parameter.style == "matrix" and parameter.explode:
            parts = [_unwrap(parameter, part) for part in text.split(";")[1:]]
        elif parameter.style == "label" and parameter.explode:
            parts = text.removeprefix(".").split(".")
        else:
            # The separator may itself be percent-encoded (%20, %7C): decode, then split.
            text = _unwrap(parameter, text)
            text = decode(text) if separator != "," else text
            parts = text.split(separator) if text else []
        return [
            coerce(decode(part.strip() if parameter.location == "header" else part), kinds) for part in parts
        ]

    return read


def _object_reader(
    parameter: Parameter, name: str, kinds: dict[str, frozenset[str]], decode: Decode
) -> Reader:
    def member(key: str, text: str) -> tuple[str, JsonValue]:
        return decode(key), coerce(decode(text), kinds.get(decode(key), frozenset()))

    def deep(values: RawValues) -> JsonValue | _Absent:
        prefix = f"{name}["
        sent = {decode(key): items for key, items in values.items()}
        found = {
            key[len(prefix) : -1]: coerce(decode(items[0]), kinds.get(key[len(prefix) : -1], frozenset()))
            for key, items in sent.items()
            if key.startswith(prefix) and key.endswith("]")
        }
        return found or ABSENT

    def exploded_form(values: RawValues) -> JsonValue | _Absent:
        found = dict(member(key, items[0]) for key, items in values.items() if decode(key) in kinds)
        return found or ABSENT

    def delimited(values: RawValues) -> JsonValue | _Absent:
        found = values.get(name)
        if not found:
            return ABSENT
        text = found[0]
        if parameter.explode:
            separator = {"matrix": ";", "label": "."}.get(parameter.style, ",")
            pairs = [part.partition("=") for part in text.strip(separator).split(separator)]
            return dict(member(key, value) for key, _, value in pairs)
        parts = _unwrap(parameter, text).split(_SEPARATORS.get(parameter.style, ","))
        if len(parts) % 2:
            raise ValueError("a name without a value")
        return dict(member(parts[i], parts[i + 1]) for i in range(0, len(parts), 2))

    if parameter.style == "deepObject":
        return deep
    if parameter.style == "form" and parameter.explode:
        return exploded_form
    return delimited


def split_query(query: str) -> dict[str, list[str]]:
    """The raw values of each name of a query string; names are decoded, values are not."""
    found: dict[str, list[str]] = {}
    for part in query.split("&"):
        if part:
            name, _, value = part.partition("=")
            found.setdefault(unquote_plus(name), []).append(value)
    return found


def split_cookies(header: str) -> dict[str, list[str]]:
    """The values of each name of a Cookie header (RFC 6265 section 4.2.1)."""
    found: dict[str, list[str]] = {}
    for part in header.split(";"):
        name, equals, value = part.strip().partition("=")
        if equals:
            found.setdefault(name, []).append(value)
    return found
