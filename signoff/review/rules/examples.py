"""Are the examples and defaults what their schemas say?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from signoff.contract.json_value import JsonObject, JsonValue, as_object
from signoff.contract.media_types import is_json
from signoff.contract.pointer import escape
from signoff.contract.schemas import Direction
from signoff.reporting.findings import Severity
from signoff.review.composition import is_open
from signoff.review.literal_values import Breach, LiteralValue, is_serialised
from signoff.review.rules.registry import Fault, Faults, Subject, advice, recommendation, rule, warning
from signoff.review.words import nearest, suggestion, words

if TYPE_CHECKING:
    from collections.abc import Iterator


_STRICT_FORMATS = ("date", "date-time", "uuid", "ipv4", "ipv6")
_MEND = "Correct the example, or the schema where the example is right."
_SOURCE = "OpenAPI 3.1, section 4.8.14.3: examples should be valid against the schema"
_DEPTH = 24
_KEYWORDS = ("readOnly", "writeOnly")


@rule(
    rationale="An example is what readers copy and mocks answer: one that breaks its schema misleads both.",
    source=_SOURCE,
)
def invalid_example(subject: Subject) -> Faults:
    """Examples of bodies, parameters, headers and schemas that their schema refuses."""
    for stated, breach in _breaches(subject, "example"):
        if not _is_loose(breach):
            severity = Severity.WARNING if stated.value is None else None
            yield _fault(stated, breach, _MEND, severity)


@warning(
    rationale="An example in another format than the schema names teaches its readers the wrong one.",
    source=_SOURCE,
)
def invalid_example_format(subject: Subject) -> Faults:
    """Examples that are no URI, e-mail address or the like, where tools differ in how strictly they read."""
    for stated, breach in _breaches(subject, "example"):
        if _is_loose(breach):
            yield _fault(stated, breach, _MEND)


@rule(
    rationale="A default that its own schema refuses can be neither sent nor assumed.",
    source="OpenAPI 3.0.4, section 4.7.24.2 (default); JSON Schema Validation 2020-12, section 9.2",
)
def invalid_default(subject: Subject) -> Faults:
    """Defaults that their schema refuses."""
    for stated, breach in _breaches(subject, "default"):
        severity = Severity.WARNING if stated.value is None or _is_loose(breach) else None
        mend = "Correct the default, or the schema."
        yield _fault(stated, breach, mend, severity)


@rule(
    rationale="A member that the schema's other keywords exclude can never be sent.",
    source="JSON Schema Validation 2020-12, section 6.1.2",
)
def invalid_enum_value(subject: Subject) -> Faults:
    """Members of enums, and constants, that a pattern or bound beside them excludes."""
    for stated, breach in _breaches(subject, "enum"):
        if breach.keyword not in ("type", "enum", "const") and not _is_loose(breach):
            what = "a member of the enum breaks the schema that it stands in"
            yield _fault(stated, breach, "Remove it, or widen the schema.", what=what)


def _breaches(subject: Subject, kind: str) -> Iterator[tuple[LiteralValue, Breach]]:
    schemas = subject.contract.schemas
    for stated in subject.values.all:
        is_skipped = stated.kind != kind or is_serialised(stated, schemas.view(stated.schema).kinds)
        if is_skipped or _is_json_as_text(stated, subject):
            continue
        for breach in subject.values.breaches(stated):
            yield stated, breach


def _is_loose(breach: Breach) -> bool:
    return breach.keyword == "format" and breach.format not in _STRICT_FORMATS


def _fault(
    stated: LiteralValue, breach: Breach, mend: str, severity: Severity | None = None, what: str = ""
) -> Fault:
    place = f" at {breach.pointer}" if breach.pointer else ""
    message = f"{what or f'the {stated.kind} breaks its schema{place}'}: {breach.message}"
    return Fault(f"{stated.pointer}{breach.pointer}", message, mend, severity, breach.schema_pointer)


@warning(
    rationale="JSON written as one string is a string: mocks send it with quotes, and readers see escapes.",
    source="OpenAPI 3.1, section 4.8.19 (Example Object, value)",
)
def json_example_as_string(subject: Subject) -> Faults:
    """Examples of JSON bodies that hold the JSON as text."""
    for stated in _examples(subject):
        if _is_json_as_text(stated, subject):
            message = "the example of a JSON body is a text that holds JSON"
            yield Fault(stated.pointer, message, "Write the value itself, without quotes around it.")


def _is_json_as_text(stated: LiteralValue, subject: Subject) -> bool:
    value = stated.value
    if not isinstance(value, str) or value.strip()[:1] not in ("{", "[") or not is_json(stated.media_type):
        return False
    if "string" in subject.contract.schemas.view(stated.schema).kinds:
        return False
    try:
        json.loads(value)
    except ValueError:
        return False
    return True


@warning(
    source="the document's own declarations",
    rationale="A member one slip away from a declared property is mostly that property.",
)
def misspelled_example_property(subject: Subject) -> Faults:
    """Members of examples that are undeclared, near one that is, in place of it."""
    for stated in _examples(subject):
        for place, name, meant in _undeclared(subject, stated):
            if meant:
                message = f"the example has `{name}`, which the schema does not declare; `{meant}` it does"
                yield Fault(f"{stated.pointer}{place}", message, f"Write `{meant}`, or declare `{name}`.")


@warning(
    source="the document's own declarations",
    rationale="A member that only the example knows is one that no client can rely on.",
)
def undefined_example_property(subject: Subject) -> Faults:
    """Members of examples that the schema does not declare."""
    for stated in _examples(subject):
        for place, name, meant in _undeclared(subject, stated):
            if not meant:
                message = f"the example has `{name}`, which the schema does not declare"
                yield Fault(f"{stated.pointer}{place}", message, "Declare it, or take it out.")


def _examples(subject: Subject) -> list[LiteralValue]:
    return [stated for stated in subject.values.all if stated.kind == "example"]


def _undeclared(subject: Subject, stated: LiteralValue) -> Iterator[tuple[str, str, str | None]]:
    """The place and name of each undeclared member, and the declared one that it is a slip of."""
    for place, members, schema in _objects(subject, stated.value, stated.schema, "", _DEPTH):
        known = subject.contract.schemas.view(schema).properties
        if not known or is_open(schema, subject.contract.schemas):
            continue
        for name in members:
            if name not in known:
                meant = nearest(name, [other for other in known if other not in members])
                yield f"{place}/{escape(name)}", name, meant


def _objects(
    subject: Subject, value: JsonValue, schema: JsonObject, place: str, depth: int
) -> Iterator[tuple[str, JsonObject, JsonObject]]:
    """Each object in a value with its place and the schema that judges it."""
    if depth == 0:
        return
    if isinstance(value, list):
        inner = _items(subject, schema)
        for index, item in enumerate(value):
            yield from _objects(subject, item, inner, f"{place}/{index}", depth - 1)
    elif isinstance(value, dict):
        yield place, value, schema
        known = subject.contract.schemas.view(schema).properties
        for name, member in value.items():
            if isinstance(member, dict | list) and name in known:
                found = known[name]
                inner = found[0] if len(found) == 1 else {"anyOf": list(found)}
                yield from _objects(subject, member, inner, f"{place}/{escape(name)}", depth - 1)


def _items(subject: Subject, schema: JsonObject) -> JsonObject:
    """The schema of the items of an array, whichever branch it is described in."""
    every = subject.contract.schemas.view(schema).every
    held = [as_object(part["items"]) for part in every if "items" in part]
    return held[0] if len(held) == 1 else {"anyOf": list(held)}


@warning(
    rationale="What is `readOnly` is never sent, and what is `writeOnly` never comes back.",
    source="OpenAPI 3.0.4, section 4.7.24.2; JSON Schema Validation 2020-12, section 9.4",
)
def example_direction_mismatch(subject: Subject) -> Faults:
    """Members of request examples that are `readOnly`, of response examples that are `writeOnly`."""
    keywords = {Direction.REQUEST: ("readOnly", "request"), Direction.RESPONSE: ("writeOnly", "response")}
    schemas = subject.contract.schemas
    for stated in _examples(subject):
        if len(stated.directions) > 1 or not stated.media_type:
            continue
        keyword, words = keywords[next(iter(stated.directions))]
        for place, members, schema in _objects(subject, stated.value, stated.schema, "", _DEPTH):
            known = schemas.view(schema).properties
            for name in members:
                said = {
                    word for held in known.get(name, ()) for word in _KEYWORDS if schemas.says(held, word)
                }
                if said == {keyword}:
                    message = f"the example of a {words} has `{name}`, which is `{keyword}`"
                    yield Fault(f"{stated.pointer}{place}/{escape(name)}", message, "Take it out.")


@advice(
    rationale="Two examples of one name that differ leave their readers to guess which one is true.",
    source="the document's own examples",
)
def conflicting_examples(subject: Subject) -> Faults:
    """Inline examples that have the name of a component, but another value."""
    components = as_object(as_object(subject.document.get("components")).get("examples"))
    for node in subject.of("media_type", "parameter", "header"):
        for name, held in as_object(node.value.get("examples")).items():
            shared = as_object(components.get(name))
            example = as_object(held)
            if "value" in example and "value" in shared and example["value"] != shared["value"]:
                message = f"this example differs from the component example `{name}`"
                mend = "Refer to the component, or give it another name."
                yield Fault(f"{node.pointer}/examples/{escape(name)}", message, mend)


@warning(
    rationale="`example` and `examples` exclude each other; tools show either.",
    source="OpenAPI 3.1, sections 4.8.12 and 4.8.14",
)
def example_and_examples(subject: Subject) -> Faults:
    """Media types, parameters and headers that have both."""
    if subject.version.startswith("2."):
        return
    for node in subject.of("media_type", "parameter", "header"):
        if "example" in node.value and as_object(node.value.get("examples")):
            message = "`example` and `examples` stand side by side"
            yield Fault(f"{node.pointer}/example", message, "Move it into `examples`.")


@recommendation(
    rationale="A client that follows an example to an operation must find it in the document.",
    source="the document's own operationIds; RFC 8288, section 2 (links name what exists)",
)
def undefined_operation_in_example(subject: Subject) -> Faults:
    """Members of examples called operation_id or operationId that name no operation of the document."""
    ids = {str(op.value["operationId"]) for op in subject.operations if "operationId" in op.value}
    for stated in _examples(subject) if ids else ():
        for place, name in _named(stated.value, "", _DEPTH):
            if name not in ids:
                mend = suggestion(name, ids, "Name an operation of this document.")
                message = f"the example names the operation {name!r}, which the document does not have"
                yield Fault(f"{stated.pointer}{place}", message, mend)


def _named(value: JsonValue, place: str, depth: int) -> Iterator[tuple[str, str]]:
    """The operations that a value names, each with its place in the value."""
    if isinstance(value, list) and depth:
        for index, item in enumerate(value):
            yield from _named(item, f"{place}/{index}", depth - 1)
    elif isinstance(value, dict) and depth:
        for name, member in value.items():
            inner = f"{place}/{escape(name)}"
            if words(name) == ["operation", "id"] and isinstance(member, str):
                yield inner, member
            yield from _named(member, inner, depth - 1)
