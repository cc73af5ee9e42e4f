"""Which requests may use the control API.

Web pages must not: neither a page of another site (its requests have an `Origin`, or are simple ones without
a JSON content type), nor one whose host name was rebound to this machine (`Host` is then that name).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from hmac import compare_digest
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from signoff.contract import media_types
from signoff.contract.problem import MEDIA_TYPE, Problem, status_phrase
from signoff.mock.exchange import raw_response, to_json
from signoff.mock.webhooks import MARK

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from starlette.types import Scope

    from signoff.mock.exchange import RawResponse

ANY_HOST = "*"
_DELIVERY = MARK.encode()
_EVERY_ADDRESS = {"", "0.0.0.0", "::"}  # noqa: S104 - what is not a host name
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_CHALLENGE = (b"www-authenticate", b'Bearer realm="signoff control"')


def host_name(authority: str) -> str:
    """The name in a `Host`, in lower case and without port and final dot; empty if there is none."""
    try:
        name = urlsplit(f"//{authority}").hostname or ""
    except ValueError:
        return ""
    return name.lower().removesuffix(".")


def is_loopback(name: str) -> bool:
    """Whether a host name can only mean this machine."""
    if name == "localhost" or name.endswith(".localhost"):  # RFC 6761, section 6.3
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def _bracketed(host: str) -> str:
    """An IPv6 address as an authority has it."""
    return f"[{host}]" if host.count(":") > 1 and not host.startswith("[") else host


@dataclass(frozen=True, slots=True)
class Guard:
    """Decides who may use the control API.

    Attributes:
        token: the token that requests must have; empty for none.
        hosts: allowed host names besides those of the loopback interface, in lower case; `*` allows all.
    """

    token: str = ""
    hosts: Collection[str] = ()

    @classmethod
    def of(cls, token: str, hosts: Iterable[str]) -> Guard:
        """The guard for names and addresses as a user writes them; `0.0.0.0` and `::` name no host."""
        names = {ANY_HOST if host == ANY_HOST else host_name(_bracketed(host)) for host in hosts}
        return cls(token, frozenset(names - _EVERY_ADDRESS))

    def rejection(self, scope: Scope, *, is_open: bool = False) -> RawResponse | None:
        """The error response to a request that may not use the API; None if it may.

        Args:
            scope: the request.
            is_open: whether it needs no token.
        """
        values = _Values.of(scope)
        if values.is_delivery:  # to a URL from a client: any page could choose it
            return _problem(403, "Callbacks and webhooks of a mock may not use a control API.")
        foreign = [host for host in values.hosts or [""] if not self.knows(host_name(host))]
        if foreign:
            return _problem(
                403,
                f"The host {foreign[0]!r} is not a loopback name. Start the mock with --allow-host"
                f" {host_name(foreign[0]) or 'NAME'} to allow it.",
            )
        if values.origin is not None and not self.allows_origin(values.origin):
            return _problem(
                403,
                f"Pages of the origin {values.origin!r} may not use the control API. Start the mock with"
                " --allow-host NAME to allow those of a host.",
            )
        has_token = bool(self.token) and values.has(self.token)
        if self.token and not has_token and not is_open:
            found = _problem(
                401, "The request needs the header `Authorization: Bearer` with the control token."
            )
            return replace(found, headers=(*found.headers, _CHALLENGE))
        if scope["method"] in _WITH_BODY and not has_token and not media_types.is_json(values.content_type):
            return _problem(415, "The body must be JSON, sent as `Content-Type: application/json`.")
        return None

    def knows(self, name: str) -> bool:
        """Whether a host name is allowed."""
        return ANY_HOST in self.hosts or is_loopback(name) or name in self.hosts

    def allows_origin(self, origin: str) -> bool:
        """Whether pages of an origin are allowed: those of this machine and of the listed hosts."""
        try:
            name = urlsplit(origin).hostname or ""
        except ValueError:
            return False
        return bool(name) and self.knows(name)


@dataclass(frozen=True, slots=True)
class _Values:
    """The header fields of a request that the guard reads."""

    hosts: list[str]
    origin: str | None
    authorization: str
    content_type: str
    is_delivery: bool

    @classmethod
    def of(cls, scope: Scope) -> _Values:
        found: dict[bytes, list[str]] = {}
        for name, value in scope["headers"]:
            found.setdefault(name, []).append(value.decode("latin-1"))
        return cls(
            hosts=found.get(b"host", []),
            origin=", ".join(found[b"origin"]) if b"origin" in found else None,
            authorization=found.get(b"authorization", [""])[0],
            content_type=found.get(b"content-type", [""])[0],
            is_delivery=_DELIVERY in found,
        )

    def has(self, token: str) -> bool:
        scheme, _, sent = self.authorization.partition(" ")
        return scheme.lower() == "bearer" and compare_digest(sent.strip().encode(), token.encode())


def _problem(status: int, detail: str) -> RawResponse:
    body = to_json(Problem(status, status_phrase(status), detail).body())
    return raw_response(status, body, MEDIA_TYPE, "rejected")
