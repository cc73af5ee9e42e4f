"""Pictures that are large enough to see: files of a media type, and `data:` URLs for pages to load.

A picture is a plain colour, an avatar has a head in front of it, and a QR code is a real one: scanners read
"SIGNOFF MOCK".
"""

from __future__ import annotations

import base64
import struct
import zlib
from typing import TYPE_CHECKING
from urllib.parse import quote

from signoff.contract.names import words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from faker import Faker

SIDE = 64
_GREY = 0x80
_QUIET = 4  # modules around a QR code (ISO/IEC 18004, section 9.1)
_MODULE = 6  # pixels
# A QR code of version 1 with error correction Q: rows of 21 modules, the leftmost is the highest bit.
_QR_ROWS = (
    *(2087039, 1072449, 1531485, 1530461, 1530461, 1065281, 2086271, 6144, 878943, 1913123, 180798),
    *(730549, 192886, 7830, 2084971, 1065627, 1529167, 1524826, 1528093, 1070199, 2083197),
)
_QR_SIDE = len(_QR_ROWS)
_QR_WORDS = {"qr", "qrcode"}
_PICTURES = {
    *("image", "images", "picture", "pictures", "photo", "photos", "avatar", "logo", "icon", "thumbnail"),
    *("banner", "poster", "cover", "screenshot"),
}
# What may follow the word for a picture in a name: `imageUrl`, `photo_src`.
ADDRESSES = {"url", "urls", "uri", "uris", "src", "href", "link", "links", "data"}


def shows_qr(name: str) -> bool:
    """Whether a name or path is that of a QR code."""
    return not _QR_WORDS.isdisjoint(words_of(name))


def is_picture(name: str) -> bool:
    """Whether a member of this name is a picture: `avatar`, `imageUrl`, `qr_code`."""
    words = words_of(name)
    if words[-1:] and words[-1] in ADDRESSES:
        words = words[:-1]
    return (bool(words) and words[-1] in _PICTURES) or words[-2:] == ("qr", "code") or words[-1:] == ("qr",)


def qr_png() -> bytes:
    """A QR code with its quiet zone."""
    blank = [0] * _QUIET
    rows = [[*blank, *(row >> bit & 1 for bit in reversed(range(_QR_SIDE))), *blank] for row in _QR_ROWS]
    empty = [[0] * (_QR_SIDE + 2 * _QUIET)] * _QUIET
    pixels = [
        bytes(0 if dark else 255 for dark in row for _ in range(_MODULE))
        for row in (*empty, *rows, *empty)
        for _ in range(_MODULE)
    ]
    return png(pixels)


def png(rows: Sequence[bytes] = (bytes([_GREY]) * SIDE,) * SIDE) -> bytes:
    """A picture of grey pixels, a byte each (PNG, section 11)."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\x00" + row for row in rows), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def gif() -> bytes:
    """A grey picture (GIF89a). The table of codes is cleared after every two pixels, so codes have 3 bits."""
    codes = [4, 0, 0] * (SIDE * SIDE // 2) + [5]
    bits = sum(code << 3 * position for position, code in enumerate(codes))
    data = bits.to_bytes(-(-3 * len(codes) // 8), "little")
    blocks = b"".join(
        bytes([len(part)]) + part
        for part in (data[start : start + 255] for start in range(0, len(data), 255))
    )
    size = struct.pack("<HH", SIDE, SIDE)
    screen = b"GIF89a" + size + b"\x80\x00\x00" + bytes([_GREY] * 3) + b"\xff\xff\xff"
    return screen + b"\x2c\x00\x00\x00\x00" + size + b"\x00\x02" + blocks + b"\x00\x3b"


def jpeg() -> bytes:
    """A grey picture (ITU T.81): tables of one entry each, so that a block of 8 by 8 pixels is two bits."""

    def segment(marker: int, data: bytes) -> bytes:
        return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data

    one_code = b"\x01" + b"\x00" * 15 + b"\x00"
    return b"".join(
        (
            b"\xff\xd8",
            segment(0xE0, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"),
            segment(0xDB, b"\x00" + b"\x01" * 64),
            segment(0xC0, struct.pack(">BHH", 8, SIDE, SIDE) + b"\x01\x01\x11\x00"),
            segment(0xC4, b"\x00" + one_code),
            segment(0xC4, b"\x10" + one_code),
            segment(0xDA, b"\x01\x01\x00\x00\x3f\x00"),
            b"\x00" * (SIDE * SIDE // 256) + b"\xff\xd9",
        )
    )


def svg(width: int, height: int, color: str = "#888888", *, has_head: bool = False) -> str:
    """A picture of one colour, with a head and shoulders if it is an avatar."""
    head = '<g fill="white"><circle cx="48" cy="36" r="18"/><ellipse cx="48" cy="90" rx="34" ry="30"/></g>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
        f'<rect width="{width}" height="{height}" fill="{color}"/>{head if has_head else ""}</svg>'
    )


def _url_of(text: str) -> str:
    return f"data:image/svg+xml,{quote(text, safe='/:=(),')}"


def _color(fake: Faker) -> str:
    return "#" + "".join(f"{fake.random_int(80, 200):02x}" for _ in range(3))


def picture_url(fake: Faker) -> str:
    """The `data:` URL of a picture."""
    return _url_of(svg(320, 240, _color(fake)))


def avatar_url(fake: Faker) -> str:
    """The `data:` URL of the picture of a person."""
    return _url_of(svg(96, 96, _color(fake), has_head=True))


def qr_url(_: Faker) -> str:
    """The `data:` URL of a QR code, always the same one."""
    return f"data:image/png;base64,{base64.b64encode(qr_png()).decode()}"
