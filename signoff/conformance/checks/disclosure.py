"""What an answer must not carry: markup that came in with the request, or the inside of the server."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from signoff.conformance.checks.registry import Fault, check
from signoff.conformance.exchange import objects_in
from signoff.contract import media_types

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.conformance.exchange import Exchange

_MARKUP = b"<b>signoff</b>"
_DEBUG_MEMBERS = {
    *("traceback", "stacktrace", "stack_trace", "stacktrace", "stack", "exception", "exceptionclass"),
    *("sql", "sqlstate", "debuginfo", "debug_info", "innerexception", "inner_exception"),
}


@check(
    source="OWASP, cross-site scripting",
    rationale="A browser runs markup that comes back under a type that it renders.",
    applies=lambda exchange: bool(exchange.received.body),
    not_covered="no response had content",
)
def no_reflection(exchange: Exchange) -> Iterator[Fault]:
    """Markup from the request does not come back in HTML, or without a media type."""
    kind = media_types.essence(exchange.content_type)
    renders = kind in ("", "text/html", "application/xhtml+xml", "image/svg+xml")
    if renders and _MARKUP in exchange.received.body:
        yield Fault("markup of the request comes back as it was", "it escaped", kind or "no Content-Type")


@check(
    source="RFC 9457, section 5; OWASP API8:2023",
    rationale="What a server says of its inside helps an attacker.",
    applies=lambda exchange: exchange.status >= 400 and exchange.json_object is not None,
)
def no_debug_members(exchange: Exchange) -> Iterator[Fault]:
    """An error has no member for the eyes of developers, such as a stack trace, that the document lacks."""
    members = (member for owner in objects_in(exchange.json[0]) for member in owner.items())
    for name, value in members:
        if re.sub(r"[-.]", "_", name).lower() in _DEBUG_MEMBERS and isinstance(value, str | list | dict):
            yield Fault(
                f"the error has a member `{name}`", "nothing of the server's inside", repr(value)[:120]
            )
            return
