"""A contract as a list of requirements that a server meets or violates. In code, each is a `Clause`.

Ids are made of names that the document gives, so that they survive edits elsewhere.
"""

from __future__ import annotations

import json
import textwrap
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from signoff.contract import media_types
from signoff.contract.body_reader import why_not_judged
from signoff.contract.json_value import as_list, as_object
from signoff.contract.pointer import escape
from signoff.contract.schema_view import Part

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from signoff.contract.contract import Contract, MediaType, Operation, Parameter, RequestBody, Response
    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.schemas import Schema

    Path = tuple[str, ...]

CONSTRAINTS = (
    *("type", "enum", "const", "format", "pattern", "minLength", "maxLength", "minimum", "maximum"),
    *("exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minItems", "maxItems", "uniqueItems"),
    *("minProperties", "maxProperties", "additionalProperties", "not", "contains", "propertyNames"),
)
_DEEPEST = 6
_MOST_PLACES = 200
_MOST_FACETS = 150


@dataclass(frozen=True, slots=True)
class Facet:
    """One demand of a schema.

    Attributes:
        path: where in the value; for a required member, that member.
        keyword: what is demanded: a keyword of JSON Schema, `if` for a condition.
        value: what the keyword is given; for a condition, a name for it.
        pointer: where the keyword stands in the bundled document.
    """

    path: Path
    keyword: str
    value: JsonValue
    pointer: str

    @property
    def name(self) -> str:
        """The path with slashes."""
        return "/".join(self.path)


def facets_of(schema: Schema, hidden: Literal["readOnly", "writeOnly", ""] = "") -> tuple[Facet, ...]:
    """The facets of a schema, those nearest to the root first, each demand once.

    Args:
        schema: the schema.
        hidden: leaves out the properties with this keyword.
    """
    places = list(_places(schema))
    left_out = {
        (*path, name)
        for path, part in places
        if hidden
        for name, member in as_object(part.schema.get("properties")).items()
        if schema.schemas.says(member, hidden)
    }
    found: dict[tuple[Path, str, str], Facet] = {}
    for path, part in places:
        for facet in _at(path, part.schema, part.pointer):
            if any(facet.path[: len(other)] == other for other in left_out):
                continue
            key = (facet.path, facet.keyword, json.dumps(facet.value, sort_keys=True))
            found.setdefault(key, facet)
            if len(found) >= _MOST_FACETS:
                return tuple(found.values())
    return tuple(found.values())


def values_at(value: JsonValue, path: Path) -> list[JsonValue]:
    """The parts of a value that a path leads to."""
    parts = [value]
    for name in path:
        following: list[JsonValue] = []
        for part in parts:
            if name == "*" and isinstance(part, list):
                following += part[:50]
            elif isinstance(part, dict) and name in part:
                following.append(part[name])
        parts = following
    return parts


def _places(schema: Schema) -> Iterator[tuple[Path, Part]]:
    """Every part of a schema that speaks of the value for certain, with its path, breadth first."""
    references = schema.schemas.references
    waiting: deque[tuple[Path, Part, frozenset[str]]] = deque(
        [((), Part(schema.raw, schema.pointer), frozenset())]
    )
    for _ in range(_MOST_PLACES):
        if not waiting:
            return
        path, part, seen = waiting.popleft()
        if part.pointer in seen or len(path) > _DEEPEST:
            continue
        seen |= {part.pointer}
        yield path, part
        waiting += ((path, inner, seen) for inner in references.inner(part, ("allOf",)))
        for name, member in as_object(part.schema.get("properties")).items():
            inner = Part(member, f"{part.pointer}/properties/{escape(name)}")
            waiting.append(((*path, name), inner, seen))
        waiting += (((*path, "*"), inner, seen) for inner in part.children("items"))


def _at(path: Path, raw: JsonObject, pointer: str) -> Iterator[Facet]:
    for index, name in enumerate(as_list(raw.get("required"))):
        yield Facet((*path, str(name)), "required", str(name), f"{pointer}/required/{index}")
    if "if" in raw and ("then" in raw or "else" in raw):
        yield Facet(path, "if", _named(raw["if"]) or pointer.rpartition("/")[2], f"{pointer}/if")
    for keyword in CONSTRAINTS:
        if keyword in raw and not (keyword == "additionalProperties" and raw[keyword] is not False):
            yield Facet(path, keyword, raw[keyword], f"{pointer}/{keyword}")


def _named(condition: JsonValue) -> str:
    """A short name for a condition: the constants that it asks for, else what it looks at."""
    return ", ".join(
        f"{name}={member['const']}" if isinstance(member, dict) and "const" in member else name
        for name, member in as_object(as_object(condition).get("properties")).items()
    )


