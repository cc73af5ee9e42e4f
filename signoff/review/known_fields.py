"""The fields of each kind of object by OpenAPI version, and which version a field belongs to otherwise.

The kinds are those of `structure.FIELDS`. The fields are read from the schemas that are published for 2.0,
3.0, 3.1 and 3.2; only the replacements for fields of another version are listed here.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from signoff.contract.json_value import as_list, as_object
from signoff.contract.pointer import from_ref, resolve
from signoff.contract.validity import published_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.contract.json_value import JsonObject, JsonValue

# Kind -> field -> what to use instead; empty for nothing.
_TO_3_1 = "OpenAPI 3.1"
_SCHEMA_OF_3_1 = {
    "const": "an `enum` with one value",
    "examples": "`example`",
    "contentEncoding": "`format: byte` or `format: binary`",
    "contentMediaType": "the media type",
    "$schema": "",
    "$comment": "`description`",
    **dict.fromkeys(("$defs", "definitions"), "a component"),
    **dict.fromkeys(("if", "then", "else"), "`oneOf` or the `description`"),
    **dict.fromkeys(("patternProperties", "unevaluatedProperties"), "`additionalProperties`"),
    **dict.fromkeys(("prefixItems", "unevaluatedItems"), "`items`"),
    **dict.fromkeys(("$id", "$anchor", "$dynamicRef", "$dynamicAnchor"), "`$ref`"),
    **dict.fromkeys(
        ("propertyNames", "dependentRequired", "dependentSchemas", "contentSchema"), "`description`"
    ),
    **dict.fromkeys(("contains", "minContains", "maxContains"), "`description`"),
}
_FROM_2_0 = {
    "document": {
        **dict.fromkeys(("host", "basePath", "schemes"), "`servers`"),
        **dict.fromkeys(("consumes", "produces"), "`content`"),
        "definitions": "`components/schemas`",
        "securityDefinitions": "`components/securitySchemes`",
        "parameters": "`components/parameters`",
        "responses": "`components/responses`",
    },
    "operation": {"consumes": "`content`", "produces": "`content`", "schemes": "`servers`"},
    "parameter": {"collectionFormat": "`style` and `explode`"},  # and `schema` for all others
    "header": {"type": "`schema`", "format": "`schema`", "collectionFormat": "`style` and `explode`"},
    "response": {"schema": "`content`"},
    "schema": {"collectionFormat": "`style` and `explode` of the parameter"},
}
_TO_2_0 = {
    "document": {"components": "`definitions`", "servers": "`host` and `basePath`"},
    "operation": {
        "requestBody": "a parameter with `in: body`",
        "callbacks": "`description`",
        "servers": "`host`",
    },
    "parameter": {"content": "`schema`", "style": "`collectionFormat`", "explode": "`collectionFormat`"},
    "response": {"content": "`schema`", "links": "`description`"},
    "schema": _SCHEMA_OF_3_1
    | {
        "nullable": "`x-nullable`",
        **dict.fromkeys(("oneOf", "anyOf", "not"), "`description`"),
        "writeOnly": "separate request and response schemas",
        "deprecated": "`description`",
    },
}
_NEWER = {
    ("document", "webhooks"): "`callbacks`",
    ("document", "jsonSchemaDialect"): "",
    ("components", "pathItems"): "`paths`",
    ("info", "summary"): "`description`",
}
# Fields of the published schemas of 3.1 and 3.2 that the specifications do not have.
_ERRATA = {"link": {"body"}, "media_type": {"description"}}


@lru_cache(maxsize=256)
def known(kind: str, version: str) -> frozenset[str]:
    """The fields of a kind of object in a version; empty if any name is allowed or none is listed.

    Any version since 3.0 has the fields of all of them: documents use fields of the next version early.
    """
    if version.startswith("2."):
        return frozenset(_published(kind, "2.0"))
    if kind == "schema":
        fields = {"$ref", *_published(kind, "3.0")}
        is_3_0 = version.startswith("3.0")
        return frozenset(fields if is_3_0 else fields - {"nullable"} | {"$vocabulary", *_SCHEMA_OF_3_1})
    found = {name for of in ("3.0", "3.1", "3.2") for name in _published(kind, of)}
    return frozenset(found - _ERRATA.get(kind, set()))


def _published(kind: str, version: str) -> Iterator[str]:
    """The fields that a published schema has for a kind (named PathItem, pathItem or path-item there)."""
    schema = published_schema(version)
    if kind == "document":
        yield from as_object(schema.get("properties"))
    for name, definition in as_object(schema.get("$defs", schema.get("definitions"))).items():
        if name.replace("-", "").lower() == kind.replace("_", ""):
            yield from _properties(definition, schema, set())


def _properties(part: JsonValue, schema: JsonObject, seen: set[str]) -> Iterator[str]:
    """The properties of a part of a schema, including its branches and references."""
    found = as_object(part)
    yield from as_object(found.get("properties"))
    inner = [branch for keyword in ("allOf", "oneOf", "anyOf") for branch in as_list(found.get(keyword))]
    inner += [found[keyword] for keyword in ("if", "then", "else") if keyword in found]
    for branch in (*inner, *as_object(found.get("dependentSchemas")).values()):
        yield from _properties(branch, schema, seen)
    ref = str(found.get("$ref", ""))
    if ref.startswith("#/") and ref not in seen:
        seen.add(ref)
        yield from _properties(resolve(schema, from_ref(ref)), schema, seen)


def elsewhere(kind: str, field: str, version: str) -> tuple[str, str] | None:
    """The version that a field belongs to if not this one, and what to use instead."""
    if version.startswith("2."):
        instead = _TO_2_0.get(kind, {}).get(field)
        home = _TO_3_1 if kind == "schema" and field in _SCHEMA_OF_3_1 else "OpenAPI 3.0"
        return None if instead is None else (home, instead)
    if kind == "schema" or field not in known(kind, version):
        of_parameters = "`schema`" if kind == "parameter" and field in known(kind, "2.0") else None
        if instead := _FROM_2_0.get(kind, {}).get(field, of_parameters):
            return "Swagger 2.0", instead
    if kind == "schema" and version.startswith("3.0") and field in _SCHEMA_OF_3_1:
        return _TO_3_1, _SCHEMA_OF_3_1[field]
    if kind == "schema" and not version.startswith("3.0") and field == "nullable":
        return "OpenAPI 3.0", "a list of types with null, such as `type: [string, 'null']`"
    if version.startswith("3.0") and (kind, field) in _NEWER:
        return _TO_3_1, _NEWER[kind, field]
    return None
