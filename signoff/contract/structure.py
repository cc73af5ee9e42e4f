"""The structure of OpenAPI documents: which objects are where (2.0, 3.0.4, 3.1.1, 3.2.0).

`FIELDS` maps each kind of object to the kinds of its fields. So readers know whether a `$ref` is a
reference, part of an example, or a property with the name `$ref`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from signoff.contract.pointer import escape, from_ref, resolve

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from signoff.contract.json_value import JsonObject, JsonValue

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")

# A field's value is one object ("kind"), a list of them ("[kind]") or a map of them ("{kind}").
FIELDS: dict[str, dict[str, str]] = {
    "document": {
        "info": "info",
        "servers": "[server]",
        "paths": "{path_item}",
        "webhooks": "{path_item}",
        "components": "components",
        "tags": "[tag]",
    },
    "components": {
        "schemas": "{schema}",
        "responses": "{response}",
        "parameters": "{parameter}",
        "examples": "{example}",
        "requestBodies": "{request_body}",
        "headers": "{header}",
        "securitySchemes": "{security_scheme}",
        "links": "{link}",
        "callbacks": "{callback}",
        "pathItems": "{path_item}",
        "mediaTypes": "{media_type}",
    },
    "path_item": dict.fromkeys(METHODS, "operation")
    | {"parameters": "[parameter]", "servers": "[server]", "additionalOperations": "{operation}"},
    "operation": {
        "parameters": "[parameter]",
        "requestBody": "request_body",
        "responses": "{response}",
        "callbacks": "{callback}",
        "servers": "[server]",
    },
    "parameter": {"schema": "schema", "content": "{media_type}", "examples": "{example}"},
    "request_body": {"content": "{media_type}"},
    "media_type": {
        "schema": "schema",
        "itemSchema": "schema",
        "examples": "{example}",
        "encoding": "{encoding}",
        "prefixEncoding": "[encoding]",
        "itemEncoding": "encoding",
    },
    "encoding": {"headers": "{header}"},
    "response": {"headers": "{header}", "content": "{media_type}", "links": "{link}"},
    "header": {"schema": "schema", "content": "{media_type}", "examples": "{example}"},
    "link": {"server": "server"},
    "document_2_0": {
        "paths": "{path_item_2_0}",
        "definitions": "{schema}",
        "parameters": "{parameter_2_0}",
        "responses": "{response_2_0}",
    },
    "path_item_2_0": dict.fromkeys(METHODS, "operation_2_0") | {"parameters": "[parameter_2_0]"},
    "operation_2_0": {"parameters": "[parameter_2_0]", "responses": "{response_2_0}"},
    "parameter_2_0": {"schema": "schema"},
    "response_2_0": {"schema": "schema"},
    "callback": {"*": "path_item"},
    "schema": {
        "properties": "{schema}",
        "patternProperties": "{schema}",
        "$defs": "{schema}",
        "definitions": "{schema}",
        "dependentSchemas": "{schema}",
        "allOf": "[schema]",
        "anyOf": "[schema]",
        "oneOf": "[schema]",
        "prefixItems": "[schema]",
        "items": "schema",
        "contains": "schema",
        "additionalProperties": "schema",
        "unevaluatedProperties": "schema",
        "unevaluatedItems": "schema",
        "propertyNames": "schema",
        "not": "schema",
        "if": "schema",
        "then": "schema",
        "else": "schema",
        "contentSchema": "schema",
    },
}


@dataclass(frozen=True, slots=True)
class Node:
    """One object of a document: its kind, pointer and value."""

    kind: str
    pointer: str
    value: JsonObject

    @property
    def ref(self) -> str | None:
        """The `$ref` if the object is a reference."""
        ref = self.value.get("$ref")
        return ref if isinstance(ref, str) else None


def children(node: Node) -> Iterator[Node]:
    """The direct children of `node`, in the document's order."""
    fields = FIELDS.get(node.kind, {})
    for key, value in node.value.items():
        spec = fields.get(key) or ("" if key.startswith(("x-", "$")) else fields.get("*", ""))
        if spec:
            yield from _held(spec, f"{node.pointer}/{escape(key)}", value)


def _held(spec: str, pointer: str, value: JsonValue) -> Iterator[Node]:
    kind = spec.strip("[]{}")
    if spec.startswith("{") and isinstance(value, dict):
        may_be_extended = kind in ("path_item", "response")
        names = [name for name in value if not (may_be_extended and name.startswith("x-"))]
        items = [(escape(name), value[name]) for name in names]
    elif spec.startswith("[") and isinstance(value, list):
        items = [(str(index), item) for index, item in enumerate(value)]
    elif isinstance(value, dict) and not spec.startswith(("[", "{")):
        yield Node(kind, pointer, value)
        return
    else:
        return
    yield from (Node(kind, f"{pointer}/{token}", item) for token, item in items if isinstance(item, dict))


def walk(document: JsonObject, kind: str = "document") -> Iterator[Node]:
    """Every object of a document once, including targets of local `$ref`s.

    Args:
        document: a bundled document.
        kind: the kind of its root in `FIELDS`.
    """
    seen: set[tuple[str, str]] = set()
    pending = [Node(kind, "", document)]
    while pending:
        node = pending.pop()
        if (node.kind, node.pointer) in seen:
            continue
        seen.add((node.kind, node.pointer))
        yield node
        pending.extend(reversed(list(children(node))))
        if node.ref is not None and node.ref[:2] in ("#", "#/"):
            pointer = from_ref(node.ref)
            try:
                target = resolve(document, pointer)
            except LookupError:
                continue
            if isinstance(target, dict):
                pending.append(Node(node.kind, pointer, target))


def schema_nodes(document: JsonObject) -> list[Node]:
    """Every schema of a bundled document, those inside others included; they may be changed meanwhile."""
    return [node for node in walk(document) if node.kind == "schema"]


def root_schemas(nodes: Iterable[Node]) -> Iterator[tuple[str, JsonObject]]:
    """Those of some schemas that stand in no other one, each with its place."""
    schemas = {node.pointer: node.value for node in nodes}
    last = None
    for pointer in sorted(schemas, key=lambda pointer: pointer.split("/")):
        if last is None or not pointer.startswith(f"{last}/"):
            last = pointer
            yield pointer, schemas[pointer]
