"""Checks of HTTP semantics (RFC 9110), independent of the document."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from signoff.conformance.checks.registry import Fault, Proof, check, status_fault, warning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.conformance.exchange import Exchange
    from signoff.contract import Contract, Operation

_SINGLE_VALUED = (
    "content-type",
    "content-length",
    "location",
    "retry-after",
    "etag",
    "last-modified",
    "date",
)
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def _has_retry_after(exchange: Exchange) -> bool:
    return exchange.received.header("retry-after") is not None


def _seconds(exchange: Exchange) -> int | None:
    """The value of Retry-After in seconds; a date is relative to the Date of the response."""
    text = (exchange.received.header("retry-after") or "").strip()
    if text.isascii() and text.isdecimal():
        return int(text)
    try:
        until = parsedate_to_datetime(text)
        sent = parsedate_to_datetime(exchange.received.header("date") or "")
    except (TypeError, ValueError):
        return None
    return round((until - sent).total_seconds())


def _is_http_date(text: str) -> bool:
    try:
        parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return False
    return text.endswith("GMT")


def _is_first_of_path(contract: Contract, operation: Operation) -> bool:
    """Whether the operation stands for its path, whose undocumented methods are tried once."""
    return next(other.id for other in contract.operations if other.path == operation.path) == operation.id


@check(
    source="RFC 9110, section 15.5.6",
    rationale="An undocumented method must not have an effect.",
    applies=lambda exchange: (
        exchange.intent in ("method", "fuzzing")
        and exchange.operation is None
        and bool(exchange.allowed)
        and exchange.sent.method not in ("OPTIONS", "HEAD")
    ),
    concerns=_is_first_of_path,
    not_covered="no undocumented method could be tried on this path",
    proof=Proof.REJECTION,
)
def method_not_allowed(exchange: Exchange) -> Iterator[Fault]:
    """An undocumented method does not succeed."""
    if 200 <= exchange.status < 300:
        message = f"{exchange.sent.method} is not documented on this path, but succeeds"
        wanted = f"405; documented methods: {', '.join(exchange.allowed)}"
        yield status_fault(exchange, message, wanted, exchange.subject.pointer.rpartition("/")[0])


@check(
    source="RFC 9110, sections 10.2.1 and 15.5.6",
    rationale="Clients read the allowed methods from it.",
    applies=lambda exchange: exchange.status == 405,
    concerns=_is_first_of_path,
    not_covered="no request got a 405",
)
def method_not_allowed_allow(exchange: Exchange) -> Iterator[Fault]:
    """A 405 response has an Allow header with all documented methods."""
    fields = exchange.received.values("allow")
    if not fields:
        yield Fault("the 405 response has no Allow header", f"Allow: {', '.join(exchange.allowed)}", "none")
        return
    listed = {name.strip().upper() for value in fields for name in value.split(",") if name.strip()}
    missing = [name for name in exchange.allowed if name not in listed]
    if missing:
        yield Fault(
            "Allow does not list all documented methods",
            f"{', '.join(exchange.allowed)} in Allow",
            ", ".join(fields),
        )
    elif exchange.sent.method in listed:
        yield Fault("Allow lists the rejected method", "other methods", ", ".join(fields))
    elif not all(_TOKEN.fullmatch(name) for name in listed):
        yield Fault("Allow is not a list of methods", "method names", ", ".join(fields))


@check(
    source="RFC 9110, section 10.2.3",
    rationale="Clients can only wait if they can parse it.",
    applies=_has_retry_after,
    not_covered="no response had a Retry-After header",
)
def retry_after_form(exchange: Exchange) -> Iterator[Fault]:
    """Retry-After is a number of seconds or an HTTP date."""
    text = (exchange.received.header("retry-after") or "").strip()
    if not (text.isascii() and text.isdecimal()) and not _is_http_date(text):
        yield Fault("Retry-After is malformed", "a number of seconds or an HTTP date", repr(text))


@check(
    source="RFC 9110, section 10.2.3; the document's retry_after_seconds",
    rationale="Clients must wait equally long whether they read the body or the header.",
    applies=lambda exchange: (
        _has_retry_after(exchange)
        and isinstance((exchange.json_object or {}).get("retry_after_seconds"), int)
    ),
    not_covered="no error had both retry_after_seconds and a Retry-After header",
)
def problem_retry_after_agrees(exchange: Exchange) -> Iterator[Fault]:
    """`retry_after_seconds` and Retry-After match (within one second for dates)."""
    stated = (exchange.json_object or {}).get("retry_after_seconds")
    waited = _seconds(exchange)
    is_date = not (exchange.received.header("retry-after") or "").strip().isdecimal()
    if waited is not None and isinstance(stated, int) and abs(waited - stated) > (1 if is_date else 0):
        yield Fault("`retry_after_seconds` and Retry-After differ", f"{waited} seconds", f"{stated} seconds")


@warning(
    source="RFC 6585, section 4; RFC 9110, section 15.6.4",
    rationale="Without it clients have to guess how long to wait.",
    applies=lambda exchange: exchange.status in (429, 503),
)
def too_many_retry_after(exchange: Exchange) -> Iterator[Fault]:
    """429 and 503 responses have a Retry-After header."""
    if not _has_retry_after(exchange):
        yield Fault(
            f"the {exchange.status} response has no Retry-After header", "a Retry-After header", "none"
        )


@check(
    source="RFC 9110, section 15.5.2",
    rationale="Clients read the authentication scheme from it.",
    applies=lambda exchange: exchange.status == 401,
    not_covered="no request got a 401",
)
def unauthorized_challenge(exchange: Exchange) -> Iterator[Fault]:
    """A 401 response has a WWW-Authenticate header."""
    if exchange.received.header("www-authenticate") is None:
        yield Fault("the 401 response has no WWW-Authenticate header", "a WWW-Authenticate header", "none")


@check(
    source="RFC 9110, sections 8.6 and 15.3.5",
    rationale="Bytes after a 204 are read as the next response.",
    applies=lambda exchange: exchange.status in (204, 205, 304) or exchange.sent.method == "HEAD",
    not_covered="no request got a 204 or 304, and HEAD is not documented",
)
def no_content_empty(exchange: Exchange) -> Iterator[Fault]:
    """204, 205, 304 and HEAD responses have no body, and a 204 has no Content-Length other than 0."""
    if exchange.received.body:
        yield Fault("the response must not have a body", "0 bytes", f"{len(exchange.received.body)} bytes")
    length = exchange.received.header("content-length")
    if exchange.status == 204 and length not in (None, "0"):
        yield Fault("the 204 response has a Content-Length", "none", str(length))


@check(
    source="RFC 9110, section 5.3",
    rationale="If a header is duplicated, clients pick different values.",
    applies=lambda exchange: bool(exchange.received.headers),
)
def single_valued_fields(exchange: Exchange) -> Iterator[Fault]:
    """Single-valued headers occur only once."""
    for name in _SINGLE_VALUED:
        values = exchange.received.values(name)
        if len(values) > 1:
            yield Fault(f"{name} occurs {len(values)} times", "once", " / ".join(values))


@check(
    source="Fetch standard, section 3.2.5",
    rationale="Any page could use the user's credentials, so browsers reject the combination.",
    applies=lambda exchange: exchange.received.header("access-control-allow-origin") is not None,
    not_covered="no response had CORS headers",
)
def cors_not_wild_with_credentials(exchange: Exchange) -> Iterator[Fault]:
    """`Access-Control-Allow-Origin: *` is not combined with credentials."""
    is_wildcard = exchange.received.header("access-control-allow-origin") == "*"
    if is_wildcard and exchange.received.header("access-control-allow-credentials") == "true":
        yield Fault("CORS allows credentials from any origin", "one or the other", "both")


@warning(
    source="RFC 9110, section 9.3.8",
    rationale="TRACE echoes credentials.",
    applies=lambda exchange: exchange.sent.method == "TRACE",
)
def trace_disabled(exchange: Exchange) -> Iterator[Fault]:
    """TRACE is rejected."""
    if exchange.status < 400 and "TRACE" not in exchange.allowed:
        yield Fault("a TRACE request is not rejected", "405 or 501", str(exchange.status))
