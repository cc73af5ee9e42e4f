"""Reads bodies as values, by their media type: JSON, sequences of JSON, events, XML, forms, CSV, YAML, text.

Theory of operation
-------------------
A schema describes one value. Most media types contain one; a sequence (JSON Lines, JSON text sequences,
rows of CSV) gives a list. Where the schema of a sequence describes an object and not a list, it means each
item, as documents before OpenAPI 3.2 write it: then the items are judged one by one. Server-sent events are
a list of objects only under `itemSchema` (OpenAPI 3.2, section 4.14.4); before 3.2 the specification did
not define it.

What has no reading here is not judged, and `why_not_judged` says so.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from signoff.contract import forms, json_value, media_types, xml_value, yaml_value
from signoff.contract.coercion import coerce, retyped
from signoff.contract.forms import FormSyntaxError
from signoff.contract.json_value import JsonSyntaxError, as_object
from signoff.contract.media_types import EVENT_STREAM, JSON_LINES, JSON_SEQUENCE, YAML
from signoff.contract.schemas import Direction
from signoff.contract.xml_value import XmlSyntaxError
from signoff.contract.yaml_value import YamlError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from signoff.contract.contract import MediaType
    from signoff.contract.json_value import JsonValue
    from signoff.contract.limits import Limit
    from signoff.contract.schemas import Schema, SchemaSet


class YamlSyntaxError(ValueError):
    """A body is not YAML."""


SYNTAX_ERRORS = (JsonSyntaxError, XmlSyntaxError, FormSyntaxError, YamlSyntaxError)

_CSV = "text/csv"
_SCALARS = frozenset(("string", "integer", "number", "boolean", "null"))
_STRUCTURE = frozenset(("properties", "required", "items", "prefixItems", "minItems", "minProperties"))
_LINE = re.compile(r"\r\n|\n|\r")
_MOST_ROWS = 2000


@dataclass(frozen=True, slots=True)
class ReadBody:
    """A body as values.

    Attributes:
        values: the whole as one value, or its items.
        is_by_item: whether the schema describes each of the values, and not their list.
        left_out: what was not read, in one sentence; empty if all was.
    """

    values: tuple[JsonValue, ...]
    is_by_item: bool = False
    left_out: str = ""


def why_not_judged(name: str, schema: Schema | None) -> str:
    """Why bodies of a media type cannot be judged by a schema; empty if they can."""
    kind = media_types.essence(name)
    if schema is None or not schema.raw or "*" in kind or _is_structured(kind):
        return ""
    if kind == EVENT_STREAM and _has_item_schema(schema):
        return ""
    return "" if _admits_text(schema) else f"{kind} can't be validated with a schema of this type"


def read(body: bytes, content_type: str, offer: MediaType, schemas: SchemaSet) -> ReadBody:
    """The values of a response's body, typed as its schema asks.

    Raises:
        JsonSyntaxError, XmlSyntaxError, FormSyntaxError, YamlSyntaxError: it is not of its media type.
    """
    schema = offer.schema
    name = media_types.essence(content_type)
    if name in _SEQUENCES or name == _CSV:
        if name == _CSV and (schema is None or _admits_text(schema)):
            return ReadBody((_text(body, schema),))
        items = rows(body) if name == _CSV else _SEQUENCES[name](body)
        if name in _SEQUENCES:
            return _sequence(items, schema)
        read_rows = _sequence(items[:_MOST_ROWS], schema, is_text=True)
        left_out = f"only {_MOST_ROWS:,} rows of CSV are validated" if len(items) > _MOST_ROWS else ""
        return replace(read_rows, left_out=left_out)
    if name == EVENT_STREAM and schema is not None and _has_item_schema(schema):
        found = events(body)
        return ReadBody((list(found),) if found else ())
    value = parse(body, content_type, offer, schemas)
    if media_types.is_xml(name) and schema is not None and schema.view.kinds == {"string"}:
        return ReadBody(())  # it is XML, and nothing but that is asked
    if isinstance(value, str) and not media_types.is_json(name):
        return ReadBody((_text(body, schema),))
    is_typed = media_types.is_json(name) or name in YAML or schema is None
    return ReadBody((value if is_typed or schema is None else retyped(value, schema, Direction.RESPONSE),))


def parse(
    body: bytes, content_type: str, offer: MediaType, schemas: SchemaSet, most: Limit | None = None
) -> JsonValue:
    """The value of a body, by its media type; text for those that have no structure.

    Args:
        body: as `value_count.has_more_values` admits it.
        content_type: its media type, with parameters.
        offer: the media type of the document that it matches.
        schemas: where the references of its schema lead.
        most: the limit on values within the fields of a form.

    Raises:
        JsonSyntaxError, XmlSyntaxError, FormSyntaxError, YamlSyntaxError: it is not of its media type.
    """
    schema = offer.schema.raw if offer.schema else {}
    name = media_types.essence(content_type)
    if media_types.is_json(name):
        return json_value.parse(body)
    if name in _SEQUENCES:
        return list(_SEQUENCES[name](body))
    if name in (media_types.URLENCODED, media_types.MULTIPART):
        return forms.read(body, content_type, schema, schemas, offer.encoding, most)
    if media_types.is_xml(name):
        return xml_value.read(body, schema, schemas)
    text = body.decode("utf-8", "replace")
    is_value = name in YAML and not (offer.schema and _admits_text(offer.schema))
    return _yaml(text) if is_value else text


def json_lines(body: bytes) -> list[JsonValue]:
    """The values of JSON Lines; empty lines are passed over."""
    found: list[JsonValue] = []
    for number, line in enumerate(body.splitlines(), start=1):
        try:
            found += [json_value.parse(line)] if line.strip() else []
        except JsonSyntaxError as error:
            raise JsonSyntaxError(error.reason, number, error.column or 1, arguable=error.arguable) from None
    return found


def json_sequence(body: bytes) -> list[JsonValue]:
    """The values of a JSON text sequence (RFC 7464)."""
    head, *texts = body.split(b"\x1e")
    if head.strip():
        raise JsonSyntaxError("the sequence does not start with a record separator (0x1E)", 1, 1)
    return [json_value.parse(text) for text in texts if text.strip()]


def events(body: bytes) -> list[JsonValue]:
    """Server-sent events that have data, as browsers read them (HTML standard, section 9.2.6)."""
    found: list[JsonValue] = []
    event: dict[str, JsonValue] = {}
    data: list[str] = []
    for line in _LINE.split(body.decode("utf-8", "replace").removeprefix("\ufeff")):
        if not line:
            if data:
                found.append({**event, "data": "\n".join(data)})
            event, data = {}, []
            continue
        name, _, text = line.partition(":")
        text = text.removeprefix(" ")
        if name == "data":
            data.append(text)
        elif name in ("event", "id"):
            event[name] = text
        elif name == "retry" and text.isdecimal():
            event[name] = int(text)
    return found  # what follows the last empty line is not a whole event


def rows(body: bytes) -> list[JsonValue]:
    """The rows of CSV as objects, by the names in its first row (RFC 4180); one more than are judged at most.

    Raises:
        FormSyntaxError: a row does not have as many fields as the first.
    """
    text = body.decode("utf-8", "replace").removeprefix("\ufeff")
    reader = csv.reader(text.splitlines(keepends=True))
    lines = list(islice((line for line in reader if line), _MOST_ROWS + 2))
    for number, line in enumerate(lines, start=1):
        if len(line) != len(lines[0]):
            raise FormSyntaxError(f"row {number} has {len(line)} fields, the first row has {len(lines[0])}")
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


_SEQUENCES: dict[str, Callable[[bytes], list[JsonValue]]] = {
    **dict.fromkeys(JSON_LINES, json_lines),
    JSON_SEQUENCE: json_sequence,
}


def _sequence(items: Sequence[JsonValue], schema: Schema | None, *, is_text: bool = False) -> ReadBody:
    if not items:
        return ReadBody(())  # an empty sequence is one, whatever the schema asks of its items
    is_by_item = schema is not None and "array" not in schema.view.kinds and bool(schema.raw)
    if is_text and schema is not None:
        row = schema.raw if is_by_item else schema.view.outline.get("items")
        items = [_typed_row(item, row, schema.schemas) for item in items]
    values: tuple[JsonValue, ...] = tuple(items) if is_by_item else (list(items),)
    if is_text and schema is not None:
        values = tuple(retyped(value, schema, Direction.RESPONSE) for value in values)
    return ReadBody(values, is_by_item)


def _typed_row(row: JsonValue, schema: JsonValue, schemas: SchemaSet) -> JsonValue:
    """A row of CSV with each field as the type that its property has."""
    known = schemas.view(schema).properties
    fields = as_object(row).items()
    return {
        name: coerce(str(text), schemas.view(known[name][0]).kinds if name in known else frozenset())
        for name, text in fields
    }


def _text(body: bytes, schema: Schema | None) -> JsonValue:
    """Text, without the line end that many servers add where the schema does not admit it; else bytes."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = body.decode("latin-1")
    if schema is None:
        return text
    for candidate in dict.fromkeys((text, text.rstrip("\r\n"))):
        for value in (candidate, coerce(candidate, schema.view.kinds - {"string"})):
            if schema.is_valid(value, Direction.RESPONSE):
                return value
    return text


def _yaml(text: str) -> JsonValue:
    try:
        return yaml_value.parse(text)[0]
    except YamlError as error:
        raise YamlSyntaxError(f"{error.reason} at line {error.line}, column {error.column}") from None


def _is_structured(kind: str) -> bool:
    return (
        media_types.is_json(kind)
        or media_types.is_xml(kind)
        or kind in _SEQUENCES
        or kind in YAML
        or kind in (_CSV, media_types.URLENCODED, media_types.MULTIPART)
    )


def _admits_text(schema: Schema) -> bool:
    kinds = schema.view.kinds
    return bool(kinds & _SCALARS) if kinds else not _STRUCTURE & schema.view.flat.keys()


def _has_item_schema(schema: Schema) -> bool:
    """Whether a schema is the list that stands for an `itemSchema`."""
    items = schema.raw.get("items")
    return isinstance(items, dict) and str(items.get("$ref", "")).endswith("/itemSchema")
