"""Do the parts that a schema is composed of leave room for one another?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from openapi.findings import Severity
from openapi.json_value import as_list, as_object
from openapi.pointer import escape
from openapi.review.composition import common_kinds, crossing, kinds, parts
from openapi.review.rules.registry import Fault, rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from openapi.json_value import JsonObject, JsonValue
    from openapi.review.subject import Subject

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
            if isinstance(part.get("enum"), list)
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
