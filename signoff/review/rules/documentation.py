"""Is there a word, and an example, where a reader needs one?"""

from __future__ import annotations

import re

from signoff.contract import media_types
from signoff.contract.json_value import JsonObject, as_object
from signoff.review.rules.registry import Fault, Faults, Subject, advice, hint, recommendation
from signoff.review.words import success_offers

_PLACEHOLDER = re.compile(
    r"\W*(?:todo|tbd|fixme|xxx|lorem ipsum|string|placeholder)\b\W*(?:$|:)", re.IGNORECASE
)
_SOURCE = "OpenAPI 3.1; Zalando RESTful API Guidelines, rule 101"


def _words(value: JsonObject, *fields: str) -> str:
    return "".join(str(value.get(field) or "").strip() for field in fields)


@recommendation(
    rationale="A reader who knows the method and path alone does not know what the operation does.",
    source=_SOURCE,
)
def missing_description(subject: Subject) -> Faults:
    """Operations with neither a summary nor a description."""
    for operation in subject.operations:
        if not _words(operation.value, "summary", "description"):
            message = "the operation has neither summary nor description"
            yield Fault(operation.pointer, message, "Say what it does.")


@advice(rationale="What a parameter selects, and in which unit, its name alone seldom says.", source=_SOURCE)
def missing_parameter_description(subject: Subject) -> Faults:
    """Parameters that neither they nor their schema describe."""
    for node in subject.of("parameter"):
        schema = as_object(node.value.get("schema"))
        among = subject.contract.schemas.view(schema).parts
        if not any(_words(held, "description") for held in (node.value, *among)):
            message = f"the parameter `{node.value.get('name')}` has no description"
            yield Fault(node.pointer, message, "Say what it selects.")


@hint(rationale="A reader meets most properties in the reference alone.", source=_SOURCE)
def missing_property_description(subject: Subject) -> Faults:
    """Properties without a description of their own or of what they refer to."""
    for name, held, place, _ in subject.properties():
        among = subject.contract.schemas.view(held).parts
        if not any(_words(part, "description", "title") for part in among):
            yield Fault(place, f"the property `{name}` has no description", "Say what it means.")


@recommendation(rationale="A placeholder that is published tells readers that nobody looked.", source=_SOURCE)
def placeholder_text(subject: Subject) -> Faults:
    """Descriptions and summaries that are placeholders."""
    for node in subject.nodes:
        for field in ("summary", "description"):
            text = node.value.get(field)
            if isinstance(text, str) and _PLACEHOLDER.match(text):
                message = f"the {field} is a placeholder: {text[:40]!r}"
                yield Fault(f"{node.pointer}/{field}", message, "Write it.")


@hint(
    rationale="The description of a response is required, and the one place to say when it comes.",
    source="OpenAPI 3.1, section 4.8.17 (Response Object, description)",
)
def missing_response_description(subject: Subject) -> Faults:
    """Responses whose description is empty."""
    for node in subject.of("response"):
        if "description" in node.value and not _words(node.value, "description", "summary"):
            message = "the description of the response is empty"
            yield Fault(f"{node.pointer}/description", message, "Say when it comes.")


@hint(
    rationale="Readers copy examples, and mocks answer with them.",
    source="OpenAPI 3.1, section 4.8.14 (Media Type Object)",
)
def missing_example(subject: Subject) -> Faults:
    """JSON bodies of requests and of responses of success without an example anywhere in their schema."""
    for operation in subject.contract.operations:
        sent = operation.request_body.content if operation.request_body else ()
        bodies = [("request", o) for o in sent] + [("response", o) for o in success_offers(operation)]
        for what, offer in bodies:
            raw = offer.schema.raw if offer.schema else {}
            if media_types.is_json(offer.name) and not offer.examples and not _exemplified(subject, raw):
                yield Fault(offer.pointer, f"the body of the {what} has no example", "Add one.")


def _exemplified(subject: Subject, schema: JsonObject) -> bool:
    among = subject.contract.schemas.view(schema).parts
    held = [as_object(inner) for part in among for inner in as_object(part.get("properties")).values()]
    inner = [part for one in held for part in subject.contract.schemas.view(one).parts]
    return any({"example", "examples", "enum", "const", "default"} & set(part) for part in [*among, *inner])


@hint(
    rationale="Who meets a fault in the API must know whom to tell.",
    source="Zalando RESTful API Guidelines, rule 218",
)
def missing_info_contact(subject: Subject) -> Faults:
    """Documents that name nobody to turn to."""
    info = as_object(subject.document.get("info"))
    if info and not as_object(info.get("contact")):
        yield Fault("/info", "the document names no contact", "Add `contact`.")


@advice(
    rationale="The first thing that a reader asks is what the API is for.",
    source="Zalando RESTful API Guidelines, rule 218",
)
def missing_info_description(subject: Subject) -> Faults:
    """Documents that do not say what they describe."""
    info = as_object(subject.document.get("info"))
    if info and not _words(info, "description", "summary"):
        yield Fault("/info", "the document does not say what the API is for", "Add a `description`.")


@hint(rationale="Tags are the chapters of the reference.", source="OpenAPI 3.1, section 4.8.22 (Tag Object)")
def missing_tag_description(subject: Subject) -> Faults:
    """Tags of the list without a description."""
    for tag in subject.of("tag"):
        if not _words(tag.value, "description", "summary"):
            message = f"the tag {str(tag.value.get('name'))!r} has no description"
            yield Fault(tag.pointer, message, "Add one.")
