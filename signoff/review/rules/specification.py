"""Does the document keep the schema of its own specification, and its schemas that of JSON Schema?"""

from __future__ import annotations

from functools import lru_cache

import jsonschema_rs

from signoff.contract.pointer import escape, join
from signoff.contract.structure import root_schemas
from signoff.contract.validity import structural_errors, telling
from signoff.review.known_fields import known
from signoff.review.rules.registry import Fault, Faults, Subject, rule

_MEND = "Compare it with what the specification says about this object."


@rule(
    rationale="Tools refuse, or read differently, what breaks the specification that they were written for.",
    source="the schema of the document's OpenAPI version; JSON Schema 2020-12",
)
def invalid_spec(subject: Subject) -> Faults:
    """What the published schemas find, one fault for each field that they do not know."""
    kinds = {node.pointer: node.kind for node in subject.nodes}
    for error in structural_errors(subject.document, subject.version):
        if str(error.kind.name) == "format":
            continue
        pointer = join(error.instance_path)
        if (unknown := getattr(error.kind, "unexpected", None)) is not None:
            # where something inside is wrong, every field of the object counts as unexpected
            fields = known(kinds.get(pointer, ""), subject.version)
            yield from (_unknown(pointer, name, subject.version) for name in unknown if name not in fields)
        else:
            yield Fault(pointer, _sentence(error), _MEND)
    if subject.has_json_schema:
        yield from _schema_faults(subject)
    refused = subject.values.compile_error
    if refused and refused.location:
        yield Fault(refused.location.pointer, refused.message, "Mend it: until then no example is judged.")


def _unknown(pointer: str, name: str, version: str) -> Fault:
    message = f"there is no field `{name}` in this object of OpenAPI {version[:3]}"
    return Fault(f"{pointer}/{escape(name)}", message, f"Remove it, or call it `x-{name}`.")


def _sentence(error: jsonschema_rs.ValidationError) -> str:
    """The validator's sentence in short: it quotes the whole of what it judges."""
    kind, message = error.kind, str(error.message).splitlines()[0]
    if kind.name == "required":
        return f"the field `{getattr(kind, 'property', '?')}` is missing"
    if kind.name == "enum":
        options = ", ".join(str(option) for option in getattr(kind, "options", ()))
        return f"{str(error.instance)[:60]!r} is not one of {options}"
    if kind.name == "type" and len(message) > 120:
        return f"this must be of type {' or '.join(getattr(kind, 'types', ()))}"
    return message if len(message) <= 200 else f"{message[:90]} … {message[-90:]}"


@lru_cache(maxsize=1)
def _metaschema() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator({"$ref": "https://json-schema.org/draft/2020-12/schema"})


def _schema_faults(subject: Subject) -> Faults:
    """Since 3.1 the specification's schema leaves schemas to JSON Schema."""
    seen = set()
    for pointer, schema in root_schemas(subject.of("schema")):
        for outer in _metaschema().iter_errors(schema):
            error = telling(outer)
            place = pointer + join(error.instance_path)
            if place not in seen and error.kind.name != "format":
                seen.add(place)
                yield Fault(place, _sentence(error), "See what JSON Schema says of this keyword.")
