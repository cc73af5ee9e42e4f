"""Types that fit the values, limits on what clients send, and pagination."""

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
    rationale="Unpaginated lists get slow as they grow, and adding pagination later breaks clients.",
    source="Google AIP-158; Zalando RESTful API Guidelines, rule 159; OWASP API Security 2023, API4",
)
def missing_pagination(subject: Subject) -> Faults:
    """Collections whose GET returns an unbounded list and has no pagination parameter."""
    for operation in subject.contract.operations:
        is_collection = operation.method == "GET" and not operation.path.rstrip("/").endswith("}")
        if not is_collection or any(_PAGING & set(words(p.name)) for p in operation.parameters):
            continue
        place = _unbounded_list(subject, operation)
        if place:
            message = "Operation returns an unbounded list without pagination"
            yield Fault(operation.pointer, message, "Add parameters such as `limit` and `cursor`.")


def _unbounded_list(subject: Subject, operation: Operation) -> str:
    """Where a success response has an unbounded list of objects; empty if there is none."""
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
    rationale="Without limits, attackers can send huge values.",
    source="OWASP API Security 2023, API4 (Unrestricted Resource Consumption)",
)
def unbounded_request_array(subject: Subject) -> Faults:
    """Arrays in requests without `maxItems`."""
    for pointer, schema in _sent(subject):
        if schema.get("type") == "array" and "maxItems" not in schema:
            yield Fault(pointer, "Request array has no `maxItems`", "Add `maxItems`.")


@hint(
    rationale="Without limits, attackers can send huge values.",
    source="OWASP API Security 2023, API4 (Unrestricted Resource Consumption)",
)
def unbounded_request_string(subject: Subject) -> Faults:
    """Strings in requests without `maxLength`, `enum`, `pattern` or `format`."""
    bounded = ("maxLength", "enum", "const", "pattern", "format", "$ref", "readOnly")
    for pointer, schema in _sent(subject):
        if schema.get("type") == "string" and not any(keyword in schema for keyword in bounded):
            yield Fault(pointer, "Request string has no `maxLength`", "Add `maxLength`.")


@hint(
    rationale="Without a maximum page size, one request can cost as much as thousands.",
    source="OWASP API Security 2023, API4 (Unrestricted Resource Consumption)",
)
def unbounded_request_number(subject: Subject) -> Faults:
    """Page size parameters without `maximum`."""
    for operation in subject.contract.operations:
        for parameter in operation.parameters:
            among = subject.contract.schemas.view(parameter.schema.raw).parts if parameter.schema else []
            name = set(words(parameter.name))
            is_size = parameter.location == "query" and name & {"limit", "size", "count", "top"}
            bounded = any({"maximum", "exclusiveMaximum", "enum", "const"} & set(part) for part in among)
            if is_size and "integer" in common_kinds(among) and not bounded:
                message = f"Page size parameter `{parameter.name}` has no `maximum`"
                yield Fault(parameter.pointer, message, "Add `maximum`, and describe what happens above it.")


def _sent(subject: Subject) -> Iterator[tuple[str, JsonObject]]:
    """The schemas of values that clients send."""
    for pointer, schema in subject.schemas.items():
        if Direction.REQUEST in subject.reach.directions_of(pointer) and subject.reach.users(pointer):
            yield pointer, schema


@recommendation(
    rationale="A required parameter is never omitted, so its default is never used.",
    source="OpenAPI 3.0.4, section 4.7.24.2 (default)",
)
def default_on_required_parameter(subject: Subject) -> Faults:
    """Required parameters with a default."""
    for operation in subject.contract.operations:
        for parameter in operation.parameters:
            has_default = parameter.schema is not None and "default" in parameter.schema.raw
            if parameter.required and has_default and parameter.location != "path":
                message = f"Parameter `{parameter.name}` is required, so its default is never used"
                yield Fault(parameter.pointer, message, "Make it optional or remove the default.")


@hint(
    rationale="Typos go unnoticed, and clients can set properties that they shouldn't.",
    source="OWASP API Security 2023, API3 (Broken Object Property Level Authorization)",
)
def additional_properties_in_request(subject: Subject) -> Faults:
    """Request schemas with `properties` and `additionalProperties: true`."""
    for pointer, schema in _sent(subject):
        if schema.get("additionalProperties") is True and as_object(schema.get("properties")):
            message = "Request accepts any additional property"
            yield Fault(f"{pointer}/additionalProperties", message, "Define the properties instead.")


