"""Requests that clients send in more than one way: versions, parts, lists, empty bodies, encoded paths."""

import json

import httpx2
import pytest
import yaml

import signoff
from signoff.mock import create_app
from signoff.mock.settings import Settings
from tests.conftest import running
from tests.mock.test_app import OK, mocking

DONE = {"204": {"description": "done"}}


def version(number, name):
    schema = {"type": "object", "required": [name], "additionalProperties": False, "properties": {name: {}}}
    return {f"application/vnd.shop+json; v={number}": {"schema": schema, "example": {name: number}}}


VERSIONS = {**version(1, "count"), **version(2, "amount")}


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("application/vnd.shop+json;v=1", {"count": 1}, 200),
        ("application/vnd.shop+json; v=2", {"amount": 1}, 200),
        ("application/vnd.shop+json; v=2; charset=utf-8", {"amount": 1}, 200),
        ('application/vnd.shop+json; v="2"', {"count": 1}, 422),
        ("application/vnd.shop+json; v=3", {"count": 1}, 415),
        ("application/vnd.shop+json", {"count": 1}, 200),
    ],
)
def test_versions_of_a_media_type_have_schemas_of_their_own(tmp_path, content_type, body, status):
    responses = {"200": {"description": "ok", "content": VERSIONS}}
    paths = {"/a": {"post": {"requestBody": {"content": VERSIONS}, "responses": responses}}}
    with mocking(tmp_path, paths) as client:
        sent = {"Content-Type": content_type, "Accept": "application/vnd.shop+json; v=2"}
        response = client.post("/a", content=json.dumps(body), headers=sent)
    assert response.status_code == status
    if status == 200:
        assert response.json() == {"amount": body.get("amount", 2)}


FORM = {
    "type": "object",
    "required": ["cover"],
    "properties": {
        "cover": {"type": "string", "format": "binary"},
        "notes": {"type": "array", "items": {"type": "string", "format": "binary"}},
    },
}
ENCODING = {"cover": {"contentType": "image/*, application/pdf"}, "notes": {"contentType": "text/plain; v=1"}}


@pytest.mark.parametrize(
    ("cover", "note", "wrong"),
    [
        ("image/webp", "text/plain", ""),
        ("application/pdf; version=2", "text/plain; v=1", ""),
        ("text/html", "text/plain", "/cover"),
        ("image/png", "text/plain; v=2", "/notes"),
        ("application/octet-stream", "text/plain", "/cover"),
    ],
)
def test_a_part_has_the_media_type_that_its_encoding_defines(tmp_path, cover, note, wrong):
    content = {"multipart/form-data": {"schema": FORM, "encoding": ENCODING}}
    paths = {"/a": {"post": {"requestBody": {"content": content}, "responses": DONE}}}
    with mocking(tmp_path, paths) as client:
        files = [("cover", ("c", b"x", cover)), ("notes", ("n", b"y", note))]
        response = client.post("/a", files=files)
        plain = client.post("/a", files=[("cover", (None, "text"))])  # without a Content-Type
    assert plain.status_code == 204
    if not wrong:
        assert response.status_code == 204
    else:
        assert response.status_code == 422
        assert [error["pointer"] for error in response.json()["errors"]] == [wrong]


def parameter(place, collection, **more):
    items = {"type": "array", "minItems": 3, "items": {"type": "integer"}}
    return {"in": place, "name": "n", "collectionFormat": collection, **items, **more}


