import pytest
import yaml

import signoff
from signoff.contract.requests import RequestReader

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
    contract = signoff.load(file)
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
        ("form", False, ARRAY, "q=1%2C2", [1, 2]),
        ("form", False, {"type": "array", "items": {"type": "string"}}, "q=a%2Cb,c", ["a,b", "c"]),
        ("spaceDelimited", False, ARRAY, "q=1%202", [1, 2]),
        ("pipeDelimited", True, ARRAY, "q=1&q=2", [1, 2]),
        ("pipeDelimited", False, {"type": "array", "items": {"type": "string"}}, "q=a%257C", ["a%7C"]),
        ("deepObject", True, ARRAY, "q[]=1&q[]=2", [1, 2]),
        ("deepObject", True, {"anyOf": [{"type": "integer"}, OBJECT]}, "q=5", 5),
        ("deepObject", True, {"anyOf": [{"type": "integer"}, OBJECT]}, "q[r]=5", {"r": 5}),
        ("pipeDelimited", False, ARRAY, "q=1%7C2", [1, 2]),
        ("pipeDelimited", False, ARRAY, "q=1|2", [1, 2]),
        ("form", True, OBJECT, "r=1&g=2", {"r": 1, "g": 2}),
        ("form", False, OBJECT, "q=r,1,g,2", {"r": 1, "g": 2}),
        ("deepObject", True, OBJECT, "q[r]=1&q%5Bg%5D=2", {"r": 1, "g": 2}),
        ("deepObject", True, {"type": "object", "properties": {"t": ARRAY}}, "q[t]=1&q[t]=2", {"t": [1, 2]}),
        (
            "deepObject",
            True,
            {"type": "object", "properties": {"t": ARRAY}},
            "q[t][]=1&q[t][]=2",
            {"t": [1, 2]},
        ),
        ("deepObject", True, {"type": "object", "properties": {"o": OBJECT}}, "q[o][r]=1", {"o": {"r": 1}}),
        (
            "deepObject",
            True,
            {"additionalProperties": OBJECT, "type": "object"},
            "q[a][g]=1",
            {"a": {"g": 1}},
        ),
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
    assert read(tmp_path, content, query="f=%7B%22r%22%3A%221%22%7D").faults  # JSON says its types itself
    content |= {"in": "cookie"}
    assert read(tmp_path, content, headers={"cookie": "f=%7B%22r%22:1}"}).parameters["cookie", "f"] == {
        "r": 1
    }


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
    parsed = read_body(tmp_path, content_type, {"schema": PLACES}, body)
    assert parsed.faults == ()
    assert parsed.body == {"spots": [{"r": 1}, {"g": 2}], "n": 3}


def read_body(tmp_path, content_type, offer, body):
    content = {content_type.partition(";")[0]: offer}
    operation = {"requestBody": {"content": content}, "responses": {"200": {"description": ""}}}
    contract = loaded(tmp_path, {"openapi": "3.1.0", "paths": {"/": {"post": operation}}})
    reader = RequestReader(contract.operations[0], contract.schemas)
    return reader.read({}, "", {"content-type": content_type}, body)


def loaded(tmp_path, document):
    file = tmp_path / "doc.yaml"
    file.write_text(yaml.safe_dump({**document, "info": {"title": "t", "version": "1"}}))
    return signoff.load(file)


@pytest.mark.parametrize(
    ("encoding", "body", "value"),
    [
        ({}, b"t=1&t=2", {"t": [1, 2]}),
        ({"t": {"style": "form"}}, b"t=1&t=2", {"t": [1, 2]}),
        ({"t": {"explode": False, "style": "form"}}, b"t=1,2", {"t": [1, 2]}),
        ({"t": {"style": "spaceDelimited"}}, b"t=1+2", {"t": [1, 2]}),
        ({"t": {"style": "pipeDelimited"}}, b"t=1%7C2", {"t": [1, 2]}),
        ({"t": {"contentType": "application/json"}}, b"t=%5B1,2%5D", {"t": [1, 2]}),
        ({"o": {"style": "deepObject"}}, b"o%5Br%5D=1&o[g]=2", {"o": {"r": 1, "g": 2}}),
        ({"l": {"style": "deepObject"}}, b"l[0][r]=1&l[1][g]=2", {"l": [{"r": 1}, {"g": 2}]}),
        ({}, b"o=%7B%22r%22:1%7D", {"o": {"r": 1}}),
    ],
)
def test_fields_of_a_form_are_written_as_its_encoding_says(tmp_path, encoding, body, value):
    properties = {"t": ARRAY, "o": OBJECT, "l": {"type": "array", "items": OBJECT}}
    offer = {"schema": {"type": "object", "properties": properties}, "encoding": encoding}
    parsed = read_body(tmp_path, "application/x-www-form-urlencoded", offer, body)
    assert (parsed.faults, parsed.body) == ((), value)


@pytest.mark.parametrize(
    ("collection", "body"),
    [("csv", b"t=1,2"), (None, b"t=1,2"), ("multi", b"t=1&t=2"), ("pipes", b"t=1%7C2"), ("ssv", b"t=1+2")],
)
def test_lists_in_forms_of_swagger(tmp_path, collection, body):
    field = {"name": "t", "in": "formData", **ARRAY}
    field |= {"collectionFormat": collection} if collection else {}
    post = {
        "consumes": ["application/x-www-form-urlencoded"],
        "parameters": [field],
        "responses": {"200": {"description": ""}},
    }
    contract = loaded(tmp_path, {"swagger": "2.0", "paths": {"/": {"post": post}}})
    headers = {"content-type": "application/x-www-form-urlencoded"}
    parsed = RequestReader(contract.operations[0], contract.schemas).read({}, "", headers, body)
    assert (parsed.faults, parsed.body) == ((), {"t": [1, 2]})


DELAY = {"anyOf": [{"type": "integer"}, {"type": "string", "enum": ["now"]}]}
SPOTS = {"anyOf": [ARRAY, {"type": "string", "enum": [""]}]}


@pytest.mark.parametrize(("text", "value"), [("7", 7), ("now", "now"), ("later", None), ("7.5", None)])
def test_a_text_is_of_the_type_that_it_fits(tmp_path, text, value):
    parsed = read(tmp_path, {"name": "q", "in": "query", "schema": DELAY}, query=f"q={text}")
    assert bool(parsed.faults) == (value is None)
    assert value is None or parsed.parameters["query", "q"] == value
    schema = {
        "type": "object",
        "properties": {"d": {"type": "object", "properties": {"q": DELAY}}, "s": SPOTS},
    }
    offer = {"schema": schema, "encoding": {"d": {"style": "deepObject"}}}
    body = f"d[q]={text}&s=".encode()
    parsed = read_body(tmp_path, "application/x-www-form-urlencoded", offer, body)
    assert bool(parsed.faults) == (value is None)
    assert value is None or parsed.body == {"d": {"q": value}, "s": ""}
