"""Bodies that nobody sends by accident are errors of the client, never 500."""

import json

import httpx2
import pytest

import signoff
from signoff.mock import create_app
from tests.conftest import running

TREE = {"type": "object", "properties": {"a": {"$ref": "#/components/schemas/Tree"}, "f": {"type": "string"}}}
LISTS = {"type": "array", "items": {"$ref": "#/components/schemas/Lists"}}
TYPES = ("application/xml", "multipart/form-data", "text/xml", "application/json")


def operation(schema):
    content = {name: {"schema": {"$ref": f"#/components/schemas/{schema}"}} for name in TYPES}
    return {"post": {"requestBody": {"content": content}, "responses": {"200": {"description": "OK"}}}}


DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Trees", "version": "1"},
    "paths": {"/tree": operation("Tree"), "/lists": operation("Lists")},
    "components": {"schemas": {"Tree": TREE, "Lists": LISTS}},
}


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    file = tmp_path_factory.mktemp("trees") / "openapi.json"
    file.write_text(json.dumps(DOCUMENT))
    with running(create_app(signoff.load(file))) as origin, httpx2.Client(base_url=origin) as found:
        yield found


def xml(levels, name=b"a"):
    return b"<%s>" % name * levels + b"</%s>" % name * levels


@pytest.mark.parametrize("path", ["/tree", "/lists"])
@pytest.mark.parametrize("levels", [251, 500, 5_000, 100_000])
def test_nested_xml(client, path, levels):
    found = client.post(path, content=xml(levels), headers={"content-type": "application/xml"})
    assert found.status_code == 400
    assert "elements are nested more than 250 levels deep" in found.json()["detail"]


def test_xml_as_deep_as_json(client):
    found = client.post("/tree", content=xml(250), headers={"content-type": "text/xml"})
    assert found.status_code == 200


@pytest.mark.parametrize("encoding", ["nonsense", "hex", "zlib", "utf-7", "idna", "rot13", "latin-1"])
def test_encodings_of_xml(client, encoding):
    body = f'<?xml version="1.0" encoding="{encoding}"?><a/>'.encode()
    found = client.post("/tree", content=body, headers={"content-type": "application/xml"})
    assert found.status_code == (200 if encoding == "latin-1" else 400)


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Disposition: form-data",
        b'Content-Disposition: form-data; name=""',
        b"Content-Disposition: attachment",
        b"Content-Disposition: form-data; name",
        b"Content-Type: text/plain",
        b": x",
        b'Content-Disposition: form-data; name="f"\r\nContent-Type: text/plain; charset=nonsense',
        b"Content-Disposition: form-data; name=\"f\"; filename*=bad''%ff",
        b'Content-Disposition: form-data; name="a"\r\nContent-Type: application/xml',
    ],
)
@pytest.mark.parametrize("content", [b"x", b'<?xml version="1.0" encoding="nonsense"?><a/>', xml(600)])
def test_parts(client, head, content):
    body = b"--X\r\n" + head + b"\r\n\r\n" + content + b"\r\n--X--\r\n"
    found = client.post("/tree", content=body, headers={"content-type": "multipart/form-data; boundary=X"})
    assert found.status_code in (200, 400, 422)
