"""Validates requests: one compiled reader per operation, for the mock and the tests.

The mock uses it to reject invalid requests, the tests to know which requests a server should reject. It
reads the raw request, so no client library can normalize it first.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from signoff.contract import body_reader, media_types
from signoff.contract.coercion import retyped
from signoff.contract.forms import FormSyntaxError, part_faults
from signoff.contract.json_value import JsonSyntaxError
from signoff.contract.limits import BODY_VALUES
from signoff.contract.parameters import ABSENT, compile_reader, split_cookies, split_query
from signoff.contract.pointer import escape
from signoff.contract.schemas import Direction
from signoff.contract.xml_value import XmlSyntaxError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signoff.contract.contract import MediaType, Operation, Parameter
    from signoff.contract.json_value import JsonValue
    from signoff.contract.parameters import RawValues, Reader
    from signoff.contract.schemas import SchemaSet

FaultKind = Literal["parameter", "media_type", "body_missing", "body_syntax", "body_schema"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One violation by a request.

    Attributes:
        kind: the part of the request.
        detail: the problem, in one sentence.
        place: the JSON Pointer into the body, or the parameter's name.
        location: `body`, or the parameter's location.
        contract_pointer: the violated place in the bundled document.
        arguable: whether a server may accept the request anyway, because parsers differ.
        missing: the name of a missing required member.
        left_out: how many more violations of the same kind are not listed.
    """

    kind: FaultKind
    detail: str
    place: str
    location: str
    contract_pointer: str
    arguable: bool = False
    missing: str = ""
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class ParsedRequest:
    """A parsed request.

    Attributes:
        parameters: values by location and name; absent ones are left out.
        media_type: the documented media type of the body; None without a body.
        body: the JSON value, or the text of any other body.
        faults: the violations; empty for a valid request.
    """

    parameters: Mapping[tuple[str, str], JsonValue]
    media_type: MediaType | None
    body: JsonValue
    faults: tuple[Fault, ...]


class RequestReader:
    """Parses and validates the requests of one operation."""

    def __init__(self, operation: Operation, schemas: SchemaSet) -> None:
        self.operation = operation
        self._schemas = schemas
        self._most = schemas.limits.of(BODY_VALUES)
        self._readers: dict[str, list[tuple[Parameter, Reader]]] = {}
        for parameter in operation.parameters:
            entry = (parameter, compile_reader(parameter, schemas))
            self._readers.setdefault(parameter.location, []).append(entry)

    def read(
        self,
        path_values: Mapping[str, str],
        query: str,
        headers: Mapping[str, str],
        body: bytes,
    ) -> ParsedRequest:
        """Parse and validate a request.

        Args:
            path_values: the raw text of each path parameter, still percent-encoded.
            query: the raw query string.
            headers: names in lower case; values of repeated fields joined by commas.
            body: the exact bytes.
        """
        values: dict[tuple[str, str], JsonValue] = {}
        faults: list[Fault] = []
        for location, readers in self._readers.items():
            raw = _raw_values(location, path_values, query, headers)
            for parameter, reader in readers:
                self._read_parameter(parameter, reader, raw, values, faults)
        media_type, value, body_faults = self._read_body(headers.get("content-type"), body)
        return ParsedRequest(values, media_type, value, (*faults, *body_faults))

    def _read_parameter(
        self,
        parameter: Parameter,
        reader: Reader,
        raw: RawValues,
        values: dict[tuple[str, str], JsonValue],
        faults: list[Fault],
    ) -> None:
        try:
            value = reader(raw)
        except ValueError as error:
            faults.append(_parameter_fault(parameter, str(error), parameter.pointer))
            return
        if value is ABSENT:
            if parameter.required:
                faults.append(_parameter_fault(parameter, "is required", f"{parameter.pointer}/required"))
            return
        if value == "" and parameter.allow_empty:
            return
        key = (parameter.location, parameter.name)
        values[key] = value  # type: ignore[assignment]  # not ABSENT: checked above
        schema = parameter.schema
        is_text = parameter.media_type is None or not media_types.is_json(parameter.media_type)
        if schema and is_text and not schema.is_valid(values[key], Direction.REQUEST):
            values[key] = retyped(values[key], schema)
        if schema and not schema.is_valid(values[key], Direction.REQUEST):
            violation = schema.violations(values[key], Direction.REQUEST)[0]
            faults.append(
                _parameter_fault(parameter, violation.message, violation.schema_pointer, violation.missing)
            )

    def _read_body(
        self, content_type: str | None, body: bytes
    ) -> tuple[MediaType | None, JsonValue, tuple[Fault, ...]]:
        described = self.operation.request_body
        if described is None:
            return None, None, ()
        if not body and not described.required:
            return None, None, ()
        if not body and content_type is None:
            fault = Fault(
                "body_missing", "the request body is required", "", "body", f"{described.pointer}/required"
            )
            return None, None, (fault,)
        media_type = described.media_type_for(content_type) if content_type else None
        if media_type is None:
            return None, None, (self._media_type_fault(content_type),)
        try:
            value = body_reader.parse(body, content_type or "", media_type, self._schemas, self._most)
        except JsonSyntaxError as error:
            reason = str(error) if body else "the body is empty"
            fault = _syntax_fault(media_type, f"the body is not JSON: {reason}", arguable=error.arguable)
            return media_type, None, (fault,)
        except body_reader.SYNTAX_ERRORS as error:
            kind = {XmlSyntaxError: "XML", FormSyntaxError: "a form"}.get(type(error), "YAML")
            return (
                media_type,
                None,
                (
                    # Readers of forms are lenient, each in its own way.
                    _syntax_fault(media_type, f"the body is not {kind}: {error}", arguable=kind == "a form"),
                ),
            )
        schema = media_type.schema
        if schema and not media_types.is_json(media_type.name) and not isinstance(value, str):
            value = retyped(value, schema)
        faults = _schema_faults(media_type, value)
        if media_type.encoding:
            faults += _part_faults(media_type, content_type or "", body)
        return media_type, value, faults

    def _media_type_fault(self, content_type: str | None) -> Fault:
        described = self.operation.request_body
        supported = ", ".join(entry.name for entry in described.content) if described else ""
        sent = "Content-Type is missing" if content_type is None else f"unsupported media type {content_type}"
        pointer = f"{described.pointer}/content" if described else self.operation.pointer
        return Fault("media_type", f"{sent} (supported: {supported})", "Content-Type", "header", pointer)


