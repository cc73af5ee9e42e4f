"""A place in a document: file, line, column and JSON Pointer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Location:
    """Where something stands.

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
        return f"{place} ({self.pointer})" if self.pointer else place
