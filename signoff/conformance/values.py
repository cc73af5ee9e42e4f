"""Boundary values of a schema: valid and invalid values near the limits of its keywords.

The validator decides which values are valid. Depth and sizes are limited, because schemas may be recursive.
"""

from __future__ import annotations

import string
from itertools import islice
from typing import TYPE_CHECKING

from signoff.contract.json_value import as_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.schemas import SchemaSet

_DEPTH = 4
_LONGEST = 5000
_MOST_ITEMS = 200
_MANY_OPTIONS = 30
_FORMAT_SAMPLES = {
    "uuid": "018f6b1e-7c2a-7d3e-9b41-5a6c7d8e9f01",
    "date-time": "2026-01-15T09:30:00Z",
    "date": "2026-01-15",
    "time": "09:30:00Z",
    "email": "somebody@example.com",
    "uri": "https://example.com/a",
    "uri-reference": "/a",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "duration": "P1D",
    "byte": "YQ==",
}
# Values that most schemas reject, one of each type, so that a wrong type is always included.
_UNRELATED: tuple[JsonValue, ...] = ("signoff-no-such-value", 12345.678, [], {}, None, True)
# Words that are often found together; who knows some may take the others.
_GROUPS = tuple(
    words.split()
    for words in (
        "xml yaml pdf csv json html xlsx txt zip",
        "asc desc ascending descending",
        "active inactive pending closed archived deleted draft published cancelled",
        "low medium high critical urgent",
        "day week month year hour quarter",
        "eur usd gbp jpy chf",
        "admin owner editor viewer guest member",
        "debug info warn warning error fatal",
        "small large xs s m l xl",
        "red green blue yellow black white",
        "web mobile app phone desk email sms",
        "public private internal unlisted friends",
        "celsius fahrenheit kelvin",
        "kg g lb oz",
        "km m cm mi ft",
    )
)
_LETTERS = string.ascii_lowercase


def sample(schemas: SchemaSet, raw: JsonValue, depth: int = _DEPTH) -> JsonValue:
    """A minimal value that is likely to match a schema."""
    schema = schemas.view(raw).flat
    for keyword in ("const", "default", "example"):
        if keyword in schema:
            return schema[keyword]
    for keyword in ("examples", "enum"):
        options = schema.get(keyword)
        if isinstance(options, list) and options:
            return options[0]
    kinds = schemas.view(schema).kinds
    if "object" in kinds or "properties" in schema:
        required = schema.get("required")
        names = [str(name) for name in required] if isinstance(required, list) and depth else []
        known = as_object(schema.get("properties"))
        return {name: sample(schemas, known.get(name), depth - 1) for name in names}
    if "array" in kinds:
        least = _bound(schema, "minItems", 0)
        return [sample(schemas, schema.get("items"), depth - 1) for _ in range(least)] if depth else []
    if "integer" in kinds or "number" in kinds:
        return schema.get("minimum", min(1, _number(schema, "maximum", 1)))
    return False if "boolean" in kinds else None if kinds == {"null"} else _text(schema)


def boundary_values(schemas: SchemaSet, raw: JsonValue) -> Iterator[JsonValue]:
    """Valid and invalid values near the limits of a schema, most relevant first."""
    schema = schemas.view(raw).flat
    kinds = schemas.view(schema).kinds
    yield from _chosen(schema)
    if kinds & {"integer", "number"}:
        yield from _numbers(schema, kinds)
    if "string" in kinds or {"minLength", "maxLength", "pattern", "format"} & schema.keys():
        yield from _texts(schema)
    if "array" in kinds:
        yield from _arrays(schemas, schema)
    if "boolean" in kinds:
        yield from (True, False, "true", 1)
    yield from _UNRELATED
    yield sample(schemas, raw)


def _chosen(schema: JsonObject) -> Iterator[JsonValue]:
    """Enum values, constants, defaults and examples, and misspelled enum values."""
    options = schema.get("enum")
    found = options[:_MANY_OPTIONS] if isinstance(options, list) else []
    yield from found
    for keyword in ("const", "default", "example"):
        if keyword in schema:
            yield schema[keyword]
    texts = [option for option in found if isinstance(option, str) and option]
    yield from _neighbours(texts)
    for text in texts[:2]:
        yield from (text.swapcase(), f" {text}", f"{text}\n")
        yield [text]
    if texts:
        yield ""


