"""Paths as Schemathesis takes them: it fills them in with `str.format`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from signoff.conformance.effects import path_names
from signoff.contract.structure import walk

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signoff.contract import Operation
    from signoff.contract.json_value import JsonObject

_BRACES = re.compile(r"\{([^{}]+)\}|[{}]")
_OF_SEGMENTS = "!$&'()*+,;=:@"  # what `quote` keeps besides
_OF_FORMAT = re.compile(r"[.\[\]:!]")  # have a meaning in the fields of `str.format`


def template_of(path: str) -> str:
    """A path with a leading slash, fields for its parameters, and its other braces percent-encoded."""
    made = _BRACES.sub(lambda found: f"{{{field_of(found[1])}}}" if found[1] else _encoded(found), path)
    return made if path.startswith("/") else f"/{made}"


def field_of(name: str) -> str:
    """The name of a path parameter, as a field of the template."""
    return _OF_FORMAT.sub(_encoded, name)


def to_fields(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of path parameters by field, percent-encoded as Schemathesis takes them."""
    return {
        field_of(name): _in_path(value) if isinstance(value, str) else value for name, value in values.items()
    }


def from_fields(values: Mapping[str, Any] | None, operation: Operation) -> dict[str, Any]:
    """Values of path parameters by name, percent-decoded."""
    given = values or {}
    found = {name: given[field_of(name)] for name in path_names(operation) if field_of(name) in given}
    return {name: unquote(value) if isinstance(value, str) else value for name, value in found.items()}


def rename_paths(document: JsonObject) -> None:
    """Write the paths of a document and the names of their parameters as Schemathesis takes them."""
    paths = document.get("paths")
    if isinstance(paths, dict):
        document["paths"] = {
            path if path.startswith("x-") else template_of(path): item for path, item in paths.items()
        }
    for node in walk(document, has_schemas=False):
        if node.kind == "parameter" and node.value.get("in") == "path":
            node.value["name"] = field_of(str(node.value.get("name", "")))


def _in_path(text: str) -> str:
    """A value as a segment of a path (RFC 3986, section 3.3); it doesn't become a dot segment."""
    return text.replace(".", "%2E") if text in (".", "..") else quote(text, _OF_SEGMENTS, errors="replace")


def _encoded(found: re.Match[str]) -> str:
    return f"%{ord(found[0]):02X}"
