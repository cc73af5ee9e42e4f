"""Writes values as request bodies, by their media type: the other way round from `body_reader`.

Form fields follow OpenAPI 3.1, section 4.8.15: a list is one field for each item, an object is JSON, unless
`encoding` defines something else. In multipart forms, a binary property is a file with a name and a media
type of its own (RFC 7578).

Texts may hold any bytes, as Python's `surrogateescape` carries them, so that files are sent unchanged.
"""

from __future__ import annotations

import json
import mimetypes
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

from signoff.contract import media_types, xml_value
from signoff.contract.forms import SEPARATORS
from signoff.contract.json_value import as_object, listed
from signoff.contract.media_types import JSON_LINES, JSON_SEQUENCE, MULTIPART, URLENCODED, is_form

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.contract.contract import Encoding, MediaType
    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.schemas import SchemaSet

_BOUNDARY = "signoff-form-8f2c51d07ab34e96"
_BINARY = "application/octet-stream"
_TEXT_CODINGS = ("byte", "base64")


def write(value: JsonValue, offer: MediaType, schemas: SchemaSet) -> tuple[bytes, str]:
    """A body and its Content-Type.

    Raises:
        ValueError: the media type can't represent the value.
    """
    name = media_types.essence(offer.name)
    schema = offer.schema.raw if offer.schema else {}
    if media_types.is_json(name):
        return json.dumps(value).encode(), offer.name
    if isinstance(value, str) and not is_form(name):
        return value.encode("utf-8", "surrogateescape"), offer.name
    if name in JSON_LINES:
        return b"".join(json.dumps(item).encode() + b"\n" for item in listed(value)), offer.name
    if name == JSON_SEQUENCE:
        return b"".join(b"\x1e" + json.dumps(item).encode() + b"\n" for item in listed(value)), offer.name
    if media_types.is_xml(name):
        return xml_value.write(value, schema, schemas), offer.name
    if isinstance(value, dict) and name == URLENCODED:
        return _urlencoded(value, schema, schemas, offer), offer.name
    if isinstance(value, dict) and name == MULTIPART:
        return _multipart(value, schema, schemas, offer), f"{MULTIPART}; boundary={_BOUNDARY}"
    if not isinstance(value, dict | list) and not is_form(name):
        return _plain(value).encode("utf-8", "surrogateescape"), offer.name
    raise ValueError(f"{name} can't represent {json.dumps(value)[:60]}")


def _urlencoded(value: JsonObject, schema: JsonObject, schemas: SchemaSet, offer: MediaType) -> bytes:
    known = as_object(schemas.view(schema).outline.get("properties"))
    pairs: list[tuple[str, str]] = []
    for name, held in value.items():
        pairs += _fields(name, held, as_object(known.get(name)), schemas, offer.encoding.get(name))
    parts = (f"{_quoted(name)}={_quoted(text)}" for name, text in pairs)
    return "&".join(parts).encode()


def _quoted(text: str) -> str:
    return quote_plus(text, errors="surrogateescape")


def _fields(
    name: str, held: JsonValue, schema: JsonObject, schemas: SchemaSet, encoding: Encoding | None
) -> Iterator[tuple[str, str]]:
    """The fields of one member."""
    if isinstance(held, dict) and encoding and encoding.style == "deepObject":
        yield from _deep(name, held)
    elif isinstance(held, list) and not (encoding and media_types.is_json(encoding.content_type)):
        style = encoding.style if encoding else None
        is_repeated = (
            style in (None, "form") if not encoding or encoding.explode is None else encoding.explode
        )
        texts = [_plain(item) for item in held]
        if is_repeated:
            yield from ((name, text) for text in texts)
        else:
            yield name, SEPARATORS.get(style or "form", ",").join(texts)
    else:
        is_text = not (encoding and media_types.is_json(encoding.content_type)) or (
            "string" in schemas.view(schema).kinds
        )
        yield name, _plain(held) if is_text else json.dumps(held)


def _deep(name: str, held: JsonValue) -> Iterator[tuple[str, str]]:
    if isinstance(held, dict):
        for key, inner in held.items():
            yield from _deep(f"{name}[{key}]", inner)
    else:
        yield from ((name, _plain(item)) for item in listed(held))


def _multipart(value: JsonObject, schema: JsonObject, schemas: SchemaSet, offer: MediaType) -> bytes:
    known = as_object(schemas.view(schema).outline.get("properties"))
    parts = [
        _part(name, text, head)
        for name, held in value.items()
        for text, head in _contents(name, held, as_object(known.get(name)), schemas, offer.encoding.get(name))
    ]
    return b"".join([*parts, f"--{_BOUNDARY}--\r\n".encode()])


def _part(name: str, text: str, head: str) -> bytes:
    plain = name.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")
    lines = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{plain}"{head}\r\n\r\n'
    return lines.encode("utf-8", "replace") + text.encode("utf-8", "surrogateescape") + b"\r\n"


def _contents(
    name: str, held: JsonValue, schema: JsonObject, schemas: SchemaSet, encoding: Encoding | None
) -> Iterator[tuple[str, str]]:
    """The texts of one member's parts, each with the rest of its header."""
    kind = encoding.content_type.partition(",")[0].strip() if encoding else ""
    if isinstance(held, list) and not media_types.is_json(kind):
        items = as_object(schemas.view(schema).outline.get("items"))
        for item in held:
            yield from _contents(name, item, items, schemas, encoding)
        return
    flat = schemas.view(schema).flat
    if isinstance(held, dict | list):
        yield json.dumps(held), f"\r\nContent-Type: {kind or 'application/json'}"
    elif _is_file(flat, kind):
        sent_as = kind if kind and "*" not in kind else str(flat.get("contentMediaType", _BINARY))
        extension = mimetypes.guess_extension(sent_as) or ".bin"
        yield _plain(held), f'; filename="{_file_name(name)}{extension}"\r\nContent-Type: {sent_as}'
    else:
        yield _plain(held), f"\r\nContent-Type: {kind}" if kind and "*" not in kind else ""


def _is_file(schema: JsonObject, kind: str) -> bool:
    """Whether a member of a multipart form is a file: binary, or of a media type other than text."""
    if schema.get("format") in _TEXT_CODINGS or "contentEncoding" in schema:
        return False
    is_described = schema.get("format") == "binary" or "contentMediaType" in schema
    is_foreign = bool(kind) and not media_types.is_json(kind) and not kind.startswith("text/plain")
    return is_described or is_foreign


def _file_name(name: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in name) or "file"


def _plain(value: JsonValue) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)
