"""Checks for write-only properties, undeclared properties and secrets in responses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from signoff.conformance.checks.registry import Fault, check, warning
from signoff.contract import media_types

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from signoff.conformance.exchange import Exchange
    from signoff.contract import Contract, Operation
    from signoff.contract.json_value import JsonValue
    from signoff.contract.schema_view import View
    from signoff.contract.schemas import SchemaSet

_DEEPEST = 8
_MOST_SHOWN = 5
_SEARCHED_BYTES = 256 * 1024
# A value has at least one byte, so that all values of a body that is not larger are searched.
_MOST_VALUES = _SEARCHED_BYTES
_MOST_VALUES_OF_LARGE = 20_000
SEARCHED_IN_PART = f"bodies over {_SEARCHED_BYTES // 1024} KiB are searched for secrets in part only"
_SECRETS = (
    ("a private key", re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----")),
    ("an AWS access key", re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b")),
    ("a GitHub token", re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{50,})\b")),
    ("a GitLab token", re.compile(r"\bglpat-[A-Za-z0-9_-]{20}\b")),
    ("a Slack token", re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{10,}")),
    ("a Google API key", re.compile(r"\bAIza[0-9A-Za-z_-]{35}\b")),
    ("a Stripe key", re.compile(r"\b(?:sk|rk)_(?:live|test)_[0-9A-Za-z]{16,}\b")),
    ("an API key", re.compile(r"\bsk-[A-Za-z0-9_-]{32,}\b")),
    ("a password hash", re.compile(r"\$(?:2[aby]\$\d\d|argon2(?:id|i|d)|scrypt|6|5)\$[\w./$=,+]{20,}")),
    ("a URL with a password", re.compile(r"\b[a-z][a-z0-9+]{2,}://[^\s/:@\"]+:[^\s/:@\"]+@[\w.-]+")),
    (
        "a stack trace",
        re.compile(r"Traceback \(most recent call last\)|\bgoroutine \d+ \[|\n\s+at [\w.$<>]+\([\w.]+:\d+\)"),
    ),
    (
        "a database error",
        re.compile(
            r"\bSQLSTATE\[|\bORA-\d{5}:|You have an error in your SQL syntax|\bpsycopg2?\.\w+"
            r"|sqlite3\.\w+Error"
        ),
    ),
    (
        "an SQL statement",
        re.compile(
            r"\bSELECT\s[\w\s,.*\"`()]{1,300}\sFROM\s+[\w.\"`]+\s+(?:WHERE|JOIN|LIMIT|ORDER)\b"
            r"|\bINSERT\s+INTO\s+[\w.\"`]+\s*\(|\bUPDATE\s+[\w.\"`]+\s+SET\s+\w+\s*=|\bDELETE\s+FROM\s+\w+"
        ),
    ),
)
# Declared properties with such a name are made to hold a secret, a query or a log.
_MADE_FOR_IT = re.compile(
    r"key|token|secret|password|hash|sql|query|trace|stack|ur[il]|dsn|credential|log", re.IGNORECASE
)
_COMPOSED = ("$ref", "allOf", "oneOf", "anyOf", "if", "then", "else", "properties")


def _is_judged(exchange: Exchange) -> bool:
    """Whether the body is JSON with a schema."""
    media_type = exchange.media_type
    has_schema = media_type is not None and media_type.schema is not None
    return (
        has_schema
        and exchange.sent.method != "HEAD"
        and bool(exchange.received.body)
        and not exchange.json[1]
    )


def _hides_something(_: Contract, operation: Operation) -> bool:
    """Whether a response's schema has a write-only property."""
    offers = (offer for response in operation.responses for offer in response.content)
    schemas = (offer.schema for offer in offers if offer.schema and media_types.is_json(offer.name))
    return any(_has_write_only(schema.schemas, schema.raw, _DEEPEST) for schema in schemas)


def _has_write_only(schemas: SchemaSet, raw: JsonValue, depth: int) -> bool:
    if not isinstance(raw, dict) or not depth:
        return False
    view = schemas.view(raw)
    members = [member for found in view.properties.values() for member in found]
    if any(_is_write_only(schemas, member) for member in members):
        return True
    return any(_has_write_only(schemas, part, depth - 1) for part in (*members, view.flat.get("items")))


@check(
    source="OpenAPI 3.1, section 4.8.24; JSON Schema 2020-12 Validation, section 9.4",
    rationale="What a client may only write, such as a password, must not be read by others.",
    applies=_is_judged,
    concerns=_hides_something,
    not_covered="no JSON response was received",
)
def write_only_hidden(exchange: Exchange) -> Iterator[Fault]:
    """A response has no property that is `writeOnly`."""
    for path, owner, schemas, view in _objects(exchange):
        for name in owner:
            found = view.properties.get(name, [])
            if found and all(_is_write_only(schemas, member) for member in found):
                yield Fault(
                    f"the response has the write-only property `{name}`",
                    "no write-only property",
                    f"{path}/{name}",
                    exchange.media_type.pointer if exchange.media_type else "",
                )
                return


