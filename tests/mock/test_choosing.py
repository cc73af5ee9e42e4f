"""Which of the documented answers is given, and in which shape a refusal comes."""

import httpx2
import pytest

import signoff
from signoff.mock import create_app
from signoff.mock.settings import Settings
from tests.conftest import running
from tests.mock.test_app import OK, mocking, named


def responding(responses, **more):
    return {"/a": {"get": {"responses": responses, **more}}}


ANIMALS = {
    "description": "ok",
    "content": {
        "application/json": {
            "schema": {"type": "object", "properties": {"n": {"type": "integer", "minimum": 500}}},
            "examples": {"hen": {"value": {"n": 501}}, "cow": {"value": {"n": 502}}},
        },
        "text/plain": {"examples": {"cow": {"value": "moo"}}},
    },
}


@pytest.mark.parametrize(
    ("query", "status", "body"),
    [
        ("__example=cow", 200, {"n": 502}),
        ("__code=201", 201, {"name": "any"}),
        ("x=1&__code=404", 404, {"name": "none"}),
        ("__code=200&__example=cow", 200, {"n": 502}),
    ],
)
def test_the_query_prefers_as_the_header_does(tmp_path, query, status, body):
    paths = responding({"200": ANIMALS, "404": named("none"), "default": named("any")})
    with mocking(tmp_path, paths) as client:
        response = client.get(f"/a?{query}")
        over = client.get("/a?__code=404", headers={"Prefer": "code=201"})
        unknown = client.get("/a?__example=dodo")
        dynamic = client.get("/a?__dynamic=true").json()
    assert (response.status_code, response.json()) == (status, body)
    assert over.status_code == unknown.status_code == 404
    assert dynamic.get("n") not in (501, 502)


def test_a_documented_query_parameter_is_no_preference(tmp_path):
    parameter = {"name": "__code", "in": "query", "schema": {"type": "integer"}}
    with mocking(tmp_path, responding({"200": OK, "404": OK}, parameters=[parameter])) as client:
        assert client.get("/a?__code=404").status_code == 200


def test_a_preferred_example_comes_in_the_type_that_is_accepted(tmp_path):
    asked = {"Prefer": "example=cow", "Accept": "text/plain"}
    with mocking(tmp_path, responding({"200": ANIMALS})) as client:
        assert client.get("/a", headers=asked).text == "moo"
        asked["Accept"] = "image/png"
        assert client.get("/a", headers=asked).json() == {"n": 502}


def test_a_preferred_status_can_be_made_up(tmp_path):
    with mocking(tmp_path, responding({"200": OK, "202": ANIMALS})) as client:
        found = client.get("/a", headers={"Prefer": "code=202, dynamic=true"})
    assert found.status_code == 202
    assert found.json().get("n") not in (501, 502)


@pytest.mark.parametrize(
    ("accept", "status"), [("*/*", 204), ("text/plain", 200), ("image/png", 204), ("a/b, */*;q=0.1", 204)]
)
def test_who_asks_for_content_gets_the_success_that_has_it(tmp_path, accept, status):
    content = {"text/plain": {"example": "x"}}
    paths = responding({"204": {"description": "none"}, "200": {"description": "some", "content": content}})
    with mocking(tmp_path, paths) as client:
        assert client.get("/a", headers={"Accept": accept}).status_code == status


REQUIRED = [{"name": "n", "in": "query", "required": True, "schema": {"type": "integer"}}]
MESSAGE = {"type": "object", "properties": {"code": {"type": "integer"}, "message": {"type": "string"}}}


def test_a_refusal_is_the_documents_example_where_nothing_else_says_its_shape(tmp_path):
    refused = {"description": "bad", "content": {"application/json": {"example": ["no"]}}}
    with mocking(tmp_path, responding({"200": OK, "400": refused}, parameters=REQUIRED)) as client:
        response = client.get("/a")
    assert (response.status_code, response.json()) == (400, ["no"])


