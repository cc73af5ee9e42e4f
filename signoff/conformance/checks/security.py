"""Checks of authentication and authorization."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from signoff.conformance.checks.registry import (
    Fault,
    Proof,
    Severity,
    check,
    relation,
    shown_status,
    status_fault,
    warning,
)
from signoff.conformance.exchange import objects_in
from signoff.contract import media_types
from signoff.contract.json_value import as_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from signoff.conformance.checks.registry import Found
    from signoff.conformance.exchange import Exchange
    from signoff.contract import Contract, Operation
    from signoff.contract.json_value import JsonValue
    from signoff.contract.schemas import SchemaSet

_REJECTED = (401, 403)
# Members in which a client expects a token or key of its own.
_GRANTED = re.compile(r"token|session|api_?key|jwt|ticket", re.IGNORECASE)
_COMPARED_MEMBERS = ("type", "title", "code", "status")


def requires_credentials(_: Contract, operation: Operation) -> bool:
    """Whether the operation requires credentials in every security alternative."""
    return bool(operation.security) and all(operation.security)


def is_open_to_all(contract: Contract, operation: Operation) -> bool:
    """Whether an operation requires no credentials, in a document that requires them elsewhere."""
    is_open = not operation.security or not all(operation.security)
    return is_open and any(other.security for other in contract.operations)


def _has_protected_values(contract: Contract, operation: Operation) -> bool:
    has_path_values = any(parameter.location == "path" for parameter in operation.parameters)
    return has_path_values and requires_credentials(contract, operation)


def _is_conclusive(exchange: Exchange, *intents: str) -> bool:
    """Whether the response shows if credentials were checked."""
    is_clear = exchange.status in _REJECTED or 200 <= exchange.status < 300
    return exchange.intent in intents and exchange.operation is not None and is_clear


@check(
    source="OpenAPI 3.1, section 4.8.30; OWASP API2:2023",
    rationale="An operation that works without credentials is not protected.",
    applies=lambda exchange: _is_conclusive(exchange, "unauthenticated"),
    concerns=requires_credentials,
    not_covered="no request without valid credentials got a 401, 403 or 2xx",
    proof=Proof.DENIAL,
)
def auth_enforced(exchange: Exchange) -> Iterator[Fault]:
    """A request without credentials, or with malformed or unknown ones, does not succeed."""
    if exchange.status not in _REJECTED:
        message = f"a request succeeds without valid credentials: {exchange.label}"
        yield status_fault(exchange, message, "401 or 403", _place(exchange))


@check(
    source="OpenAPI 3.1, section 4.8.30",
    rationale="Clients without credentials rely on what the document opens to them.",
    applies=lambda exchange: _is_conclusive(exchange, "anonymous"),
    concerns=is_open_to_all,
    not_covered="no request without credentials got a 401, 403 or 2xx",
)
def open_without_credentials(exchange: Exchange) -> Iterator[Fault]:
    """An operation that requires no credentials works without them."""
    if exchange.status in _REJECTED:
        message = "a request without credentials is rejected, but the document requires none"
        yield status_fault(exchange, message, "2xx", exchange.subject.pointer)


@warning(
    source="OpenAPI 3.1, section 4.8.30; OWASP API2:2023",
    rationale="A server that accepts any well-formed credentials is a mock, or unprotected.",
    applies=lambda exchange: _is_conclusive(exchange, "generated-credentials"),
    concerns=requires_credentials,
)
def invalid_credentials_rejected(exchange: Exchange) -> Iterator[Fault]:
    """Generated credentials are rejected. An error instead of a warning if the data file defines users."""
    if exchange.status not in _REJECTED:
        message = "generated credentials are accepted"
        yield status_fault(exchange, message, "401 or 403", _place(exchange))


@check(
    source="OWASP API1:2023",
    rationale="Knowing an id must not grant access to the resource.",
    applies=lambda exchange: exchange.intent == "other-user" and exchange.operation is not None,
    concerns=_has_protected_values,
    not_covered="no user is denied a resource: add `denied-resources` to a user in the data file",
    proof=Proof.DENIAL,
)
def object_authorization(exchange: Exchange) -> Iterator[Fault]:
    """A user cannot read or change a resource of another user."""
    if 200 <= exchange.status < 300:
        wanted = " or ".join(str(status) for status in exchange.expected)
        message = f"a request for a resource of another user succeeds: {exchange.label}"
        yield status_fault(exchange, message, wanted, _place(exchange))


@check(
    source="OpenAPI 3.1, section 4.8.30; OWASP API5:2023",
    rationale="Being authenticated must not grant access to every operation.",
    applies=lambda exchange: exchange.intent == "denied-operation" and exchange.operation is not None,
    concerns=requires_credentials,
    not_covered="no user is denied this operation: add `denied-operations` to a user in the data file",
    proof=Proof.DENIAL,
)
def function_authorization(exchange: Exchange) -> Iterator[Fault]:
    """A user without the required scope or role cannot call the operation."""
    if 200 <= exchange.status < 300:
        message = f"a request of an unauthorized user succeeds: {exchange.label}"
        yield status_fault(exchange, message, "401, 403 or 404", _place(exchange))


@check(
    source="OWASP API8:2023; RFC 9457, section 5",
    rationale="Responses are logged, cached and displayed, including any secrets in them.",
    applies=lambda exchange: bool(exchange.secrets) and not exchange.received.fault,
    concerns=lambda _, operation: bool(operation.security),
    not_covered="no credentials of 8 or more characters were sent: pass credentials with -H,"
    " or add `users` to the data file",
)
def secrets_not_echoed(exchange: Exchange) -> Iterator[Fault]:
    """A response does not echo the credentials of the request."""
    text = exchange.received.body.decode("utf-8", "replace")
    granted = set(_granted(exchange))
    fields = [(name, value) for name, value in exchange.received.headers if name.lower() != "set-cookie"]
    for secret in exchange.secrets:
        if secret in text and secret not in granted:
            yield Fault(
                "the body echoes the credentials", "a response without credentials", "credentials in the body"
            )
            return
        for name, value in fields:
            if secret in value:
                message = "a header echoes the credentials"
                yield Fault(message, "a response without credentials", f"credentials in {name}")
                return


def _granted(exchange: Exchange) -> Iterator[str]:
    """The tokens that the response is documented to have, as that of a session has."""
    schema = exchange.media_type.schema if exchange.media_type else None
    if schema is None or not 200 <= exchange.status < 300:
        return
    for owner in objects_in(exchange.json[0]):
        for name, value in owner.items():
            if isinstance(value, str) and _GRANTED.search(name) and _names(schema.schemas, schema.raw, name):
                yield value


def _names(schemas: SchemaSet, raw: JsonValue, name: str, depth: int = 4) -> bool:
    """Whether a schema has a property of that name, itself or below."""
    schema = schemas.view(raw).flat
    required, properties = schema.get("required"), as_object(schema.get("properties"))
    if name in properties or (isinstance(required, list) and name in required):
        return True
    parts = (*properties.values(), schema.get("items"))
    return depth > 0 and any(
        _names(schemas, part, name, depth - 1) for part in parts if isinstance(part, dict)
    )


@relation(
    source="OWASP API1:2023",
    severity=Severity.WARNING,
    rationale="A user without access should not learn that a resource exists.",
    concerns=lambda contract, operation: (
        _has_protected_values(contract, operation) and all(r.status != "403" for r in operation.responses)
    ),
)
def no_existence_oracle(exchanges: Sequence[Exchange]) -> Found:
    """Unless 403 is documented, forbidden and missing resources get the same response."""
    compared: Exchange | None = None
    faults = []
    for hidden, missing in (("other-user", "other-user-missing"), ("forbidden", "missing")):
        absent = next((exchange for exchange in exchanges if exchange.intent == missing), None)
        for exchange in (entry for entry in exchanges if entry.intent == hidden and absent):
            if absent is None or exchange.sent.headers != absent.sent.headers:
                continue
            compared = compared or exchange
            if _outline(exchange) != _outline(absent):
                message = "a forbidden resource gets a different response than a missing one"
                wanted, found = shown_status(absent, 200), shown_status(exchange, 200)
                faults.append((exchange, Fault(message, wanted, found, exchange.subject.pointer)))
    return compared, faults[:1]


def _outline(exchange: Exchange) -> tuple[object, ...]:
    body = exchange.json_object or {}
    compared = tuple(str(body.get(name)) for name in _COMPARED_MEMBERS)
    return exchange.status, media_types.essence(exchange.content_type), tuple(sorted(body)), compared


def _place(exchange: Exchange) -> str:
    return f"{exchange.subject.pointer}/security"
