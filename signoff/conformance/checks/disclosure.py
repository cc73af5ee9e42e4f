"""Checks that a response does not reflect markup or disclose server internals."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

from signoff.conformance.checks.registry import Fault, check
from signoff.conformance.exchange import objects_in
from signoff.contract import media_types

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.conformance.exchange import Exchange, Sent

_MARKUP = b"<b>signoff"
_DEBUG_MEMBERS = {
    *("traceback", "stacktrace", "stack_trace", "stacktrace", "stack", "exception", "exceptionclass"),
    *("sql", "sqlstate", "debuginfo", "debug_info", "innerexception", "inner_exception"),
}


def _has_markup(sent: Sent) -> bool:
    """Whether a request has markup in its path, query or body."""
    return _MARKUP in sent.body or _MARKUP.decode() in unquote_plus(sent.url)


@check(
    source="OWASP, cross-site scripting",
    rationale="A browser runs reflected markup if it renders the media type.",
    applies=lambda exchange: (
        _MARKUP in exchange.received.body or (bool(exchange.received.body) and _has_markup(exchange.sent))
    ),
    concerns=lambda _, operation: bool(operation.parameters) or operation.request_body is not None,
    not_covered="no request with markup got a response with a body",
)
def no_reflection(exchange: Exchange) -> Iterator[Fault]:
    """Markup from the request is not reflected as HTML or without a Content-Type."""
    kind = media_types.essence(exchange.content_type)
    renders = kind in ("", "text/html", "application/xhtml+xml", "image/svg+xml")
    if renders and _MARKUP in exchange.received.body:
        yield Fault(
            "markup from the request is reflected unescaped", "escaped markup", kind or "no Content-Type"
        )


@check(
    source="RFC 9457, section 5; OWASP API8:2023",
    rationale="Server internals help an attacker.",
    applies=lambda exchange: exchange.status >= 400 and exchange.json_object is not None,
)
def no_debug_members(exchange: Exchange) -> Iterator[Fault]:
    """An error has no debug property such as a stack trace."""
    members = (member for owner in objects_in(exchange.json[0]) for member in owner.items())
    for name, value in members:
        if (
            re.sub(r"[-.]", "_", name).lower() in _DEBUG_MEMBERS
            and value
            and isinstance(value, str | list | dict)
        ):
            yield Fault(f"the error has a debug property `{name}`", "no server internals", repr(value)[:120])
            return
