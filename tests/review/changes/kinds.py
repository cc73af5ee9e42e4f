"""Pairs of contracts for the kinds of change, each by the kind that it must make there and back.

The edits of `edits` have verdicts of their own by hand; here the point is that every kind can occur.
"""

from tests.review.changes.editing import both, cut, put
from tests.review.changes.edits import CREATE, FILES, LIST, PAGE

FLOW = {"tokenUrl": "https://api.example.com/token", "scopes": {"orders:read": "Read."}}
JSON_TEXT = {"content": {"application/json": {"schema": {"type": "string"}}}}
CHOICE = {"oneOf": [{"$ref": "#/components/schemas/Card"}, {"$ref": "#/components/schemas/Transfer"}]}


def mapped(*names, by="kind"):
    """A choice with a discriminator."""
    targets = {"card": "Card", "transfer": "Transfer", "iban": "Transfer"}
    mapping = {name: f"#/components/schemas/{targets[name]}" for name in names}
    return {**CHOICE, "discriminator": {"propertyName": by, "mapping": mapping}}


def targeted(name):
    """A choice whose discriminator maps a value to one of three schemas."""
    held = {"any": {"type": "string"}, "short": SHORT, "long": {"type": "string", "minLength": 2}}
    target = f"#/components/schemas/Settings/properties/probe/$defs/{name}"
    return {**CHOICE, "$defs": held, "discriminator": {"propertyName": "kind", "mapping": {"x": target}}}


def objects(properties="", required="", **more):
    """A schema of objects with properties that are strings, some of them required."""
    names = {name: {"type": "string"} for name in properties}
    return {"type": "object", "properties": names, "required": list(required), **more}


def contains(schema):
    return {"type": "array", "contains": schema}


CLOSED = {"additionalProperties": False}
SHORT = {"type": "string", "maxLength": 3}
OBJECT = {"type": "object"}

WEBHOOK = "webhooks stockLow post"
SIGNED = {"name": "X-Key", "in": "header", "schema": {"type": "string"}}

