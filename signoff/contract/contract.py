"""The model of an OpenAPI document, the same for every version of OpenAPI.

All values are frozen. `pointer` attributes are JSON Pointers into the bundled document (`Contract.document`);
`Contract.locate` returns the file and line of one.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal, get_args

from signoff.contract import media_types
from signoff.contract.conformance_rules import EXTENSION, rules_of
from signoff.contract.limits import EXPRESSION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signoff.contract.bundle import Bundle
    from signoff.contract.conformance_rules import Rule
    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.limits import Limits
    from signoff.contract.pointer import Location
    from signoff.contract.schemas import Schema, SchemaSet

ParameterLocation = Literal["path", "query", "querystring", "header", "cookie"]
PARAMETER_LOCATIONS: tuple[ParameterLocation, ...] = get_args(ParameterLocation)


@dataclass(frozen=True, slots=True)
class Example:
    """A named example; `name` is empty for the unnamed one of an `example` field.

    Attributes:
        value: the value; text if the example is given as it is sent and is not JSON.
        data: the exact bytes of such an example (`externalValue`, `serializedValue`); None for others.
    """

    name: str
    value: JsonValue
    pointer: str
    summary: str = ""
    data: bytes | None = None


@dataclass(frozen=True, slots=True)
class Encoding:
    """The encoding of a form property (OpenAPI 3.1, section 4.8.15).

    Attributes:
        content_type: empty if the document does not define it.
        style, explode: None if the document defines neither, and the content type decides.
    """

    content_type: str
    style: str | None
    explode: bool | None


@dataclass(frozen=True, slots=True)
class MediaType:
    """A media type (or media range, such as `image/*`) of a body.

    Attributes:
        encoding: the encodings of form properties, by name.
        part_types: the media types of a list's parts by position, the last one for all others
            (`prefixEncoding`, `itemEncoding`); "" where the document defines none.
    """

    name: str
    schema: Schema | None
    examples: tuple[Example, ...]
    pointer: str
    encoding: Mapping[str, Encoding] = field(default_factory=dict)
    part_types: tuple[str, ...] = ("",)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an operation.

    Attributes:
        style, explode: the serialization (OpenAPI 3.1, section 4.8.12), with defaults.
        media_type: set if `content` defines it instead of a style.
    """

    name: str
    location: ParameterLocation
    required: bool
    schema: Schema | None
    style: str
    explode: bool
    media_type: str | None
    examples: tuple[Example, ...]
    pointer: str
    allow_empty: bool = False


@dataclass(frozen=True, slots=True)
class Header:
    """A documented response header.

    Attributes:
        explode: whether the members of an object are serialized as `name=value`.
        media_type: set if `content` defines it instead of a style.
    """

    name: str
    required: bool
    schema: Schema | None
    examples: tuple[Example, ...]
    pointer: str
    explode: bool = False
    media_type: str | None = None


@dataclass(frozen=True, slots=True)
class RequestBody:
    """The request body of an operation."""

    required: bool
    content: tuple[MediaType, ...]
    pointer: str

    def media_type_for(self, content_type: str) -> MediaType | None:
        """The most specific media type that matches a Content-Type."""
        return media_types.match(content_type, self.content)


