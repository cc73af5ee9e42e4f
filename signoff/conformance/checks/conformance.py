"""Checks that a response matches the document: status, media type, headers, schema."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import unquote

from signoff.conformance.checks.registry import (
    NOT_COVERED,
    Check,
    Fault,
    Severity,
    check,
    shown_status,
    status_fault,
)
from signoff.conformance.exchange import ABOUT_CREDENTIALS
from signoff.conformance.tolerance import is_from_http_layer
from signoff.contract import Direction, content_schema, media_types
from signoff.contract.expressions import ExpressionCostError
from signoff.contract.parameters import read_header
from signoff.contract.pointer import resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.conformance.exchange import Exchange
    from signoff.contract import Contract, Operation
    from signoff.contract.body_reader import ReadBody
    from signoff.contract.conformance_rules import Rule
    from signoff.contract.json_value import JsonValue
    from signoff.contract.schemas import Schema, Violation

# Statuses that any server may return for a bad request, documented or not.
COMMON_ERROR_STATUSES = {400, 401, 404, 405, 406, 408, 411, 413, 414, 415, 417, 422, 429, 431}
_MAX_SHOWN = 5


def _has_operation(exchange: Exchange) -> bool:
    return exchange.operation is not None


def _has_body(exchange: Exchange) -> bool:
    return bool(exchange.received.body) and exchange.sent.method != "HEAD"


def _is_json(exchange: Exchange) -> bool:
    return _has_body(exchange) and media_types.is_json(exchange.content_type)


def _is_expected_403(exchange: Exchange) -> bool:
    """Whether the operation requires credentials, but documents neither 401 nor 403.

    A document without `security` says nothing of who may call what.
    """
    named = {response.status for response in exchange.subject.responses}
    if exchange.status != 403:
        return False
    is_about_user = exchange.intent in ABOUT_CREDENTIALS and not exchange.subject.security
    return is_about_user or (bool(exchange.subject.security) and not named & {"401", "403"})


def _is_documented_error(exchange: Exchange) -> bool:
    """Whether the response is an expected error whose exact status is documented."""
    response = exchange.response
    is_named = response is not None and response.status == str(exchange.status)
    return is_named and exchange.intent in ("forbidden", "missing")


def _may_be_blocked(exchange: Exchange) -> bool:
    """Whether a proxy or firewall in front of the API may have rejected the request."""
    if exchange.intent == "accept":
        return 400 <= exchange.status < 500
    return exchange.status == 403 and exchange.intent == "negative"


def _is_of_http(exchange: Exchange) -> bool:
    """Whether HTTP itself defines the status: for a part of a resource, or for a path with dot segments."""
    if exchange.status in (206, 416):
        return exchange.sent.header("range") is not None
    has_dots = any(unquote(value) in (".", "..") for value in exchange.path_values.values())
    return has_dots and 300 <= exchange.status < 400


@check(
    source="RFC 9112, section 8",
    rationale="If the connection drops, a client cannot know what happened to its request.",
)
def complete_response(exchange: Exchange) -> Iterator[Fault]:
    """The server returns a complete, well-formed response."""
    if exchange.received.fault:
        yield Fault("the response could not be read", "a complete HTTP response", exchange.received.fault)


@check(
    source="RFC 9110, section 15.6",
    rationale="No request, however malformed, should cause a server error.",
    applies=lambda exchange: not exchange.received.fault,
)
def server_error_never(exchange: Exchange) -> Iterator[Fault]:
    """No 5xx response, except a documented 501 or 503, 503 with Retry-After, or 501 for an unknown method."""
    status = exchange.status
    named = {response.status for response in exchange.subject.responses}
    waits = status == 503 and exchange.received.header("retry-after") is not None
    is_excused = status in (501, 503) and (str(status) in named or (waits and exchange.response is not None))
    if status >= 500 and not is_excused and not (status == 501 and exchange.operation is None):
        yield Fault(
            f"the server returned {status}",
            "a documented response or a 4xx error",
            shown_status(exchange),
            exchange.subject.pointer,
        )


@check(
    source="OpenAPI 3.1, section 4.8.16",
    rationale="Clients only handle the documented statuses.",
    applies=lambda exchange: (
        _has_operation(exchange)
        and not exchange.received.fault
        and bool(exchange.subject.responses)
        # A server error is a failure of its own, and shows nothing about the documented statuses.
        and (exchange.status < 500 or exchange.response is not None)
    ),
)
def status_documented(exchange: Exchange) -> Iterator[Fault]:
    """The status is documented, or a common 4xx error."""
    is_common = (
        exchange.status in COMMON_ERROR_STATUSES
        or _is_expected_403(exchange)
        or _may_be_blocked(exchange)
        or _is_of_http(exchange)
    )
    if exchange.response is None and not is_common:
        documented = ", ".join(response.status for response in exchange.subject.responses)
        message, place = f"status {exchange.status} is not documented", exchange.subject.pointer
        yield status_fault(exchange, message, f"one of {documented}", f"{place}/responses")


@check(
    source="OpenAPI 3.1, section 4.8.17",
    rationale="Clients choose a parser by the documented media types.",
    applies=lambda exchange: (
        _has_operation(exchange)
        and _has_body(exchange)
        and bool(exchange.content_type)
        and exchange.response is not None
        and bool(exchange.response.content)
        and not is_from_http_layer(exchange)
    ),
)
def media_type_documented(exchange: Exchange) -> Iterator[Fault]:
    """The Content-Type is documented for this status."""
    response = exchange.response
    if response is not None and exchange.media_type is None:
        yield Fault(
            f"the Content-Type is not documented for {response.status}",
            " or ".join(offer.name for offer in response.content),
            exchange.content_type,
            f"{response.pointer}/content",
        )


@check(
    source="OpenAPI 3.1, section 4.8.17",
    rationale="A client that expects a body tries to parse it.",
    applies=lambda exchange: (
        exchange.operation is not None
        and exchange.sent.method != "HEAD"
        and exchange.status not in (204, 205, 304)
        and exchange.response is not None
        and (200 <= exchange.status < 300 or _is_documented_error(exchange))
        and bool(exchange.response.content)
        and (bool(exchange.received.body) or not media_types.is_stream(exchange.content_type))
    ),
    not_covered="no 2xx response with a documented body was received",
)
def body_present(exchange: Exchange) -> Iterator[Fault]:
    """A 2xx response or a documented error has a body if the document defines one."""
    if not exchange.received.body and exchange.response is not None:
        yield Fault(
            "the body is empty", "the documented body", "0 bytes", f"{exchange.response.pointer}/content"
        )


@check(
    source="RFC 9110, section 8.3; RFC 8259, section 8.1",
    rationale="Without a Content-Type a client has to guess, and JSON must be UTF-8.",
    applies=_has_body,
)
def content_type_present(exchange: Exchange) -> Iterator[Fault]:
    """A response with a body has a Content-Type, and JSON is in UTF-8."""
    if not exchange.content_type:
        yield Fault("the response has a body but no Content-Type", "a Content-Type header", "none")
        return
    charset = media_types.parameters(exchange.content_type).get("charset", "utf-8").lower()
    if media_types.is_json(exchange.content_type) and charset not in ("utf-8", "utf8", "us-ascii"):
        yield Fault("JSON is not in UTF-8", "UTF-8", charset)


@check(
    source="RFC 8259, sections 2, 4 and 8.1; RFC 7493, section 2.3",
    rationale="Parsers handle invalid JSON differently, so clients do too.",
    applies=_is_json,
)
def json_valid(exchange: Exchange) -> Iterator[Fault]:
    """A JSON body is strictly valid: no duplicate keys, NaN, byte order mark or trailing bytes."""
    reason = exchange.json[1]
    is_echo = "lone surrogate" in reason and b"\\ud" in exchange.sent.body.lower()
    if reason and not is_echo:
        shown = exchange.received.body[:200].decode("utf-8", "replace")
        yield Fault(f"the body is not valid JSON: {reason}", "one JSON value in UTF-8", shown)


@check(
    source="OpenAPI 3.1, section 4.8.24",
    rationale="Clients generate their types from the schema.",
    applies=lambda exchange: (
        _has_body(exchange)
        and exchange.media_type is not None
        and exchange.media_type.schema is not None
        and (exchange.body[0] is not None or (bool(exchange.body[1]) and not _is_json(exchange)))
    ),
    not_covered="no response had a body that is judged by a schema",
)
def response_schema(exchange: Exchange) -> Iterator[Fault]:
    """The body matches the schema for its status and media type."""
    offer = exchange.media_type
    if offer is None or offer.schema is None:
        return
    found, reason = exchange.body
    if found is None:
        shown = exchange.received.body[:200].decode("utf-8", "replace")
        kind = media_types.essence(exchange.content_type)
        yield Fault(f"the body is not valid {kind}: {reason}", kind, shown, offer.pointer)
        return
    for value, violation in islice(_violations(offer.schema, found), _MAX_SHOWN):
        place = violation.pointer or "the body"
        yield Fault(
            f"{place}: {violation.message}",
            f"a value that matches `{violation.keyword}` in the schema",
            _part(value, violation.pointer),
            violation.schema_pointer,
            violation,
        )


def _violations(schema: Schema, found: ReadBody) -> Iterator[tuple[JsonValue, Violation]]:
    """The violations of a body with the value that each is about, by item where the schema is an item's."""
    whole: JsonValue = list(found.values) if found.is_by_item else next(iter(found.values), None)
    for index, value in enumerate(found.values):
        at = f"/{index}" if found.is_by_item else ""
        for violation in schema.violations(value, Direction.RESPONSE):
            yield whole, replace(violation, pointer=f"{at}{violation.pointer}")
        for violation in content_schema.violations(schema, value):
            yield whole, replace(violation, pointer=f"{at}{violation.pointer}")


