"""Checks of header fields: Date, ETag, Location, Content-Length, Allow (RFC 9110)."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from signoff.conformance.checks.registry import Fault, Proof, check, relation, status_fault, warning
from signoff.contract import media_types

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from signoff.conformance.checks.registry import Found
    from signoff.conformance.exchange import Exchange
    from signoff.contract import Contract, Operation

_IMF_FIXDATE = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4}"
    r" \d{2}:\d{2}:\d{2} GMT"
)
_ETAG = re.compile(r'(W/)?"[\x21\x23-\x7e\x80-\xff]*"')
# From servers and routers without support for HEAD.
_NO_HEAD = (401, 403, 404, 405, 501)


def _creates(_: Contract, operation: Operation) -> bool:
    return any(response.status == "201" for response in operation.responses)


def documents_not_modified(_: Contract, operation: Operation) -> bool:
    """Whether the operation is a GET with a documented 304."""
    return operation.method == "GET" and any(r.status == "304" for r in operation.responses)


@check(
    source="RFC 9110, section 8.6; RFC 9112, section 6.3",
    rationale="With a wrong length, a client reads the next response as part of this one.",
    applies=lambda exchange: exchange.received.header("content-length") is not None,
    not_covered="no response had a Content-Length header",
)
def content_length_true(exchange: Exchange) -> Iterator[Fault]:
    """Content-Length is the number of bytes in the body and is not combined with Transfer-Encoding."""
    received = exchange.received
    text = (received.header("content-length") or "").strip()
    if not (text.isascii() and text.isdecimal()):
        yield Fault("Content-Length is not a number", "a number of bytes", repr(text))
        return
    if received.header("transfer-encoding") is not None:
        yield Fault("the response has both Content-Length and Transfer-Encoding", "one of them", "both")
    is_plain = received.header("content-encoding") is None and not received.fault
    carries = exchange.sent.method != "HEAD" and exchange.status not in (204, 304)
    if is_plain and carries and int(text) != len(received.body):
        yield Fault("Content-Length does not match the body", f"{len(received.body)} bytes", f"{text} bytes")


@check(
    source="RFC 9110, sections 12.5.1 and 15.5.7",
    rationale="A client that accepts anything, or a documented media type, should get a response.",
    applies=lambda exchange: exchange.intent == "accept" and exchange.operation is not None,
    proof=Proof.OPERATION,
)
def not_acceptable(exchange: Exchange) -> Iterator[Fault]:
    """406 is only returned if no documented 2xx media type matches Accept."""
    field = exchange.sent.header("accept")
    accept = "*/*" if field is None else field
    offers = [
        offer.name
        for response in (exchange.operation.responses if exchange.operation else ())
        for offer in response.content
        if response.status[:1] == "2"
    ]
    asked = [media_types.essence(part) for part in accept.split(",") if "q=0" not in part.replace("q=0.", "")]
    if exchange.status == 406 and ("*/*" in asked or set(asked) & {media_types.essence(o) for o in offers}):
        yield Fault(
            "the server returned 406 for a documented media type", " or ".join(offers), f"406 for {accept}"
        )


@warning(
    source="RFC 9110, sections 5.6.7 and 6.6.1",
    rationale="Caches compute ages from it.",
    applies=lambda exchange: exchange.received.header("date") is not None,
)
def date_http(exchange: Exchange) -> Iterator[Fault]:
    """Date is an HTTP date in the preferred format."""
    text = (exchange.received.header("date") or "").strip()
    try:
        parsedate_to_datetime(text)
    except (TypeError, ValueError):
        yield Fault("Date is not a valid date", "Sun, 06 Nov 1994 08:49:37 GMT", repr(text))
        return
    if not _IMF_FIXDATE.fullmatch(text):
        yield Fault("Date is not in the preferred format", "Sun, 06 Nov 1994 08:49:37 GMT", repr(text))


@check(
    source="RFC 9110, section 8.8.3",
    rationale="Clients and caches never match an unquoted ETag.",
    applies=lambda exchange: exchange.received.header("etag") is not None,
    not_covered="no response had an ETag header",
)
def etag_form(exchange: Exchange) -> Iterator[Fault]:
    """ETag is a quoted string, optionally prefixed with W/."""
    text = (exchange.received.header("etag") or "").strip()
    if not _ETAG.fullmatch(text):
        yield Fault("ETag is malformed", '"…" or W/"…"', repr(text))


@check(
    source="RFC 9110, sections 13.1.2 and 15.4.5",
    rationale="A client with a current copy should not download it again.",
    applies=lambda exchange: exchange.intent == "follow" and exchange.expected == (304,),
    concerns=documents_not_modified,
    not_covered="no response to a GET had an ETag header",
)
def not_modified(exchange: Exchange) -> Iterator[Fault]:
    """If 304 is documented, a GET whose If-None-Match has the current ETag returns 304."""
    tag = exchange.sent.header("if-none-match")
    if tag is not None and exchange.status != 304 and exchange.received.header("etag") == tag:
        yield status_fault(exchange, "an unchanged resource is sent again", "304")


@warning(
    source="RFC 9110, section 15.3.2",
    rationale="Without it a client cannot find the new resource.",
    applies=lambda exchange: exchange.status == 201 and exchange.operation is not None,
    concerns=_creates,
)
def location_on_created(exchange: Exchange) -> Iterator[Fault]:
    """A 201 response has a Location header if the document defines one."""
    described = exchange.response.headers if exchange.response else ()
    is_described = any(header.name.lower() == "location" for header in described)
    if is_described and exchange.received.header("location") is None:
        yield Fault(
            "the 201 response has no Location header", "a Location header", "none", exchange.subject.pointer
        )


@check(
    source="RFC 9110, section 15.3.2",
    rationale="Clients follow it next.",
    applies=lambda exchange: exchange.intent == "follow" and exchange.expected == (2,),
    concerns=_creates,
    not_covered="no 201 response had a Location on this server",
)
def location_resolves(exchange: Exchange) -> Iterator[Fault]:
    """The Location of a 201 response exists."""
    if exchange.status in (404, 410):
        message = f"the Location of a 201 response returns {exchange.status}: {exchange.sent.path}"
        yield status_fault(exchange, message, "the created resource")


@warning(
    source="RFC 9110, section 9.3.7",
    rationale="Clients discover the allowed methods from it.",
    applies=lambda exchange: (
        exchange.sent.method == "OPTIONS"
        and exchange.operation is None
        and 200 <= exchange.status < 300
        and exchange.received.header("allow") is not None
    ),
)
def options_allow(exchange: Exchange) -> Iterator[Fault]:
    """The Allow header of an OPTIONS response lists the documented methods."""
    listed = {name.strip().upper() for v in exchange.received.values("allow") for name in v.split(",")}
    missing = [name for name in exchange.allowed if name not in listed]
    if missing:
        yield Fault(
            "Allow does not list all documented methods", ", ".join(exchange.allowed), ", ".join(listed)
        )


@warning(
    source="RFC 9110, section 9.1",
    rationale="An unknown method must not be handled as another method.",
    applies=lambda exchange: exchange.sent.method == "SIGNOFF",
)
def unknown_method_501(exchange: Exchange) -> Iterator[Fault]:
    """A request with an unknown method is rejected."""
    if exchange.status < 400 and not exchange.received.fault:
        yield Fault("a request with an unknown method is not rejected", "501 or 405", str(exchange.status))


@relation(
    source="RFC 9110, section 9.3.2",
    rationale="Clients use HEAD to get the headers that GET would return.",
    concerns=lambda _, operation: operation.method == "GET",
    not_covered="the server does not support HEAD here",
)
def head_matches_get(exchanges: Sequence[Exchange]) -> Found:
    """HEAD, if supported, returns the same status and media type as GET."""
    heads = [e for e in exchanges if e.intent == "head" and not e.received.fault]
    compared = None
    for head in heads:
        got = next((e for e in exchanges if e.sent.method == "GET" and e.sent.url == head.sent.url), None)
        # An error of the server is a failure of its own.
        if got is None or head.status in _NO_HEAD or head.status >= 500:
            continue
        compared = compared or head
        if head.status != got.status:
            message = "HEAD and GET return different statuses"
            return head, [(head, Fault(message, str(got.status), str(head.status), head.subject.pointer))]
        kinds = [media_types.essence(e.content_type) for e in (got, head)]
        if all(kinds) and kinds[0] != kinds[1]:
            message = "HEAD and GET return different media types"
            return head, [(head, Fault(message, kinds[0], kinds[1], head.subject.pointer))]
    return compared, []
