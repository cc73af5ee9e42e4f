"""Who may use the control API, where it is served, and where not."""

import re

import httpx2
import pytest
import yaml
from click.testing import CliRunner

from signoff.cli import main
from signoff.mock import create_app
from signoff.mock.control.control import Control
from signoff.mock.control.guard import Guard, host_name, is_loopback
from tests.conftest import running
from tests.mock.control.servers import PREFIX, SHOP, Session, controlled

JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def client():
    with controlled() as found:
        yield found


@pytest.fixture(scope="module")
def guarded():
    guard = Guard.of("s3cret", ["Mock.Test", "192.168.1.5", "0.0.0.0", "::", "2001:DB8::1"])
    with controlled(control=Control(guard)) as found:
        yield found


LOOPBACK = (
    "localhost",
    "LOCALHOST:4010",
    "127.0.0.1",
    "127.8.9.1:80",
    "[::1]:4010",
    "localhost.",
    "app.localhost",
)
FOREIGN = (
    *(
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "0.0.0.0",
        "192.168.1.5",
        "mock.test",
    ),
    *("", "localhost@evil.example", "[::1", "2130706433", "127.1", "evil.example:localhost"),
)


@pytest.mark.parametrize("host", LOOPBACK)
def test_loopback_hosts_are_allowed(client, host):
    assert client.get(f"{PREFIX}/journal", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", FOREIGN)
def test_other_hosts_are_rejected(client, host):
    """A page whose name was rebound to 127.0.0.1 sends its own name."""
    for path in ("/health", "/journal", "/", ""):
        response = client.get(PREFIX + path, headers={"Host": host})
        assert response.status_code == 403, path
        assert response.headers["content-type"] == "application/problem+json"
        assert "--allow-host" in response.json()["detail"]


@pytest.mark.parametrize(
    "host", ["mock.test", "MOCK.test:4010", "192.168.1.5:80", "[2001:db8::1]", "localhost"]
)
def test_listed_hosts_are_allowed(guarded, host):
    assert guarded.get(f"{PREFIX}/health", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "[::]", "evil.example", "x.mock.test"])
def test_the_wildcard_address_is_not_a_host(guarded, host):
    assert guarded.get(f"{PREFIX}/health", headers={"Host": host}).status_code == 403


def test_any_host_can_be_allowed():
    with controlled(control=Control(Guard.of("", ["*"]))) as client:
        assert client.get(f"{PREFIX}/health", headers={"Host": "evil.example"}).status_code == 200


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://localhost.evil.example", "file://", "x"]
)
@pytest.mark.parametrize("method", ["GET", "DELETE", "OPTIONS"])
def test_pages_of_other_sites_are_rejected(client, method, origin):
    response = client.request(method, f"{PREFIX}/journal", headers={"Origin": origin})
    assert response.status_code == 403
    assert "access-control-allow-origin" not in response.headers


@pytest.mark.parametrize("origin", ["http://localhost:5173", "https://127.0.0.1", "http://[::1]:3000"])
def test_pages_of_this_machine_may_use_it(client, origin):
    response = client.get(f"{PREFIX}/journal", headers={"Origin": origin})
    assert response.headers["access-control-allow-origin"] == origin
    asked = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "content-type"}
    preflight = client.options(f"{PREFIX}/state", headers={"Origin": origin, **asked})
    assert preflight.status_code == 204
    assert "PUT" in preflight.headers["access-control-allow-methods"]
    assert preflight.headers["access-control-allow-headers"] == "content-type"


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
@pytest.mark.parametrize("path", ["/reset", "/journal/verify", "/webhooks/x"])
def test_simple_requests_of_pages_change_nothing(client, path, media_type):
    """These need no preflight, so a browser sends them for any page."""
    headers = {"Content-Type": media_type} if media_type else {}
    client.get("/shop/products")
    assert client.post(PREFIX + path, content="{}", headers=headers).status_code == 415
    assert Session(client).api("GET", "/journal")["entries"]


def test_the_token_is_required(guarded):
    for method, path in (
        ("GET", "/journal"),
        ("GET", "/routes"),
        ("DELETE", "/journal"),
        ("GET", "/unknown"),
    ):
        for sent in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic s3cret"}):
            response = guarded.request(method, PREFIX + path, headers=sent)
            assert response.status_code == 401
            assert response.headers["www-authenticate"].startswith("Bearer")
    right = {"Authorization": "Bearer s3cret"}
    assert guarded.get(f"{PREFIX}/journal", headers=right).status_code == 200
    assert guarded.post(f"{PREFIX}/reset", content="{}", headers=right | JSON).status_code == 204
    assert guarded.get(f"{PREFIX}/health").status_code == 200


