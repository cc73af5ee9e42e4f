"""Operation ids, and parameters, bodies and statuses that HTTP or OpenAPI do not allow."""

from __future__ import annotations

import re

from signoff.contract.json_value import as_object
from signoff.contract.pointer import escape
from signoff.review.rules.registry import Fault, Faults, Subject, recommendation, rule, warning
from signoff.review.words import suggestion

_UNSAFE = re.compile(r"[^A-Za-z0-9._~-]")
_STATUS = re.compile(r"[1-5]\d\d|[1-5]XX|default")
_STYLES = {
    "path": ("simple", "label", "matrix"),
    "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
    "header": ("simple",),
    "cookie": ("form", "cookie"),
    "querystring": (),
}
_IGNORED = ("accept", "content-type", "authorization")


@rule(
    rationale="Generated clients name functions after the operationId: duplicates overwrite each other.",
    source="OpenAPI 3.1, section 4.8.10 (Operation Object)",
)
def duplicate_operation_id(subject: Subject) -> Faults:
    """Operations with the operationId of another."""
    seen: dict[str, str] = {}
    for node in subject.of("operation"):
        name = node.value.get("operationId")
        if isinstance(name, str) and seen.setdefault(name, node.pointer) != node.pointer:
            line = subject.locate(f"{seen[name]}/operationId").line
            fix = f"Use a unique id; the other is on line {line}."
            yield Fault(f"{node.pointer}/operationId", f"operationId {name!r} is duplicated", fix)


@recommendation(
    rationale="Without an operationId, client generators use a name that changes with the path.",
    source="OpenAPI 3.1, section 4.8.10 (Operation Object)",
)
def missing_operation_id(subject: Subject) -> Faults:
    """Operations without an operationId."""
    for operation in subject.operations:
        if not operation.value.get("operationId"):
            fix = "Add one, such as list_orders."
            yield Fault(operation.pointer, "Operation has no operationId", fix)


@rule(
    rationale="If a parameter is defined twice, tools use one of the two definitions.",
    source="OpenAPI 3.1, section 4.8.10 (Operation Object, parameters)",
)
def duplicate_parameter(subject: Subject) -> Faults:
    """Lists with two parameters of the same name and location."""
    owners = {op.item_pointer: op.item for op in subject.operations}
    owners |= {op.pointer: op.value for op in subject.operations}
    for pointer, owner in owners.items():
        seen = set()
        for _, place, value, _ in subject.members(owner, pointer, "parameters"):
            key = (str(value.get("name")), str(value.get("in")))
            name = key[0].lower() if key[1] == "header" else key[0]
            if value and (name, key[1]) in seen:
                yield Fault(place, f"The {key[1]} parameter `{key[0]}` is duplicated", "Remove one.")
            seen.add((name, key[1]))


@warning(
    rationale="OpenAPI ignores these header parameters: `content` and `security` define them.",
    source="OpenAPI 3.1, section 4.8.12.2 (Parameter Object, name)",
)
def ignored_header_parameter(subject: Subject) -> Faults:
    """Header parameters named Accept, Content-Type or Authorization."""
    instead = {"accept": "`content` of the responses", "content-type": "`content` of the request body"}
    if subject.version.startswith("2."):
        return
    for node in subject.of("parameter"):
        name = str(node.value.get("name", ""))
        if node.value.get("in") == "header" and name.lower() in _IGNORED:
            fix = f"Remove it; use {instead.get(name.lower(), 'a security scheme')} instead."
            yield Fault(node.pointer, f"Header parameter `{name}` is ignored", fix)


@warning(
    rationale="OpenAPI ignores a Content-Type response header: the keys of `content` define it.",
    source="OpenAPI 3.1, section 4.8.17 (Response Object, headers)",
)
def ignored_response_header(subject: Subject) -> Faults:
    """Response headers named Content-Type."""
    for node in subject.of("response"):
        for name in as_object(node.value.get("headers")):
            if name.lower() == "content-type":
                place = f"{node.pointer}/headers/{escape(name)}"
                yield Fault(place, f"Response header `{name}` is ignored", "Remove it.")


