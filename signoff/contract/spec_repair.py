"""Repairs invalid schemas: fixes keywords with an obvious meaning, and ignores others.

Real documents contain types such as `any` or `int`, a boolean `required`, quoted bounds. They should not
prevent the rest of the document from being used.
"""

from __future__ import annotations

import json
from math import isfinite
from typing import TYPE_CHECKING

import jsonschema_rs

from signoff.contract.bundle import dereference
from signoff.contract.json_value import KINDS, as_list, as_object, is_of
from signoff.contract.patterns import readable_form
from signoff.contract.pointer import from_ref, join, resolve
from signoff.contract.schema_view import ALTERNATIVES, Part, References, View
from signoff.contract.structure import kind_at, root_schemas, schema_nodes

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from signoff.contract.bundle import Bundle
    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.structure import Node

_ROUNDS = 200
_MAX_DEPTH = 16
_CLOSERS = ("additionalProperties", "unevaluatedProperties")
_MEANT = {
    **dict.fromkeys(("int", "int32", "int64", "long", "short"), "integer"),
    **dict.fromkeys(("float", "double", "decimal", "numeric"), "number"),
    **dict.fromkeys(("bool",), "boolean"),
    **dict.fromkeys(("dict", "map", "hash", "json"), "object"),
    **dict.fromkeys(("list", "set"), "array"),
    **dict.fromkeys(
        ("str", "text", "file", "binary", "uuid", "guid", "date", "datetime", "date-time"), "string"
    ),
}


def repair_schemas(bundled: Bundle) -> list[str]:
    """Repair every schema of a bundled document in place; its schemas are JSON Schema 2020-12.

    Returns:
        One sentence with its location for each keyword that was changed or ignored.
    """
    found = list(_repair_patterns(bundled))
    nodes = schema_nodes(bundled.value)
    found += [
        f"{bundled.locate(f'{node.pointer}/enum')}: {sentence}"
        for node in nodes
        if (sentence := _repair_enum(node.value))
    ]
    for pointer, schema in root_schemas(nodes):
        found += [f"{bundled.locate(pointer + inner)}: {sentence}" for inner, sentence in _repaired(schema)]
    return found + _repair_references(bundled, schema_nodes(bundled.value) if found else nodes)


def _repair_patterns(bundled: Bundle) -> Iterator[str]:
    """Rewrite patterns that the validators can't read; ignore those that can't be rewritten."""
    for node in schema_nodes(bundled.value):
        unreadable = []
        stated = node.value.get("pattern")
        if isinstance(stated, str):
            node.value["pattern"] = readable = readable_form(stated)
            if readable is None:
                del node.value["pattern"]
                unreadable.append(("pattern", stated))
        by_pattern = as_object(node.value.get("patternProperties"))
        for name in [name for name in by_pattern if readable_form(name) != name]:
            schema, readable = by_pattern.pop(name), readable_form(name)
            if readable is None:
                unreadable.append(("patternProperties", name))
            else:
                by_pattern[readable] = schema
        for keyword, pattern in unreadable:
            yield (
                f"{bundled.locate(f'{node.pointer}/{keyword}')}: the pattern {_short(pattern)} is not a"
                " valid ECMA-262 regular expression; ignored"
            )


def _repair_references(bundled: Bundle, nodes: Iterable[Node]) -> list[str]:
    """Ignore references into ignored parts."""
    found = []
    for node in nodes:
        if node.ref and node.ref.startswith("#/"):
            try:
                resolve(bundled.value, from_ref(node.ref))
            except LookupError:
                place = bundled.locate(f"{node.pointer}/$ref")
                found.append(
                    f"{place}: the reference {_short(node.value.pop('$ref'))} cannot be resolved; ignored"
                )
    return found


