"""Sample requests: the mock accepts each, with the credentials of every kind of security scheme."""

import json

import httpx2
import pytest

from tests.mock.control.servers import controlled

SCHEMES = {
    "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "asked": {"type": "apiKey", "in": "query", "name": "my key"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "sid"},
    "basic": {"type": "http", "scheme": "basic"},
    "digest": {"type": "http", "scheme": "digest"},
    "bearer": {"type": "http", "scheme": "Bearer"},
    "other": {"type": "http", "scheme": "hoba"},
    "oauth": {"type": "oauth2", "flows": {}},
    "openid": {"type": "openIdConnect", "openIdConnectUrl": "https://example.com/openid"},
    "mutual": {"type": "mutualTLS"},
}
PARAMETERS = [
    {"name": "X-Shop", "in": "header", "required": True, "schema": {"type": "integer", "minimum": 3}},
    {"name": "X-Optional", "in": "header", "schema": {"type": "integer"}},
    {"name": "lang", "in": "cookie", "required": True, "schema": {"enum": ["de", "en"]}},
]


def route_of(tmp_path, security, parameters=(), path="/a"):
    """The route of an operation, and the status of the request that it describes."""
    document = tmp_path / "openapi.json"
    operation = {
        "responses": {"200": {"description": "ok"}},
        "parameters": list(parameters),
        "security": security,
    }
    content = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {path: {"get": operation}},
        "components": {"securitySchemes": SCHEMES},
    }
    document.write_text(json.dumps(content))
    with controlled(document) as client:
        (route,) = client.get("/__signoff/routes").json()["routes"]
        return route, httpx2.get(route["url"], headers=route.get("headers", {})).status_code


@pytest.mark.parametrize("name", SCHEMES)
def test_credentials_of_each_kind_are_accepted(tmp_path, name):
    assert route_of(tmp_path, [{name: []}])[1] == 200


def test_required_parameters_and_several_schemes_come_together(tmp_path):
    route, status = route_of(tmp_path, [{"basic": [], "cookie": [], "asked": []}], PARAMETERS)
    assert status == 200
    assert set(route["headers"]) == {"X-Shop", "Authorization", "Cookie"}
    assert route["headers"]["Cookie"].startswith("lang=")
    assert route["url"].endswith("/a?my%20key=test")


def test_the_alternative_with_the_fewest_schemes_is_taken(tmp_path):
    assert route_of(tmp_path, [{"basic": [], "cookie": []}, {"key": []}])[0]["headers"] == {"X-Key": "test"}
    assert "headers" not in route_of(tmp_path, [{"key": []}, {}])[0]


def test_an_id_of_another_type_than_the_operation_states_is_not_used(tmp_path):
    def of(kind):
        return {"parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": kind}}]}

    item = {"type": "object", "properties": {"id": {"type": "string"}}}
    shown = {"schema": item, "example": {"id": "a1"}}
    ok = {"200": {"description": "ok", "content": {"application/json": shown}}}
    meals = {"schema": {"type": "array", "items": item}}
    listed = {"200": {"description": "ok", "content": {"application/json": meals}}}
    paths = {
        "/pets/{id}": {"get": {**of("string"), "responses": ok}},
        "/pets/{id}/meals": {"get": {**of("integer"), "responses": listed}},
    }
    document = tmp_path / "openapi.json"
    document.write_text(
        json.dumps({"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": paths})
    )
    with controlled(document) as client:
        urls = [route["url"] for route in client.get("/__signoff/routes").json()["routes"]]
        assert [httpx2.get(url).status_code for url in urls] == [200, 200]
        assert urls[0].endswith("/pets/a1")


OBJECT = {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer", "const": 7}}}


@pytest.mark.parametrize(
    ("stated", "path", "url"),
    [
        ({"in": "query", "schema": OBJECT}, "/a#more", "/a?a=7"),
        ({"in": "query", "schema": OBJECT, "explode": False}, "/a", "/a?p=a,7"),
        ({"in": "query", "schema": OBJECT, "style": "deepObject"}, "/a", "/a?p%5Ba%5D=7"),
        ({"in": "path", "schema": OBJECT}, "/a/{p}", "/a/a,7"),
        ({"in": "path", "schema": OBJECT, "explode": True}, "/a/{p}", "/a/a=7"),
        ({"in": "header", "content": {"application/json": {"schema": {"enum": ["x"]}}}}, "/a", "/a"),
    ],
)
def test_objects_and_json_are_written_by_their_style(tmp_path, stated, path, url):
    route, status = route_of(tmp_path, [], [{"name": "p", "required": True, **stated}], path)
    assert status == 200
    assert route["url"].endswith(url)
