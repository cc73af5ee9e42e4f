"""Are errors described, in one form, and all that the prose speaks of?"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING

from signoff.contract import media_types
from signoff.contract.bundle import dereference
from signoff.contract.json_value import as_object
from signoff.contract.pointer import from_ref
from signoff.reporting.findings import Severity
from signoff.review.rules.registry import Fault, Faults, Subject, advice, hint, recommendation, warning
from signoff.review.words import at, error_responses

if TYPE_CHECKING:
    from signoff.contract.contract import Operation

_CODE = re.compile(
    r"(?<![\w.#$<>=/:-])([45]\d\d)\b(?!\s*(?:ms|s\b|sec|char|item|byte|kb|mb|px|row|record|%|[.,]\d|-\d))"
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
    rationale="A status that only the prose knows is one that clients and tests do not expect.",
    source="OpenAPI 3.1, section 4.8.16: responses should cover known errors",
)
def description_mismatch_status(subject: Subject) -> Faults:
    """Statuses of errors that a description speaks of, and no response covers."""
    operations = {operation.pointer: operation for operation in subject.contract.operations}
    described = subject.schemas | {pointer: at(subject, pointer) for pointer in operations}
    for pointer, value in described.items():
        codes = _spoken(str(value.get("description") or ""))
        own = operations.get(pointer)
        users = ([own] if own else _answering(subject, pointer)) if codes else []
        missing = sorted(code for code in codes if not any(user.response_for(code) for user in users))
        if missing and users:
            *others, last = map(str, missing)
            words = f"{', '.join(others)} and {last}" if others else last
            message = f"the description speaks of status {words}, which no response describes"
            yield Fault(f"{pointer}/description", message, "Describe them, or a range such as 4XX.")


def _spoken(text: str) -> set[int]:
    """The statuses of errors that a text names where it speaks of answers."""
    found = set()
    for sentence in re.split(r"(?<=[.!?])\s+|\n\s*\n", text):
        if _CONTEXT.search(sentence):
            found |= {int(code) for code in _CODE.findall(sentence) if int(code) in _KNOWN}
    return found


def _answering(subject: Subject, pointer: str) -> list[Operation]:
    """The operations of whose errors the schema at a pointer is a part."""
    found = []
    for operation in subject.reach.users(pointer):
        offers = [offer for response in error_responses(operation) for offer in response.content]
        schemas = [offer.schema for offer in offers if offer.schema]
        roots = {from_ref(str(s.raw["$ref"])) if "$ref" in s.raw else s.pointer for s in schemas}
        if any(pointer == root or pointer.startswith(f"{root}/") for root in roots):
            found.append(operation)
    return found


@recommendation(
    rationale="Every operation can fail; a client that is told of success alone cannot handle it.",
    source="OpenAPI 3.1, section 4.8.16; Zalando RESTful API Guidelines, rule 151",
)
def missing_error_response(subject: Subject) -> Faults:
    """Operations that describe no error at all."""
    for operation in subject.contract.operations:
        if not error_responses(operation):
            mend = "Describe the errors, or a range such as 4XX."
            yield Fault(f"{operation.pointer}/responses", "the operation describes no error", mend)


@advice(
    rationale="What can be sent wrongly will be: the answer to it belongs to the contract.",
    source="RFC 9110, sections 15.5.1 and 15.5.21; OWASP API Security 2023, API8",
)
def missing_400_response(subject: Subject) -> Faults:
    """Operations that take input and describe errors, but none for input that is refused."""
    for operation in subject.contract.operations:
        takes = operation.request_body or any(parameter.schema for parameter in operation.parameters)
        if (
            takes
            and error_responses(operation)
            and not (operation.response_for(400) or operation.response_for(422))
        ):
            message = "the operation takes input, but describes neither 400 nor 422"
            yield Fault(f"{operation.pointer}/responses", message, "Describe 400, 422 or 4XX.")


@hint(
    rationale="An id in the path may name nothing; clients meet that every day.",
    source="RFC 9110, section 15.5.5 (404 Not Found)",
)
def missing_404_response(subject: Subject) -> Faults:
    """Operations with a path parameter that describe no 404."""
    for operation in subject.contract.operations:
        if "{" in operation.path and operation.responses and not operation.response_for(404):
            message = "the operation has an id in its path, but describes no 404"
            yield Fault(f"{operation.pointer}/responses", message, "Describe 404 or 4XX.")


@recommendation(
    rationale="One standard form of errors lets clients handle all APIs alike.",
    source="RFC 9457; Zalando RESTful API Guidelines, rule 176",
)
def missing_problem_details(subject: Subject) -> Faults:
    """JSON errors that are not sent as Problem Details, though others in the document are."""
    offers = {
        offer.pointer: offer.name
        for operation in subject.contract.operations
        for response in operation.responses
        for offer in (response.content if response.status[:1] in "45" else ())
    }
    severity = None if any(map(media_types.is_problem, offers.values())) else Severity.INFO
    for pointer, name in offers.items():
        if media_types.is_json(name) and not media_types.is_problem(name):
            message = f"an error of {name} is no Problem Details"
            yield Fault(pointer, message, "Send application/problem+json.", severity)


@recommendation(
    rationale="A client that is limited must know what comes when it is, and how long to wait.",
    source="RFC 6585, section 4; OWASP API Security 2023, API4",
)
def missing_429_response(subject: Subject) -> Faults:
    """Operations without a 429 in a document, or with a description, that speaks of rate limits."""
    info = str(as_object(subject.document.get("info")).get("description", ""))
    for operation in subject.contract.operations:
        own = at(subject, operation.pointer)
        text = f"{info}\n{own.get('summary', '')}\n{own.get('description', '')}"
        if _TOO_MANY.search(text) and operation.responses and not operation.response_for(429):
            message = "requests are limited, but no response describes 429"
            yield Fault(f"{operation.pointer}/responses", message, "Describe 429 or 4XX.")


@advice(
    rationale="Without Retry-After a client that is told to wait does not know how long.",
    source="RFC 6585, section 4; RFC 9110, section 10.2.3",
)
def missing_retry_after(subject: Subject) -> Faults:
    """Responses of status 429 without the header Retry-After."""
    for node in subject.of("operation"):
        for status, _, response, pointer in subject.members(node.value, node.pointer, "responses"):
            names = {name.lower() for name in as_object(response.get("headers"))}
            if status == "429" and not any("retry-after" in name or "ratelimit" in name for name in names):
                yield Fault(pointer, "the response 429 has no Retry-After", "Describe the header.")


@hint(
    rationale="Location tells where what was created stands, whatever the body says.",
    source="RFC 9110, section 15.3.2 (201 Created); Google AIP-133",
)
def missing_location_header(subject: Subject) -> Faults:
    """Responses of status 201 with neither Location nor a body that could name what was created."""
    for operation in subject.contract.operations:
        for response in operation.responses:
            has_location = any(header.name.lower() == "location" for header in response.headers)
            target = dereference(subject.contract.document, at(subject, response.pointer))[0]
            if response.status == "201" and not has_location and not as_object(target).get("content"):
                yield Fault(response.pointer, "the response 201 has no Location", "Describe the header.")
