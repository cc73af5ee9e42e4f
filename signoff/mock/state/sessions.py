"""The session of a request: clients with different sessions never see each other's changes.

A client names its session in the header `Signoff-Session`, in the query parameter `__session`, or in a cookie
`Signoff-Session`; the first of these counts. Without a name it is the common session, with the name "".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.contract.parameters import split_cookies, split_query

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.types import Scope

# The key of a request's session in the ASGI scope, once it is known.
SESSION = "signoff.session"
_HEADER = b"signoff-session"
_COOKIE = "Signoff-Session"
_IN_COOKIE = b"Signoff-Session="
_QUERY = "__session"
IN_QUERY = b"__session="
_MAX_LENGTH = 128


class SessionNameError(ValueError):
    """The name of a session is invalid."""


def session_of(headers: Iterable[tuple[bytes, bytes]], query: bytes) -> str:
    """The name of a request's session.

    Raises:
        SessionNameError: it is empty, too long, or contains other characters than printable ASCII.
    """
    found: str | None = None
    cookie: bytes | None = None
    for name, value in headers:
        if name == _HEADER:
            found = value.decode("latin-1")
        elif name == b"cookie" and _IN_COOKIE in value:
            cookie = value
    if found is None and IN_QUERY in query:
        found = next(iter(split_query(query.decode("latin-1")).get(_QUERY, ())), None)
    if found is None and cookie is not None:
        found = next(iter(split_cookies(cookie.decode("latin-1")).get(_COOKIE, ())), None)
    if found is None:
        return ""
    if not 0 < len(found) <= _MAX_LENGTH or not found.isascii() or not found.isprintable():
        raise SessionNameError(found)
    return found


def session_in(scope: Scope) -> str:
    """The name of the session of an ASGI scope, where it is kept.

    Raises:
        SessionNameError: it is invalid.
    """
    found: str | None = scope.get(SESSION)
    if found is None:
        found = scope[SESSION] = session_of(scope["headers"], scope["query_string"])
    return found


def without_session(query: str) -> str:
    """A query string without the session's parameter."""
    return "&".join(part for part in query.split("&") if part.partition("=")[0] != _QUERY)
