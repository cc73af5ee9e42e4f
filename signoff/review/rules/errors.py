"""Missing error responses and headers, and errors that are not Problem Details."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING

from signoff.contract import media_types
from signoff.contract.bundle import dereference
from signoff.contract.json_value import as_object
from signoff.contract.pointer import from_ref
from signoff.reporting.model import Severity
from signoff.review.rules.registry import Fault, Faults, Subject, advice, hint, recommendation, warning
from signoff.review.words import at, error_responses

if TYPE_CHECKING:
    from signoff.contract.contract import Operation

_CODE = re.compile(
    r"(?<![\w.#$<>=/:-])(?<!instead of )(?<!rather than )"
    r"([45]\d\d)\b(?!\s*(?:ms|s\b|sec|char|item|byte|kb|mb|px|row|record|%|[.,]\d|-\d))"
)
_CONTEXT = re.compile(
    r"\b(?:http|status(?:es)?|errors?|retr(?:y|ies|ying)|respon[ds]\w*|returns?|code|rejected|transient)\b",
    re.IGNORECASE,
)
_TOO_MANY = re.compile(
    r"\brate[- ]?limit\w*|\btoo many requests\b|\bthrottl\w+|\brequests per (?:second|minute|hour|day)\b",
    re.IGNORECASE,
)
_KNOWN = {status.value for status in HTTPStatus}


@warning(
    rationale="Clients and tests don't expect a status code that only the description mentions.",
    source="OpenAPI 3.1, section 4.8.16: responses should cover known errors",
)
def description_mismatch_status(subject: Subject) -> Faults:
    """Error status codes that a description mentions, but no response covers."""
    operations = {operation.pointer: operation for operation in subject.contract.operations}
    described = subject.schemas | {pointer: at(subject, pointer) for pointer in operations}
    for pointer, value in described.items():
        codes = _mentioned(str(value.get("description") or ""))
        own = operations.get(pointer)
        users = ([own] if own else _returning(subject, pointer)) if codes else []
        missing = sorted(code for code in codes if not any(user.response_for(code) for user in users))
        if missing and users:
            *others, last = map(str, missing)
            listed = f"{', '.join(others)} and {last}" if others else last
            message = f"Description mentions status {listed}, but the operation doesn't document it"
            yield Fault(f"{pointer}/description", message, "Add the response or a range such as 4XX.")


def _mentioned(text: str) -> set[int]:
    """The error status codes in the sentences of a text that are about responses."""
    found = set()
    for sentence in re.split(r"(?<=[.!?])\s+|\n\s*\n", text):
        if _CONTEXT.search(sentence):
            found |= {int(code) for code in _CODE.findall(sentence) if int(code) in _KNOWN}
    return found


def _returning(subject: Subject, pointer: str) -> list[Operation]:
    """The operations that return the schema at a pointer as part of an error."""
    found = []
    for operation in subject.reach.users(pointer):
        offers = [offer for response in error_responses(operation) for offer in response.content]
        schemas = [offer.schema for offer in offers if offer.schema]
        roots = {from_ref(str(s.raw["$ref"])) if "$ref" in s.raw else s.pointer for s in schemas}
        if any(pointer == root or pointer.startswith(f"{root}/") for root in roots):
            found.append(operation)
    return found


@recommendation(
    rationale="Every operation can fail, and clients must know how.",
    source="OpenAPI 3.1, section 4.8.16; Zalando RESTful API Guidelines, rule 151",
)
def missing_error_response(subject: Subject) -> Faults:
    """Operations without an error response."""
    for operation in subject.contract.operations:
        if not error_responses(operation):
            fix = "Add error responses or a range such as 4XX."
            yield Fault(f"{operation.pointer}/responses", "Operation has no error response", fix)


@advice(
    rationale="Clients will send invalid input and must know what the response looks like.",
    source="RFC 9110, sections 15.5.1 and 15.5.21; OWASP API Security 2023, API8",
)
def missing_400_response(subject: Subject) -> Faults:
    """Operations with input and error responses, but none for invalid input."""
    for operation in subject.contract.operations:
        takes = operation.request_body or any(parameter.schema for parameter in operation.parameters)
        if (
            takes
            and error_responses(operation)
            and not (operation.response_for(400) or operation.response_for(422))
        ):
            message = "Operation has input, but no 400 or 422 response"
            yield Fault(f"{operation.pointer}/responses", message, "Add a 400, 422 or 4XX response.")


@hint(
    rationale="The resource that a path names may not exist.",
    source="RFC 9110, section 15.5.5 (404 Not Found)",
)
def missing_404_response(subject: Subject) -> Faults:
    """Operations with a path parameter, but no 404 response."""
    for operation in subject.contract.operations:
        if "{" in operation.path and operation.responses and not operation.response_for(404):
            message = "Operation has a path parameter, but no 404 response"
            yield Fault(f"{operation.pointer}/responses", message, "Add a 404 or 4XX response.")


@recommendation(
    rationale="With a standard error format, clients handle the errors of all APIs the same way.",
    source="RFC 9457; Zalando RESTful API Guidelines, rule 176",
)
def missing_problem_details(subject: Subject) -> Faults:
    """JSON error responses that are not Problem Details."""
    offers = {
        offer.pointer: offer.name
        for operation in subject.contract.operations
        for response in operation.responses
        for offer in (response.content if response.status[:1] in "45" else ())
    }
    severity = None if any(map(media_types.is_problem, offers.values())) else Severity.INFO
    for pointer, name in offers.items():
        if media_types.is_json(name) and not media_types.is_problem(name):
            message = f"Error response is {name}, not Problem Details"
            yield Fault(pointer, message, "Use application/problem+json.", severity)


@recommendation(
    rationale="Clients must know what happens when they hit a rate limit, and how long to wait.",
    source="RFC 6585, section 4; OWASP API Security 2023, API4",
)
def missing_429_response(subject: Subject) -> Faults:
    """Operations without a 429 response whose description, or the API's, mentions rate limits."""
    info = str(as_object(subject.document.get("info")).get("description", ""))
    for operation in subject.contract.operations:
        own = at(subject, operation.pointer)
        text = f"{info}\n{own.get('summary', '')}\n{own.get('description', '')}"
        if _TOO_MANY.search(text) and operation.responses and not operation.response_for(429):
            message = "Description mentions rate limits, but the operation has no 429 response"
            yield Fault(f"{operation.pointer}/responses", message, "Add a 429 or 4XX response.")


@advice(
    rationale="Without Retry-After, clients don't know how long to wait.",
    source="RFC 6585, section 4; RFC 9110, section 10.2.3",
)
def missing_retry_after(subject: Subject) -> Faults:
    """429 responses without a Retry-After header."""
    for node in subject.of("operation"):
        for status, _, response, pointer in subject.members(node.value, node.pointer, "responses"):
            names = {name.lower() for name in as_object(response.get("headers"))}
            if status == "429" and not any("retry-after" in name or "ratelimit" in name for name in names):
                yield Fault(pointer, "429 response has no Retry-After header", "Add the header.")


@hint(
    rationale="Clients find the new resource by the Location header.",
    source="RFC 9110, section 15.3.2 (201 Created); Google AIP-133",
)
def missing_location_header(subject: Subject) -> Faults:
    """201 responses without a Location header and a body."""
    for operation in subject.contract.operations:
        for response in operation.responses:
            has_location = any(header.name.lower() == "location" for header in response.headers)
            target = dereference(subject.contract.document, at(subject, response.pointer))[0]
            if response.status == "201" and not has_location and not as_object(target).get("content"):
                yield Fault(response.pointer, "201 response has no Location header", "Add the header.")