@warning(
    source="OWASP API3:2023",
    rationale="Undeclared properties may be sent by accident.",
    applies=_is_judged,
)
def undeclared_members(exchange: Exchange) -> Iterator[Fault]:
    """A response has only properties that its schema declares. An error with `--require closed-responses`."""
    if media_types.is_problem(exchange.content_type):
        return  # an extension member needs no declaration (RFC 9457, section 3.2)
    found: dict[str, None] = {}
    for path, owner, _, view in _objects(exchange):
        if view.properties and not _is_open(view):
            found |= dict.fromkeys(f"{path}/{name}" for name in owner if name not in view.properties)
    if found:
        names = ", ".join(list(found)[:_MOST_SHOWN]) + (", …" if len(found) > _MOST_SHOWN else "")
        pointer = exchange.media_type.pointer if exchange.media_type else ""
        yield Fault("the response has undeclared properties", "only declared properties", names, pointer)


@check(
    source="OWASP API3:2023 and API8:2023",
    rationale="A secret or an internal error in a successful response is read and cached like the rest.",
    applies=lambda exchange: 200 <= exchange.status < 300 and bool(exchange.received.body),
    not_covered="no successful response had a body",
)
def no_secrets_in_success(exchange: Exchange) -> Iterator[Fault]:
    """A successful response has no API key, private key, password hash, stack trace or SQL."""
    if exchange.content_type.startswith(("text/html", "image/", "application/pdf", "application/zip")):
        return
    declared = {name for _, _, _, view in _objects(exchange) for name in view.properties}
    sent = exchange.sent.body.decode("utf-8", "replace") + exchange.sent.url
    for member, text in _texts(exchange):
        for name, pattern in _SECRETS:
            found = pattern.search(text)
            is_meant = member in declared and _MADE_FOR_IT.search(member)
            if found and not is_meant and found[0] not in sent:
                place = f"`{member}`" if member else "the body"
                yield Fault(f"the response discloses {name}", "no secret or error", f"{name} in {place}")
                return


def is_searched_in_part(exchange: Exchange) -> bool:
    """Whether a body is too large to be searched to its end."""
    return len(exchange.received.body) > _SEARCHED_BYTES


def _most_values(exchange: Exchange) -> int:
    return _MOST_VALUES_OF_LARGE if is_searched_in_part(exchange) else _MOST_VALUES


def _texts(exchange: Exchange) -> Iterator[tuple[str, str]]:
    """The strings of a JSON body with the nearest member's name, else the whole text."""
    if exchange.json[1]:
        yield "", exchange.received.body[:_SEARCHED_BYTES].decode("utf-8", "replace")
        return
    waiting: list[tuple[str, JsonValue]] = [("", exchange.json[0])]
    for _ in range(_most_values(exchange)):
        if not waiting:
            return
        member, value = waiting.pop()
        if isinstance(value, str):
            yield member, value[:_SEARCHED_BYTES]
        elif isinstance(value, dict):
            waiting += value.items()
        elif isinstance(value, list):
            waiting += [(member, item) for item in value]


def _objects(exchange: Exchange) -> Iterator[tuple[str, Mapping[str, JsonValue], SchemaSet, View]]:
    """The objects of a response, each with its place and its schema."""
    schema = exchange.media_type.schema if exchange.media_type else None
    if schema is None:
        return
    schemas = schema.schemas
    waiting: list[tuple[str, JsonValue, JsonValue, int]] = [("", exchange.json[0], schema.raw, 0)]
    for _ in range(_most_values(exchange)):
        if not waiting:
            return
        path, value, raw, depth = waiting.pop()
        if not isinstance(raw, dict) or depth > _DEEPEST:
            continue
        view = schemas.view(raw)
        if isinstance(value, list):
            items = view.flat.get("items")
            waiting += [(f"{path}/*", item, items, depth + 1) for item in value]
        elif isinstance(value, dict):
            yield path, value, schemas, view
            waiting += [
                (f"{path}/{name}", part, view.properties[name][0], depth + 1)
                for name, part in value.items()
                if len(view.properties.get(name, ())) == 1
            ]


def _is_open(view: View) -> bool:
    """Whether a schema states that it has other properties, or cannot tell."""
    for part in view.every:
        if part.get("additionalProperties") not in (None, False) or "patternProperties" in part:
            return True
        if "unevaluatedProperties" in part or "$dynamicRef" in part:
            return True
        is_alternative = not any(part is own for own in view.parts)
        if is_alternative and not any(name in part for name in _COMPOSED):
            return True
    return False


def _is_write_only(schemas: SchemaSet, member: JsonValue) -> bool:
    return isinstance(member, dict) and schemas.view(member).flat.get("writeOnly") is True
