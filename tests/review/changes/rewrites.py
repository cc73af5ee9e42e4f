"""Rewrites that say the same as before: each is a base document and two edits, or one from the base itself.

`same(base, one, other)` holds where the documents that both edits make mean the same.
"""

import json
from dataclasses import dataclass
from typing import Any

from tests.review.changes.editing import PETSTORE, REPORTS, SHOP, at, both, cut, put

LIST, CREATE, READ = "paths /orders get", "paths /orders post", "paths /orders/{order_id} get"
PAGE = f"{LIST} responses 200"
NOTE = "*NewOrder properties note"
COUNT = "*Line properties count"


@dataclass(frozen=True)
class Rewrite:
    name: str
    base: Any
    one: Any
    other: Any

    def __str__(self):
        return self.name


def keep(value):
    """The edit that changes nothing."""


def rewrite(name, other, one=keep, base=SHOP):
    return Rewrite(name, base, one, other)


def spelt(name, one, other, path=NOTE):
    """Two spellings of one schema, in a place that is sent and, from `Line`, received."""
    return rewrite(name, put(path, other), put(path, one))


def inlined(value):
    order = at(value, "*Order")
    at(value, f"{PAGE} content application/json schema")["items"] = order


def renamed_component(value):
    text = (
        json.dumps(value)
        .replace("schemas/Line", "schemas/Position")
        .replace("responses/Refused", "responses/No")
    )
    made = json.loads(text)
    made["components"]["schemas"]["Position"] = made["components"]["schemas"].pop("Line")
    made["components"]["responses"]["No"] = made["components"]["responses"].pop("Refused")
    return made


def renamed_scheme(value):
    made = json.loads(json.dumps(value).replace('"token": []', '"bearer": []'))
    made["components"]["securitySchemes"]["bearer"] = made["components"]["securitySchemes"].pop("token")
    return made


def renamed_path_parameter(value):
    return json.loads(
        json.dumps(value).replace("{order_id}", "{id}").replace('"name": "order_id"', '"name": "id"')
    )


def reversed_order(value):
    if isinstance(value, dict):
        return {key: reversed_order(item) for key, item in reversed(value.items())}
    return [reversed_order(item) for item in value] if isinstance(value, list) else value


def reversed_lists(value):
    """Required names, enums, parameters and alternatives in another order."""
    if isinstance(value, dict):
        made = {}
        for key, item in value.items():
            inner = reversed_lists(item)
            unordered = key in ("required", "enum", "parameters", "oneOf", "anyOf", "allOf", "type", "tags")
            made[key] = inner[::-1] if unordered and isinstance(inner, list) else inner
        return made
    return [reversed_lists(item) for item in value] if isinstance(value, list) else value


def wrapped_refs(keyword):
    def wrap(value):
        if isinstance(value, dict):
            if "/schemas/" in str(value.get("$ref", "")) and len(value) == 1:
                return {keyword: [value]}
            return {k: item if k == "discriminator" else wrap(item) for k, item in value.items()}
        return [wrap(item) for item in value] if isinstance(value, list) else value

    return wrap


def nullable_as_any_of(value):
    """`type: [x, null]` as `anyOf` of both."""
    if isinstance(value, dict):
        made = {key: nullable_as_any_of(item) for key, item in value.items()}
        kinds = made.get("type")
        if isinstance(kinds, list) and "null" in kinds:
            others = [kind for kind in kinds if kind != "null"]
            return {"anyOf": [{**made, "type": others[0]}, {"type": "null"}]}
        return made
    return [nullable_as_any_of(item) for item in value] if isinstance(value, list) else value


def without_prose(value):
    if isinstance(value, dict):
        is_described = isinstance(value.get("description"), str) and (
            "content" in value or value.keys() == {"description"}
        )
        return {
            key: without_prose(item)
            for key, item in value.items()
            if key not in ("description", "summary", "example", "examples", "title", "tags", "externalDocs")
            or (key == "title" and isinstance(item, dict))
            or (key == "description" and "content" in value)
            or (key == "tags" and isinstance(item, dict))
        } | ({"description": "Other words."} if is_described else {})
    return [without_prose(item) for item in value] if isinstance(value, list) else value


