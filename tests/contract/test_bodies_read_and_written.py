"""Bodies as values, by their media type, and back."""

import base64

import pytest

import signoff
from signoff.contract import body_reader, body_writer, content_schema, requirements

DOCUMENT = """\
openapi: 3.2.0
info: {title: Bodies, version: "1"}
paths:
  /all:
    get:
      responses:
        "200":
          description: Any
          content:
            text/event-stream: {itemSchema: {type: object, required: [data, event]}}
            application/x-ndjson: {schema: {type: object, required: [id], properties: {id: {type: integer}}}}
            application/jsonl: {itemSchema: {type: integer}}
            application/json-seq: {itemSchema: {type: boolean}}
            text/csv:
              schema: {type: array, items: {type: object, properties: {age: {type: integer}}}}
            text/plain: {schema: {type: integer, maximum: 9}}
            text/x-word: {schema: {enum: [up, down]}}
            application/yaml: {schema: {type: object, properties: {a: {type: integer}}}}
            application/xml: {schema: {type: object, properties: {a: {type: integer}}}}
            application/x-www-form-urlencoded: {schema: {type: object, properties: {a: {type: integer}}}}
            application/cbor: {schema: {type: object}}
            image/png: {schema: {type: string, format: binary}}
            application/json:
              schema:
                type: object
                properties:
                  note: {type: string, contentMediaType: application/json, contentSchema: {type: array}}
                  table: {type: string, contentMediaType: text/csv, contentEncoding: base64}
                  list: {type: array, items: {$ref: '#/components/schemas/Inner'}}
components:
  schemas:
    Inner: {type: string, contentMediaType: application/json, contentSchema: {maximum: 3}}
"""


@pytest.fixture(scope="module")
def offers(tmp_path_factory):
    path = tmp_path_factory.mktemp("bodies") / "bodies.yaml"
    path.write_text(DOCUMENT)
    contract = signoff.load(path)
    found = {offer.name: offer for offer in contract.operations[0].responses[0].content}
    return contract.schemas, found


@pytest.mark.parametrize(
    ("name", "body", "values"),
    [
        ("text/event-stream", b": hi\n\nevent: a\ndata: 1\ndata: 2\nid: x\nretry: 7\n\ndata: cut",
         ([{"event": "a", "id": "x", "retry": 7, "data": "1\n2"}],)),
        ("text/event-stream", b"data:x\r\n\r\ndata:\r\n\r\n", ([{"data": "x"}, {"data": ""}],)),
        ("text/event-stream", b": nothing yet\n\n", ()),
        ("application/x-ndjson", b'{"id": 1}\n\n{"id": "b"}', ({"id": 1}, {"id": "b"})),
        ("application/jsonl", b"1\n2\n", ([1, 2],)),
        ("application/json-seq", b"\x1etrue\n\x1efalse\n", ([True, False],)),
        ("text/csv", b'name,age\r\nAnn,7\r\n"B, C",x\r\n',
         ([{"name": "Ann", "age": 7}, {"name": "B, C", "age": "x"}],)),
        ("text/plain", b"7\n", (7,)),
        ("text/x-word", b"up\r\n", ("up",)),
        ("text/x-word", b"sideways", ("sideways",)),
        ("application/yaml", b"a: 3\n", ({"a": 3},)),
        ("application/xml", b"<root><a>3</a></root>", ({"a": 3},)),
        ("application/x-www-form-urlencoded", b"a=3&b=x", ({"a": 3, "b": "x"},)),
        ("image/png", b"\x89PNG", ("\x89PNG",)),
    ],
)  # fmt: skip
def test_a_body_is_read_by_its_media_type(offers, name, body, values):
    schemas, found = offers
    assert body_reader.read(body, name, found[name], schemas).values == values


@pytest.mark.parametrize(
    ("name", "body", "reason"),
    [
        ("application/x-ndjson", b'{"id": 1}\n{"id": ', "line 2"),
        ("application/json-seq", b"true\n", "record separator"),
        ("text/csv", b"a,b\n1,2\n3\n", "row 3 has 1 fields"),
        ("application/yaml", b"a: [", "line"),
        ("application/xml", b"<a>", "no element"),
    ],
)
def test_a_body_that_is_not_of_its_media_type_says_where(offers, name, body, reason):
    schemas, found = offers
    with pytest.raises(body_reader.SYNTAX_ERRORS) as error:
        body_reader.read(body, name, found[name], schemas)
    assert reason in str(error.value)


def test_what_cannot_be_judged_says_so(offers):
    _, found = offers
    unjudged = [name for name, offer in found.items() if body_reader.why_not_judged(name, offer.schema)]
    assert unjudged == ["application/cbor"]


