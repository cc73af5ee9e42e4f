"""The model of a contract: what one OpenAPI document says, the same for every version of OpenAPI.

All values are frozen. `pointer` attributes lead into the bundled document (`Contract.document`);
`Contract.locate` turns one into a file and a line.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from signoff.contract import media_types
from signoff.contract.conformance_rules import EXTENSION, rules_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signoff.contract.bundle import Bundle
    from signoff.contract.conformance_rules import Rule
    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.pointer import Location
    from signoff.contract.schemas import Schema, SchemaSet

ParameterLocation = Literal["path", "query", "querystring", "header", "cookie"]


@dataclass(frozen=True, slots=True)
class Example:
    """A named example; `name` is empty for the unnamed one of an `example` field."""

    name: str
    value: JsonValue
    pointer: str
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Encoding:
    """How one property of a form is written (OpenAPI 3.1, section 4.8.15).

    Attributes:
        content_type: what the document says of it; empty where it says nothing.
        style, explode: None where the document says neither, and the content type decides.
    """

    content_type: str
    style: str | None
    explode: bool | None


@dataclass(frozen=True, slots=True)
class MediaType:
    """What a body looks like under one media type (or media range, such as `image/*`).

    Attributes:
        encoding: how the properties of a form are written, by name.
    """

    name: str
    schema: Schema | None
    examples: tuple[Example, ...]
    pointer: str
    encoding: Mapping[str, Encoding] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an operation.

    Attributes:
        style, explode: how it is serialised (OpenAPI 3.1, section 4.8.12), defaults filled in.
        media_type: set where `content` describes it instead of a style.
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
    """A response header that the document describes.

    Attributes:
        explode: whether the members of an object are written `name=value`.
        media_type: set where `content` describes it instead of a style.
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
    """The body that an operation takes."""

    required: bool
    content: tuple[MediaType, ...]
    pointer: str

    def media_type_for(self, content_type: str) -> MediaType | None:
        """The description that a Content-Type falls under, the most specific one first."""
        return media_types.match(content_type, self.content)


@dataclass(frozen=True, slots=True)
class Response:
    """A documented response.

    Attributes:
        status: as the document writes it: `200`, `4XX` or `default`.
    """

    status: str
    description: str
    headers: tuple[Header, ...]
    content: tuple[MediaType, ...]
    pointer: str

    def covers(self, status: int) -> bool:
        """Whether an answer with this status code falls under this response."""
        if self.status == "default":
            return True
        if self.status.upper().endswith("XX"):
            return self.status[0] == str(status)[0]
        return self.status == str(status)

    def media_type_for(self, content_type: str) -> MediaType | None:
        """The description that a Content-Type falls under, the most specific one first."""
        return media_types.match(content_type, self.content)


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path.

    Attributes:
        id: the operationId, or `METHOD /path` where the document gives none.
        method: in upper case.
        path: the template, with the names of its parameters in braces.
        base_path: what stands before `path` on the server, without a closing slash.
        security: alternatives, each a map from scheme name to scopes; empty when none is needed.
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
        """The JSON that the operation takes; None where it takes none."""
        offers = self.request_body.content if self.request_body else ()
        return next((offer for offer in offers if media_types.is_json(offer.name)), None)

    def response_for(self, status: int) -> Response | None:
        """The response that covers a status code: the code itself, its range, then `default`."""
        covering = [response for response in self.responses if response.covers(status)]
        return min(covering, key=lambda r: (r.status == "default", "X" in r.status.upper()), default=None)


@dataclass(frozen=True)
class Contract:
    """One OpenAPI document, read, bundled and understood.

    Attributes:
        title, version: from the document's `info`.
        openapi: the version of OpenAPI that the document is written in.
        base_path: the path of the first server, without a closing slash.
        operations: in the document's order; callbacks and webhooks are not among them.
        schemas: the compiled schemas.
        warnings: what was put up with while reading, one sentence each, with its place.
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
        """The bundled document, as every pointer of the model sees it."""
        return self.bundle.value

    @property
    def source_name(self) -> str:
        """The path or URL that the user gave."""
        return self.bundle.files[0].name

    @property
    def files(self) -> tuple[str, ...]:
        """The absolute paths and URLs of all files that the document was read from."""
        return tuple(file.base for file in self.bundle.files)

    @cached_property
    def _by_id(self) -> dict[str, Operation]:
        return {operation.id: operation for operation in self.operations}

    def operation(self, operation_id: str) -> Operation:
        """The operation of that id. Raises KeyError when there is none."""
        return self._by_id[operation_id]

    @cached_property
    def rules(self) -> Mapping[str, tuple[Rule, ...]]:
        """The compiled `x-conformance` rules by operation id. Raises DocumentError where one is none."""
        return {
            operation.id: rules_of(
                operation.extensions[EXTENSION], f"{operation.pointer}/{EXTENSION}", self.locate
            )
            for operation in self.operations
            if EXTENSION in operation.extensions
        }

    def rebased(self, base_path: str) -> Contract:
        """The same contract with all its operations under another base path, such as `/v2`."""
        path = f"/{base_path.strip('/')}" if base_path.strip("/") else ""
        operations = tuple(replace(operation, base_path=path) for operation in self.operations)
        return replace(self, base_path=path, operations=operations)

    def locate(self, pointer: str) -> Location:
        """The file, line and column of a pointer into the bundled document."""
        return self.bundle.locate(pointer)