def parameters_at_operation(value):
    for path in ("/orders", "/orders/{order_id}"):
        item = value["paths"][path]
        shared = item.pop("parameters")
        for method in ("get", "post", "delete"):
            if method in item:
                item[method]["parameters"] = [*item[method].get("parameters", []), *shared]


def security_at_operations(value):
    stated = value.pop("security")
    for item in value["paths"].values():
        for method in ("get", "post", "put", "delete"):
            if method in item:
                item[method].setdefault("security", stated)


def servers_at_operations(value):
    stated = value.pop("servers")
    for item in value["paths"].values():
        item["servers"] = stated


def styles_spelt_out(value):
    styles = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}
    for item in value["paths"].values():
        for owner in (item, *(item[m] for m in ("get", "post", "put", "delete") if m in item)):
            for parameter in owner.get("parameters", []):
                parameter.setdefault("style", styles[parameter["in"]])
                parameter.setdefault("explode", parameter["style"] == "form")
                for keyword in ("required", "allowReserved", "deprecated"):
                    parameter[keyword] = parameter.get(keyword, 0) == 1


def path_in_server(value):
    value["servers"] = [{"url": "https://api.example.com"}, {"url": "https://sandbox.example.com"}]
    value["paths"] = {f"/v1{path}": item for path, item in value["paths"].items()}


def as_3_1(value):
    value["openapi"] = "3.1.0"


def pet_as_3_1(value):
    value["openapi"] = "3.1.0"
    at(value, "*Pet properties name")["type"] = ["string", "null"]
    at(value, "*Order properties quantity").update({"exclusiveMinimum": 0})


def pet_as_3_0(value):
    at(value, "*Pet properties name")["nullable"] = True
    at(value, "*Order properties quantity").update({"minimum": 0, "exclusiveMinimum": True})


def merged_order(value):
    stamped, own = at(value, "*Stamped"), at(value, "*Order allOf 1")
    value["components"]["schemas"]["Order"] = {
        "type": "object",
        "required": [*stamped["required"], *own["required"]],
        "properties": {**stamped["properties"], **own["properties"]},
    }


