"""A request as it is on the wire."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it is on the wire.

    Attributes:
        path: the raw path, percent-encoded, without the query.
        path_values: the raw text of each path parameter.
        query: the raw query string.
        headers: names in lower case; values of repeated fields joined by commas.
    """

    path: str
    path_values: Mapping[str, str]
    query: str
    headers: Mapping[str, str]
    body: bytes
