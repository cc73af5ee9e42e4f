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
        dynamic: whether a made-up value is wanted in place of an example; None when that is not said.
    """

    code: str | None = None
    example: str | None = None
    dynamic: bool | None = None

    @property
    def forces(self) -> bool:
        """Whether an answer is asked for by its name, whatever else the request says."""
        return self.code is not None or self.example is not None

    def __str__(self) -> str:
        dynamic = None if self.dynamic is None else str(self.dynamic).lower()
        parts = {"code": self.code, "example": self.example, "dynamic": dynamic}
        return ", ".join(f"{name}={value}" for name, value in parts.items() if value)


@lru_cache(maxsize=512)
def parse(header: str) -> Preference:
    """Read a Prefer header; preferences that are not ours are left alone (section 2)."""
    found: dict[str, str] = {}
    for part in header.replace(";", ",").split(","):
        name, equals, value = part.partition("=")
        if equals:
            found.setdefault(name.strip().lower(), value.strip().strip('"'))
    dynamic = {"true": True, "false": False}.get(found.get("dynamic", "").lower())
    return Preference(code=found.get("code"), example=found.get("example"), dynamic=dynamic)
