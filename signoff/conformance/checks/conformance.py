"""Does an answer keep what the document says of it: status, media type, headers, schema?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.conformance.checks.registry import (
    NOT_COVERED,
    Check,
    Fault,
    Severity,
    check,
    shown_status,
    status_fault,
)
from signoff.conformance.tolerance import is_from_below
from signoff.contract import Direction, media_types
from signoff.contract.coercion import coerce
from signoff.contract.pointer import resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.conformance.exchange import Exchange
    from signoff.contract import Contract, Operation
    from signoff.contract.conformance_rules import Rule

# What any server may answer to a bad request, whether the document says so or not.
ORDINARY_REFUSALS = {400, 401, 404, 405, 406, 408, 411, 413, 414, 415, 417, 422, 429, 431}
_MAX_SHOWN = 5


def _has_operation(exchange: Exchange) -> bool:
    return exchange.operation is not None


def _has_body(exchange: Exchange) -> bool:
    return bool(exchange.received.body) and exchange.sent.method != "HEAD"


def _is_json(exchange: Exchange) -> bool:
    return _has_body(exchange) and media_types.is_json(exchange.content_type)


def _is_ordinary_403(exchange: Exchange) -> bool:
    """Whether the document asks for credentials, but says nothing of how their lack is answered."""
    named = {response.status for response in exchange.subject.responses}
    return exchange.status == 403 and bool(exchange.subject.security) and not named & {"401", "403"}


def _is_told_apart(exchange: Exchange) -> bool:
    """Whether the answer is an expected one that the document describes by its own status."""
    response = exchange.response
    is_named = response is not None and response.status == str(exchange.status)
    return is_named and exchange.intent in ("forbidden", "missing")


def _is_barred(exchange: Exchange) -> bool:
    """Whether something in front of the API may have refused what looks odd to it."""
    if exchange.intent == "accept":
        return 400 <= exchange.status < 500
    return exchange.status == 403 and exchange.intent == "negative"


@check(
    source="RFC 9112, section 8",
    rationale="A client that is cut off cannot tell what happened to its request.",
)
def complete_response(exchange: Exchange) -> Iterator[Fault]:
    """The connection carries a whole, well-formed response."""
    if exchange.received.fault:
        yield Fault("the response cannot be read", "a complete HTTP response", exchange.received.fault)


@check(
    source="RFC 9110, section 15.6",
    rationale="No request, however malformed, should make a server fail.",
    applies=lambda exchange: not exchange.received.fault,
)
def server_error_never(exchange: Exchange) -> Iterator[Fault]:
    """No answer is 5xx, but a documented 501 or 503, a 503 that says when to return, or 501 for a method."""
    status = exchange.status
    named = {response.status for response in exchange.subject.responses}
    waits = status == 503 and exchange.received.header("retry-after") is not None
    is_excused = status in (501, 503) and (str(status) in named or (waits and exchange.response is not None))
    if status >= 500 and not is_excused and not (status == 501 and exchange.operation is None):
        yield Fault(
            f"the server failed with {status}",
            "a documented answer or a 4xx refusal",
            shown_status(exchange),
            exchange.subject.pointer,
        )


@check(
    source="OpenAPI 3.1, section 4.8.16",
    rationale="Clients handle the statuses that the document names, and no others.",
    applies=lambda exchange: (
        _has_operation(exchange) and not exchange.received.fault and bool(exchange.subject.responses)
    ),
)
def status_documented(exchange: Exchange) -> Iterator[Fault]:
    """The status is documented, or an ordinary refusal."""
    is_ordinary = exchange.status in ORDINARY_REFUSALS or _is_ordinary_403(exchange) or _is_barred(exchange)
    if exchange.response is None and not is_ordinary and exchange.status < 500:
        documented = ", ".join(response.status for response in exchange.subject.responses)
        message, place = f"the status {exchange.status} is not documented", exchange.subject.pointer
        yield status_fault(exchange, message, f"one of {documented}", f"{place}/responses")


@check(
    source="OpenAPI 3.1, section 4.8.17",
    rationale="A client parses by the media types that the document names.",
    applies=lambda exchange: (
        _has_operation(exchange)
        and _has_body(exchange)
        and bool(exchange.content_type)
        and exchange.response is not None
        and bool(exchange.response.content)
        and not is_from_below(exchange)
    ),
)
def media_type_documented(exchange: Exchange) -> Iterator[Fault]:
    """The Content-Type is one that the document gives for this status."""
    response = exchange.response
    if response is not None and exchange.media_type is None:
        yield Fault(
            f"the media type is not documented for {response.status}",
            " or ".join(offer.name for offer in response.content),
            exchange.content_type,
            f"{response.pointer}/content",
        )


@check(
    source="OpenAPI 3.1, section 4.8.17",
    rationale="A client that is promised a body reads one.",
    applies=lambda exchange: (
        exchange.operation is not None
        and exchange.sent.method != "HEAD"
        and exchange.status not in (204, 205, 304)
        and exchange.response is not None
        and (200 <= exchange.status < 300 or _is_told_apart(exchange))
        and bool(exchange.response.content)
    ),
    not_covered="no documented success with content was seen",
)
def body_present(exchange: Exchange) -> Iterator[Fault]:
    """A success, or an expected error of its own status, whose content is documented has content."""
    if not exchange.received.body and exchange.response is not None:
        yield Fault(
            "the body is empty", "the documented content", "no octets", f"{exchange.response.pointer}/content"
        )


@check(
    source="RFC 9110, section 8.3; RFC 8259, section 8.1",
    rationale="Without a media type a client must guess, and JSON is UTF-8.",
    applies=_has_body,
)
def content_type_present(exchange: Exchange) -> Iterator[Fault]:
    """Content comes with a Content-Type, and JSON in no other charset than UTF-8."""
    if not exchange.content_type:
        yield Fault("content without a Content-Type", "a Content-Type field", "none")
        return
    charset = media_types.parameters(exchange.content_type).get("charset", "utf-8").lower()
    if media_types.is_json(exchange.content_type) and charset not in ("utf-8", "utf8", "us-ascii"):
        yield Fault("JSON in another charset than UTF-8", "UTF-8", charset)


@check(
    source="RFC 8259, sections 2, 4 and 8.1; RFC 7493, section 2.3",
    rationale="Parsers differ on what is almost JSON, so clients do too.",
    applies=_is_json,
)
def json_valid(exchange: Exchange) -> Iterator[Fault]:
    """A JSON body is JSON to the letter: no duplicate members, NaN, byte order mark or trailing octets."""
    if reason := exchange.json[1]:
        shown = exchange.received.body[:200].decode("utf-8", "replace")
        yield Fault(f"the body is not JSON: {reason}", "one JSON value in UTF-8", shown)


@check(
    source="OpenAPI 3.1, section 4.8.24",
    rationale="The schema is what clients build their types from.",
    applies=lambda exchange: (
        _is_json(exchange)
        and not exchange.json[1]
        and exchange.media_type is not None
        and exchange.media_type.schema is not None
    ),
)
def response_schema(exchange: Exchange) -> Iterator[Fault]:
    """The body satisfies the schema of its status and media type."""
    schema = exchange.media_type.schema if exchange.media_type else None
    if schema is None:
        return
    for violation in schema.violations(exchange.json[0], Direction.RESPONSE)[:_MAX_SHOWN]:
        place = violation.pointer or "the body"
        yield Fault(
            f"{place}: {violation.message}",
            f"what the schema says with `{violation.keyword}`",
            _part(exchange, violation.pointer),
            violation.schema_pointer,
            violation,
        )


@check(
    source="OpenAPI 3.1, section 4.8.21",
    rationale="A documented header is part of the answer.",
    applies=lambda exchange: (
        _has_operation(exchange) and exchange.response is not None and bool(exchange.response.headers)
    ),
    concerns=lambda _, operation: any(response.headers for response in operation.responses),
    not_covered="no response carried a documented header",
)
def response_headers(exchange: Exchange) -> Iterator[Fault]:
    """Required headers are there, and every documented header satisfies its schema."""
    for header in exchange.response.headers if exchange.response else ():
        text = exchange.received.header(header.name.lower())
        if text is None:
            if header.required:
                yield Fault(f"the header {header.name} is missing", header.name, "none", header.pointer)
            continue
        if header.schema is None:
            continue
        value = coerce(text, header.schema.view.kinds)
        for violation in header.schema.violations(value, Direction.RESPONSE)[:1]:
            message = f"the header {header.name}: {violation.message}"
            yield Fault(message, "what its schema says", text, violation.schema_pointer)


def _part(exchange: Exchange, pointer: str) -> str:
    """The part of a JSON body that a pointer leads to, for people."""
    try:
        shown = repr(resolve(exchange.json[0], pointer))
    except LookupError:
        shown = "absent"
    return shown if len(shown) <= 200 else f"{shown[:200]} …"


def uses_problems(_: Contract | None, operation: Operation) -> bool:
    """Whether the document describes an error of the operation as Problem Details."""
    return any(
        media_types.is_problem(offer.name) for response in operation.responses for offer in response.content
    )


FAMILY = "x-conformance"


def checks_of(contract: Contract) -> dict[str, tuple[Check, ...]]:
    """The document's own rules by the id of their operation."""
    return {
        operation: tuple(_check(operation, rule) for rule in rules)
        for operation, rules in contract.rules.items()
    }


def _check(operation_id: str, rule: Rule) -> Check:
    def applies(exchange: Exchange) -> bool:
        is_of_it = exchange.operation is not None and exchange.operation.id == operation_id
        return is_of_it and not exchange.received.fault and rule.holds(exchange.values) is not None

    def concerns(_: Contract, operation: Operation) -> bool:
        return operation.id == operation_id

    def find(exchange: Exchange) -> Iterator[Fault]:
        if rule.holds(exchange.values) is False:
            yield Fault(rule.message.rstrip("."), rule.expression, _shown(exchange), rule.pointer)

    find.__doc__ = rule.message
    return Check(
        id=rule.id,
        family=FAMILY,
        severity=Severity.ERROR,
        rationale=rule.message,
        source="x-conformance in the document",
        applies=applies,
        concerns=concerns,
        not_covered=NOT_COVERED,
        find=find,
    )


def _shown(exchange: Exchange) -> str:
    body = exchange.received.body[:200].decode("utf-8", "replace")
    return f"{exchange.status} after {exchange.received.elapsed_s:.2f} s: {body}"
