"""Are the keywords those of this version, spelt right, and of any effect?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.contract.json_value import JsonValue, as_list
from signoff.contract.pointer import escape
from signoff.reporting.findings import Severity
from signoff.review.known_fields import elsewhere, known
from signoff.review.rules.registry import Fault, Faults, Subject, hint, recommendation, rule, warning
from signoff.review.words import nearest, with_article

if TYPE_CHECKING:
    from signoff.contract.structure import Node

_OF_TYPE = {
    "string": ("minLength", "maxLength", "pattern"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "array": ("items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains"),
    "object": (
        *("properties", "additionalProperties", "patternProperties", "propertyNames", "required"),
        *("minProperties", "maxProperties", "dependentRequired"),
    ),
}
# What a type may carry without harm: tools write empty and permissive keywords beside any type.
_IDLE: tuple[JsonValue, ...] = ({}, [], True, False, None)
_BOUNDED = ("exclusiveMinimum", "exclusiveMaximum")


def _keyed(subject: Subject) -> list[Node]:
    """Every object whose fields are known, the document itself included."""
    return [node for node in subject.nodes if known(node.kind, subject.version)]


def _is_foreign(name: str) -> bool:
    return name.startswith(("x-", "x_", "$", "^", "/", "_"))


@rule(
    rationale="A misspelt keyword is silently ignored, and what it should have said is not said at all.",
    source="the fields of each object of the document's OpenAPI version",
)
def misspelled_keyword(subject: Subject) -> Faults:
    """Fields that are one slip away from one that the object has."""
    for node in _keyed(subject):
        if node.ref is not None and node.kind != "schema":
            continue
        fields = known(node.kind, subject.version)
        for name in node.value:
            if name in fields or _is_foreign(name) or elsewhere(node.kind, name, subject.version):
                continue
            meant = "$ref" if name in ("ref", "reference") else nearest(name, fields - {"$ref"})
            if meant:
                place = f"{node.pointer}/{escape(name)}"
                severity = Severity.WARNING if meant in node.value else None
                message = f"`{name}` is no keyword here; `{meant}` is"
                yield Fault(place, message, f"Write `{meant}`.", severity)


@rule(
    rationale="A keyword of another version is ignored, so that the document says less than it seems to.",
    source="OpenAPI 2.0, 3.0 and 3.1; JSON Schema 2020-12",
)
def keyword_version_mismatch(subject: Subject) -> Faults:
    """Fields and forms of fields that are at home in other versions only."""
    version = subject.version[:3]
    for node in _keyed(subject):
        for name in node.value:
            home = elsewhere(node.kind, name, subject.version)
            if home:
                message = f"`{name}` is of {home[0]}; OpenAPI {version} ignores it here"
                yield Fault(f"{node.pointer}/{escape(name)}", message, f"Write {home[1]} instead.")
        if node.kind == "schema":
            yield from _forms(node, has_json_schema=subject.has_json_schema, version=version)
        elif node.kind == "parameter" and version != "2.0" and node.value.get("in") in ("body", "formData"):
            message = f"a parameter in `{node.value['in']}` is of Swagger 2.0; OpenAPI {version} has none"
            yield Fault(f"{node.pointer}/in", message, "Describe a `requestBody`.")


def _forms(node: Node, *, has_json_schema: bool, version: str) -> Faults:
    """Keywords whose values have the form of another version."""
    for name in _BOUNDED:
        value = node.value.get(name)
        bound = f"`{name[9:].lower()}`"
        if has_json_schema and isinstance(value, bool):
            message = f"`{name}` is a number in OpenAPI {version}, not true or false"
            place = f"{node.pointer}/{name}"
            yield Fault(place, message, f"Put the bound itself there, in place of {bound}.")
        elif not has_json_schema and isinstance(value, int | float) and not isinstance(value, bool):
            message = f"`{name}` is true or false in OpenAPI {version}, not a number"
            yield Fault(f"{node.pointer}/{name}", message, f"Put the number into {bound}, and true here.")
    kind = node.value.get("type")
    if not has_json_schema and isinstance(kind, list):
        mend = "Write one type; null is `nullable: true`." if version == "3.0" else "Write one type."
        yield Fault(f"{node.pointer}/type", f"a list of types is of OpenAPI 3.1, not {version}", mend)
    if not has_json_schema and kind == "null":
        mend = "Write `nullable: true` beside the other type."
        yield Fault(f"{node.pointer}/type", f"the type null is of OpenAPI 3.1, not {version}", mend)
    if has_json_schema and kind == "file":
        mend = "Write `type: string` with `format: binary`, or no schema."
        yield Fault(f"{node.pointer}/type", f"the type file is of Swagger 2.0, not {version}", mend)
    if has_json_schema and isinstance(node.value.get("items"), list):
        message = f"a list of `items` is of older versions of JSON Schema, not of OpenAPI {version}"
        yield Fault(f"{node.pointer}/items", message, "Write `prefixItems`.")


@warning(
    rationale="A keyword for another type says nothing: `maxLength` bounds no integer.",
    source="JSON Schema Validation 2020-12, section 6",
)
def keyword_type_mismatch(subject: Subject) -> Faults:
    """Keywords that judge no value of the schema's own type."""
    for node in subject.of("schema"):
        kinds = {str(kind) for kind in as_list(node.value.get("type")) or [node.value.get("type")]}
        if not kinds <= {"string", "number", "integer", "boolean", "array", "object", "null"}:
            continue
        judged = {"number" if kind == "integer" else kind for kind in kinds}
        for kind, names in _OF_TYPE.items():
            for name in names if kind not in judged else ():
                if name in node.value and node.value[name] not in _IDLE:
                    message = f"`{name}` has no effect on {with_article(' or '.join(sorted(kinds)))}"
                    mend = f"Remove it, or mean {with_article(kind)}."
                    yield Fault(f"{node.pointer}/{name}", message, mend)


