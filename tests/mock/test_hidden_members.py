"""`writeOnly` members are never in a response, wherever its value comes from."""

import json

import httpx2
import pytest
import yaml

import signoff
from signoff.contract import Direction
from signoff.contract.hidden_members import hidden_members, without_hidden
from signoff.mock import create_app
from tests.conftest import running
from tests.mock.test_app import answering, mocking

SECRET = {"type": "string", "writeOnly": True}
USER = {
    "type": "object",
    "required": ["name", "pin"],
    "additionalProperties": False,
    "properties": {"name": {"type": "string"}, "pin": {"$ref": "#/components/schemas/Pin"}},
    "example": {"name": "Grace", "pin": "1234"},
}
COMPONENTS = {
    "schemas": {"Pin": SECRET, "User": USER, "Staff": {"allOf": [{"$ref": "#/components/schemas/User"}]}}
}
REF = {"$ref": "#/components/schemas/Staff"}


@pytest.mark.parametrize(
    ("schema", "example", "sent"),
    [
        (REF, {"name": "Ada", "pin": "0"}, {"name": "Ada"}),
        (
            {"type": "array", "items": REF},
            [{"name": "a", "pin": "0"}, {"name": "b"}],
            [{"name": "a"}, {"name": "b"}],
        ),
        ({"oneOf": [REF, {"type": "null"}]}, {"name": "a", "pin": "0"}, {"name": "a"}),
        ({"additionalProperties": REF}, {"x": {"name": "a", "pin": "0"}}, {"x": {"name": "a"}}),
        ({"prefixItems": [{"type": "integer"}, REF]}, [1, {"name": "a", "pin": "0"}], [1, {"name": "a"}]),
        (REF, '{"name": "Ada", "pin": "0"}', {"name": "Ada"}),
    ],
)
def test_examples_are_sent_without_them(tmp_path, schema, example, sent):
    paths = answering("application/json", schema, examples={"one": {"value": example}})
    with mocking(tmp_path, paths, components=COMPONENTS) as client:
        found = client.get("/a").json()
        # Generated items follow those of an example.
        assert (found[: len(sent)] if isinstance(sent, list) and len(found) > len(sent) else found) == sent
        assert "pin" not in json.dumps(found)
        named = client.get("/a", headers={"Prefer": "example=one"})
    assert "pin" not in named.text or isinstance(example, str)


def test_the_example_of_the_schema_is_sent_without_them(tmp_path):
    with mocking(tmp_path, answering("application/json", REF), components=COMPONENTS) as client:
        assert client.get("/a").json().keys() == {"name"}


def test_they_are_not_echoed(tmp_path):
    paths = answering("application/json", {"$ref": "#/components/schemas/User"})
    body = {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/User"}}},
    }
    paths["/a"]["post"] = {"requestBody": body, "responses": paths["/a"]["get"]["responses"]}
    with mocking(tmp_path, paths, components=COMPONENTS) as client:
        assert client.post("/a", json={"name": "Zoe", "pin": "9"}).json().keys() == {"name"}
        assert client.post("/a", json={"name": "Zoe"}).status_code == 422


def contract_of(tmp_path, schema):
    document = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": answering("application/json", schema),
        "components": COMPONENTS,
    }
    document["paths"]["/a"]["get"]["operationId"] = "read"
    file = tmp_path / "doc.yaml"
    file.write_text(yaml.safe_dump(document))
    return signoff.load(file)


def test_a_handler_that_returns_one_is_invalid(tmp_path):
    returned = {"read": lambda: {"name": "Ada", "pin": "0"}}
    with running(create_app(contract_of(tmp_path, REF), handlers=returned)) as origin:
        response = httpx2.get(f"{origin}/a")
    assert response.status_code == 500
    assert "/pin, which is writeOnly" in response.json()["detail"]


def test_read_only_members_are_hidden_in_requests_alone(tmp_path):
    schema = {
        "type": "object",
        "properties": {"id": {"readOnly": True}, "a/b": {"type": "object", "properties": {"pin": SECRET}}},
    }
    found = contract_of(tmp_path, schema).operations[0].responses[0].content[0].schema
    value = {"id": 1, "a/b": {"pin": "x"}}
    assert list(hidden_members(value, found, Direction.REQUEST)) == ["/id"]
    assert list(hidden_members(value, found, Direction.RESPONSE)) == ["/a~1b/pin"]
    assert without_hidden(value, found, Direction.RESPONSE) == {"id": 1, "a/b": {}}
    assert value == {"id": 1, "a/b": {"pin": "x"}}


def test_tangled_schemas_take_no_longer_with_depth(tmp_path):
    tangle = {
        "anyOf": [{"properties": {"next": REF}}, {"properties": {"next": REF}}],
        "properties": {"pin": SECRET},
    }
    contract = contract_of(
        tmp_path,
        {
            **tangle,
            "properties": {
                "pin": SECRET,
                "next": {"$ref": "#/paths/~1a/get/responses/200/content/application~1json/schema"},
            },
        },
    )
    schema = contract.operations[0].responses[0].content[0].schema
    value = {}
    for _ in range(60):
        value = {"next": value, "pin": "x"}
    assert len(list(hidden_members(value, schema, Direction.RESPONSE))) == 60


BASE = {"type": "object", "properties": {"name": {"type": "string"}, "pin": SECRET, "id": {"readOnly": True}}}
WANTED = ["name", "pin", "id"]


@pytest.mark.parametrize(
    "schema",
    [
        {"allOf": [BASE, {"required": WANTED}]},
        {"allOf": [BASE], "required": WANTED},
        {"allOf": [{"allOf": [{"required": WANTED}]}, BASE]},
        {**BASE, "oneOf": [{"required": WANTED}, {"required": ["other"]}]},
        {**BASE, "if": {}, "then": {"required": WANTED}},
        {"$ref": "#/components/schemas/Base", "required": WANTED},
    ],
)
def test_they_are_not_required_wherever_that_is_said(tmp_path, monkeypatch, schema):
    monkeypatch.setitem(COMPONENTS["schemas"], "Base", BASE)
    found = contract_of(tmp_path, schema).operations[0].responses[0].content[0].schema
    assert found.is_valid({"name": "a", "id": 1}, Direction.RESPONSE)
    assert not found.is_valid({"name": "a"}, Direction.RESPONSE)
    assert found.is_valid({"name": "a", "pin": "x"}, Direction.REQUEST)
    assert not found.is_valid({"name": "a"}, Direction.REQUEST)
    with mocking(tmp_path, answering("application/json", schema), components=COMPONENTS) as client:
        assert "pin" not in client.get("/a").json()