def _repair_enum(schema: JsonObject) -> str:
    """Convert the values of an enum to the schema's type if none of them has it."""
    kind, options = schema.get("type"), schema.get("enum")
    if not isinstance(kind, str) or kind not in KINDS or not isinstance(options, list) or not options:
        return ""
    if any(option is None or is_of(option, {kind}) for option in options):
        return ""
    meant = [_converted(kind, option) for option in options]
    if None in meant:
        return ""
    schema["enum"] = meant
    return f"no value of the enum {_short(options)} is of type {kind}; read as {_short(meant)}"


def _converted(kind: str, value: JsonValue) -> JsonValue:
    """A value of an enum converted to the type; None if that is not obvious."""
    if isinstance(value, dict | list):
        return None
    if kind == "string":
        return str(value).lower() if isinstance(value, bool) else str(value)
    read = _meant("", str(value).lower())
    return read if is_of(read, {kind}) else None


def _repaired(schema: JsonObject) -> Iterator[tuple[str, str]]:
    """Repair one schema and its subschemas."""
    for _ in range(_ROUNDS):
        try:
            # without `$schema`, which might be unknown
            jsonschema_rs.meta.validate({key: value for key, value in schema.items() if key != "$schema"})
        except jsonschema_rs.ValidationError as error:
            path = _with_empty_names(schema, error.instance_path)
        except (jsonschema_rs.ReferencingError, ValueError):
            return
        else:
            return
        if not path:
            return
        yield join(path), _repair(schema, path)


def _with_empty_names(schema: JsonObject, path: Iterable[str | int]) -> list[str | int]:
    """The path of an error, with the empty names that the validator leaves out."""
    value: JsonValue = schema
    found: list[str | int] = []
    for token in path:
        while isinstance(value, dict) and token not in value and "" in value:
            found.append("")
            value = value[""]
        found.append(token)
        value = resolve(value, join([token]))
    return found


def _repair(schema: JsonObject, path: list[str | int]) -> str:
    """Change or remove the value at a path, or the keyword that contains it."""
    keyword = path[-1]
    while isinstance(keyword, int) or not isinstance(resolve(schema, join(path[:-1])), dict):
        path = path[:-1]  # an item of a list: the keyword is invalid
        keyword = path[-1]
    holder = resolve(schema, join(path[:-1]))
    assert isinstance(holder, dict)  # noqa: S101 - the loop ends there
    value = holder.pop(keyword)
    if kind_at("schema", map(str, path[:-1])) == "{schema}":  # a property, even one named `required`
        holder[keyword] = {}
        return f"{_short(value)} is not a schema; any value is accepted"
    if keyword == "items" and isinstance(value, list):
        holder["prefixItems"] = value
        if "additionalItems" in holder:
            holder["items"] = holder.pop("additionalItems")
        return "`items` is a list; read as `prefixItems` (JSON Schema 2020-12)"
    meant = _meant(keyword, value)
    if meant is None:
        return f"{_short(value)} is not a valid {keyword!r}; ignored"
    holder[keyword] = meant
    return f"{_short(value)} is not a valid {keyword!r}; read as {_short(meant)}"


def _meant(keyword: str, value: JsonValue) -> JsonValue:
    """The obvious meaning of an invalid keyword; None without one."""
    if keyword == "type":
        named = value if isinstance(value, list) else [value]
        unique: list[JsonValue] = list(dict.fromkeys(_type(item) for item in named))
        unique = [kind for kind in unique if kind is not None]
        return unique if len(unique) > 1 else unique[0] if unique else None
    if keyword == "required" and isinstance(value, list):
        return list(dict.fromkeys(str(item) for item in value)) or None
    if isinstance(value, str):
        if value in ("true", "false"):
            return value == "true"
        try:
            number = float(value) if "." in value else int(value)
        except ValueError:
            return None
        return number if isinstance(number, int) or isfinite(number) else None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return None


def _type(item: JsonValue) -> str | None:
    if item is None:
        return "null"
    name = str(item).lower()
    return name if name in KINDS else _MEANT.get(name)


