"""Examples, defaults and enum values that do not match their schemas."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from signoff.contract.json_value import JsonObject, JsonValue, as_object
from signoff.contract.media_types import is_json
from signoff.contract.pointer import escape
from signoff.contract.schemas import Direction
from signoff.reporting.model import Severity
from signoff.review.composition import is_open
from signoff.review.literal_values import Breach, LiteralValue, is_serialised
from signoff.review.rules.registry import Fault, Faults, Subject, advice, recommendation, rule, warning
from signoff.review.words import nearest, suggestion, words

if TYPE_CHECKING:
    from collections.abc import Iterator


_STRICT_FORMATS = ("date", "date-time", "uuid", "ipv4", "ipv6")
_FIX = "Correct the example or the schema."
_SOURCE = "OpenAPI 3.1, section 4.8.14.3: examples should be valid against the schema"
_DEPTH = 24
_EXCLUSIVE = (
    ("dataValue", "value"),
    ("serializedValue", "value"),
    ("serializedValue", "externalValue"),
)
_KEYWORDS = ("readOnly", "writeOnly")


@rule(
    rationale="Readers copy examples and mock servers return them: an invalid one misleads both.",
    source=_SOURCE,
)
def invalid_example(subject: Subject) -> Faults:
    """Examples of bodies, parameters, headers and schemas that do not match their schema."""
    for stated, breach in _breaches(subject, "example"):
        if not _is_lenient(breach):
            severity = Severity.WARNING if stated.value is None else None
            yield _fault(stated, breach, _FIX, severity)


@warning(
    rationale="Readers copy the format of an example rather than look up the schema.",
    source=_SOURCE,
)
def invalid_example_format(subject: Subject) -> Faults:
    """Examples that are not a URI, an email address or the like: formats that tools check differently."""
    for stated, breach in _breaches(subject, "example"):
        if _is_lenient(breach):
            yield _fault(stated, breach, _FIX)


@rule(
    rationale="A default that is not valid can't be sent, and servers can't apply it.",
    source="OpenAPI 3.0.4, section 4.7.24.2 (default); JSON Schema Validation 2020-12, section 9.2",
)
def invalid_default(subject: Subject) -> Faults:
    """Defaults that do not match their schema."""
    for stated, breach in _breaches(subject, "default"):
        severity = Severity.WARNING if stated.value is None or _is_lenient(breach) else None
        fix = "Correct the default or the schema."
        yield _fault(stated, breach, fix, severity)


@rule(
    rationale="An enum value that another keyword excludes can never be used.",
    source="JSON Schema Validation 2020-12, section 6.1.2",
)
def invalid_enum_value(subject: Subject) -> Faults:
    """Enum values and constants that another keyword of the schema excludes."""
    for stated, breach in _breaches(subject, "enum"):
        if breach.keyword not in ("type", "enum", "const") and not _is_lenient(breach):
            what = "Enum value does not match its own schema"
            yield _fault(stated, breach, "Remove it or loosen the schema.", what=what)


def _breaches(subject: Subject, kind: str) -> Iterator[tuple[LiteralValue, Breach]]:
    schemas = subject.contract.schemas
    for stated in subject.values.all:
        is_skipped = stated.kind != kind or is_serialised(stated, schemas.view(stated.schema).kinds)
        if is_skipped or _is_json_as_text(stated, subject):
            continue
        for breach in subject.values.breaches(stated):
            yield stated, breach


def _is_lenient(breach: Breach) -> bool:
    return breach.keyword == "format" and breach.format not in _STRICT_FORMATS


def _fault(
    stated: LiteralValue, breach: Breach, fix: str, severity: Severity | None = None, what: str = ""
) -> Fault:
    place = f" at {breach.pointer}" if breach.pointer else ""
    message = f"{what or f'{stated.kind.capitalize()} does not match its schema{place}'}: {breach.message}"
    return Fault(f"{stated.pointer}{breach.pointer}", message, fix, severity, breach.schema_pointer)


@warning(
    rationale="JSON in quotes is a string: mock servers return it quoted, and readers see escapes.",
    source="OpenAPI 3.1, section 4.8.19 (Example Object, value)",
)
def json_example_as_string(subject: Subject) -> Faults:
    """Examples of JSON bodies that contain the JSON as a string."""
    for stated in _examples(subject):
        if _is_json_as_text(stated, subject):
            message = "Example of a JSON body is a string that contains JSON"
            yield Fault(stated.pointer, message, "Write the JSON value itself, without the quotes.")


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
    source="the API's own schemas",
    rationale="A name that differs from a defined property by a letter is usually a typo.",
)
def misspelled_example_property(subject: Subject) -> Faults:
    """Properties of examples that the schema does not define, but with a similar name."""
    for stated in _examples(subject):
        for place, name, meant in _undefined(subject, stated):
            if meant:
                message = f"Example has `{name}`, which the schema does not define"
                yield Fault(f"{stated.pointer}{place}", message, f"Did you mean `{meant}`?")


@warning(
    source="the API's own schemas",
    rationale="Clients can't rely on a property that only appears in an example.",
)
def undefined_example_property(subject: Subject) -> Faults:
    """Properties of examples that the schema does not define."""
    for stated in _examples(subject):
        for place, name, meant in _undefined(subject, stated):
            if not meant:
                message = f"Example has `{name}`, which the schema does not define"
                yield Fault(f"{stated.pointer}{place}", message, "Add it to the schema or remove it.")


def _examples(subject: Subject) -> list[LiteralValue]:
    return [stated for stated in subject.values.all if stated.kind == "example"]


def _undefined(subject: Subject, stated: LiteralValue) -> Iterator[tuple[str, str, str | None]]:
    """The place and name of each undefined property, and the defined one that is probably meant."""
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
    """Each object in a value, with its place and its schema."""
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
    """The schema of an array's items, from whichever branch defines it."""
    every = subject.contract.schemas.view(schema).every
    held = [as_object(part["items"]) for part in every if "items" in part]
    return held[0] if len(held) == 1 else {"anyOf": list(held)}


