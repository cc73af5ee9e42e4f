"""Changes of path, query, header and cookie parameters."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from signoff.review.changes.content import compare_written, kinds_of
from signoff.review.changes.sunsets import compare_sunsets
from signoff.review.promises import lowered_or_raised, stated

if TYPE_CHECKING:
    from signoff.review.changes.endpoints import Endpoint
    from signoff.review.changes.revisions import Element, Side, Topic
    from signoff.review.changes.schemas import SchemaComparison

_STYLES = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}
# Defined elsewhere in a document (OpenAPI 3.1, section 4.8.12.1).
_RESERVED_HEADERS = {"accept", "content-type", "authorization"}
_IN_BRACES = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class _Parameter:
    """One parameter, with default values."""

    name: str
    location: str
    element: Element

    @property
    def pointer(self) -> str:
        return self.element.pointer

    @property
    def subject(self) -> str:
        return f"the {self.location} parameter `{self.name}`"

    @property
    def is_required(self) -> bool:
        return self.element.value.get("required") is True or self.location == "path"

    @property
    def style(self) -> str:
        stated = self.element.value.get("x-collection-format") or self.element.value.get("style")
        return str(stated or _STYLES.get(self.location, "form"))

    @property
    def explode(self) -> bool:
        stated = self.element.value.get("explode")
        return stated if isinstance(stated, bool) else self.style == "form"

    def says(self, keyword: str) -> bool:
        return self.element.value.get(keyword) is True


def compare_parameters(schemas: SchemaComparison, before: Endpoint, after: Endpoint, topic: Topic) -> None:
    """Compare the parameters of two operations, including those of their paths."""
    old, new = _parameters(schemas.before, before), _parameters(schemas.after, after)
    gone = {key: parameter for key, parameter in old.items() if key not in new}
    come = {key: parameter for key, parameter in new.items() if key not in old}
    for key, parameter in old.items():
        if key in new:
            _compare(schemas, parameter, new[key], topic)
    for key, parameter in list(gone.items()):
        moved = next((k for k, other in come.items() if other.name == parameter.name), None)
        if moved:
            detail = f"was moved to the {come[moved].location}"
            pointers = parameter.pointer, come[moved].pointer
            schemas.journal.tell("parameter-moved", topic.about(parameter.subject), detail, *pointers)
            del gone[key], come[moved]
    for parameter in gone.values():
        is_relied_on = topic.is_reversed and parameter.is_required
        rule = "received-required-parameter-removed" if is_relied_on else "parameter-removed"
        topic_of = topic.about(parameter.subject)
        schemas.journal.tell(rule, topic_of, "was removed", parameter.pointer, after.pointer)
    for parameter in come.values():
        rule = "required-parameter-added" if parameter.is_required else "parameter-added"
        detail = "is new and required" if parameter.is_required else "is new and optional"
        schemas.journal.tell(rule, topic.about(parameter.subject), detail, before.pointer, parameter.pointer)


def _parameters(side: Side, endpoint: Endpoint) -> dict[tuple[str, str], _Parameter]:
    """By location and name; path parameters by position, because their names are not sent."""
    positions = {name: str(index) for index, name in enumerate(_IN_BRACES.findall(endpoint.path))}
    found: dict[tuple[str, str], _Parameter] = {}
    for element in (*side.items(endpoint.item, "parameters"), *side.items(endpoint.operation, "parameters")):
        name, location = str(element.value.get("name")), str(element.value.get("in"))
        key = positions.get(name, name) if location == "path" else name
        if location == "header":
            key = name.lower()
            if key in _RESERVED_HEADERS:
                continue
        found[location, key] = _Parameter(name, location, element)
    return found


def _compare(schemas: SchemaComparison, before: _Parameter, after: _Parameter, topic: Topic) -> None:
    journal, places = schemas.journal, (before.pointer, after.pointer)
    topic = topic.about(after.subject)
    compare_sunsets(journal, before.element, after.element, topic, places)
    if before.is_required != after.is_required:
        is_now = "required" if after.is_required else "optional"
        journal.tell(f"parameter-became-{is_now}", topic, f"is now {is_now}", *places)
    if before.says("allowEmptyValue") != after.says("allowEmptyValue"):
        rule = "parameter-empty-allowed" if after.says("allowEmptyValue") else "parameter-empty-rejected"
        said = "may now" if after.says("allowEmptyValue") else "may no longer"
        journal.tell(rule, topic, f"{said} be empty", *places)
    if before.says("allowReserved") != after.says("allowReserved"):
        said = "may now" if after.says("allowReserved") else "may no longer"
        detail = f"{said} contain unencoded reserved characters"
        journal.tell("parameter-reserved-changed", topic, detail, *places)
    if before.says("deprecated") != after.says("deprecated"):
        rule = "parameter-deprecated" if after.says("deprecated") else "parameter-no-longer-deprecated"
        said = "is now" if after.says("deprecated") else "is no longer"
        journal.tell(rule, topic, f"{said} deprecated", *places)
    for step in lowered_or_raised(stated(before.element.value), stated(after.element.value)):
        journal.tell(f"parameter-{step.kind}", topic, step.detail, *places)
    if not any(schemas.members(before.element, after.element, "content")):
        _compare_style(schemas, before, after, topic)
    compare_written(schemas, before.element, after.element, topic, is_request=True)


def _compare_style(schemas: SchemaComparison, before: _Parameter, after: _Parameter, topic: Topic) -> None:
    places = before.pointer, after.pointer
    kinds = kinds_of(schemas, before.element, after.element)
    is_compound = bool(kinds & {"array", "object"})
    is_spread = "object" in kinds or ("array" in kinds and after.style != "simple")
    if before.style != after.style and (is_compound or before.location == "path"):
        detail = f"has style {after.style} instead of {before.style}"
        schemas.journal.tell("parameter-style-changed", topic, detail, *places)
    elif before.explode != after.explode and is_spread and before.style != "deepObject":
        detail = f"has explode {str(after.explode).lower()} instead of {str(before.explode).lower()}"
        schemas.journal.tell("parameter-explode-changed", topic, detail, *places)
