"""From a bundled document, already in the 3.1 dialect, to the model of `contract`."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from signoff.contract import json_value, media_types
from signoff.contract.bundle import dereference
from signoff.contract.contract import (
    PARAMETER_LOCATIONS,
    Contract,
    Encoding,
    Example,
    Header,
    MediaType,
    Operation,
    Parameter,
    RequestBody,
    Response,
)
from signoff.contract.json_value import JsonSyntaxError, as_list, as_object
from signoff.contract.limits import NO_OPTIONS
from signoff.contract.odd_parts import is_token, server_path
from signoff.contract.path_segment import path_names
from signoff.contract.pointer import escape
from signoff.contract.schemas import Schema, SchemaSet
from signoff.contract.source import is_remote
from signoff.contract.structure import METHODS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from signoff.contract.bundle import Bundle
    from signoff.contract.contract import ParameterLocation
    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.limits import Limits
    from signoff.contract.source import Source

_DEFAULT_STYLES = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}
# Defined by other parts of a document (OpenAPI 3.1, section 4.8.12.1).
_RESERVED_HEADERS = {"accept", "content-type", "authorization"}


def build(
    bundle: Bundle, openapi_version: str, warnings: tuple[str, ...] = (), limits: Limits = NO_OPTIONS
) -> Contract:
    """Build the contract of a bundled document."""
    document = bundle.value
    schemas = SchemaSet(bundle, limits)
    root = bundle.files[0].base
    builder = _Builder(document, schemas, bundle.externals, root if is_remote(root) else "")
    info = as_object(document.get("info"))
    components = as_object(document.get("components"))
    schemes = {
        name: builder.follow(scheme, "")[0]
        for name, scheme in as_object(components.get("securitySchemes")).items()
    }
    return Contract(
        title=str(info.get("title", "")),
        version=str(info.get("version", "")),
        openapi=openapi_version,
        base_path=builder.base_path(document) or "",
        operations=tuple(builder.operations()),
        security_schemes=schemes,
        schemas=schemas,
        bundle=bundle,
        warnings=warnings,
    )


def operations_of(contract: Contract, path: str, item: JsonValue, pointer: str) -> tuple[Operation, ...]:
    """The operations of a path item outside `paths`: of a callback or webhook; `path` is its URL or name."""
    builder = _Builder(contract.document, contract.schemas, contract.bundle.externals)
    return tuple(builder.operations_of(path, item, pointer))


@dataclass(frozen=True, slots=True)
class _Builder:
    document: JsonObject
    schemas: SchemaSet
    externals: Mapping[str, Source]
    url: str = ""

    def base_path(self, owner: JsonObject) -> str | None:
        """The path of the first of `servers`, variables at their defaults; None where there is none."""
        servers = as_list(owner.get("servers"))
        if not servers:
            return None
        server = as_object(servers[0])
        url = str(server.get("url", ""))
        for name, variable in as_object(server.get("variables")).items():
            url = url.replace(f"{{{name}}}", str(as_object(variable).get("default", "")))
        return server_path(url, self.url)

    def follow(self, value: JsonValue, pointer: str) -> tuple[JsonObject, str]:
        """The value at `pointer`, with references resolved, and its pointer."""
        target, target_pointer = dereference(self.document, value)
        return as_object(target), pointer if target_pointer is None else target_pointer

    def operations(self) -> Iterator[Operation]:
        seen: set[str] = set()
        for path, item in as_object(self.document.get("paths")).items():
            if path.startswith("x-"):
                continue
            rooted = path if path.startswith("/") else f"/{path}"
            for operation in self.operations_of(rooted, item, f"/paths/{escape(path)}"):
                # A duplicate operationId is replaced by method and path.
                yield operation if operation.id not in seen else replace(operation, id=operation.label)
                seen.add(operation.id)

    def operations_of(self, path: str, item: JsonValue, at: str) -> Iterator[Operation]:
        """The operations of a path item."""
        path_item, pointer = self.follow(item, at)
        more = as_object(path_item.get("additionalOperations"))
        written = [(name, path_item.get(name), f"{pointer}/{name}") for name in METHODS]
        written += [(name, more[name], f"{pointer}/additionalOperations/{escape(name)}") for name in more]
        for method, value, place in written:
            if isinstance(value, dict):
                yield self.operation(path, method, value, (path_item, pointer), place)

    def operation(
        self, path: str, method: str, value: JsonObject, owner: tuple[JsonObject, str], pointer: str
    ) -> Operation:
        path_item, _ = owner
        security = value.get("security", self.document.get("security"))
        bodies = value.get("requestBody")
        return Operation(
            id=str(value.get("operationId") or f"{method.upper()} {path}"),
            method=method.upper(),
            path=path,
            base_path=self.base_path(value)
            or self.base_path(path_item)
            or self.base_path(self.document)
            or "",
            summary=str(value.get("summary", "")),
            tags=tuple(str(tag) for tag in as_list(value.get("tags"))),
            deprecated=value.get("deprecated") is True,
            parameters=tuple(self.parameters(path, owner, (value, pointer))),
            request_body=self.request_body(bodies, f"{pointer}/requestBody") if bodies else None,
            responses=tuple(
                self.response(str(status), response, f"{pointer}/responses/{escape(status)}")
                for status, response in as_object(value.get("responses")).items()
                if not str(status).startswith("x-")
            ),
            security=tuple(
                {
                    name: tuple(str(s) for s in as_list(scopes))
                    for name, scopes in as_object(alternative).items()
                }
                for alternative in as_list(security)
            ),
            extensions={key: item for key, item in value.items() if key.startswith("x-")},
            pointer=pointer,
        )

    def parameters(self, path: str, *owners: tuple[JsonObject, str]) -> list[Parameter]:
        """The parameters of a path item, overridden and extended by an operation's; each with its pointer."""
        found: dict[tuple[str, str], Parameter] = {}
        in_path = path_names(path)
        for owner, place in owners:
            for index, item in enumerate(as_list(owner.get("parameters"))):
                value, at = self.follow(item, f"{place}/parameters/{index}")
                if value.get("in") not in PARAMETER_LOCATIONS:
                    continue
                parameter = self.parameter(value, at)
                is_named = "name" in value and (
                    parameter.location not in ("header", "cookie") or is_token(parameter.name)
                )
                is_placed = parameter.location != "path" or parameter.name in in_path
                is_own = parameter.location != "header" or parameter.name.lower() not in _RESERVED_HEADERS
                if is_named and is_placed and is_own:
                    found[parameter.location, parameter.name] = parameter
        return list(found.values())

    def parameter(self, value: JsonObject, pointer: str) -> Parameter:
        location = cast("ParameterLocation", value.get("in"))
        style = str(value.get("style") or _DEFAULT_STYLES.get(str(location), "form"))
        contents = self.content(value, pointer)
        explode = value.get("explode")
        return Parameter(
            name=str(value.get("name")),
            location=location,
            required=value.get("required") is True or location == "path",
            schema=contents[0].schema if contents else self.schema(value, pointer),
            style=style,
            explode=explode if isinstance(explode, bool) else style == "form",
            media_type=contents[0].name if contents else None,
            examples=contents[0].examples if contents else self.examples(value, pointer),
            pointer=pointer,
            allow_empty=value.get("allowEmptyValue") is True,
        )

    def request_body(self, item: JsonValue, at: str) -> RequestBody:
        value, pointer = self.follow(item, at)
        return RequestBody(value.get("required") is True, self.content(value, pointer), pointer)

    def response(self, status: str, item: JsonValue, at: str) -> Response:
        value, pointer = self.follow(item, at)
        headers = []
        for name, header in as_object(value.get("headers")).items():
            held, place = self.follow(header, f"{pointer}/headers/{escape(name)}")
            if name.lower() != "content-type":  # defined by `content` (OpenAPI 3.1, section 4.8.17)
                headers.append(self.header(name, held, place))
        return Response(
            status=status,
            description=str(value.get("description", "")),
            headers=tuple(headers),
            content=self.content(value, pointer),
            pointer=pointer,
        )

    def header(self, name: str, value: JsonObject, pointer: str) -> Header:
        contents = self.content(value, pointer)
        return Header(
            name=name,
            required=value.get("required") is True,
            schema=contents[0].schema if contents else self.schema(value, pointer),
            examples=(contents[0].examples if contents else ()) or self.examples(value, pointer),
            pointer=pointer,
            explode=value.get("explode") is True,
            media_type=contents[0].name if contents else None,
        )

    def content(self, owner: JsonObject, pointer: str) -> tuple[MediaType, ...]:
        return tuple(
            MediaType(
                name=name,
                schema=self.schema(value, place),
                examples=self.examples(value, place, name),
                pointer=place,
                encoding=_encoding(value.get("encoding")),
                part_types=_part_types(value),
            )
            for name, item in as_object(owner.get("content")).items()
            for value, place in [self.follow(item, f"{pointer}/content/{escape(name)}")]
        )

    def schema(self, owner: JsonObject, pointer: str) -> Schema | None:
        if "schema" not in owner:
            return None
        return self.schemas.add(f"{pointer}/schema", owner["schema"])

    def examples(self, owner: JsonObject, pointer: str, media_type: str = "") -> tuple[Example, ...]:
        """The named examples, then the unnamed one; those of the schema where there are none."""
        found = []
        for name, item in as_object(owner.get("examples")).items():
            value, place = self.follow(item, f"{pointer}/examples/{escape(name)}")
            summary = str(value.get("summary", ""))
            if "value" in value:
                found.append(Example(name, value["value"], f"{place}/value", summary))
            elif (file := self.externals.get(place)) is not None:
                example = Example(name, None, f"{place}/externalValue", summary)
                found.append(_serialized(example, file.data, media_type))
            elif isinstance(text := value.get("serializedValue"), str):
                example = Example(name, None, f"{place}/serializedValue", summary)
                found.append(_serialized(example, text.encode("utf-8", "replace"), media_type))
        if "example" in owner:
            found.append(Example("", owner["example"], f"{pointer}/example"))
        return tuple(found) or tuple(self.schema_examples(owner, pointer))

    def schema_examples(self, owner: JsonObject, pointer: str) -> Iterator[Example]:
        schema, place = self.follow(owner.get("schema"), f"{pointer}/schema")
        for index, value in enumerate(as_list(schema.get("examples"))):
            yield Example("", value, f"{place}/examples/{index}")
        if "example" in schema:
            yield Example("", schema["example"], f"{place}/example")


def _serialized(example: Example, data: bytes, media_type: str) -> Example:
    """An example that is given as it is sent: its value in JSON, else its text and its exact bytes."""
    if media_types.is_json(media_type):
        with suppress(JsonSyntaxError):
            return replace(example, value=json_value.parse(data))
    return replace(example, value=data.decode("utf-8", "replace"), data=data)


def _part_types(media_type: JsonObject) -> tuple[str, ...]:
    """The media types of the parts of a list (OpenAPI 3.2, section 4.14.1)."""
    encodings = [*as_list(media_type.get("prefixEncoding")), media_type.get("itemEncoding")]
    stated = [str(as_object(encoding).get("contentType", "")) for encoding in encodings]
    return tuple(name if media_types.is_media_type(name) and "*" not in name else "" for name in stated)


def _encoding(value: JsonValue) -> dict[str, Encoding]:
    found = {}
    for name, item in as_object(value).items():
        style, explode = as_object(item).get("style"), as_object(item).get("explode")
        found[name] = Encoding(
            content_type=str(as_object(item).get("contentType", "")),
            style=style if isinstance(style, str) else None,
            explode=explode if isinstance(explode, bool) else None,
        )
    return found
