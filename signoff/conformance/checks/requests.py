"""Is what the contract admits accepted, what it refuses refused, and what exists found?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.conformance.checks.registry import Fault, check, shown_status, status_fault
from signoff.conformance.exchange import ABOUT_CREDENTIALS
from signoff.conformance.tolerance import may_be_refused, may_be_taken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.conformance.exchange import Exchange
    from signoff.contract import requests
    from signoff.contract.requests import Fault as RequestFault

_KINDS = {
    "existing": "an existing value",
    "forbidden": "a forbidden value",
    "missing": "a missing value",
    "stranger": "a value of somebody else's",
    "unentitled": "an operation that the caller may not call",
}
# Refusals that speak of the request's form, which a request that keeps the contract cannot earn.
_FORM_REFUSALS = {400, 405, 411, 413, 414, 415, 417, 422}


def _faults(exchange: Exchange) -> tuple[RequestFault, ...]:
    return exchange.request.faults if exchange.request else ()


def _is_sound(exchange: Exchange) -> bool:
    return exchange.operation is not None and exchange.request is not None and not _faults(exchange)


def _breaks(exchange: Exchange, *kinds: requests.FaultKind) -> bool:
    """Whether the request breaks the contract for certain, first in one of these ways."""
    faults = _faults(exchange)
    if not faults or faults[0].kind not in kinds or any(fault.arguable for fault in faults):
        return False
    return not all(may_be_taken(exchange, fault) for fault in faults)


def _lacks_credentials(exchange: Exchange) -> bool:
    """Whether the run has no credentials at all for an operation that asks for some."""
    return exchange.status == 401 and bool(exchange.subject.security) and not exchange.secrets


def _is_used_up(exchange: Exchange) -> bool:
    """Whether a documented refusal may speak of the state that an earlier request left, not of the form."""
    is_documented = exchange.response is not None and exchange.response.status == str(exchange.status)
    return exchange.is_repeated and is_documented and exchange.status in (400, 422)


@check(
    source="OpenAPI 3.1, section 4.8.10",
    rationale="A client that keeps to the document must get through.",
    applies=lambda exchange: (
        _is_sound(exchange)
        and exchange.intent not in ("accept", "method", "head", "follow", *ABOUT_CREDENTIALS)
        and not _is_used_up(exchange)
    ),
)
def request_accepted(exchange: Exchange) -> Iterator[Fault]:
    """A request that keeps the contract is not refused for its form."""
    if exchange.status in _FORM_REFUSALS and not may_be_refused(exchange):
        yield Fault(
            f"a request that keeps the contract is refused with {exchange.status}: {exchange.label}",
            "any answer but a refusal of the request's form",
            shown_status(exchange),
            exchange.subject.pointer,
        )


@check(
    source="OpenAPI 3.1, section 4.8.10",
    rationale="What the document refuses and the server takes, clients come to rely on.",
    applies=lambda exchange: _breaks(exchange, "parameter", "body_missing", "body_syntax", "body_schema"),
)
def request_refused(exchange: Exchange) -> Iterator[Fault]:
    """A request that breaks the contract is not answered with success."""
    if 200 <= exchange.status < 300:
        fault = _faults(exchange)[0]
        place = f"{fault.location} {fault.place}".strip()
        message = f"the request breaks the contract, but succeeds: {place}: {fault.detail}"
        yield status_fault(exchange, message, "a 4xx refusal", fault.contract_pointer)


@check(
    source="RFC 9110, section 15.5.16",
    rationale="A body in a media type that is not documented is not what it seems.",
    applies=lambda exchange: (
        _breaks(exchange, "media_type")
        and bool(exchange.sent.body)
        # Without a Content-Type the recipient may look at the content (RFC 9110, section 8.3).
        and exchange.sent.header("content-type") is not None
    ),
    concerns=lambda _, operation: operation.request_body is not None,
)
def unsupported_media_415(exchange: Exchange) -> Iterator[Fault]:
    """A body of an undocumented media type is refused, best with 415."""
    if 200 <= exchange.status < 300:
        sent = exchange.sent.header("content-type") or "none"
        message = f"a body of an undocumented media type is accepted ({sent})"
        yield status_fault(exchange, message, "415", _faults(exchange)[0].contract_pointer)


@check(
    source="the target's data file",
    rationale="What exists is found, what is forbidden is refused, what is missing is missed.",
    applies=lambda exchange: (
        bool(exchange.expected) and exchange.intent != "follow" and not _lacks_credentials(exchange)
    ),
    not_covered="the data file names no value of this operation's path parameters",
)
def expected_status(exchange: Exchange) -> Iterator[Fault]:
    """The answer to a known value has the status that the data file makes expect."""
    is_met = any(
        exchange.status == status or (status < 10 and exchange.status // 100 == status)
        for status in exchange.expected
    )
    if not is_met:
        wanted = " or ".join(f"{s}xx" if s < 10 else str(s) for s in exchange.expected)
        yield Fault(
            f"a request that names {_KINDS.get(exchange.intent, 'a known value')} is answered"
            f" with {exchange.status}: {exchange.label}",
            wanted,
            shown_status(exchange),
            exchange.subject.pointer,
        )
