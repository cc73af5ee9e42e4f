"""Does an answer keep the rules of HTTP (RFC 9110), whatever the document says?"""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from signoff.conformance.checks.registry import Fault, check, status_fault, warning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.conformance.exchange import Exchange

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


def _waits(exchange: Exchange) -> bool:
    return exchange.received.header("retry-after") is not None


def _seconds(exchange: Exchange) -> int | None:
    """The wait that Retry-After asks for, in seconds; a date counts from the answer's own Date."""
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


@check(
    source="RFC 9110, section 15.5.6",
    rationale="A method that the document does not have must not do anything.",
    applies=lambda exchange: (
        exchange.intent in ("method", "search")
        and exchange.operation is None
        and bool(exchange.allowed)
        and exchange.sent.method not in ("OPTIONS", "HEAD")
    ),
)
def method_not_allowed(exchange: Exchange) -> Iterator[Fault]:
    """A method that the document does not have is not answered with success."""
    if 200 <= exchange.status < 300:
        message = f"{exchange.sent.method} is not documented on this path, but succeeds"
        wanted = f"405; the document has {', '.join(exchange.allowed)}"
        yield status_fault(exchange, message, wanted, exchange.subject.pointer.rpartition("/")[0])


@check(
    source="RFC 9110, sections 10.2.1 and 15.5.6",
    rationale="A 405 tells the client what it may do instead.",
    applies=lambda exchange: exchange.status == 405,
    not_covered="no response was a 405",
)
def method_not_allowed_allow(exchange: Exchange) -> Iterator[Fault]:
    """A 405 carries Allow, and the document's methods of that path are in it."""
    fields = exchange.received.values("allow")
    if not fields:
        yield Fault("a 405 without Allow", f"Allow: {', '.join(exchange.allowed)}", "no Allow field")
        return
    listed = {name.strip().upper() for value in fields for name in value.split(",") if name.strip()}
    missing = [name for name in exchange.allowed if name not in listed]
    if missing:
        yield Fault(
            "Allow leaves out a documented method",
            f"{', '.join(exchange.allowed)} in Allow",
            ", ".join(fields),
        )
    elif exchange.sent.method in listed:
        yield Fault("Allow lists the method that was refused", "other methods", ", ".join(fields))
    elif not all(_TOKEN.fullmatch(name) for name in listed):
        yield Fault("Allow is no list of methods", "method names", ", ".join(fields))


@check(
    source="RFC 9110, section 10.2.3",
    rationale="Clients wait by it, so it must be readable.",
    applies=_waits,
    not_covered="no response carried Retry-After",
)
def retry_after_form(exchange: Exchange) -> Iterator[Fault]:
    """Retry-After is a number of seconds or an HTTP-date."""
    text = (exchange.received.header("retry-after") or "").strip()
    if not (text.isascii() and text.isdecimal()) and not _is_http_date(text):
        yield Fault("Retry-After has neither form", "seconds or an HTTP-date", repr(text))


@check(
    source="RFC 9110, section 10.2.3; the contract's retry_after_seconds",
    rationale="A client that reads the body waits as long as one that reads the header.",
    applies=lambda exchange: (
        _waits(exchange) and isinstance((exchange.json_object or {}).get("retry_after_seconds"), int)
    ),
    not_covered="no problem carried retry_after_seconds beside a Retry-After header",
)
def problem_retry_after_agrees(exchange: Exchange) -> Iterator[Fault]:
    """`retry_after_seconds` and Retry-After tell the same wait, a second aside for dates."""
    stated = (exchange.json_object or {}).get("retry_after_seconds")
    waited = _seconds(exchange)
    is_date = not (exchange.received.header("retry-after") or "").strip().isdecimal()
    if waited is not None and isinstance(stated, int) and abs(waited - stated) > (1 if is_date else 0):
        yield Fault("the body and Retry-After tell different waits", f"{waited} seconds", f"{stated} seconds")


@warning(
    source="RFC 6585, section 4; RFC 9110, section 15.6.4",
    rationale="Without it clients guess how long to wait.",
    applies=lambda exchange: exchange.status in (429, 503),
)
def too_many_retry_after(exchange: Exchange) -> Iterator[Fault]:
    """429 and 503 say Retry-After."""
    if not _waits(exchange):
        yield Fault(f"a {exchange.status} without Retry-After", "a Retry-After field", "none")


@check(
    source="RFC 9110, section 15.5.2",
    rationale="A 401 tells how to authenticate.",
    applies=lambda exchange: exchange.status == 401,
    not_covered="no response was a 401",
)
def unauthorized_challenge(exchange: Exchange) -> Iterator[Fault]:
    """A 401 carries WWW-Authenticate."""
    if exchange.received.header("www-authenticate") is None:
        yield Fault("a 401 without WWW-Authenticate", "a challenge", "none")


@check(
    source="RFC 9110, sections 8.6 and 15.3.5",
    rationale="Octets after a 204 are read as the next answer.",
    applies=lambda exchange: exchange.status in (204, 205, 304) or exchange.sent.method == "HEAD",
    not_covered="no response was a 204 or 304, and HEAD is not documented",
)
def no_content_empty(exchange: Exchange) -> Iterator[Fault]:
    """204, 304 and answers to HEAD carry no content, and 204 no Content-Length but 0."""
    if exchange.received.body:
        yield Fault("content where there is none", "no octets", f"{len(exchange.received.body)} octets")
    length = exchange.received.header("content-length")
    if exchange.status == 204 and length not in (None, "0"):
        yield Fault("a 204 with a Content-Length", "none", str(length))


@check(
    source="RFC 9110, section 5.3",
    rationale="Of two contradicting fields each client picks another.",
    applies=lambda exchange: bool(exchange.received.headers),
)
def single_valued_fields(exchange: Exchange) -> Iterator[Fault]:
    """Fields that are no lists occur once."""
    for name in _SINGLE_VALUED:
        values = exchange.received.values(name)
        if len(values) > 1:
            yield Fault(f"{name} occurs {len(values)} times", "once", " / ".join(values))


@check(
    source="Fetch standard, section 3.2.5",
    rationale="It would let any page act with the user's credentials; browsers refuse it.",
    applies=lambda exchange: exchange.received.header("access-control-allow-origin") is not None,
    not_covered="no response carried CORS headers",
)
def cors_not_wild_with_credentials(exchange: Exchange) -> Iterator[Fault]:
    """Never `Access-Control-Allow-Origin: *` together with credentials."""
    wild = exchange.received.header("access-control-allow-origin") == "*"
    if wild and exchange.received.header("access-control-allow-credentials") == "true":
        yield Fault("any origin is allowed with credentials", "one or the other", "both")


@warning(
    source="RFC 9110, section 9.3.8",
    rationale="TRACE echoes credentials.",
    applies=lambda exchange: exchange.sent.method == "TRACE",
)
def trace_disabled(exchange: Exchange) -> Iterator[Fault]:
    """TRACE is refused."""
    if exchange.status < 400 and "TRACE" not in exchange.allowed:
        yield Fault("TRACE is answered", "405 or 501", str(exchange.status))
