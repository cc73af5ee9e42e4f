"""Schemas that are known to admit something: each is drawn around a value that satisfies it."""

import re

from hypothesis import strategies as st

NAMES = st.sampled_from(["a", "b", "c", "id", "name", "$ref", "type", "created_at", "x-1"])
FORMATS = {
    "date-time": "2026-01-02T03:04:05Z",
    "date": "2026-01-02",
    "time": "03:04:05Z",
    "uuid": "6f1c9b8e-0a51-4f4e-8b1f-7c3f0a5b9d21",
    "email": "ada@example.com",
    "hostname": "db.example.com",
    "ipv4": "192.0.2.7",
    "ipv6": "2001:db8::7",
    "uri": "https://example.com/a",
    "uri-reference": "/a/b",
    "duration": "PT5M",
    "json-pointer": "/a/0",
}
PATTERNS = {
    "^[a-z]{3,8}$": "abcd",
    r"^\d{4}-\d{2}$": "2026-01",
    "[A-F0-9]+": "BEEF",
    "^(on|off)$": "on",
    "^x": "xylo",
    r"^\+?[1-9]\d{1,14}$": "+4930123",
    r"^[\w.-]+@[\w.-]+\.\w{2,}$": "a@b.co",
    "^(?:[A-Z]{2}-)?[0-9]+$": "DE-12",
    "^[^/]*$": "plain",
    r"^\S+\s\S+$": "two words",
}
VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-1_000_000, 1_000_000),
        st.integers(-9_999, 9_999).map(lambda n: n / 100),
        st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF), max_size=12),
        st.sampled_from([*FORMATS.values(), *PATTERNS.values()]),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(NAMES, inner, max_size=4)),
    max_leaves=8,
)
OTHERS = st.one_of(
    st.sampled_from([{"type": "null"}, {"const": "other"}, {"type": "integer", "maximum": -2_000_000}]),
    st.sampled_from([{"type": "array", "minItems": 9}, {"type": "object", "required": ["nowhere"]}]),
)


def type_of(value):
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"


@st.composite
def schema_around(draw, value, depth=0):
    """A schema that `value` satisfies."""
    kind = type_of(value)
    raw = draw(KEYWORDS[kind](value, depth))
    match draw(st.integers(0, 5)):
        case 0 | 1 | 2:
            raw["type"] = kind
        case 3:
            raw["type"] = sorted({kind, draw(st.sampled_from(["null", "string", "array", "boolean"]))})
        case 4 if kind == "integer":
            raw["type"] = "number"
    if depth < 2 and draw(st.integers(0, 3)) == 0:
        raw |= draw(applicators(value, depth + 1))
    if draw(st.integers(0, 11)) == 0:
        raw |= draw(
            st.sampled_from([{"enum": ["other", value]}, {"const": value}, {"examples": ["wrong", value]}])
        )
    return raw


@st.composite
def applicators(draw, value, depth):
    around = schema_around(value, depth)
    other = draw(OTHERS)
    match draw(st.integers(0, 6)):
        case 0:
            return {"allOf": [draw(around), draw(around)]}
        case 1:
            return {"anyOf": draw(st.permutations([draw(around), other]))}
        case 2:
            return {"oneOf": draw(st.permutations([draw(around), other]))}
        case 3:
            return {"not": other}
        case 4:
            return {"if": draw(around), "then": draw(around), "else": other}
        case 5:
            return {"if": other, "then": False, "else": draw(around)}
        case _:
            return {"not": {"not": draw(around)}}


@st.composite
def text_keywords(draw, value, depth):
    raw = {}
    if draw(st.booleans()):
        raw["minLength"] = draw(st.integers(0, len(value)))
    if draw(st.booleans()):
        raw["maxLength"] = len(value) + draw(st.integers(0, 9))
    for name, text in FORMATS.items():
        if text == value and draw(st.booleans()):
            raw["format"] = name
    fitting = [pattern for pattern in PATTERNS if re.search(pattern, value)]
    if fitting and draw(st.booleans()):
        raw["pattern"] = draw(st.sampled_from(fitting))
    return raw


