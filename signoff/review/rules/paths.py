"""Are paths well formed, told apart, and in step with their parameters?"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from signoff.contract.json_value import JsonObject, as_object
from signoff.contract.pointer import escape
from signoff.review.rules.registry import Fault, Faults, Severity, Subject, rule, warning
from signoff.review.words import nearest

if TYPE_CHECKING:
    from signoff.review.subject import WrittenOperation

_PARAMETER = re.compile(r"\{([^{}]*)\}")


def _templates(subject: Subject) -> list[str]:
    return [path for path in as_object(subject.document.get("paths")) if not path.startswith("x-")]


@rule(
    rationale="A client can neither fill a place that nothing describes, nor send what has no place.",
    source="OpenAPI 3.1, section 4.8.12.1 (Parameter Locations)",
)
def path_parameter_mismatch(subject: Subject) -> Faults:
    """Names in the template without a parameter, and parameters without a place in the template."""
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
            message = f"the path parameter `{node.value.get('name')}` is not marked as required"
            yield Fault(place, message, "Add `required: true`: without its parts there is no path.")


def _mismatches(operation: WrittenOperation, placed: list[str], described: dict[str, str]) -> Faults:
    spare = {name: place for name, place in described.items() if name not in placed}
    for name in placed:
        if name in described:
            continue
        meant = nearest(name, spare)
        if meant:
            spare_place = spare.pop(meant)
            message = f"the path says {{{name}}}, but the parameter is called `{meant}`"
            yield Fault(f"{spare_place}/name", message, "Give both one name.")
        else:
            message = f"nothing describes the path parameter `{name}` of {operation.label}"
            yield Fault(operation.pointer, message, "Add a parameter with `in: path` and `required: true`.")
    for name, place in spare.items():
        message = f"the path parameter `{name}` has no place in {operation.path}"
        yield Fault(place, message, f"Put {{{name}}} into the path, or remove the parameter.")


@rule(
    rationale="What a server matches, and a client fills, must be one well-formed template.",
    source="OpenAPI 3.1, section 4.8.8 (Paths Object); RFC 3986, section 3.3",
)
def invalid_path_template(subject: Subject) -> Faults:
    """Templates without a slash in front, with broken braces, repeated names, a query or an empty segment."""
    for path in _templates(subject):
        place = f"/paths/{escape(path)}"
        bare = _PARAMETER.sub("", path)
        names = Counter(_PARAMETER.findall(path))
        if not path.startswith("/"):
            yield Fault(place, f"the path {path} does not begin with a slash", f"Write /{path}.")
        if "{" in bare or "}" in bare:
            yield Fault(place, f"the braces of {path} do not match", "Write each parameter as {name}.")
        for name in [name for name, count in names.items() if count > 1 or not name]:
            what = f"names {{{name}}} twice" if name else "has a parameter without a name"
            yield Fault(place, f"the path {path} {what}", "Give each parameter a name of its own.")
        if "?" in bare or "#" in bare:
            what, severity = ("query", None) if "?" in bare else ("fragment", Severity.WARNING)
            message = f"the path {path} holds a {what}, which is never matched"
            yield Fault(place, message, "Describe what follows as parameters with `in: query`.", severity)
        if "//" in bare.replace("{}", "x") and "//" in path:
            yield Fault(place, f"the path {path} has an empty segment", "Write one slash.", Severity.WARNING)


@warning(
    rationale="With and without a slash at the end are two resources; a document that mixes both misleads.",
    source="RFC 3986, section 6.2.3; the document's own conventions",
)
def path_trailing_slash(subject: Subject) -> Faults:
    """Paths that end in a slash where most others do not."""
    paths = [path for path in _templates(subject) if path != "/"]
    slashed = [path for path in paths if path.endswith("/") and not path.endswith("//")]
    if len(slashed) * 5 > len(paths) and len(paths) > 1:
        return
    for path in slashed:
        yield Fault(f"/paths/{escape(path)}", f"the path {path} ends in a slash", "Leave the slash out.")


@rule(
    rationale="Two templates that differ in names alone match the same requests; only one can be meant.",
    source="OpenAPI 3.1, section 4.8.8 (Paths Object)",
)
def identical_paths(subject: Subject) -> Faults:
    """Templates that are the same but for the names of their parameters."""
    seen: dict[str, str] = {}
    for path in _templates(subject):
        # what follows `?` or `#` tells them apart in the author's mind; another rule speaks of that
        first = seen.setdefault(_PARAMETER.sub("{}", path), path)
        if first != path:
            message = f"{path} and {first} match the same requests"
            yield Fault(f"/paths/{escape(path)}", message, "Join them to one path, or tell them apart.")


@warning(
    rationale="Where two templates match one request and none is more literal, tools pick as they please.",
    source="OpenAPI 3.1, section 4.8.8.2 (Path Templating Matching)",
)
def ambiguous_paths(subject: Subject) -> Faults:
    """Templates of which each is literal where the other is not, such as /{entity}/me and /books/{id}."""
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
            more = f" (and {len(rivals) - 1} other templates)" if len(rivals) > 1 else ""
            message = f"{path} and {rivals[0]}{more} match the same requests, such as {example}"
            yield Fault(f"/paths/{escape(path)}", message, "Make one literal where the other is.")


@dataclass(frozen=True, slots=True)
class _Template:
    """A path in segments, with the methods that it takes and its parameters by name."""

    segments: list[str]
    methods: set[str]
    parameters: dict[str, JsonObject]

    def admits(self, segment: str, text: str) -> bool:
        """Whether a templated segment may stand for a text, by the type of its parameter."""
        name = _PARAMETER.fullmatch(segment)
        parameter = self.parameters.get(name[1], {}) if name else {}
        schema = as_object(parameter.get("schema")) or parameter
        enum = schema.get("enum")
        if isinstance(enum, list) and text not in enum:
            return False
        is_number = schema.get("type") in ("integer", "number") and not text.lstrip("-").isdigit()
        return not is_number and schema.get("format") not in ("uuid", "date", "date-time", "int32", "int64")


def _are_ambiguous(first: _Template, second: _Template) -> bool:
    """Whether one request can match both, though neither is the more literal one."""
    here = there = False
    for one, other in zip(first.segments, second.segments, strict=True):
        if one == other:
            continue
        one_open, other_open = bool(_PARAMETER.fullmatch(one)), bool(_PARAMETER.fullmatch(other))
        if one_open and other_open:
            continue
        if not (one_open and first.admits(one, other)) and not (other_open and second.admits(other, one)):
            return False
        here, there = here or one_open, there or other_open
    return here and there and bool(first.methods & second.methods)


def _common(first: list[str], second: list[str]) -> str:
    pairs = zip(first, second, strict=True)
    return "/" + "/".join(other if _PARAMETER.fullmatch(one) else one for one, other in pairs)
