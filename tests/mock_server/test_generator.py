"""Generated values satisfy their schemas."""

from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import openapi
from mock_server.generate import CannotGenerateError, Generator
from openapi import Direction

BOUNDS = st.tuples(st.integers(-50, 50), st.integers(0, 50)).map(
    lambda pair: {"minimum": pair[0], "maximum": pair[0] + pair[1]}
)
LENGTHS = st.tuples(st.integers(0, 20), st.integers(0, 20)).map(
    lambda pair: {"minLength": pair[0], "maxLength": pair[0] + pair[1]}
)
FORMATS = st.sampled_from(
    [
        "date-time",
        "date",
        "time",
        "uuid",
        "email",
        "hostname",
        "ipv4",
        "ipv6",
        "uri",
        "uri-reference",
        "duration",
    ]
)
PATTERNS = st.sampled_from(["^[a-z]{3,8}$", "^\\d{4}-\\d{2}$", "[A-F0-9]+", "^(on|off)$", "^x"])
LEAVES = st.one_of(
    st.just({"type": "boolean"}),
    st.just({"type": "null"}),
    BOUNDS.map(lambda bounds: {"type": "integer", **bounds}),
    BOUNDS.map(lambda bounds: {"type": "number", **bounds}),
    st.integers(1, 7).map(lambda step: {"type": "integer", "multipleOf": step}),
    LENGTHS.map(lambda lengths: {"type": "string", **lengths}),
    FORMATS.map(lambda name: {"type": "string", "format": name}),
    PATTERNS.map(lambda pattern: {"type": "string", "pattern": pattern}),
    st.lists(st.text(max_size=5), min_size=1, max_size=3, unique=True).map(lambda options: {"enum": options}),
    st.just({"type": ["string", "null"], "const": "fixed"}),
)
NAMES = st.sampled_from(["a", "b", "c", "id", "$ref", "type"])


def objects(inner):
    return st.dictionaries(NAMES, inner, max_size=4).flatmap(
        lambda properties: st.lists(st.sampled_from(sorted(properties) or ["a"]), unique=True).map(
            lambda required: {
                "type": "object",
                "properties": properties,
                "required": [name for name in required if name in properties],
                "additionalProperties": False,
            }
        )
    )


SCHEMAS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        objects(inner),
        st.tuples(inner, st.integers(0, 2)).map(lambda p: {"type": "array", "items": p[0], "minItems": p[1]}),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"anyOf": parts}),
        inner.map(lambda part: {"allOf": [part]}),
    ),
    max_leaves=8,
)


def schema_of(raw, folder):
    document = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {
            "/": {
                "get": {
                    "responses": {
                        "200": {"description": "", "content": {"application/json": {"schema": raw}}}
                    }
                }
            }
        },
        "components": {"schemas": {"Tree": TREE}},
    }
    file = Path(folder) / "doc.yaml"
    file.write_text(yaml.safe_dump(document))
    contract = openapi.load(file, check_validity=False)
    return Generator(contract.schemas, 3), contract.operations[0].responses[0].content[0].schema


TREE = {
    "type": "object",
    "required": ["name", "children"],
    "properties": {
        "name": {"type": "string"},
        "children": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}},
        "parent": {"$ref": "#/components/schemas/Tree"},
    },
}


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=SCHEMAS, key=st.sampled_from(["one", "two"]))
def test_a_generated_value_satisfies_its_schema(tmp_path, raw, key):
    generator, schema = schema_of(raw, tmp_path)
    value = generator.generate(schema, Direction.RESPONSE, key)
    assert schema.violations(value, Direction.RESPONSE) == []
    assert generator.generate(schema, Direction.RESPONSE, key) == value


def test_recursive_schemas_end(tmp_path):
    generator, schema = schema_of({"$ref": "#/components/schemas/Tree"}, tmp_path)
    assert schema.is_valid(generator.generate(schema, Direction.RESPONSE, "x"), Direction.RESPONSE)


def test_all_parts_of_all_of_are_satisfied(tmp_path):
    raw = {
        "allOf": [
            {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer", "minimum": 3}}},
            {"required": ["b"], "properties": {"b": {"type": "string"}, "a": {"maximum": 3}}},
        ]
    }
    generator, schema = schema_of(raw, tmp_path)
    assert generator.generate(schema, Direction.RESPONSE, "x")["a"] == 3


def test_write_only_members_are_not_answered(tmp_path):
    raw = {
        "type": "object",
        "properties": {"a": {"type": "string"}, "p": {"type": "string", "writeOnly": True}},
    }
    generator, schema = schema_of(raw, tmp_path)
    assert set(generator.generate(schema, Direction.RESPONSE, "x")) == {"a"}


@pytest.mark.parametrize(
    "raw", [{"not": {}}, {"type": "string", "minLength": 3, "maxLength": 2}, {"enum": []}]
)
def test_what_admits_nothing_says_so(tmp_path, raw):
    generator, schema = schema_of(raw, tmp_path)
    with pytest.raises(CannotGenerateError):
        generator.generate(schema, Direction.RESPONSE, "x")