ClauseKind = Literal[
    "status",
    "media_type",
    "value",
    "required",
    "condition",
    "example",
    "header",
    "parameter",
    "body",
    "constraint",
    "security",
    "rule",
]

_MOST_OPTIONS = 30


@dataclass(frozen=True, slots=True)
class Clause:
    """One statement of the contract.

    Attributes:
        id: stable; `operation/part/…`.
        operation: the id of the operation that it belongs to.
        kind: what it speaks of.
        title: the statement, in one short sentence.
        pointer: where the bundled document says so.
        status: of the response that it speaks of, as the document writes it; empty for no response.
        owner: the id of the clause on the media type that a member, option, condition or example belongs to.
    """

    id: str
    operation: str
    kind: ClauseKind
    title: str
    pointer: str
    status: str = ""
    owner: str = ""


def status_id(operation: Operation, response: Response) -> str:
    """The id of the clause on a documented status."""
    return f"{operation.id}/responses/{response.status}"


def media_type_id(operation: Operation, response: Response, offer: MediaType) -> str:
    """The id of the clause on a documented media type of a response."""
    return f"{status_id(operation, response)}/{offer.name}"


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


def member_id(media_type: str, facet: Facet) -> str:
    """The id of the clause on a demand that a schema makes of a response's body.

    Args:
        media_type: the id of the clause on the media type.
        facet: a required member, an option, or a condition.
    """
    match facet.keyword:
        case "required":
            return f"{media_type}/{facet.name}/required"
        case "if":
            place = f"{facet.name}/" if facet.path else ""
            return f"{media_type}/{place}if {facet.value}"
        case _:
            return f"{media_type}/{facet.name}={facet.value}"


def constraint_id(owner: str, facet: Facet) -> str:
    """The id of the clause on a constraint of a parameter or a body; `owner` is the id of that one."""
    return "/".join((owner, *facet.path, facet.keyword))


def example_id(owner: str, name: str) -> str:
    """The id of the clause on a named example; `owner` is the id of its media type or body."""
    return f"{owner}/examples/{name}"


def security_id(operation: Operation, alternative: Iterable[str]) -> str:
    """The id of the clause on one of the alternatives of an operation's security."""
    return f"{operation.id}/security/{'+'.join(alternative)}"


def clauses(contract: Contract) -> list[Clause]:
    """Every clause that the document itself states, in its order."""
    return [clause for operation in contract.operations for clause in _of_operation(operation)]


def body_facets(offer: MediaType) -> tuple[Facet, ...]:
    """What of a response's schema single responses can show: required members, options, conditions.

    Of a member that several parts of the schema enumerate, the options that all of them have.
    """
    if offer.schema is None or why_not_judged(offer.name, offer.schema):
        return ()
    found: list[Facet] = []
    options: dict[tuple[str, ...], list[JsonValue]] = {}
    for facet in facets_of(offer.schema, hidden="writeOnly"):
        if facet.keyword in ("required", "if"):
            found.append(facet)
        elif facet.keyword == "enum" and facet.path and isinstance(facet.value, list):
            held = options.get(facet.path)
            options[facet.path] = [v for v in facet.value if held is None or v in held][:_MOST_OPTIONS]
            if held is None:
                found.append(facet)
    return tuple(
        each
        for facet in found
        for each in (
            [replace(facet, value=value) for value in options[facet.path]]
            if facet.keyword == "enum"
            else [facet]
        )
    )


def request_facets(schema: Schema | None) -> tuple[Facet, ...]:
    """What the schema of a parameter or a request body constrains."""
    return (
        tuple(facet for facet in facets_of(schema, hidden="readOnly") if facet.keyword != "if")
        if schema
        else ()
    )


def main_body_facets(offer: MediaType) -> tuple[Facet, ...]:
    """What the schema of a request body constrains, as far as a body of this media type can break it."""
    facets = request_facets(offer.schema)
    if media_types.is_json(offer.name):
        return facets
    return tuple(facet for facet in facets if not _is_certain(facet, is_form=media_types.is_form(offer.name)))


def _is_certain(facet: Facet, *, is_form: bool) -> bool:
    """Whether a body in a format other than JSON cannot violate a constraint: its fields are text."""
    if facet.keyword == "type" and (not facet.path or facet.value == "string"):
        return not is_form or len([name for name in facet.path if name != "*"]) <= 1
    return facet.keyword == "format" and facet.value in ("binary", "byte")