@st.composite
def number_keywords(draw, value, depth):
    raw = {}
    below, above = draw(st.integers(0, 50)), draw(st.integers(0, 50))
    if draw(st.booleans()):
        raw |= {"minimum": value - below} if draw(st.booleans()) else {"exclusiveMinimum": value - below - 1}
    if draw(st.booleans()):
        raw |= {"maximum": value + above} if draw(st.booleans()) else {"exclusiveMaximum": value + above + 1}
    if draw(st.booleans()):
        steps = [1, 2, 5, 7, 10] if isinstance(value, int) else [0.01, 0.05, 0.5]
        fitting = [step for step in steps if round(value / step, 6) == round(value / step)]
        raw |= {"multipleOf": draw(st.sampled_from(fitting))} if fitting else {}
    return raw


@st.composite
def array_keywords(draw, value, depth):
    raw = {}
    leading = draw(st.integers(0, len(value)))
    if leading and draw(st.booleans()):
        raw["prefixItems"] = [draw(schema_around(item, depth + 1)) for item in value[:leading]]
    rest = value[leading:] if "prefixItems" in raw else value
    if draw(st.booleans()):
        name = draw(st.sampled_from(["items", "items", "unevaluatedItems"]))
        raw[name] = (
            {"anyOf": [draw(schema_around(item, depth + 1)) for item in rest]} if rest else draw(OTHERS)
        )
        if name == "unevaluatedItems":
            raw |= {"prefixItems": raw.get("prefixItems", [])} if raw.get("prefixItems") else {}
    if draw(st.booleans()):
        raw["minItems"] = draw(st.integers(0, len(value)))
    if draw(st.booleans()):
        raw["maxItems"] = len(value) + draw(st.integers(0, 3))
    if value and draw(st.integers(0, 3)) == 0:
        raw["contains"] = draw(schema_around(draw(st.sampled_from(value)), depth + 1))
        raw |= {"maxContains": len(value)} if draw(st.booleans()) else {}
    if len({repr(item) for item in value}) == len(value) and draw(st.booleans()):
        raw["uniqueItems"] = True
    return raw


@st.composite
def object_keywords(draw, value, depth):
    raw = {}
    named = draw(st.lists(st.sampled_from(sorted(value)), unique=True)) if value else []
    raw["properties"] = {name: draw(schema_around(value[name], depth + 1)) for name in named}
    raw["properties"] |= {"spare": draw(OTHERS)} if draw(st.booleans()) else {}
    if value and draw(st.booleans()):
        raw["required"] = draw(st.lists(st.sampled_from(sorted(value)), unique=True))
    unnamed = [name for name in value if name not in raw["properties"]]
    if draw(st.booleans()):
        extra = (
            {"anyOf": [draw(schema_around(value[name], depth + 1)) for name in unnamed]} if unnamed else False
        )
        raw[draw(st.sampled_from(["additionalProperties", "unevaluatedProperties"]))] = extra
    elif unnamed and draw(st.booleans()):
        raw["patternProperties"] = {
            f"^{re.escape(unnamed[0])}$": draw(schema_around(value[unnamed[0]], depth + 1))
        }
    if draw(st.integers(0, 3)) == 0:
        raw["propertyNames"] = draw(
            st.sampled_from([{"maxLength": 12}, {"pattern": "^[a-z$]"}, {"minLength": 1}])
        )
    if draw(st.booleans()):
        raw["minProperties"] = draw(st.integers(0, len(value)))
    if draw(st.booleans()):
        raw["maxProperties"] = len(value) + draw(st.integers(0, 2))
    if len(value) > 1 and draw(st.booleans()):
        first, second = sorted(value)[:2]
        raw["dependentRequired"] = {first: [second]}
    if value and draw(st.integers(0, 3)) == 0:
        raw["dependentSchemas"] = {min(value): draw(schema_around(value, depth + 2))} if depth < 2 else {}
    return raw


KEYWORDS = {
    "null": lambda value, depth: st.builds(dict),
    "boolean": lambda value, depth: st.builds(dict),
    "integer": number_keywords,
    "number": number_keywords,
    "string": text_keywords,
    "array": array_keywords,
    "object": object_keywords,
}
SATISFIABLE = VALUES.flatmap(lambda value: st.tuples(st.just(value), schema_around(value)))