@rule(
    rationale="A server can never send a response with an invalid status code.",
    source="RFC 9110, section 15; OpenAPI 3.1, section 4.8.16 (Responses Object)",
)
def invalid_status_code(subject: Subject) -> Faults:
    """Keys of `responses` that are not a status code, a range or `default`."""
    for node in subject.of("operation"):
        for status in as_object(node.value.get("responses")):
            if status.startswith("x-"):
                continue
            place = f"{node.pointer}/responses/{escape(status)}"
            if not _STATUS.fullmatch(status) or (subject.version[:1] == "2" and "X" in status):
                fix = "Use a status code from 100 to 599, a range such as 4XX, or default."
                yield Fault(place, f"{status!r} is not a status code", fix)


@rule(
    rationale="Responses with these status codes never have a body.",
    source="RFC 9110, sections 15.2, 15.3.5, 15.3.6 and 15.4.5",
)
def forbidden_response_body(subject: Subject) -> Faults:
    """Content of 1xx, 204, 205 and 304 responses."""
    for operation in subject.operations:
        for status, _, response, pointer in subject.members(operation.value, operation.pointer, "responses"):
            content = next((name for name in ("content", "schema") if response.get(name)), None)
            if content and (status in ("204", "205", "304") or status.startswith("1")):
                fix = "Remove the content or use another status code."
                message = f"Response {status} can't have a body"
                yield Fault(f"{pointer}/{content}", message, fix)


@warning(
    rationale="HTTP defines no meaning for GET, HEAD and DELETE bodies; servers and proxies drop them.",
    source="RFC 9110, sections 9.3.1, 9.3.2 and 9.3.5; OpenAPI 3.1, section 4.8.10",
)
def ignored_request_body(subject: Subject) -> Faults:
    """Request bodies of GET, HEAD, DELETE and TRACE operations."""
    for operation in subject.operations:
        if operation.method not in ("get", "head", "delete", "trace"):
            continue
        parameters = subject.members(operation.value, operation.pointer, "parameters")
        place = next((member.place for member in parameters if member.value.get("in") == "body"), "")
        if operation.value.get("requestBody"):
            place = f"{operation.pointer}/requestBody"
        if place:
            message = f"{operation.method.upper()} request has a body"
            yield Fault(place, message, "Use parameters or POST.")


@warning(
    rationale="Without a success response, clients don't know what to expect.",
    source="OpenAPI 3.1, section 4.8.16: the responses should have the successful one",
)
def missing_success_response(subject: Subject) -> Faults:
    """Operations that have responses, but no 1xx, 2xx, 3xx or default one."""
    for operation in subject.operations:
        statuses = [str(status) for status in as_object(operation.value.get("responses"))]
        defined = [status for status in statuses if not status.startswith("x-")]
        if defined and not any(status[:1] in ("1", "2", "3") or status == "default" for status in defined):
            place = f"{operation.pointer}/responses"
            yield Fault(place, f"{operation.label} has no success response", "Add one.")


@rule(
    rationale="Clients can't send a parameter with an unknown location or style.",
    source="OpenAPI 3.1, sections 4.8.12.1 and 4.8.12.3 (Style Values)",
)
def invalid_parameter_location(subject: Subject) -> Faults:
    """Parameters with an unknown location, or a style that their location does not support."""
    is_2_0 = subject.version.startswith("2.")
    for node in subject.of("parameter"):
        where, style = node.value.get("in"), node.value.get("style")
        known = (*_STYLES, "body", "formData")  # keyword-version-mismatch reports the last two
        if isinstance(where, str) and where not in known:
            fix = suggestion(where, known, "Use path, query, header or cookie.")
            yield Fault(f"{node.pointer}/in", f"Unknown parameter location `{where}`", fix)
        elif isinstance(style, str) and not is_2_0 and style not in _STYLES.get(str(where), (style,)):
            message = f"Parameters in `{where}` don't support the style `{style}`"
            yield Fault(f"{node.pointer}/style", message, f"Supported: {', '.join(_STYLES[str(where)])}.")


@recommendation(
    rationale="Client generators and documentation URLs replace other characters, each in their own way.",
    source="OpenAPI 3.1, section 4.8.10: follow common programming naming conventions; RFC 3986, section 2.3",
)
def operation_id_characters(subject: Subject) -> Faults:
    """Operation ids with other characters than letters, digits and `-._~`."""
    for node in subject.of("operation"):
        name = node.value.get("operationId")
        if isinstance(name, str) and (found := _UNSAFE.search(name)):
            message = f"operationId {name!r} contains {found[0]!r}"
            fix = "Use letters, digits and underscores only."
            yield Fault(f"{node.pointer}/operationId", message, fix)
