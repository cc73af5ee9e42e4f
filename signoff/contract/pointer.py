"""JSON Pointers (RFC 6901), the fragments of `$ref`s that hold them (RFC 3986), and places in files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

if TYPE_CHECKING:
    from collections.abc import Iterable

    from signoff.contract.json_value import JsonValue

_FRAGMENT_SAFE = "/~!$&'()*+,;=:@-._"


@dataclass(frozen=True, slots=True)
class Location:
    """A location in a file.

    Attributes:
        file: the path or URL as the user gave it.
        line: counted from 1; 0 when unknown.
        column: counted from 1; 0 when unknown.
        pointer: RFC 6901 JSON Pointer inside that file; empty for the whole file.
    """

    file: str
    line: int = 0
    column: int = 0
    pointer: str = ""

    def __str__(self) -> str:
        """`file:line:column (pointer)`, without the parts that are unknown."""
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        shown = f"{place} ({self.pointer})" if self.pointer else place
        if shown.isprintable():
            return shown
        return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in shown)


def escape(token: str | int) -> str:
    """One reference token as it stands in a pointer."""
    return str(token).replace("~", "~0").replace("/", "~1")


def join(tokens: Iterable[str | int], base: str = "") -> str:
    """The pointer that leads from `base` through `tokens`."""
    return base + "".join(f"/{escape(token)}" for token in tokens)


def split(pointer: str) -> list[str]:
    """The unescaped tokens of a pointer; an empty list for the whole document."""
    return [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]


def to_ref(pointer: str) -> str:
    """The `$ref` to a pointer inside the same document."""
    return "#" + quote(pointer, safe=_FRAGMENT_SAFE)


def from_ref(ref: str) -> str:
    """The pointer of a `$ref` into the same document (`#/a/b%20c` gives `/a/b c`)."""
    return unquote(ref.removeprefix("#"))


def resolve(value: JsonValue, pointer: str) -> JsonValue:
    """The part of `value` at `pointer`.

    Raises:
        LookupError: there is nothing at `pointer`.
    """
    for token in split(pointer):
        if isinstance(value, dict):
            value = value[token]
        elif isinstance(value, list) and token.isdecimal():
            value = value[int(token)]
        else:
            raise LookupError(token)
    return value
