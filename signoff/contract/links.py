"""Links from a response to further operations (OpenAPI 3.1, sections 4.8.20 and 4.8.20.3).

A link has a target operation, and its parameters as constants or runtime expressions, which refer to the
request and the response.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

from signoff.contract import json_value, media_types
from signoff.contract.bundle import dereference
from signoff.contract.json_value import JsonSyntaxError, as_object
from signoff.contract.parameters import split_query
from signoff.contract.pointer import from_ref, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from signoff.contract.contract import Contract, Operation, Response
    from signoff.contract.json_value import JsonObject, JsonValue

_EMBEDDED = re.compile(r"\{(\$[^{}]+)\}")


@dataclass(frozen=True, slots=True)
class Link:
    """A documented link from a response to an operation.

    Attributes:
        parameters: constants and runtime expressions by location and name of the target's parameter.
        pointer: its pointer in the bundled document.
    """

    name: str
    target: Operation
    parameters: Mapping[tuple[str, str], JsonValue]
    pointer: str


@dataclass(frozen=True, slots=True)
class Message:
    """A request or a response, for runtime expressions."""

    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A request and its response, for runtime expressions.

    Attributes:
        path_values: the text of each path parameter, percent-decoded.
        request, response: header names in lower case.
    """

    method: str
    url: str
    status: int
    path_values: Mapping[str, str]
    request: Message
    response: Message


def links_of(contract: Contract, response: Response) -> Iterator[Link]:
    """The links of a response to operations of the contract."""
    entries = as_object(resolve(contract.document, response.pointer)).get("links")
    for name, entry in as_object(entries).items():
        described = as_object(dereference(contract.document, entry)[0])
        target = _target(contract, described)
        if target is None:
            continue
        parameters = {
            key: value
            for text, value in as_object(described.get("parameters")).items()
            if (key := _parameter(target, text)) is not None
        }
        yield Link(name, target, parameters, f"{response.pointer}/links/{name}")


def evaluate(expression: JsonValue, of: Occurrence) -> JsonValue:
    """The value of a constant or runtime expression.

    Raises:
        LookupError: it has no value in this exchange, or is not a valid expression.
    """
    if not isinstance(expression, str):
        return expression
    if expression.startswith("$"):
        return _value(expression, of)
    return _EMBEDDED.sub(lambda match: str(_value(match[1], of)), expression)


def _value(expression: str, of: Occurrence) -> JsonValue:
    head, _, rest = expression.partition(".")
    match head:
        case "$url":
            return of.url
        case "$method":
            return of.method
        case "$statusCode":
            return of.status
        case "$request":
            return _of_request(rest, of)
        case "$response":
            return _of_message(rest, of.response)
    raise LookupError(expression)


def _of_request(source: str, of: Occurrence) -> JsonValue:
    kind, _, name = source.partition(".")
    if kind == "path":
        return of.path_values[name]
    if kind == "query":
        return unquote_plus(split_query(of.url.partition("?")[2].partition("#")[0])[name][0])
    return _of_message(source, of.request)


def _of_message(source: str, message: Message) -> JsonValue:
    kind, _, name = source.partition(".")
    if kind == "header":
        return message.headers[name.lower()]
    if source != "body" and not source.startswith("body#"):
        raise LookupError(source)
    if not media_types.is_json(message.headers.get("content-type", "")):
        raise LookupError(source)
    try:
        return resolve(json_value.parse(message.body), from_ref(source.removeprefix("body")))
    except (JsonSyntaxError, IndexError) as error:
        raise LookupError(source) from error


def _target(contract: Contract, link: JsonObject) -> Operation | None:
    named, ref = link.get("operationId"), link.get("operationRef")
    for operation in contract.operations:
        if isinstance(named, str) and operation.id == named:
            return operation
        if isinstance(ref, str) and ref.startswith("#") and operation.pointer == from_ref(ref):
            return operation
    return None


def _parameter(target: Operation, text: str) -> tuple[str, str] | None:
    """The location and name of a link's parameter: `path.id`, or `id` in any location."""
    places = [(parameter.location, parameter.name) for parameter in target.parameters]
    place, _, name = text.partition(".")
    if (place, name) in places:
        return place, name
    return next(((where, known) for where, known in places if known == text), None)
