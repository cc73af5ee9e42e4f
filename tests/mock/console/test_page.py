"""The page as it is sent: to whom, and what protects it."""

import re

import pytest

from signoff.mock.console.page import console_page
from signoff.mock.control.control import Control
from signoff.mock.control.guard import Guard
from signoff.reporting.page import digest
from tests.mock.control.servers import controlled

HTML = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.fixture(scope="module")
def client():
    with controlled() as found:
        yield found


@pytest.mark.parametrize("path", ["/", "/__signoff", "/__signoff/"])
def test_browsers_get_the_console_and_other_clients_the_routes(client, path):
    page = client.get(path, headers=HTML)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "<title>Signoff mock console</title>" in page.text
    routes = client.get(path)
    assert routes.json()["routes"]
    assert page.headers["vary"] == routes.headers["vary"] == "Accept"


def test_a_document_with_the_path_keeps_it(tmp_path):
    document = tmp_path / "root.yaml"
    document.write_text(
        "openapi: 3.1.0\ninfo: {title: Root, version: '1'}\n"
        "paths: {/: {get: {responses: {'200': {description: ok, content: {text/html: {example: mine}}}}}}}\n"
    )
    with controlled(document) as client:
        assert client.get("/", headers=HTML).text == "mine"
        assert "Signoff mock console" in client.get("/__signoff/", headers=HTML).text


def test_the_policy_allows_only_the_page_s_own_script_and_the_mock(client):
    response = client.get("/__signoff/", headers=HTML)
    policy = response.headers["content-security-policy"]
    (script,) = re.findall(r'<script type="module">(.*?)</script>', response.text, re.DOTALL)
    assert f"script-src {digest(script)};" in policy
    assert {"default-src 'none'", "connect-src 'self'", "frame-ancestors 'none'"} <= set(policy.split("; "))
    assert "unsafe" not in policy
    assert response.headers["x-content-type-options"] == "nosniff"


def test_the_script_makes_no_markup_of_texts():
    page = console_page().body.decode()
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|Function\(", page)
    assert "http://" not in page.replace("http://127", "")


def test_the_page_needs_no_token_but_a_host_that_is_allowed():
    with controlled(control=Control(Guard.of("s3cret", ()))) as client:
        assert client.get("/__signoff/", headers=HTML).status_code == 200
        assert client.get("/__signoff/routes").status_code == 401
        rebound = client.get("/__signoff/", headers={**HTML, "Host": "evil.example"})
        assert rebound.status_code == 403
