"""Swagger 2.0 to OpenAPI 3.1: bodies, media types, styles, security and servers move to where 3.1 has them.

Schemas of responses and `definitions` stay where they stand and are referred to, so that every place
in them is a place in the document (Swagger 2.0: Parameter Object, Response Object, Items Object).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.contract import media_types
from signoff.contract.bundle import dereference
from signoff.contract.json_value import as_object
from signoff.contract.pointer import escape, to_ref
from signoff.contract.structure import METHODS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.contract.json_value import JsonObject, JsonValue

_JSON = "application/json"
_SCHEMA_KEYWORDS = (
    *("type", "format", "items", "default", "enum", "multipleOf", "pattern", "uniqueItems"),
    *("maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum", "maxLength", "minLength"),
    *("maxItems", "minItems", "x-nullable"),
)
_STYLES = {"ssv": "spaceDelimited", "pipes": "pipeDelimited", "tsv": "tabDelimited"}
# Marks a `minLength` that only states the default of `allowEmptyValue`.
EMPTY_ALLOWED = "x-empty-allowed"
_FLOW_FIELDS: tuple[str, ...] = ("authorizationUrl", "tokenUrl", "scopes")
_FLOWS = {"accessCode": "authorizationCode", "application": "clientCredentials"}


def upgrade(document: JsonObject) -> None:
    """Rewrite a bundled 2.0 document in place, its schemas' dialect aside."""
    for path, item in list(as_object(document.get("paths")).items()):
        if isinstance(item, dict) and not path.startswith("x-"):
            target, pointer = dereference(document, item)
            if isinstance(target, dict):
                _upgrade_path_item(document, target, pointer or f"/paths/{escape(path)}")
    for parameter in list(as_object(document.get("parameters")).values()):
        if isinstance(parameter, dict) and parameter.get("in") not in ("body", "formData"):
            _upgrade_parameter(parameter)
    components = {
        "securitySchemes": {
            name: _scheme(s) for name, s in as_object(document.get("securityDefinitions")).items()
        }
    }
    document["components"] = components  # type: ignore[assignment]  # JSON, its values just made
    document["servers"] = _servers(document)
    document["openapi"] = "3.1.0"
    for key in ("swagger", "host", "basePath", "schemes", "securityDefinitions"):
        document.pop(key, None)


def _upgrade_path_item(document: JsonObject, item: JsonObject, pointer: str) -> None:
    shared = list(_parameters(document, item))
    for method in METHODS:
        operation = item.get(method)
        if not isinstance(operation, dict) or operation.get("requestBody"):
            continue
        place = f"{pointer}/{method}"
        own = list(_parameters(document, operation))
        known = {(parameter.get("in"), parameter.get("name")) for parameter in own}
        inherited = [p for p in shared if (p.get("in"), p.get("name")) not in known]
        _upgrade_operation(document, operation, place, [*own, *inherited])
    item.pop("parameters", None)


def _parameters(document: JsonObject, owner: JsonObject) -> Iterator[JsonObject]:
    """The parameters of an operation or path."""
    held = owner.get("parameters")
    for parameter in held if isinstance(held, list) else []:
        target = dereference(document, parameter)[0]
        if isinstance(target, dict):
            yield target


def _upgrade_operation(
    document: JsonObject, operation: JsonObject, pointer: str, parameters: list[JsonObject]
) -> None:
    consumes = _names(operation.get("consumes", document.get("consumes")))
    produces = _names(operation.get("produces", document.get("produces"))) or [_JSON]
    bodies = [parameter for parameter in parameters if parameter.get("in") == "body"]
    fields = [parameter for parameter in parameters if parameter.get("in") == "formData"]
    others = [parameter for parameter in parameters if parameter.get("in") not in ("body", "formData")]
    for parameter in others:
        _upgrade_parameter(parameter)
    operation["parameters"] = [dict(parameter) for parameter in others]
    if bodies:
        operation["requestBody"] = _body(bodies[0], consumes or [_JSON])
    elif fields:
        operation["requestBody"] = _form(fields, consumes)
    responses = as_object(operation.get("responses"))
    for status, response in responses.items():
        target, place = dereference(document, response)
        if isinstance(target, dict) and not status.startswith("x-"):
            at = place or f"{pointer}/responses/{escape(status)}"
            responses[status] = _response(target, at, produces)


def _upgrade_parameter(parameter: JsonObject) -> None:
    """Give a parameter or header a schema of its own and a style."""
    if "schema" in parameter:
        return
    parameter["schema"] = _schema(parameter)
    collection = parameter.pop("collectionFormat", None)
    if collection == "tsv":  # no style of OpenAPI 3 stands for it
        parameter["x-collection-format"] = "tsv"
    if parameter.get("type") == "array":
        if parameter.get("in") in ("query", "formData"):
            parameter.update(_serialization(collection))
        elif collection in _STYLES:
            parameter["style"] = _STYLES[str(collection)]
    for key in _SCHEMA_KEYWORDS:
        parameter.pop(key, None)


