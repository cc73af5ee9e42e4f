"""Are values of a type that can hold them, bounded, and can long lists be read page by page?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from signoff.contract.json_value import JsonObject, as_object
from signoff.contract.schemas import Direction
from signoff.review.composition import common_kinds
from signoff.review.rules.registry import Fault, Faults, Subject, advice, hint, recommendation
from signoff.review.words import success_offers, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from signoff.contract.contract import Operation

_PAGING = {
    *("page", "limit", "offset", "cursor", "after", "before", "size"),
    *("token", "skip", "top", "start", "count", "max"),
}
_PAGE_MEMBERS = {
    *("next", "cursor", "page", "pages", "pagination", "total"),
    *("links", "_links", "has_more", "hasMore", "meta"),
}
_IRREGULAR = {
    *("expires", "begun", "sent", "paid", "sold", "seen", "run", "taken"),
    *("given", "begins", "ends", "starts"),
}
_MONEY = {"price", "amount", "cost", "balance", "fee", "subtotal", "salary"}
_DATE_TEXT = re.compile(r"\bRFC ?3339\b|\bISO[- ]?8601\b", re.IGNORECASE)
_UUID_TEXT = re.compile(r"\W*(?:\w+\s+){0,3}(?:uuid|guid)\b", re.IGNORECASE)
_JUDGED = ("format", "pattern", "enum", "const", "contentMediaType")


@advice(
    rationale="A list grows; one that comes whole grows slow, and paging it later breaks its clients.",
    source="Google AIP-158; Zalando RESTful API Guidelines, rule 159; OWASP API Security 2023, API4",
)
def missing_pagination(subject: Subject) -> Faults:
    """Collections whose GET answers with an unbounded list and takes no parameter to page through it."""
    for operation in subject.contract.operations:
        is_collection = operation.method == "GET" and not operation.path.rstrip("/").endswith("}")
        if not is_collection or any(_PAGING & set(words(p.name)) for p in operation.parameters):
            continue
        place = _unbounded_list(subject, operation)
        if place:
            message = "the operation lists everything at once"
            yield Fault(operation.pointer, message, "Add parameters to page through it.")


def _unbounded_list(subject: Subject, operation: Operation) -> str:
    """Where the answer of success holds a list of objects without an end; empty where there is none."""
    schemas = subject.contract.schemas
    for offer in success_offers(operation):
        raw = offer.schema.raw if offer.schema else {}
        if _is_unbounded(subject, raw):
            return offer.pointer
        members = schemas.view(raw).properties
        lists = [member for held in members.values() for member in held if _is_unbounded(subject, member)]
        if len(lists) == 1 and not _PAGE_MEMBERS & set(members) and len(members) <= 2:
            return offer.pointer
    return ""


def _is_unbounded(subject: Subject, schema: JsonObject) -> bool:
    among = subject.contract.schemas.view(schema).parts
    items = [part["items"] for part in among if "items" in part]
    if "array" not in common_kinds(among) or not items or any("maxItems" in part for part in among):
        return False
    inner = subject.contract.schemas.view(as_object(items[0])).parts
    return "object" in common_kinds(inner) and not any("enum" in part for part in inner)


@hint(
    rationale="What a client may send without end, an attacker will.",
    source="OWASP API Security 2023, API4 (Unrestricted Resource Consumption)",
)
def unbounded_request_array(subject: Subject) -> Faults:
    """Arrays in requests without `maxItems`."""
    for pointer, schema in _sent(subject):
        if schema.get("type") == "array" and "maxItems" not in schema:
            yield Fault(pointer, "a list that clients send has no `maxItems`", "Bound it.")


@hint(
    rationale="What a client may send without end, an attacker will.",
    source="OWASP API Security 2023, API4 (Unrestricted Resource Consumption)",
)
def unbounded_request_string(subject: Subject) -> Faults:
    """Texts in requests that nothing bounds: no `maxLength`, `enum`, `pattern` or `format`."""
    bounded = ("maxLength", "enum", "const", "pattern", "format", "$ref", "readOnly")
    for pointer, schema in _sent(subject):
        if schema.get("type") == "string" and not any(keyword in schema for keyword in bounded):
            yield Fault(pointer, "a text that clients send has no `maxLength`", "Bound it.")


@hint(
    rationale="A page size or quantity without a maximum lets one request cost as much as thousands.",
    source="OWASP API Security 2023, API4 (Unrestricted Resource Consumption)",
)
def unbounded_request_number(subject: Subject) -> Faults:
    """Parameters for the size of a page without a `maximum`."""
    for operation in subject.contract.operations:
        for parameter in operation.parameters:
            among = subject.contract.schemas.view(parameter.schema.raw).parts if parameter.schema else []
            name = set(words(parameter.name))
            is_size = parameter.location == "query" and name & {"limit", "size", "count", "top"}
            bounded = any({"maximum", "exclusiveMaximum", "enum", "const"} & set(part) for part in among)
            if is_size and "integer" in common_kinds(among) and not bounded:
                message = f"the parameter `{parameter.name}` has no `maximum`"
                yield Fault(parameter.pointer, message, "Bound it, and say what happens above.")


def _sent(subject: Subject) -> Iterator[tuple[str, JsonObject]]:
    """The schemas whose values clients alone send."""
    for pointer, schema in subject.schemas.items():
        if Direction.REQUEST in subject.reach.directions_of(pointer) and subject.reach.users(pointer):
            yield pointer, schema


@recommendation(
    rationale="What must always be sent is never left out, so that its default never holds.",
    source="OpenAPI 3.0.4, section 4.7.24.2 (default)",
)
def default_on_required_parameter(subject: Subject) -> Faults:
    """Required parameters with a default."""
    for operation in subject.contract.operations:
        for parameter in operation.parameters:
            has_default = parameter.schema is not None and "default" in parameter.schema.raw
            if parameter.required and has_default and parameter.location != "path":
                message = f"the parameter `{parameter.name}` is required, so that its default never holds"
                yield Fault(parameter.pointer, message, "Make it optional, or drop the default.")


@hint(
    rationale="A request that admits any member lets slips pass, and clients set what they should not.",
    source="OWASP API Security 2023, API3 (Broken Object Property Level Authorization)",
)
def additional_properties_in_request(subject: Subject) -> Faults:
    """Bodies of requests that state `additionalProperties: true` beside their properties."""
    for pointer, schema in _sent(subject):
        if schema.get("additionalProperties") is True and as_object(schema.get("properties")):
            message = "clients may send any other member too"
            yield Fault(f"{pointer}/additionalProperties", message, "Describe them.")


def _properties(subject: Subject) -> Iterator[tuple[str, str, JsonObject, tuple[JsonObject, ...]]]:
    """Each property: its name, place, schema, and all that it consists of."""
    for name, held, place, _ in subject.properties():
        yield name, place, held, subject.contract.schemas.view(held).parts


def _is_plain(among: Sequence[JsonObject], kind: str) -> bool:
    """Whether values are of one type that nothing narrows."""
    admitted = common_kinds(among) - {"null"}
    bare = not any(keyword in part for part in among for keyword in _JUDGED)
    wanted = {kind, "integer"} if kind == "number" else {kind}
    return bool(admitted) and admitted <= wanted and bare and kind in admitted


@recommendation(
    rationale="A time that is any text leaves its form, and its zone, to guessing.",
    source="RFC 3339; Zalando RESTful API Guidelines, rule 169; Google AIP-142",
)
def missing_date_time_format(subject: Subject) -> Faults:
    """Texts that are called or described as times, without `format: date-time` or the like."""
    for name, place, schema, among in _properties(subject):
        parts_of_name = words(name)
        happened = any(word.endswith("ed") or word in _IRREGULAR for word in parts_of_name[-2:-1])
        called = parts_of_name[-1:] == ["at"] and happened
        described = _DATE_TEXT.search(str(schema.get("description", "")))
        if (called or parts_of_name[-1:] == ["timestamp"] or described) and _is_plain(among, "string"):
            message = f"the time `{name}` is any text"
            yield Fault(place, message, "Add `format: date-time` (or date, time, duration).")


@recommendation(
    rationale="Binary fractions lose cents: 0.1 and 0.2 make 0.30000000000000004.",
    source="Zalando RESTful API Guidelines, rule 173; Google AIP-143 and google.type.Money",
)
def money_as_float(subject: Subject) -> Faults:
    """Amounts of money in `float` or `double`."""
    for name, place, _, among in _properties(subject):
        parts_of_name = words(name)
        is_money = bool(set(parts_of_name[-1:]) & _MONEY)
        is_float = any(part.get("format") in ("float", "double") for part in among)
        if is_money and is_float and "number" in common_kinds(among):
            message = f"the amount `{name}` is a binary fraction"
            yield Fault(
                place, message, "Write it as a decimal text, or as a whole number of the smallest unit."
            )


@advice(
    rationale="An id that the words call a UUID, and the schema any text, is never checked.",
    source="RFC 9562; the document's own descriptions",
)
def missing_uuid_format(subject: Subject) -> Faults:
    """Texts that are described as UUIDs without `format: uuid`."""
    for name, place, schema, among in _properties(subject):
        if _UUID_TEXT.match(str(schema.get("description", ""))) and _is_plain(among, "string"):
            yield Fault(place, f"`{name}` is described as a UUID, but is any text", "Add `format: uuid`.")


@recommendation(
    rationale="One id that is a number here and a text there fits into no client's type.",
    source="the document's own conventions; Zalando RESTful API Guidelines, rule 174",
)
def inconsistent_id_type(subject: Subject) -> Faults:
    """Ids of one name, such as order_id, that are numbers in some schemas and texts in others."""
    first: dict[str, tuple[str, str]] = {}
    for name, place, _, among in _properties(subject):
        parts_of_name = words(name)
        if len(parts_of_name) < 2 or parts_of_name[-1] != "id":
            continue
        admitted = common_kinds(among) - {"null"}
        is_number = bool(admitted) and admitted <= {"integer", "number"}
        kind = "text" if admitted == {"string"} else "number" if is_number else ""
        known, _ = first.setdefault(name, (kind, place)) if kind else ("", "")
        if kind and kind != known:
            line = subject.locate(first[name][1]).line
            yield Fault(place, f"`{name}` is a {kind} here and a {known} elsewhere", f"Compare line {line}.")
