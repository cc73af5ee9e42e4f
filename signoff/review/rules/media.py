"""Are media types well formed, and what the prose says of them?"""

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
_PROBLEM_WORDS = re.compile(
    r"application/problem\+json|\bRFC[ -]?(?:9457|7807)\b|\bproblem[ -]details\b(?! link)", re.IGNORECASE
)
# A format in prose, and the media types that are of it.
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
    rationale="What is no media type matches no Content-Type, so that the body is never described.",
    source="RFC 9110, section 8.3.1",
)
def invalid_media_type(subject: Subject) -> Faults:
    """Keys of `content`, and members of `consumes` and `produces`, that are no media type or range."""
    for name, place in _media_types(subject):
        if not _MEDIA_TYPE.fullmatch(name.strip()):
            message = f"{name!r} is no media type"
            yield Fault(place, message, "Write type/subtype, such as application/json.")


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
    rationale="Where the prose promises Problem Details and the media type none, one of them is untrue.",
    source="RFC 9457, sections 3 and 6.1; the document's own descriptions",
)
def description_mismatch_problem_details(subject: Subject) -> Faults:
    """Error responses of plain JSON whose description, or whose schema's, speaks of Problem Details."""
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
                told = [response.description, *(str(held.get("description", "")) for held in described)]
                found = next((match for text in told if (match := _PROBLEM_WORDS.search(text))), None)
                if found:
                    message = f"an error of {offer.name}, while its description speaks of {found[0]}"
                    mend = "Declare application/problem+json, if that is sent, or correct the description."
                    yield Fault(offer.pointer, message, mend)


@warning(
    rationale="A reader of the summary asks for one format and gets another.",
    source="the document's own descriptions",
)
def description_mismatch_media_type(subject: Subject) -> Faults:
    """Operations that say they answer with a format that no response of success has."""
    for operation in subject.contract.operations:
        offers = sorted({media_types.essence(offer.name) for offer in success_offers(operation)})
        value = at(subject, operation.pointer)
        for field in ("summary", "description"):
            for found in _OUTPUT.finditer(str(value.get(field, ""))):
                named = next(name for name in _FORMATS if name.lower() == found[1].lower())
                fits = [o for o in offers if o in _ANY or any(part in o for part in _FORMATS[named])]
                if offers and not fits and not _takes(operation, named):
                    answers = " and ".join(offers)
                    message = f"the {field} speaks of {named}, but the operation answers with {answers}"
                    mend = f"Say what comes on the wire, or declare a response of {named}."
                    yield Fault(f"{operation.pointer}/{field}", message, mend)
                    break


def _takes(operation: Operation, named: str) -> bool:
    """Whether the request is of that format, which is then what is spoken of."""
    offers = operation.request_body.content if operation.request_body else ()
    return any(part in media_types.essence(offer.name) for offer in offers for part in _FORMATS[named])


@hint(
    rationale="A body without a schema can be neither checked nor generated.",
    source="OpenAPI 3.1, section 4.8.14 (Media Type Object)",
)
def missing_body_schema(subject: Subject) -> Faults:
    """JSON bodies that no schema describes."""
    for node in subject.of("media_type"):
        name = node.pointer.rpartition("/")[2].replace("~1", "/")
        if media_types.is_json(name) and not {"schema", "itemSchema"} & set(node.value):
            yield Fault(node.pointer, f"nothing describes this body of {name}", "Add a schema.")
