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
_STEP = 4096  # bytes
_ZSTD_STEP = 64  # bytes; each 4 of them may become 128 KiB (RFC 8878, section 3.1.1.2)


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


class _Parts:
    """The decoded parts of a body, joined once: a body may have a million parts.

    Attributes:
        room: the number of bytes that may still be added.
    """

    def __init__(self, limit: int) -> None:
        self._parts: list[bytes] = []
        self.room = limit

    def add(self, part: bytes) -> None:
        """Add a part.

        Raises:
            TooLongError: the parts exceed the limit.
        """
        self.room -= len(part)
        if self.room < 0:
            raise TooLongError
        if part:
            self._parts.append(part)

    def joined(self) -> bytes:
        """The decoded body."""
        return b"".join(self._parts)


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
    parts = _Parts(limit)
    stream = zlib.decompressobj(window)
    for start in range(0, len(data), _STEP):
        chunk = data[start : start + _STEP]  # each member leaves a copy of what follows it in the chunk
        while chunk:
            if stream.eof and window != _GZIP:
                return parts.joined()
            stream = zlib.decompressobj(window) if stream.eof else stream
            parts.add(stream.decompress(chunk, parts.room + 1))
            chunk = stream.unused_data
    if not stream.eof:
        raise ValueError("truncated")
    return parts.joined()


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
    parts = _Parts(limit)
    for start in range(0, len(data), _ZSTD_STEP):
        try:
            parts.add(stream.decompress(data[start : start + _ZSTD_STEP]))
        except zstandard.ZstdError as error:
            raise ValueError(str(error)) from error
    if not stream.eof:
        raise ValueError("truncated")
    return parts.joined()


_DECODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": lambda data, limit: _inflated(data, limit, _GZIP),
    "deflate": _deflated,
    **({"br": _brotli} if find_spec("brotli") else {}),
    **({"zstd": _zstd} if find_spec("zstandard") else {}),
}
