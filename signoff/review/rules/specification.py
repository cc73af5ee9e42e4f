"""Documents that do not match the JSON Schema of their OpenAPI version, and invalid schemas in them."""

from __future__ import annotations

from functools import lru_cache

import jsonschema_rs

from signoff.contract.pointer import escape, join
from signoff.contract.structure import root_schemas
from signoff.contract.validity import most_specific, structural_errors
from signoff.review.known_fields import known
from signoff.review.rules.registry import Fault, Faults, Subject, rule

_FIX = "See the OpenAPI specification for this object."


@rule(
    rationale="Tools reject documents that violate the specification, or interpret them differently.",
    source="the schema of the document's OpenAPI version; JSON Schema 2020-12",
)
def invalid_spec(subject: Subject) -> Faults:
    """Violations of the published schemas."""
    kinds = {node.pointer: node.kind for node in subject.nodes}
    for error in structural_errors(subject.document, subject.version):
        if str(error.kind.name) == "format":
            continue
        pointer = join(error.instance_path)
        if (unknown := getattr(error.kind, "unexpected", None)) is not None:
            # if a value inside is invalid, every field of the object counts as unexpected
            fields = known(kinds.get(pointer, ""), subject.version)
            yield from (_unknown(pointer, name, subject.version) for name in unknown if name not in fields)
        else:
            yield Fault(pointer, _sentence(error), _FIX)
    if subject.has_json_schema:
        yield from _schema_faults(subject)
    found = subject.values.compile_error
    if found and found.location:
        yield Fault(found.location.pointer, found.message, "Fix it: examples can't be checked until then.")


def _unknown(pointer: str, name: str, version: str) -> Fault:
    message = f"Unknown field `{name}` in OpenAPI {version[:3]}"
    return Fault(f"{pointer}/{escape(name)}", message, f"Remove it or rename it to `x-{name}`.")


def _sentence(error: jsonschema_rs.ValidationError) -> str:
    """The validator's message, without the full value that it quotes."""
    kind, message = error.kind, str(error.message).splitlines()[0]
    if kind.name == "required":
        return f"Required field `{getattr(kind, 'property', '?')}` is missing"
    if kind.name == "enum":
        options = ", ".join(str(option) for option in getattr(kind, "options", ()))
        return f"{str(error.instance)[:60]!r} is not one of {options}"
    if kind.name == "type" and len(message) > 120:
        return f"Value must have type {' or '.join(getattr(kind, 'types', ()))}"
    return message if len(message) <= 200 else f"{message[:90]} … {message[-90:]}"


@lru_cache(maxsize=1)
def _metaschema() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator({"$ref": "https://json-schema.org/draft/2020-12/schema"})


def _schema_faults(subject: Subject) -> Faults:
    """Since 3.1, the schema of the specification does not cover schemas; JSON Schema does."""
    seen = set()
    for pointer, schema in root_schemas(subject.of("schema")):
        for outer in _metaschema().iter_errors(schema):
            error = most_specific(outer)
            place = pointer + join(error.instance_path)
            if place not in seen and error.kind.name != "format":
                seen.add(place)
                yield Fault(place, _sentence(error), "See JSON Schema for this keyword.")