@pytest.mark.parametrize(
    ("collection", "separator"), [("csv", ","), ("ssv", "%20"), ("tsv", "%09"), ("pipes", "%7C")]
)
@pytest.mark.parametrize("place", ["query", "formData", "path"])
def test_lists_of_2_0_are_split_at_their_separator(tmp_path, place, collection, separator):
    operation = {
        "consumes": ["application/x-www-form-urlencoded"],
        "parameters": [parameter(place, collection, **({"required": True} if place == "path" else {}))],
        "responses": DONE,
    }
    path = "/a/{n}" if place == "path" else "/a"
    file = tmp_path / "doc.yaml"
    head = {"swagger": "2.0", "info": {"title": "t", "version": "1"}}
    file.write_text(yaml.safe_dump({**head, "paths": {path: {"post": operation}}}))
    with running(create_app(signoff.load(file))) as origin:
        for count, is_valid in ((3, True), (2, False)):
            text = separator.join(["7"] * count)
            address = {"query": f"/a?n={text}", "path": f"/a/{text}", "formData": "/a"}[place]
            sent = {"Content-Type": "application/x-www-form-urlencoded"} if place == "formData" else {}
            content = f"n={text}" if place == "formData" else None
            found = httpx2.post(origin + address, content=content, headers=sent)
            assert (found.status_code == 204) is is_valid


@pytest.mark.parametrize(
    "media_type", ["application/json", "application/xml", "multipart/form-data; boundary=b"]
)
@pytest.mark.parametrize("is_required", [True, False])
def test_an_optional_body_without_bytes_is_no_body(tmp_path, media_type, is_required):
    content = {media_type.partition(";")[0]: {"schema": {"type": "object", "required": ["n"]}}}
    body = {"content": content, "required": is_required}
    with mocking(tmp_path, {"/a": {"post": {"requestBody": body, "responses": DONE}}}) as client:
        found = client.post("/a", headers={"Content-Type": media_type}).status_code
    assert (found == 204) is not is_required


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/Orders('7')/lines", "'7'"),
        ("/Orders%28%277%27%29/lines", "%277%27"),
        ("/Orders%28'7'%29/lines", "'7'"),
        ("/Orders(a%2Fb)/lines", "a%2Fb"),
        ("/a%2Cb;v=1", None),
        ("/a,b%3Bv%3D1", None),
        ("/a%20b%3A1", "1"),
    ],
)
def test_percent_encoded_delimiters_of_a_literal_part_match(tmp_path, path, found):
    parameters = [{"name": "key", "in": "path", "required": True, "schema": {"type": "string"}}]
    response = {
        "200": {
            "description": "ok",
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "required": ["key"],
                        "properties": {"key": {"type": "string"}},
                    }
                }
            },
        }
    }
    paths = {
        "/Orders({key})/lines": {"get": {"parameters": parameters, "responses": response}},
        "/a,b;v=1": {"get": {"responses": response}},
        "/a%20b:{key}": {"get": {"parameters": parameters, "responses": response}},
    }
    with mocking(tmp_path, paths) as client:
        response = client.get(path)
    assert response.status_code == 200
    if found is not None:
        assert response.json()["key"] == found.replace("%2F", "/").replace("%27", "'")


def test_requests_need_not_be_valid(tmp_path):
    body = {
        "required": True,
        "content": {"application/json": {"schema": {"type": "object", "required": ["n"]}}},
    }
    query = {"name": "q", "in": "query", "required": True, "schema": {"type": "integer"}}
    operation = {"operationId": "save", "parameters": [query], "requestBody": body, "responses": {"200": OK}}
    file = tmp_path / "doc.json"
    head = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}}
    file.write_text(json.dumps({**head, "paths": {"/a": {"post": operation}}}))
    seen = []
    handlers = {"save": lambda q=None, body=None: seen.append((q, body)) or {}}
    for functions in (None, handlers):
        app = create_app(signoff.load(file), Settings(validate_requests=False), handlers=functions)
        with running(app) as origin:
            assert httpx2.post(f"{origin}/a?q=x", json={}).status_code == 200
            assert httpx2.post(f"{origin}/a", content=b"{").status_code == 200
    assert len(seen) == 2
    with running(create_app(signoff.load(file))) as origin:
        assert httpx2.post(f"{origin}/a?q=1", json={}).status_code == 422