@warning(
    rationale="`readOnly` properties are never sent, and `writeOnly` properties are never returned.",
    source="OpenAPI 3.0.4, section 4.7.24.2; JSON Schema Validation 2020-12, section 9.4",
)
def example_direction_mismatch(subject: Subject) -> Faults:
    """Request examples with `readOnly` properties, response examples with `writeOnly` ones."""
    keywords = {Direction.REQUEST: ("readOnly", "request"), Direction.RESPONSE: ("writeOnly", "response")}
    schemas = subject.contract.schemas
    for stated in _examples(subject):
        if len(stated.directions) > 1 or not stated.media_type:
            continue
        keyword, direction = keywords[next(iter(stated.directions))]
        for place, members, schema in _objects(subject, stated.value, stated.schema, "", _DEPTH):
            known = schemas.view(schema).properties
            for name in members:
                found = {
                    word for held in known.get(name, ()) for word in _KEYWORDS if schemas.says(held, word)
                }
                if found == {keyword}:
                    message = f"{direction.capitalize()} example has `{name}`, which is `{keyword}`"
                    yield Fault(f"{stated.pointer}{place}/{escape(name)}", message, "Remove it.")


@advice(
    rationale="If two examples with the same name differ, readers can't know which one is right.",
    source="the API's own examples",
)
def conflicting_examples(subject: Subject) -> Faults:
    """Inline examples with the name of a component, but another value."""
    components = as_object(as_object(subject.document.get("components")).get("examples"))
    for node in subject.of("media_type", "parameter", "header"):
        for name, held in as_object(node.value.get("examples")).items():
            shared = as_object(components.get(name))
            example = as_object(held)
            if "value" in example and "value" in shared and example["value"] != shared["value"]:
                message = f"Example differs from the component example `{name}`"
                fix = "Reference the component or rename this example."
                yield Fault(f"{node.pointer}/examples/{escape(name)}", message, fix)


@warning(
    rationale="`example` and `examples` are mutually exclusive; tools show one or the other.",
    source="OpenAPI 3.1, sections 4.8.12 and 4.8.14",
)
def example_and_examples(subject: Subject) -> Faults:
    """Media types, parameters and headers that have both."""
    if subject.version.startswith("2."):
        return
    for node in subject.of("media_type", "parameter", "header"):
        if "example" in node.value and as_object(node.value.get("examples")):
            message = "`example` and `examples` are both set"
            yield Fault(f"{node.pointer}/example", message, "Move `example` into `examples`.")


@recommendation(
    rationale="Clients that follow an operation id from an example must find the operation.",
    source="the API's own operationIds; RFC 8288, section 2",
)
def undefined_operation_in_example(subject: Subject) -> Faults:
    """`operation_id` and `operationId` in examples that name an operation which does not exist."""
    ids = {str(op.value["operationId"]) for op in subject.operations if "operationId" in op.value}
    for stated in _examples(subject) if ids else ():
        for place, name in _named(stated.value, "", _DEPTH):
            if name not in ids:
                fix = suggestion(name, ids, "Use the operationId of an existing operation.")
                message = f"Example names operation {name!r}, which does not exist"
                yield Fault(f"{stated.pointer}{place}", message, fix)


def _named(value: JsonValue, place: str, depth: int) -> Iterator[tuple[str, str]]:
    """The operation ids in a value, each with its place."""
    if isinstance(value, list) and depth:
        for index, item in enumerate(value):
            yield from _named(item, f"{place}/{index}", depth - 1)
    elif isinstance(value, dict) and depth:
        for name, member in value.items():
            inner = f"{place}/{escape(name)}"
            if words(name) == ["operation", "id"] and isinstance(member, str):
                yield inner, member
            yield from _named(member, inner, depth - 1)


@rule(
    rationale="Tools use one of the values, and readers can't know which.",
    source="OpenAPI 3.2, section 4.19 (Example Object): these fields are mutually exclusive",
)
def conflicting_example_values(subject: Subject) -> Faults:
    """Examples of OpenAPI 3.2 with two values of which only one may be set."""
    for node in subject.of("example") if subject.version.startswith("3.2") else ():
        for one, other in _EXCLUSIVE:
            if one in node.value and other in node.value:
                message = f"`{one}` and `{other}` are both set"
                yield Fault(f"{node.pointer}/{other}", message, "Remove one of them.")
