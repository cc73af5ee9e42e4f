"""Error examples that do not fit their response, or contradict each other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from signoff.contract import media_types
from signoff.contract.json_value import JsonObject, as_object
from signoff.contract.paths import PathTable
from signoff.review.rules.registry import Fault, Faults, Severity, Subject, hint, rule, warning
from signoff.review.words import at, success_offers, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from signoff.contract.contract import Operation, Response

_KNOWN = frozenset(status.value for status in HTTPStatus)
_STATUS_MEMBERS = ("status", "statusCode", "status_code", "httpStatus", "http_status")
_SHORTEST = 3
_STATUS = re.compile(r"[1-5](?:\d\d|XX)|default")
_STATUS_TEXT = re.compile(r"[1-5]\d\d")
_NOT_FOUND = re.compile(
    r"(?:no\s+such\s+)?([a-z][a-z ]*?)\s+(?:was\s+|is\s+)?(?:not\s+found|does\s+not\s+exist)", re.IGNORECASE
)
_ANYTHING = {
    *("resource", "object", "item", "entity", "record", "page"),
    *("route", "path", "endpoint", "requested", "url"),
}


@dataclass(frozen=True, slots=True)
class _Problem:
    """An example of an error, with its response and the operations that have this response."""

    body: JsonObject
    pointer: str
    response: Response
    operations: tuple[Operation, ...]
    is_problem: bool


def _problems(subject: Subject) -> list[_Problem]:
    """Every example of an error response, each once."""
    found: dict[tuple[str, str], _Problem] = {}
    for operation in subject.contract.operations:
        for response in operation.responses:
            for offer in response.content:
                for example in offer.examples:
                    body = as_object(example.value)
                    is_problem = media_types.is_problem(offer.name)
                    if body and (is_problem or response.status[:1] in "45d"):
                        key = (response.status, example.pointer)
                        users = (*(found[key].operations if key in found else ()), operation)
                        is_problem = is_problem or {"title", "status"} <= set(body)
                        found[key] = _Problem(body, example.pointer, response, users, is_problem)
    return list(found.values())


@rule(
    rationale="`status` must equal the response's status code; a difference is usually a copy-paste error.",
    source="RFC 9457, section 3.1.2",
)
def problem_status_mismatch(subject: Subject) -> Faults:
    """Error examples whose `status` is not the status code of their response."""
    for problem in _problems(subject):
        for name in _STATUS_MEMBERS:
            stated = problem.body.get(name)
            code = int(stated) if isinstance(stated, str) and _STATUS_TEXT.fullmatch(stated) else stated
            if isinstance(code, bool) or not isinstance(code, int) or not 100 <= code <= 599:
                continue
            if not _STATUS.fullmatch(problem.response.status):
                continue
            if not problem.response.covers(code) or _has_own_response(problem, code):
                message = f"Example has {name} {code}, but belongs to the {problem.response.status} response"
                severity = None if problem.is_problem else Severity.WARNING
                fix = "Correct the status or move the example."
                yield Fault(f"{problem.pointer}/{name}", message, fix, severity)


def _has_own_response(problem: _Problem, code: int) -> bool:
    """Whether every operation defines this status separately from the range or `default`."""
    if problem.response.status == str(code):
        return False
    return all(
        any(other.status == str(code) for other in operation.responses) for operation in problem.operations
    )


@warning(
    rationale="The title of a problem type should not vary: people recognize problems by it.",
    source="RFC 9457, section 3.1.3",
)
def inconsistent_problem_title(subject: Subject) -> Faults:
    """Examples with the same `type`, but different titles or codes."""
    first: dict[str, _Problem] = {}
    for problem in _problems(subject):
        kind = problem.body.get("type")
        if not isinstance(kind, str) or kind == "about:blank" or not problem.is_problem:
            continue
        known = first.setdefault(kind, problem)
        for name in ("title", "code"):
            stated, before = problem.body.get(name), known.body.get(name)
            if isinstance(stated, str) and isinstance(before, str) and stated != before:
                message = f"Problem type {kind} has {name} {stated!r} here, but {before!r} elsewhere"
                yield Fault(f"{problem.pointer}/{name}", message, f"Use the same {name} everywhere.")


@warning(
    rationale="A title that belongs to another status code points readers to the wrong cause.",
    source="RFC 9457, sections 3.1.3 and 4.2.1; RFC 9110, section 15",
)
def problem_title_mismatch(subject: Subject) -> Faults:
    """Error examples whose title is the reason phrase of another status code."""
    phrases = {status.phrase.lower(): status.value for status in HTTPStatus if status >= 400}
    for problem in _problems(subject):
        title, status = problem.body.get("title"), problem.body.get("status")
        titled = phrases.get(title.strip(" .").lower()) if isinstance(title, str) else None
        if problem.is_problem and titled is not None and status in _KNOWN and status != titled:
            message = f"Title {title!r} belongs to status {titled}, but the example has status {status}"
            yield Fault(f"{problem.pointer}/title", message, "Correct the title or the status.")


@warning(
    rationale="An error about another resource can't happen in this operation.",
    source="RFC 9457, section 3.1.5 (instance); the API's own paths",
)
def problem_resource_mismatch(subject: Subject) -> Faults:
    """Error examples with the `instance` of another path, or about something the operation doesn't have."""
    prefixes = _prefixes(subject)
    for problem in _problems(subject):
        instance = problem.body.get("instance")
        if isinstance(instance, str) and _is_elsewhere(instance, problem.operations, prefixes):
            message = f"Example has instance {_shape(instance)}, but belongs to {_shown(problem.operations)}"
            fix = "Use an example that this operation can return."
            yield Fault(f"{problem.pointer}/instance", message, fix)
        elif problem.response.status in ("404", "410") and (missing := _missing(problem.body)):
            known = {word for operation in problem.operations for word in _known(subject, operation)}
            if not set(_nouns(missing)) & known:
                message = (
                    f"Example says that a {missing} is not found, but belongs to {_shown(problem.operations)}"
                )
                yield Fault(problem.pointer, message, "Use an example that this operation can return.")


