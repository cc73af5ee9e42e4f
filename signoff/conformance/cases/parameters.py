"""Cases with parameter values around the boundaries of their schemas, and without required parameters."""

from __future__ import annotations

import json
import re
from itertools import repeat
from typing import TYPE_CHECKING
from urllib.parse import quote

from signoff.conformance.base_requests import with_repeated_query, with_value, without_value
from signoff.conformance.bodies import round_robin
from signoff.conformance.values import boundary_values
from signoff.contract import forms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.conformance.cases.maker import Maker, Planned
    from signoff.conformance.exchange import Sent
    from signoff.contract import Parameter
    from signoff.contract.json_value import JsonValue

_BAD_TEXTS = (
    *("not-a-valid-value", "-", "1.5", "~", "x" * 300, "' OR '1'='1", "..", "\0", "\u00e9", "null"),
    *("<b>signoff<b>", "%", "x" * 6000, "\U0001f600", "1e3", "true", "00000000-0000-0000-0000-000000000000"),
)
# Values that can be sent in a header or cookie (RFC 9110, section 5.5; RFC 6265, section 4.1.1).
_PLAIN_FIELD = re.compile(r"[\x21-\x7e]([\x20-\x7e]{0,500}[\x21-\x7e])?")
_PLAIN_COOKIE = re.compile(r"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]{1,500}")


def around_limits(maker: Maker) -> Iterator[Planned]:
    """Requests without each required parameter, then boundary values of all parameters in turn."""
    for parameter in maker.operation.parameters:
        if left_out := _left_out(maker, parameter):
            yield left_out
    last_first = reversed(maker.operation.parameters)
    for parameter, text in round_robin(zip(repeat(p), _texts(maker, p), strict=False) for p in last_first):
        sent = _with(maker, parameter, text)
        if sent is not None:
            name = f"{parameter.location} parameter {parameter.name}"
            yield maker.classified(sent, f"{name} = {text[:20]!r}")


def _texts(maker: Maker, parameter: Parameter) -> list[str | tuple[str, ...]]:
    schema = parameter.schema
    stated = [example.value for example in parameter.examples]
    values = [*stated, *boundary_values(maker.contract.schemas, schema.raw)] if schema else stated
    near = _near_misses(maker, parameter.name) if parameter.location == "path" else []
    written = (_written(parameter, value) for value in values)
    texts = [text for text in written if text is not None]
    return list(dict.fromkeys([*near, *texts[:30], *_BAD_TEXTS, *texts[30:]]))


def _written(parameter: Parameter, value: JsonValue) -> str | tuple[str, ...] | None:
    """A value as the text of a parameter, or a list as its texts where each item has its own name."""
    is_repeated = parameter.location == "query" and parameter.style == "form" and parameter.explode
    if isinstance(value, list) and len(value) > 1 and is_repeated and parameter.media_type is None:
        parts = [_text(item) for item in value]
        return tuple(part for part in parts if part is not None)
    return _text(value, forms.SEPARATORS.get(parameter.style, ","))


def _text(value: JsonValue, separator: str = ",") -> str | None:
    """A value as the text of a parameter; None if it has none."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        parts = [_text(item) for item in value]
        return separator.join(part for part in parts if part is not None) or None
    return None if value is None or isinstance(value, dict) else json.dumps(value)


def _near_misses(maker: Maker, name: str) -> list[str]:
    """Non-canonical spellings of a known UUID, which the format does not allow."""
    known = maker.values(name).existing
    if not known or not maker.names_a_uuid(name):
        return []
    value = known[0]
    bare = value.replace("-", "")
    return [
        *(f"{{{value}}}", f"urn:uuid:{value}", bare, value[:-1], f"{value}0", f"{value} ", f"{value}\n"),
        *(f" {value}", f"{value}/", value.replace("-", "_"), f"{value[:-1]}g", f"{value}%00"),
    ]


def _with(maker: Maker, parameter: Parameter, text: str | tuple[str, ...]) -> Sent | None:
    """The base request with another value of a parameter; None if it cannot be sent."""
    sent = maker.sent(maker.body)
    if isinstance(text, tuple):
        return with_repeated_query(sent, parameter.name, text)
    match parameter.location:
        case "path":
            is_kept = maker.operation.method != "DELETE"
            # A client takes dot segments out of a path (RFC 3986, section 5.2.4); many servers decode `%2F`
            # before they look for the operation.
            is_kept = is_kept and text not in ("", ".", "..") and "/" not in text
            return maker.sent(maker.body, {parameter.name: text}) if is_kept else None
        case "header" if not _PLAIN_FIELD.fullmatch(text):
            return None
        case "cookie":
            if not _PLAIN_COOKIE.fullmatch(text):
                return None
            bare = without_value(sent, "cookie", parameter.name)
            return with_value(bare, "cookie", quote(parameter.name), text)
        case place:
            return with_value(sent, place, parameter.name, text)


def _left_out(maker: Maker, parameter: Parameter) -> Planned | None:
    if not parameter.required or parameter.location == "path":
        return None
    bare = without_value(maker.sent(maker.body), parameter.location, parameter.name)
    return maker.classified(bare, f"{parameter.location} parameter {parameter.name} omitted")
