"""Do the parts that a schema is composed of leave room for one another?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.contract.json_value import as_list, as_object
from signoff.contract.pointer import escape, from_ref
from signoff.reporting.findings import Severity
from signoff.review.composition import common_kinds, crossing, kinds, parts
from signoff.review.rules.registry import Fault, rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.review.subject import Subject

_NEVER = "Nothing can satisfy it: change one of the two."


@rule(
    "all-of-contradicts",
    rationale="A value must satisfy every part of `allOf`: where two exclude each other, none can.",
    source="JSON Schema 2020-12, section 10.2.1.1",
)
def all_of_contradicts(subject: Subject) -> Iterator[Fault]:
    """Parts that leave no type, no member of an enum, or nothing between their bounds."""
    schemas = subject.contract.schemas
    for pointer, schema in subject.schemas.items():
        if "allOf" not in schema and not ("$ref" in schema and len(schema) > 1):
            continue
        among = parts(schema, schemas)
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
    return any(_same(value, wanted) for value in values)


def _same(one: JsonValue, other: JsonValue) -> bool:
    return one == other and isinstance(one, bool) == isinstance(other, bool)


@rule(
    "condition-never-holds",
    severity=Severity.WARNING,
    rationale="A branch for a value that the property cannot have is mostly a misspelt value.",
    source="JSON Schema 2020-12, sections 10.2.1 and 10.2.2",
)
def condition_never_holds(subject: Subject) -> Iterator[Fault]:
    """Branches and conditions for values of a property that its own enum does not admit."""
    schemas = subject.contract.schemas
    for pointer, schema in subject.schemas.items():
        enums = {
            name: as_list(part["enum"])
            for name, held in as_object(schema.get("properties")).items()
            for part in parts(as_object(held), schemas)
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
    "recursion-without-end",
    rationale="What requires itself, directly or by way of others, could only be satisfied without end.",
    source="JSON Schema 2020-12, section 9.4.1",
)
def recursion_without_end(subject: Subject) -> Iterator[Fault]:
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
