"""Form bodies, urlencoded and multipart, as JSON values (OpenAPI 3.1, sections 4.8.14 and 4.8.15)."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from werkzeug.exceptions import HTTPException
from werkzeug.formparser import FormDataParser

from openapi import media_types
from openapi.parameters import coerce, kinds_of

if TYPE_CHECKING:
    from openapi.json_value import JsonObject, JsonValue
    from openapi.schemas import SchemaSet

MULTIPART = "multipart/form-data"
URLENCODED = "application/x-www-form-urlencoded"


class FormSyntaxError(ValueError):
    """A body that is no form of its media type."""


def read(data: bytes, content_type: str, schema: JsonObject, schemas: SchemaSet) -> JsonObject:
    """The fields of a form, each of the type that its schema gives; files as text.

    Raises:
        FormSyntaxError: the body cannot be read as a form.
    """
    if media_types.essence(content_type) == URLENCODED:
        pairs = parse_qsl(data.decode("utf-8", "replace"), keep_blank_values=True)
    else:
        pairs = _multipart(data, content_type)
    properties = schemas.outline(schema).get("properties")
    known = properties if isinstance(properties, dict) else {}
    found: JsonObject = {}
    for name in dict.fromkeys(name for name, _ in pairs):
        member = known.get(name)
        texts = [text for key, text in pairs if key == name]
        found[name] = _value(texts, member if isinstance(member, dict) else {}, schemas)
    return found


def _value(texts: list[str], schema: JsonObject, schemas: SchemaSet) -> JsonValue:
    kinds = kinds_of(schema, schemas)
    if "array" in kinds:
        items = schemas.outline(schema).get("items")
        item_kinds = kinds_of(items, schemas) if isinstance(items, dict) else frozenset[str]()
        return [coerce(text, item_kinds) for text in texts]
    return coerce(texts[0], kinds)


def _multipart(data: bytes, content_type: str) -> list[tuple[str, str]]:
    options = media_types.parameters(content_type)
    if "boundary" not in options:
        raise FormSyntaxError("the Content-Type names no boundary")
    try:
        # The body is in memory already, so its files may stay there too.
        parser = FormDataParser(stream_factory=lambda *_, **__: io.BytesIO(), silent=False)
        _, fields, files = parser.parse(io.BytesIO(data), MULTIPART, len(data), options)
    except (ValueError, HTTPException) as error:
        raise FormSyntaxError(str(error) or "the parts cannot be told apart") from None
    pairs = list(fields.items(multi=True))
    for name, file in files.items(multi=True):
        pairs.append((name, file.read().decode("utf-8", "replace")))
    return pairs