def _prefixes(subject: Subject) -> frozenset[str]:
    """The first segments of the API's own paths, to ignore other URIs."""
    paths = [op.path for op in subject.contract.operations]
    paths += [op.base_path + op.path for op in subject.contract.operations]
    return frozenset(path.strip("/").partition("/")[0] for path in paths)


def _is_elsewhere(instance: str, operations: Sequence[Operation], prefixes: frozenset[str]) -> bool:
    path = urlsplit(instance).path
    if not path.startswith("/") or path.strip("/").partition("/")[0] not in prefixes:
        return False
    if urlsplit(instance).fragment or path.count("/") < 2:
        return False
    parts = path.rstrip("/").split("/")
    paths = [operation.path.partition("?")[0].rstrip("/") for operation in operations]
    paths += [operation.base_path + bare for operation, bare in zip(operations, paths, strict=True)]
    return not any(_is_around(parts, bare.split("/")) for bare in paths)


def _is_around(parts: list[str], template: list[str]) -> bool:
    """Whether a path matches a template, or one is the beginning of the other."""
    length = min(len(parts), len(template))
    if length < 2 or (length < len(template) and length == 2):
        return False
    table: PathTable[bool] = PathTable()
    table.add("any", "/".join(template[:length]), value=True)
    return bool(table.find("/".join(parts[:length])))


def _shape(instance: str) -> str:
    parts = urlsplit(instance).path.split("/")
    return "/".join("…" if any(c.isdigit() for c in part) and len(part) > 3 else part for part in parts)


def _shown(operations: tuple[Operation, ...]) -> str:
    if len(operations) > 1:
        return f"{operations[0].label} and {len(operations) - 1} more"
    return operations[0].label if operations else "this operation"


def _missing(body: JsonObject) -> str:
    """What an example says is not found; empty for nothing."""
    code = body.get("code")
    if isinstance(code, str) and (found := re.fullmatch(r"(\w+?)[_-]not[_-]found", code.lower())):
        return found[1].replace("_", " ")
    title = body.get("title")
    found = _NOT_FOUND.fullmatch(title.strip().rstrip(".")) if isinstance(title, str) else None
    return found[1].lower() if found else ""


def _known(subject: Subject, operation: Operation) -> set[str]:
    """The nouns in an operation's names and descriptions."""
    texts = [operation.path, operation.id, operation.summary, *operation.tags]
    texts += [parameter.name for parameter in operation.parameters]
    texts += [response.description for response in operation.responses]
    texts.append(str(at(subject, operation.pointer).get("description", "")))
    sent = operation.request_body.content if operation.request_body else ()
    for offer in (*success_offers(operation), *sent):
        raw = offer.schema.raw if offer.schema else {}
        texts += [*subject.contract.schemas.view(raw).properties, str(raw.get("$ref", ""))]
    return set(_nouns(" ".join(texts))) | _ANYTHING


def _nouns(text: str) -> list[str]:
    """The words in the singular, without short ones."""
    return [_singular(word) for word in words(text) if len(word) >= _SHORTEST]


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("ses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


@hint(
    rationale="A relative `type` resolves to a different problem type on each path.",
    source="RFC 9457, section 3.1.1: absolute URIs are recommended",
)
def relative_problem_type(subject: Subject) -> Faults:
    """Problem examples whose `type` is a relative reference."""
    for problem in _problems(subject):
        kind = problem.body.get("type")
        if problem.is_problem and isinstance(kind, str) and "/" in kind and not urlsplit(kind).scheme:
            message = f"Problem type {kind!r} is a relative URI"
            yield Fault(f"{problem.pointer}/type", message, "Use an absolute URI.")
