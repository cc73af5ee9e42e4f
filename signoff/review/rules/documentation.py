"""Missing descriptions and examples, and placeholders in their place."""

from __future__ import annotations

import re

from signoff.contract import media_types
from signoff.contract.json_value import JsonObject, as_object
from signoff.review.rules.registry import Fault, Faults, Subject, advice, hint, recommendation
from signoff.review.words import success_offers

_PLACEHOLDER = re.compile(
    r"\W*(?:todo|tbd|fixme|xxx|lorem ipsum|string|placeholder)\b\W*(?:$|:)", re.IGNORECASE
)
# What a page shows as code does not run.
_CODE = re.compile(r"^(```|~~~).*?^\1|(`+)[^`].*?\2", re.DOTALL | re.MULTILINE)
_EXECUTABLE = re.compile(
    r"<script\b|<iframe\b|<[a-z][^<>]{0,2000}\son[a-z]+\s*=|(?:\]\(|\bhref\s*=\s*[\"']?|\bsrc\s*=\s*[\"']?)\s*javascript:",
    re.IGNORECASE,
)
_SOURCE = "OpenAPI 3.1; Zalando RESTful API Guidelines, rule 101"


def _text(value: JsonObject, *fields: str) -> str:
    return "".join(str(value.get(field) or "").strip() for field in fields)


@recommendation(
    rationale="Method and path alone don't tell readers what an operation does.",
    source=_SOURCE,
)
def missing_description(subject: Subject) -> Faults:
    """Operations without a summary and a description."""
    for operation in subject.operations:
        if not _text(operation.value, "summary", "description"):
            message = "Operation has no summary or description"
            yield Fault(operation.pointer, message, "Describe what it does.")


@advice(rationale="The name alone rarely tells what a parameter does and which unit it has.", source=_SOURCE)
def missing_parameter_description(subject: Subject) -> Faults:
    """Parameters without a description, and without one in their schema."""
    for node in subject.of("parameter"):
        schema = as_object(node.value.get("schema"))
        among = subject.contract.schemas.view(schema).parts
        if not any(_text(held, "description") for held in (node.value, *among)):
            message = f"Parameter `{node.value.get('name')}` has no description"
            yield Fault(node.pointer, message, "Describe what it does.")


@hint(rationale="For most properties, the reference is the only place to look them up.", source=_SOURCE)
def missing_property_description(subject: Subject) -> Faults:
    """Properties without a description or title, also in the schema that they reference."""
    for name, held, place, _ in subject.properties():
        among = subject.contract.schemas.view(held).parts
        if not any(_text(part, "description", "title") for part in among):
            yield Fault(place, f"Property `{name}` has no description", "Describe what it means.")


@recommendation(rationale="Placeholders should not be published.", source=_SOURCE)
def placeholder_text(subject: Subject) -> Faults:
    """Descriptions and summaries that are placeholders."""
    for node in subject.nodes:
        for field in ("summary", "description"):
            text = node.value.get(field)
            if isinstance(text, str) and _PLACEHOLDER.match(text):
                message = f"{field.capitalize()} is a placeholder: {text[:40]!r}"
                yield Fault(f"{node.pointer}/{field}", message, f"Write a {field} or remove it.")


@hint(
    rationale="The description is required, and the only place to say when the response is sent.",
    source="OpenAPI 3.1, section 4.8.17 (Response Object, description)",
)
def missing_response_description(subject: Subject) -> Faults:
    """Responses with an empty description."""
    for node in subject.of("response"):
        if "description" in node.value and not _text(node.value, "description", "summary"):
            message = "Response has an empty description"
            yield Fault(f"{node.pointer}/description", message, "Describe when it is sent.")


@hint(
    rationale="Readers copy examples, and mock servers return them.",
    source="OpenAPI 3.1, section 4.8.14 (Media Type Object)",
)
def missing_example(subject: Subject) -> Faults:
    """JSON request bodies and success responses without an example, also in their schema."""
    for operation in subject.contract.operations:
        sent = operation.request_body.content if operation.request_body else ()
        bodies = [("request", o) for o in sent] + [("response", o) for o in success_offers(operation)]
        for what, offer in bodies:
            raw = offer.schema.raw if offer.schema else {}
            if media_types.is_json(offer.name) and not offer.examples and not _has_example(subject, raw):
                yield Fault(offer.pointer, f"{what.capitalize()} body has no example", "Add one.")


def _has_example(subject: Subject, schema: JsonObject) -> bool:
    among = subject.contract.schemas.view(schema).parts
    held = [as_object(inner) for part in among for inner in as_object(part.get("properties")).values()]
    inner = [part for one in held for part in subject.contract.schemas.view(one).parts]
    return any({"example", "examples", "enum", "const", "default"} & set(part) for part in [*among, *inner])


@hint(
    rationale="Users need to know where to report problems with the API.",
    source="Zalando RESTful API Guidelines, rule 218",
)
def missing_info_contact(subject: Subject) -> Faults:
    """Documents without a contact."""
    info = as_object(subject.document.get("info"))
    if info and not as_object(info.get("contact")):
        yield Fault("/info", "API has no contact", "Add `contact` to `info`.")


@advice(
    rationale="Readers first want to know what the API is for.",
    source="Zalando RESTful API Guidelines, rule 218",
)
def missing_info_description(subject: Subject) -> Faults:
    """Documents without a description of the API."""
    info = as_object(subject.document.get("info"))
    if info and not _text(info, "description", "summary"):
        yield Fault("/info", "API has no description", "Add `description` to `info`.")


@hint(rationale="Tags are the sections of the reference.", source="OpenAPI 3.1, section 4.8.22 (Tag Object)")
def missing_tag_description(subject: Subject) -> Faults:
    """Tags without a description."""
    for tag in subject.of("tag"):
        if not _text(tag.value, "description", "summary"):
            message = f"Tag {str(tag.value.get('name'))!r} has no description"
            yield Fault(tag.pointer, message, "Add one.")


@hint(
    rationale="Without a license, users don't know what they may do with the API and its document.",
    source="OpenAPI 3.1, section 4.8.2 (Info Object) and 4.8.4 (License Object)",
)
def missing_info_license(subject: Subject) -> Faults:
    """Documents without a license, or with one that has neither a URL nor an identifier."""
    info = as_object(subject.document.get("info"))
    held = as_object(info.get("license"))
    if info and not held:
        yield Fault("/info", "API has no license", "Add `license` to `info`.")
    elif held and not _text(held, "url", "identifier"):
        message = f"License {str(held.get('name'))!r} has no URL"
        yield Fault("/info/license", message, "Add `url` or, since OpenAPI 3.1, `identifier`.")


@recommendation(
    rationale="Documentation tools render descriptions as HTML: scripts in them run in the reader's browser.",
    source="CommonMark 0.31, section 6.6 (raw HTML); OWASP Top 10 2021, A03 (Injection)",
)
def unsafe_markdown(subject: Subject) -> Faults:
    """Descriptions and summaries with scripts, event handlers or `javascript:` URLs."""
    for node in subject.nodes:
        for field in ("summary", "description"):
            text = node.value.get(field)
            found = _EXECUTABLE.search(_CODE.sub("", text)) if isinstance(text, str) else None
            if found:
                message = f"{field.capitalize()} contains executable content: {found[0][:40]!r}"
                fix = "Remove it, or write it as code between backticks."
                yield Fault(f"{node.pointer}/{field}", message, fix)