# What an edit of the shop makes, and what its undoing makes.
RETIRED = {"deprecated": True, "x-stability": "beta", "responses": {"204": {"description": "Done."}}}
EDITS_AND_UNDOINGS = [
    (put("paths /orders patch", {"responses": {}}), "operation-added", "operation-removed"),
    (put(f"{LIST} deprecated", new=True), "operation-deprecated", "operation-no-longer-deprecated"),
    (
        put(f"{CREATE} requestBody x-stability", "alpha"),
        "request-body-stability-lowered",
        "request-body-stability-raised",
    ),
    (
        put(f"{CREATE} requestBody x-internal", new=True),
        "request-body-became-internal",
        "request-body-no-longer-internal",
    ),
    (put(f"{LIST} x-stability", "alpha"), "operation-stability-lowered", "operation-stability-raised"),
    (put("paths /old", {"get": RETIRED}), "operation-added", "deprecated-operation-removed"),
    (put(f"{LIST} x-internal", new=True), "operation-became-internal", "operation-no-longer-internal"),
    (cut(f"{LIST} operationId"), "operation-id-removed", "operation-id-added"),
    (cut("paths /orders/{order_id} delete x-sunset"), "sunset-removed", "sunset-added"),
    (put(f"{LIST} parameters 2 x-sunset", "2031-01-01"), "sunset-added", "sunset-removed"),
    (
        put(f"{LIST} parameters 2 allowEmptyValue", new=True),
        "parameter-empty-allowed",
        "parameter-empty-rejected",
    ),
    (
        put(f"{LIST} parameters 2 deprecated", new=True),
        "parameter-deprecated",
        "parameter-no-longer-deprecated",
    ),
    (
        put(f"{LIST} parameters 2 x-stability-level", "draft"),
        "parameter-stability-lowered",
        "parameter-stability-raised",
    ),
    (
        put(f"{LIST} parameters 2 x-internal", new=True),
        "parameter-became-internal",
        "parameter-no-longer-internal",
    ),
    (
        put(f"{LIST} parameters 2 required", new=True),
        "parameter-became-required",
        "parameter-became-optional",
    ),
    (
        put(f"{LIST} requestBody", {"content": {"application/json": {}}}),
        "request-body-added",
        "request-body-removed",
    ),
    (
        put(f"{CREATE} requestBody required", new=False),
        "request-body-became-optional",
        "request-body-became-required",
    ),
    (
        both(
            put(f"{FILES} requestBody content application/*", {}),
            cut(f"{FILES} requestBody content application/octet-stream"),
        ),
        "request-media-type-widened",
        "request-media-type-narrowed",
    ),
    (
        both(put(f"{PAGE} content text/*", {"schema": {"type": "string"}}), cut(f"{PAGE} content text/csv")),
        "response-media-type-widened",
        "response-media-type-narrowed",
    ),
    (
        both(
            put("paths /categories get responses 2XX", {"description": "Any."}),
            cut("paths /categories get responses 200"),
        ),
        "response-media-type-removed",
        "status-range-narrowed",
    ),
    (put(f"{PAGE} headers Link required", new=True), "header-became-required", "header-became-optional"),
    (put(f"{PAGE} headers Link", JSON_TEXT), "header-content-changed", "header-content-changed"),
    (put(f"{CREATE} responses 201 links read operationId", "cancelOrder"), "link-changed", "link-changed"),
    (cut(f"{CREATE} responses 201 links read"), "link-removed", "link-added"),
    (cut(f"{CREATE} callbacks"), "callback-removed", "callback-added"),
    (cut("webhooks stockLow"), "webhook-removed", "webhook-added"),
    (
        put(f"{PAGE} headers Link", {"explode": True, "schema": {"type": "object"}}),
        "header-explode-changed",
        "header-explode-changed",
    ),
    (put(f"{WEBHOOK} parameters +", SIGNED), "received-parameter-added", "received-parameter-removed"),
    (
        put(f"{WEBHOOK} parameters +", {**SIGNED, "required": True}),
        "received-parameter-added",
        "received-required-parameter-removed",
    ),
    (
        put(f"{WEBHOOK} parameters 0 required", new=True),
        "received-parameter-became-required",
        "received-parameter-became-optional",
    ),
    (
        put(f"{WEBHOOK} parameters 1 allowEmptyValue", new=True),
        "received-parameter-empty-allowed",
        "received-parameter-empty-rejected",
    ),
    (cut(f"{WEBHOOK} requestBody"), "received-body-removed", "received-body-added"),
    (
        put(f"{WEBHOOK} requestBody required", new=False),
        "received-body-became-optional",
        "received-body-became-required",
    ),
    (cut(f"{WEBHOOK} responses 204 headers"), "sent-header-removed", "sent-header-added"),
    (
        put(f"{WEBHOOK} responses 204 headers X-Code", {"required": True, "schema": {"type": "string"}}),
        "sent-required-header-added",
        "sent-header-removed",
    ),
    (
        put(f"{WEBHOOK} responses 204 headers X-Seen required", new=True),
        "sent-header-became-required",
        "sent-header-became-optional",
    ),
    (
        put("components securitySchemes oauth flows password", FLOW),
        "security-flow-added",
        "security-flow-removed",
    ),
    (
        put("components securitySchemes oauth flows clientCredentials scopes orders:audit", "Audit."),
        "security-flow-scope-added",
        "security-flow-scope-removed",
    ),
]

