"""Security requirements, 401 responses, and credentials in URLs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from signoff.contract.json_value import JsonObject, as_list, as_object
from signoff.contract.pointer import escape
from signoff.review.rules.registry import Fault, Faults, Subject, advice, hint, recommendation, rule, warning
from signoff.review.subject import value_at
from signoff.review.words import suggestion, words

if TYPE_CHECKING:
    from collections.abc import Iterator


_SECRET = re.compile(r"password|passwd|secret|api_?key|access_?token|auth_?token|client_?secret|private_?key")
_LISTS_SCOPES = ("oauth2", "openIdConnect")


def _folder(subject: Subject) -> str:
    return "/securityDefinitions" if subject.version.startswith("2.") else "/components/securitySchemes"


def _schemes(subject: Subject) -> dict[str, JsonObject]:
    around, _, field = _folder(subject).rpartition("/")
    holder = as_object(value_at(subject.document, around))
    return {member.name: member.value for member in subject.members(holder, around, field)}


def _requirements(subject: Subject) -> Iterator[tuple[str, str, list[str]]]:
    """Each scheme that a requirement names, with its place and scopes."""
    holders = [("", subject.document), *((node.pointer, node.value) for node in subject.of("operation"))]
    for pointer, holder in holders:
        for index, alternative in enumerate(as_list(holder.get("security"))):
            for name, scopes in as_object(alternative).items():
                place = f"{pointer}/security/{index}/{escape(name)}"
                yield name, place, [str(scope) for scope in as_list(scopes)]


@rule(
    rationale="Clients can't authenticate with a scheme that is not defined.",
    source="OpenAPI 3.1, section 4.8.30 (Security Requirement Object)",
)
def undefined_security_scheme(subject: Subject) -> Faults:
    """Security requirements with a scheme that is not defined."""
    schemes = _schemes(subject)
    for name, place, _ in _requirements(subject):
        is_uri = "/" in name or ":" in name  # since 3.2 a scheme may be named by its URI
        if name not in schemes and not (is_uri and subject.version.startswith("3.2")):
            fix = suggestion(name, schemes, "Define it under `securitySchemes`.")
            yield Fault(place, f"Security scheme `{name}` is not defined", fix)


@rule(
    rationale="Clients can't get a token with a scope that no flow defines.",
    source="OpenAPI 3.1, section 4.8.29 (OAuth Flow Object, scopes)",
)
def undefined_security_scope(subject: Subject) -> Faults:
    """Scopes that no flow of the OAuth 2 scheme defines."""
    schemes = _schemes(subject)
    for name, place, scopes in _requirements(subject):
        scheme = schemes.get(name, {})
        flows = [as_object(flow) for flow in as_object(scheme.get("flows")).values()] or [scheme]
        offered = {scope for flow in flows for scope in as_object(flow.get("scopes"))}
        for index, scope in enumerate(scopes if scheme.get("type") == "oauth2" else ()):
            if scope not in offered:
                fix = suggestion(scope, offered, "Add it to the flow's `scopes`.")
                yield Fault(f"{place}/{index}", f"Scope {scope!r} is not in any flow of `{name}`", fix)


@recommendation(
    rationale="An unused security scheme protects nothing; often `security` was forgotten.",
    source="OWASP API Security 2023, API2 and API8",
)
def unused_security_scheme(subject: Subject) -> Faults:
    """Security schemes that no operation uses."""
    named = {name for name, _, _ in _requirements(subject)}
    for name in _schemes(subject):
        if name not in named:
            fix = "Use it in `security` or remove it."
            place = f"{_folder(subject)}/{escape(name)}"
            yield Fault(place, f"Security scheme `{name}` is not used", fix)


@warning(
    rationale="URLs end up in logs, browser histories and Referer headers.",
    source="RFC 9110, section 17.9; OWASP API Security 2023, API2",
)
def credentials_in_url(subject: Subject) -> Faults:
    """API keys, passwords and tokens in query or path parameters."""
    keys = set()
    for name, scheme in _schemes(subject).items():
        if scheme.get("type") == "apiKey" and scheme.get("in") == "query":
            keys.add(scheme.get("name"))
            message = f"API key `{scheme.get('name')}` is sent in the URL"
            yield Fault(f"{_folder(subject)}/{escape(name)}", message, "Send it in a header.")
    for node in subject.of("parameter"):
        name = str(node.value.get("name", ""))
        is_in_url = node.value.get("in") in ("query", "path") and name not in keys
        if is_in_url and _SECRET.search("_".join(words(name))):
            message = f"Parameter `{name}` puts a secret in the URL"
            yield Fault(node.pointer, message, "Send it in a header or the body.")


@hint(
    rationale="Without `security`, a public operation looks like one where it was forgotten.",
    source="OWASP API Security 2023, API2 and API5",
)
def missing_security(subject: Subject) -> Faults:
    """Operations without `security`, in documents without a global `security`."""
    for operation in subject.operations:
        if "security" not in operation.value and "security" not in subject.document:
            message = "Operation does not define `security`"
            yield Fault(operation.pointer, message, "Add `security`; an empty list means no authentication.")


@recommendation(
    rationale="Clients must know what the response to missing or invalid credentials looks like.",
    source="RFC 9110, sections 15.5.2 and 15.5.4; OWASP API Security 2023, API2",
)
def missing_401_response(subject: Subject) -> Faults:
    """Operations with security, but no 401, 403, 4XX or default response."""
    for operation in subject.contract.operations:
        if any(operation.security) and not any(operation.response_for(status) for status in (401, 403)):
            message = "Operation requires authentication, but has no 401 or 403 response"
            yield Fault(f"{operation.pointer}/responses", message, "Add a 401, 403 or 4XX response.")


@advice(
    rationale="A 401 response asks for credentials, but no security scheme defines which.",
    source="RFC 9110, section 15.5.2 (401 Unauthorized)",
)
def unexpected_401_response(subject: Subject) -> Faults:
    """Operations with a 401 response, but no security."""
    for operation in subject.contract.operations:
        responses = [response for response in operation.responses if response.status == "401"]
        if responses and not operation.security:
            message = "Operation has a 401 response, but requires no authentication"
            yield Fault(f"{operation.pointer}/responses/401", message, "Add `security`.")
