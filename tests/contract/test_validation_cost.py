"""How many steps a schema takes to validate one value."""

import json
import time
import tracemalloc

import pytest

import signoff
from signoff.contract import Direction, DocumentError
from signoff.contract.bundle import Bundle
from signoff.contract.schema_view import Part, References
from signoff.contract.schemas import SchemaSet
from signoff.contract.validation_cost import ValidationCost


def chain(links, link):
    """Schemas S0 to Sn, each built by `link` from a reference to the one before."""
    schemas = {"S0": {"type": "integer"}}
    for number in range(1, links + 1):
        schemas[f"S{number}"] = link({"$ref": f"#/components/schemas/S{number - 1}"})
    return schemas


def compiled(folder, schemas, used):
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{used}"}}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Chains", "version": "1"},
        "paths": {"/a": {"get": {"responses": {"200": {"description": ".", "content": content}}}}},
        "components": {"schemas": schemas},
    }
    file = folder / "openapi.json"
    file.write_text(json.dumps(document, indent=1))
    return signoff.load(file, check_validity=False).schemas.compile(Direction.RESPONSE)


LINKS = {
    "anyOf": lambda ref: {"anyOf": [ref, {"title": "other", **ref}]},
    "oneOf": lambda ref: {"oneOf": [{"not": ref}, ref]},
    "not and allOf": lambda ref: {"not": {"allOf": [ref, ref, {"minimum": 1}]}},
    "if": lambda ref: {"if": ref, "then": True, "else": ref},
    "dependentSchemas": lambda ref: {"dependentSchemas": {"a/b": ref, "c": ref}},
}


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
def test_a_chain_that_doubles_the_steps_is_an_error_that_names_its_place(tmp_path, link):
    with pytest.raises(
        DocumentError, match=r"takes more than 1,000,000 steps \(--max-validation-steps"
    ) as caught:
        compiled(tmp_path, chain(40, link), "S40")
    assert caught.value.location.line > 0


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
def test_a_short_chain_is_not(tmp_path, link):
    compiled(tmp_path, chain(8, link), "S8")


def test_steps_of_parts_do_not_count(tmp_path):
    """A value has each part once, however often a schema is used for parts."""
    tree = chain(40, lambda ref: {"properties": {"left": ref, "right": ref}})
    compiled(tmp_path, tree, "S40")


def test_steps_are_counted_through_references_once_each():
    schemas = {"A": {"allOf": [{"$ref": "#/B"}, {"$ref": "#/B"}]}, "B": {"anyOf": [{}, {"not": {}}]}}
    cost = ValidationCost(References(schemas))
    assert cost.steps(Part(schemas["B"], "/B")) == 4
    assert cost.steps(Part(schemas["A"], "/A")) == 1 + 2 * (1 + 4)


def test_a_ring_of_references_ends():
    schemas = {"A": {"anyOf": [{"$ref": "#/B"}, {"$ref": "#/B"}]}, "B": {"not": {"$ref": "#/A"}}}
    assert ValidationCost(References(schemas)).steps(Part(schemas["A"], "/A")) < 20


def test_a_large_choice_of_choices_is_below_the_limit(tmp_path):
    choice = {"oneOf": [{"$ref": "#/components/schemas/Inner"}] * 100}
    inner = {"oneOf": [{"const": number} for number in range(100)]}
    compiled(tmp_path, {"Outer": choice, "Inner": inner}, "Outer")


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"items": {"type": "integer"}}, ["a"] * 200_000),
        ({"anyOf": [{"const": number} for number in range(4_000)]}, [1] * 2_000),
        ({"anyOf": [{"const": number} for number in range(4_000)]}, "x" * 100_000),
        ({"anyOf": [{"items": {"minimum": number}} for number in range(50)]}, [-1] * 2_000),
        ({"anyOf": [{"oneOf": [{"items": {"minimum": 1}}] * 10}] * 10}, [-1] * 2_000),
    ],
    ids=[
        "each part",
        "each alternative",
        "each alternative of a text",
        "each part and alternative",
        "nested",
    ],
)
def test_a_huge_value_that_breaks_its_schema_takes_little(schema, value):
    """The validator's errors of one would have 200,000 parts, and copies of the value."""
    schemas = SchemaSet(Bundle({"components": {"schemas": {"it": schema}}}, ()))
    found = schemas.add("/components/schemas/it", schema)
    assert not found.is_valid(value, Direction.REQUEST)  # the schema is compiled
    tracemalloc.start()
    started = time.process_time()
    (violation,) = found.violations(value, Direction.REQUEST)
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()
    end = "gets its first violation only)" if "items" in schema else "gets no details"
    assert violation.message.endswith(end)
    assert time.process_time() - started < 0.5
    assert violation.pointer == ("/0" if "items" in schema else "")
    assert len(found.violations(value[:3], Direction.REQUEST)) == (3 if "items" in schema else 1)
    assert not found.violations([1] * 200_000, Direction.REQUEST) or "anyOf" in schema
