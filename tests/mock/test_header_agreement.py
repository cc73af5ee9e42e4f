"""Header fields that the document and the server both have: request ids, Vary, preflights."""

import json

import httpx2
import pytest

import signoff
from signoff.mock import create_app
from signoff.mock.settings import Settings
from tests.conftest import running
from tests.mock.test_app import OK, mocking


def responding(**headers):
    fields = {name.replace("_", "-"): {"schema": {"type": "string"}} for name in headers}
    for name, value in headers.items():
        if value is not None:
            fields[name.replace("_", "-")]["example"] = value
    return {"/a": {"get": {"responses": {"200": {**OK, "headers": fields}}}}}


@pytest.mark.parametrize("name", ["X-Request-Id", "X-Correlation-ID", "Request-Id"])
def test_a_documented_request_id_is_the_clients(tmp_path, name):
    with mocking(tmp_path, responding(**{name.replace("-", "_"): "documented"})) as client:
        assert client.get("/a", headers={name: "mine-1"}).headers.get_list(name) == ["mine-1"]
        assert client.get("/a", headers={name: "mine-2"}).headers[name] == "mine-2"
        assert client.get("/a").headers[name] == "documented"
        assert client.get("/a", headers={name: "x" * 200}).headers[name] == "documented"


@pytest.mark.parametrize(
    ("documented", "sent"),
    [
        ("Accept", "Accept, Origin"),
        ("origin, Accept-Language", "origin, Accept-Language"),
        ("*", "*"),
        (None, None),
    ],
)
@pytest.mark.parametrize("origin", [{}, {"Origin": "http://localhost:3000"}])
def test_vary_is_one_list(tmp_path, documented, sent, origin):
    with mocking(tmp_path, responding(**({"Vary": documented} if documented else {}))) as client:
        found = client.get("/a", headers=origin).headers.get_list("vary")
    assert found == [sent or "Origin"]


def test_without_cors_the_documents_vary_stays(tmp_path):
    document = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": responding(Vary="Accept"),
    }
    file = tmp_path / "doc.json"
    file.write_text(json.dumps(document))
    with running(create_app(signoff.load(file), Settings(cors=False))) as origin:
        assert httpx2.get(f"{origin}/a").headers.get_list("vary") == ["Accept"]


def preflight(client, path, method):
    sent = {
        "Origin": "http://localhost:3000",
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "content-type",
    }
    return client.options(path, headers=sent)


@pytest.mark.parametrize(("path", "method"), [("/nowhere", "PATCH"), ("/a/b/c", "GET"), ("/a", "DELETE")])
def test_a_preflight_for_any_path_lets_the_page_read_the_error(tmp_path, path, method):
    with mocking(tmp_path, responding()) as client:
        allowed = preflight(client, path, method)
        error = client.request(method, path, headers={"Origin": "http://localhost:3000"})
    assert allowed.status_code == 204
    assert method in allowed.headers["access-control-allow-methods"].split(", ")
    assert allowed.headers["access-control-allow-headers"] == "content-type"
    assert allowed.headers["access-control-allow-origin"] == "http://localhost:3000"
    assert error.status_code in (404, 405)
    assert error.headers["access-control-allow-origin"] == "http://localhost:3000"


def test_a_plain_options_request_for_an_unknown_path_is_a_404(tmp_path):
    with mocking(tmp_path, responding()) as client:
        assert client.options("/nowhere").status_code == 404


def test_what_is_not_a_method_is_not_allowed(tmp_path):
    with mocking(tmp_path, responding()) as client:
        assert preflight(client, "/nowhere", "GET, X: y").headers["access-control-allow-methods"] == ""
