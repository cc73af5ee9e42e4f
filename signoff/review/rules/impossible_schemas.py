"""Can anything satisfy the schemas, and each part of them?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from signoff.contract.json_value import as_list, as_object
from signoff.contract.pointer import from_ref
from signoff.reporting.findings import Severity
from signoff.review.composition import crossing, declared, is_of, kinds, parts
from signoff.review.edit_distance import suggestion
from signoff.review.rules.registry import Fault, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.review.subject import Subject

_NEVER = "Nothing can satisfy it: change one of the two."
_JSON_SCHEMA = "JSON Schema Validation 2020-12, section 6"


@rule(
    "bounds-cross",
    rationale="Between bounds that cross there is nothing: every value is refused.",
    source=_JSON_SCHEMA,
)
def bounds_cross(subject: Subject) -> Iterator[Fault]:
    """Bounds of one schema with nothing between them."""
    for pointer, schema in subject.schemas.items():
        words = crossing([schema], kinds(schema))
        if words:
            yield Fault(_bound_place(pointer, schema, words), words, _NEVER)
    for node in subject.of("parameter") + subject.of("header"):
        if "schema" not in node.value and (words := crossing([node.value], kinds(node.value))):
            yield Fault(_bound_place(node.pointer, node.value, words), words, _NEVER)


def _bound_place(pointer: str, schema: JsonObject, words: str) -> str:
    named = [name for name in words.split("`")[1::2] if name in schema]
    return f"{pointer}/{named[0]}" if named else pointer


@rule(
    "enum-outside-type",
    rationale="A member that the schema's own type excludes can never be sent.",
    source=f"{_JSON_SCHEMA}.1.2",
)
def enum_outside_type(subject: Subject) -> Iterator[Fault]:
    """Members of `enum`, and `const`, of another type than the schema's."""
    for node in subject.of("schema", "parameter", "header"):
        if node.ref is not None or "type" not in node.value:
            continue
        admitted = kinds(node.value)
        if node.value.get("nullable") is True or node.value.get("x-nullable") is True:
            admitted |= {"null"}
        members = as_list(node.value.get("enum"))
        misfits = [index for index, value in enumerate(members) if not is_of(value, admitted)]
        if misfits:
            values = [members[index] for index in misfits]
            yield _misfit(f"{node.pointer}/enum/{misfits[0]}", "enum", values, node.value)
        if "const" in node.value and not is_of(node.value["const"], admitted):
            yield _misfit(f"{node.pointer}/const", "const", [node.value["const"]], node.value)


def _misfit(place: str, keyword: str, values: list[JsonValue], schema: JsonObject) -> Fault:
    kind = " or ".join(str(name) for name in as_list(schema["type"]) or [schema["type"]])
    shown = ", ".join(_json(value) for value in values[:4]) + (", …" if len(values) > 4 else "")
    message = f"{shown} in `{keyword}` {'are' if len(values) > 1 else 'is'} not of the type {kind}"
    is_bare = kind == "string" and None not in values
    return Fault(
        place, message, "Put it in quotes." if is_bare else f"Write it as {kind}, or change the type."
    )


def _json(value: JsonValue) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:57]}…"


@rule(
    "enum-empty",
    rationale="An enum without members admits nothing.",
    source=f"{_JSON_SCHEMA}.1.2",
)
def enum_empty(subject: Subject) -> Iterator[Fault]:
    """Enums without members."""
    for node in subject.of("schema", "parameter", "header"):
        if node.value.get("enum") == []:
            yield Fault(f"{node.pointer}/enum", "this enum admits nothing", "List its members.")


@rule(
    "enum-repeats",
    severity=Severity.WARNING,
    rationale="A member that stands twice is a slip: often the second was to be another.",
    source=f"{_JSON_SCHEMA}.1.2",
)
def enum_repeats(subject: Subject) -> Iterator[Fault]:
    """Equal members of one enum."""
    for node in subject.of("schema", "parameter", "header"):
        members = as_list(node.value.get("enum"))
        seen: set[str] = set()
        for index, value in enumerate(members):
            key = json.dumps(value, sort_keys=True, default=str)
            if key in seen:
                message = f"{_json(value)} stands twice in the enum"
                yield Fault(f"{node.pointer}/enum/{index}", message, "Keep one of them.")
            seen.add(key)


@rule(
    "required-impossible",
    rationale="An object can never satisfy a schema that requires a property which it forbids.",
    source="JSON Schema 2020-12, sections 10.3.2 and 6.5.3 of Validation",
)
def required_impossible(subject: Subject) -> Iterator[Fault]:
    """Required properties that `additionalProperties: false`, or a `false` schema, excludes."""
    schemas = subject.contract.schemas
    for pointer, schema in subject.schemas.items():
        required = [name for name in as_list(schema.get("required")) if isinstance(name, str)]
        among = parts(schema, schemas) if required else []
        for name in required:
            if any(_forbids(part, name) for part in among):
                index = as_list(schema["required"]).index(name)
                message = f"`{name}` is required, but the schema admits no such property"
                mend = suggestion(
                    name, declared(schema, schemas).properties, "Declare it, or do not require it."
                )
                yield Fault(f"{pointer}/required/{index}", message, mend)


