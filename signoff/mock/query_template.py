"""Paths of a document that hold a query, such as `/weather?city={city}`.

OpenAPI has no such paths (3.1, section 4.8.8), but real documents do, to tell operations of one path apart.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

_PARAMETER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class QueryTemplate:
    """The query in one operation's path.

    Attributes:
        key: the operation.
        literals: names with the text that they must have.
        names: names with the parameter that each stands for.
    """

    key: str
    literals: Mapping[str, str]
    names: Mapping[str, str]

    @classmethod
    def read(cls, template: str, key: str) -> Self:
        """What the part of a template behind `?` says."""
        query = template.partition("?")[2].partition("#")[0]
        held = raw_query(query)
        names = {name: match[1] for name, text in held.items() if (match := _PARAMETER.fullmatch(text))}
        return cls(key, {name: text for name, text in held.items() if name not in names}, names)

    def fits(self, sent: Mapping[str, str]) -> bool:
        """Whether a request's query has all that this one says."""
        return self.names.keys() <= sent.keys() and self.literals.items() <= sent.items()


def raw_query(query: str) -> dict[str, str]:
    """The names of a raw query string with their raw texts; the first of a repeated name counts."""
    held: dict[str, str] = {}
    for part in query.split("&") if query else ():
        name, _, text = part.partition("=")
        held.setdefault(name, text)
    return held
