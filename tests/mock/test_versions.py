"""What newer versions of OpenAPI brought, as the mock serves it."""

import json
from xml.etree import ElementTree as ET

import httpx2
import pytest

import signoff
from signoff.mock import create_app
from tests.conftest import running
from tests.mock.test_app import mocking

ROW = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}
DONE = {"204": {"description": "done"}}


def answering(media_type, **offer):
    return {"/a": {"get": {"responses": {"200": {"description": "ok", "content": {media_type: offer}}}}}}


def test_items_of_a_stream_follow_their_schema(tmp_path):
    with mocking(tmp_path, answering("application/jsonl", itemSchema=ROW), openapi="3.2.0") as client:
        lines = client.get("/a").text.splitlines()
    assert lines
    assert all(isinstance(json.loads(line)["n"], int) for line in lines)


def test_events_have_their_own_fields(tmp_path):
    event = {
        "type": "object",
        "required": ["event", "data"],
        "properties": {"event": {"const": "tick"}, "data": {"const": "a\nb"}},
        "additionalProperties": False,
    }
    with mocking(tmp_path, answering("text/event-stream", itemSchema=event), openapi="3.2.0") as client:
        assert client.get("/a").text.startswith("event: tick\ndata: a\ndata: b\n\n")


@pytest.mark.parametrize(
    ("media_type", "example", "sent"),
    [
        ("application/json", {"dataValue": {"n": 7}}, '{"n":7}'),
        ("application/json", {"serializedValue": '{"n": 8}'}, '{"n":8}'),
        ("application/jsonl", {"serializedValue": '{"n":1}\n{"n":2}\n'}, '{"n":1}\n{"n":2}\n'),
    ],
)
def test_examples_as_data_and_as_text(tmp_path, media_type, example, sent):
    name = "schema" if media_type.endswith("json") else "itemSchema"
    paths = answering(media_type, examples={"e": example}, **{name: ROW})
    with mocking(tmp_path, paths, openapi="3.2.0") as client:
        assert client.get("/a").text == sent
        assert client.get("/a", headers={"Prefer": "example=e"}).status_code == 200


def test_media_types_can_be_components(tmp_path):
    paths = answering("application/json", **{"$ref": "#/components/mediaTypes/Nine"})
    components = {"mediaTypes": {"Nine": {"schema": {"const": 9}}}}
    with mocking(tmp_path, paths, openapi="3.2.0", components=components) as client:
        assert client.get("/a").json() == 9


@pytest.mark.parametrize(
    ("media_type", "good", "bad"),
    [
        ("application/x-www-form-urlencoded", "n=5&more=x", "n=x"),
        ("application/json", "%7B%22n%22:5%7D", "%7B%22n%22:%225%22%7D"),
    ],
)
def test_the_whole_query_as_one_parameter(tmp_path, media_type, good, bad):
    whole = {"name": "q", "in": "querystring", "required": True, "content": {media_type: {"schema": ROW}}}
    paths = {"/a": {"get": {"parameters": [whole], "responses": DONE}}}
    with mocking(tmp_path, paths, openapi="3.2.0") as client:
        assert client.get(f"/a?{good}").status_code == 204
        assert client.get(f"/a?{bad}").status_code == 400
        assert client.get("/a").status_code == 400


def test_lines_of_a_request_are_judged_each(tmp_path):
    body = {"required": True, "content": {"application/jsonl": {"itemSchema": ROW}}}
    paths = {"/a": {"post": {"requestBody": body, "responses": DONE}}}
    sent = {"Content-Type": "application/jsonl"}
    with mocking(tmp_path, paths, openapi="3.2.0") as client:
        assert client.post("/a", content='{"n":1}\n{"n":2}\n', headers=sent).status_code == 204
        refused = client.post("/a", content='{"n":1}\n{"n":"x"}\n', headers=sent)
        assert client.post("/a", content='{"n":1}\n{', headers=sent).status_code == 400
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/1/n")


def test_anchors_lead_to_their_schemas(tmp_path):
    five = {"$anchor": "five", "type": "integer", "minimum": 5, "maximum": 5}
    boxed = {
        "type": "object",
        "required": ["five", "one", "many"],
        "properties": {
            "five": {"$ref": "#five"},
            "one": {"$dynamicRef": "#one"},
            "many": {"$dynamicRef": "#many"},
        },
        "$defs": {"F": five, "O": {"$dynamicAnchor": "one", "const": 1}},
    }
    schemas = {"Boxed": boxed, **{name: {"$dynamicAnchor": "many", "const": name} for name in "AB"}}
    paths = answering("application/json", schema={"$ref": "#/components/schemas/Boxed"})
    with mocking(tmp_path, paths, components={"schemas": schemas}) as client:
        found = client.get("/a").json()
    assert (found["five"], found["one"]) == (5, 1)


def test_the_root_of_xml_is_named_by_the_component_behind_all_references(tmp_path):
    file = tmp_path / "doc.yaml"
    responses = {"200": {"description": "ok", "schema": {"$ref": "#/definitions/Row"}}}
    document = {
        "swagger": "2.0",
        "info": {"title": "t", "version": "1"},
        "produces": ["application/xml"],
        "paths": {"/a": {"get": {"responses": responses}}},
        "definitions": {"Row": ROW},
    }
    file.write_text(json.dumps(document))
    with running(create_app(signoff.load(file))) as origin:
        assert ET.fromstring(httpx2.get(f"{origin}/a").content).tag == "Row"


