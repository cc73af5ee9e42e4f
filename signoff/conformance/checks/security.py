"""Is refused who must be: nobody in particular, somebody unknown, somebody else?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.conformance.checks.registry import (
    Fault,
    Severity,
    check,
    relation,
    shown_status,
    status_fault,
    warning,
)
from signoff.contract import media_types

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from signoff.conformance.checks.registry import Found
    from signoff.conformance.exchange import Exchange
    from signoff.contract import Contract, Operation

_REFUSALS = (401, 403)
_TELLING_MEMBERS = ("type", "title", "code", "status")


def requires_credentials(_: Contract, operation: Operation) -> bool:
    """Whether no alternative of the operation's security lets everybody in."""
    return bool(operation.security) and all(operation.security)


def _names_something(contract: Contract, operation: Operation) -> bool:
    has_path_values = any(parameter.location == "path" for parameter in operation.parameters)
    return has_path_values and requires_credentials(contract, operation)


def _is_telling(exchange: Exchange, *intents: str) -> bool:
    """Whether the answer shows that credentials were looked at, or that they were not."""
    is_settled = exchange.status in _REFUSALS or 200 <= exchange.status < 300
    return exchange.intent in intents and exchange.operation is not None and is_settled


@check(
    source="OpenAPI 3.1, section 4.8.30; OWASP API2:2023",
    rationale="What anybody can call is not protected, whatever the document says.",
    applies=lambda exchange: _is_telling(exchange, "unauthenticated"),
    concerns=requires_credentials,
    not_covered="no request without credentials was answered 401, 403 or with success",
)
def auth_enforced(exchange: Exchange) -> Iterator[Fault]:
    """Without credentials, or with ones that are malformed or nobody's, there is no success."""
    if exchange.status not in _REFUSALS:
        message = f"credentials are required, but a request succeeds without: {exchange.label}"
        yield status_fault(exchange, message, "401 or 403", _place(exchange))


@warning(
    source="OpenAPI 3.1, section 4.8.30; OWASP API2:2023",
    rationale="A server that takes any credentials of the right form is a mock, or is open to everybody.",
    applies=lambda exchange: _is_telling(exchange, "made-up"),
    concerns=requires_credentials,
)
def invalid_credentials_rejected(exchange: Exchange) -> Iterator[Fault]:
    """Credentials that nobody issued are refused; an error once the data file names people."""
    if exchange.status not in _REFUSALS:
        message = "credentials that nobody issued are accepted"
        yield status_fault(exchange, message, "401 or 403", _place(exchange))


@check(
    source="OWASP API1:2023",
    rationale="Knowing an id is no permission to see what it names.",
    applies=lambda exchange: exchange.intent == "stranger" and exchange.operation is not None,
    concerns=_names_something,
    not_covered="no user is denied a value: name one in the data file, with `denied-resources`",
)
def object_authorization(exchange: Exchange) -> Iterator[Fault]:
    """What belongs to somebody else is neither shown nor changed."""
    if 200 <= exchange.status < 300:
        wanted = " or ".join(str(status) for status in exchange.expected)
        message = f"a request for what belongs to somebody else succeeds: {exchange.label}"
        yield status_fault(exchange, message, wanted, _place(exchange))


@check(
    source="OpenAPI 3.1, section 4.8.30; OWASP API5:2023",
    rationale="Being somebody is no permission to do everything.",
    applies=lambda exchange: exchange.intent == "unentitled" and exchange.operation is not None,
    concerns=requires_credentials,
    not_covered="no user is denied this operation: name one in the data file, with `denied-operations`",
)
def function_authorization(exchange: Exchange) -> Iterator[Fault]:
    """Who may not call an operation, for want of a scope or a role, has no success with it."""
    if 200 <= exchange.status < 300:
        message = f"a request of somebody who may not make it succeeds: {exchange.label}"
        yield status_fault(exchange, message, "401, 403 or 404", _place(exchange))


@check(
    source="OWASP API8:2023; RFC 9457, section 5",
    rationale="Answers are logged, cached and shown, and with them every secret that they repeat.",
    applies=lambda exchange: bool(exchange.secrets) and not exchange.received.fault,
    concerns=lambda _, operation: bool(operation.security),
    not_covered="no credentials were sent: give them with -H, or as `users` in the data file",
)
def secrets_not_echoed(exchange: Exchange) -> Iterator[Fault]:
    """No answer repeats the credentials that were sent."""
    text = exchange.received.body.decode("utf-8", "replace")
    fields = [(name, value) for name, value in exchange.received.headers if name.lower() != "set-cookie"]
    for secret in exchange.secrets:
        if secret in text:
            yield Fault("the body repeats the credentials", "an answer without them", "they are in the body")
            return
        for name, value in fields:
            if secret in value:
                message = "a header field repeats the credentials"
                yield Fault(message, "an answer without them", f"they are in {name}")
                return


@relation(
    source="OWASP API1:2023",
    severity=Severity.WARNING,
    rationale="Who may not see a thing should not learn either that it is there.",
    concerns=lambda contract, operation: (
        _names_something(contract, operation) and all(r.status != "403" for r in operation.responses)
    ),
)
def no_existence_oracle(exchanges: Sequence[Exchange]) -> Found:
    """Where the document does not tell them apart, the forbidden is answered as the missing is."""
    compared: Exchange | None = None
    faults = []
    for hidden, missing in (("stranger", "stranger-missing"), ("forbidden", "missing")):
        unseen = next((exchange for exchange in exchanges if exchange.intent == missing), None)
        for exchange in (entry for entry in exchanges if entry.intent == hidden and unseen):
            if unseen is None or exchange.sent.headers != unseen.sent.headers:
                continue
            compared = compared or exchange
            if _outline(exchange) != _outline(unseen):
                message = "a value that is forbidden is told from one that is missing"
                wanted, found = shown_status(unseen, 200), shown_status(exchange, 200)
                faults.append((exchange, Fault(message, wanted, found, exchange.subject.pointer)))
    return compared, faults[:1]


def _outline(exchange: Exchange) -> tuple[object, ...]:
    body = exchange.json_object or {}
    telling = tuple(str(body.get(name)) for name in _TELLING_MEMBERS)
    return exchange.status, media_types.essence(exchange.content_type), tuple(sorted(body)), telling


def _place(exchange: Exchange) -> str:
    return f"{exchange.subject.pointer}/security"