def _syntax_fault(media_type: MediaType, detail: str, *, arguable: bool = False) -> Fault:
    return Fault("body_syntax", detail, "", "body", media_type.pointer, arguable)


def _schema_faults(media_type: MediaType, value: JsonValue) -> tuple[Fault, ...]:
    """The schema violations of a body; text is accepted if its schema does not allow strings."""
    schema = media_type.schema
    if schema is None or schema.is_valid(value, Direction.REQUEST):
        return ()
    is_plain_text = isinstance(value, str) and not media_types.is_json(media_type.name)
    if is_plain_text and "string" not in schema.view.kinds:
        return ()
    violations = schema.violations(value, Direction.REQUEST)
    faults = [
        Fault(
            "body_schema", found.message, found.pointer, "body", found.schema_pointer, missing=found.missing
        )
        for found in violations
    ]
    return (replace(faults[0], left_out=violations.left_out), *faults[1:]) if faults else ()


def _part_faults(media_type: MediaType, content_type: str, body: bytes) -> tuple[Fault, ...]:
    """The parts of a form with another media type than `encoding` defines; many servers ignore that."""
    return tuple(
        Fault(
            "body_schema",
            message,
            f"/{escape(name)}",
            "body",
            f"{media_type.pointer}/encoding/{escape(name)}/contentType",
            arguable=True,
        )
        for name, message in part_faults(body, content_type, media_type.encoding)
    )


def _parameter_fault(parameter: Parameter, detail: str, pointer: str, missing: str = "") -> Fault:
    return Fault("parameter", detail, parameter.name, parameter.location, pointer, missing=missing)


def _raw_values(
    location: str, path_values: Mapping[str, str], query: str, headers: Mapping[str, str]
) -> RawValues:
    match location:
        case "path":
            return {name: [value] for name, value in path_values.items()}
        case "query":
            return split_query(query)
        case "querystring":
            return {"": [query]} if query else {}
        case "cookie":
            return split_cookies(headers.get("cookie", ""))
        case _:
            return {name: [value] for name, value in headers.items()}
