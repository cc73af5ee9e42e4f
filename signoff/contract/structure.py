"""The structure of OpenAPI documents: which objects are where (2.0, 3.0.4, 3.1.1, 3.2.0).

`FIELDS` maps each kind of object to the kinds of its fields. So readers know whether a `$ref` is a
reference, part of an example, or a property with the name `$ref`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from signoff.contract.pointer import escape, from_ref, join, resolve, split

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

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
        "definitions": "{schema}",  # of Swagger 2.0, which stay in their place
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

_OF_PARAMETERS = {"required", "schema", "style", "explode", "content"}
_OF_ITEMS = {"type", "format", "items", "enum", "default", "pattern", "collectionFormat"}
# The fields that tell apart the kinds that references lead to, of all versions; all may have `_SHARED` ones.
_OWN: dict[str, set[str]] = {
    "schema": {
        *FIELDS["schema"],
        *("type", "format", "enum", "const", "default", "required", "nullable", "discriminator", "xml"),
        *("readOnly", "writeOnly", "pattern", "uniqueItems", "multipleOf", "dependentRequired"),
        *(f"{bound}{of}" for bound in ("min", "max") for of in ("Length", "Items", "Properties", "Contains")),
        *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
        *("contentEncoding", "contentMediaType", "additionalItems", "dependencies"),
    },
    "response": {"content", "headers", "links", "schema"},
    "parameter": {"name", "in", "allowEmptyValue", "allowReserved", *_OF_PARAMETERS, *_OF_ITEMS},
    "header": {*_OF_PARAMETERS, *_OF_ITEMS},
    "request_body": {"content", "required"},
    "link": {"operationRef", "operationId", "parameters", "requestBody", "server"},
    "path_item": {*METHODS, "servers", "parameters", "additionalOperations"},
    "security_scheme": {
        *("type", "name", "in", "scheme", "bearerFormat", "flows", "openIdConnectUrl"),
        *("flow", "authorizationUrl", "tokenUrl", "scopes", "oauth2MetadataUrl"),
    },
    "media_type": {"schema", "itemSchema", "encoding", "prefixEncoding", "itemEncoding"},
}
_SHARED = {"summary", "description", "title", "deprecated", "example", "examples", "externalDocs", "$ref"}
# Where a bundled document has its other files, each by its number.
FILES_KEY = "x-signoff-files"


class Node(NamedTuple):
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
    for key, value in node.value.items() if fields else ():
        if isinstance(value, dict | list) and (spec := _spec(fields, key)):
            yield from _held(spec, f"{node.pointer}/{escape(key)}", value)


def _spec(fields: Mapping[str, str], key: str) -> str:
    """The entry of `FIELDS` for a key; empty if OpenAPI has nothing there."""
    return fields.get(key) or ("" if key.startswith(("x-", "$")) else fields.get("*", ""))


def _held(spec: str, pointer: str, value: JsonObject | list[JsonValue]) -> Iterator[Node]:
    kind = spec.strip("[]{}")
    if spec == kind:
        if isinstance(value, dict):
            yield Node(kind, pointer, value)
    elif spec.startswith("{") and isinstance(value, dict):
        may_be_extended = kind in ("path_item", "response")
        for name, item in value.items():
            if isinstance(item, dict) and not (may_be_extended and name.startswith("x-")):
                yield Node(kind, f"{pointer}/{escape(name)}", item)
    elif spec.startswith("[") and isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, dict):
                yield Node(kind, f"{pointer}/{index}", item)


def walk(document: JsonObject, kind: str = "document", *, has_schemas: bool = True) -> Iterator[Node]:
    """Every object of a document once, including targets of local `$ref`s.

    A reference to an object of another kind is not followed.

    Args:
        document: a bundled document.
        kind: the kind of its root in `FIELDS`.
        has_schemas: whether to enter schemas, which are most of a document.
    """
    seen: set[tuple[str, str]] = set()
    pending = [Node(kind, "", document)]
    while pending:
        node = pending.pop()
        if node[:2] in seen or (node.kind == "schema" and not has_schemas):
            continue
        seen.add(node[:2])
        yield node
        pending.extend(reversed(list(children(node))))
        if node.ref is not None and node.ref[:2] in ("#", "#/"):
            pointer = from_ref(node.ref)
            if (node.kind, pointer) in seen:
                continue
            try:
                target = resolve(document, pointer)
            except LookupError:
                continue
            if isinstance(target, dict) and not other_kind(document, kind, node.kind, pointer):
                pending.append(Node(node.kind, pointer, target))


def file_kind(value: JsonValue) -> str:
    """The kind of the root of a file that another one refers to; empty if it is a part of a document."""
    root = value if isinstance(value, dict) else {}
    if "swagger" in root:
        return "document_2_0"
    return "document" if "openapi" in root or "components" in root else ""


def other_kind(document: JsonObject, kind: str, wanted: str, pointer: str) -> str:
    """The kind of what a reference leads to, as text, if it is another than that of the reference's place.

    Where the structure of OpenAPI gives the target a kind, that counts, unless its fields are clearly those
    of the wanted one. Elsewhere, in a part of a document in a file of its own or under `x-`, its fields
    count: it is of another kind if it has no field of the wanted one, and all its fields are those of the
    other.

    Args:
        document: a bundled document.
        kind: the kind of its root.
        wanted: the kind of the reference's place.
        pointer: the place of the target.

    Raises:
        LookupError: there is nothing at `pointer`.
    """
    tokens = split(pointer)
    target = resolve(document, pointer)
    if tokens[:1] == [FILES_KEY]:
        kind, tokens = file_kind(resolve(document, join(tokens[:2]))), tokens[2:]
    wanted = wanted.removesuffix("_2_0")
    stands = kind_at(kind, tokens).replace("_2_0", "")
    if stands == wanted:
        return ""
    if not isinstance(target, dict):
        is_fine = wanted == "example" or (wanted == "schema" and isinstance(target, bool))
        return "" if is_fine else kind_words(stands or ("[value]" if isinstance(target, list) else "value"))
    fields = {name for name in target if name not in _SHARED and not name.startswith("x-")}
    if stands:
        is_meant = _fits(fields, wanted) and not _fits(fields, stands)
        return "" if is_meant else kind_words(stands)
    own = _OWN.get(wanted)
    if own is None or fields & own:
        return ""
    return next((kind_words(other) for other in _OWN if _fits(fields, other)), "")


def kind_at(kind: str, tokens: Iterable[str]) -> str:
    """The entry of `FIELDS` for a place below an object of a kind; empty where OpenAPI has nothing."""
    spec = kind
    for token in tokens:
        spec = spec[1:-1] if spec.startswith(("{", "[")) else _spec(FIELDS.get(spec, {}), token)
    return spec


def _fits(fields: set[str], kind: str) -> bool:
    return bool(fields) and fields <= _OWN.get(kind, set())


def kind_words(spec: str) -> str:
    """An entry of `FIELDS` as text: `a request body`, `a map of schemas`."""
    if spec in ("document", "components"):
        return "the whole document" if spec == "document" else "all components"
    name = spec.strip("{}[]").removesuffix("_2_0").replace("_", " ")
    if spec.startswith(("{", "[")):
        plural = f"{name[:-1]}ies" if name.endswith("y") else f"{name}s"
        return f"{'a map' if spec.startswith('{') else 'a list'} of {plural}"
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


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