def test_a_refusal_has_the_members_that_the_document_names(tmp_path):
    refused = {"description": "bad", "content": {"application/json": {"schema": MESSAGE}}}
    with mocking(tmp_path, responding({"200": OK, "400": refused}, parameters=REQUIRED)) as client:
        found = client.get("/a").json()
    assert found == {"code": 400, "message": "n is required"}


def test_a_refusal_says_what_is_wrong_inside_an_envelope(tmp_path):
    envelope = {"type": "object", "required": ["error"], "properties": {"error": MESSAGE}}
    refused = {"description": "bad", "content": {"application/json": {"schema": envelope}}}
    with mocking(tmp_path, responding({"200": OK, "4XX": refused}, parameters=REQUIRED)) as client:
        assert client.get("/a").json() == {"error": {"code": 400, "message": "n is required"}}


@pytest.mark.parametrize(
    ("documented", "sent"),
    [("application/xml", "application/xml"), ("*/*", "application/problem+json"), ("text/plain",) * 2],
)
def test_a_refusal_comes_in_a_type_that_the_document_has(tmp_path, documented, sent):
    refused = {"description": "bad", "content": {documented: {}}}
    with mocking(tmp_path, responding({"200": OK, "400": refused}, parameters=REQUIRED)) as client:
        response = client.get("/a")
    assert (response.status_code, response.headers["content-type"]) == (400, sent)


def test_a_preflight_is_answered_where_the_document_has_options_of_its_own(tmp_path):
    key = {"type": "apiKey", "in": "header", "name": "X-Key"}
    options = {"responses": {"200": OK}, "security": [{"key": []}]}
    asked = {"Origin": "https://page.example", "Access-Control-Request-Method": "PUT"}
    components = {"securitySchemes": {"key": key}}
    with mocking(tmp_path, {"/a": {"options": options, "put": options}}, components=components) as client:
        preflight = client.options("/a", headers=asked)
        assert client.options("/a", headers={"X-Key": "k"}).status_code == 200
        assert client.options("/a", headers={"Origin": asked["Origin"]}).status_code == 401
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == asked["Origin"]
    assert "PUT" in preflight.headers["access-control-allow-methods"]


def test_without_cors_the_server_adds_no_options(tmp_path):
    file = tmp_path / "doc.yaml"
    file.write_text(
        "openapi: 3.1.0\ninfo: {title: t, version: '1'}\n"
        "paths: {/a: {get: {responses: {'200': {description: ok}}}}}\n"
    )
    for cors, status, allow in ((False, 405, "GET, HEAD"), (True, 204, "GET, HEAD, OPTIONS")):
        with running(create_app(signoff.load(file), Settings(cors=cors))) as origin:
            response = httpx2.options(f"{origin}/a")
        assert (response.status_code, response.headers["allow"]) == (status, allow)
        assert ("access-control-allow-methods" in response.headers) is cors


NOT_FOUND = {"404": {"description": "none", "content": {"application/json": {"example": {"own": "shape"}}}}}
MOCKS_OWN = "application/problem+json"


@pytest.mark.parametrize("status", [400, 401, 403, 429, 499, 500, 503, 599])
def test_every_error_status_can_be_forced(tmp_path, status):
    with mocking(tmp_path, responding({"200": OK})) as client:
        response = client.get("/a", headers={"Prefer": f"code={status}", "Origin": "http://localhost"})
        in_query = client.get(f"/a?__code={status}")
    assert (response.status_code, in_query.status_code) == (status, status)
    assert response.headers["content-type"] == MOCKS_OWN
    assert response.headers["signoff-undocumented"] == f"status {status}"
    assert "signoff-undocumented" in response.headers["access-control-expose-headers"]
    assert response.headers["preference-applied"] == f"code={status}"
    assert response.json()["status"] == status
    assert ("www-authenticate" in response.headers) is (status == 401)


