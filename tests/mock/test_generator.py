"""Generated values satisfy their schemas."""

import pytest
from hypothesis import HealthCheck, assume, given, settings

from signoff.contract import Direction
from signoff.contract.bundle import Bundle
from signoff.contract.schemas import SchemaSet
from signoff.generate import CannotGenerateError, Generator
from tests.mock.satisfiable_schemas import SATISFIABLE

TREE = {
    "type": "object",
    "required": ["name", "children"],
    "properties": {
        "name": {"type": "string"},
        "children": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}},
        "parent": {"$ref": "#/components/schemas/Tree"},
    },
}


def schema_of(raw, **others):
    """A generator, and the schema as it stands in a document beside `others`."""
    value = {"openapi": "3.1.0", "components": {"schemas": {"it": raw, "Tree": TREE, **others}}}
    schemas = SchemaSet(Bundle(value, ()))
    return Generator(schemas, 3), schemas.add("/components/schemas/it", raw)


def made(raw, key="x", direction=Direction.RESPONSE, **others):
    generator, schema = schema_of(raw, **others)
    value = generator.generate(schema, direction, key)
    assert schema.violations(value, direction) == []
    return value


def test_whatever_can_be_satisfied_is():
    """Every value that is made is valid; whether any exists is a hard question, rarely given up on."""
    given_up = []

    @settings(max_examples=600, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(drawn=SATISFIABLE)
    def check(drawn):
        witness, raw = drawn
        generator, schema = schema_of(raw)
        assume(schema.is_valid(witness, Direction.RESPONSE))
        try:
            value = generator.generate(schema, Direction.RESPONSE, "key")
        except CannotGenerateError:
            given_up.append(raw)
            return
        assert schema.violations(value, Direction.RESPONSE) == []
        assert generator.generate(schema, Direction.RESPONSE, "key") == value

    check()
    assert len(given_up) <= 6, given_up  # one in a thousand is usual


def test_recursive_schemas_end():
    assert made({"$ref": "#/components/schemas/Tree"})["name"]


def test_all_parts_of_all_of_are_satisfied():
    raw = {
        "allOf": [
            {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer", "minimum": 3}}},
            {"required": ["b"], "properties": {"b": {"type": "string"}, "a": {"maximum": 3}}},
        ]
    }
    assert made(raw)["a"] == 3


def test_write_only_members_are_not_answered():
    raw = {
        "type": "object",
        "properties": {"a": {"type": "string"}, "p": {"type": "string", "writeOnly": True}},
    }
    assert set(made(raw)) == {"a"}


@pytest.mark.parametrize(
    "raw", [{"not": {}}, {"type": "string", "minLength": 3, "maxLength": 2}, {"enum": []}]
)
def test_what_admits_nothing_says_so(raw):
    generator, schema = schema_of(raw)
    with pytest.raises(CannotGenerateError):
        generator.generate(schema, Direction.RESPONSE, "x")


CAT = {
    "allOf": [
        {"$ref": "#/components/schemas/Pet"},
        {"type": "object", "required": ["lives"], "properties": {"lives": {"type": "integer", "const": 9}}},
    ]
}
PET = {
    "type": "object",
    "required": ["kind"],
    "properties": {"kind": {"type": "string"}},
    "discriminator": {"propertyName": "kind", "mapping": {"cat": "#/components/schemas/Cat"}},
}


def test_a_discriminator_names_the_schema_by_its_mapping():
    assert made({"$ref": "#/components/schemas/Cat"}, Pet=PET, Cat=CAT) == {"kind": "cat", "lives": 9}


def test_a_discriminator_without_mapping_names_the_schema():
    branches = {name: {"type": "object", "properties": {"kind": {"type": "string"}}} for name in ("A", "B")}
    raw = {
        "oneOf": [{"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/B", "required": ["b"]}],
        "discriminator": {"propertyName": "kind"},
    }
    branches["B"]["properties"]["b"] = {"const": 1}
    branches["A"]["not"] = {"required": ["b"]}
    for key in "stuvwxyz":
        value = made(raw, key, **branches)
        assert value["kind"] == ("B" if "b" in value else "A")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"type": "string", "example": 3, "enum": ["a"]}, "a"),
        ({"type": "integer", "default": "none", "minimum": 7, "maximum": 7}, 7),
        ({"type": "string", "examples": [None, "told"]}, "told"),
    ],
)
def test_examples_that_break_their_schema_are_passed_over(raw, expected):
    assert made(raw) == expected


