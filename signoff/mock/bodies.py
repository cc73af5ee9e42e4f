"""Encodes values as response bodies, by media type."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from signoff.contract import media_types, xml_value
from signoff.contract.json_value import as_object, listed
from signoff.contract.media_types import URLENCODED
from signoff.mock.exchange import to_json

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.schemas import SchemaSet

_BOUNDARY = "mock-part"


def encode(
    value: JsonValue,
    media_type: str,
    schema: JsonObject,
    schemas: SchemaSet,
    part_types: Sequence[str] = ("",),
) -> bytes:
    """Encode `value` as a body of `media_type`; for `part_types` see `MediaType`."""
    name = media_types.essence(media_type)
    if media_types.is_json(name) or "*" in name:
        return to_json(value)
    is_markup = not media_types.is_xml(name) or (isinstance(value, str) and value.lstrip().startswith("<"))
    if isinstance(value, str) and is_markup:
        return _event(value) if name == "text/event-stream" else value.encode()
    if media_types.is_xml(name):
        return xml_value.write(value, schema, schemas)
    if name == "text/csv":
        return _csv(value)
    if name in _STREAMS:
        return b"".join(_STREAMS[name](item) for item in listed(value))
    if name == URLENCODED and isinstance(value, dict):
        return urlencode(_pairs(value)).encode()
    if _is_in_parts(name, value):
        boundary = media_types.parameters(media_type).get("boundary", _BOUNDARY)
        named = _pairs(as_object(value))
        return (
            _unnamed_parts(value, boundary, part_types)
            if isinstance(value, list)
            else _parts(named, boundary)
        )
    return _plain(value).encode()


def sent_name(media_type: str, value: JsonValue) -> str:
    """The Content-Type to send for `value`; a media range becomes JSON."""
    name = media_types.essence(media_type)
    if _is_in_parts(name, value) and "boundary" not in media_types.parameters(media_type):
        return f"{media_type}; boundary={_BOUNDARY}"
    return "application/json" if "*" in name else media_type


def _pairs(value: JsonObject) -> list[tuple[str, str]]:
    """The fields of a form; a list becomes one field per item."""
    fields = [(key, item) for key, held in value.items() for item in listed(held)]
    return [(key, _plain(item)) for key, item in fields]


def _parts(pairs: list[tuple[str, str]], boundary: str) -> bytes:
    """The parts of a form (RFC 7578)."""
    parts = []
    for name, text in pairs:
        plain = "".join(character for character in name if character.isprintable()).replace('"', "%22")
        parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="{plain}"\r\n\r\n{text}\r\n')
    return "".join([*parts, f"--{boundary}--\r\n"]).encode("utf-8", "replace")


def _is_in_parts(name: str, value: JsonValue) -> bool:
    """Whether a value is sent in parts: the members of an object, or the items of a list."""
    return name.startswith("multipart/") and isinstance(value, dict | list)


def _unnamed_parts(items: list[JsonValue], boundary: str, part_types: Sequence[str]) -> bytes:
    """The items of a list as parts without a name (RFC 2046, section 5.1; OpenAPI 3.2, section 4.15.4)."""
    parts = []
    for index, item in enumerate(items):
        usual = "text/plain; charset=utf-8" if isinstance(item, str) else "application/json"
        media_type = part_types[min(index, len(part_types) - 1)] or usual
        parts.append(f"--{boundary}\r\nContent-Type: {media_type}\r\n\r\n{_plain(item)}\r\n")
    return "".join([*parts, f"--{boundary}--\r\n"]).encode("utf-8", "replace")


def item_writer(media_type: str) -> Callable[[Any], bytes]:
    """The function that encodes one item of a streamed body; bytes are sent unchanged."""
    framed = _STREAMS.get(media_types.essence(media_type))
    write: Callable[[Any], bytes] = framed or (lambda item: _plain(item).encode())
    return lambda item: item if isinstance(item, bytes) else write(item)


def carries_structure(media_type: str) -> bool:
    """Whether `media_type` can represent objects and lists; otherwise `encode` writes JSON."""
    name = media_types.essence(media_type)
    if "*" in name or media_types.is_json(name) or media_types.is_xml(name) or "yaml" in name:
        return True  # JSON is YAML as well
    return name.startswith("multipart/") or name in ("text/csv", URLENCODED) or name in _STREAMS


def _plain(value: JsonValue) -> str:
    return value if isinstance(value, str) else to_json(value).decode()


def _event(text: str) -> bytes:
    """One server-sent event (HTML standard, section 9.2.6); text that is one already stays as it is."""
    if text.startswith(("data:", "event:", "id:", "retry:", ":")):
        return (text.rstrip("\n") + "\n\n").encode()
    return "".join(f"data: {line}\n" for line in text.split("\n")).encode() + b"\n"


def _event_of(item: JsonValue) -> bytes:
    """An event: an object with event fields gives those fields (OpenAPI 3.2); anything else is the data."""
    if not isinstance(item, dict) or "data" not in item or not item.keys() <= _EVENT_FIELDS:
        return _event(_plain(item))
    fields = [f"{name}: {_plain(item[name])}\n" for name in ("event", "id", "retry") if name in item]
    return "".join(fields).encode() + _event(_plain(item["data"]))


def _line(item: JsonValue) -> bytes:
    return to_json(item) + b"\n"


_EVENT_FIELDS = {"data", "event", "id", "retry"}
# Encoders of single items, for media types that can be streamed.
_STREAMS: dict[str, Callable[[JsonValue], bytes]] = {
    "text/event-stream": _event_of,
    "application/json-seq": lambda item: b"\x1e" + _line(item),  # RFC 7464, section 2.2
    **dict.fromkeys(media_types.JSON_LINES, _line),
}


def _csv(value: JsonValue) -> bytes:
    """CSV (RFC 4180): a header with all names, then one line per object."""
    rows = [row for row in listed(value) if isinstance(row, dict)]
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(names or ["value"])
    for row in rows:
        writer.writerow("" if row.get(name) is None else _plain(row[name]) for name in names)
    return text.getvalue().encode()
