"""Which media type the mock answers in, by Accept and by the order of the document."""

import pytest

from tests.mock.test_app import mocking

ROWS = {"type": "array", "items": {"type": "integer"}, "example": [1]}


def offering(**content):
    return {"/a": {"get": {"responses": {"200": {"description": "ok", "content": content}}}}}


@pytest.mark.parametrize(
    ("accept", "sent"),
    [
        ("*/*", "application/xml"),
        ("application/json, application/xml", "application/json"),
        ("application/xml, application/json", "application/xml"),
        ("*/*, application/json", "application/json"),
        ("application/*, text/plain", "text/plain"),
        ("application/json;q=0.5, application/*", "application/xml"),
        ("application/xml;q=0, */*", "application/json"),
    ],
)
def test_the_clients_order_decides_among_equals_then_the_documents(tmp_path, accept, sent):
    content = {"application/xml": {}, "application/json": {}, "text/plain": {}}
    content = {name: {"example": "<a/>"} for name in content}
    with mocking(tmp_path, offering(**content)) as client:
        assert client.get("/a", headers={"Accept": accept}).headers["content-type"] == sent


def test_a_type_that_cannot_say_the_value_comes_last(tmp_path):
    content = {"text/plain": {"schema": ROWS}, "application/json": {"schema": ROWS}}
    with mocking(tmp_path, offering(**content)) as client:
        assert client.get("/a").headers["content-type"] == "application/json"
        assert client.get("/a", headers={"Accept": "text/plain"}).text == "[1]"


def test_xml_has_no_form_for_a_bare_value(tmp_path):
    schema = {"type": "string", "example": "token"}
    content = {"application/xml": {"schema": schema}, "application/json": {"schema": schema}}
    with mocking(tmp_path, offering(**content)) as client:
        assert client.get("/a").text == '"token"'
        assert client.get("/a", headers={"Accept": "application/xml"}).text.endswith("<root>token</root>")
