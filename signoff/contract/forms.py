"""Form bodies, urlencoded and multipart, as JSON values (OpenAPI 3.1, sections 4.8.14 and 4.8.15)."""

from __future__ import annotations

import io
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from werkzeug.exceptions import HTTPException
from werkzeug.formparser import FormDataParser

from signoff.contract import deep_object, media_types
from signoff.contract.coercion import coerce, kinds_of
from signoff.contract.json_value import as_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signoff.contract.contract import Encoding
    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.schemas import SchemaSet

_SEPARATORS = {"form": ",", "spaceDelimited": " ", "pipeDelimited": "|"}
MULTIPART = "multipart/form-data"
URLENCODED = "application/x-www-form-urlencoded"


class FormSyntaxError(ValueError):
    """A body that is no form of its media type."""


def read(
    data: bytes,
    content_type: str,
    schema: JsonObject,
    schemas: SchemaSet,
    encoding: Mapping[str, Encoding] = MappingProxyType({}),
) -> JsonObject:
    """The fields of a form, each of the type that its schema gives; files as text.

    Raises:
        FormSyntaxError: the body cannot be read as a form.
    """
    if media_types.essence(content_type) == URLENCODED or _is_mislabelled(data, content_type):
        pairs = parse_qsl(data.decode("utf-8", "replace"), keep_blank_values=True)
    else:
        pairs = _multipart(data, content_type)
    known = as_object(schemas.outline(schema).get("properties"))
    found: JsonObject = {}
    read_already: set[str] = set()
    for name, told in encoding.items():
        if told.style == "deepObject":
            value = deep_object.read(pairs, name, as_object(known.get(name)), schemas)
            if value is not None:
                found[name] = value
                read_already.update(key for key, _ in pairs if key.startswith(f"{name}["))
    for name in dict.fromkeys(name for name, _ in pairs if name not in read_already):
        texts = [text for key, text in pairs if key == name]
        found[name] = _value(texts, as_object(known.get(name)), schemas, encoding.get(name))
    return found


def _is_mislabelled(data: bytes, content_type: str) -> bool:
    """Whether a body that is called multipart is urlencoded: no boundary, and none in the body either.

    It is what command-line clients send when they are told the type alone.
    """
    return "boundary" not in media_types.parameters(content_type) and not data.startswith(b"--")


def _value(texts: list[str], schema: JsonObject, schemas: SchemaSet, encoding: Encoding | None) -> JsonValue:
    kinds = kinds_of(schema, schemas)
    if "array" not in kinds:
        return coerce(texts[0], kinds)
    item_kinds = kinds_of(as_object(schemas.outline(schema).get("items")), schemas)
    if encoding and media_types.is_json(encoding.content_type):
        whole = coerce(texts[0], kinds - {"string"})
        return whole if isinstance(whole, list) else [coerce(text, item_kinds) for text in texts]
    if encoding and encoding.style in _SEPARATORS and len(texts) == 1:
        is_repeated = encoding.style == "form" if encoding.explode is None else encoding.explode
        if not is_repeated:
            texts = texts[0].split(_SEPARATORS[encoding.style]) if texts[0] else []
    return [coerce(text, item_kinds) for text in texts]


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
