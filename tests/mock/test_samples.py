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


def route_of(tmp_path, security, parameters=()):
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
        "paths": {"/a": {"get": operation}},
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
