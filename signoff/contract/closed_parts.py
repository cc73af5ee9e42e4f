"""Objects of which one part forbids what another requires, opened so that a value can be had.

`additionalProperties: false` sees only the `properties` beside it (JSON Schema 2020-12, section 10.3.2.3),
not those of the other parts of an `allOf` or of a branch. Real documents mean the whole, as
`unevaluatedProperties: false` does (section 11.3). What no part declares cannot be required.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.contract.bundle import dereference
from signoff.contract.json_value import as_list, as_object
from signoff.contract.structure import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.contract.bundle import Bundle
    from signoff.contract.json_value import JsonObject, JsonValue

_MAX_DEPTH = 16
_CLOSERS = ("additionalProperties", "unevaluatedProperties")
_CHOICES = ("oneOf", "anyOf")


def open_closed_parts(bundled: Bundle) -> Iterator[str]:
    """Close such objects as a whole, in place of their parts.

    Yields:
        A sentence with its place for each.
    """
    document = bundled.value
    for node in list(walk(document)):
        if node.kind != "schema":
            continue
        schema = node.value
        if undeclared := _undeclared(document, schema):
            required = [name for name in as_list(schema.get("required")) if name not in undeclared]
            schema["required"] = required
            yield (
                f"{bundled.locate(f'{node.pointer}/required')}: {undeclared[0]!r} is required, but not among"
                " the properties, and others are forbidden; not required"
            )
        if forbidden := _forbidden(document, schema):
            _open(document, schema, 0)
            schema["unevaluatedProperties"] = False
            yield (
                f"{bundled.locate(node.pointer)}: one part forbids {forbidden!r}, which another requires;"
                " read as closed as a whole (unevaluatedProperties)"
            )


def _undeclared(document: JsonObject, schema: JsonObject) -> list[str]:
    """What a closed schema requires and no part of it declares."""
    if schema.get("additionalProperties") is not False or not as_list(schema.get("required")):
        return []
    known: set[str] = set()
    for part in _parts(document, schema, 0):
        if {"patternProperties", "if", "$dynamicRef"} & part.keys():
            return []
        known |= as_object(part.get("properties")).keys()
        for branch in _branches(part):
            for inner in _parts(document, branch, 1):
                known |= as_object(inner.get("properties")).keys()
    return [str(name) for name in as_list(schema["required"]) if name not in known]


def _forbidden(document: JsonObject, schema: JsonObject) -> str:
    """A member that one part requires and another forbids; empty where there is none."""
    parts = list(_parts(document, schema, 0))
    if len(parts) == 1 and not any(choice in schema for choice in _CHOICES):
        return ""
    for part in parts:
        known = _known(document, part)
        if known is None:
            continue
        missing = next((name for other in parts for name in _required(other) if name not in known), "")
        for keyword in _CHOICES if part is schema else ():
            # Where every branch requires something that is forbidden, none can be taken.
            branches = as_list(schema.get(keyword))
            lacking = [
                next(
                    (n for inner in _parts(document, item, 1) for n in _required(inner) if n not in known), ""
                )
                for item in branches
                if isinstance(item, dict)
            ]
            if branches and len(lacking) == len(branches) and all(lacking):
                missing = missing or lacking[0]
        if missing:
            return missing
    return ""


def _known(document: JsonObject, part: JsonObject) -> set[str] | None:
    """The members that a closed part knows; None for one that is not closed, or not by names alone."""
    if part.get("patternProperties"):
        return None
    if part.get("additionalProperties") is False:
        return set(as_object(part.get("properties")))
    if part.get("unevaluatedProperties") is not False:
        return None
    seen = list(_parts(document, part, 0))
    if any({*_CHOICES, "if", "patternProperties", "$dynamicRef"} & inner.keys() for inner in seen):
        return None
    return {name for inner in seen for name in as_object(inner.get("properties"))}


def _parts(document: JsonObject, schema: JsonObject, depth: int) -> Iterator[JsonObject]:
    """A schema and all that it is made of, by reference and `allOf`."""
    yield schema
    if depth > _MAX_DEPTH:
        return
    for item in [*([{"$ref": schema["$ref"]}] if "$ref" in schema else []), *as_list(schema.get("allOf"))]:
        target = dereference(document, item)[0]
        if isinstance(target, dict) and target is not schema:
            yield from _parts(document, target, depth + 1)


def _branches(schema: JsonObject) -> Iterator[JsonObject]:
    for keyword in _CHOICES:
        yield from (item for item in as_list(schema.get(keyword)) if isinstance(item, dict))


def _open(document: JsonObject, schema: JsonObject, depth: int) -> None:
    """Take what closes a part away, from copies of the parts that are referred to."""
    for closer in _CLOSERS:
        if schema.get(closer) is False:
            del schema[closer]
    opened: list[JsonValue] = []
    for item in as_list(schema.get("allOf")):
        target = dereference(document, item)[0]
        is_closed = isinstance(target, dict) and any(
            part.get(closer) is False for part in _parts(document, target, 0) for closer in _CLOSERS
        )
        if isinstance(target, dict) and is_closed and depth < _MAX_DEPTH:
            copy = dict(target)
            _open(document, copy, depth + 1)
            opened.append(copy)
        else:
            opened.append(item)
    if opened:
        schema["allOf"] = opened


def _required(schema: JsonObject) -> list[str]:
    return [str(name) for name in as_list(schema.get("required"))]
