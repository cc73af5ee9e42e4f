"""References, links, tags and discriminators that point to nothing, and what nothing uses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from signoff.contract.json_value import JsonObject, as_list, as_object
from signoff.contract.pointer import escape, from_ref
from signoff.reporting.model import Severity
from signoff.review.rules.registry import Fault, Faults, Subject, advice, recommendation, rule, warning
from signoff.review.subject import value_at
from signoff.review.words import suggestion

if TYPE_CHECKING:
    from signoff.contract.structure import Node


@rule(
    rationale="Tools fail on a reference that cannot be resolved.",
    source="OpenAPI 3.1, section 4.8.23 (Reference Object)",
)
def unresolved_ref(subject: Subject) -> Faults:
    """References to a file or place that does not exist, or to another kind of object than belongs there."""
    missing = {
        (error.location.file, error.location.pointer): error for error in subject.unresolved if error.location
    }
    for node in subject.nodes if missing else ():
        place = subject.locate(f"{node.pointer}/$ref")
        error = missing.get((place.file, place.pointer))
        if error is not None:
            message = error.message[:1].upper() + error.message[1:]
            yield Fault(f"{node.pointer}/$ref", message, error.suggestion or _meant(subject, str(node.ref)))


def _meant(subject: Subject, ref: str) -> str:
    around, _, name = from_ref(ref).rpartition("/")
    held = as_object(value_at(subject.document, around)) if ref.startswith("#/") else {}
    return suggestion(name, held, "Add the target or correct the reference.")


_NO_NAME = {"array", "object"}


@rule(
    rationale="Clients can't choose a branch with an invalid discriminator.",
    source="OpenAPI 3.1, section 4.8.25 (Discriminator Object)",
)
def invalid_discriminator(subject: Subject) -> Faults:
    """Mappings to a schema that does not exist, and properties that no branch defines."""
    for pointer, schema in subject.schemas.items():
        held = schema.get("discriminator")
        if not isinstance(held, dict):
            continue
        for value, target in as_object(held.get("mapping")).items():
            if isinstance(target, str) and not _resolves(subject, target):
                place = f"{pointer}/discriminator/mapping/{escape(value)}"
                message = f"Discriminator maps {value!r} to a schema that does not exist: {target!r}"
                yield Fault(place, message, "Use the name of a schema or a reference to one.")
        yield from _property_faults(subject, pointer, schema, held)


def _resolves(subject: Subject, target: str) -> bool:
    """Whether a mapping names a schema, by reference or by the name of a component."""
    document = subject.contract.document
    if not target.startswith("#"):
        named = as_object(as_object(document.get("components")).get("schemas"))
        return "/" in target or "." in target or target in named
    return value_at(document, from_ref(target)) is not None


def _property_faults(subject: Subject, pointer: str, schema: JsonObject, held: JsonObject) -> Faults:
    place = f"{pointer}/discriminator"
    name = str(held.get("propertyName", ""))
    if not name or not {"oneOf", "anyOf", "properties"} & schema.keys():
        return
    view = subject.contract.schemas.view(schema)
    if name not in view.properties:
        yield Fault(place, f"No branch defines the discriminator property `{name}`", "Define it.")
    elif any(subject.contract.schemas.view(part).kinds <= _NO_NAME for part in view.properties[name]):
        message = f"Discriminator property `{name}` can't be the name of a schema"
        yield Fault(place, message, "Use a property of type string.")
    elif "defaultMapping" in held:  # OpenAPI 3.2: what a value without the property is
        return
    elif not any(name in as_list(part.get("required")) for part in view.every):
        message = f"Discriminator property `{name}` is not required"
        fix = "Add it to `required`."
        yield Fault(place, message, fix, Severity.WARNING)


@rule(
    rationale="Clients can't follow a link to an operation that does not exist.",
    source="OpenAPI 3.1, section 4.8.20 (Link Object)",
)
def invalid_link(subject: Subject) -> Faults:
    """Links to operations or parameters that do not exist."""
    ids = {str(node.value["operationId"]) for node in subject.of("operation") if "operationId" in node.value}
    for node in subject.of("link"):
        named = node.value.get("operationId")
        if isinstance(named, str) and named not in ids:
            fix = suggestion(named, ids, "Use the operationId of an existing operation.")
            yield Fault(f"{node.pointer}/operationId", f"Link to an unknown operation: {named!r}", fix)
        elif isinstance(named, str):
            yield from _link_parameters(subject, node, named)
        ref = node.value.get("operationRef")
        if isinstance(ref, str) and ref.startswith("#/") and not _resolves(subject, ref):
            place = f"{node.pointer}/operationRef"
            yield Fault(place, f"Link to an unknown operation: {ref!r}", "Correct the reference.")


def _link_parameters(subject: Subject, link: Node, operation_id: str) -> Faults:
    """Parameters of a link that its operation does not have."""
    found = [op for op in subject.operations if op.value.get("operationId") == operation_id]
    names = {str(value.get("name")) for op in found for value, _ in subject.parameters(op)}
    held = link.value.get("parameters")
    for name in held if isinstance(held, dict) and found else ():
        plain = re.sub(r"^(?:path|query|header|cookie)\.", "", name)
        if plain not in names:
            fix = suggestion(plain, names, "Use a parameter of that operation.")
            message = f"Link passes `{plain}`, which is not a parameter of {operation_id}"
            # some links pass a property of the body, which OpenAPI does not define, but readers understand
            severity = Severity.WARNING if any(op.value.get("requestBody") for op in found) else None
            yield Fault(f"{link.pointer}/parameters/{escape(name)}", message, fix, severity)


@warning(
    rationale="A tag that is not in the list of tags is a typo or lacks a description.",
    source="the API's own list of tags; OpenAPI 3.1, section 4.8.22",
)
def undefined_tag(subject: Subject) -> Faults:
    """Tags that are not in the document's `tags`, if it has any."""
    names = {str(tag.value["name"]) for tag in subject.of("tag") if "name" in tag.value}
    for node in subject.of("operation") if names else ():
        for index, tag in enumerate(as_list(node.value.get("tags"))):
            if isinstance(tag, str) and tag not in names:
                fix = suggestion(tag, names, "Add it to `tags` at the top of the document.")
                message = f"Tag {tag!r} is not defined in `tags`"
                yield Fault(f"{node.pointer}/tags/{index}", message, fix)


