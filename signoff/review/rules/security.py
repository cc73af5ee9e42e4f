"""Do security requirements name what exists, and do credentials stay out of URLs?"""

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
    """Each scheme that is named, with its place and scopes."""
    holders = [("", subject.document), *((node.pointer, node.value) for node in subject.of("operation"))]
    for pointer, holder in holders:
        for index, alternative in enumerate(as_list(holder.get("security"))):
            for name, scopes in as_object(alternative).items():
                place = f"{pointer}/security/{index}/{escape(name)}"
                yield name, place, [str(scope) for scope in as_list(scopes)]


@rule(
    rationale="Nobody can satisfy a requirement of a scheme that is nowhere described.",
    source="OpenAPI 3.1, section 4.8.30 (Security Requirement Object)",
)
def undefined_security_scheme(subject: Subject) -> Faults:
    """Requirements whose scheme is not among the document's."""
    schemes = _schemes(subject)
    for name, place, _ in _requirements(subject):
        is_uri = "/" in name or ":" in name  # since 3.2 a scheme may be named by its URI
        if name not in schemes and not (is_uri and subject.version.startswith("3.2")):
            mend = suggestion(name, schemes, "Describe it under `securitySchemes`.")
            yield Fault(place, f"there is no security scheme `{name}`", mend)


@rule(
    rationale="A token with a scope that no flow offers cannot be had.",
    source="OpenAPI 3.1, section 4.8.29 (OAuth Flow Object, scopes)",
)
def undefined_security_scope(subject: Subject) -> Faults:
    """Scopes that no flow of the OAuth 2 scheme lists."""
    schemes = _schemes(subject)
    for name, place, scopes in _requirements(subject):
        scheme = schemes.get(name, {})
        flows = [as_object(flow) for flow in as_object(scheme.get("flows")).values()] or [scheme]
        offered = {scope for flow in flows for scope in as_object(flow.get("scopes"))}
        for index, scope in enumerate(scopes if scheme.get("type") == "oauth2" else ()):
            if scope not in offered:
                mend = suggestion(scope, offered, "List it under the flow's `scopes`.")
                yield Fault(f"{place}/{index}", f"no flow of `{name}` offers the scope {scope!r}", mend)


@recommendation(
    rationale="A scheme that nothing requires protects nothing; often a requirement was forgotten.",
    source="OWASP API Security 2023, API2 and API8",
)
def unused_security_scheme(subject: Subject) -> Faults:
    """Security schemes that no requirement names."""
    named = {name for name, _, _ in _requirements(subject)}
    for name in _schemes(subject):
        if name not in named:
            mend = "Require it with `security`, or remove it."
            place = f"{_folder(subject)}/{escape(name)}"
            yield Fault(place, f"nothing requires the security scheme `{name}`", mend)


@warning(
    rationale="URLs end up in logs, histories and Referer fields, and credentials in them too.",
    source="RFC 9110, section 17.9; OWASP API Security 2023, API2",
)
def credentials_in_url(subject: Subject) -> Faults:
    """API keys in the query, and passwords, keys and tokens as query or path parameters."""
    keys = set()
    for name, scheme in _schemes(subject).items():
        if scheme.get("type") == "apiKey" and scheme.get("in") == "query":
            keys.add(scheme.get("name"))
            message = f"the API key `{scheme.get('name')}` travels in the URL"
            yield Fault(f"{_folder(subject)}/{escape(name)}", message, "Put it into a header.")
    for node in subject.of("parameter"):
        name = str(node.value.get("name", ""))
        is_in_url = node.value.get("in") in ("query", "path") and name not in keys
        if is_in_url and _SECRET.search("_".join(words(name))):
            message = f"the parameter `{name}` puts a secret into the URL"
            yield Fault(node.pointer, message, "Send it in a header or body.")


@hint(
    rationale="Where nothing is said, readers cannot tell a public operation from one that was forgotten.",
    source="OWASP API Security 2023, API2 and API5",
)
def missing_security(subject: Subject) -> Faults:
    """Operations without requirements where neither they nor the document says that none is needed."""
    for operation in subject.operations:
        if "security" not in operation.value and "security" not in subject.document:
            message = "nothing says whether this operation needs credentials"
            yield Fault(operation.pointer, message, "State `security`; an empty list means none.")


@recommendation(
    rationale="Whoever must send credentials must know what comes back when they are refused.",
    source="RFC 9110, sections 15.5.2 and 15.5.4; OWASP API Security 2023, API2",
)
def missing_401_response(subject: Subject) -> Faults:
    """Operations with security that describe no 401 (nor 403, nor a range, nor a default)."""
    for operation in subject.contract.operations:
        if any(operation.security) and not any(operation.response_for(status) for status in (401, 403)):
            message = "the operation requires credentials, but describes neither 401 nor 403"
            yield Fault(f"{operation.pointer}/responses", message, "Describe 401, 403 or 4XX.")


@advice(
    rationale="A 401 asks for credentials that the document does not describe.",
    source="RFC 9110, section 15.5.2 (401 Unauthorized)",
)
def unexpected_401_response(subject: Subject) -> Faults:
    """Operations that describe a 401, but require nothing."""
    for operation in subject.contract.operations:
        told = [response for response in operation.responses if response.status == "401"]
        if told and not operation.security:
            message = "the operation answers 401, but requires no credentials"
            yield Fault(f"{operation.pointer}/responses/401", message, "State its `security`.")
