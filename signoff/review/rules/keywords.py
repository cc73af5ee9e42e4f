"""Keywords that are misspelled, from another version, or have no effect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.contract.json_value import JsonValue, as_list
from signoff.contract.pointer import escape
from signoff.reporting.model import Severity
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
# Values without effect, which tools write next to any type.
_IDLE: tuple[JsonValue, ...] = ({}, [], True, False, None)
_BOUNDED = ("exclusiveMinimum", "exclusiveMaximum")


def _keyed(subject: Subject) -> list[Node]:
    """Every object whose fields are known, including the document itself."""
    return [node for node in subject.nodes if known(node.kind, subject.version)]


def _is_foreign(name: str) -> bool:
    return name.startswith(("x-", "x_", "$", "^", "/", "_"))


@rule(
    rationale="A misspelled keyword is silently ignored.",
    source="the fields of each object in the document's OpenAPI version",
)
def misspelled_keyword(subject: Subject) -> Faults:
    """Fields with a name close to one that the object can have."""
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
                message = f"Unknown keyword `{name}`"
                yield Fault(place, message, f"Did you mean `{meant}`?", severity)


@rule(
    rationale="Keywords of another OpenAPI version are silently ignored.",
    source="OpenAPI 2.0, 3.0 and 3.1; JSON Schema 2020-12",
)
def keyword_version_mismatch(subject: Subject) -> Faults:
    """Fields, and forms of fields, that belong to another version."""
    version = subject.version[:3]
    for node in _keyed(subject):
        for name in node.value:
            home = elsewhere(node.kind, name, subject.version)
            if home:
                fix = f"Use {home[1]} instead." if home[1] else "Remove it."
                message = f"`{name}` is a keyword of {home[0]}; OpenAPI {version} ignores it here"
                yield Fault(f"{node.pointer}/{escape(name)}", message, fix)
        if node.kind == "schema":
            yield from _forms(node, has_json_schema=subject.has_json_schema, version=version)
        elif node.kind == "parameter" and version != "2.0" and node.value.get("in") in ("body", "formData"):
            message = (
                f"Parameters in `{node.value['in']}` exist only in Swagger 2.0, not in OpenAPI {version}"
            )
            yield Fault(f"{node.pointer}/in", message, "Use `requestBody` instead.")


def _forms(node: Node, *, has_json_schema: bool, version: str) -> Faults:
    """Keywords with values in the form of another version."""
    for name in _BOUNDED:
        value = node.value.get(name)
        bound = f"`{name[9:].lower()}`"
        if has_json_schema and isinstance(value, bool):
            message = f"`{name}` must be a number in OpenAPI {version}, not a boolean"
            place = f"{node.pointer}/{name}"
            yield Fault(place, message, f"Move the number from {bound} to `{name}`.")
        elif not has_json_schema and isinstance(value, int | float) and not isinstance(value, bool):
            message = f"`{name}` must be a boolean in OpenAPI {version}, not a number"
            yield Fault(f"{node.pointer}/{name}", message, f"Move it to {bound} and set `{name}: true`.")
    kind = node.value.get("type")
    # Swagger 2.0 takes `type` from JSON Schema as it is (Schema Object), 3.0 as a single string.
    if version == "3.0" and isinstance(kind, list):
        fix = "Use one type, and `nullable: true` for null."
        yield Fault(f"{node.pointer}/type", f"OpenAPI {version} does not support a list of types", fix)
    if version == "3.0" and kind == "null":
        fix = "Use `nullable: true` together with the other type."
        yield Fault(f"{node.pointer}/type", f"OpenAPI {version} does not support the type null", fix)
    if has_json_schema and kind == "file":
        fix = "Use `type: string` with `format: binary`, or no schema."
        yield Fault(f"{node.pointer}/type", f"OpenAPI {version} does not support the type file", fix)
    if has_json_schema and isinstance(node.value.get("items"), list):
        message = f"OpenAPI {version} does not support a list of schemas in `items`"
        yield Fault(f"{node.pointer}/items", message, "Use `prefixItems`.")


@warning(
    rationale="Keywords for another type have no effect: `maxLength` does not limit an integer.",
    source="JSON Schema Validation 2020-12, section 6",
)
def keyword_type_mismatch(subject: Subject) -> Faults:
    """Keywords that do not apply to the schema's type."""
    for node in subject.of("schema"):
        kinds = {str(kind) for kind in as_list(node.value.get("type")) or [node.value.get("type")]}
        if not kinds <= {"string", "number", "integer", "boolean", "array", "object", "null"}:
            continue
        applicable = {"number" if kind == "integer" else kind for kind in kinds}
        for kind, names in _OF_TYPE.items():
            for name in names if kind not in applicable else ():
                if name in node.value and node.value[name] not in _IDLE:
                    message = f"`{name}` has no effect on {with_article(' or '.join(sorted(kinds)))}"
                    fix = f"Remove it or change the type to {kind}."
                    yield Fault(f"{node.pointer}/{name}", message, fix)


@recommendation(
    rationale="Before OpenAPI 3.1, keywords next to a `$ref` are ignored.",
    source="OpenAPI 3.0.4, section 4.7.23.2 (Reference Object)",
)
def ignored_ref_siblings(subject: Subject) -> Faults:
    """Keywords next to the `$ref` of a schema, in versions that ignore them."""
    for node in subject.of("schema") if not subject.has_json_schema else ():
        if node.ref is None:
            continue
        for name in node.value:
            if name != "$ref" and not name.startswith("x-") and name in known("schema", subject.version):
                fix = f"Put the reference into `allOf: [{{$ref: …}}]`, next to `{name}`."
                yield Fault(f"{node.pointer}/{name}", f"`{name}` next to a `$ref` is ignored", fix)


@warning(
    rationale="`nullable` only works together with `type`, and if an `enum` includes null as well.",
    source="OpenAPI 3.0.4, section 4.7.24.2; the clarification of `nullable` by the OpenAPI Initiative",
)
def ineffective_nullable(subject: Subject) -> Faults:
    """`nullable: true` without a type, or with an enum that does not include null."""
    for node in subject.of("schema") if subject.version.startswith("3.0") else ():
        if node.value.get("nullable") is not True or node.ref is not None:
            continue
        enum = node.value.get("enum")
        if isinstance(enum, list) and None not in enum:
            message = "`nullable` has no effect: the enum does not include null"
            yield Fault(f"{node.pointer}/nullable", message, "Add null to the enum.")
        elif "type" not in node.value and {"allOf", "anyOf", "oneOf"} & set(node.value):
            message = "`nullable` has no effect without `type`"
            yield Fault(f"{node.pointer}/nullable", message, "Add `type`.", Severity.INFO)


@hint(
    rationale="Tools ignore keywords that JSON Schema does not define.",
    source="JSON Schema 2020-12, section 6.5",
)
def unknown_keyword(subject: Subject) -> Faults:
    """Schema keywords that no version defines."""
    for node in subject.of("schema") if subject.has_json_schema else ():
        fields = known("schema", subject.version)
        for name in node.value:
            if name in fields or _is_foreign(name) or elsewhere("schema", name, subject.version):
                continue
            if not nearest(name, fields):
                message = f"`{name}` is not a JSON Schema keyword"
                yield Fault(f"{node.pointer}/{escape(name)}", message, f"Rename it to `x-{name}`.")
