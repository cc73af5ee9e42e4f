"""Credentials that the mock accepts, for sample requests, and how a document wants them sent."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from signoff.contract import JsonObject, Operation

Place = Literal["header", "query", "cookie"]
_BASIC = base64.b64encode(b"user:password").decode()


@dataclass(frozen=True, slots=True)
class Credential:
    """One field of a request with well-formed credentials.

    Attributes:
        place: where it is sent.
        name: the name of the header field, query parameter or cookie.
        value: an accepted value.
    """

    place: Place
    name: str
    value: str

    def __str__(self) -> str:
        """How to send it, in a few words."""
        if self.name == "Authorization":
            return f"{self.name}: {self.value.partition(' ')[0]} …"
        return f"{self.place} {self.name}"


def credentials_for(operation: Operation, schemes: Mapping[str, JsonObject]) -> Iterator[Credential]:
    """What to send to an operation, by its alternative with the fewest schemes."""
    for name in min(operation.security, key=len, default=()):
        found = credential_for(schemes.get(name, {}))
        if found is not None:
            yield found


def credential_for(scheme: JsonObject) -> Credential | None:
    """Well-formed credentials for a security scheme; None if a request has none, as for mutual TLS."""
    name = str(scheme.get("name", ""))
    match scheme.get("type"), str(scheme.get("scheme", "")).lower(), scheme.get("in"):
        case "apiKey", _, ("query" | "cookie") as place:
            return Credential("query" if place == "query" else "cookie", name, "test")
        case "apiKey", _, _:
            return Credential("header", name, "test")
        case "http", "basic", _:
            return Credential("header", "Authorization", f"Basic {_BASIC}")
        case ("http", "bearer", _) | ("oauth2" | "openIdConnect", _, _):
            return Credential("header", "Authorization", "Bearer test")
        case "http", "digest", _:
            return Credential("header", "Authorization", 'Digest username="test"')
        case "http", other, _ if other:
            return Credential("header", "Authorization", f"{other.title()} test")
        case _:
            return None