def test_a_documented_error_has_its_own_shape_and_no_such_header(tmp_path):
    with mocking(tmp_path, responding({"200": OK, **NOT_FOUND, "5XX": named("down")})) as client:
        for status, body in ((404, {"own": "shape"}), (502, {"name": "down"})):
            response = client.get("/a", headers={"Prefer": f"code={status}"})
            assert (response.status_code, response.json()) == (status, body)
            assert "signoff-undocumented" not in response.headers


@pytest.mark.parametrize("preference", ["code=218", "example=hne", "code=500, example=hen"])
def test_what_cannot_be_forced_is_a_problem_of_the_mock(tmp_path, preference):
    with mocking(tmp_path, responding({"200": ANIMALS, **NOT_FOUND})) as client:
        response = client.get("/a", headers={"Prefer": preference})
    assert (response.status_code, response.headers["content-type"]) == (404, MOCKS_OWN)
    assert preference in response.json()["detail"]
    assert ("Did you mean example=hen?" in response.json()["detail"]) is (preference == "example=hne")


@pytest.mark.parametrize(
    ("header", "query", "meant"),
    [
        ("exemple=hen", "", "example=hen"),
        ("cod=404", "", "code=404"),
        ("respond-async, dynamc=true", "", "dynamic=true"),
        ("", "__exmaple=hen", "example=hen"),
    ],
)
def test_a_mistyped_preference_is_named(tmp_path, header, query, meant):
    with mocking(tmp_path, responding({"200": ANIMALS, **NOT_FOUND})) as client:
        response = client.get(f"/a?{query}", headers={"Prefer": header})
    assert (response.status_code, response.headers["content-type"]) == (400, MOCKS_OWN)
    assert response.json()["detail"].endswith(f"Did you mean {meant}?")


@pytest.mark.parametrize(
    "header", ["respond-async", "return=minimal", "wait=10", "mode=x", "handling=lenient"]
)
def test_other_preferences_are_ignored(tmp_path, header):
    with mocking(tmp_path, responding({"200": ANIMALS})) as client:
        assert client.get("/a?__typename=x", headers={"Prefer": header}).status_code == 200


def test_a_documented_query_parameter_that_looks_mistyped_is_none(tmp_path):
    parameter = {"name": "__cod", "in": "query", "schema": {"type": "string"}}
    with mocking(tmp_path, responding({"200": OK}, parameters=[parameter])) as client:
        assert client.get("/a?__cod=1").status_code == 200


@pytest.mark.parametrize("schema", [{}, {"schema": {}}])
def test_with_dynamic_an_example_without_a_schema_is_still_sent(tmp_path, schema):
    content = {"application/json": {**schema, "example": {"kind": "only"}}}
    with mocking(tmp_path, responding({"200": {"description": "ok", "content": content}})) as client:
        assert client.get("/a", headers={"Prefer": "dynamic=true"}).json() == {"kind": "only"}


def test_a_1xx_status_is_never_the_final_one(tmp_path):
    with mocking(tmp_path, responding({"102": {"description": "processing"}})) as client:
        assert client.get("/a").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "hint"),
    [
        ("GET", "/list", "The API is served under /v1: try /v1/list"),
        ("GET", "/pets", "It is served under /v2: try /v2/pets"),
        ("PUT", "/v1/pets", "It is served under /files: try /files/pets"),
        ("GET", "/nowhere", "The API is served under /v1."),
        ("GET", "/v9/list", "The API is served under /v1."),
        ("GET", "/v1/nowhere", "No path in the API matches."),
    ],
)
def test_a_404_names_the_base_path_of_what_was_meant(tmp_path, method, path, hint):
    responses = {"responses": {"200": OK}}
    paths = {
        "/pets": {
            "servers": [{"url": "/v2"}],
            "get": responses,
            "put": {**responses, "servers": [{"url": "/files"}]},
        },
        "/list": {"get": responses},
    }
    with mocking(tmp_path, paths, servers=[{"url": "https://example.com/v1"}]) as client:
        response = client.request(method, path)
    assert response.status_code == 404
    assert response.json()["detail"].endswith(hint)