@recommendation(
    rationale="Before 3.1 everything beside a `$ref` is ignored, whatever it seems to say.",
    source="OpenAPI 3.0.4, section 4.7.23.2 (Reference Object)",
)
def ignored_ref_siblings(subject: Subject) -> Faults:
    """Keywords beside the `$ref` of a schema, in versions that ignore them."""
    for node in subject.of("schema") if not subject.has_json_schema else ():
        if node.ref is None:
            continue
        for name in node.value:
            if name != "$ref" and not name.startswith("x-") and name in known("schema", subject.version):
                mend = "Wrap the reference: `allOf: [{$ref: …}]` beside it."
                yield Fault(f"{node.pointer}/{name}", f"`{name}` beside a `$ref` is ignored", mend)


@warning(
    rationale="`nullable` admits null only beside a `type`, and only where an `enum` lists null as well.",
    source="OpenAPI 3.0.4, section 4.7.24.2; the clarification of `nullable` by the OpenAPI Initiative",
)
def ineffective_nullable(subject: Subject) -> Faults:
    """`nullable: true` without a type, or beside an enum that leaves null out."""
    for node in subject.of("schema") if subject.version.startswith("3.0") else ():
        if node.value.get("nullable") is not True or node.ref is not None:
            continue
        enum = node.value.get("enum")
        if isinstance(enum, list) and None not in enum:
            message = "`nullable` beside an enum without null: null is not admitted"
            yield Fault(f"{node.pointer}/nullable", message, "Add null to the enum.")
        elif "type" not in node.value and {"allOf", "anyOf", "oneOf"} & set(node.value):
            message = "`nullable` without `type`: it has no effect"
            yield Fault(f"{node.pointer}/nullable", message, "State the type beside it.", Severity.INFO)


@hint(
    rationale="A keyword that JSON Schema does not know is an annotation that most tools drop.",
    source="JSON Schema 2020-12, section 6.5",
)
def unknown_keyword(subject: Subject) -> Faults:
    """Keywords of schemas that no version knows."""
    for node in subject.of("schema") if subject.has_json_schema else ():
        fields = known("schema", subject.version)
        for name in node.value:
            if name in fields or _is_foreign(name) or elsewhere("schema", name, subject.version):
                continue
            if not nearest(name, fields):
                message = f"`{name}` is no keyword of JSON Schema"
                yield Fault(f"{node.pointer}/{escape(name)}", message, f"Call it `x-{name}`.")
