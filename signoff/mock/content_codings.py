"""Decodes request bodies by their Content-Encoding (RFC 9110, section 8.4), within the body limit.

`br` and `zstd` need a library: the extra `codings` installs both.
"""

from __future__ import annotations

import zlib
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_GZIP, _ZLIB, _RAW = 31, 15, -15  # window sizes that select the format (zlib's manual, inflateInit2)
_ALIASES = {"x-gzip": "gzip"}
_MAX_CODINGS = 4
_STEP = 64  # bytes; each 4 of them may become 128 KiB (RFC 8878, section 3.1.1.2)


class CodingError(Exception):
    """A body that can't be decoded.

    Attributes:
        problem: the name of the entry in the problem catalogue.
        reason: the problem, in one sentence.
    """

    def __init__(self, problem: str, reason: str) -> None:
        super().__init__(reason)
        self.problem = problem
        self.reason = reason


class TooLongError(Exception):
    """The decoded body exceeds the limit."""


def supported() -> tuple[str, ...]:
    """The content codings that can be decoded here, for Accept-Encoding."""
    return tuple(_DECODERS)


def decoded(data: bytes, content_encoding: str, limit: int) -> bytes:
    """The decoded body.

    Args:
        data: the body as received.
        content_encoding: the value of Content-Encoding.
        limit: the size limit of the decoded body in bytes.

    Raises:
        CodingError: a coding is unsupported, or the body is not in it.
        TooLongError: it exceeds the limit.
    """
    names = [name.strip().lower() for name in content_encoding.split(",") if name.strip()]
    if len(names) > _MAX_CODINGS:
        raise CodingError("unsupported_content_coding", f"more than {_MAX_CODINGS} content codings")
    for name in reversed(names):  # the last one was applied last
        if name == "identity":
            continue
        decode = _DECODERS.get(_ALIASES.get(name, name))
        if decode is None:
            raise CodingError("unsupported_content_coding", f"unsupported content coding {name}")
        try:
            data = decode(data, limit)
        except (zlib.error, ValueError):
            raise CodingError("malformed_body", f"the body is not {name}") from None
    return data


def _inflated(data: bytes, limit: int, window: int) -> bytes:
    """The content of all members of a gzip or zlib stream."""
    found = b""
    while data:
        stream = zlib.decompressobj(window)
        found += stream.decompress(data, limit + 1 - len(found))
        if len(found) > limit:
            raise TooLongError
        if not stream.eof:
            raise ValueError("truncated")
        data = stream.unused_data if window == _GZIP else b""
    return found


def _deflated(data: bytes, limit: int) -> bytes:
    """`deflate` is zlib's format; some clients send it without the header (RFC 9110, section 8.4.1.2)."""
    try:
        return _inflated(data, limit, _ZLIB)
    except zlib.error:
        return _inflated(data, limit, _RAW)


def _brotli(data: bytes, limit: int) -> bytes:
    brotli = import_module("brotli")
    stream = brotli.Decompressor()
    found = b""
    try:
        while len(found) <= limit and not stream.is_finished():
            part = stream.process(data, output_buffer_limit=limit + 1 - len(found))
            if not part and not stream.is_finished():
                raise ValueError("truncated")
            found += part
            data = b""
    except brotli.error as error:
        raise ValueError(str(error)) from error
    if len(found) > limit:
        raise TooLongError
    return found


def _zstd(data: bytes, limit: int) -> bytes:
    zstandard = import_module("zstandard")
    stream = zstandard.ZstdDecompressor().decompressobj()
    found = b""
    for start in range(0, len(data), _STEP):
        try:
            found += stream.decompress(data[start : start + _STEP])
        except zstandard.ZstdError as error:
            raise ValueError(str(error)) from error
        if len(found) > limit:
            raise TooLongError
    if not stream.eof:
        raise ValueError("truncated")
    return found


_DECODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": lambda data, limit: _inflated(data, limit, _GZIP),
    "deflate": _deflated,
    **({"br": _brotli} if find_spec("brotli") else {}),
    **({"zstd": _zstd} if find_spec("zstandard") else {}),
}
