"""Can anything satisfy the schemas, and each part of them?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from signoff.contract.json_value import JsonObject, JsonValue, as_list, as_object, is_of
from signoff.contract.pointer import escape, from_ref
from signoff.review.composition import common_kinds, crossing, is_open, kinds
from signoff.review.rules.registry import Fault, Faults, Subject, rule, warning
from signoff.review.words import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


_NEVER = "Nothing can satisfy it: change one of the two."
_JSON_SCHEMA = "JSON Schema Validation 2020-12, section 6"


@rule(rationale="Between bounds that cross there is nothing: every value is refused.", source=_JSON_SCHEMA)
def min_exceeds_max(subject: Subject) -> Faults:
    """Bounds of one schema with nothing between them."""
    holders = [node for node in subject.of("parameter", "header") if "schema" not in node.value]
    for pointer, schema in (subject.schemas | {node.pointer: node.value for node in holders}).items():
        words = crossing([schema], kinds(schema))
        if words:
            named = [f"{pointer}/{name}" for name in words.split("`")[1::2] if name in schema]
            yield Fault(named[0] if named else pointer, words, _NEVER)


@rule(
    rationale="A member that the schema's own type excludes can never be sent.",
    source=f"{_JSON_SCHEMA}.1.2",
)
def enum_type_mismatch(subject: Subject) -> Faults:
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


@rule(rationale="An enum without members admits nothing.", source=f"{_JSON_SCHEMA}.1.2")
def empty_enum(subject: Subject) -> Faults:
    """Enums without members."""
    for node in subject.of("schema", "parameter", "header"):
        if node.value.get("enum") == []:
            yield Fault(f"{node.pointer}/enum", "this enum admits nothing", "List its members.")


@warning(
    rationale="A member that stands twice is a slip: often the second was to be another.",
    source=f"{_JSON_SCHEMA}.1.2",
)
def duplicate_enum_value(subject: Subject) -> Faults:
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
    rationale="An object can never satisfy a schema that requires a property which it forbids.",
    source="JSON Schema 2020-12, sections 10.3.2 and 6.5.3 of Validation",
)
def forbidden_required_property(subject: Subject) -> Faults:
    """Required properties that `additionalProperties: false`, or a `false` schema, excludes."""
    schemas = subject.contract.schemas
    for pointer, schema in subject.schemas.items():
        required = _required(pointer, schema)
        among = schemas.view(schema).parts if required else ()
        for name, place in required.items():
            if any(_forbids(part, name) for part in among):
                message = f"`{name}` is required, but the schema admits no such property"
                known = schemas.view(schema).properties
                yield Fault(place, message, suggestion(name, known, "Declare it, or do not require it."))


def _required(pointer: str, schema: JsonObject) -> dict[str, str]:
    names = as_list(schema.get("required"))
    return {name: f"{pointer}/required/{names.index(name)}" for name in names if isinstance(name, str)}


def _forbids(part: JsonObject, name: str) -> bool:
    properties = as_object(part.get("properties"))
    if name in properties:
        return properties[name] is False or properties[name] == {"not": {}}
    return part.get("additionalProperties") is False and "patternProperties" not in part


@warning(
    rationale="A required property that is described nowhere is mostly a misspelt one.",
    source="common practice; the document's own declarations",
)
def undefined_required_property(subject: Subject) -> Faults:
    """Required properties that neither the schema, nor what it is composed of or a part of, declares."""
    schemas = subject.contract.schemas
    composers = _composers(subject)
    for pointer, schema in subject.schemas.items():
        required = _required(pointer, schema)
        if not required or _is_branch(pointer):
            continue
        around = (schema, *composers.get(pointer, ()))
        known = {name for held in around for name in schemas.view(held).properties}
        is_sealed = any(_forbids(part, "\0") for part in schemas.view(schema).parts)
        is_described = bool(schemas.view(schema).properties)
        if is_sealed or not is_described or any(is_open(held, schemas) for held in around):
            continue
        for name, place in required.items():
            if name not in known:
                mend = suggestion(name, known, "Declare it under `properties`.")
                yield Fault(place, f"`{name}` is required, but declared nowhere", mend)


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


@warning(
    rationale="A value that two branches of `oneOf` admit is refused by both together.",
    source="JSON Schema 2020-12, section 10.2.1.3",
)
def overlapping_one_of(subject: Subject) -> Faults:
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
    rationale="What may be neither sent nor received has no place in a contract.",
    source="OpenAPI 3.0.4, section 4.7.24.2: a property must not be both",
)
def read_only_and_write_only(subject: Subject) -> Faults:
    """Schemas that are both."""
    for node in subject.of("schema"):
        if node.value.get("readOnly") is True and node.value.get("writeOnly") is True:
            message = "this is `readOnly` and `writeOnly` at once"
            yield Fault(f"{node.pointer}/writeOnly", message, "Keep the one that is true.")


@rule(
    rationale="Before 3.1 an array must say what it holds; generators refuse one that does not.",
    source="OpenAPI 3.0.4, section 4.7.24 (items); OpenAPI 2.0, Items Object",
)
def missing_array_items(subject: Subject) -> Faults:
    """Arrays without `items` in 2.0 and 3.0."""
    if subject.has_json_schema:
        return
    for node in subject.of("schema", "parameter", "header"):
        if node.value.get("type") == "array" and "items" not in node.value and node.ref is None:
            yield Fault(node.pointer, "this array does not say what its `items` are", "Add `items`.")


@rule(
    rationale="A value must satisfy every part of `allOf`: where two exclude each other, none can.",
    source="JSON Schema 2020-12, section 10.2.1.1",
)
def conflicting_all_of(subject: Subject) -> Faults:
    """Parts that leave no type, no member of an enum, or nothing between their bounds."""
    schemas = subject.contract.schemas
    for pointer, schema in subject.schemas.items():
        if "allOf" not in schema and not ("$ref" in schema and len(schema) > 1):
            continue
        among = schemas.view(schema).parts
        place = f"{pointer}/allOf" if "allOf" in schema else pointer
        words = _contradiction(among)
        if words:
            yield Fault(place, f"the parts of this schema contradict each other: {words}", _NEVER)


def _contradiction(among: Sequence[JsonObject]) -> str:
    admitted = common_kinds(among)
    if not admitted:
        stated = dict.fromkeys(str(part["type"]) for part in among if "type" in part)
        return f"no value is of the types {' and '.join(stated)} at once"
    enums = [
        part["enum"] if "enum" in part else [part["const"]] for part in among if {"enum", "const"} & set(part)
    ]
    if len(enums) > 1:
        shared = [
            value for value in as_list(enums[0]) if all(_has(as_list(enum), value) for enum in enums[1:])
        ]
        if not shared and all(as_list(enum) for enum in enums):
            return "their enums have no member in common"
    if not any(crossing([part], kinds(part)) for part in among):
        return crossing(among, admitted)
    return ""


def _has(values: Sequence[JsonValue], wanted: JsonValue) -> bool:
    return any(value == wanted and isinstance(value, bool) == isinstance(wanted, bool) for value in values)


@warning(
    rationale="A branch for a value that the property cannot have is mostly a misspelt value.",
    source="JSON Schema 2020-12, sections 10.2.1 and 10.2.2",
)
def unreachable_condition(subject: Subject) -> Faults:
    """Branches and conditions for values of a property that its own enum does not admit."""
    schemas = subject.contract.schemas
    for pointer, schema in subject.schemas.items():
        enums = {
            name: as_list(part["enum"])
            for name, held in as_object(schema.get("properties")).items()
            for part in schemas.view(as_object(held)).parts
            if isinstance(part.get("enum"), list) and part["enum"]
        }
        for place, branch in _branches(schema, pointer) if enums else ():
            for name, held in as_object(branch.get("properties")).items():
                stated = as_object(held)
                wanted = [stated["const"]] if "const" in stated else as_list(stated.get("enum"))
                if name in enums and wanted and not any(_has(enums[name], value) for value in wanted):
                    message = f"`{name}` is never {wanted[0]!r}: its enum does not admit that"
                    yield Fault(f"{place}/properties/{escape(name)}", message, "Correct the value.")


def _branches(schema: JsonObject, pointer: str) -> Iterator[tuple[str, JsonObject]]:
    """The conditions and alternatives of a schema, those inside its `allOf` too."""
    for keyword in ("if", "then", "else"):
        if isinstance(branch := schema.get(keyword), dict):
            yield f"{pointer}/{keyword}", branch
    for keyword in ("allOf", "anyOf", "oneOf"):
        for index, branch in enumerate(as_list(schema.get(keyword))):
            if isinstance(branch, dict):
                place = f"{pointer}/{keyword}/{index}"
                yield place, branch
                yield from _branches(branch, place)


@rule(
    rationale="What requires itself, directly or by way of others, could only be satisfied without end.",
    source="JSON Schema 2020-12, section 9.4.1",
)
def infinite_recursion(subject: Subject) -> Faults:
    """Schemas each value of which must hold another value of the same schema."""
    targets = {from_ref(str(schema["$ref"])) for schema in subject.schemas.values() if "$ref" in schema}
    endless = {pointer for pointer in targets if pointer in subject.schemas}
    ended = endless
    while ended:  # what is not known to end is taken to be endless, until nothing more is found to end
        ended = {pointer for pointer in endless if _ends(subject.schemas[pointer], endless)}
        endless -= ended
    for pointer in endless:
        message = "nothing finite satisfies this schema: it requires itself"
        yield Fault(pointer, message, "Make a property of the ring optional, or let it be null.")


def _ends(schema: JsonValue, endless: set[str]) -> bool:
    """Whether some finite value satisfies a schema, as far as is known."""
    if not isinstance(schema, dict):
        return True
    if "$ref" in schema and from_ref(str(schema["$ref"])) in endless:
        return False
    if not all(_ends(part, endless) for part in as_list(schema.get("allOf"))):
        return False
    for keyword in ("anyOf", "oneOf"):
        branches = as_list(schema.get(keyword))
        if branches and not any(_ends(branch, endless) for branch in branches):
            return False
    if schema.get("type") == "object":
        properties = as_object(schema.get("properties"))
        required = [name for name in as_list(schema.get("required")) if isinstance(name, str)]
        return all(_ends(properties.get(name), endless) for name in required)
    least = schema.get("minItems")
    if schema.get("type") == "array" and isinstance(least, int | float) and least > 0:
        return _ends(schema.get("items"), endless)
    return True
