"""Tolerated behavior: requests that a correct server may reject or accept regardless of the schema.

JSON Schema cannot express all constraints, parsers differ in edge cases, and proxies have their own limits.
Such responses are not failures.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from signoff.contract.json_value import as_list, as_object
from signoff.contract.parameters import split_query
from signoff.contract.pointer import resolve, split
from signoff.contract.schemas import is_known_format

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from signoff.conformance.exchange import Exchange
    from signoff.contract import MediaType, Parameter
    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.requests import Fault
    from signoff.contract.schemas import SchemaSet

# Libraries agree on these formats. For the others, only obvious violations are failures.
_FIRM_FORMATS = {"uuid", "ipv4", "int32", "int64"}
_TIMES = {"date", "date-time", "time"}
_DISPUTED_FORMATS = {
    *("email", "idn-email", "hostname", "idn-hostname", "uri", "uri-reference", "iri", "iri-reference"),
    *("regex", "json-pointer", "duration", "time", "uri-template", "password", "byte", "binary"),
}
_ODD_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ].*(:60|[tz])|0\d{3}-\d\d-\d\d")
# No clock of the world is further from UTC than 14 hours.
_ODD_OFFSET = re.compile(r"\d[Tt ]?\d\d:\d\d.*[+-](1[5-9]|2\d|14:(?!00))")
_ATTACK = re.compile(r"%3C|%27|<\w|'(\s|%20|\+)*OR\b|\.\./|%00|%2e%2e", re.IGNORECASE)
_LARGEST = 2**53  # the largest integers that JSON readers agree on end here (RFC 8259, section 6)
_LONGEST_TEXT = 8000
_DEEPEST = 20
_LONG = 2000
_LARGE = 200_000
# Statuses that a proxy or the HTTP server may return by itself.
_FROM_HTTP_LAYER = {400, 403, 404, 405, 408, 411, 413, 414, 431, 501, 505}


def may_be_rejected(exchange: Exchange) -> bool:
    """Whether a server may reject the request as malformed although it matches the document."""
    request, operation = exchange.request, exchange.operation
    if request is None or operation is None:
        return True
    named = {response.status for response in operation.responses}
    if exchange.intent in ("fuzzing", "candidate") and str(exchange.status) in named:
        return True  # the document foresees the rejection, and the schema may not say all
    if _is_extreme(exchange) or _has_undeclared_query(exchange):
        return True
    if any(_has_unknown_format(p, request.parameters) for p in operation.parameters):
        return True
    schemas = request.media_type.schema.schemas if request.media_type and request.media_type.schema else None
    values = [*request.parameters.values(), request.body]
    if any(_is_odd(part, depth) for value in values for part, depth in _parts(value)):
        return True
    if schemas is None or request.media_type is None or request.media_type.schema is None:
        return False
    raw = request.media_type.schema.raw
    if exchange.intent == "fuzzing" and _DISPUTED_FORMATS & set(_formats(schemas, raw)):
        return True
    shown = list(_shown_texts(request.media_type))
    return any(
        _is_open(schemas, schema, part) or _is_unknown(schema, part, shown)
        for schema, part in _described(schemas, raw, request.body)
    )


def may_be_accepted(exchange: Exchange, fault: Fault) -> bool:
    """Whether a server may take the request although the fault breaks the contract."""
    if fault.arguable or _is_utf_16(exchange.sent.body) or _is_read_only(exchange, fault):
        return True
    if not fault.contract_pointer.endswith("/format"):
        return False
    request = exchange.request
    operation = exchange.operation
    found = _schema_set(exchange)
    name = _text_at(found, fault.contract_pointer) if found else ""
    if name in _TIMES and request is not None and operation is not None:
        value = _value_at(exchange, fault)
        return isinstance(value, str) and any(letter.isdigit() for letter in value)
    return name not in _FIRM_FORMATS


def _is_utf_16(body: bytes) -> bool:
    """Whether a body is marked as UTF-16, which JSON was once allowed to be (RFC 4627, section 3)."""
    return body.startswith((b"\xff\xfe", b"\xfe\xff")) and len(body) > 2 and len(body) % 2 == 0


def is_from_http_layer(exchange: Exchange) -> bool:
    """Whether the response may come from a proxy or the HTTP server instead of the API."""
    is_unusual_method = exchange.sent.method in ("TRACE", "SIGNOFF", "CONNECT")
    is_from_layer = exchange.status in _FROM_HTTP_LAYER and (is_unusual_method or _is_extreme(exchange))
    return is_from_layer or (exchange.status == 403 and _looks_like_an_attack(exchange))


def _is_extreme(exchange: Exchange) -> bool:
    """Whether the request may exceed a limit that servers have independent of the document."""
    sent = exchange.sent
    return (
        len(sent.url) > _LONG
        or len(sent.body) > _LARGE
        or any(len(value) > _LONG for _, value in sent.headers)
        or re.search(r"%(0[0-9a-f]|1[0-9a-f]|7f|2f|5c|25)", sent.path, re.IGNORECASE) is not None
        or any(part in (".", "..", "%2e", "%2e%2e") for part in sent.path.lower().split("/"))
        or "//" in sent.path
    )


def _looks_like_an_attack(exchange: Exchange) -> bool:
    """Whether a firewall may block the request as an attack."""
    sent = exchange.sent
    return exchange.intent == "negative" and bool(
        _ATTACK.search(sent.url) or _ATTACK.search(sent.body.decode("latin-1"))
    )


def _has_undeclared_query(exchange: Exchange) -> bool:
    operation = exchange.operation
    names = {p.name for p in operation.parameters if p.location == "query"} if operation else set()
    sent = split_query(exchange.sent.url.partition("?")[2])
    return any(name not in names and "[" not in name for name in sent)


def _parts(value: JsonValue, depth: int = 0) -> Iterator[tuple[JsonValue, int]]:
    """A value and all nested values, up to a limit."""
    waiting = [(value, depth)]
    for _ in range(2000):
        if not waiting:
            return
        part, level = waiting.pop()
        yield part, level
        if level > _DEEPEST:
            continue
        if isinstance(part, dict):
            waiting += [(item, level + 1) for item in (*part.keys(), *part.values())]
        elif isinstance(part, list):
            waiting += [(item, level + 1) for item in part]


def _is_odd(part: JsonValue, depth: int) -> bool:
    if depth > _DEEPEST:
        return True
    if isinstance(part, str):
        return (
            len(part) > _LONGEST_TEXT
            or _ODD_TIME.fullmatch(part) is not None
            or _ODD_OFFSET.search(part) is not None
            or any(unicodedata.category(letter) in ("Cc", "Cs", "Cn", "Co", "Cf") for letter in part)
        )
    if isinstance(part, bool) or part is None or not isinstance(part, int | float):
        return False
    if isinstance(part, float):
        return part == int(part) if abs(part) < _LARGEST else True
    return abs(part) >= _LARGEST


def _described(
    schemas: SchemaSet, raw: JsonValue, value: JsonValue, depth: int = 6
) -> Iterator[tuple[JsonObject, JsonValue]]:
    """The parts of a value, each with its schema."""
    schema = schemas.view(raw).flat
    yield schema, value
    if not depth:
        return
    if isinstance(value, list):
        for item in value[:20]:
            yield from _described(schemas, schema.get("items"), item, depth - 1)
    elif isinstance(value, dict):
        known = schemas.view(schema).properties
        for name, item in value.items():
            yield from _described(schemas, next(iter(known.get(name, ())), None), item, depth - 1)


def _is_open(schemas: SchemaSet, schema: JsonObject, value: JsonValue) -> bool:
    """Whether strict readers may refuse what the schema leaves open.

    An object with members that are neither named nor admitted in so many words, or that only responses have;
    anything but an object where members are described and the type is left out.
    """
    known = schemas.view(schema).properties  # of all alternatives
    if not isinstance(value, dict):
        return bool(known) and not schemas.view(schema).kinds
    if any(schemas.says(member, "readOnly") for name in value for member in known.get(name, ())):
        return True
    is_admitted = isinstance(schema.get("additionalProperties"), dict) or (
        schema.get("additionalProperties") is True
    )
    return bool(known) and not is_admitted and any(name not in known for name in value)


def _is_unknown(schema: JsonObject, value: JsonValue, shown: list[JsonValue]) -> bool:
    """Whether a value is of a format that only the server knows, and not one that the document shows."""
    if is_known_format(schema.get("format", "")) or isinstance(value, dict | list) or value is None:
        return False
    stated = [schema.get(keyword) for keyword in ("example", "default", "const")]
    listed = [*as_list(schema.get("enum")), *as_list(schema.get("examples"))]
    return value not in (*stated, *listed, *shown)


def _shown_texts(offer: MediaType) -> Iterator[JsonValue]:
    """Every text in the examples of a body."""
    for example in offer.examples:
        yield from (part for part, _ in _parts(example.value) if isinstance(part, str))


def _has_unknown_format(parameter: Parameter, values: Mapping[tuple[str, str], JsonValue]) -> bool:
    value, schema = values.get((parameter.location, parameter.name)), parameter.schema
    if value is None or schema is None:
        return False
    shown = [example.value for example in parameter.examples]
    return _is_unknown(schema.view.flat, value, shown)


def _is_read_only(exchange: Exchange, fault: Fault) -> bool:
    """Whether a fault is in a member that only responses have: servers may pass it over."""
    request = exchange.request
    if fault.location != "body" or request is None or not request.media_type or not request.media_type.schema:
        return False
    schemas, raw = request.media_type.schema.schemas, request.media_type.schema.raw
    at: JsonValue = raw
    for token in split(fault.place):
        schema = schemas.view(at).flat
        at = schema.get("items") if token.isdecimal() else as_object(schema.get("properties")).get(token)
        if schemas.says(at, "readOnly"):
            return True
    return False


def _formats(schemas: SchemaSet, raw: JsonValue, depth: int = 5) -> Iterator[str]:
    schema = schemas.view(raw).flat
    if isinstance(schema.get("format"), str):
        yield str(schema["format"])
    if depth:
        for member in (*as_object(schema.get("properties")).values(), schema.get("items")):
            yield from _formats(schemas, member, depth - 1) if isinstance(member, dict) else ()


def _schema_set(exchange: Exchange) -> SchemaSet | None:
    for parameter in exchange.operation.parameters if exchange.operation else ():
        if parameter.schema is not None:
            return parameter.schema.schemas
    media_type = exchange.request.media_type if exchange.request else None
    return media_type.schema.schemas if media_type and media_type.schema else None


def _text_at(schemas: SchemaSet, pointer: str) -> str:
    try:
        return str(schemas.at(pointer))
    except LookupError:
        return ""


def _value_at(exchange: Exchange, fault: Fault) -> JsonValue:
    """The value that a fault is about."""
    request = exchange.request
    if request is None:
        return None
    if fault.kind == "parameter":
        return request.parameters.get((fault.location, fault.place))
    try:
        return resolve(request.body, fault.place)
    except LookupError:
        return None
