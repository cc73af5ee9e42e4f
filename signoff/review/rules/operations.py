"""Are operations named once, and do their parameters, bodies and statuses mean something?"""

from __future__ import annotations

import re

from signoff.contract.json_value import as_object
from signoff.contract.pointer import escape
from signoff.review.rules.registry import Fault, Faults, Subject, recommendation, rule, warning
from signoff.review.words import suggestion

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
    rationale="Generated clients name functions by the operationId: two of one name overwrite each other.",
    source="OpenAPI 3.1, section 4.8.10 (Operation Object)",
)
def duplicate_operation_id(subject: Subject) -> Faults:
    """An operationId that an earlier operation has."""
    seen: dict[str, str] = {}
    for node in subject.of("operation"):
        name = node.value.get("operationId")
        if isinstance(name, str) and seen.setdefault(name, node.pointer) != node.pointer:
            line = subject.locate(f"{seen[name]}/operationId").line
            mend = f"Give it one of its own; the other stands on line {line}."
            yield Fault(f"{node.pointer}/operationId", f"the operationId {name!r} is already taken", mend)


@recommendation(
    rationale="Without an operationId, clients, links and logs make up a name that changes with the path.",
    source="OpenAPI 3.1, section 4.8.10 (Operation Object)",
)
def missing_operation_id(subject: Subject) -> Faults:
    """Operations without an operationId."""
    for operation in subject.operations:
        if not operation.value.get("operationId"):
            mend = "Add one, such as list_orders."
            yield Fault(operation.pointer, "the operation has no operationId", mend)


@rule(
    rationale="Of two parameters of one name and place a tool reads either.",
    source="OpenAPI 3.1, section 4.8.10 (Operation Object, parameters)",
)
def duplicate_parameter(subject: Subject) -> Faults:
    """Two parameters of one name and place in one list."""
    owners = {op.item_pointer: op.item for op in subject.operations}
    owners |= {op.pointer: op.value for op in subject.operations}
    for pointer, owner in owners.items():
        seen = set()
        for _, place, value, _ in subject.members(owner, pointer, "parameters"):
            key = (str(value.get("name")), str(value.get("in")))
            name = key[0].lower() if key[1] == "header" else key[0]
            if value and (name, key[1]) in seen:
                yield Fault(place, f"the {key[1]} parameter `{key[0]}` stands twice in the list", "Keep one.")
            seen.add((name, key[1]))


@warning(
    rationale="These header parameters are ignored: content, responses and security say what they would.",
    source="OpenAPI 3.1, section 4.8.12.2 (Parameter Object, name)",
)
def ignored_header_parameter(subject: Subject) -> Faults:
    """Header parameters called Accept, Content-Type or Authorization."""
    instead = {"accept": "`content` of the responses", "content-type": "`content` of the request body"}
    if subject.version.startswith("2."):
        return
    for node in subject.of("parameter"):
        name = str(node.value.get("name", ""))
        if node.value.get("in") == "header" and name.lower() in _IGNORED:
            mend = f"Say it in {instead.get(name.lower(), 'a security scheme')}."
            yield Fault(node.pointer, f"the header parameter `{name}` is ignored", mend)


@warning(
    rationale="A response header called Content-Type is ignored: the names under `content` say it.",
    source="OpenAPI 3.1, section 4.8.17 (Response Object, headers)",
)
def ignored_response_header(subject: Subject) -> Faults:
    """Response headers called Content-Type."""
    for node in subject.of("response"):
        for name in as_object(node.value.get("headers")):
            if name.lower() == "content-type":
                place = f"{node.pointer}/headers/{escape(name)}"
                yield Fault(place, f"the response header `{name}` is ignored", "Remove it.")


