"""The rules that other tools publish, and what the review reports for each: the rows of `peer_rules.yaml`.

A row is built into a document, or a pair of documents, in which the other tool's rule applies:

- `at` and `step`: a schema at a place of an operation, before and after. Both follow from the rule's id
  unless the row has them.
- `base` and `new`: merge patches (RFC 7396) of a small document, the second one on top of the first; with
  `swap` the other way round.
- `lint`: edits of a clean document, by pointer; null removes. `openapi` is its version.
"""

import copy
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.review.documents import GONE, SHOP, edited

TOOLS = ("oasdiff", "redocly")
SMALL = {
    "openapi": "3.1.0",
    "info": {"title": "Shop", "version": "1.0.0"},
    "paths": {"/a": {"post": {"responses": {"200": {"description": "Done."}}}}},
}
_PET = {"type": "object", "required": ["kind"]}
PETS = {
    "Cat": {**_PET, "properties": {"kind": {"type": "string"}, "lives": {"type": "integer"}}},
    "Dog": {**_PET, "properties": {"kind": {"type": "string"}, "tail": {"type": "boolean"}}},
}
# Longer names first: the id of a row starts with one of them.
PLACES = (
    *("request-parameter-property", "request-parameter", "request-header-property", "request-header"),
    *("request-read-only-property", "request-optional-property", "request-required-property"),
    *("request-property", "request-body"),
    *("response-optional-write-only-property", "response-required-write-only-property"),
    *("response-write-only-property", "response-optional-property", "response-required-property"),
    *("response-property", "response-header", "response-body"),
)


@dataclass(frozen=True)
class Row:
    """One rule of another tool.

    Attributes:
        level: the other tool's.
        kind: the kind of change that is reported.
        rule: the rule that reports it.
        version: the version that the changes require.
        silent: why nothing is reported.
        missing: why nothing is reported although it could be.
        build: how to build its documents.
    """

    tool: str
    id: str
    level: str
    kind: str = ""
    rule: str = ""
    version: str = ""
    silent: str = ""
    missing: str = ""
    build: dict[str, Any] = field(default_factory=dict)

    def __str__(self):
        return f"{self.tool} {self.id}"


@cache
def table():
    return _plain(yaml.load(Path(__file__).with_name("peer_rules.yaml").read_text(), yaml.CSafeLoader))


def rows():
    """Every row of the table."""
    found = []
    for tool in TOOLS:
        for name, value in table()[tool].items():
            stated = (
                dict(zip(("level", "kind"), value, strict=True)) if isinstance(value, list) else dict(value)
            )
            known = {key: stated.pop(key) for key in list(stated) if key in Row.__dataclass_fields__}
            found.append(Row(tool, name, **known, build=stated))
    return found


def linted(row):
    """The clean document and the one in which the row's rule applies."""
    clean = {**SHOP, "openapi": row.build.get("openapi", "3.1.0")}
    edits = {pointer: GONE if value is None else value for pointer, value in row.build["lint"].items()}
    return clean, edited(clean, edits)


def pair(row):
    """The documents before and after a change."""
    build = row.build
    if "base" in build or "new" in build:
        base = patched(SMALL, build.get("base", {}))
        new = patched(base, build.get("new", {}))
        return (new, base) if build.get("swap") else (base, new)
    place = build.get("at") or next(place for place in PLACES if row.id.startswith(place))
    step = build.get("step") or row.id.removeprefix(f"{place}-")
    return tuple(_at(place, schema) for schema in table()["steps"][step])


def _at(place, schema):
    """A document with a schema at a place; without the property where the schema is None."""
    flow, _, part = place.partition("-")
    if part.endswith("property"):
        mark = (
            {"readOnly": True} if "read-only" in part else {"writeOnly": True} if "write-only" in part else {}
        )
        properties = {"id": {"type": "string"}} | ({} if schema is None else {"p": {**schema, **mark}})
        required = {"required": ["p"]} if "required" in part and schema is not None else {}
        schema = {"type": "object", "properties": properties, **required}
    operation = {"responses": {"200": {"description": "Done."}}}
    if part.startswith(("parameter", "header")) and flow == "request":
        where = "header" if part.startswith("header") else "query"
        style = {"style": "deepObject"} if part == "parameter-property" else {}
        operation["parameters"] = [{"name": "q", "in": where, "schema": schema, **style}]
    elif flow == "request":
        operation["requestBody"] = {"content": {"application/json": {"schema": schema}}}
    elif part == "header":
        operation["responses"]["200"]["headers"] = {"H": {"schema": schema}}
    else:
        operation["responses"]["200"]["content"] = {"application/json": {"schema": schema}}
    return {**SMALL, "paths": {"/a": {"post": operation}}, "components": {"schemas": PETS}}


def patched(document, patch):
    """A document with a merge patch applied (RFC 7396)."""
    if not isinstance(patch, dict):
        return copy.deepcopy(patch)
    found = dict(document) if isinstance(document, dict) else {}
    for key, value in patch.items():
        if value is None:
            found.pop(key, None)
        else:
            found[key] = patched(found.get(key), value)
    return found


def _plain(value):
    """A value with its keys and dates as text, as a document has them."""
    if isinstance(value, dict):
        return {str(key): _plain(held) for key, held in value.items()}
    if isinstance(value, list):
        return [_plain(held) for held in value]
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
