"""Bodies of media types that are neither JSON nor XML, and of ranges of them."""

import gzip
import io
import json
import zipfile
from email import message_from_bytes
from xml.etree import ElementTree as ET

import pytest
from werkzeug.formparser import parse_form_data

from tests.mock.test_app import answering, mocking

ROW = {"type": "object", "required": ["n"], "properties": {"n": {"const": 5}}}
ROWS = {"type": "array", "minItems": 2, "maxItems": 2, "items": ROW}
BINARY = {"type": "string", "format": "binary"}


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("application/jsonl", '{"n":5}\n{"n":5}\n'),
        ("application/x-ndjson", '{"n":5}\n{"n":5}\n'),
        ("application/json-seq", '\x1e{"n":5}\n\x1e{"n":5}\n'),
        ("text/event-stream", 'data: {"n":5}\n\ndata: {"n":5}\n\n'),
    ],
)
def test_streams_have_an_entry_for_each_item(tmp_path, media_type, body):
    with mocking(tmp_path, answering(media_type, ROWS)) as client:
        assert client.get("/a").text == body


def test_forms_repeat_the_fields_that_are_lists(tmp_path):
    example = {"a": [1, 2], 'q"': "x y"}
    with mocking(tmp_path, answering("application/x-www-form-urlencoded", {}, example=example)) as client:
        assert client.get("/a").text == "a=1&a=2&q%22=x+y"
    with mocking(tmp_path, answering("multipart/form-data", {}, example=example)) as client:
        response = client.get("/a")
    size = str(len(response.content))
    environ = {"wsgi.input": io.BytesIO(response.content), "CONTENT_LENGTH": size}
    environ["CONTENT_TYPE"] = response.headers["content-type"]
    fields = parse_form_data(environ)[1]
    assert fields.getlist("a") == ["1", "2"]
    assert fields['q"'] == "x y"


@pytest.mark.parametrize(
    ("media_type", "read"),
    [
        ("image/jpeg", lambda data: data.startswith(b"\xff\xd8\xff") and data.endswith(b"\xff\xd9")),
        ("image/svg+xml", lambda data: ET.fromstring(data).tag.endswith("svg")),
        ("audio/wav", lambda data: data[:4] + data[8:12] == b"RIFFWAVE"),
        ("application/gzip", lambda data: gzip.decompress(data) == b""),
        ("application/epub+zip", lambda data: zipfile.ZipFile(io.BytesIO(data)).testzip() is None),
        ("application/x-unheard-of", lambda data: b"\x00" in data),
        ("text/x-unheard-of", lambda data: data.decode().isprintable()),
    ],
)
def test_files_are_of_their_type(tmp_path, media_type, read):
    with mocking(tmp_path, answering(media_type, BINARY)) as client:
        assert read(client.get("/a").content)


@pytest.mark.parametrize(
    ("media_range", "schema", "accept", "sent"),
    [
        ("image/*", BINARY, "*/*", "image/png"),
        ("image/*", BINARY, "image/gif, image/png;q=0.5", "image/png"),
        ("image/*", BINARY, "image/gif", "image/gif"),
        ("*/*", ROWS, "text/csv", "text/csv"),
        ("*/*", ROWS, "text/html, application/xml;q=0.9, */*;q=0.1", "application/json"),
        ("*/*", {"type": "string"}, "text/html", "text/html"),
        ("text/*", {"type": "string"}, "*/*", "text/plain"),
        ("*/*", ROWS, "text/plain, application/xml", "application/xml"),
    ],
)
def test_of_a_range_the_type_that_is_asked_for(tmp_path, media_range, schema, accept, sent):
    with mocking(tmp_path, answering(media_range, schema)) as client:
        response = client.get("/a", headers={"Accept": accept})
    assert (response.status_code, response.headers["content-type"]) == (200, sent)


def test_a_made_up_text_is_an_element_and_markup_stays(tmp_path):
    with mocking(tmp_path, answering("application/xml", {"const": "a & b"})) as client:
        assert ET.fromstring(client.get("/a").content).text == "a & b"
    with mocking(tmp_path, answering("application/xml", {}, example="<a/>")) as client:
        assert client.get("/a").text == "<a/>"


def test_parameters_of_media_types_tell_versions_apart(tmp_path):
    paths = answering("application/vnd.x+json; version=1", {}, example=1)
    content = paths["/a"]["get"]["responses"]["200"]["content"]
    content["application/vnd.x+json; version=2"] = {"example": 2}
    with mocking(tmp_path, paths) as client:
        found = [
            json.loads(client.get("/a", headers={"Accept": f"application/vnd.x+json{more}"}).content)
            for more in ("", ";version=2", "; version=1; q=0.3", ";charset=utf-8")
        ]
        assert client.get("/a", headers={"Accept": "application/vnd.x+json;version=3"}).status_code == 406
    assert found == [1, 2, 1, 1]


@pytest.mark.parametrize("media_type", ["multipart/mixed", "multipart/related; boundary=own"])
def test_the_items_of_a_list_are_parts_of_a_multipart_body(tmp_path, media_type):
    items = [{"n": 5}, "plain text", [1, 2]]
    schema = {"type": "array", "minItems": 3}
    with mocking(tmp_path, answering(media_type, schema, example=items)) as client:
        response = client.get("/a")
    text = f"Content-Type: {response.headers['content-type']}\n\n".encode() + response.content
    parts = message_from_bytes(text).get_payload()
    assert [part.get_content_type() for part in parts] == [
        "application/json",
        "text/plain",
        "application/json",
    ]
    assert [part.get_payload() for part in parts] == ['{"n":5}', "plain text", "[1,2]"]


def test_a_file_of_any_type_is_binary(tmp_path):
    with mocking(tmp_path, answering("*/*", BINARY)) as client:
        found = client.get("/a"), client.get("/a", headers={"Accept": "image/png"})
    assert [each.headers["content-type"] for each in found] == ["application/octet-stream", "image/png"]
    assert found[1].content.startswith(b"\x89PNG")


def test_the_parts_of_a_list_have_the_types_of_their_encodings(tmp_path):
    encodings = {
        "prefixEncoding": [{"contentType": "text/markdown"}, {}],
        "itemEncoding": {"contentType": "text/csv"},
    }
    content = {"multipart/mixed": {"itemSchema": {}, "example": ["# a", {"n": 5}, "n", "m"], **encodings}}
    paths = {"/a": {"get": {"responses": {"200": {"description": "ok", "content": content}}}}}
    with mocking(tmp_path, paths, openapi="3.2.0") as client:
        response = client.get("/a")
    text = f"Content-Type: {response.headers['content-type']}\n\n".encode() + response.content
    types = [part.get_content_type() for part in message_from_bytes(text).get_payload()]
    assert types == ["text/markdown", "application/json", "text/csv", "text/csv"]
