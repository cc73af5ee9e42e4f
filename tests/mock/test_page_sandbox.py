"""Pages that the mock serves can't use the control API: a browser gives them an origin of their own."""

import json

import httpx2
import pytest

from signoff.mock import MockResponse, create_app
from signoff.mock.control.control import Control
from signoff.mock.exchange import raw_response
from signoff.mock.page_sandbox import SANDBOX, runs_scripts
from tests.browser import DRIVER, browser
from tests.conftest import running

POLICY = "content-security-policy"
SCRIPT = """
fetch("/__signoff/rules/x", {method: "PUT", headers: {"Content-Type": "application/json"}, body: "{}"})
  .then((found) => found.status, () => "failed")
  .then((text) => document.documentElement.id = text)
"""
RESULT = """return new Promise((resolve) => setInterval(() => {
  if (document.documentElement.id) resolve(document.documentElement.id);
}, 20))"""
HTML = f"<!doctype html><title>x</title><script>{SCRIPT}</script>"
SVG = f'<svg xmlns="http://www.w3.org/2000/svg"><script><![CDATA[{SCRIPT}]]></script></svg>'


def api(pages):
    """A document with a page for each path: its media type, body and response header fields."""
    paths = {
        path: {
            "get": {
                "operationId": path.strip("/"),
                "responses": {
                    "200": {
                        "description": "A page.",
                        "headers": {name: {"schema": schema} for name, schema in headers.items()},
                        "content": {media_type: {"schema": {"type": "string"}, "example": body}},
                    }
                },
            }
        }
        for path, (media_type, body, headers) in pages.items()
    }
    return {"openapi": "3.1.0", "info": {"title": "Pages", "version": "1"}, "paths": paths}


@pytest.fixture
def served(tmp_path):
    def serve(pages, **more):
        document = tmp_path / "openapi.json"
        document.write_text(json.dumps(api(pages)))
        return running(create_app(document, control=Control(), **more))

    return serve


@pytest.mark.parametrize(
    ("media_type", "expected"),
    [
        *((name, True) for name in ("text/html; charset=utf-8", "Application/XHTML+XML", "image/svg+xml")),
        *((name, True) for name in ("text/xml", "application/atom+xml", "application/json, text/html")),
        *((name, True) for name in ("", "html", "unknown/unknown", "multipart/x-mixed-replace;boundary=x")),
        *((name, False) for name in ("application/json", "application/problem+json", "text/plain")),
        *((name, False) for name in ("text/csv", "image/png", "application/pdf", "text/event-stream")),
    ],
)
def test_types_in_which_browsers_run_scripts(media_type, expected):
    assert runs_scripts(media_type) is expected
    headers = dict(raw_response(200, b"x", media_type, "generated").headers)
    assert (headers.get(POLICY.encode()) == SANDBOX.encode()) is expected


@pytest.mark.parametrize(
    ("schema", "policy", "disposition"),
    [
        ({"type": "string"}, f"default-src 'self', {SANDBOX}", None),
        (
            {"type": "string", "examples": ["img-src *"], "default": "img-src *"},
            f"img-src *, {SANDBOX}",
            None,
        ),
        ({"const": "default-src *"}, "default-src *", "attachment"),
    ],
)
def test_a_documented_policy_holds_beside_the_sandbox(served, schema, policy, disposition):
    with served({"/page": ("text/html", HTML, {"Content-Security-Policy": schema})}) as origin:
        found = httpx2.get(f"{origin}/page")
    assert (found.headers[POLICY], found.headers.get("content-disposition")) == (policy, disposition)


def test_a_document_cannot_switch_the_sandbox_off(served):
    headers = {
        "Content-Security-Policy": {"const": "script-src *"},
        "Content-Disposition": {"const": "inline"},
    }
    with served({"/page": ("text/html", HTML, headers)}) as origin:
        assert SANDBOX in httpx2.get(f"{origin}/page").headers[POLICY]


def test_handlers_and_rules_have_the_last_word(served, tmp_path):
    rules = tmp_path / "mock.yaml"
    rules.write_text(
        "rules:\n"
        "- {operation: ruled, respond: {headers: {Content-Security-Policy: 'default-src https:'}}}\n"
        "- {operation: bare, respond: {headers: {Content-Security-Policy: null}}}\n"
        "- {operation: turned, respond: {headers: {Content-Type: text/html}}}\n"
        "- {operation: broken, respond: {fault: wrong-content-type}}\n"
    )

    def own():
        return "<p>", 200, {"Content-Security-Policy": "default-src 'none'", "Content-Type": "text/html"}

    def reply():
        return MockResponse(200, "<p>", media_type="text/html")

    page, data = ("text/html", HTML, {}), ("application/json", HTML, {})
    pages = {"/ruled": page, "/bare": page, "/own": page, "/reply": page, "/turned": data, "/broken": data}
    with served(pages, rules=rules, handlers={"own": own, "reply": reply}) as origin:
        found = {path: httpx2.get(origin + path).headers.get(POLICY) for path in pages}
    assert found == {
        "/ruled": "default-src https:",
        "/bare": None,
        "/own": "default-src 'none'",
        "/reply": SANDBOX,
        "/turned": SANDBOX,
        "/broken": SANDBOX,
    }


@pytest.mark.skipif(not DRIVER, reason="chromedriver is not installed")
def test_a_script_in_a_page_cannot_use_the_control_api(served):
    pages = {"/page": ("text/html", HTML, {}), "/picture": ("image/svg+xml", SVG, {})}
    with served(pages) as origin, browser() as window:
        for path in pages:
            window.open(origin + path)
            assert window.run(RESULT) == "failed"
        assert httpx2.get(f"{origin}/__signoff/rules").json()["rules"] == []
