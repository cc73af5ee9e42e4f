"""The walk from a schema to a value, and the proof that the value satisfies it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from hashlib import blake2b
from random import Random
from typing import TYPE_CHECKING

from mock_server.generate.agreement import agreed
from mock_server.generate.hints import hinted
from mock_server.generate.merge import merge
from mock_server.generate.names import NUMBERS, STRINGS, Realism, maker_for
from mock_server.generate.strings import string

if TYPE_CHECKING:
    from openapi import Direction, Schema
    from openapi.json_value import JsonObject, JsonValue
    from openapi.schemas import SchemaSet

_TRIES = 12
_MAX_DEPTH = 24


class CannotGenerateError(Exception):
    """No value was found that satisfies the schema; the message says what stands in the way."""


class Generator:
    """Makes values for the schemas of one document. The same seed and key give the same value."""

    def __init__(self, schemas: SchemaSet, seed: int, locale: str = "en_US") -> None:
        self._schemas = schemas
        self._seed = seed
        self._realism = Realism(locale)

    def generate(self, schema: Schema, direction: Direction, key: str) -> JsonValue:
        """A value that satisfies `schema`.

        Args:
            schema: what to satisfy.
            direction: which way the value travels.
            key: what the value is for; another key gives another value.

        Raises:
            CannotGenerateError: every try failed.
        """
        reason = ""
        for attempt in range(_TRIES):
            digest = blake2b(f"{self._seed}|{schema.pointer}|{key}|{attempt}".encode(), digest_size=16)
            # Later tries leave optional parts out sooner, and names aside: plainer values break fewer rules.
            walk = _Walk(
                schemas=self._schemas,
                random=Random(digest.digest()),
                direction=direction.value,
                optional_depth=max(0, 4 - attempt // 2),
                realism=self._realism if attempt < _TRIES // 2 else None,
            )
            try:
                value = walk.value(schema.raw, 0)
            except CannotGenerateError as error:
                reason = str(error)
                continue
            violations = schema.violations(value, direction)
            if not violations:
                return value
            reason = f"{violations[0].pointer or 'the value'}: {violations[0].message}"
        raise CannotGenerateError(reason)


@dataclass(slots=True)
class _Walk:
    schemas: SchemaSet
    random: Random
    direction: str
    optional_depth: int
    realism: Realism | None

    def value(self, raw: JsonValue, depth: int, name: str = "", parent: str = "") -> JsonValue:
        if raw is False:
            raise CannotGenerateError("a schema admits nothing")
        if not isinstance(raw, dict):
            return {}
        if depth > _MAX_DEPTH:
            raise CannotGenerateError("the schema has no end")
        schema = self.flat(raw, 0)
        if "const" in schema:
            return schema["const"]
        for keyword in ("examples", "enum"):
            options = schema.get(keyword)
            if isinstance(options, list) and options:
                return self.random.choice([item for item in options if item is not None] or options)
        for keyword in ("example", "default"):
            if schema.get(keyword) is not None:
                return schema[keyword]
        if self.realism is not None and (named := self.named(schema, name, parent)) is not None:
            return named
        return self.typed(schema, depth, name)

    def named(self, schema: JsonObject, name: str, parent: str) -> JsonValue:
        """What a hint or the property's name says of the value; None where neither says anything fitting."""
        realism = self.realism
        if realism is None:
            return None
        if "x-faker" in schema:
            return hinted(realism.seeded(self.random), schema["x-faker"])
        kind = self.type_of(schema)
        if kind == "string" and not {"format", "pattern"} & schema.keys():
            maker = maker_for(name, parent, STRINGS)
            made = maker(realism.seeded(self.random)) if maker else None
            return made if made is not None and self.fits(str(made), schema) else None
        if kind in ("number", "integer") and not {"multipleOf", "format"} & schema.keys():
            maker = maker_for(name, parent, NUMBERS)
            number = maker(realism.seeded(self.random)) if maker else None
            low, high = (
                _bound(schema, "minimum", "exclusiveMinimum"),
                _bound(schema, "maximum", "exclusiveMaximum"),
            )
            if not isinstance(number, int | float) or (low or number) > number or (high or number) < number:
                return None
            return round(number) if kind == "integer" else number
        return None

    def fits(self, text: str, schema: JsonObject) -> bool:
        """Whether a text is of a length that the schema admits."""
        return _int(schema.get("minLength"), 0) <= len(text) <= _int(schema.get("maxLength"), len(text))

    def flat(self, raw: JsonObject, hops: int) -> JsonObject:
        """The schema with its reference followed, its `allOf` merged and one branch taken."""
        if hops > _MAX_DEPTH:
            raise CannotGenerateError("a reference leads to itself")
        siblings = {
            key: value for key, value in raw.items() if key not in ("$ref", "allOf", "anyOf", "oneOf")
        }
        schema = siblings
        if "$ref" in raw:
            schema = merge(self.flat(self.schemas.resolved(raw), hops + 1), siblings)
        for part in _list(raw.get("allOf")):
            if isinstance(part, dict):
                schema = merge(schema, self.flat(part, hops + 1))
        for keyword in ("oneOf", "anyOf"):
            branches = [part for part in _list(raw.get(keyword)) if isinstance(part, dict)]
            if branches:
                real = [part for part in branches if part.get("type") != "null"] or branches
                schema = merge(schema, self.flat(self.random.choice(real), hops + 1))
        return schema

    def typed(self, schema: JsonObject, depth: int, name: str) -> JsonValue:
        match self.type_of(schema):
            case "object":
                return agreed(self.object(schema, depth, name))
            case "array":
                return self.array(schema, depth, name)
            case "string":
                return self.string(schema)
            case "integer":
                return self.number(schema, whole=True)
            case "number":
                return self.number(schema, whole=False)
            case "boolean":
                return self.random.random() < 0.5
            case _:
                return None

    def type_of(self, schema: JsonObject) -> str:
        kinds = schema.get("type")
        named = [str(kind) for kind in (kinds if isinstance(kinds, list) else [kinds]) if kind]
        if named:
            return next((kind for kind in named if kind != "null"), "null")
        for kind, signs in _SIGNS.items():
            if any(sign in schema for sign in signs):
                return kind
        return "object"

    def object(self, schema: JsonObject, depth: int, own_name: str) -> JsonObject:
        properties = schema.get("properties")
        known = properties if isinstance(properties, dict) else {}
        required = [str(name) for name in _list(schema.get("required"))]
        made: JsonObject = {}
        for name in [*known, *(name for name in required if name not in known)]:
            member = known.get(name, {})
            needed = name in required
            if not needed and (depth >= self.optional_depth or self.is_hidden(member)):
                continue
            if needed and self.is_hidden(member):
                continue
            try:
                made[name] = self.value(member, depth + 1, name, own_name or str(schema.get("title", "")))
            except CannotGenerateError:
                if needed:
                    raise
        return self.padded(made, schema, depth)

    def padded(self, made: JsonObject, schema: JsonObject, depth: int) -> JsonObject:
        """Add undescribed members where the schema wants more of them."""
        extra = schema.get("additionalProperties", True)
        wanted = _int(schema.get("minProperties"), 0)
        if isinstance(extra, dict) and extra and not made and depth < self.optional_depth:
            wanted = max(wanted, 1)
        index = 1
        while len(made) < wanted and extra is not False:
            made.setdefault(f"key{index}", self.value(extra, depth + 1))
            index += 1
        return made

    def is_hidden(self, member: JsonValue) -> bool:
        """Whether a property is not sent in this direction."""
        if not isinstance(member, dict):
            return False
        keyword = "writeOnly" if self.direction == "response" else "readOnly"
        return member.get(keyword) is True or self.schemas.resolved(member).get(keyword) is True

    def array(self, schema: JsonObject, depth: int, name: str) -> list[JsonValue]:
        low = _int(schema.get("minItems"), 0)
        high = _int(schema.get("maxItems"), max(low, 3))
        prefix = _list(schema.get("prefixItems"))
        count = max(low, min(high, self.random.randint(1, 3) if depth < self.optional_depth else 0))
        items: list[JsonValue] = [self.value(item, depth + 1) for item in prefix]
        contains = schema.get("contains")
        if isinstance(contains, dict):
            items.append(self.value(contains, depth + 1))
        tries = 0
        while len(items) < count and tries < count * 10:
            tries += 1
            item = self.value(schema.get("items", {}), depth + 1, name)
            if schema.get("uniqueItems") is not True or item not in items:
                items.append(item)
        return items[: high if len(prefix) <= high else None]

    def string(self, schema: JsonObject) -> str:
        return string(
            self.random,
            form=str(schema.get("format", "")),
            pattern=str(schema.get("pattern", "")),
            low=_int(schema.get("minLength"), 0),
            high=_int(schema["maxLength"], 0) if "maxLength" in schema else None,
        )

    def number(self, schema: JsonObject, *, whole: bool) -> float:
        low, high = (
            _bound(schema, "minimum", "exclusiveMinimum"),
            _bound(schema, "maximum", "exclusiveMaximum"),
        )
        start = low if low is not None else (min(0.0, high - 100) if high is not None else 0.0)
        end = high if high is not None else start + 100
        step = schema.get("multipleOf")
        if isinstance(step, int | float) and step > 0:
            first, last = math.ceil(start / step), math.floor(end / step)
            chosen = self.random.randint(first, max(first, last)) * step
            return round(chosen) if whole else round(chosen, 10)
        if whole:
            first = math.floor(start) + 1 if start == schema.get("exclusiveMinimum") else math.ceil(start)
            last = math.ceil(end) - 1 if end == schema.get("exclusiveMaximum") else math.floor(end)
            return self.random.randint(first, max(first, last))
        inner = start + (end - start) * self.random.uniform(0.1, 0.9)
        return round(inner, 2) if start < round(inner, 2) < end else inner


_SIGNS = {
    "object": ("properties", "required", "additionalProperties", "minProperties", "patternProperties"),
    "array": ("items", "prefixItems", "minItems", "contains"),
    "string": ("pattern", "format", "minLength", "maxLength"),
    "number": ("minimum", "maximum", "multipleOf", "exclusiveMinimum", "exclusiveMaximum"),
}


def _list(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []


def _int(value: JsonValue, otherwise: int) -> int:
    return int(value) if isinstance(value, int | float) else otherwise


def _bound(schema: JsonObject, inclusive: str, exclusive: str) -> float | None:
    found = [
        float(value) for key in (inclusive, exclusive) if isinstance(value := schema.get(key), int | float)
    ]
    if not found:
        return None
    return max(found) if inclusive == "minimum" else min(found)
