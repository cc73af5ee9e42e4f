"""Objects of which one part forbids what another requires are closed as a whole, and told."""

import pytest

from signoff.contract import Direction
from tests.contract.test_spec_repair import loaded

BASE = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}}
NAMED = {"required": ["name"], "properties": {"name": {"type": "string"}}}
CLOSED = {"additionalProperties": False}
UNSATISFIABLE = {
    "closed beside": {**NAMED, **CLOSED, "allOf": [BASE]},
    "closed part": {"allOf": [{**BASE, **CLOSED}, NAMED]},
    "two closed parts": {"allOf": [{**BASE, **CLOSED}, {**NAMED, **CLOSED}]},
    "closed within": {"allOf": [{"allOf": [{**BASE, **CLOSED}]}, NAMED]},
    "closed beside branches": {**NAMED, **CLOSED, "oneOf": [BASE, {"required": ["id", "x"]}]},
}
SATISFIABLE = {
    "plain": {**BASE, **CLOSED},
    "open": {"allOf": [BASE, NAMED]},
    "optional": {"properties": {"name": {}}, **CLOSED, "allOf": [{"properties": {"id": {}}}]},
    "by pattern": {**BASE, **CLOSED, "patternProperties": {"^n": {}}, "allOf": [NAMED]},
    "closed as a whole": {**NAMED, "unevaluatedProperties": False, "allOf": [BASE]},
    "one branch fits": {**NAMED, **CLOSED, "oneOf": [BASE, {"maxProperties": 1}]},
}


@pytest.mark.parametrize("schema", UNSATISFIABLE.values(), ids=UNSATISFIABLE)
def test_it_is_closed_as_a_whole(tmp_path, schema):
    contract = loaded(tmp_path, schema)
    found = contract.operations[0].responses[0].content[0].schema
    assert found.is_valid({"id": 1, "name": "a"}, Direction.RESPONSE)
    assert not found.is_valid({"id": 1, "name": "a", "more": 1}, Direction.RESPONSE)
    assert not found.is_valid({"id": "1", "name": "a"}, Direction.RESPONSE)
    assert any("read as unevaluatedProperties: false" in warning for warning in contract.warnings)


@pytest.mark.parametrize("schema", SATISFIABLE.values(), ids=SATISFIABLE)
def test_what_can_be_satisfied_is_left_as_it_is(tmp_path, schema):
    contract = loaded(tmp_path, schema)
    assert contract.operations[0].responses[0].content[0].schema.raw == schema
    assert contract.warnings == ()


def test_what_nothing_declares_is_not_required(tmp_path):
    contract = loaded(tmp_path, {**BASE, **CLOSED, "required": ["id", "ghost"]})
    found = contract.operations[0].responses[0].content[0].schema
    assert found.is_valid({"id": 1}, Direction.RESPONSE)
    assert "'ghost' is required" in contract.warnings[0]


def test_a_reference_into_what_was_left_out_is_told(tmp_path):
    inner = {"type": "object", "properties": {"a": {"type": "string"}}}
    ref = "#/paths/~1/get/responses/200/content/application~1json/schema/allOf/0/properties/a"
    contract = loaded(tmp_path, {"allOf": {"0": inner}, "properties": {"b": {"$ref": ref}}})
    assert any("cannot be resolved; ignored" in warning for warning in contract.warnings)
