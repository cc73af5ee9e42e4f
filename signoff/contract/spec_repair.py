"""Schemas that are no JSON Schema, mended where it is plain what is meant, else left out in part.

Real documents hold types such as `any` or `int`, a boolean `required`, bounds in quotes. One of them
must not keep the rest of a document from being served.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import jsonschema_rs

from signoff.contract.patterns import mend_patterns
from signoff.contract.pointer import from_ref, join, resolve
from signoff.contract.structure import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.contract.bundle import Bundle
    from signoff.contract.json_value import JsonObject, JsonValue

_ROUNDS = 200
_TYPES = {"object", "array", "string", "number", "integer", "boolean", "null"}
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


def mended_schemas(bundled: Bundle) -> list[str]:
    """Mend every schema of a bundled document in place; its schemas are of JSON Schema 2020-12.

    Returns:
        A sentence with its place for each keyword that was changed or left out.
    """
    told = []
    for pointer, pattern in mend_patterns(bundled.value):
        place = bundled.locate(pointer)
        told.append(
            f"{place}: the pattern {_short(pattern)} is not a regular expression of ECMA-262; left out"
        )
    told += [
        f"{bundled.locate(f'{node.pointer}/enum')}: {sentence}"
        for node in walk(bundled.value)
        if node.kind == "schema" and (sentence := _mend_enum(node.value))
    ]
    for pointer, schema in _roots(bundled.value):
        told += [f"{bundled.locate(pointer + inner)}: {sentence}" for inner, sentence in _mended(schema)]
    return told + _mend_references(bundled)


def _mend_references(bundled: Bundle) -> list[str]:
    """Drop the references that lead into what had to be left out; say so."""
    told = []
    for node in walk(bundled.value):
        if node.kind == "schema" and node.ref and node.ref.startswith("#/"):
            try:
                resolve(bundled.value, from_ref(node.ref))
            except LookupError:
                place = bundled.locate(f"{node.pointer}/$ref")
                told.append(
                    f"{place}: the reference {_short(node.value.pop('$ref'))} leads nowhere; left out"
                )
    return told


def _mend_enum(schema: JsonObject) -> str:
    """Bring the members of an enum to the schema's type where all of them are of another; say so."""
    kind, options = schema.get("type"), schema.get("enum")
    if not isinstance(kind, str) or not isinstance(options, list) or not options:
        return ""
    if any(option is None or _is_of(kind, option) for option in options):
        return ""
    meant = [_converted(kind, option) for option in options]
    if None in meant:
        return ""
    schema["enum"] = meant
    return f"no member of the enum {_short(options)} is of type {kind}; read as {_short(meant)}"


def _is_of(kind: str, value: JsonValue) -> bool:
    types: dict[str, tuple[type, ...]] = {"string": (str,), "boolean": (bool,), "array": (list,)}
    types |= {"object": (dict,), "number": (int, float), "integer": (int,)}
    if isinstance(value, bool) and kind in ("number", "integer"):
        return False
    return isinstance(value, types.get(kind, (object,)))


def _converted(kind: str, value: JsonValue) -> JsonValue:
    """A member of an enum as it would be of the type; None where it is not plain."""
    if isinstance(value, dict | list):
        return None
    if kind == "string":
        return str(value).lower() if isinstance(value, bool) else str(value)
    read = _meant("", str(value).lower())
    return read if _is_of(kind, read) else None


def _roots(document: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    """The schemas that stand in no other schema."""
    schemas = {node.pointer: node.value for node in walk(document) if node.kind == "schema"}
    last = None
    for pointer in sorted(schemas, key=lambda pointer: pointer.split("/")):
        if last is None or not pointer.startswith(f"{last}/"):
            last = pointer
            yield pointer, schemas[pointer]


def _mended(schema: JsonObject) -> Iterator[tuple[str, str]]:
    """Mend one schema with all that stands in it."""
    for _ in range(_ROUNDS):
        try:
            jsonschema_rs.meta.validate(_plain(schema))
        except jsonschema_rs.ValidationError as error:
            path = list(error.instance_path)
        except (jsonschema_rs.ReferencingError, ValueError):
            return
        else:
            return
        if not path:
            return
        yield join(path), _mend(schema, path)


def _plain(schema: JsonObject) -> JsonObject:
    """The schema without a dialect of its own, which might be one that is not known."""
    return {key: value for key, value in schema.items() if key != "$schema"}


def _mend(schema: JsonObject, path: list[str | int]) -> str:
    """Change or remove what stands at a path, or the keyword that it is a part of."""
    keyword = path[-1]
    while isinstance(keyword, int) or not isinstance(resolve(schema, join(path[:-1])), dict):
        path = path[:-1]  # a member of a list: the keyword before it is at fault
        keyword = path[-1]
    holder = resolve(schema, join(path[:-1]))
    assert isinstance(holder, dict)  # noqa: S101 - the loop ends there
    value = holder.pop(keyword)
    if keyword == "items" and isinstance(value, list):
        holder["prefixItems"] = value
        return "a list of `items` is called `prefixItems` since JSON Schema 2020-12"
    meant = _meant(keyword, value)
    if meant is None:
        return f"{_short(value)} is no {keyword!r} of JSON Schema; left out"
    holder[keyword] = meant
    return f"{_short(value)} is no {keyword!r} of JSON Schema; read as {_short(meant)}"


def _meant(keyword: str, value: JsonValue) -> JsonValue:
    """What a faulty keyword plainly means; None where that is not plain."""
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
            return float(value) if "." in value else int(value)
        except ValueError:
            return None
    if isinstance(value, float) and value == int(value):
        return int(value)
    return None


def _type(item: JsonValue) -> str | None:
    if item is None:
        return "null"
    name = str(item).lower()
    return name if name in _TYPES else _MEANT.get(name)


def _short(value: JsonValue) -> str:
    shown = repr(value)
    return shown if len(shown) <= 80 else f"{shown[:80]} …"
