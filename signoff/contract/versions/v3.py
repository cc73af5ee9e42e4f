"""OpenAPI 3.0, 3.1 and 3.2 as the one dialect of the model: 3.1 with references by place.

What is added stands beside what the document says and pointers do not change, so that every place in the
result is a place in the document.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.contract.pointer import to_ref
from signoff.contract.structure import schema_nodes, walk

if TYPE_CHECKING:
    from signoff.contract.json_value import JsonObject


def upgrade_3_0(document: JsonObject) -> None:
    """Rewrite the schemas of a bundled 3.0 document to JSON Schema 2020-12 (3.0.4, section 4.7.24)."""
    for node in schema_nodes(document):
        _upgrade_schema(node.value)


# Marks a schema whose `nullable` has no effect by the letter, though most readers take it to have one.
UNCLEAR_NULL = "x-nullable-unclear"


def _upgrade_schema(schema: JsonObject) -> None:
    if "$ref" in schema:
        for sibling in [key for key in schema if key != "$ref"]:
            del schema[sibling]  # 3.0: siblings of a reference are ignored
        return
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if isinstance(schema.get(exclusive), bool):
            is_exclusive = schema.pop(exclusive)
            if is_exclusive and bound in schema:
                schema[exclusive] = schema.pop(bound)
    if True in (schema.pop("nullable", False), schema.pop("x-nullable", False)):
        _admit_null(schema)
    if schema.get("type") == "file":
        schema["type"] = "string"
    if isinstance(schema.get("discriminator"), str):  # Swagger 2.0 names the property alone
        schema["discriminator"] = {"propertyName": schema["discriminator"]}


def _admit_null(schema: JsonObject) -> None:
    # `nullable` only adds null to a `type` that stands beside it; an enum must list null itself
    # by the letter of 3.0.3, but documents that leave it out mean it (OAI proposal "clarify nullable").
    if isinstance(schema.get("type"), str):
        schema["type"] = [schema["type"], "null"]
    enum = schema.get("enum")
    if isinstance(enum, list) and None not in enum:
        schema["enum"] = [*enum, None]
        schema[UNCLEAR_NULL] = "`nullable` next to an enum without null"
    for keyword in ("allOf", "anyOf", "oneOf"):
        branches = schema.get(keyword)
        if "type" not in schema and isinstance(branches, list):
            del schema[keyword]
            schema["anyOf"] = [{keyword: branches}, {"type": "null"}]
            schema[UNCLEAR_NULL] = "`nullable` without a type"
            return


def upgrade_3_2(document: JsonObject) -> None:
    """Make lists of a bundled 3.2 document's streams of items, and `value` of `dataValue`."""
    for node in list(walk(document)):
        if node.kind == "media_type" and "itemSchema" in node.value:
            items: JsonObject = {"$ref": to_ref(f"{node.pointer}/itemSchema")}
            node.value.setdefault("schema", {"type": "array", "minItems": 1, "items": items})
        elif node.kind == "example" and "dataValue" in node.value:
            node.value.setdefault("value", node.value["dataValue"])