@check(
    source="OpenAPI 3.1, section 4.8.21",
    rationale="Clients rely on documented headers.",
    applies=lambda exchange: (
        _has_operation(exchange) and exchange.response is not None and bool(exchange.response.headers)
    ),
    concerns=lambda _, operation: any(response.headers for response in operation.responses),
    not_covered="no response had a documented header",
)
def response_headers(exchange: Exchange) -> Iterator[Fault]:
    """Required headers are present, and every documented header matches its schema."""
    for header in exchange.response.headers if exchange.response else ():
        name = header.name
        text = exchange.received.header(name.lower())
        if text is None:
            if header.required:
                message = f"the required header {name} is missing"
                yield Fault(message, name, "none", header.pointer, header=name)
            continue
        if header.schema is None:
            continue
        try:
            value = read_header(header, exchange.received.values(name.lower()))
        except ValueError as error:
            message = f"the header {name} cannot be read: {error}"
            yield Fault(message, "a valid value", text, header.pointer, header=name)
            continue
        for violation in header.schema.violations(value, Direction.RESPONSE)[:1]:
            message, place = f"the header {name}: {violation.message}", violation.schema_pointer
            yield Fault(message, "a value that matches its schema", text, place, header=name)


def _part(value: JsonValue, pointer: str) -> str:
    """The part of a value at a pointer, as text for a report."""
    try:
        shown = repr(resolve(value, pointer))
    except LookupError:
        shown = "absent"
    return shown if len(shown) <= 200 else f"{shown[:200]} …"


