"""Schemas, or parts of them, that no value can match."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from signoff.contract.json_value import JsonObject, JsonValue, as_list, as_object, is_of
from signoff.contract.pointer import escape, from_ref
from signoff.contract.schema_view import ALTERNATIVES
from signoff.review.composition import conflicting_limits, is_open, kinds
from signoff.review.contradictions import Contradictions, has
from signoff.review.rules.registry import Fault, Faults, Subject, rule, warning
from signoff.review.words import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator


_NEVER = "No value can match: change one of the two."
_JSON_SCHEMA = "JSON Schema Validation 2020-12, section 6"


@rule(rationale="If the minimum exceeds the maximum, every value is rejected.", source=_JSON_SCHEMA)
def min_exceeds_max(subject: Subject) -> Faults:
    """Limits of one schema that no value can meet."""
    holders = [node for node in subject.of("parameter", "header") if "schema" not in node.value]
    for pointer, schema in (subject.schemas | {node.pointer: node.value for node in holders}).items():
        reason = conflicting_limits([schema], kinds(schema))
        if reason:
            named = [f"{pointer}/{name}" for name in reason.split("`")[1::2] if name in schema]
            yield Fault(named[0] if named else pointer, reason[:1].upper() + reason[1:], _NEVER)


@rule(
    rationale="An enum value of another type can never be used.",
    source=f"{_JSON_SCHEMA}.1.2",
)
def enum_type_mismatch(subject: Subject) -> Faults:
    """Values of `enum` and `const` that have another type than the schema."""
    for node in subject.of("schema", "parameter", "header"):
        if node.ref is not None or "type" not in node.value:
            continue
        allowed = kinds(node.value)
        if node.value.get("nullable") is True or node.value.get("x-nullable") is True:
            allowed |= {"null"}
        members = as_list(node.value.get("enum"))
        misfits = [index for index, value in enumerate(members) if not is_of(value, allowed)]
        if misfits:
            values = [members[index] for index in misfits]
            yield _misfit(f"{node.pointer}/enum/{misfits[0]}", "enum", values, node.value)
        if "const" in node.value and not is_of(node.value["const"], allowed):
            yield _misfit(f"{node.pointer}/const", "const", [node.value["const"]], node.value)


def _misfit(place: str, keyword: str, values: list[JsonValue], schema: JsonObject) -> Fault:
    kind = " or ".join(str(name) for name in as_list(schema["type"]) or [schema["type"]])
    shown = ", ".join(_json(value) for value in values[:4]) + (", …" if len(values) > 4 else "")
    message = f"{shown} in `{keyword}` {'do' if len(values) > 1 else 'does'} not have type {kind}"
    is_bare = kind == "string" and None not in values
    return Fault(
        place, message, "Put it in quotes." if is_bare else f"Use a value of type {kind} or change the type."
    )


def _json(value: JsonValue) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:57]}…"


@rule(rationale="An empty enum rejects every value.", source=f"{_JSON_SCHEMA}.1.2")
def empty_enum(subject: Subject) -> Faults:
    """Enums without values."""
    for node in subject.of("schema", "parameter", "header"):
        if node.value.get("enum") == []:
            yield Fault(f"{node.pointer}/enum", "Enum is empty", "List the allowed values.")


@warning(
    rationale="A duplicate enum value is a mistake: often another value was meant.",
    source=f"{_JSON_SCHEMA}.1.2",
)
def duplicate_enum_value(subject: Subject) -> Faults:
    """Enums with duplicate values."""
    for node in subject.of("schema", "parameter", "header"):
        members = as_list(node.value.get("enum"))
        seen: set[str] = set()
        for index, value in enumerate(members):
            key = json.dumps(value, sort_keys=True, default=str)
            if key in seen:
                message = f"Enum value {_json(value)} is duplicated"
                yield Fault(f"{node.pointer}/enum/{index}", message, "Remove one of them.")
            seen.add(key)


@rule(
    rationale="No object can match a schema that requires a property and forbids it.",
    source="JSON Schema 2020-12, sections 10.3.2 and 6.5.3 of Validation",
)
def forbidden_required_property(subject: Subject) -> Faults:
    """Required properties that `additionalProperties: false`, `propertyNames` or a `false` schema forbids."""
    schemas = subject.contract.schemas
    for pointer, schema in subject.schemas.items():
        required = _required(pointer, schema)
        among = schemas.view(schema).parts if required else ()
        contradictions = Contradictions(schemas)
        for name, place in required.items():
            if any(contradictions.forbids(part, name) for part in among):
                message = f"Property `{name}` is required, but the schema forbids it"
                known = schemas.view(schema).properties
                fix = "Define it or remove it from `required`."
                if name in known:  # beside, in another part of an `allOf`
                    fix = "Remove `additionalProperties: false`, or define it in the same schema."
                yield Fault(place, message, fix if name in known else suggestion(name, known, fix))


def _required(pointer: str, schema: JsonObject) -> dict[str, str]:
    names = as_list(schema.get("required"))
    return {name: f"{pointer}/required/{names.index(name)}" for name in names if isinstance(name, str)}


@warning(
    rationale="A required property that is not defined is usually a typo.",
    source="common practice; the API's own schemas",
)
def undefined_required_property(subject: Subject) -> Faults:
    """Required properties that neither the schema nor the schemas combined with it define."""
    schemas = subject.contract.schemas
    composers = _composers(subject)
    are_open: dict[int, bool] = {}  # by their ids: a schema of many alternatives is around each of them
    for pointer, schema in subject.schemas.items():
        required = _required(pointer, schema)
        if not required or _is_branch(pointer):
            continue
        around = (schema, *composers.get(pointer, ()))
        known = {name for held in around for name in schemas.view(held).properties}
        is_sealed = any(Contradictions(schemas).forbids(part, "\0") for part in schemas.view(schema).parts)
        is_described = bool(schemas.view(schema).properties)
        are_open.update((id(held), is_open(held, schemas)) for held in around if id(held) not in are_open)
        if is_sealed or not is_described or any(are_open[id(held)] for held in around):
            continue
        for name, place in required.items():
            if name not in known:
                fix = suggestion(name, known, "Define it under `properties`.")
                yield Fault(place, f"Property `{name}` is required, but not defined", fix)


def _is_branch(pointer: str) -> bool:
    """Whether the schema is part of another, whose properties it can require."""
    tokens = pointer.split("/")
    return tokens[-1] in ("if", "then", "else", "not", "contains") or any(
        token in ("allOf", "anyOf", "oneOf", "dependentSchemas", "if", "then", "else", "not")
        for token in tokens[-2:]
    )


def _composers(subject: Subject) -> dict[str, list[JsonObject]]:
    """By the pointer of a schema, the schemas that combine it with others."""
    found: dict[str, list[JsonObject]] = {}
    for pointer, schema in subject.schemas.items():
        if "$ref" in schema and _is_branch(pointer):
            holder = pointer.rpartition("/")[0].rpartition("/")[0]
            found.setdefault(from_ref(str(schema["$ref"])), []).append(subject.schemas.get(holder, {}))
    return found


@warning(
    rationale="`oneOf` rejects values that match more than one branch.",
    source="JSON Schema 2020-12, section 10.2.1.3",
)
def overlapping_one_of(subject: Subject) -> Faults:
    """Identical branches of `oneOf`, and an integer branch next to a number branch."""
    for pointer, schema in subject.schemas.items():
        seen: dict[str, int] = {}
        bare = set()
        for index, branch in enumerate(as_list(schema.get("oneOf"))):
            key = json.dumps(_without_texts(branch), sort_keys=True, default=str)
            place = f"{pointer}/oneOf/{index}"
            if key in seen:
                message = "Branch of `oneOf` is identical to another, so no value matches exactly one"
                yield Fault(place, message, "Remove it or use `anyOf`.")
            seen[key] = index
            if isinstance(branch, dict) and set(branch) <= {"type", "title", "description", "format"}:
                bare.add(str(branch.get("type")))
        if {"integer", "number"} <= bare:
            message = "`oneOf` rejects integers: they match the integer and the number branch"
            yield Fault(f"{pointer}/oneOf", message, "Use `anyOf`, or keep only number.")


def _without_texts(schema: JsonValue) -> JsonValue:
    if not isinstance(schema, dict):
        return schema
    return {key: value for key, value in schema.items() if key not in ("title", "description", "example")}


@rule(
    rationale="A property that can be neither sent nor returned has no use.",
    source="OpenAPI 3.0.4, section 4.7.24.2: a property must not be both",
)
def read_only_and_write_only(subject: Subject) -> Faults:
    """Schemas that are `readOnly` and `writeOnly`."""
    for node in subject.of("schema"):
        if node.value.get("readOnly") is True and node.value.get("writeOnly") is True:
            message = "Both `readOnly` and `writeOnly` are true"
            yield Fault(f"{node.pointer}/writeOnly", message, "Remove one of them.")


@rule(
    rationale="Before OpenAPI 3.1, arrays must have `items`; code generators fail without.",
    source="OpenAPI 3.0.4, section 4.7.24 (items); OpenAPI 2.0, Items Object",
)
def missing_array_items(subject: Subject) -> Faults:
    """Arrays without `items` in 2.0 and 3.0."""
    if subject.has_json_schema:
        return
    for node in subject.of("schema", "parameter", "header"):
        if node.value.get("type") == "array" and "items" not in node.value and node.ref is None:
            yield Fault(node.pointer, "Array has no `items`", "Add `items`.")


@rule(
    rationale="A value must match every part of `allOf`: if two parts conflict, no value can.",
    source="JSON Schema 2020-12, section 10.2.1.1",
)
def conflicting_all_of(subject: Subject) -> Faults:
    """Parts of which one requires what another forbids: a type, an enum value, a property, a limit."""
    for pointer, schema in subject.schemas.items():
        is_combined = "allOf" in schema or ("$ref" in schema and len(schema) > 1)
        keywords = [keyword for keyword in ALTERNATIVES if isinstance(schema.get(keyword), list)]
        if not is_combined and not keywords:
            continue
        directions = subject.reach.directions_of(pointer)
        contradictions = Contradictions(subject.contract.schemas, directions)
        if reason := contradictions.of(schema) if is_combined else "":
            place = f"{pointer}/allOf" if "allOf" in schema else pointer
            yield Fault(place, f"Parts of this schema conflict: {reason}", _NEVER)
        for keyword in keywords if not reason else ():
            if why := contradictions.of_alternatives(schema, keyword):
                message = f"No branch of `{keyword}` can match with the rest of this schema: {why}"
                yield Fault(f"{pointer}/{keyword}", message, _NEVER)


@warning(
    rationale="A condition on a value that the property can't have is usually a typo.",
    source="JSON Schema 2020-12, sections 10.2.1 and 10.2.2",
)
def unreachable_condition(subject: Subject) -> Faults:
    """Branches and conditions for property values that are not in the property's enum."""
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
                if name in enums and wanted and not any(has(enums[name], value) for value in wanted):
                    message = f"Condition on `{name}` never matches: {wanted[0]!r} is not in its enum"
                    yield Fault(
                        f"{place}/properties/{escape(name)}", message, "Correct the value or the enum."
                    )


