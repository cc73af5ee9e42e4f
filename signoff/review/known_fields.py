"""The fields of each kind of object, by version of OpenAPI (2.0, 3.0.4, 3.1.1, 3.2.0).

The kinds are those of `structure.FIELDS`. A field that is at home in other versions only is listed in
`ELSEWHERE`, with what takes its place.
"""

from __future__ import annotations

from signoff.contract.structure import METHODS

_BOUNDS = (
    *("multipleOf", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum", "maxLength", "minLength"),
    *("pattern", "maxItems", "minItems", "uniqueItems", "maxProperties", "minProperties", "required", "enum"),
)
_SCHEMA_2_0 = (
    *("$ref", "title", "description", "type", "format", "default", "items", "allOf", "properties"),
    *("additionalProperties", "discriminator", "readOnly", "xml", "externalDocs", "example", *_BOUNDS),
)
_SCHEMA_3_0 = (*_SCHEMA_2_0, "oneOf", "anyOf", "not", "nullable", "writeOnly", "deprecated")
_JSON_SCHEMA = (
    *("$id", "$schema", "$anchor", "$dynamicAnchor", "$dynamicRef", "$comment", "$defs", "$vocabulary"),
    *("const", "examples", "if", "then", "else", "dependentSchemas", "dependentRequired", "prefixItems"),
    *("contains", "minContains", "maxContains", "patternProperties", "propertyNames", "contentSchema"),
    *("unevaluatedItems", "unevaluatedProperties", "contentEncoding", "contentMediaType", "definitions"),
)
_SCHEMA_3_1 = tuple(name for name in _SCHEMA_3_0 if name != "nullable") + _JSON_SCHEMA
_ITEM_2_0 = ("type", "format", "items", "collectionFormat", "default", *_BOUNDS)
_SHOWN = ("summary", "description")

_COMMON = {
    "info": ("title", "summary", "description", "termsOfService", "contact", "license", "version"),
    "tag": ("name", "description", "externalDocs"),
}
_SINCE_3_0 = _COMMON | {
    "document": (
        *("openapi", "info", "servers", "paths", "components", "security", "tags", "externalDocs"),
        *("webhooks", "jsonSchemaDialect", "$self"),
    ),
    "components": (
        *("schemas", "responses", "parameters", "examples", "requestBodies", "headers", "securitySchemes"),
        *("links", "callbacks", "pathItems", "mediaTypes"),
    ),
    "path_item": ("$ref", *_SHOWN, "servers", "parameters", "additionalOperations", *METHODS),
    "operation": (
        *("tags", *_SHOWN, "externalDocs", "operationId", "parameters", "requestBody", "responses"),
        *("callbacks", "deprecated", "security", "servers"),
    ),
    "parameter": (
        *("name", "in", "description", "required", "deprecated", "allowEmptyValue", "style", "explode"),
        *("allowReserved", "schema", "example", "examples", "content"),
    ),
    "request_body": ("description", "content", "required"),
    "media_type": (
        *("schema", "itemSchema", "example", "examples", "encoding", "prefixEncoding", "itemEncoding"),
    ),
    "encoding": (
        *("contentType", "headers", "style", "explode", "allowReserved", "encoding"),
        *("prefixEncoding", "itemEncoding"),
    ),
    "response": ("summary", "description", "headers", "content", "links"),
    "header": (
        *("description", "required", "deprecated", "allowEmptyValue", "style", "explode", "allowReserved"),
        *("schema", "example", "examples", "content"),
    ),
    "example": (*_SHOWN, "value", "externalValue", "dataValue", "serializedValue"),
    "link": ("operationRef", "operationId", "parameters", "requestBody", "description", "server"),
    "security_scheme": (
        *("type", "description", "name", "in", "scheme", "bearerFormat", "flows", "openIdConnectUrl"),
        *("oauth2MetadataUrl", "deprecated"),
    ),
    "server": ("url", "description", "variables", "name"),
    "tag": ("name", "summary", "description", "externalDocs", "parent", "kind"),
}
_2_0 = _COMMON | {
    "document": (
        *("swagger", "info", "host", "basePath", "schemes", "consumes", "produces", "paths", "definitions"),
        *("parameters", "responses", "securityDefinitions", "security", "tags", "externalDocs"),
    ),
    "path_item": ("$ref", "parameters", "get", "put", "post", "delete", "options", "head", "patch"),
    "operation": (
        *("tags", *_SHOWN, "externalDocs", "operationId", "consumes", "produces", "parameters"),
        *("responses", "schemes", "deprecated", "security"),
    ),
    "parameter": ("name", "in", "description", "required", "schema", "allowEmptyValue", *_ITEM_2_0),
    "response": ("description", "schema", "headers", "examples"),
    "schema": _SCHEMA_2_0,
}

# Fields of other versions: kind -> field -> (where it is at home, what to write instead).
_TO_3_1 = "OpenAPI 3.1"
_SCHEMA_OF_3_1 = {
    "const": "an `enum` of one member",
    "examples": "`example`",
    "contentEncoding": "`format: byte` or `format: binary`",
    "contentMediaType": "the media type",
    "$schema": "nothing",
    "$comment": "`description`",
    **dict.fromkeys(("$defs", "definitions"), "a component of its own"),
    **dict.fromkeys(("if", "then", "else"), "`oneOf` or words"),
    **dict.fromkeys(("patternProperties", "unevaluatedProperties"), "`additionalProperties`"),
    **dict.fromkeys(("prefixItems", "unevaluatedItems"), "`items`"),
    **dict.fromkeys(("$id", "$anchor", "$dynamicRef", "$dynamicAnchor"), "`$ref`"),
    **dict.fromkeys(("propertyNames", "dependentRequired", "dependentSchemas", "contentSchema"), "words"),
    **dict.fromkeys(("contains", "minContains", "maxContains"), "words"),
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
    "parameter": {"collectionFormat": "`style` and `explode`"}
    | {name: "`schema`" for name in ("type", "format", "items", "default", *_BOUNDS) if name != "required"},
    "header": {"type": "`schema`", "format": "`schema`", "collectionFormat": "`style` and `explode`"},
    "response": {"schema": "`content`"},
    "schema": {"collectionFormat": "`style` and `explode` of the parameter"},
}
_TO_2_0 = {
    "document": {"components": "`definitions`", "servers": "`host` and `basePath`"},
    "operation": {"requestBody": "a parameter in `body`", "callbacks": "words", "servers": "`host`"},
    "parameter": {"content": "`schema`", "style": "`collectionFormat`", "explode": "`collectionFormat`"},
    "response": {"content": "`schema`", "links": "words"},
    "schema": _SCHEMA_OF_3_1
    | {
        "nullable": "`x-nullable`",
        **dict.fromkeys(("oneOf", "anyOf", "not"), "words"),
        "writeOnly": "another schema",
        "deprecated": "`description`",
    },
}


def known(kind: str, version: str) -> frozenset[str]:
    """The fields of a kind of object in a version; empty where any name may stand or none is listed."""
    if version.startswith("2."):
        return frozenset(_2_0.get(kind, ()))
    if kind == "schema":
        return frozenset(_SCHEMA_3_0 if version.startswith("3.0") else _SCHEMA_3_1)
    return frozenset(_SINCE_3_0.get(kind, ()))


def elsewhere(kind: str, field: str, version: str) -> tuple[str, str] | None:
    """Where a field of a kind of object is at home if not in this version, and what to write instead."""
    if version.startswith("2."):
        instead = _TO_2_0.get(kind, {}).get(field)
        home = _TO_3_1 if kind == "schema" and field in _SCHEMA_OF_3_1 else "OpenAPI 3.0"
        return (home, instead) if instead else None
    if field in _FROM_2_0.get(kind, {}):
        if kind == "schema" or field not in known(kind, version):
            return "Swagger 2.0", _FROM_2_0[kind][field]
        return None
    if kind == "schema" and version.startswith("3.0") and field in _SCHEMA_OF_3_1:
        return _TO_3_1, _SCHEMA_OF_3_1[field]
    if kind == "schema" and not version.startswith("3.0") and field == "nullable":
        return "OpenAPI 3.0", "`null` in a list of types, such as `type: [string, 'null']`"
    if version.startswith("3.0") and (kind, field) in _NEWER:
        return _TO_3_1, _NEWER[kind, field]
    return None


_NEWER = {
    ("document", "webhooks"): "`callbacks`",
    ("document", "jsonSchemaDialect"): "nothing",
    ("components", "pathItems"): "`paths`",
    ("info", "summary"): "`description`",
}