def _neighbours(options: list[str]) -> Iterator[str]:
    """Values that one would expect beside those of an enumeration, in their letter case."""
    if not options:
        return
    folded = {option.lower() for option in options}
    first, cases = options[0], (str.lower, str.upper, str.title)
    own = next((case for case in cases if case(first) == first), str)
    for group in _GROUPS:
        if folded.intersection(group):
            yield from [own(word) for word in group if word not in folded][:3]
    yield from (case(first) for case in cases if case(first) not in options)


def _numbers(schema: JsonObject, kinds: frozenset[str]) -> Iterator[JsonValue]:
    step = 1 if "integer" in kinds else 0.5
    for keyword, outwards in (("minimum", -step), ("maximum", step)):
        bound = schema.get(keyword)
        if isinstance(bound, int | float) and abs(bound) < 2**62:
            yield from (bound, bound + outwards, bound - outwards)
    for keyword in ("exclusiveMinimum", "exclusiveMaximum"):
        bound = schema.get(keyword)
        if isinstance(bound, int | float) and not isinstance(bound, bool):
            yield from (bound, bound + step, bound - step)
    every = schema.get("multipleOf")
    if isinstance(every, int | float) and every:
        yield from (every, every * 2, every * 1.5)
    width = {"int32": 2**31, "int64": 2**63}.get(str(schema.get("format")))
    if width:
        yield from (width - 1, width, -width - 1)
    yield from (0, 1, -1, "1", 1.5, 10**30)


def _texts(schema: JsonObject) -> Iterator[JsonValue]:
    least, most = _bound(schema, "minLength", 0), schema.get("maxLength")
    given = sample_text = _text(schema)
    yield given
    plain = "pattern" not in schema and "format" not in schema
    if least > 0:
        yield from (_letters(least), _letters(least - 1)) if plain else (sample_text[: least - 1],)
    if isinstance(most, int) and most <= _LONGEST:
        yield from (_letters(most), _letters(most + 1), "\u00e9" * most)
    yield ""
    if "format" in schema or "pattern" in schema:
        yield from (f"{given} ", f"{given}\n", f" {given}", given[:-1], f"{given}x", given.upper())
        yield from ("-", "\u00e9", "9999-99-99", "1")
    elif plain:
        yield from ("caf\u00e9 \u4e2d\u6587 \U0001f600", "<b>signoff</b>", "a'b\"c\\d", "%00", "x" * 300)


def _arrays(schemas: SchemaSet, schema: JsonObject) -> Iterator[JsonValue]:
    item = sample(schemas, schema.get("items"))
    least, most = _bound(schema, "minItems", 0), schema.get("maxItems")
    if least > 0:
        yield [item] * (least - 1)
    if isinstance(most, int) and most <= _MOST_ITEMS:
        yield from ([item] * most, [item] * (most + 1))
    yield from ([item], [item, item])
    bound = most if isinstance(most, int) and most <= _MOST_ITEMS else 2
    several = _several(schemas, schema.get("items"), max(bound, least) + 1)
    for length in dict.fromkeys((2, least, least - 1, bound, bound + 1)):
        if 1 < length <= len(several):
            yield several[:length]
    items = schemas.view(schema.get("items"))
    if items.kinds and not items.kinds & {"array", "object"}:
        yield from ([value] for value in islice(boundary_values(schemas, schema.get("items")), _MANY_OPTIONS))
    yield [[]]
    yield item


def _several(schemas: SchemaSet, raw: JsonValue, count: int) -> list[JsonValue]:
    """Different values that are likely to match a schema; none if that is hard."""
    schema, kinds = schemas.view(raw).flat, schemas.view(raw).kinds
    options = schema.get("enum")
    if isinstance(options, list):
        return options[:count]
    if "integer" in kinds and "multipleOf" not in schema:
        least = _number(schema, "minimum", min(1, _number(schema, "maximum", 1) - count))
        return list(range(least, least + count))
    if "string" in kinds and not {"pattern", "format"} & schema.keys():
        least = max(_bound(schema, "minLength", 0), 1)
        return [letter * least for letter in _LETTERS[:count]]
    return []


def _text(schema: JsonObject) -> str:
    known = _FORMAT_SAMPLES.get(str(schema.get("format")))
    if known:
        return known
    return _letters(min(max(_bound(schema, "minLength", 0), 1), _LONGEST))


def _letters(count: int) -> str:
    return (_LETTERS * (count // len(_LETTERS) + 1))[:count]


def _bound(schema: JsonObject, keyword: str, default: int) -> int:
    value = schema.get(keyword)
    return min(value, _MOST_ITEMS if "Items" in keyword else _LONGEST) if isinstance(value, int) else default


def _number(schema: JsonObject, keyword: str, default: int) -> int:
    value = schema.get(keyword)
    return int(value) if isinstance(value, int | float) else default