def _properties(subject: Subject) -> Iterator[tuple[str, str, JsonObject, tuple[JsonObject, ...]]]:
    """Each property: its name, place, schema, and the parts of the schema."""
    for name, held, place, _ in subject.properties():
        yield name, place, held, subject.contract.schemas.view(held).parts


def _is_plain(among: Sequence[JsonObject], kind: str) -> bool:
    """Whether the values have one type and no other constraint."""
    allowed = common_kinds(among) - {"null"}
    bare = not any(keyword in part for part in among for keyword in _JUDGED)
    wanted = {kind, "integer"} if kind == "number" else {kind}
    return bool(allowed) and allowed <= wanted and bare and kind in allowed


@recommendation(
    rationale="Without a format, clients have to guess how times are written, and in which time zone.",
    source="RFC 3339; Zalando RESTful API Guidelines, rule 169; Google AIP-142",
)
def missing_date_time_format(subject: Subject) -> Faults:
    """Strings named or described as times, without `format: date-time` or the like."""
    for name, place, schema, among in _properties(subject):
        parts_of_name = words(name)
        happened = any(word.endswith("ed") or word in _IRREGULAR for word in parts_of_name[-2:-1])
        called = parts_of_name[-1:] == ["at"] and happened
        described = _DATE_TEXT.search(str(schema.get("description", "")))
        if (called or parts_of_name[-1:] == ["timestamp"] or described) and _is_plain(among, "string"):
            message = f"Property `{name}` is a time, but has no `format`"
            yield Fault(place, message, "Add `format: date-time` (or date, time, duration).")


@recommendation(
    rationale="Floating-point numbers lose cents: 0.1 + 0.2 is 0.30000000000000004.",
    source="Zalando RESTful API Guidelines, rule 173; Google AIP-143 and google.type.Money",
)
def money_as_float(subject: Subject) -> Faults:
    """Amounts of money in `float` or `double`."""
    for name, place, _, among in _properties(subject):
        parts_of_name = words(name)
        is_money = bool(set(parts_of_name[-1:]) & _MONEY)
        is_float = any(part.get("format") in ("float", "double") for part in among)
        if is_money and is_float and "number" in common_kinds(among):
            message = f"Amount `{name}` is a floating-point number"
            yield Fault(
                place, message, "Use a decimal string or an integer in the smallest unit, such as cents."
            )


@advice(
    rationale="Without `format: uuid`, nothing checks that the id is a UUID.",
    source="RFC 9562; the API's own descriptions",
)
def missing_uuid_format(subject: Subject) -> Faults:
    """Strings described as UUIDs, without `format: uuid`."""
    for name, place, schema, among in _properties(subject):
        if _UUID_TEXT.match(str(schema.get("description", ""))) and _is_plain(among, "string"):
            yield Fault(
                place, f"Property `{name}` is described as a UUID, but has no `format`", "Add `format: uuid`."
            )


@recommendation(
    rationale="Clients can't use one type for an id that is a number here and a string there.",
    source="the API's own conventions; Zalando RESTful API Guidelines, rule 174",
)
def inconsistent_id_type(subject: Subject) -> Faults:
    """Ids with the same name, such as order_id, that are numbers in some schemas and strings in others."""
    first: dict[str, tuple[str, str]] = {}
    for name, place, _, among in _properties(subject):
        parts_of_name = words(name)
        if len(parts_of_name) < 2 or parts_of_name[-1] != "id":
            continue
        allowed = common_kinds(among) - {"null"}
        is_number = bool(allowed) and allowed <= {"integer", "number"}
        kind = "string" if allowed == {"string"} else "number" if is_number else ""
        known, _ = first.setdefault(name, (kind, place)) if kind else ("", "")
        if kind and kind != known:
            line = subject.locate(first[name][1]).line
            yield Fault(
                place, f"Property `{name}` is a {kind} here, but a {known} elsewhere", f"See line {line}."
            )


@recommendation(
    rationale="Of two bounds on one side, only the stricter counts: readers have to find out which.",
    source="JSON Schema Validation 2020-12, sections 6.2.2 to 6.2.5",
)
def redundant_bound(subject: Subject) -> Faults:
    """Schemas with both `maximum` and a number as `exclusiveMaximum`, or both for the minimum."""
    for node in subject.of("schema") if subject.has_json_schema else ():
        for plain, exclusive in (("maximum", "exclusiveMaximum"), ("minimum", "exclusiveMinimum")):
            pair = node.value.get(plain), node.value.get(exclusive)
            if all(isinstance(value, int | float) and not isinstance(value, bool) for value in pair):
                message = f"`{plain}` and `{exclusive}` are both set"
                yield Fault(f"{node.pointer}/{exclusive}", message, "Keep the stricter one.")
