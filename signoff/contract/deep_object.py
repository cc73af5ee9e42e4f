"""The `deepObject` style: `filter[name]=a&filter[age]=7` (OpenAPI 3.1, section 4.8.12.6).

The specification leaves open what deeper values look like; `a[b][c]=1`, `a[0]=1` and `a[]=1` are read as
the servers that take them do.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from signoff.contract.coercion import coerce, kinds_of
from signoff.contract.json_value import as_object

if TYPE_CHECKING:
    from collections.abc import Iterable

    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.schemas import SchemaSet

_KEY = re.compile(r"\[([^\[\]]*)\]")
_MAX_DEPTH = 32

_Tree: TypeAlias = "dict[str, _Tree | list[str]]"


def read(
    pairs: Iterable[tuple[str, str]], name: str, schema: JsonObject, schemas: SchemaSet
) -> JsonValue | None:
    """The value of one parameter or field.

    Args:
        pairs: decoded names with decoded texts, in the order they were sent.
        name: of the parameter; pairs of other names are passed over.
        schema: what the texts are read by.
        schemas: where its references lead.

    Returns:
        None where no pair is the parameter's.
    """
    tree: _Tree = {}
    for key, text in pairs:
        if not key.startswith(f"{name}["):
            continue
        path = _KEY.findall(key[len(name) :])
        if path and len(path) <= _MAX_DEPTH and key == name + "".join(f"[{part}]" for part in path):
            _enter(tree, path, text)
    return _value(tree, schema, schemas) if tree else None


def _enter(tree: _Tree, path: list[str], text: str) -> None:
    *outer, last = path
    for part in outer:
        inner = tree.setdefault(part or str(len(tree)), {})
        if not isinstance(inner, dict):
            return  # a text stands there already
        tree = inner
    leaf = tree.setdefault(last, [])
    if isinstance(leaf, list):
        leaf.append(text)


def _value(node: _Tree | list[str], schema: JsonObject, schemas: SchemaSet) -> JsonValue:
    kinds = kinds_of(schema, schemas)
    outline = schemas.outline(schema)
    items = as_object(outline.get("items"))
    if isinstance(node, list):
        if "array" in kinds:
            return [coerce(text, kinds_of(items, schemas)) for text in node]
        return coerce(node[0], kinds)
    if "array" in kinds and all(key == "" or key.isdecimal() for key in node):
        found: list[JsonValue] = []
        for key in sorted(node, key=lambda key: int(key or 0)):
            held = node[key]
            found += [_value([text], items, schemas) for text in held] if isinstance(held, list) else []
            found += [_value(held, items, schemas)] if isinstance(held, dict) else []
        return found
    members, others = as_object(outline.get("properties")), as_object(outline.get("additionalProperties"))
    return {key: _value(held, as_object(members.get(key, others)), schemas) for key, held in node.items()}
