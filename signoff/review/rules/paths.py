"""Paths that are invalid, ambiguous, or do not match their parameters."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from signoff.contract.json_value import JsonObject, as_object
from signoff.contract.pointer import escape
from signoff.review.rules.registry import Fault, Faults, Severity, Subject, hint, rule, warning
from signoff.review.words import nearest, words

if TYPE_CHECKING:
    from signoff.review.subject import WrittenOperation

_VERBS = ("get", "put", "post", "patch", "delete", "create", "update", "fetch", "remove")
_PARAMETER = re.compile(r"\{([^{}]*)\}")


def _templates(subject: Subject) -> list[str]:
    return [path for path in as_object(subject.document.get("paths")) if not path.startswith("x-")]


@rule(
    rationale="Clients need a definition for each path parameter, and a place in the path to put it.",
    source="OpenAPI 3.1, section 4.8.12.1 (Parameter Locations)",
)
def path_parameter_mismatch(subject: Subject) -> Faults:
    """Path template names without a parameter, and parameters that are not in the template."""
    for operation in subject.operations:
        bare, _, query = operation.path.partition("?")
        placed = dict.fromkeys(name.lstrip("*+") for name in _PARAMETER.findall(bare))
        described = {
            str(value.get("name")): place
            for value, place in subject.parameters(operation)
            if value.get("in") == "path" and f"{{{value.get('name')}}}" not in query
        }
        yield from _mismatches(operation, list(placed), described)
    for node in subject.of("parameter"):
        if node.value.get("in") == "path" and node.value.get("required") is not True:
            place = f"{node.pointer}/required" if "required" in node.value else node.pointer
            message = f"Path parameter `{node.value.get('name')}` is not required"
            yield Fault(place, message, "Add `required: true`.")


def _mismatches(operation: WrittenOperation, placed: list[str], described: dict[str, str]) -> Faults:
    spare = {name: place for name, place in described.items() if name not in placed}
    for name in placed:
        if name in described:
            continue
        meant = nearest(name, spare)
        if meant:
            spare_place = spare.pop(meant)
            message = f"Path has {{{name}}}, but the parameter is named `{meant}`"
            yield Fault(f"{spare_place}/name", message, "Use the same name for both.")
        else:
            message = f"Path parameter `{name}` of {operation.label} is not defined"
            yield Fault(operation.pointer, message, "Add a parameter with `in: path` and `required: true`.")
    for name, place in spare.items():
        message = f"Path parameter `{name}` is not in {operation.path}"
        yield Fault(place, message, f"Add {{{name}}} to the path or remove the parameter.")


@rule(
    rationale="Servers and clients can't use an invalid path template.",
    source="OpenAPI 3.1, section 4.8.8 (Paths Object); RFC 3986, section 3.3",
)
def invalid_path_template(subject: Subject) -> Faults:
    """Paths without a leading slash, with unbalanced braces, duplicate names, a query or an empty segment."""
    for path in _templates(subject):
        place = f"/paths/{escape(path)}"
        bare = _PARAMETER.sub("", path)
        names = Counter(_PARAMETER.findall(path))
        if not path.startswith("/"):
            yield Fault(place, f"Path {path} does not start with a slash", f"Use /{path}.")
        if "{" in bare or "}" in bare:
            yield Fault(place, f"Braces in {path} are unbalanced", "Write each parameter as {name}.")
        for name in [name for name, count in names.items() if count > 1 or not name]:
            what = f"contains {{{name}}} twice" if name else "has a parameter without a name"
            yield Fault(place, f"Path {path} {what}", "Give each parameter a unique name.")
        if "?" in bare or "#" in bare:
            what, severity = ("query", None) if "?" in bare else ("fragment", Severity.WARNING)
            message = f"Path {path} contains a {what}, which never matches"
            yield Fault(place, message, "Define query parameters with `in: query` instead.", severity)
        if "//" in bare.replace("{}", "x") and "//" in path:
            yield Fault(place, f"Path {path} has an empty segment", "Use a single slash.", Severity.WARNING)


@warning(
    rationale="A trailing slash makes another URL: an API that mixes both styles causes 404 errors.",
    source="RFC 3986, section 6.2.3; the API's own conventions",
)
def path_trailing_slash(subject: Subject) -> Faults:
    """Paths with a trailing slash if most others have none."""
    paths = [path for path in _templates(subject) if path != "/"]
    slashed = [path for path in paths if path.endswith("/") and not path.endswith("//")]
    if len(slashed) * 5 > len(paths) and len(paths) > 1:
        return
    for path in slashed:
        yield Fault(f"/paths/{escape(path)}", f"Path {path} has a trailing slash", "Remove the slash.")


@rule(
    rationale="Paths that differ only in parameter names match the same requests.",
    source="OpenAPI 3.1, section 4.8.8 (Paths Object)",
)
def identical_paths(subject: Subject) -> Faults:
    """Paths that differ only in the names of their parameters."""
    seen: dict[str, str] = {}
    for path in _templates(subject):
        # a query or fragment makes a difference here; invalid-path-template reports it
        first = seen.setdefault(_PARAMETER.sub("{}", path), path)
        if first != path:
            message = f"Path {path} matches the same requests as {first}"
            yield Fault(f"/paths/{escape(path)}", message, "Merge the two paths, or make them different.")


@warning(
    rationale="If two paths match the same request and neither is more specific, tools pick either.",
    source="OpenAPI 3.1, section 4.8.8.2 (Path Templating Matching)",
)
def ambiguous_paths(subject: Subject) -> Faults:
    """Paths that match the same request, neither more specific, such as /{entity}/me and /books/{id}."""
    templates: dict[str, _Template] = {}
    for operation in subject.operations:
        known = templates.setdefault(
            operation.path, _Template(operation.path.strip("/").split("/"), set(), {})
        )
        known.methods.add(operation.method)
        in_path = [value for value, _ in subject.parameters(operation) if value.get("in") == "path"]
        known.parameters.update({str(value.get("name")): value for value in in_path})
    by_length: dict[int, list[str]] = {}
    for path, template in templates.items():
        earlier = by_length.setdefault(len(template.segments), [])
        rivals = [other for other in earlier if _are_ambiguous(template, templates[other])]
        earlier.append(path)
        if rivals:
            example = _common(template.segments, templates[rivals[0]].segments)
            more = f" (and {len(rivals) - 1} other paths)" if len(rivals) > 1 else ""
            message = f"Path {path} is ambiguous with {rivals[0]}{more}: both match {example}"
            yield Fault(f"/paths/{escape(path)}", message, "Make one of them more specific.")


@dataclass(frozen=True, slots=True)
class _Template:
    """A path in segments, with its methods and its parameters by name."""

    segments: list[str]
    methods: set[str]
    parameters: dict[str, JsonObject]

    def accepts(self, segment: str, text: str) -> bool:
        """Whether a templated segment can match a text, by the type of its parameter."""
        name = _PARAMETER.fullmatch(segment)
        parameter = self.parameters.get(name[1], {}) if name else {}
        schema = as_object(parameter.get("schema")) or parameter
        enum = schema.get("enum")
        if isinstance(enum, list) and text not in enum:
            return False
        is_number = schema.get("type") in ("integer", "number") and not text.lstrip("-").isdigit()
        return not is_number and schema.get("format") not in ("uuid", "date", "date-time", "int32", "int64")


def _are_ambiguous(first: _Template, second: _Template) -> bool:
    """Whether one request can match both, and neither is more specific."""
    here = there = False
    for one, other in zip(first.segments, second.segments, strict=True):
        if one == other:
            continue
        one_open, other_open = bool(_PARAMETER.fullmatch(one)), bool(_PARAMETER.fullmatch(other))
        if one_open and other_open:
            continue
        if not (one_open and first.accepts(one, other)) and not (other_open and second.accepts(other, one)):
            return False
        here, there = here or one_open, there or other_open
    return here and there and bool(first.methods & second.methods)


def _common(first: list[str], second: list[str]) -> str:
    pairs = zip(first, second, strict=True)
    return "/" + "/".join(other if _PARAMETER.fullmatch(one) else one for one, other in pairs)


@hint(
    rationale="The method is the verb: `DELETE /orders/{id}` needs no `/delete-order`.",
    source="Zalando RESTful API Guidelines, rule 141; Google AIP-131 to AIP-135",
)
def verb_in_path(subject: Subject) -> Faults:
    """Path segments that begin with an HTTP method or a verb that means one."""
    for path in _templates(subject):
        for segment in path.strip("/").split("/"):
            parts = words(segment) if "{" not in segment else []
            if len(parts) > 1 and parts[0] in _VERBS:
                message = f"Segment `{segment}` of {path} begins with the verb `{parts[0]}`"
                yield Fault(f"/paths/{escape(path)}", message, "Name the resource and use the HTTP method.")
