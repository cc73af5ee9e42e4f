"""Media types that are invalid, have no schema, or do not match the description."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from signoff.contract import media_types
from signoff.contract.json_value import as_list, as_object
from signoff.contract.pointer import escape
from signoff.review.rules.registry import Fault, Faults, Subject, hint, rule, warning
from signoff.review.words import at, error_responses, success_offers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.contract.contract import Operation

_NAME = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_MEDIA_TYPE = re.compile(rf"{_NAME}/{_NAME}(\s*;\s*{_NAME}=({_NAME}|\"[^\"]*\"))*\s*;?")
_PROBLEM_DETAILS = re.compile(
    r"application/problem\+json|\bRFC[ -]?(?:9457|7807)\b|\bproblem[ -]details\b(?! link)", re.IGNORECASE
)
# The name of a format in a text -> what its media types contain.
_FORMATS = {
    "CSV": ("csv",),
    "XML": ("xml",),
    "PDF": ("pdf",),
    "YAML": ("yaml",),
    "HTML": ("html",),
    "ZIP": ("zip",),
    "Excel": ("excel", "spreadsheet"),
    "XLSX": ("excel", "spreadsheet"),
    "NDJSON": ("ndjson", "jsonl", "json-seq"),
}
_OUTPUT = re.compile(
    r"\b(?:stream|return|export|download|render|respond|output|retriev|get|generat|deliver|send)\w*\b[^.;\n]{0,60}?"
    r"\b(?:as|in|into|to)\s+(?:an?\s+|the\s+)?`?(CSV|XML|PDF|YAML|HTML|ZIP|Excel|XLSX|NDJSON)\b`?"
    r"(?!\s*(?:envelope|or\b|and\b|/|,))",
    re.IGNORECASE,
)
_ANY = ("*/*", "application/octet-stream", "text/plain", "application/zip")


@rule(
    rationale="An invalid media type never matches a Content-Type, so the body is never validated.",
    source="RFC 9110, section 8.3.1",
)
def invalid_media_type(subject: Subject) -> Faults:
    """Keys of `content`, and entries of `consumes` and `produces`, that are not a media type or range."""
    for name, place in _media_types(subject):
        if not _MEDIA_TYPE.fullmatch(name.strip()):
            message = f"{name!r} is not a media type"
            yield Fault(place, message, "Use type/subtype, such as application/json.")


def _media_types(subject: Subject) -> Iterator[tuple[str, str]]:
    for node in subject.of("request_body", "response", "parameter", "header"):
        for name in as_object(node.value.get("content")):
            if name != "*":
                yield name, f"{node.pointer}/content/{escape(name)}"
    holders = [("", subject.document), *((op.pointer, op.value) for op in subject.operations)]
    for pointer, value in holders if subject.version.startswith("2.") else ():
        for field in ("consumes", "produces"):
            for index, listed in enumerate(as_list(value.get(field))):
                if isinstance(listed, str):
                    yield listed, f"{pointer}/{field}/{index}"


@warning(
    rationale="Problem Details have the media type application/problem+json.",
    source="RFC 9457, sections 3 and 6.1; the API's own descriptions",
)
def description_mismatch_problem_details(subject: Subject) -> Faults:
    """Plain JSON error responses whose description, or whose schema's, mentions Problem Details."""
    seen = set()
    for operation in subject.contract.operations:
        for response in error_responses(operation):
            if any(media_types.is_problem(offer.name) for offer in response.content):
                continue
            for offer in response.content:
                if offer.pointer in seen or media_types.essence(offer.name) != "application/json":
                    continue
                seen.add(offer.pointer)
                schema = offer.schema.raw if offer.schema else {}
                described = (schema, subject.contract.schemas.resolved(schema))
                texts = [response.description, *(str(held.get("description", "")) for held in described)]
                found = next((match for text in texts if (match := _PROBLEM_DETAILS.search(text))), None)
                if found:
                    message = f"Error response is {offer.name}, but its description mentions {found[0]}"
                    fix = "Use application/problem+json if the server sends it, or correct the description."
                    yield Fault(offer.pointer, message, fix)


@warning(
    rationale="Clients that follow the description expect a format that they don't get.",
    source="the API's own descriptions",
)
def description_mismatch_media_type(subject: Subject) -> Faults:
    """Operations whose description names a format that no success response has."""
    for operation in subject.contract.operations:
        offers = sorted({media_types.essence(offer.name) for offer in success_offers(operation)})
        value = at(subject, operation.pointer)
        for field in ("summary", "description"):
            for found in _OUTPUT.finditer(str(value.get(field, ""))):
                named = next(name for name in _FORMATS if name.lower() == found[1].lower())
                fits = [o for o in offers if o in _ANY or any(part in o for part in _FORMATS[named])]
                if offers and not fits and not _accepts(operation, named):
                    actual = " and ".join(offers)
                    message = f"{field.capitalize()} mentions {named}, but the response is {actual}"
                    fix = f"Correct the {field} or add {named} to the response's `content`."
                    yield Fault(f"{operation.pointer}/{field}", message, fix)
                    break


def _accepts(operation: Operation, named: str) -> bool:
    """Whether the request has that format: then the description is probably about the request."""
    offers = operation.request_body.content if operation.request_body else ()
    return any(part in media_types.essence(offer.name) for offer in offers for part in _FORMATS[named])


@hint(
    rationale="Without a schema, a body can be neither validated nor mocked.",
    source="OpenAPI 3.1, section 4.8.14 (Media Type Object)",
)
def missing_body_schema(subject: Subject) -> Faults:
    """JSON bodies without a schema."""
    for node in subject.of("media_type"):
        name = node.pointer.rpartition("/")[2].replace("~1", "/")
        if media_types.is_json(name) and not {"schema", "itemSchema"} & set(node.value):
            yield Fault(node.pointer, f"{name} body has no schema", "Add a schema.")


@rule(
    rationale="`encoding` is for parts by name, the others for parts by position: tools can't apply both.",
    source="OpenAPI 3.2, section 4.14 (Media Type Object): they must not be set together",
)
def conflicting_encoding(subject: Subject) -> Faults:
    """Media types of OpenAPI 3.2 with `encoding` beside `prefixEncoding` or `itemEncoding`."""
    for node in subject.of("media_type") if subject.version.startswith("3.2") else ():
        for name in ("prefixEncoding", "itemEncoding"):
            if "encoding" in node.value and name in node.value:
                message = f"`encoding` and `{name}` are both set"
                yield Fault(f"{node.pointer}/{name}", message, "Remove one of them.")