@advice(
    rationale="An unused tag shows up as an empty section in the reference.",
    source="OpenAPI 3.1, section 4.8.22 (Tag Object)",
)
def unused_tag(subject: Subject) -> Faults:
    """Tags in the list that no operation and no child tag uses."""
    used = {str(tag) for node in subject.of("operation") for tag in as_list(node.value.get("tags"))}
    parents = {str(tag.value.get("parent")) for tag in subject.of("tag")}
    for tag in subject.of("tag"):
        name = tag.value.get("name")
        if isinstance(name, str) and name not in used | parents:
            yield Fault(tag.pointer, f"Tag {name!r} is not used", "Remove it or add it to an operation.")


@recommendation(
    rationale="Unused components cost readers and maintainers time.",
    source="common practice; OpenAPI 3.1, section 4.8.7 (Components Object)",
)
def unused_component(subject: Subject) -> Faults:
    """Components without a reference from elsewhere."""
    used = _used(subject)
    for kind, pointer in _component_places(subject):
        for name in as_object(value_at(subject.document, pointer)):
            place = f"{pointer}/{escape(name)}"
            if place not in used and not any(other.startswith(f"{place}/") for other in used):
                yield Fault(place, f"Component {kind} `{name}` is not used", "Remove it or reference it.")


def _component_places(subject: Subject) -> list[tuple[str, str]]:
    kinds = {"schemas": "schema", "responses": "response", "parameters": "parameter", "examples": "example"}
    kinds |= {"requestBodies": "request body", "headers": "header", "links": "link", "callbacks": "callback"}
    kinds |= {"pathItems": "path item", "mediaTypes": "media type"}
    if subject.version.startswith("2."):
        return [("schema", "/definitions"), ("parameter", "/parameters"), ("response", "/responses")]
    return [(word, f"/components/{name}") for name, word in kinds.items()]


def _used(subject: Subject) -> set[str]:
    """The pointers of everything that is used elsewhere, by a reference or a discriminator."""
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
        if held is not None and node.kind == "schema":  # its subtypes, in 2.0 and without a mapping
            used |= {n.pointer for n in subject.of("schema") if _extends(n.value, node.pointer)}
    return used


def _extends(schema: JsonObject, base: str) -> bool:
    parts = as_list(schema.get("allOf"))
    return any(isinstance(part, dict) and from_ref(str(part.get("$ref", ""))) == base for part in parts)


@rule(
    rationale="Tools that group by tag take one of the two, and lose the description of the other.",
    source="OpenAPI 3.1, section 4.8.1 (tags): each tag name must be unique",
)
def duplicate_tag(subject: Subject) -> Faults:
    """Tags with the name of another."""
    seen: set[str] = set()
    for tag in subject.of("tag"):
        name = str(tag.value.get("name"))
        if name in seen:
            yield Fault(f"{tag.pointer}/name", f"Tag {name!r} is duplicated", "Remove one.")
        seen.add(name)


@rule(
    rationale="Tools can't build the navigation from a parent that does not exist or is its own descendant.",
    source="OpenAPI 3.2, section 4.22 (Tag Object, parent)",
)
def invalid_tag_parent(subject: Subject) -> Faults:
    """Tags whose parent is not defined, or is the tag itself or one below it."""
    tags = {str(tag.value.get("name")): tag for tag in subject.of("tag")}
    parents = {name: str(tag.value["parent"]) for name, tag in tags.items() if "parent" in tag.value}
    for name, parent in parents.items():
        place = f"{tags[name].pointer}/parent"
        if parent not in tags:
            fix = suggestion(parent, tags, "Add it to `tags`.")
            yield Fault(place, f"Parent {parent!r} of tag {name!r} is not defined", fix)
        elif name in _ancestors(name, parents):
            yield Fault(place, f"Tag {name!r} is its own ancestor", "Remove one of the parents.")


def _ancestors(name: str, parents: dict[str, str]) -> set[str]:
    found: set[str] = set()
    while (name := parents.get(name, "")) and name not in found:
        found.add(name)
    return found