@pytest.mark.parametrize(
    ("value", "places"),
    [
        ({"note": "[1]", "list": ["3"]}, []),
        ({"note": "{}"}, ["/note"]),
        ({"note": "["}, ["/note"]),
        ({"list": ["1", "4", "x"]}, ["/list/1", "/list/2"]),
        ({"table": base64.b64encode(b"a,b\n1,2").decode()}, []),
        ({"table": base64.b64encode(b"a,b\n1").decode()}, ["/table"]),
        ({"table": "%"}, ["/table"]),
        ({"note": 5}, []),
    ],
)
def test_documents_inside_texts_are_judged(offers, value, places):
    schema = offers[1]["application/json"].schema
    assert [found.pointer for found in content_schema.violations(schema, value)] == places


FORMS = """\
openapi: 3.1.0
info: {title: Forms, version: "1"}
paths:
  /forms:
    post:
      requestBody:
        content:
          multipart/form-data:
            schema: &form
              type: object
              properties:
                meta: {type: object, properties: {on: {type: boolean}}}
                tags: {type: array, items: {type: string}}
                photo: {type: string, format: binary}
                count: {type: integer}
            encoding: {photo: {contentType: "image/png, image/jpeg"}}
          application/x-www-form-urlencoded:
            schema: *form
            encoding: {meta: {style: deepObject, explode: true}, tags: {style: pipeDelimited, explode: false}}
          application/xml: {schema: {type: object, xml: {name: form}, properties: {count: {type: integer}}}}
          application/jsonl: {schema: {type: array}}
      responses: {"204": {description: Done}}
"""
VALUE = {"meta": {"on": True}, "tags": ["a b", "c"], "count": 3}


@pytest.fixture(scope="module")
def forms(tmp_path_factory):
    path = tmp_path_factory.mktemp("forms") / "forms.yaml"
    path.write_text(FORMS)
    contract = signoff.load(path)
    return contract.schemas, {offer.name: offer for offer in contract.operations[0].request_body.content}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("multipart/form-data", {**VALUE, "photo": "binary"}),
        ("application/x-www-form-urlencoded", VALUE),
        ("application/xml", {"count": 3}),
        ("application/jsonl", [VALUE, 1]),
    ],
)
def test_what_is_written_is_read_again(forms, name, value):
    schemas, offers = forms
    body, content_type = body_writer.write(value, offers[name], schemas)
    assert body_reader.read(body, content_type, offers[name], schemas).values == (value,)


def test_a_binary_property_is_a_file_with_its_bytes(forms):
    schemas, offers = forms
    photo = b"\x89PNG\x00\xff\r\n".decode("utf-8", "surrogateescape")
    body, content_type = body_writer.write({"photo": photo}, offers["multipart/form-data"], schemas)
    head, _, rest = body.partition(b"\r\n\r\n")
    assert b'name="photo"; filename="photo.png"\r\nContent-Type: image/png' in head
    assert rest.startswith(b"\x89PNG\x00\xff\r\n\r\n--")
    assert content_type.startswith("multipart/form-data; boundary=")


def test_urlencoded_styles(forms):
    schemas, offers = forms
    body, _ = body_writer.write(VALUE, offers["application/x-www-form-urlencoded"], schemas)
    assert body == b"meta%5Bon%5D=true&tags=a+b%7Cc&count=3"


def test_a_form_cannot_hold_a_list(forms):
    schemas, offers = forms
    with pytest.raises(ValueError, match="can't represent"):
        body_writer.write([1], offers["multipart/form-data"], schemas)


ONE_WAY = """\
openapi: 3.1.0
info: {title: One way, version: "1"}
paths:
  /users:
    post:
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/User'}}}}
      responses:
        "201": {description: Made, content: {application/json: {schema: {$ref: '#/components/schemas/User'}}}}
components:
  schemas:
    User:
      required: [id, name, pin]
      allOf: [{properties: {id: {type: integer, readOnly: true}, pin: {$ref: '#/components/schemas/Pin'}}}]
      properties: {name: {type: string}}
    Pin: {type: string, minLength: 4, writeOnly: true}
"""


def test_properties_of_one_direction_are_no_requirement_of_the_other(tmp_path):
    path = tmp_path / "one-way.yaml"
    path.write_text(ONE_WAY)
    (operation,) = signoff.load(path).operations
    (response,) = operation.responses
    in_response = [facet.name for facet in requirements.body_facets(response.content[0])]
    in_request = [facet.name for facet in requirements.main_body_facets(operation.main_body)]
    assert sorted(in_response) == ["id", "name"]
    assert sorted(set(in_request)) == ["name", "pin"]
