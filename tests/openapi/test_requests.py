import pytest
import yaml

import openapi
from openapi.requests import RequestReader

OBJECT = {"type": "object", "properties": {"r": {"type": "integer"}, "g": {"type": "integer"}}}
ARRAY = {"type": "array", "items": {"type": "integer"}}


def read(tmp_path, parameter, *, path="", query="", headers=None):
    template = "/a/{p}" if parameter["in"] == "path" else "/a"
    if parameter["in"] == "path":
        parameter = {**parameter, "required": True}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {
            template: {"get": {"parameters": [parameter], "responses": {"200": {"description": "ok"}}}}
        },
    }
    file = tmp_path / "doc.yaml"
    file.write_text(yaml.safe_dump(document))
    contract = openapi.load(file)
    reader = RequestReader(contract.operations[0], contract.schemas)
    return reader.read({"p": path}, query, headers or {}, b"")


@pytest.mark.parametrize(
    ("style", "explode", "schema", "text", "value"),
    [
        ("simple", False, {"type": "integer"}, "5", 5),
        ("simple", False, {"type": "number"}, "1.5", 1.5),
        ("simple", False, {"type": "boolean"}, "true", True),
        ("simple", False, {"type": "string"}, "a%2Fb%20c", "a/b c"),
        ("simple", False, ARRAY, "1,2", [1, 2]),
        ("simple", False, OBJECT, "r,1,g,2", {"r": 1, "g": 2}),
        ("simple", True, OBJECT, "r=1,g=2", {"r": 1, "g": 2}),
        ("label", False, {"type": "integer"}, ".5", 5),
        ("label", False, ARRAY, ".1,2", [1, 2]),
        ("label", True, ARRAY, ".1.2", [1, 2]),
        ("label", True, OBJECT, ".r=1.g=2", {"r": 1, "g": 2}),
        ("matrix", False, {"type": "integer"}, ";p=5", 5),
        ("matrix", False, ARRAY, ";p=1,2", [1, 2]),
        ("matrix", True, ARRAY, ";p=1;p=2", [1, 2]),
        ("matrix", True, OBJECT, ";r=1;g=2", {"r": 1, "g": 2}),
    ],
)
def test_path_styles(tmp_path, style, explode, schema, text, value):
    parameter = {"name": "p", "in": "path", "style": style, "explode": explode, "schema": schema}
    parsed = read(tmp_path, parameter, path=text)
    assert parsed.faults == ()
    assert parsed.parameters["path", "p"] == value


@pytest.mark.parametrize(
    ("style", "explode", "schema", "query", "value"),
    [
        ("form", True, {"type": "integer"}, "q=5", 5),
        ("form", True, {"type": "string"}, "q=a+b%26c", "a b&c"),
        ("form", True, ARRAY, "q=1&q=2", [1, 2]),
        ("form", False, ARRAY, "q=1,2", [1, 2]),
        ("spaceDelimited", False, ARRAY, "q=1%202", [1, 2]),
        ("pipeDelimited", False, ARRAY, "q=1%7C2", [1, 2]),
        ("pipeDelimited", False, ARRAY, "q=1|2", [1, 2]),
        ("form", True, OBJECT, "r=1&g=2", {"r": 1, "g": 2}),
        ("form", False, OBJECT, "q=r,1,g,2", {"r": 1, "g": 2}),
        ("deepObject", True, OBJECT, "q[r]=1&q%5Bg%5D=2", {"r": 1, "g": 2}),
        # No style says how an object stands in a list; JSON is what clients send.
        ("form", True, {"type": "array", "items": OBJECT}, "q=%7B%22r%22:1%7D", [{"r": 1}]),
        ("form", True, {"allOf": [ARRAY, {"maxItems": 3}]}, "q=1&q=2", [1, 2]),
    ],
)
def test_query_styles(tmp_path, style, explode, schema, query, value):
    parameter = {"name": "q", "in": "query", "style": style, "explode": explode, "schema": schema}
    parsed = read(tmp_path, parameter, query=query)
    assert parsed.faults == ()
    assert parsed.parameters["query", "q"] == value


