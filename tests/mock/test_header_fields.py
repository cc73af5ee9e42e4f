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


COOKIES = ["auth=abc; Path=/; HttpOnly", "csrf=xyz; Path=/"]
LINES = {"text/plain": {"schema": {"type": "string"}, "example": "\n".join([*COOKIES, ""])}}
EXPIRES = "auth=abc; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Path=/"


@pytest.mark.parametrize(
    ("header", "sent"),
    [
        ({"schema": {"type": "array", "items": {"type": "string"}}, "example": COOKIES}, COOKIES),
        ({**TEXT, "examples": {"auth": {"value": COOKIES[0]}, "csrf": {"value": COOKIES[1]}}}, COOKIES),
        ({**TEXT, "examples": {"in": {"value": "a=1"}, "out": {"value": "a=; Max-Age=0"}}}, ["a=1"]),
        ({"content": LINES}, COOKIES),
        (
            {"schema": {"type": "object"}, "explode": True, "example": {"a": "1; Path=/", "b": "2"}},
            ["a=1; Path=/", "b=2"],
        ),
        ({**TEXT, "example": EXPIRES}, [EXPIRES]),
        ({"schema": {"type": "array", "items": {"type": "string"}}}, ["session=mock; Path=/; HttpOnly"]),
    ],
)
def test_each_cookie_has_a_field_of_its_own(tmp_path, header, sent):
    with mocking(tmp_path, replying({"Set-Cookie": header})) as client:
        assert client.get("/a/b").headers.get_list("set-cookie") == sent


def test_cookies_as_openapi_3_2_describes_them(tmp_path):
    values = {"lang": "en-US; Expires=Wed, 09 Jun 2027 10:18:14 GMT", "foo": "bar; Path=/"}
    as_object = {
        "schema": {"type": "object", "properties": {name: {"type": "string"} for name in values}},
        "style": "simple",
        "explode": True,
        "examples": {"two": {"dataValue": values}},
    }
    lines = "lang=en-US; Path=/\nfoo=bar; Path=/\n"
    as_text = {
        "content": {"text/plain": {"schema": {"type": "string"}}},
        "examples": {"two": {"dataValue": lines}},
    }
    for header, sent in ((as_object, [f"{n}={v}" for n, v in values.items()]), (as_text, lines.splitlines())):
        with mocking(tmp_path, replying({"Set-Cookie": header}), openapi="3.2.0") as client:
            assert client.get("/a/b").headers.get_list("set-cookie") == sent