@dataclass(frozen=True, slots=True)
class Response:
    """A documented response.

    Attributes:
        status: as in the document: `200`, `4XX` or `default`.
    """

    status: str
    description: str
    headers: tuple[Header, ...]
    content: tuple[MediaType, ...]
    pointer: str

    def covers(self, status: int) -> bool:
        """Whether this response covers a status code."""
        if self.status == "default":
            return True
        if self.status.upper().endswith("XX"):
            return self.status[0] == str(status)[0]
        return self.status == str(status)

    def media_type_for(self, content_type: str) -> MediaType | None:
        """The most specific media type that matches a Content-Type."""
        return media_types.match(content_type, self.content)


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path.

    Attributes:
        id: the operationId, or `METHOD /path` without one.
        method: in upper case.
        path: the path template.
        base_path: the path of the server, without a trailing slash.
        security: alternatives, each a map from scheme name to scopes; empty if no credentials are needed.
        extensions: the `x-` members of the operation.
    """

    id: str
    method: str
    path: str
    base_path: str
    summary: str
    tags: tuple[str, ...]
    deprecated: bool
    parameters: tuple[Parameter, ...]
    request_body: RequestBody | None
    responses: tuple[Response, ...]
    security: tuple[Mapping[str, tuple[str, ...]], ...]
    extensions: Mapping[str, JsonValue]
    pointer: str

    @property
    def label(self) -> str:
        """`METHOD /path`."""
        return f"{self.method} {self.path}"

    @property
    def json_body(self) -> MediaType | None:
        """The JSON media type of the request body; None without one."""
        offers = self.request_body.content if self.request_body else ()
        return next((offer for offer in offers if media_types.is_json(offer.name)), None)

    @property
    def main_body(self) -> MediaType | None:
        """The media type that the tests send: JSON if possible, else a structured one, else the first."""
        offers = self.request_body.content if self.request_body else ()
        concrete = [offer for offer in offers if "*" not in offer.name]
        writable = (offer for offer in concrete if media_types.is_writable(offer.name))
        return self.json_body or next(writable, None) or next(iter(concrete), None)

    def response_for(self, status: int) -> Response | None:
        """The response that covers a status code: the code itself, its range, then `default`."""
        covering = [response for response in self.responses if response.covers(status)]
        return min(covering, key=lambda r: (r.status == "default", "X" in r.status.upper()), default=None)


@dataclass(frozen=True, eq=False)  # equal to itself only, so that it can be the key of a cache
class Contract:
    """An OpenAPI document, loaded and bundled.

    Attributes:
        title, version: from the document's `info`.
        openapi: the document's OpenAPI version.
        base_path: the path of the first server, without a trailing slash.
        operations: in the document's order, without callbacks and webhooks.
        schemas: the compiled schemas.
        warnings: tolerated spec violations, one sentence each, with their location.
    """

    title: str
    version: str
    openapi: str
    base_path: str
    operations: tuple[Operation, ...]
    security_schemes: Mapping[str, JsonObject]
    schemas: SchemaSet
    bundle: Bundle
    warnings: tuple[str, ...] = field(default=())

    @property
    def document(self) -> JsonObject:
        """The bundled document, which all pointers refer to."""
        return self.bundle.value

    @property
    def source_name(self) -> str:
        """The path or URL as given by the user."""
        return self.bundle.files[0].name

    @property
    def files(self) -> tuple[str, ...]:
        """The absolute paths and URLs of all files of the document."""
        return tuple(file.base for file in (*self.bundle.files, *self.bundle.externals.values()))

    @property
    def limits(self) -> Limits:
        """The limits on the work for the document."""
        return self.schemas.limits

    @cached_property
    def _by_id(self) -> dict[str, Operation]:
        return {operation.id: operation for operation in self.operations}

    def operation(self, operation_id: str) -> Operation:
        """The operation with that id. Raises KeyError without one."""
        return self._by_id[operation_id]

    @cached_property
    def rules(self) -> Mapping[str, tuple[Rule, ...]]:
        """The compiled `x-conformance` rules by operation id. Raises DocumentError for an invalid rule."""
        return {
            operation.id: rules_of(
                operation.extensions[EXTENSION],
                f"{operation.pointer}/{EXTENSION}",
                self.locate,
                self.limits.of(EXPRESSION),
            )
            for operation in self.operations
            if EXTENSION in operation.extensions
        }

    def rebased(self, base_path: str) -> Contract:
        """The contract with another base path for all operations, such as `/v2`."""
        path = f"/{base_path.strip('/')}" if base_path.strip("/") else ""
        operations = tuple(replace(operation, base_path=path) for operation in self.operations)
        return replace(self, base_path=path, operations=operations)

    def locate(self, pointer: str) -> Location:
        """The file, line and column of a pointer into the bundled document."""
        return self.bundle.locate(pointer)
