"""`$dynamicRef` means another schema in each use of a generic one."""

import pytest
import yaml

import signoff
from signoff.contract import Direction

LIST = {
    "$id": "https://example.com/list",
    "type": "array",
    "minItems": 1,
    "items": {"$dynamicRef": "#entry"},
    "$defs": {"any": {"$dynamicAnchor": "entry"}},
}


def list_of(name, **schema):
    entry = {"$dynamicAnchor": "entry", **schema}
    return {"$id": f"https://example.com/{name}", "$ref": "list", "$defs": {"entry": entry}}


def loaded(tmp_path, schemas, openapi="3.1.0", files=()):
    responses = {
        f"2{number:02}": {
            "description": name,
            "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}},
        }
        for number, name in enumerate(schemas)
    }
    document = {
        "openapi": openapi,
        "info": {"title": "t", "version": "1"},
        "paths": {"/a": {"get": {"responses": responses}}},
        "components": {"schemas": schemas},
    }
    for name, schema in dict(files).items():
        (tmp_path / name).write_text(yaml.safe_dump(schema))
    file = tmp_path / "doc.yaml"
    file.write_text(yaml.safe_dump(document, sort_keys=False))
    contract = signoff.load(file)
    operation = contract.operations[0]
    held = {each.description: each.content[0].schema for each in operation.responses}
    return contract, lambda name, value: held[name].is_valid(value, Direction.RESPONSE)


@pytest.mark.parametrize("openapi", ["3.1.0", "3.2.0"])
def test_each_use_of_a_generic_schema_has_its_own_items(tmp_path, openapi):
    schemas = {
        "Numbers": list_of("numbers", type="number"),
        "Words": list_of("words", type="string"),
        "Anything": {"$ref": "https://example.com/list"},
        "List": LIST,
    }
    contract, is_valid = loaded(tmp_path, schemas, openapi)
    assert contract.warnings == ()
    assert is_valid("Numbers", [1])
    assert not is_valid("Numbers", ["a"])
    assert is_valid("Words", ["a"])
    assert not is_valid("Words", [1])
    assert is_valid("Anything", [1, "a"])


def test_the_outermost_scope_counts_through_several_references(tmp_path):
    inner = {
        "$id": "https://example.com/inner",
        "type": "object",
        "required": ["all"],
        "properties": {"all": {"$ref": "https://example.com/list"}},
    }
    whole = list_of("whole", type="integer") | {"$ref": "https://example.com/inner"}
    _, is_valid = loaded(tmp_path, {"Whole": whole, "Inner": inner, "List": LIST})
    assert is_valid("Whole", {"all": [1]})
    assert not is_valid("Whole", {"all": ["a"]})
    assert is_valid("Inner", {"all": ["a"]})


def test_recursion_goes_on_in_the_extended_schema(tmp_path):
    node = {
        "$id": "https://example.com/node",
        "$dynamicAnchor": "node",
        "type": "object",
        "properties": {"value": {}, "next": {"$dynamicRef": "#node"}},
    }
    labelled = {
        "$id": "https://example.com/labelled",
        "$dynamicAnchor": "node",
        "$ref": "node",
        "required": ["label"],
    }
    _, is_valid = loaded(tmp_path, {"Labelled": labelled, "Node": node})
    assert is_valid("Node", {"next": {"next": {}}})
    assert is_valid("Labelled", {"label": 1, "next": {"label": 2, "next": {"label": 3}}})
    assert not is_valid("Labelled", {"label": 1, "next": {"label": 2, "next": {}}})


def test_files_are_resources_and_locations_are_those_of_the_original(tmp_path):
    page = {
        "type": "object",
        "properties": {"rows": {"type": "array", "items": {"$dynamicRef": "#row"}}},
        "$defs": {"row": {"$dynamicAnchor": "row", "not": {}}},
    }
    dogs = {"$ref": "page.yaml", "$defs": {"row": {"$dynamicAnchor": "row", "required": ["bark"]}}}
    files = {"page.yaml": page, "dogs.yaml": dogs}
    contract, is_valid = loaded(tmp_path, {"Dogs": {"$ref": "dogs.yaml"}}, files=files)
    assert is_valid("Dogs", {"rows": [{"bark": 1}]})
    assert not is_valid("Dogs", {"rows": [{}]})
    schema = contract.operations[0].responses[0].content[0].schema
    found = schema.violations({"rows": 1}, Direction.RESPONSE)[0]
    place = contract.locate(found.schema_pointer)
    assert place.file.endswith("page.yaml")
    assert place.pointer == "/properties/rows/type"


def test_an_ambiguous_anchor_accepts_any_value_with_a_warning(tmp_path):
    schemas = {
        "Box": {"type": "object", "properties": {"of": {"$dynamicRef": "#thing"}}},
        "A": {"$dynamicAnchor": "thing", "const": 1},
        "B": {"$dynamicAnchor": "thing", "const": 2},
    }
    contract, is_valid = loaded(tmp_path, schemas)
    assert is_valid("Box", {"of": 3})
    assert [warning for warning in contract.warnings if "'#thing' does not lead to one schema" in warning]


def test_anchors_of_resources_are_apart(tmp_path):
    def box(name, value):
        return {
            "$id": f"https://example.com/{name}",
            "type": "object",
            "properties": {"of": {"$ref": "#thing"}},
            "$defs": {"thing": {"$anchor": "thing", "const": value}},
        }

    _, is_valid = loaded(tmp_path, {"One": box("one", 1), "Two": box("two", 2)})
    assert is_valid("One", {"of": 1})
    assert not is_valid("One", {"of": 2})
    assert is_valid("Two", {"of": 2})


def test_many_uses_stay_small(tmp_path):
    """Copies are shared: a chain of generic schemas that each refer to the next twice stays linear."""
    schemas = {"Top": list_of("top", type="integer") | {"$ref": "level0"}}
    for depth in range(40):
        leads = {"$ref": f"level{depth + 1}" if depth < 39 else "https://example.com/list"}
        schemas[f"Level{depth}"] = {
            "$id": f"https://example.com/level{depth}",
            "type": "object",
            "properties": {"left": leads, "right": leads},
        }
    contract, _ = loaded(tmp_path, schemas | {"List": LIST})
    assert len(contract.bundle.copies) <= 41


def test_a_resource_inside_a_schema_is_entered_on_the_way(tmp_path):
    rows = list_of("rows", type="integer")
    outer = {"$id": "https://example.com/outer", "type": "object", "properties": {"rows": rows}}
    _, is_valid = loaded(tmp_path, {"Outer": outer, "List": LIST})
    assert is_valid("Outer", {"rows": [1]})
    assert not is_valid("Outer", {"rows": ["a"]})