def uses_problems(_: Contract | None, operation: Operation) -> bool:
    """Whether the document defines an error of the operation as Problem Details."""
    return any(
        media_types.is_problem(offer.name) for response in operation.responses for offer in response.content
    )


FAMILY = "x-conformance"


def checks_of(contract: Contract) -> dict[str, tuple[Check, ...]]:
    """The `x-conformance` rules of the document, by operation id."""
    return {
        operation: tuple(_check(operation, rule) for rule in rules)
        for operation, rules in contract.rules.items()
    }


def _check(operation_id: str, rule: Rule) -> Check:
    def applies(exchange: Exchange) -> bool:
        is_same_operation = exchange.operation is not None and exchange.operation.id == operation_id
        if not is_same_operation or exchange.received.fault:
            return False
        try:
            return rule.holds(exchange.values) is not None
        except ExpressionCostError:
            return True

    def concerns(_: Contract, operation: Operation) -> bool:
        return operation.id == operation_id

    def find(exchange: Exchange) -> Iterator[Fault]:
        try:
            holds = rule.holds(exchange.values)
        except ExpressionCostError as error:
            yield Fault(
                f"The rule {rule.id} can't be evaluated: {error} for this exchange",
                rule.expression,
                _shown(exchange),
                rule.pointer,
            )
            return
        if holds is False:
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