@rule(
    rationale="What is no status code matches no response that a server can send.",
    source="RFC 9110, section 15; OpenAPI 3.1, section 4.8.16 (Responses Object)",
)
def invalid_status_code(subject: Subject) -> Faults:
    """Keys of `responses` that are neither a status code, nor a range, nor `default`."""
    for node in subject.of("operation"):
        for status in as_object(node.value.get("responses")):
            if status.startswith("x-"):
                continue
            place = f"{node.pointer}/responses/{escape(status)}"
            if not _STATUS.fullmatch(status) or (subject.version[:1] == "2" and "X" in status):
                mend = "Write a status from 100 to 599, a range such as 4XX, or default."
                yield Fault(place, f"{status!r} is no status code", mend)


@rule(
    rationale="Answers of these statuses never have content (RFC 9110), so that clients never see it.",
    source="RFC 9110, sections 15.2, 15.3.5, 15.3.6 and 15.4.5",
)
def forbidden_response_body(subject: Subject) -> Faults:
    """Content of 1xx, 204, 205 and 304 responses."""
    for operation in subject.operations:
        for status, _, response, pointer in subject.members(operation.value, operation.pointer, "responses"):
            content = next((name for name in ("content", "schema") if response.get(name)), None)
            if content and (status in ("204", "205", "304") or status.startswith("1")):
                mend = "Remove the content, or give the response another status."
                message = f"a response of status {status} cannot have content"
                yield Fault(f"{pointer}/{content}", message, mend)


@warning(
    rationale="A body of GET, HEAD or DELETE has no meaning in HTTP; servers, proxies and caches drop it.",
    source="RFC 9110, sections 9.3.1, 9.3.2 and 9.3.5; OpenAPI 3.1, section 4.8.10",
)
def ignored_request_body(subject: Subject) -> Faults:
    """Bodies of operations whose method gives them no meaning."""
    for operation in subject.operations:
        if operation.method not in ("get", "head", "delete", "trace"):
            continue
        parameters = subject.members(operation.value, operation.pointer, "parameters")
        place = next((member.place for member in parameters if member.value.get("in") == "body"), "")
        if operation.value.get("requestBody"):
            place = f"{operation.pointer}/requestBody"
        if place:
            message = f"a request body of {operation.method.upper()} has no meaning"
            yield Fault(place, message, "Send it as parameters, or use POST.")


@warning(
    rationale="A client does not know what to expect where no response of success is described.",
    source="OpenAPI 3.1, section 4.8.16: the responses should have the successful one",
)
def missing_success_response(subject: Subject) -> Faults:
    """Operations that describe responses, but none of 1xx to 3xx nor a default."""
    for operation in subject.operations:
        statuses = [str(status) for status in as_object(operation.value.get("responses"))]
        told = [status for status in statuses if not status.startswith("x-")]
        if told and not any(status[:1] in ("1", "2", "3") or status == "default" for status in told):
            place = f"{operation.pointer}/responses"
            yield Fault(place, f"{operation.label} describes no response of success", "Describe it.")


@rule(
    rationale="A parameter whose place or style does not exist is sent by no client.",
    source="OpenAPI 3.1, sections 4.8.12.1 and 4.8.12.3 (Style Values)",
)
def invalid_parameter_location(subject: Subject) -> Faults:
    """Parameters in a place that does not exist, or of a style that their place does not have."""
    is_2_0 = subject.version.startswith("2.")
    for node in subject.of("parameter"):
        where, style = node.value.get("in"), node.value.get("style")
        known = (*_STYLES, "body", "formData")  # the last two are told as of another version
        if isinstance(where, str) and where not in known:
            mend = suggestion(where, known, "Write path, query, header or cookie.")
            yield Fault(f"{node.pointer}/in", f"there are no parameters in `{where}`", mend)
        elif isinstance(style, str) and not is_2_0 and style not in _STYLES.get(str(where), (style,)):
            message = f"a parameter in `{where}` cannot have the style `{style}`"
            yield Fault(f"{node.pointer}/style", message, f"Write {' or '.join(_STYLES[str(where)])}.")
