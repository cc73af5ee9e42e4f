"""Documents with invalid schemas load, and what is wrong with them is reported."""

import copy

import pytest
import yaml

import signoff
from signoff.contract import Direction, DocumentError
from signoff.contract.patterns import readable_form


def loaded(folder, schema, version="3.1.0", **options):
    answer = {"description": "", "content": {"application/json": {"schema": schema}}}
    file = folder / "doc.yaml"
    document = {
        "openapi": version,
        "info": {"title": "t", "version": "1"},
        "paths": {"/": {"get": {"responses": {"200": answer}}}},
    }
    file.write_text(yaml.safe_dump(document, sort_keys=False))
    return signoff.load(file, **{"strict": False, **options})


CASES = [
    ({"type": "any"}, {}, "'any' is not a valid 'type'"),
    ({"type": "int"}, {"type": "integer"}, "read as 'integer'"),
    ({"type": ["String", "String"]}, {"type": "string"}, "read as 'string'"),
    ({"type": "object", "required": True}, {"type": "object"}, "true is not a valid 'required'"),
    ({"type": "object", "required": ["a", "a"]}, {"type": "object", "required": ["a"]}, 'read as ["a"]'),
    ({"minLength": "3"}, {"minLength": 3}, "read as 3"),
    ({"type": "array", "items": [{"type": "string"}]}, None, "prefixItems"),
    ({"pattern": "[\\p{all}]*"}, {}, "not a valid ECMA-262 regular expression"),
    ({"type": "boolean", "enum": ["True", "False"]}, {"type": "boolean", "enum": [True, False]}, "read as"),
    ({"type": "string", "enum": [1, 2]}, {"type": "string", "enum": ["1", "2"]}, 'read as ["1", "2"]'),
    ({"properties": {"a": {"type": "any"}}}, {"properties": {"a": {}}}, "/properties/a/type"),
    (
        {"properties": {"a": {}, "required": ["a"], "type": "object"}},  # indented too far
        {"properties": {"a": {}, "required": {}, "type": {}}},
        '["a"] is not a schema; any value is accepted',
    ),
    (
        {"properties": {"": {"items": {"type": 1}}}},
        {"properties": {"": {"items": {}}}},
        "/properties//items/type",
    ),
]


@pytest.mark.parametrize(("schema", "expected", "told"), CASES)
@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_a_faulty_keyword_is_mended_or_left_out(tmp_path, schema, expected, told, version):
    contract = loaded(tmp_path, copy.deepcopy(schema), version)
    found = contract.operations[0].responses[0].content[0].schema
    assert expected is None or found.raw == expected
    assert any(told.replace("no regular", "not a regular") in warning for warning in contract.warnings)
    found.is_valid("x", Direction.RESPONSE)  # which compiles all schemas


@pytest.mark.parametrize(("schema", "expected", "told"), [case for case in CASES if "enum" not in case[0]])
def test_it_is_an_error_where_the_specification_is_to_be_kept(tmp_path, schema, expected, told):
    with pytest.raises(DocumentError):
        loaded(tmp_path, schema, strict=True)


def test_patterns_of_ecmascript_are_no_breach(tmp_path):
    assert loaded(tmp_path, {"type": "string", "pattern": "^[\\p{L}\\d]+$"}, strict=True).warnings == ()


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"^[\w-.]+$", r"^[\w\-.]+$"),
        (r"[.-\w]", r"[.\-\w]"),
        (r"^a\Z", "^a$"),
        (r"[\w-]", r"[\w-]"),
        ("[a", None),
    ],
)
def test_patterns_of_other_dialects(pattern, expected):
    assert readable_form(pattern) == expected
