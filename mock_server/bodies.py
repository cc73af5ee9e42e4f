"""From a value to the octets of a body, by media type; and the smallest files of binary types."""

from __future__ import annotations

import csv
import io
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from mock_server.answer import to_json
from openapi import media_types, xml_value
from openapi.forms import URLENCODED

if TYPE_CHECKING:
    from collections.abc import Callable

    from openapi.json_value import JsonObject, JsonValue
    from openapi.schemas import SchemaSet

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest moment that a ZIP file can name


def octets(value: JsonValue, media_type: str, schema: JsonObject, schemas: SchemaSet) -> bytes:
    """The body that carries `value` under `media_type`."""
    name = media_types.essence(media_type)
    if media_types.is_json(name) or "*" in name:
        return to_json(value)
    if isinstance(value, str):
        return _event(value) if name == "text/event-stream" else value.encode()
    if media_types.is_xml(name):
        return xml_value.write(value, schema, schemas)
    if name == "text/csv":
        return _csv(value)
    if name == "text/event-stream":
        return b"".join(
            _event(to_json(item).decode()) for item in (value if isinstance(value, list) else [value])
        )
    if name == URLENCODED and isinstance(value, dict):
        return urlencode({key: _plain(item) for key, item in value.items()}).encode()
    return _plain(value).encode()


def carries_structure(media_type: str) -> bool:
    """Whether `octets` has a form for objects and lists under `media_type`; else it writes JSON."""
    name = media_types.essence(media_type)
    structured = ("text/csv", "text/event-stream", URLENCODED)
    return "*" in name or media_types.is_json(name) or media_types.is_xml(name) or name in structured


def file_of(media_type: str) -> bytes | None:
    """The smallest valid file of a binary media type; None for types that are not known here."""
    makers: dict[str, Callable[[], bytes]] = {
        "image/png": _png,
        "image/gif": _gif,
        "application/pdf": _pdf,
        "application/zip": _zip,
        "application/octet-stream": lambda: b"\x00\x01\x02\x03",
    }
    make = makers.get(media_types.essence(media_type))
    return make() if make else None


def _plain(value: JsonValue) -> str:
    return value if isinstance(value, str) else to_json(value).decode()


def _event(text: str) -> bytes:
    """One event of a stream (HTML standard, section 9.2.6); a text that is a stream already stays."""
    if text.startswith(("data:", "event:", "id:", "retry:", ":")):
        return (text.rstrip("\n") + "\n\n").encode()
    return "".join(f"data: {line}\n" for line in text.split("\n")).encode() + b"\n"


def _csv(value: JsonValue) -> bytes:
    """Rows as RFC 4180 has them: a header of all names, then a line for each object."""
    rows = [row for row in (value if isinstance(value, list) else [value]) if isinstance(row, dict)]
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(names or ["value"])
    for row in rows:
        writer.writerow("" if row.get(name) is None else _plain(row[name]) for name in names)
    return text.getvalue().encode()


def _png() -> bytes:
    """One grey pixel (PNG, section 11)."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\x00\x80")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def _gif() -> bytes:
    """One pixel (GIF89a)."""
    screen = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x80\x80\x80\xff\xff\xff"
    return screen + b"\x2c\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00\x3b"


def _pdf() -> bytes:
    """One empty page (PDF 1.4), its cross-reference table in place."""
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 72 72] >>",
    )
    data, places = b"%PDF-1.4\n", []
    for number, item in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, item)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 4\n0000000000 65535 f \n"
    return data + head + table + b"trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(data)


def _zip() -> bytes:
    """An archive with one empty file, dated 1980 so that it is the same every time."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(zipfile.ZipInfo("mock.txt", _EPOCH), "")
    return data.getvalue()
