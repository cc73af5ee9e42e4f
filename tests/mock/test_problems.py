"""The problem catalogue: the mock's own, and what a project's adds to it."""

import httpx2
import pytest
import yaml

from signoff.contract import DataError
from signoff.mock import create_app
from signoff.mock.problems import load_catalogue
from tests.conftest import running
from tests.mock.test_app import mocking

MEMBERS = {"type", "title", "status", "detail", "instance", "errors"}
BODY = {"content": {"application/json": {"schema": {"type": "object", "required": ["a"]}}}}
QUERY = [{"name": "n", "in": "query", "schema": {"type": "integer"}}]


def operation(**responses):
    found = {"200": {"description": "ok"}, **responses}
    return {
        "/a": {"post": {"operationId": "addA", "parameters": QUERY, "requestBody": BODY, "responses": found}}
    }


@pytest.fixture
def catalogue(tmp_path):
    def load(text, document=None):
        file = tmp_path / "problems.yaml"
        file.write_text(text)
        return load_catalogue(file, document or {})

    return load


@pytest.mark.parametrize(
    ("method", "path", "sent", "status", "detail"),
    [
        ("POST", "/a?n=x", {"json": {"a": 1}}, 400, "1 invalid parameter; see `errors`."),
        ("POST", "/a", {"json": {}}, 422, "1 validation error; see `errors`."),
        ("POST", "/a", {"content": b"{"}, 400, None),
        ("POST", "/a", {"content": b"x", "headers": {"Content-Type": "text/plain"}}, 415, None),
        ("PUT", "/a", {}, 405, "Allowed methods: POST, OPTIONS."),
        ("GET", "/api/b", {}, 404, "No path in the API matches."),
        ("GET", "/b", {}, 404, "No path in the API matches. The API is served under /api."),
        ("GET", "/a", {}, 404, "No path in the API matches. The API is served under /api: try /api/a"),
        ("POST", "/a", {"headers": {"Prefer": "code=218"}}, 404, None),
    ],
)
def test_problems_of_an_api_without_a_catalogue_have_standard_members(
    tmp_path, method, path, sent, status, detail
):
    if "content" in sent:
        sent = {**sent, "headers": {"Content-Type": "application/json", **sent.get("headers", {})}}
    base = "" if path.startswith("/api") or (method, path) in {("GET", "/a"), ("GET", "/b")} else "/api"
    with mocking(tmp_path, operation(), servers=[{"url": "/api"}]) as client:
        found = client.request(method, base + path, **sent)
    assert found.status_code == status
    assert found.headers["content-type"] == "application/problem+json"
    assert found.json().keys() <= MEMBERS
    assert detail in (None, found.json()["detail"])


def test_members_that_the_document_requires_are_generated_and_no_others(tmp_path):
    schema = {
        "type": "object",
        "required": ["title", "code"],
        "properties": {
            "title": {"type": "string"},
            "code": {"type": "string", "enum": ["bad_input"]},
            "hint": {"type": "string"},
        },
    }
    response = {"description": "bad", "content": {"application/problem+json": {"schema": schema}}}
    with mocking(tmp_path, operation(**{"422": response})) as client:
        found = client.post("/a", json={}).json()
    assert found["code"] == "bad_input"
    assert found["errors"] == [{"pointer": "/a", "detail": "is required"}] or found["errors"][0]["detail"]
    assert "hint" not in found


def test_a_project_overrides_adds_and_extends(catalogue):
    found = catalogue(
        "extensions: {code: $problem}\n"
        "problems:\n"
        "  invalid_body: {detail: 'Wrong: $count', extensions: {again: {at: [$operation_id, 5]}}}\n"
        "  sold_out: {status: 409, title: Sold out, detail: No $item left for $$5}\n",
        {"x-problem-type-base": "https://x.example/"},
    )
    wrong = found.problem("invalid_body", operation_id="addA", values={"count": "1"}).body()
    assert wrong == {
        "type": "https://x.example/invalid_body",
        "title": "Invalid request body",
        "status": 422,
        "detail": "Wrong: 1",
        "code": "invalid_body",
        "again": {"at": ["addA", 5]},
    }
    assert "again" not in found.problem("invalid_body").extensions
    sold = found.problem("sold_out", values={"item": "cake"})
    assert (sold.status, sold.detail, sold.extensions) == (409, "No cake left for $5", {"code": "sold_out"})
    assert found.problem("path_not_found").extensions == {"code": "path_not_found"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "must be a mapping"),
        ("problem: {}", "unknown field 'problem'\nDid you mean 'problems'"),
        ("problems: {a: {status: 400, title: t}}", "needs `status` \\(400 to 599\\), `title` and `detail`"),
        ("problems: {a: {status: 200, title: t, detail: d}}", "needs `status`"),
        ("problems: {a: {status: 400, title: t, detail: d, actions: []}}", "unknown field 'actions'"),
        ("problems: {invalid_body: {extensions: {status: 3}}}", "'status' can't be an extension"),
        ("extensions: {price: costs $5}", r"contains an invalid placeholder"),
        ("problems: {invalid_body: {extensions: 3}}", "must be a mapping"),
    ],
)
def test_a_mistake_in_a_catalogue_is_reported_with_its_place(catalogue, text, said):
    with pytest.raises(DataError, match=said) as found:
        catalogue(text)
    assert "problems.yaml" in str(found.value)


def test_create_app_takes_a_catalogue(tmp_path):
    document = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": operation()}
    (tmp_path / "doc.yaml").write_text(yaml.safe_dump(document))
    (tmp_path / "problems.yaml").write_text("extensions: {code: $problem}")
    app = create_app(tmp_path / "doc.yaml", problems=tmp_path / "problems.yaml")
    with running(app) as origin:
        assert httpx2.get(f"{origin}/none").json()["code"] == "path_not_found"
        assert httpx2.post(f"{origin}/a", json={}).json()["code"] == "invalid_body"


def test_retry_after_is_what_the_body_states(tmp_path):
    limited = {
        "description": "wait",
        "headers": {"Retry-After": {"schema": {"type": "integer"}}},
        "content": {"application/json": {"example": {"retryAfter": 7}}},
    }
    with mocking(tmp_path, operation(**{"429": limited})) as client:
        found = client.post("/a", headers={"Prefer": "code=429"})
    assert found.headers["retry-after"] == "7"