def _forbids(part: JsonObject, name: str) -> bool:
    properties = as_object(part.get("properties"))
    if name in properties:
        return properties[name] is False or properties[name] == {"not": {}}
    return part.get("additionalProperties") is False and "patternProperties" not in part


@rule(
    "required-undeclared",
    severity=Severity.WARNING,
    rationale="A required property that is described nowhere is mostly a misspelt one.",
    source="common practice; the document's own declarations",
)
def required_undeclared(subject: Subject) -> Iterator[Fault]:
    """Required properties that neither the schema, nor what it is composed of or a part of, declares."""
    schemas = subject.contract.schemas
    composers = _composers(subject)
    for pointer, schema in subject.schemas.items():
        required = [name for name in as_list(schema.get("required")) if isinstance(name, str)]
        if not required or _is_branch(pointer):
            continue
        around = [declared(held, schemas) for held in (schema, *composers.get(pointer, ()))]
        known = {name for held in around for name in held.properties}
        is_sealed = any(_forbids(part, "\0") for part in parts(schema, schemas))
        if is_sealed or not around[0].properties or any(held.is_open for held in around):
            continue
        for name in required:
            if name not in known:
                index = as_list(schema["required"]).index(name)
                mend = suggestion(name, known, "Declare it under `properties`.")
                yield Fault(
                    f"{pointer}/required/{index}", f"`{name}` is required, but declared nowhere", mend
                )


def _is_branch(pointer: str) -> bool:
    """Whether the schema is a part of another, whose properties it may speak of."""
    tokens = pointer.split("/")
    return tokens[-1] in ("if", "then", "else", "not", "contains") or any(
        token in ("allOf", "anyOf", "oneOf", "dependentSchemas", "if", "then", "else", "not")
        for token in tokens[-2:]
    )


def _composers(subject: Subject) -> dict[str, list[JsonObject]]:
    """By the pointer of a schema, those that are composed of it."""
    found: dict[str, list[JsonObject]] = {}
    for pointer, schema in subject.schemas.items():
        if "$ref" in schema and _is_branch(pointer):
            holder = pointer.rpartition("/")[0].rpartition("/")[0]
            found.setdefault(from_ref(str(schema["$ref"])), []).append(subject.schemas.get(holder, {}))
    return found


@rule(
    "one-of-overlaps",
    severity=Severity.WARNING,
    rationale="A value that two branches of `oneOf` admit is refused by both together.",
    source="JSON Schema 2020-12, section 10.2.1.3",
)
def one_of_overlaps(subject: Subject) -> Iterator[Fault]:
    """Branches of `oneOf` that are equal, or an integer beside a number."""
    for pointer, schema in subject.schemas.items():
        seen: dict[str, int] = {}
        bare = set()
        for index, branch in enumerate(as_list(schema.get("oneOf"))):
            key = json.dumps(_without_words(branch), sort_keys=True, default=str)
            place = f"{pointer}/oneOf/{index}"
            if key in seen:
                message = "this branch of `oneOf` equals another: no value satisfies exactly one of them"
                yield Fault(place, message, "Remove it, or write `anyOf`.")
            seen[key] = index
            if isinstance(branch, dict) and set(branch) <= {"type", "title", "description", "format"}:
                bare.add(str(branch.get("type")))
        if {"integer", "number"} <= bare:
            message = "every integer is a number as well, so that this `oneOf` refuses integers"
            yield Fault(f"{pointer}/oneOf", message, "Write `anyOf`, or keep number alone.")


def _without_words(schema: JsonValue) -> JsonValue:
    if not isinstance(schema, dict):
        return schema
    return {key: value for key, value in schema.items() if key not in ("title", "description", "example")}


@rule(
    "read-only-and-write-only",
    rationale="What may be neither sent nor received has no place in a contract.",
    source="OpenAPI 3.0.4, section 4.7.24.2: a property must not be both",
)
def read_only_and_write_only(subject: Subject) -> Iterator[Fault]:
    """Schemas that are both."""
    for node in subject.of("schema"):
        if node.value.get("readOnly") is True and node.value.get("writeOnly") is True:
            message = "this is `readOnly` and `writeOnly` at once"
            yield Fault(f"{node.pointer}/writeOnly", message, "Keep the one that is true.")


@rule(
    "array-without-items",
    rationale="Before 3.1 an array must say what it holds; generators refuse one that does not.",
    source="OpenAPI 3.0.4, section 4.7.24 (items); OpenAPI 2.0, Items Object",
)
def array_without_items(subject: Subject) -> Iterator[Fault]:
    """Arrays without `items` in 2.0 and 3.0."""
    if subject.has_json_schema:
        return
    for node in subject.of("schema", "parameter", "header"):
        if node.value.get("type") == "array" and "items" not in node.value and node.ref is None:
            yield Fault(node.pointer, "this array does not say what its `items` are", "Add `items`.")
