"""Which answer of the document the client wants to see: the Prefer header (RFC 7240), or the query.

Where no header can be set, as in a browser's address bar, the query parameters `__code`, `__example`
and `__dynamic` say the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl

QUERY_NAMES = frozenset({"__code", "__example", "__dynamic"})


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
def parse(header: str, query: str = "") -> Preference:
    """Read a Prefer header, and a query that goes before it.

    Preferences that are not ours are left alone (section 2), and so are other query parameters.
    """
    found = {name[2:]: value for name, value in parse_qsl(query) if name in QUERY_NAMES}
    for part in header.replace(";", ",").split(","):
        name, equals, value = part.partition("=")
        if equals:
            found.setdefault(name.strip().lower(), value.strip().strip('"'))
    dynamic = {"true": True, "false": False}.get(found.get("dynamic", "").lower())
    return Preference(code=found.get("code"), example=found.get("example"), dynamic=dynamic)
