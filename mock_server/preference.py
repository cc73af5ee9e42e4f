"""The Prefer header (RFC 7240): which answer of the document the client wants to see."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Preference:
    """What a client prefers.

    Attributes:
        code: the status code asked for, as it was written; None when none was.
        example: the name of the example asked for.
    """

    code: str | None = None
    example: str | None = None

    def __bool__(self) -> bool:
        return self.code is not None or self.example is not None

    def __str__(self) -> str:
        parts = [f"code={self.code}" if self.code else "", f"example={self.example}" if self.example else ""]
        return ", ".join(part for part in parts if part)


@lru_cache(maxsize=512)
def parse(header: str) -> Preference:
    """Read a Prefer header; preferences that are not ours are left alone (section 2)."""
    found: dict[str, str] = {}
    for part in header.replace(";", ",").split(","):
        name, equals, value = part.partition("=")
        if equals:
            found.setdefault(name.strip().lower(), value.strip().strip('"'))
    return Preference(code=found.get("code"), example=found.get("example"))