def _short(value: JsonValue) -> str:
    shown = repr(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return shown if len(shown) <= 80 else f"{shown[:80]} …"


def open_closed_parts(bundled: Bundle) -> Iterator[str]:
    """Repair objects of which one part forbids what another requires: close the whole, not the parts.

    `additionalProperties: false` sees only the `properties` beside it (JSON Schema 2020-12, section
    10.3.2.3), not those of other parts of an `allOf` or of a branch. Authors usually mean the whole object,
    as with `unevaluatedProperties: false` (section 11.3). Properties that no part declares can't be
    required.

    Yields:
        One sentence with its location for each.
    """
    references = References(bundled.value)
    for node in schema_nodes(bundled.value):
        schema = node.value
        if undeclared := _undeclared(View(references, schema)):
            schema["required"] = [name for name in as_list(schema["required"]) if name not in undeclared]
            yield (
                f"{bundled.locate(f'{node.pointer}/required')}: {undeclared[0]!r} is required but not in"
                " properties, and others are forbidden; read as optional"
            )
        if forbidden := _forbidden(references, schema):
            _open(references, schema, 0)
            schema["unevaluatedProperties"] = False
            yield (
                f"{bundled.locate(node.pointer)}: one part forbids {forbidden!r}, which another requires;"
                " read as unevaluatedProperties: false"
            )


def _undeclared(view: View) -> list[str]:
    """The required properties of a closed schema that no part declares."""
    required = as_list(view.raw.get("required"))
    if view.raw.get("additionalProperties") is not False or not required:
        return []
    if any({"patternProperties", "if", "$dynamicRef"} & part.keys() for part in view.parts):
        return []
    return [str(name) for name in required if name not in view.properties]


def _forbidden(references: References, schema: JsonObject) -> str:
    """A property that one part requires and another forbids; empty without one."""
    parts = View(references, schema).parts
    if len(parts) == 1 and not any(choice in schema for choice in ALTERNATIVES):
        return ""
    for part in parts:
        known = _known(View(references, part))
        if known is None:
            continue
        missing = _missing(parts, known)
        for keyword in ALTERNATIVES if part is schema else ():
            # If every branch requires something forbidden, no branch can match.
            branches = [View(references, branch.schema) for branch in Part(schema, "").children(keyword)]
            lacking = [_missing(branch.parts, known) for branch in branches]
            missing = missing or (lacking[0] if lacking and all(lacking) else "")
        if missing:
            return missing
    return ""


def _missing(parts: Iterable[JsonObject], known: Container[str]) -> str:
    required = [str(name) for part in parts for name in as_list(part.get("required"))]
    return next((name for name in required if name not in known), "")


def _known(view: View) -> Container[str] | None:
    """The properties of a closed part; None if it is open, or not closed by names alone."""
    if view.raw.get("patternProperties"):
        return None
    if view.raw.get("additionalProperties") is False:
        return as_object(view.raw.get("properties"))
    undecided = {*ALTERNATIVES, "if", "patternProperties", "$dynamicRef"}
    if view.raw.get("unevaluatedProperties") is not False or any(undecided & p.keys() for p in view.parts):
        return None
    return view.properties


def _open(references: References, schema: JsonObject, depth: int) -> None:
    """Open a part; referenced parts are copied first."""
    for closer in _CLOSERS:
        if schema.get(closer) is False:
            del schema[closer]
    opened: list[JsonValue] = []
    for item in as_list(schema.get("allOf")):
        target = as_object(dereference(references.document, item)[0])
        parts = View(references, target).parts
        is_closed = any(part.get(closer) is False for part in parts for closer in _CLOSERS)
        if is_closed and depth < _MAX_DEPTH:
            target = dict(target)
            _open(references, target, depth + 1)
            opened.append(target)
        else:
            opened.append(item)
    if opened:
        schema["allOf"] = opened
