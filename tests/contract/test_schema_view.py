"""Which schemas a schema consists of."""

import time

from signoff.contract.schema_view import Part, References

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
