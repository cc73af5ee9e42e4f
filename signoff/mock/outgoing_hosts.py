"""Decides where the mock may send callbacks and webhooks, and at which addresses it connects.

URLs come from clients, so they could lead anywhere. Only loopback addresses, `localhost` and the hosts that
the user lists are allowed; no other name is even resolved. The connection is made to an address that was
checked, so a name can't lead elsewhere afterwards.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from typing import TYPE_CHECKING

import httpx2

from signoff.contract import DataError, SetupError

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_URL = 4_000
_RESOLVE_S = 5
_QUOTE = "'"
_MAX_PORT = 65_536
_PORTS = {"http": 80, "https": 443}


class UrlNotAllowedError(DataError):
    """A URL that the mock must not, or can't, send a request to."""


class OutgoingHosts:
    """The hosts that requests may go to.

    Args:
        listed: names and addresses besides loopback ones.

    Raises:
        SetupError: one of them is not a host name or an address.
    """

    def __init__(self, listed: Iterable[str] = ()) -> None:
        self._listed = frozenset(_host(text) for text in listed)

    def checked(self, text: str) -> httpx2.URL:
        """A URL that a request may be sent to, as far as can be seen without resolving its host.

        Raises:
            UrlNotAllowedError: none may be.
        """
        if len(text) > MAX_URL:
            raise UrlNotAllowedError(f"the URL is longer than {MAX_URL} characters")
        try:
            url = httpx2.URL(text)
        except (httpx2.InvalidURL, ValueError, UnicodeError) as error:
            raise UrlNotAllowedError(f"invalid URL {_short(text)}: {error}") from None
        if url.port is not None and not 0 < url.port < _MAX_PORT:
            raise UrlNotAllowedError(f"invalid URL {_short(text)}: {url.port} is not a port")
        if url.scheme not in _PORTS or not url.host:
            raise UrlNotAllowedError(f"{_short(text)} is not an absolute http or https URL")
        if not (self._is_listed(url) or _is_local_name(url.host) or _is_loopback(url.host)):
            raise UrlNotAllowedError(
                f"{_short(url.host)} is not a loopback address",
                suggestion=f"Allow it with --callback-host {_short(url.host).strip(_QUOTE)}.",
            )
        return url

    def _is_listed(self, url: httpx2.URL) -> bool:
        return url.host.lower() in self._listed

    async def addresses(self, url: httpx2.URL) -> list[str]:
        """The addresses of a checked URL's host to connect to, in order.

        Raises:
            UrlNotAllowedError: the host has none that is allowed.
        """
        port = url.port or _PORTS[url.scheme]
        try:
            async with asyncio.timeout(_RESOLVE_S):
                loop = asyncio.get_running_loop()
                found = await loop.getaddrinfo(url.host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError, TimeoutError) as error:
            reason = getattr(error, "strerror", None) or str(error) or "timeout"
            raise UrlNotAllowedError(f"{_short(url.host)} cannot be resolved: {reason}") from None
        known = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        allowed = known if self._is_listed(url) else [each for each in known if _is_loopback(each)]
        if not allowed:
            raise UrlNotAllowedError(f"{_short(url.host)} is not a loopback address, but {', '.join(known)}")
        return allowed


def _host(text: str) -> str:
    """A listed host in the form that URLs have it in."""
    name = text.strip().lower().removeprefix("[").removesuffix("]")
    try:
        url = httpx2.URL(scheme="http", host=name)
    except (httpx2.InvalidURL, ValueError, UnicodeError):
        url = None
    if url is None or not name or any(character in name for character in "/@?#*, ") or _has_port(name):
        raise SetupError(
            f"invalid host: {text!r}", suggestion="Give --callback-host a name or an address, without a port."
        )
    return url.host.lower()


def _has_port(name: str) -> bool:
    return name.count(":") == 1


def _is_local_name(host: str) -> bool:
    """Whether a host is this machine by its name (RFC 6761, section 6.3)."""
    return host.lower() == "localhost" or host.lower().endswith(".localhost")


def _is_loopback(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def _short(text: str) -> str:
    return repr(text if len(text) <= 80 else f"{text[:80]} …")
