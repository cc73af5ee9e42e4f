"""Security requirements: checks that well-formed credentials are sent (OpenAPI 3.1, section 4.8.27).

The mock has no users, so it accepts any well-formed credentials. Missing or malformed ones are rejected with
a challenge (RFC 9110, section 11.6.1). Compiled once per operation.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from signoff.contract.parameters import split_cookies, split_query
from signoff.mock.credentials import credentials_for

if TYPE_CHECKING:
    from signoff.contract import Operation
    from signoff.contract.json_value import JsonObject
    from signoff.mock.exchange import Request

Present = Callable[["Request"], bool]
_TOKEN68 = re.compile(r"[A-Za-z0-9\-._~+/]+=*")


@dataclass(frozen=True, slots=True)
class Guard:
    """The security of one operation: alternatives, each a list of required schemes.

    Attributes:
        challenges: the values of WWW-Authenticate.
        names: the names of the schemes.
        form: how to send credentials, without values, which a client may have; empty if a request has none.
        headers: the relevant header fields, in lower case.
    """

    alternatives: tuple[tuple[Present, ...], ...]
    challenges: tuple[str, ...]
    names: tuple[str, ...]
    form: str
    headers: frozenset[str]

    @property
    def values(self) -> dict[str, str]:
        """The values of the placeholders of a rejection."""
        return {"names": " or ".join(self.names), "form": f" ({self.form})" if self.form else ""}

    def admits(self, request: Request) -> bool:
        """Whether the request has well-formed credentials for one of the alternatives."""
        return any(all(present(request) for present in schemes) for schemes in self.alternatives)


def guard_for(operation: Operation, schemes: Mapping[str, JsonObject]) -> Guard | None:
    """The guard of an operation; None if it needs no credentials."""
    if not operation.security or any(not alternative for alternative in operation.security):
        return None
    named = {name: schemes.get(name, {}) for alternative in operation.security for name in alternative}
    known = {name: _present(scheme) for name, scheme in named.items()}
    return Guard(
        alternatives=tuple(tuple(known[name] for name in alternative) for alternative in operation.security),
        challenges=tuple(dict.fromkeys(_challenge(scheme) for scheme in named.values())),
        names=tuple(named),
        form=" and ".join(map(str, credentials_for(operation, schemes))),
        headers=frozenset({"authorization", "cookie"}).union(
            str(scheme.get("name")).lower() for scheme in named.values() if scheme.get("in") == "header"
        ),
    )


def _present(scheme: JsonObject) -> Present:
    name = str(scheme.get("name", ""))
    match scheme.get("type"), str(scheme.get("scheme", "")).lower(), scheme.get("in"):
        case "apiKey", _, "query":
            return lambda request: any(split_query(request.query).get(name, []))
        case "apiKey", _, "cookie":
            return lambda request: any(split_cookies(request.headers.get("cookie", "")).get(name, []))
        case "apiKey", _, _:
            return lambda request: bool(request.headers.get(name.lower(), "").strip())
        case "http", "basic", _:
            return lambda request: _is_basic(_credentials(request, "basic"))
        case ("http", "bearer", _) | ("oauth2" | "openIdConnect", _, _):
            return lambda request: bool(_TOKEN68.fullmatch(_credentials(request, "bearer")))
        case "http", other, _:
            return lambda request: (
                "=" in _credentials(request, other)
                if other == "digest"
                else bool(_credentials(request, other))
            )
        case _:
            return lambda _: True  # mutual TLS, or a scheme that the document does not define


def _credentials(request: Request, scheme: str) -> str:
    """The credentials in Authorization; empty for another scheme or without the header."""
    sent, _, rest = request.headers.get("authorization", "").partition(" ")
    return rest.strip() if sent.lower() == scheme else ""


def _is_basic(credentials: str) -> bool:
    """Whether the text is base64 of `user:password` (RFC 7617, section 2)."""
    try:
        return b":" in base64.b64decode(credentials, validate=True)
    except (binascii.Error, ValueError):
        return False


def _challenge(scheme: JsonObject) -> str:
    match scheme.get("type"), str(scheme.get("scheme", "")).lower():
        case "http", "basic":
            return 'Basic realm="mock"'
        case "http", "digest":
            return 'Digest realm="mock", nonce="mock", algorithm=SHA-256'
        case ("http", "bearer") | ("oauth2" | "openIdConnect", _):
            return 'Bearer realm="mock"'
        case "http", other if other:
            return f'{other.title()} realm="mock"'
        case _:
            return f'ApiKey realm="mock", in="{scheme.get("in", "header")}", name="{scheme.get("name", "")}"'