REWRITES = [
    rewrite("a component inlined", inlined),
    rewrite("components renamed", renamed_component),
    rewrite("a security scheme renamed", renamed_scheme),
    rewrite("a path parameter renamed", renamed_path_parameter),
    rewrite("members in another order", reversed_order),
    rewrite("lists in another order", reversed_lists),
    rewrite("references in a lone allOf", wrapped_refs("allOf")),
    rewrite("references in a lone anyOf", wrapped_refs("anyOf")),
    rewrite("references in a lone oneOf", wrapped_refs("oneOf")),
    rewrite("nullable types as anyOf", nullable_as_any_of),
    rewrite("other words", without_prose),
    rewrite("path parameters at their operations", parameters_at_operation),
    rewrite("security at the operations", security_at_operations),
    rewrite("servers at the paths", servers_at_operations),
    rewrite("styles spelt out", styles_spelt_out),
    rewrite("a part of the path moved to it from the server", path_in_server),
    rewrite("allOf merged", merged_order),
    rewrite("the reports' members in another order", reversed_order, base=REPORTS),
    rewrite("the reports' lists in another order", reversed_lists, base=REPORTS),
    rewrite("the reports' references in a lone allOf", wrapped_refs("allOf"), base=REPORTS),
    rewrite("the reports' nullable types as anyOf", nullable_as_any_of, base=REPORTS),
    rewrite("the reports in other words", without_prose, base=REPORTS),
    rewrite("the pets' lists in another order", reversed_lists, base=PETSTORE),
    rewrite("the pets in other words", without_prose, base=PETSTORE),
    rewrite("the pets in 3.1", as_3_1, base=PETSTORE),
    rewrite("nullable and exclusive bounds of 3.0 in 3.1", pet_as_3_1, pet_as_3_0, base=PETSTORE),
    rewrite(
        "statuses in another order",
        lambda v: put(f"{LIST} responses", reversed_order(at(v, f"{LIST} responses")))(v),
    ),
    rewrite(
        "a media type in capitals",
        both(
            put(
                f"{PAGE} content Application/JSON",
                {
                    "schema": {
                        "type": "array",
                        "maxItems": 100,
                        "items": {"$ref": "#/components/schemas/Order"},
                    }
                },
            ),
            cut(f"{PAGE} content application/json"),
        ),
    ),
    rewrite(
        "a charset that goes without saying",
        both(
            put(
                f"{PAGE} content application/json;charset=utf-8",
                {
                    "schema": {
                        "type": "array",
                        "maxItems": 100,
                        "items": {"$ref": "#/components/schemas/Order"},
                    }
                },
            ),
            cut(f"{PAGE} content application/json"),
        ),
    ),
    rewrite(
        "a header in lower case",
        both(
            put(f"{PAGE} headers x-total", {"required": True, "schema": {"type": "integer", "minimum": 0}}),
            cut(f"{PAGE} headers X-Total"),
        ),
    ),
    rewrite(
        "a body's required: false spelt out",
        put("paths /orders/{order_id}/files post requestBody required", new=False),
    ),
    rewrite("a server's closing slash", put("servers 0 url", "https://api.example.com/v1/")),
    rewrite(
        "a server's variable at its only value",
        put(
            "servers 0",
            {
                "url": "https://{host}.example.com/v1",
                "variables": {"host": {"default": "api", "enum": ["api"]}},
            },
        ),
    ),
    rewrite(
        "octets spelt out",
        put(
            "paths /orders/{order_id}/files post requestBody content application/octet-stream",
            {"schema": {"type": "string", "format": "binary"}},
        ),
    ),
    rewrite("an extension added", put("x-team", "orders")),
    rewrite("a tag added", put(f"{LIST} tags", ["orders"])),
    rewrite("a component that nobody uses", put("*Unused", {"type": "string"})),
    rewrite(
        "the default mapping left out",
        lambda v: at(v, "*Payment").pop("discriminator") and None,
        lambda v: at(v, "*Payment").pop("discriminator") and None,
    ),
    rewrite("an operation's deprecated: false", put(f"{LIST} deprecated", new=False)),
    rewrite("conditions in an allOf of one", put("*Settings allOf", [{"minProperties": 0}])),
    spelt("const as an enum of one", {"const": "a"}, {"enum": ["a"]}),
    spelt("a const with its type", {"const": "a"}, {"type": "string", "const": "a"}),
    spelt("an enum as anyOf of consts", {"enum": ["a", "b"]}, {"anyOf": [{"const": "b"}, {"const": "a"}]}),
    spelt(
        "an enum as oneOf of consts",
        {"type": "string", "enum": ["a", "b"]},
        {"oneOf": [{"const": "a", "title": "A"}, {"const": "b", "title": "B"}]},
    ),
    spelt(
        "types as anyOf",
        {"type": ["string", "integer"]},
        {"anyOf": [{"type": "integer"}, {"type": "string"}]},
    ),
    spelt(
        "types as oneOf",
        {"type": ["string", "boolean"], "maxLength": 9},
        {"oneOf": [{"type": "string", "maxLength": 9}, {"type": "boolean"}]},
    ),
    spelt(
        "null in the enum",
        {"type": ["string", "null"], "enum": ["a", None]},
        {"anyOf": [{"type": "string", "enum": ["a"]}, {"type": "null"}]},
    ),
    spelt("null as a const", {"type": ["string", "null"]}, {"anyOf": [{"type": "string"}, {"const": None}]}),
    spelt("a least length of nothing", {"type": "string"}, {"type": "string", "minLength": 0}),
    spelt("a format without meaning", {"type": "string"}, {"type": "string", "format": "password"}),
    spelt("digits", {"type": "string", "pattern": r"^\d{1,}$"}, {"type": "string", "pattern": "^[0-9]+$"}),
    spelt(
        "escapes that need not be",
        {"type": "string", "pattern": r"^[A-Za-z0-9_\-\.]+$"},
        {"type": "string", "pattern": r"^[\w.-]+$"},
    ),
    spelt("base64", {"type": "string", "format": "byte"}, {"type": "string", "contentEncoding": "base64"}),
    spelt("anything", {}, {"description": "Whatever it is."}),
    spelt(
        "unique items where there is one at most",
        {"type": "array", "maxItems": 1},
        {"type": "array", "maxItems": 1, "uniqueItems": True},
    ),
    spelt(
        "items that may be anything",
        {"type": "array"},
        {"type": "array", "items": {}, "minItems": 0, "uniqueItems": False},
    ),
    spelt(
        "members that may be anything",
        {"type": "object"},
        {"type": "object", "additionalProperties": True, "required": [], "minProperties": 0},
    ),
    spelt(
        "additionalProperties as an empty schema",
        {"type": "object"},
        {"type": "object", "additionalProperties": {}},
    ),
    spelt(
        "closed after allOf",
        {"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": False},
        {
            "allOf": [{"type": "object", "properties": {"a": {"type": "string"}}}],
            "unevaluatedProperties": False,
        },
    ),
    spelt(
        "keywords split over allOf",
        {"type": "string", "minLength": 1, "maxLength": 5},
        {"allOf": [{"type": "string"}, {"minLength": 1}, {"maxLength": 5}, {"maxLength": 9}]},
    ),
    spelt(
        "a bound that the enum keeps",
        {"type": "string", "enum": ["a", "b"]},
        {"type": "string", "enum": ["a", "b"], "maxLength": 9},
    ),
    spelt(
        "an excluded bound on integers",
        {"type": "integer", "minimum": 1, "maximum": 9},
        {"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 10},
        COUNT,
    ),
    spelt("integers as multiples of one", {"type": "integer"}, {"type": "number", "multipleOf": 1}, COUNT),
    spelt(
        "a fraction that integers keep", {"type": "integer"}, {"type": "integer", "multipleOf": 0.5}, COUNT
    ),
    spelt(
        "a bound that says nothing new",
        {"type": "integer", "minimum": 3},
        {"type": "integer", "minimum": 3, "exclusiveMinimum": 1},
        COUNT,
    ),
    spelt(
        "a bound as a float", {"type": "number", "maximum": 10}, {"type": "number", "maximum": 10.0}, COUNT
    ),
    spelt(
        "a range of integers as a list",
        {"type": "integer", "minimum": 1, "maximum": 3},
        {"type": "integer", "enum": [3, 2, 1]},
        COUNT,
    ),
    spelt(
        "int32 spelt out",
        {"type": "integer", "format": "int32"},
        {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1},
        COUNT,
    ),
    spelt("both truths", {"type": "boolean"}, {"enum": [True, False]}, "*NewOrder properties gift"),
    spelt(
        "a number with a format that says nothing",
        {"type": "number"},
        {"type": "number", "format": "double"},
        COUNT,
    ),
    spelt(
        "dependencies that are required anyway",
        {"type": "object", "required": ["a"]},
        {"type": "object", "required": ["a"], "dependentRequired": {"b": ["a"]}},
    ),
    spelt(
        "a repeated branch",
        {"anyOf": [{"type": "string"}, {"type": "integer"}]},
        {"anyOf": [{"type": "string"}, {"type": "integer"}, {"type": "string"}]},
    ),
    spelt(
        "a branch that another covers",
        {"type": "string"},
        {"anyOf": [{"type": "string", "maxLength": 3}, {"type": "string"}]},
    ),
    spelt(
        "anyOf within anyOf",
        {"type": ["string", "integer", "null"]},
        {"anyOf": [{"anyOf": [{"type": "string"}, {"type": "null"}]}, {"type": "integer"}]},
    ),
    spelt(
        "a nullable object",
        {"type": ["object", "null"], "properties": {"a": {"type": "string"}}},
        {"oneOf": [{"type": "null"}, {"type": "object", "properties": {"a": {"type": "string"}}}]},
    ),
    spelt(
        "a default outside the wrapper",
        {"type": ["string", "null"], "default": "a"},
        {"anyOf": [{"type": "string"}, {"type": "null"}], "default": "a"},
    ),
]
