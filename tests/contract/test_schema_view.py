"""Which schemas a schema consists of."""

import time

import pytest

from signoff.contract.bundle import Bundle
from signoff.contract.schema_view import Part, References, View
from signoff.contract.schemas import SchemaSet

COMPOSITION = ("allOf", "oneOf", "anyOf")


def pointers(document, start, through=COMPOSITION):
    return [part.pointer for part in References(document).walk(start, through)]


def test_parts_come_in_the_order_of_the_document_with_their_places():
    document = {"a": {"allOf": [{"$ref": "#/b"}, {"oneOf": [{}, True]}], "anyOf": [{}]}, "b": {}}
    assert pointers(document, Part(document["a"], "/a")) == [
        "/a",
        "/a/allOf/0",
        "/b",
        "/a/allOf/1",
        "/a/allOf/1/oneOf/0",
        "/a/allOf/1/oneOf/1",
        "/a/anyOf/0",
    ]


def test_only_the_keywords_asked_for_are_followed():
    document = {"a": {"allOf": [{"type": "object"}], "oneOf": [{"type": "null"}]}}
    assert pointers(document, Part(document["a"], "/a"), ("allOf",)) == ["/a", "/a/allOf/0"]


def test_a_ring_of_references_ends():
    document = {"a": {"anyOf": [{"$ref": "#/b"}]}, "b": {"$ref": "#/a"}}
    assert pointers(document, Part(document["a"], "/a")) == ["/a", "/a/anyOf/0", "/b"]


def test_a_reference_that_cannot_be_resolved_is_an_empty_schema():
    assert References({}).followed({"$ref": "#/nowhere"}) == ({}, "/nowhere")


def test_tangled_alternatives_are_visited_once_each():
    """Each of 300 schemas is a choice of all 300: the number of ways through them is beyond counting."""
    names = [str(number) for number in range(300)]
    document = {name: {"anyOf": [{"$ref": f"#/{other}"} for other in names]} for name in names}
    started = time.perf_counter()
    found = pointers(document, Part(document["0"], "/0"))
    assert len(set(found)) == len(found) == 300 + 300 * 300
    assert time.perf_counter() - started < 20


PETS = {
    "Pet": {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}},
    "Dog": {
        "allOf": [{"$ref": "#/Pet"}],
        "required": ["bark", "id"],
        "properties": {"id": {"minimum": 1}, "bark": {}},
        "oneOf": [{"properties": {"size": {}}}, {"properties": {"age": {}}}],
        "if": {"properties": {"size": {"const": 9}}},
        "then": {"properties": {"collar": {}}},
    },
}


def view(raw):
    return View(References(PETS), raw)


def test_the_parts_hold_of_every_value_and_the_rest_of_some():
    dog = view(PETS["Dog"])
    assert dog.parts == (PETS["Dog"], {"$ref": "#/Pet"}, PETS["Pet"])
    assert [*map(id, dog.every[:3])] == [*map(id, dog.parts)]
    assert [list(part["properties"]) for part in dog.every[3:]] == [["size"], ["age"], ["collar"]]


def test_properties_are_those_of_all_alternatives_but_not_of_the_condition():
    found = view({"$ref": "#/Dog"}).properties
    assert sorted(found) == ["age", "bark", "collar", "id", "size"]
    assert found["id"] == [{"minimum": 1}, {"type": "integer"}]
    assert found["size"] == [{}]


def test_one_schema_of_many_takes_the_first_alternative_or_all_of_them():
    dog = view({"$ref": "#/Dog"})
    assert dog.flat["required"] == dog.outline["required"] == ["bark", "id"]
    assert dog.flat["properties"] == {"id": {"minimum": 1}, "bark": {}, "size": {}}
    assert sorted(dog.outline["properties"]) == ["age", "bark", "collar", "id", "size"]
    assert dog.flat["type"] == "object"
    assert "$ref" not in dog.flat


@pytest.mark.parametrize(
    ("raw", "kinds"),
    [
        ({}, set()),
        ({"$ref": "#/Dog"}, {"object"}),
        ({"type": ["string", "null"]}, {"string", "null"}),
        ({"anyOf": [{"type": "integer"}, {"$ref": "#/Pet"}]}, {"integer", "object"}),
        ({"type": "object", "oneOf": [{"type": "string"}]}, {"object"}),
        ({"allOf": [{"oneOf": [{"type": "string"}, {"type": "null"}]}]}, {"string", "null"}),
        ({"oneOf": [{"oneOf": [{"$ref": "#/nowhere"}, {"type": "null"}]}]}, {"null"}),
    ],
)
def test_kinds_are_those_that_are_certain_else_those_of_the_alternatives(raw, kinds):
    assert view(raw).kinds == kinds


def test_a_view_is_made_once_for_a_schema_and_never_for_nothing():
    schemas = SchemaSet(Bundle(PETS, ()))
    assert schemas.view(PETS["Dog"]) is schemas.view(PETS["Dog"])
    assert schemas.view({}) is schemas.view(None)
    assert schemas.view({}).parts == ({},)


def test_texts_with_contents_are_found_at_any_depth():
    document = {
        "Box": {"allOf": [{"properties": {"boxes": {"items": {"$ref": "#/Box"}}}}]},
        "Mail": {"properties": {"box": {"$ref": "#/Box"}, "parts": {"items": {"$ref": "#/Part"}}}},
        "Part": {"allOf": [{"type": "string"}, {"contentMediaType": "text/csv"}]},
    }
    views = {name: View(References(document), document[name]) for name in document}
    assert {name: view.has_contents for name, view in views.items()} == {
        "Box": False,
        "Mail": True,
        "Part": True,
    }
