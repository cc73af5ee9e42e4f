"""Does everything that is named lead somewhere?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from signoff.contract.json_value import JsonObject, as_list, as_object
from signoff.contract.pointer import escape, from_ref
from signoff.reporting.findings import Severity
from signoff.review.rules.registry import Fault, Faults, Subject, advice, recommendation, rule, warning
from signoff.review.subject import value_at
from signoff.review.words import suggestion

if TYPE_CHECKING:
    from signoff.contract.structure import Node


@rule(
    rationale="A reference that leads nowhere leaves a hole where its reader expects a description.",
    source="OpenAPI 3.1, section 4.8.23 (Reference Object)",
)
def unresolved_ref(subject: Subject) -> Faults:
    """References whose file or place does not exist."""
    missing = {
        (error.location.file, error.location.pointer): error for error in subject.dangling if error.location
    }
    for node in subject.nodes if missing else ():
        place = subject.locate(f"{node.pointer}/$ref")
        error = missing.get((place.file, place.pointer))
        if error is not None:
            yield Fault(
                f"{node.pointer}/$ref", error.message, error.suggestion or _meant(subject, str(node.ref))
            )


def _meant(subject: Subject, ref: str) -> str:
    around, _, name = from_ref(ref).rpartition("/")
    held = as_object(value_at(subject.document, around)) if ref.startswith("#/") else {}
    return suggestion(name, held, "Describe it there, or refer to what exists.")


@rule(
    rationale="A client picks the wrong branch, or none, when the discriminator names what is not there.",
    source="OpenAPI 3.1, section 4.8.25 (Discriminator Object)",
)
def invalid_discriminator(subject: Subject) -> Faults:
    """A mapping to no schema, or a property that no branch has."""
    for pointer, schema in subject.schemas.items():
        held = schema.get("discriminator")
        if not isinstance(held, dict):
            continue
        for value, target in as_object(held.get("mapping")).items():
            if isinstance(target, str) and not _leads(subject, target):
                place = f"{pointer}/discriminator/mapping/{escape(value)}"
                message = f"the mapping of {value!r} leads to no schema: {target!r}"
                yield Fault(place, message, "Name a schema.")
        yield from _property_faults(subject, pointer, schema, str(held.get("propertyName", "")))


def _leads(subject: Subject, target: str) -> bool:
    """Whether a mapping names a schema: a reference, or the bare name of a component."""
    document = subject.contract.document
    if not target.startswith("#"):
        named = as_object(as_object(document.get("components")).get("schemas"))
        return "/" in target or "." in target or target in named
    return value_at(document, from_ref(target)) is not None


def _property_faults(subject: Subject, pointer: str, schema: JsonObject, name: str) -> Faults:
    place = f"{pointer}/discriminator"
    if not name or not {"oneOf", "anyOf", "properties"} & schema.keys():
        return
    view = subject.contract.schemas.view(schema)
    if name not in view.properties:
        yield Fault(place, f"no branch declares the discriminator's property `{name}`", "Declare it in each.")
    elif not any(name in as_list(part.get("required")) for part in view.every):
        message = f"the discriminator's property `{name}` is not required"
        mend = "List it in `required`: without it nothing tells the branches apart."
        yield Fault(place, message, mend, Severity.WARNING)


@rule(
    rationale="A link that names no operation cannot be followed.",
    source="OpenAPI 3.1, section 4.8.20 (Link Object)",
)
def invalid_link(subject: Subject) -> Faults:
    """Links to operations that do not exist."""
    ids = {str(node.value["operationId"]) for node in subject.of("operation") if "operationId" in node.value}
    for node in subject.of("link"):
        named = node.value.get("operationId")
        if isinstance(named, str) and named not in ids:
            mend = suggestion(named, ids, "Name an operation by its operationId.")
            yield Fault(f"{node.pointer}/operationId", f"the link leads to no operation: {named!r}", mend)
        elif isinstance(named, str):
            yield from _link_parameters(subject, node, named)
        ref = node.value.get("operationRef")
        if isinstance(ref, str) and ref.startswith("#/") and not _leads(subject, ref):
            place = f"{node.pointer}/operationRef"
            yield Fault(place, f"the link leads to no operation: {ref!r}", "Refer to an operation.")


def _link_parameters(subject: Subject, link: Node, operation_id: str) -> Faults:
    """Values that a link passes to parameters which its operation does not have."""
    found = [op for op in subject.operations if op.value.get("operationId") == operation_id]
    names = {str(value.get("name")) for op in found for value, _ in subject.parameters(op)}
    held = link.value.get("parameters")
    for name in held if isinstance(held, dict) and found else ():
        plain = re.sub(r"^(?:path|query|header|cookie)\.", "", name)
        if plain not in names:
            mend = suggestion(plain, names, "Name a parameter of that operation.")
            message = f"the link passes `{plain}`, which {operation_id} does not take"
            # some pass what is a member of the body, which nothing describes but everybody understands
            severity = Severity.WARNING if any(op.value.get("requestBody") for op in found) else None
            yield Fault(f"{link.pointer}/parameters/{escape(name)}", message, mend, severity)


@warning(
    rationale="Where a document describes its tags, one that is not among them is a slip or lacks its words.",
    source="the document's own list of tags; OpenAPI 3.1, section 4.8.22",
)
def undefined_tag(subject: Subject) -> Faults:
    """Tags that the document does not list, though it lists others."""
    names = {str(tag.value["name"]) for tag in subject.of("tag") if "name" in tag.value}
    for node in subject.of("operation") if names else ():
        for index, tag in enumerate(as_list(node.value.get("tags"))):
            if isinstance(tag, str) and tag not in names:
                mend = suggestion(tag, names, "Describe it in the document's `tags`.")
                message = f"the tag {tag!r} is not in the document's list"
                yield Fault(f"{node.pointer}/tags/{index}", message, mend)


@advice(
    rationale="A tag that no operation has shows up as an empty section.",
    source="OpenAPI 3.1, section 4.8.22 (Tag Object)",
)
def unused_tag(subject: Subject) -> Faults:
    """Tags of the list that no operation has, nor a tag below them."""
    used = {str(tag) for node in subject.of("operation") for tag in as_list(node.value.get("tags"))}
    parents = {str(tag.value.get("parent")) for tag in subject.of("tag")}
    for tag in subject.of("tag"):
        name = tag.value.get("name")
        if isinstance(name, str) and name not in used | parents:
            yield Fault(tag.pointer, f"no operation has the tag {name!r}", "Remove it, or tag one with it.")


@recommendation(
    rationale="What nothing refers to is read, kept and translated for nobody.",
    source="common practice; OpenAPI 3.1, section 4.8.7 (Components Object)",
)
def unused_component(subject: Subject) -> Faults:
    """Components that nothing refers to, except what only they refer to."""
    used = _used(subject)
    for kind, pointer in _component_places(subject):
        for name in as_object(value_at(subject.document, pointer)):
            place = f"{pointer}/{escape(name)}"
            if place not in used and not any(other.startswith(f"{place}/") for other in used):
                yield Fault(place, f"nothing refers to the {kind} `{name}`", "Remove it, or use it.")


def _component_places(subject: Subject) -> list[tuple[str, str]]:
    kinds = {"schemas": "schema", "responses": "response", "parameters": "parameter", "examples": "example"}
    kinds |= {"requestBodies": "request body", "headers": "header", "links": "link", "callbacks": "callback"}
    kinds |= {"pathItems": "path item", "mediaTypes": "media type"}
    if subject.version.startswith("2."):
        return [("schema", "/definitions"), ("parameter", "/parameters"), ("response", "/responses")]
    return [(word, f"/components/{name}") for name, word in kinds.items()]


def _used(subject: Subject) -> set[str]:
    """The pointers of all that is referred to from elsewhere, by reference or by a discriminator."""
    used: set[str] = set()
    for node in subject.nodes:
        if node.ref and node.ref.startswith("#/"):
            target = from_ref(node.ref)
            if not node.pointer.startswith(f"{target}/"):
                used.add(target)
        held = node.value.get("discriminator") if node.kind == "schema" else None
        for value in as_object(as_object(held).get("mapping")).values():
            named = str(value)
            used.add(from_ref(named) if "/" in named else f"/components/schemas/{escape(named)}")
        if held is not None and node.kind == "schema":  # 2.0 and open hierarchies name their subtypes by it
            used |= {n.pointer for n in subject.of("schema") if _extends(n.value, node.pointer)}
    return used


def _extends(schema: JsonObject, base: str) -> bool:
    parts = as_list(schema.get("allOf"))
    return any(isinstance(part, dict) and from_ref(str(part.get("$ref", ""))) == base for part in parts)