def _of_operation(operation: Operation) -> Iterator[Clause]:
    for alternative in operation.security:
        if alternative:
            title = f"requests without {' and '.join(alternative)} are rejected"
            place = f"{operation.pointer}/security"
            yield Clause(security_id(operation, alternative), operation.id, "security", title, place)
    for parameter in operation.parameters:
        yield from _of_parameter(operation, parameter)
    if operation.request_body:
        yield from _of_body(operation, operation.request_body)
    for response in operation.responses:
        yield from _of_response(operation, response)


def _is_certain_of(parameter: Parameter, facet: Facet) -> bool:
    """Whether no text of a parameter violates a constraint: each is a string, and a list of one item."""
    if facet.keyword != "type" or parameter.media_type is not None:
        return False
    return facet.value == "string" or (facet.value == "array" and not facet.path)


def limits_requests(operation: Operation) -> bool:
    """Whether a request can break what the document says of an operation's parameters or body."""
    of_parameters = (
        clause for parameter in operation.parameters for clause in _of_parameter(operation, parameter)
    )
    return operation.request_body is not None or any(True for _ in of_parameters)


def _of_parameter(operation: Operation, parameter: Parameter) -> Iterator[Clause]:
    own = parameter_id(operation, parameter.location, parameter.name)
    what = f"{parameter.location} parameter {parameter.name}"
    title = f"{what}: invalid values are rejected"
    facets = [facet for facet in request_facets(parameter.schema) if not _is_certain_of(parameter, facet)]
    is_required = parameter.required and parameter.location != "path"
    if facets or is_required or parameter.media_type is not None:
        yield Clause(own, operation.id, "parameter", title, parameter.pointer)
    if is_required:
        title = f"{what} is required"
        yield Clause(f"{own}/required", operation.id, "constraint", title, f"{parameter.pointer}/required")
    for facet in facets:
        title = f"{what}: {_constraint(facet)}"
        yield Clause(constraint_id(own, facet), operation.id, "constraint", title, facet.pointer)


def _of_body(operation: Operation, body: RequestBody) -> Iterator[Clause]:
    own = body_id(operation)
    title = "request body: invalid bodies are rejected"
    yield Clause(own, operation.id, "body", title, body.pointer)
    if body.required:
        title, place = "request body is required", f"{body.pointer}/required"
        yield Clause(f"{own}/required", operation.id, "constraint", title, place)
    offer = operation.main_body
    if offer is None:
        return
    for example in offer.examples:
        if example.name:
            title = f"request body: the example {example.name} is accepted"
            yield Clause(example_id(own, example.name), operation.id, "example", title, example.pointer)
    for facet in main_body_facets(offer):
        title = f"request body: {_constraint(facet)}"
        yield Clause(constraint_id(own, facet), operation.id, "constraint", title, facet.pointer)


def _constraint(facet: Facet) -> str:
    given = textwrap.shorten(json.dumps(facet.value, ensure_ascii=False), 60, placeholder=" …")
    name = facet.name or "the value"
    return (
        f"{name} is required" if facet.keyword == "required" else f"{name} must match {facet.keyword} {given}"
    )


def _of_response(operation: Operation, response: Response) -> Iterator[Clause]:
    def clause(clause_id: str, kind: ClauseKind, title: str, pointer: str, owner: str = "") -> Clause:
        return Clause(clause_id, operation.id, kind, title, pointer, response.status, owner)

    status = response.status
    first = response.description.strip().partition(". ")[0].rstrip(".")
    summary = textwrap.shorten(first, 70, placeholder=" …")
    title = f"{status}: {summary}" if summary else status
    yield clause(status_id(operation, response), "status", title, response.pointer)
    for header in response.headers:
        title = f"{status}: header {header.name} matches its definition"
        yield clause(header_id(operation, response, header.name), "header", title, header.pointer)
    for offer in response.content:
        own = media_type_id(operation, response, offer)
        yield clause(own, "media_type", f"{status}: {offer.name} matches its schema", offer.pointer)
        for example in offer.examples:
            if example.name:
                title = f"{status}: a response like the example {example.name}"
                yield clause(example_id(own, example.name), "example", title, example.pointer, own)
        for facet in body_facets(offer):
            kind, title = _shown_by(facet)
            yield clause(member_id(own, facet), kind, f"{status}: {title}", facet.pointer, own)


def _shown_by(facet: Facet) -> tuple[ClauseKind, str]:
    match facet.keyword:
        case "required":
            return "required", f"{facet.name} is always present"
        case "if":
            return "condition", f"the rules that apply if {facet.value}"
        case _:
            return "value", f"{facet.name} = {facet.value}"