def test_the_mock_itself_is_not_guarded(guarded):
    foreign = {"Host": "evil.example", "Origin": "https://evil.example"}
    assert guarded.get("/shop/products", headers=foreign).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/shop/__signoff/health",
            "/shop/__signoff",
            "/__signoffx",
            "/__Signoff/health",
            "//__signoff/health",
        ),
        *("/%5F_signoff/health", "/shop/../__signoff%2fhealth", "/x/__signoff/health"),
    ],
)
def test_it_has_one_place(client, path):
    """Not below the base path of the document."""
    target = httpx2.URL(str(client.base_url)).copy_with(raw_path=path.encode())
    response = client.get(target)
    assert response.status_code == 404
    assert "documents" not in response.text


def test_errors_of_the_api_are_problem_details(client):
    for method, path, status in (("GET", "/nothing", 404), ("PUT", "/health", 405)):
        response = client.request(method, PREFIX + path, headers=JSON)
        assert response.status_code == status
        assert response.headers["content-type"] == "application/problem+json"


def test_the_root_lists_the_routes(client):
    response = client.get("/")
    assert response.status_code == 200
    assert response.json() == client.get(f"{PREFIX}/routes").json() == client.get(PREFIX).json()
    assert client.head("/").status_code == 200
    assert client.post("/").status_code == 404


@pytest.mark.parametrize("path", ["/", PREFIX, f"{PREFIX}/"])
def test_browsers_get_the_console(path):
    with controlled(control=Control(Guard.of("s3cret", []))) as client:
        browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
        assert "<title>Signoff mock console</title>" in client.get(path, headers=browser).text
        assert client.head(path, headers=browser).content == b""
        for accept in ({"Accept": "application/json"}, {}):  # which gets the routes, as the API has them
            assert client.get(path, headers=accept).status_code == 401
            sent = {**accept, "Authorization": "Bearer s3cret"}
            assert client.get(path, headers=sent).json()["routes"]
            assert client.get(path, headers={**sent, "Host": "evil.example"}).status_code == 403
            assert client.get(path, headers={**sent, "Origin": "https://evil.example"}).status_code == 403
        assert client.get(path, headers=browser | {"Host": "evil.example"}).status_code == (
            200 if path == "/" else 403
        )


def document(paths, base_path=""):
    responses = {"200": {"description": "ok", "content": {"text/plain": {}}}}

    def item(path):
        names = re.findall(r"{(\w+)}", path)
        schema = {"in": "path", "required": True, "schema": {"type": "string"}}
        return {"get": {"parameters": [{"name": name, **schema} for name in names], "responses": responses}}

    return yaml.safe_dump(
        {
            "openapi": "3.1.0",
            "info": {"title": "T", "version": "1"},
            "servers": [{"url": base_path or "/"}],
            "paths": {path: item(path) for path in paths},
        }
    )


def test_a_document_has_its_own_root(tmp_path):
    file = tmp_path / "api.yaml"
    file.write_text(document(["/"]))
    with controlled(file) as client:
        assert client.get("/").headers["content-type"].startswith("text/plain")
        assert client.get(f"{PREFIX}/health").status_code == 200


@pytest.mark.parametrize(
    ("paths", "base_path"),
    [(["/__signoff/health", "/x"], ""), (["/health", "/x"], "/__signoff"), (["/__signoff/{name}"], "")],
)
def test_paths_of_a_document_take_precedence_with_a_warning(tmp_path, paths, base_path):
    file = tmp_path / "api.yaml"
    file.write_text(document(paths, base_path))
    control = Control()
    with controlled(file, control=control) as client:
        assert client.get(f"{PREFIX}/health").headers["content-type"].startswith("text/plain")
        assert client.get(f"{PREFIX}/rules/x").status_code == 404  # the API's own
    [warning] = control.warnings()
    assert "take precedence over the control API" in warning
    assert PREFIX in warning


def test_templates_do_not_hide_the_api(tmp_path):
    file = tmp_path / "api.yaml"
    file.write_text(document(["/{a}/{b}", "/{a}"]))
    control = Control()
    with controlled(file, control=control) as client:
        assert client.get(f"{PREFIX}/health").json()["status"] == "ok"
        assert client.get("/signoff/health").headers["content-type"].startswith("text/plain")
    assert control.warnings() == []


def test_without_control_there_is_no_api():
    with running(create_app(SHOP)) as origin:
        assert httpx2.get(f"{origin}{PREFIX}/health").status_code == 404
        assert httpx2.get(f"{origin}/").status_code == 404


def test_names_and_addresses():
    assert [host_name(text) for text in ("A.b:80", "[::1]:1", "a.", "")] == ["a.b", "::1", "a", ""]
    assert [is_loopback(name) for name in ("::1", "127.0.0.9", "10.0.0.1")] == [True, True, False]


@pytest.mark.parametrize("size", ["0", "-1", "x"])
def test_a_wrong_size_of_the_journal_is_an_error(size):
    result = CliRunner().invoke(main, ["mock", str(SHOP), "--journal-size", size])
    assert result.exit_code == 2
    assert "--journal-size" in result.output