def _serialization(collection: JsonValue) -> JsonObject:
    """The style of a list, by its `collectionFormat`; without one it is separated by commas."""
    return {"style": _STYLES.get(str(collection), "form"), "explode": collection == "multi"}


def _schema(parameter: JsonObject) -> JsonObject:
    """The schema that a parameter's own keywords are; where it may not be empty, it is not."""
    schema = {key: parameter[key] for key in _SCHEMA_KEYWORDS if key in parameter}
    is_rejected = parameter.get("allowEmptyValue") is False and parameter.get("type") == "string"
    if is_rejected and "minLength" not in schema:
        schema |= {"minLength": 1, EMPTY_ALLOWED: False}
    return schema


def _extensions(parameter: JsonObject) -> JsonObject:
    return {key: value for key, value in parameter.items() if key.startswith("x-")}


def _body(parameter: JsonObject, consumes: list[str]) -> JsonObject:
    schema = as_object(parameter.get("schema"))
    return {
        **_extensions(parameter),
        "description": parameter.get("description", ""),
        "required": parameter.get("required") is True,
        "content": {media_type: {"schema": schema} for media_type in consumes},
    }


def _form(fields: list[JsonObject], consumes: list[str]) -> JsonObject:
    has_file = any(field.get("type") == "file" for field in fields)
    forms = [
        name for name in consumes if name.startswith(("multipart/", "application/x-www-form-urlencoded"))
    ]
    media_types = forms or ["multipart/form-data" if has_file else "application/x-www-form-urlencoded"]
    properties: JsonObject = {}
    encoding: JsonObject = {}
    for field in fields:
        if field.get("type") == "array":
            encoding[str(field.get("name"))] = _serialization(field.get("collectionFormat"))
        schema = _schema(field)
        is_file = schema.get("type") == "file"
        stated: JsonObject = {"type": "string", "format": "binary"} if is_file else schema
        properties[str(field.get("name"))] = _extensions(field) | stated
    required: list[JsonValue] = [str(field.get("name")) for field in fields if field.get("required") is True]
    schema = {"type": "object", "properties": properties, **({"required": required} if required else {})}
    offer: JsonObject = {"schema": schema, **({"encoding": encoding} if encoding else {})}
    return {"required": bool(required), "content": {name: dict(offer) for name in media_types}}


def _response(response: JsonObject, pointer: str, produces: list[str]) -> JsonObject:
    made: JsonObject = {key: value for key, value in response.items() if key not in ("headers", "examples")}
    examples = as_object(response.get("examples"))
    headers = {}
    for name, header in as_object(response.get("headers")).items():
        value = dict(header) if isinstance(header, dict) else {}
        _upgrade_parameter(value)
        headers[name] = value
    if headers:
        made["headers"] = headers  # type: ignore[assignment]  # JSON, its values just made
    if "schema" in response or examples:
        offers = [media_types.Offer(name) for name in produces]
        given: JsonObject = {}
        for name, example in examples.items():
            covered = [offer.name for offer in offers if media_types.covers(name, offer.name)]
            for media_type in covered or [name]:
                if "*" not in name or media_type not in examples:
                    given.setdefault(media_type, example)
        content: JsonObject = {}
        for media_type in dict.fromkeys([*(produces if "schema" in response or not given else ()), *given]):
            offer: JsonObject = (
                {"schema": {"$ref": to_ref(f"{pointer}/schema")}} if "schema" in response else {}
            )
            if media_type in given:
                offer["example"] = given[media_type]
            content[media_type] = offer
        made["content"] = content
    return made


def _scheme(scheme: JsonValue) -> JsonObject:
    value = dict(as_object(scheme))
    if value.get("type") == "basic":
        return {"type": "http", "scheme": "basic"}
    if value.get("type") == "oauth2":
        flow = str(value.get("flow"))
        details: JsonObject = {key: value[key] for key in _FLOW_FIELDS if key in value}
        return {"type": "oauth2", "flows": {_FLOWS.get(flow, flow): details}}
    return value


def _servers(document: JsonObject) -> list[JsonValue]:
    base = str(document.get("basePath") or "/")
    host = document.get("host")
    schemes = _names(document.get("schemes")) or ["https"]
    return [{"url": f"{scheme}://{host}{base}"} for scheme in schemes] if host else [{"url": base}]


def _names(value: JsonValue) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []
