"""The smallest valid files of binary media types, for responses that are files."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib

from signoff.contract import media_types

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest moment that a ZIP file can name
_OFFICE = "application/vnd.openxmlformats-officedocument."


def file_of(media_type: str, *, is_binary: bool = False) -> bytes | None:
    """The smallest valid file of a media type.

    Args:
        media_type: the media type.
        is_binary: whether the document declares the body as binary.

    Returns:
        A few bytes for an unknown binary type; None for an unknown text type.
    """
    name = media_types.essence(media_type)
    if name in _FILES:
        return _FILES[name]
    if name.endswith("+zip") or name.startswith(_OFFICE):
        return _FILES["application/zip"]
    is_media = name.startswith(("image/", "audio/", "video/", "font/")) and not media_types.is_xml(name)
    is_text = name.startswith("text/") or media_types.is_json(name) or media_types.is_xml(name)
    return _BYTES if is_media or (is_binary and not is_text) else None


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


def _jpeg() -> bytes:
    """One grey pixel (ITU T.81): tables of one entry each, so that the pixel is two bits."""

    def segment(marker: int, data: bytes) -> bytes:
        return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data

    one_code = b"\x01" + b"\x00" * 15 + b"\x00"
    return b"".join(
        (
            b"\xff\xd8",
            segment(0xE0, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"),
            segment(0xDB, b"\x00" + b"\x01" * 64),
            segment(0xC0, b"\x08\x00\x01\x00\x01\x01\x01\x11\x00"),
            segment(0xC4, b"\x00" + one_code),
            segment(0xC4, b"\x10" + one_code),
            segment(0xDA, b"\x01\x01\x00\x00\x3f\x00"),
            b"\x3f\xff\xd9",
        )
    )


def _wav() -> bytes:
    """No sound at 8 kHz (RIFF WAVE)."""
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 8000, 8000, 1, 8)
    return struct.pack("<4sI4s", b"RIFF", 36, b"WAVE") + form + struct.pack("<4sI", b"data", 0)


_BYTES = b"\x00\x01\x02\x03"
_FILES = {
    "image/png": _png(),
    "image/gif": _gif(),
    **dict.fromkeys(("image/jpeg", "image/jpg"), _jpeg()),
    "image/svg+xml": b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>',
    **dict.fromkeys(("audio/wav", "audio/x-wav"), _wav()),
    "application/pdf": _pdf(),
    **dict.fromkeys(("application/zip", "application/x-zip-compressed"), _zip()),
    **dict.fromkeys(("application/gzip", "application/x-gzip"), gzip.compress(b"", mtime=0)),
    "application/octet-stream": _BYTES,
}
