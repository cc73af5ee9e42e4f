"""A contract as a list of clauses: the single statements that a server keeps or breaks.

Ids are made of names that the document gives, so that they survive edits elsewhere.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from openapi import media_types

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openapi.contract import Contract, MediaType, Operation, Response
    from openapi.json_value import JsonValue

ClauseKind = Literal["status", "media_type", "value", "header", "parameter", "body", "rule"]


@dataclass(frozen=True, slots=True)
class Clause:
    """One statement of the contract.

    Attributes:
        id: stable; `operation/part/…`.
        operation: the id of the operation that it belongs to.
        kind: what it speaks of.
        title: the statement, in one short sentence.
        pointer: where the bundled document says so.
    """

    id: str
    operation: str
    kind: ClauseKind
    title: str
    pointer: str


def status_id(operation: Operation, response: Response) -> str:
    """The id of the clause on a documented status."""
    return f"{operation.id}/responses/{response.status}"


def media_type_id(operation: Operation, response: Response, offer: MediaType) -> str:
    """The id of the clause on a documented media type of a response."""
    return f"{status_id(operation, response)}/{offer.name}"


def value_id(operation: Operation, response: Response, offer: MediaType, name: str, value: JsonValue) -> str:
    """The id of the clause on one of the values that a member of a body may have."""
    return f"{media_type_id(operation, response, offer)}/{name}={value}"


def header_id(operation: Operation, response: Response, name: str) -> str:
    """The id of the clause on a documented response header."""
    return f"{status_id(operation, response)}/headers/{name.lower()}"


def parameter_id(operation: Operation, location: str, name: str) -> str:
    """The id of the clause on a parameter."""
    return f"{operation.id}/parameters/{location}/{name}"


def body_id(operation: Operation) -> str:
    """The id of the clause on the request body."""
    return f"{operation.id}/body"


def rule_id(operation: Operation, rule: str) -> str:
    """The id of the clause that applies a rule to an operation."""
    return f"{operation.id}/rules/{rule}"


def clauses(contract: Contract) -> list[Clause]:
    """Every clause that the document itself states, in its order."""
    return [clause for operation in contract.operations for clause in _of_operation(contract, operation)]


def enumerated_members(contract: Contract, offer: MediaType) -> dict[str, list[JsonValue]]:
    """The members of a JSON body whose values are enumerated, with those values."""
    if offer.schema is None or not media_types.is_json(offer.name):
        return {}
    properties = contract.schemas.resolved(offer.schema.raw).get("properties")
    found: dict[str, list[JsonValue]] = {}
    for name, member in properties.items() if isinstance(properties, dict) else ():
        options = contract.schemas.resolved(member).get("enum") if isinstance(member, dict) else None
        if isinstance(options, list):
            found[name] = options
    return found


def _of_operation(contract: Contract, operation: Operation) -> Iterator[Clause]:
    for parameter in operation.parameters:
        yield Clause(
            parameter_id(operation, parameter.location, parameter.name),
            operation.id,
            "parameter",
            f"{parameter.location} parameter {parameter.name}: what its schema refuses is refused",
            parameter.pointer,
        )
    if operation.request_body:
        yield Clause(
            body_id(operation),
            operation.id,
            "body",
            "request body: what its schema refuses is refused",
            operation.request_body.pointer,
        )
    for response in operation.responses:
        yield from _of_response(contract, operation, response)


def _of_response(contract: Contract, operation: Operation, response: Response) -> Iterator[Clause]:
    first = response.description.strip().partition(". ")[0].rstrip(".")
    summary = textwrap.shorten(first, 70, placeholder=" …")
    title = f"{response.status}: {summary}" if summary else response.status
    yield Clause(status_id(operation, response), operation.id, "status", title, response.pointer)
    for header in response.headers:
        yield Clause(
            header_id(operation, response, header.name),
            operation.id,
            "header",
            f"{response.status}: header {header.name} is as described",
            header.pointer,
        )
    for offer in response.content:
        yield Clause(
            media_type_id(operation, response, offer),
            operation.id,
            "media_type",
            f"{response.status}: {offer.name} satisfies its schema",
            offer.pointer,
        )
        for name, values in enumerated_members(contract, offer).items():
            for value in values:
                yield Clause(
                    value_id(operation, response, offer, name, value),
                    operation.id,
                    "value",
                    f"{response.status}: {name} = {value}",
                    offer.pointer,
                )