def test_header_cookie_and_content_parameters(tmp_path):
    header = {"name": "X-Ids", "in": "header", "schema": ARRAY}
    assert read(tmp_path, header, headers={"x-ids": "1, 2"}).parameters["header", "X-Ids"] == [1, 2]
    cookie = {"name": "s", "in": "cookie", "schema": {"type": "integer"}}
    assert read(tmp_path, cookie, headers={"cookie": "a=b; s=7"}).parameters["cookie", "s"] == 7
    content = {"name": "f", "in": "query", "content": {"application/json": {"schema": OBJECT}}}
    assert read(tmp_path, content, query="f=%7B%22r%22%3A1%7D").parameters["query", "f"] == {"r": 1}
    assert read(tmp_path, content, query="f=%7B").faults[0].kind == "parameter"


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("q=x", "not of type"),
        ("q=11", "greater than the maximum"),
        ("", "is required"),
        ("q=1e400", "not of type"),
    ],
)
def test_faults_name_the_parameter(tmp_path, query, detail):
    parameter = {"name": "q", "in": "query", "required": True, "schema": {"type": "integer", "maximum": 10}}
    fault = read(tmp_path, parameter, query=query).faults[0]
    assert (fault.kind, fault.place, fault.location) == ("parameter", "q", "query")
    assert detail in fault.detail


JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(
    ("headers", "body", "kinds"),
    [
        (JSON, b"{}", []),
        (JSON, b'{"format": "json", "more": 1}', []),
        ({"content-type": "Application/JSON; charset=utf-8"}, b"{}", []),
        (JSON, b'{"format": "xml"}', ["body_schema"]),
        (JSON, b'{"format": null}', ["body_schema", "body_schema"]),
        (JSON, b"[]", ["body_schema"]),
        (JSON, b"", ["body_syntax"]),
        (JSON, b"{", ["body_syntax"]),
        ({}, b"", ["body_missing"]),
        ({}, b"{}", ["media_type"]),
        ({"content-type": "text/plain"}, b"{}", ["media_type"]),
    ],
)
def test_bodies_of_the_reports_contract(contract, headers, body, kinds):
    reader = RequestReader(contract.operations[0], contract.schemas)
    parsed = reader.read({"report_id": "2489e9ad-2ee2-8e00-8ec9-32d5f69181c0"}, "", headers, body)
    assert [fault.kind for fault in parsed.faults] == kinds


PLACES = {
    "allOf": [
        {"type": "object", "properties": {"spots": {"allOf": [{"type": "array", "items": OBJECT}]}}},
        {"properties": {"n": {"type": "integer"}}},
    ]
}
FORM = (
    b'--b\r\nContent-Disposition: form-data; name="spots"\r\n\r\n{"r": 1}\r\n'
    b'--b\r\nContent-Disposition: form-data; name="spots"\r\n\r\n{"g": 2}\r\n'
    b'--b\r\nContent-Disposition: form-data; name="n"\r\n\r\n3\r\n--b--\r\n'
)


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data; boundary=b", FORM),
        ("application/x-www-form-urlencoded", b"spots=%7B%22r%22:1%7D&spots=%7B%22g%22:2%7D&n=3"),
        ("text/xml", b"<p><spots><r>1</r></spots><n>3</n><spots><g>2</g></spots></p>"),
    ],
)
def test_lists_of_objects_in_schemas_of_several_parts(tmp_path, content_type, body):
    content = {content_type.partition(";")[0]: {"schema": PLACES}}
    operation = {"requestBody": {"content": content}, "responses": {"200": {"description": ""}}}
    file = tmp_path / "doc.yaml"
    document = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {"/": {"post": operation}},
    }
    file.write_text(yaml.safe_dump(document))
    contract = openapi.load(file)
    parsed = RequestReader(contract.operations[0], contract.schemas).read(
        {}, "", {"content-type": content_type}, body
    )
    assert parsed.faults == ()
    assert parsed.body == {"spots": [{"r": 1}, {"g": 2}], "n": 3}
