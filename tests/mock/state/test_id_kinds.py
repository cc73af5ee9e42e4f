"""Creates in collections with ids of every kind, and where no id is left."""

import pytest

from signoff.contract import Direction
from tests.mock.test_resources import Asked, written


def collection(member, parameter=None, example=None, sent=None):
    """A document with a list of lamps, each with an id."""
    lamp = {
        "type": "object",
        "required": ["id", "watts"],
        "properties": {"id": {"readOnly": True, **member}, "watts": {"type": "integer"}},
    }
    if example is not None:
        lamp["example"] = {"id": example, "watts": 9}
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Lamp"}}}
    listed = {
        "application/json": {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/Lamp"}}}
    }
    own = {"name": "lampId", "in": "path", "required": True, "schema": parameter or {"type": "string"}}
    body = {"required": True, "content": sent or content}
    return {
        "openapi": "3.0.3",
        "info": {"title": "Lamps", "version": "1"},
        "paths": {
            "/lamps": {
                "get": {"responses": {"200": {"description": "", "content": listed}}},
                "post": {"requestBody": body, "responses": {"201": {"description": "", "content": content}}},
            },
            "/lamps/{lampId}": {
                "parameters": [own],
                "get": {"responses": {"200": {"description": "", "content": content}}},
            },
        },
        "components": {"schemas": {"Lamp": lamp}},
    }


@pytest.mark.parametrize(
    "document",
    [
        collection({"type": "number"}),
        collection({"type": "string", "minLength": 30, "maxLength": 30}),
        collection({"type": "string"}, example="90012345678901234567"),
        collection({"type": "string", "enum": ["hall", "attic", "cellar"]}),
        collection({"type": "boolean"}),
        collection({"type": "object", "properties": {"value": {"type": "integer"}}}),
    ],
    ids=["number", "length of the member", "digits beyond integers", "enum", "boolean", "object"],
)
def test_a_create_gets_a_valid_item(tmp_path, document):
    asked = Asked(written(document, tmp_path))
    schema = asked.contract.operations[1].responses[0].content[0].schema
    with asked as client:
        for watts in (40, 60, 75, 100):
            response = client.post("/lamps", json={"watts": watts})
            assert response.status_code == 201, response.text
            assert schema.violations(response.json(), Direction.RESPONSE) == []
            assert response.json()["watts"] == watts
        listed = client.get("/lamps")
        assert listed.status_code == 200
        assert all(not schema.violations(item, Direction.RESPONSE) for item in listed.json())


def test_where_every_id_is_in_use_an_item_is_written_over(tmp_path):
    document = collection({"type": "string", "enum": ["hall", "attic", "cellar"]})
    with Asked(written(document, tmp_path)) as client:
        before = client.get("/lamps").json()
        made = client.post("/lamps", json={"watts": 11}).json()
        after = client.get("/lamps").json()
        assert (
            {item["id"] for item in after} == {item["id"] for item in before} == {"hall", "attic", "cellar"}
        )
        assert made in after
        assert client.get(f"/lamps/{made['id']}").json() == made


def test_a_path_parameter_that_is_not_declared(tmp_path):
    document = collection({"type": "string"})
    lamps = document["paths"]["/lamps"]
    document["paths"]["/rooms/{roomId}"] = {"get": {"responses": {"200": lamps["post"]["responses"]["201"]}}}
    document["paths"]["/rooms/{roomId}/lamps"] = lamps
    schema = document["components"]["schemas"]["Lamp"]
    schema["properties"]["roomId"] = {"type": "string"}
    with Asked(written(document, tmp_path)) as client:
        assert client.post("/rooms/7/lamps", json={"watts": 5}).status_code in (201, 404)
        assert client.get("/rooms/7/lamps").status_code in (200, 404)
