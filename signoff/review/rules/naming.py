"""Names that differ from the API's own naming convention: the one that most names follow."""

from __future__ import annotations

import re
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from signoff.contract.json_value import as_list, as_object
from signoff.contract.pointer import escape
from signoff.review.rules.registry import Fault, Faults, Severity, Subject, recommendation
from signoff.review.subject import value_at
from signoff.review.words import words

if TYPE_CHECKING:
    from collections.abc import Iterable


_SHAPES = {
    "snake_case": re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)+"),
    "kebab-case": re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)+"),
    "camelCase": re.compile(r"[a-z]+[a-z0-9]*([A-Z][a-z0-9]*)+"),
    "PascalCase": re.compile(r"([A-Z][a-z0-9]+){2,}|([A-Z]+[a-z0-9]+){2,}"),
    "SCREAMING_CASE": re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+"),
}
_CLEAR = 0.8
_ENOUGH = 5
_convention = partial(
    recommendation,
    source="the API's own conventions; Zalando RESTful API Guidelines, chapter on naming",
)


def shape_of(name: str) -> str | None:
    """The convention that a name of several words follows; None for a single word or no convention."""
    return next((shape for shape, pattern in _SHAPES.items() if pattern.fullmatch(name)), None)


def majority(names: Iterable[str]) -> str | None:
    """The convention that most names follow; None without a clear majority or with too few names."""
    shapes = Counter(shape for name in set(names) if (shape := shape_of(name)))
    if not shapes:
        return None
    shape, count = shapes.most_common(1)[0]
    total = shapes.total()
    return shape if total >= _ENOUGH and count / total >= _CLEAR else None


def written_as(name: str, shape: str) -> str:
    """The name in another convention."""
    parts = words(name)
    if shape == "camelCase":
        return parts[0] + "".join(part.capitalize() for part in parts[1:])
    if shape == "PascalCase":
        return "".join(part.capitalize() for part in parts)
    if shape == "kebab-case":
        return "-".join(parts)
    joined = "_".join(parts)
    return joined.upper() if shape == "SCREAMING_CASE" else joined


def _minority(found: list[tuple[str, str]], what: str) -> Faults:
    """A fault for each name that does not follow the convention of most."""
    shape = majority(name for name, _ in found)
    for name, place in found if shape else ():
        own = shape_of(name)
        if own is not None and shape is not None and own != shape:
            message = f"{what[:1].upper()}{what[1:]} `{name}` is {own}, but most are {shape}"
            yield Fault(place, message, f"Rename it to `{written_as(name, shape)}`.")


@_convention(rationale="Developers expect all properties to follow the same naming convention.")
def property_case(subject: Subject) -> Faults:
    """Properties in another case than most."""
    found = [
        (name, f"{node.pointer}/properties/{escape(name)}")
        for node in subject.of("schema")
        for name in as_object(node.value.get("properties"))
    ]
    return _minority(found, "property")


@_convention(rationale="Developers expect all parameters to follow the same naming convention.")
def parameter_case(subject: Subject) -> Faults:
    """Query and path parameters in another case than most; headers have their own convention."""
    found = [
        (str(node.value.get("name", "")), node.pointer)
        for node in subject.of("parameter")
        if node.value.get("in") in ("query", "path")
    ]
    return _minority(found, "parameter")


@_convention(
    rationale="Paths are case-sensitive: with one naming convention, developers don't have to guess."
)
def path_segment_case(subject: Subject) -> Faults:
    """Path segments in another case than most."""
    found = [
        (segment, f"/paths/{escape(path)}")
        for path in as_object(subject.document.get("paths"))
        for segment in path.split("/")
        if "{" not in segment
    ]
    return _minority(found, "path segment")


@_convention(rationale="Generated clients name their functions after the operationId.")
def operation_id_case(subject: Subject) -> Faults:
    """Operation ids in another case than most."""
    found = [
        (str(op.value["operationId"]), f"{op.pointer}/operationId")
        for op in subject.operations
        if "operationId" in op.value
    ]
    return _minority(found, "operationId")


@_convention(severity=Severity.INFO, rationale="Generated clients name their types after the components.")
def schema_name_case(subject: Subject) -> Faults:
    """Component schemas in another case than most."""
    folder = "/definitions" if subject.version.startswith("2.") else "/components/schemas"
    held = as_object(value_at(subject.document, folder))
    yield from _minority([(name, f"{folder}/{escape(name)}") for name in held], "schema")


@_convention(
    severity=Severity.INFO,
    rationale="An enum value in another case than the rest is usually a mistake.",
)
def enum_case(subject: Subject) -> Faults:
    """Enum values in another case than most of the enum."""
    for node in subject.of("schema"):
        enum = as_list(node.value.get("enum"))
        shape = majority(member for member in enum if isinstance(member, str))
        for index, value in enumerate(enum):
            if shape and isinstance(value, str) and shape_of(value) not in (None, shape):
                message = f"Enum value `{value}` is {shape_of(value)}, but most are {shape}"
                yield Fault(f"{node.pointer}/enum/{index}", message, f"Use `{written_as(value, shape)}`.")