def _branches(schema: JsonObject, pointer: str) -> Iterator[tuple[str, JsonObject]]:
    """The conditions and branches of a schema, including those in its `allOf`."""
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
    rationale="If a schema requires itself, every value has to be infinitely deep.",
    source="JSON Schema 2020-12, section 9.4.1",
)
def infinite_recursion(subject: Subject) -> Faults:
    """Schemas whose values must contain another value of the same schema."""
    targets = {from_ref(str(schema["$ref"])) for schema in subject.schemas.values() if "$ref" in schema}
    infinite = {pointer for pointer in targets if pointer in subject.schemas}
    ended = infinite
    while ended:  # every schema counts as infinite until it is found to end
        ended = {pointer for pointer in infinite if _ends(subject.schemas[pointer], infinite)}
        infinite -= ended
    for pointer in infinite:
        message = "Schema requires itself, so no finite value matches"
        yield Fault(pointer, message, "Make one property of the cycle optional or nullable.")


def _ends(schema: JsonValue, infinite: set[str]) -> bool:
    """Whether some finite value matches a schema, as far as is known."""
    if not isinstance(schema, dict):
        return True
    if "$ref" in schema and from_ref(str(schema["$ref"])) in infinite:
        return False
    if not all(_ends(part, infinite) for part in as_list(schema.get("allOf"))):
        return False
    for keyword in ("anyOf", "oneOf"):
        branches = as_list(schema.get(keyword))
        if branches and not any(_ends(branch, infinite) for branch in branches):
            return False
    if schema.get("type") == "object":
        properties = as_object(schema.get("properties"))
        required = [name for name in as_list(schema.get("required")) if isinstance(name, str)]
        return all(_ends(properties.get(name), infinite) for name in required)
    least = schema.get("minItems")
    if schema.get("type") == "array" and isinstance(least, int | float) and least > 0:
        return _ends(schema.get("items"), infinite)
    return True