ADDRESS = {
    "type": "object",
    "required": ["id", "note", "geo", "tags", "flat"],
    "xml": {"name": "address"},
    "properties": {
        "id": {"type": "integer", "xml": {"nodeType": "attribute"}},
        "note": {"type": "string", "xml": {"nodeType": "cdata"}},
        "geo": {
            "type": "object",
            "xml": {"nodeType": "none"},
            "properties": {"lat": {"type": "number"}, "lon": {"type": "number"}},
        },
        "tags": {
            "type": "array",
            "xml": {"nodeType": "element"},
            "items": {"type": "string", "xml": {"name": "tag"}},
        },
        "flat": {"type": "array", "items": {"type": "integer", "xml": {"name": "n"}}},
    },
}


def test_xml_nodes_of_3_2_are_written_and_read(tmp_path):
    value = {"id": 5, "note": "a < b", "geo": {"lat": 1.5, "lon": 2}, "tags": ["x", "y"], "flat": [1, 2]}
    content = {"application/xml": {"schema": ADDRESS, "example": value}}
    echo = {"description": "ok", "content": {"application/json": {"schema": {"type": "object"}}}}
    paths = {
        "/a": {
            "get": {"responses": {"200": {"description": "ok", "content": content}}},
            "post": {"requestBody": {"required": True, "content": content}, "responses": {"200": echo}},
        }
    }
    with mocking(tmp_path, paths, openapi="3.2.0") as client:
        sent = client.get("/a").content
        root = ET.fromstring(sent)
        assert (root.tag, root.attrib, root.text) == ("address", {"id": "5"}, "a < b")
        assert [(child.tag, child.text) for child in root if len(child) == 0] == [
            ("lat", "1.5"),
            ("lon", "2"),
            ("n", "1"),
            ("n", "2"),
        ]
        assert [tag.text for tag in root.find("tags")] == ["x", "y"]
        xml = {"Content-Type": "application/xml"}
        assert client.post("/a", content=sent, headers=xml).status_code == 200
        wrong = sent.replace(b"<lat>1.5", b"<lat>north")
        refused = client.post("/a", content=wrong, headers=xml)
    assert refused.json()["errors"][0]["pointer"] == "/geo/lat"


@pytest.mark.parametrize(
    ("style", "cookie", "status"),
    [("cookie", "q=a%20b", 400), ("cookie", "q=a b", 204), ("form", "q=a%20b", 204)],
)
def test_cookies_of_the_style_cookie_are_not_percent_encoded(tmp_path, style, cookie, status):
    schema = {"type": "string", "enum": ["a b"]}
    parameter = {"name": "q", "in": "cookie", "required": True, "style": style, "schema": schema}
    with mocking(
        tmp_path, {"/a": {"get": {"parameters": [parameter], "responses": DONE}}}, openapi="3.2.0"
    ) as client:
        assert client.get("/a", headers={"Cookie": cookie}).status_code == status


@pytest.mark.parametrize(
    ("cookie", "status"), [("a=1; b=x", 204), ("a=1", 204), ("a=1; b=y", 400), ("b=x", 400)]
)
def test_several_cookies_are_told_apart(tmp_path, cookie, status):
    parameters = [
        {"name": "a", "in": "cookie", "required": True, "schema": {"type": "integer"}},
        {"name": "b", "in": "cookie", "schema": {"enum": ["x"]}},
    ]
    with mocking(tmp_path, {"/a": {"get": {"parameters": parameters, "responses": DONE}}}) as client:
        assert client.get("/a", headers={"Cookie": cookie}).status_code == status


ANIMALS = {
    "Animal": {
        "oneOf": [{"$ref": f"#/components/schemas/{name}"} for name in ("Cat", "Dog", "Bird")],
        "discriminator": {"propertyName": "kind", "mapping": {"feline": "#/components/schemas/Cat"}},
    },
    "Cat": {
        "type": "object",
        "required": ["kind", "lives"],
        "properties": {"kind": {"enum": ["feline", "Cat"]}, "lives": {"type": "integer"}},
    },
    "Dog": {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "Dog"}}},
    "Bird": {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"type": "string", "pattern": "^Bird$"}},
    },
}


def test_a_branch_may_be_named_implicitly_beside_a_mapping(tmp_path):
    ref = {"schema": {"$ref": "#/components/schemas/Animal"}}
    content = {"application/json": ref}
    body = {"required": True, "content": content}
    responses = {"200": {"description": "ok", "content": content}}
    paths = {
        "/a/{n}": {
            "parameters": [{"name": "n", "in": "path", "required": True, "schema": {"type": "integer"}}],
            "get": {"responses": responses},
            "post": {"requestBody": body, "responses": responses},
        }
    }
    with mocking(tmp_path, paths, components={"schemas": ANIMALS}) as client:
        for kind, status in (("feline", 200), ("Cat", 200), ("Dog", 200), ("Bird", 200), ("Fish", 422)):
            assert client.post("/a/1", json={"kind": kind, "lives": 9}).status_code == status
        kinds = {client.get(f"/a/{n}").json()["kind"] for n in range(40)}
    assert kinds == {"feline", "Dog", "Bird"}
