"""Checks that valid requests are accepted, invalid ones rejected and existing values found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.conformance.checks.registry import Fault, Proof, check, relation, shown_status, status_fault
from signoff.conformance.exchange import ABOUT_CREDENTIALS
from signoff.conformance.tolerance import may_be_accepted, may_be_rejected
from signoff.contract.requirements import limits_requests

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from signoff.conformance.checks.registry import Found
    from signoff.conformance.exchange import Exchange
    from signoff.contract import requests
    from signoff.contract.requests import Fault as RequestFault

_KINDS = {
    "existing": "an existing value",
    "forbidden": "a forbidden value",
    "missing": "a missing value",
    "other-user": "a value of another user",
    "denied-operation": "an operation that is denied to the user",
}
# Statuses that mean the request is malformed. A valid request must not get one.
_INVALID_REQUEST_STATUSES = {400, 405, 411, 413, 414, 415, 417, 422}


def _faults(exchange: Exchange) -> tuple[RequestFault, ...]:
    return exchange.request.faults if exchange.request else ()


def _is_valid(exchange: Exchange) -> bool:
    return exchange.operation is not None and exchange.request is not None and not _faults(exchange)


def _violates(exchange: Exchange, *kinds: requests.FaultKind) -> bool:
    """Whether the request clearly violates the contract and its first violation is one of these kinds."""
    faults = _faults(exchange)
    if not faults or faults[0].kind not in kinds or any(fault.arguable for fault in faults):
        return False
    return not all(may_be_accepted(exchange, fault) for fault in faults)


def _lacks_credentials(exchange: Exchange) -> bool:
    """Whether the run has no credentials for an operation that requires them."""
    return exchange.status == 401 and bool(exchange.subject.security) and not exchange.secrets


def _may_be_state_error(exchange: Exchange) -> bool:
    """Whether a documented error may be about state from an earlier request, not about this request."""
    is_documented = exchange.response is not None and exchange.response.status == str(exchange.status)
    return exchange.is_repeated and is_documented and exchange.status in (400, 422)


@check(
    source="OpenAPI 3.1, section 4.8.10",
    rationale="A request that matches the document must be accepted.",
    applies=lambda exchange: (
        _is_valid(exchange)
        and exchange.intent not in ("accept", "method", "head", "follow", *ABOUT_CREDENTIALS)
        # What these must get is stated, and judged by expected-status.
        and exchange.intent not in ("forbidden", "missing")
        and not _may_be_state_error(exchange)
    ),
    proof=Proof.SUCCESS,
)
def request_accepted(exchange: Exchange) -> Iterator[Fault]:
    """A valid request is not rejected as malformed."""
    if exchange.status in _INVALID_REQUEST_STATUSES and not may_be_rejected(exchange):
        yield Fault(
            f"a valid request is rejected with {exchange.status}: {exchange.label}",
            "a status other than an invalid-request error",
            shown_status(exchange),
            exchange.subject.pointer,
        )


@check(
    source="OpenAPI 3.1, section 4.8.10",
    rationale="Clients start to rely on invalid requests that the server accepts.",
    applies=lambda exchange: _violates(exchange, "parameter", "body_missing", "body_syntax", "body_schema"),
    concerns=lambda _, operation: limits_requests(operation),
    proof=Proof.REJECTION,
)
def request_rejected(exchange: Exchange) -> Iterator[Fault]:
    """A request that does not match the document does not succeed."""
    if 200 <= exchange.status < 300:
        fault = _faults(exchange)[0]
        place = f"{fault.location} {fault.place}".strip()
        message = f"an invalid request succeeds: {place}: {fault.detail}"
        yield status_fault(exchange, message, "a 4xx error", fault.contract_pointer)


@check(
    source="RFC 9110, section 15.5.16",
    rationale="A server may misread a body in an undocumented media type.",
    applies=lambda exchange: (
        _violates(exchange, "media_type")
        and bool(exchange.sent.body)
        # Without a Content-Type the recipient may inspect the content (RFC 9110, section 8.3).
        and exchange.sent.header("content-type") is not None
    ),
    concerns=lambda _, operation: operation.request_body is not None,
    proof=Proof.REJECTION,
)
def unsupported_media_415(exchange: Exchange) -> Iterator[Fault]:
    """A body with an undocumented media type is rejected, preferably with 415."""
    if 200 <= exchange.status < 300:
        sent = exchange.sent.header("content-type") or "none"
        message = f"a body with an undocumented media type is accepted ({sent})"
        yield status_fault(exchange, message, "415", _faults(exchange)[0].contract_pointer)


@check(
    source="the target's data file",
    rationale="Existing values must be found, forbidden ones rejected and missing ones not found.",
    applies=lambda exchange: (
        bool(exchange.expected) and exchange.intent != "follow" and not _lacks_credentials(exchange)
    ),
    concerns=lambda _, operation: any(p.location == "path" for p in operation.parameters),
    not_covered="no value for the path parameters is known: add an existing value to the data file (--data)",
    proof=Proof.OPERATION,
)
def expected_status(exchange: Exchange) -> Iterator[Fault]:
    """A request with a value from the data file gets the expected status."""
    is_expected = any(
        exchange.status == status or (status < 10 and exchange.status // 100 == status)
        for status in exchange.expected
    )
    if not is_expected:
        wanted = " or ".join(f"{s}xx" if s < 10 else str(s) for s in exchange.expected)
        yield Fault(
            f"a request for {_KINDS.get(exchange.intent, 'a known value')} returned"
            f" {exchange.status}: {exchange.label}",
            wanted,
            shown_status(exchange),
            exchange.subject.pointer,
        )


@relation(
    source="RFC 9110, section 15.5.5",
    rationale="With a 404, a client looks for the resource instead of the error in its request.",
    concerns=lambda _, operation: (
        operation.request_body is not None
        and operation.method != "DELETE"
        and any(parameter.location == "path" for parameter in operation.parameters)
    ),
    not_covered="no invalid body was sent for an existing resource",
)
def existing_is_found(exchanges: Sequence[Exchange]) -> Found:
    """An invalid body for an existing resource is not answered with 404."""
    # Another operation may create or delete the resource meanwhile, so it is there between two successes.
    first: dict[str, int] = {}
    last: dict[str, int] = {}
    for number, exchange in enumerate(exchanges):
        if exchange.is_success and exchange.identity:
            first.setdefault(exchange.identity, number)
            last[exchange.identity] = number
    about = [
        exchange
        for number, exchange in enumerate(exchanges)
        if exchange.intent == "negative"
        and exchange.identity in first
        and first[exchange.identity] < number < last[exchange.identity]
        and {fault.kind for fault in _faults(exchange)} & {"body_missing", "body_syntax", "body_schema"}
        and all(fault.kind != "parameter" for fault in _faults(exchange))
    ]
    message = "an invalid body for an existing resource gets 404"
    missed = [
        (entry, Fault(message, "400 or 422", shown_status(entry), entry.subject.pointer))
        for entry in about
        if entry.status == 404
    ]
    return next(iter(about), None), missed[:1]