# What a schema makes in place of another one, and that one in place of it; in either direction of travel.
SCHEMAS = [
    ({"type": ["string", "integer"]}, {"type": "string"}, "type-narrowed", "type-widened"),
    ({"type": "string"}, {"type": "integer"}, "type-changed", "type-changed"),
    ({"minLength": 1}, {"type": "string", "minLength": 1}, "implied-type-stated", "implied-type-left-out"),
    ({"type": ["string", "null"]}, {"type": "string"}, "became-not-nullable", "became-nullable"),
    ({"enum": ["a", "b"]}, {"enum": ["a"]}, "enum-value-removed", "enum-value-added"),
    (
        {"enum": ["a", "b"], "x-extensible-enum": True},
        {"enum": ["a"], "x-extensible-enum": True},
        "open-enum-value-removed",
        "open-enum-value-added",
    ),
    (
        {"type": "string", "x-extensible-enum": ["a", "b"]},
        {"type": "string", "x-extensible-enum": ["a"]},
        "known-value-removed",
        "known-value-added",
    ),
    ({"type": "number"}, {"type": "number", "minimum": 1}, "minimum-raised", "minimum-lowered"),
    ({"type": "number"}, {"type": "number", "maximum": 1}, "maximum-lowered", "maximum-raised"),
    (
        {"type": "number", "multipleOf": 2},
        {"type": "number", "multipleOf": 4},
        "multiple-of-narrowed",
        "multiple-of-widened",
    ),
    (
        {"type": "number", "multipleOf": 2},
        {"type": "number", "multipleOf": 3},
        "multiple-of-changed",
        "multiple-of-changed",
    ),
    ({"type": "string"}, {"type": "string", "minLength": 1}, "min-length-raised", "min-length-lowered"),
    ({"type": "string"}, SHORT, "max-length-lowered", "max-length-raised"),
    ({"type": "array"}, {"type": "array", "minItems": 1}, "min-items-raised", "min-items-lowered"),
    ({"type": "array"}, {"type": "array", "maxItems": 1}, "max-items-lowered", "max-items-raised"),
    ({"type": "array"}, {"type": "array", "uniqueItems": True}, "items-must-be-unique", "items-may-repeat"),
    (OBJECT, {**OBJECT, "minProperties": 1}, "min-properties-raised", "min-properties-lowered"),
    (OBJECT, {**OBJECT, "maxProperties": 1}, "max-properties-lowered", "max-properties-raised"),
    ({"type": "string"}, {"type": "string", "pattern": "^a$"}, "pattern-added", "pattern-removed"),
    (
        {"type": "string", "pattern": "^b"},
        {"type": "string", "pattern": "^a"},
        "pattern-changed",
        "pattern-changed",
    ),
    ({"type": "string"}, {"type": "string", "format": "uuid"}, "format-added", "format-removed"),
    (
        {"type": "string", "format": "date"},
        {"type": "string", "format": "uuid"},
        "format-changed",
        "format-changed",
    ),
    (
        {"type": "integer"},
        {"type": "integer", "format": "int32"},
        "integer-format-narrowed",
        "integer-format-widened",
    ),
    ({"type": "integer"}, {"type": "integer", "format": "int64"}, "int64-stated", "int64-left-out"),
    (
        {"type": "string"},
        {"type": "string", "contentEncoding": "base64"},
        "content-encoding-added",
        "content-encoding-removed",
    ),
    (
        {"type": "string", "contentMediaType": "application/json"},
        {"type": "string", "contentMediaType": "application/json", "contentSchema": OBJECT},
        "content-encoding-added",
        "content-encoding-removed",
    ),
    (
        OBJECT,
        {**OBJECT, "patternProperties": {"^x-": SHORT}},
        "properties-described",
        "properties-no-longer-described",
    ),
    (
        {"type": "string", "contentEncoding": "base32"},
        {"type": "string", "contentEncoding": "base64"},
        "content-encoding-changed",
        "content-encoding-changed",
    ),
    ({"type": "array"}, contains({"type": "string"}), "contains-added", "contains-removed"),
    (contains({"type": "string"}), contains({"type": "integer"}), "contains-changed", "contains-changed"),
    (
        {**contains({"type": "string"}), "maxContains": 3},
        {**contains({"type": "string"}), "minContains": 2, "maxContains": 3},
        "contains-count-narrowed",
        "contains-count-widened",
    ),
    (
        {**contains({"type": "string"}), "maxContains": 3},
        {**contains({"type": "string"}), "minContains": 2, "maxContains": 4},
        "contains-count-changed",
        "contains-count-changed",
    ),
    (OBJECT, {**OBJECT, "dependentRequired": {"a": ["b"]}}, "dependency-added", "dependency-removed"),
    (
        {**OBJECT, "dependentRequired": {"a": ["b"]}},
        {**OBJECT, "dependentRequired": {"b": ["a"]}},
        "dependency-changed",
        "dependency-changed",
    ),
    (OBJECT, {**OBJECT, "propertyNames": SHORT}, "property-names-narrowed", "property-names-widened"),
    (
        {**OBJECT, "propertyNames": {"pattern": "^a"}},
        {**OBJECT, "propertyNames": {"pattern": "^b"}},
        "property-names-changed",
        "property-names-changed",
    ),
    (objects("a"), objects("a", "a"), "property-became-required", "property-became-optional"),
    (objects("ab"), objects("a"), "property-removed", "property-added"),
    (objects("ab", "b"), objects("a"), "required-property-removed", "required-property-added"),
    (objects("ab", **CLOSED), objects("a", **CLOSED), "property-rejected", "property-added-to-closed"),
    (
        objects("ab", "b", **CLOSED),
        objects("a", **CLOSED),
        "required-property-rejected",
        "required-property-added-to-closed",
    ),
    (objects("a"), objects("a", **CLOSED), "object-closed", "object-opened"),
    (CHOICE, {"oneOf": [*CHOICE["oneOf"], objects("a", "a")]}, "alternative-added", "alternative-removed"),
    (OBJECT, {**OBJECT, "not": {"required": ["a"]}}, "condition-added", "condition-removed"),
    (
        {"anyOf": [objects("a", "a"), objects("b", "b")]},
        {"oneOf": [objects("a", "a"), objects("b", "b")]},
        "alternatives-exclusive",
        "alternatives-inclusive",
    ),
    ({"type": "string"}, {"type": "string", "default": "a"}, "default-changed", "default-changed"),
    ({"type": "string"}, {"type": "string", "readOnly": True}, "became-read-only", "no-longer-read-only"),
    ({"type": "string"}, {"type": "string", "writeOnly": True}, "became-write-only", "no-longer-write-only"),
    (
        {"type": "string"},
        {"type": "string", "deprecated": True},
        "schema-deprecated",
        "schema-no-longer-deprecated",
    ),
    (
        {"type": "string"},
        {"type": "string", "x-stability": "beta"},
        "stability-lowered",
        "stability-raised",
    ),
    ({"type": "string"}, {"type": "string", "x-internal": True}, "became-internal", "no-longer-internal"),
    (OBJECT, {**OBJECT, "xml": {"name": "a"}}, "xml-changed", "xml-changed"),
    (
        mapped("card", "transfer"),
        mapped("card", "transfer", by="type"),
        "discriminator-changed",
        "discriminator-changed",
    ),
    (
        mapped("card", "transfer", "iban"),
        mapped("card", "transfer"),
        "discriminator-value-removed",
        "discriminator-value-added",
    ),
    (CHOICE, mapped("card", "transfer"), "discriminator-added", "discriminator-removed"),
    (targeted("any"), targeted("short"), "discriminator-target-narrowed", "discriminator-target-widened"),
    (targeted("short"), targeted("long"), "discriminator-target-changed", "discriminator-target-changed"),
    (
        {"type": ["string", "null"], "enum": ["a", None], "x-nullable-unclear": "`nullable` next to an enum"},
        {"type": "string", "enum": ["a"]},
        "unclear-nullable-removed",
        "unclear-nullable-added",
    ),
]