def test_equal_schemas_are_given_equal_values():
    raw = {"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer"}}}
    assert made(raw, "k") == made(dict(raw), "k")
    assert made(raw, "k") != made(raw, "l")


@pytest.mark.parametrize(
    "size",
    [
        {"type": "string", "minLength": 10**9},
        {"type": "array", "minItems": 10**9},
        {"type": "object", "minProperties": 10**9},
    ],
)
def test_sizes_beyond_reason_are_refused(size):
    generator, schema = schema_of(size)
    with pytest.raises(CannotGenerateError):
        generator.generate(schema, Direction.RESPONSE, "x")


def test_wide_recursive_schemas_stay_small():
    wide = {f"p{number}": {"$ref": "#/components/schemas/Wide"} for number in range(40)}
    value = made({"$ref": "#/components/schemas/Wide"}, Wide={"type": "object", "properties": wide})
    assert len(str(value)) < 20_000


def test_members_of_a_request_leave_read_only_ones_out():
    raw = {"type": "object", "required": ["id"], "properties": {"id": {"readOnly": True}, "a": {"const": 1}}}
    assert made(raw, direction=Direction.REQUEST) == {"a": 1}


def test_sums_counts_people_and_places_agree():
    line = {"quantity": {"type": "integer"}, "price": {"type": "number"}, "total": {"type": "number"}}
    person = {name: {"type": "string"} for name in ("first_name", "last_name", "name", "city", "country")}
    raw = {
        "properties": {
            "total": {"type": "number"},
            "count": {"type": "integer"},
            "lines": {"type": "array", "items": {"type": "object", "properties": line, "required": [*line]}},
            "customer": {"type": "object", "properties": person, "required": [*person]},
        },
        "type": "object",
        "required": ["total", "count", "lines", "customer"],
    }
    for key in "abcdefgh":
        order = made(raw, key)
        assert order["count"] == len(order["lines"])
        assert order["total"] == pytest.approx(sum(line["total"] for line in order["lines"]))
        assert all(
            line["total"] == pytest.approx(line["quantity"] * line["price"]) for line in order["lines"]
        )
        customer = order["customer"]
        assert customer["name"] == f"{customer['first_name']} {customer['last_name']}"
        assert customer["country"] == "United States"


def test_what_agrees_does_not_break_its_schema():
    raw = {
        "type": "object",
        "properties": {
            "count": {"type": "integer", "minimum": 40},
            "items": {"type": "array", "minItems": 1},
        },
        "required": ["count", "items"],
    }
    assert made(raw)["count"] >= 40


def test_one_of_over_optional_members_is_told_apart():
    branches = [{"type": "object", "properties": {name: {"type": "string"}}} for name in "abc"]
    assert set(made({"oneOf": branches})) >= {"a", "b", "c"}


@pytest.mark.parametrize(
    "pattern",
    [
        r"^[\p{Alnum}_]+:[\p{Alpha}]*$",
        r"^[\p{L}\p{M}\p{Z}\p{S}\p{N}\p{P}]+$",
        r"^[\P{M}\p{M}]+$",
        r"^[^\p{C}]{3,}$",
        r"^\p{Lu}\p{Punct}\p{Space}\P{C}$",
    ],
)
def test_classes_of_unicode_are_known_by_the_names_of_other_dialects(pattern):
    assert made({"type": "string", "pattern": pattern})


def test_what_one_part_has_a_pattern_for_is_additional_to_another():
    raw = {
        "type": "object",
        "additionalProperties": {"type": "boolean"},
        "allOf": [{"patternProperties": {"^id$": {}}, "required": ["id"], "minProperties": 2}],
    }
    assert isinstance(made(raw)["id"], bool)


@pytest.mark.parametrize(
    ("pattern", "limits"),
    [
        ("^[^/]*$", {"maxLength": 0}),
        (r"^\(+x$", {"minLength": 4}),
        (r"^a+\\$", {"minLength": 3, "maxLength": 9}),
    ],
)
def test_repetitions_in_a_pattern_are_as_long_as_wanted(pattern, limits):
    text = made({"type": "string", "pattern": pattern, **limits})
    assert limits.get("minLength", 0) <= len(text) <= limits.get("maxLength", 99)
