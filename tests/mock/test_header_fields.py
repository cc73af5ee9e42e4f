"""The documented header fields of answers."""

import re

import pytest

from tests.mock.test_app import mocking

TEXT = {"schema": {"type": "string"}}
PART = {"schema": {"type": "object", "required": ["n"], "properties": {"n": {"const": 5}}}}


def replying(headers, status="200", method="get", **more):
    return {"/a/b": {method: {"responses": {status: {"description": "x", "headers": headers, **more}}}}}


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("ETag", r'"[^"]+"'),
        ("Last-Modified", r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT"),
        ("Link", r'<[^<> ]+>; rel="\w+"'),
        ("Set-Cookie", r"\w+=\w+(; [\w=/]+)*"),
        ("Cache-Control", r"[\w-]+"),
        ("Content-Disposition", r'attachment; filename="\w+"'),
        ("Content-Location", r"/a/b"),
    ],
)
def test_fields_of_http_have_their_form(tmp_path, name, form):
    with mocking(tmp_path, replying({name: TEXT})) as client:
        assert re.fullmatch(form, client.get("/a/b").headers[name])


@pytest.mark.parametrize(
    ("schema", "value"),
    [({"enum": ["W/x"]}, "W/x"), ({"type": "string", "default": "d"}, "d"), ({"const": 7}, "7")],
)
def test_what_the_document_asks_for_goes_before_the_usual_form(tmp_path, schema, value):
    with mocking(tmp_path, replying({"ETag": {"schema": schema}})) as client:
        assert client.get("/a/b").headers["etag"] == value


def test_location_leads_to_what_was_made_and_never_in_circles(tmp_path):
    body = {"content": {"application/json": {"example": {"id": "x-7"}}}}
    made = replying({"Location": TEXT}, "201", "post", **body)
    with mocking(tmp_path, made) as client:
        assert client.post("/a/b").headers["location"] == "/a/b/x-7"
    with mocking(tmp_path, replying({"Location": TEXT}, "302")) as client:
        assert client.get("/a/b", follow_redirects=False).headers["location"] == "/"


def test_values_are_written_as_the_header_says(tmp_path):
    headers = {
        "X-Simple": PART,
        "X-Exploded": {**PART, "explode": True},
        "X-Json": {"content": {"application/json": PART}},
    }
    with mocking(tmp_path, replying(headers)) as client:
        found = client.get("/a/b").headers
    assert [found[name] for name in headers] == ["n,5", "n=5", '{"n":5}']


def test_a_field_is_sent_once(tmp_path):
    headers = {
        "X-Request-ID": {"schema": {"type": "string", "const": "own"}},
        "Access-Control-Allow-Origin": TEXT,
    }
    with mocking(tmp_path, replying(headers)) as client:
        plain = client.get("/a/b").headers
        page = client.get("/a/b", headers={"Origin": "https://page.example"}).headers
    assert plain.get_list("x-request-id") == ["own"]
    assert plain.get_list("access-control-allow-origin") == ["*"]
    assert page.get_list("access-control-allow-origin") == ["https://page.example"]


@pytest.mark.parametrize("status", ["204", "205", "304"])
def test_statuses_without_content_have_none(tmp_path, status):
    content = {"application/json": {"example": 1}}
    with mocking(tmp_path, replying({}, status, content=content)) as client:
        response = client.get("/a/b", headers={"Prefer": f"code={status}"})
    assert (response.status_code, response.content) == (int(status), b"")
    assert "content-type" not in response.headers
