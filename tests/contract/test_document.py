import functools
import http.server
import io
import json
import threading

import pytest
import yaml

import signoff
from signoff.contract import Direction, DocumentError, SourceError
from signoff.contract.validity import structural_errors
from tests.conftest import PUBLISHED

MINIMAL = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {}}


def written(tmp_path, document, name="doc.yaml"):
    path = tmp_path / name
    path.write_text(document if isinstance(document, str) else yaml.safe_dump(document, sort_keys=False))
    return path


def with_schema(schema, **components):
    content = {"application/json": {"schema": schema}}
    paths = {"/a": {"get": {"responses": {"200": {"description": "ok", "content": content}}}}}
    return {**MINIMAL, "paths": paths, "components": components}


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.name)
def test_published_documents_load_and_compile(path):
    contract = signoff.load(path)
    for direction in Direction:
        contract.schemas.compile(direction)
    assert contract.title


def test_yaml_and_json_give_the_same_model(tmp_path):
    as_yaml = signoff.load(signoff.reference_project().document)
    value = yaml.safe_load(signoff.reference_project().document.read_text())
    as_json = signoff.load(written(tmp_path, json.dumps(value), "doc.json"))
    assert as_yaml.operations == as_json.operations


def test_standard_input(monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO(json.dumps(MINIMAL).encode()))
    monkeypatch.setattr("sys.stdin", stream)
    assert signoff.load("-").title == "t"


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("openapi: 3.1.0\ninfo: {title: x", "not YAML", 2),
        ("openapi: 3.1.0\nopenapi: 3.0.0", "duplicate", 2),
        ('{"openapi": "3.1.0",\n "openapi": "3.0.0"}', "duplicate", 2),
        ('{"openapi": }', "not JSON", 1),
        ("[1, 2]", "contains a list", 0),
        ("", "contains nothing", 0),
        ("just words", "plain text", 0),
        ("a: 1", "field `openapi` is missing", 1),
        ("swaggerVersion: '1.2'", "Swagger 1.2 is not supported", 1),
        ("openapi: 4.0.0", "OpenAPI 4.0.0 is not supported", 1),
        (
            "openapi: 3.1.0\ninfo: {title: x, version: '1'}\npaths:\n  /a: {get: {responses: 5}}",
            "invalid",
            4,
        ),
        ("openapi: 3.0.3\ninfo: {title: x}\npaths: {}", "'version' is a required property", 2),
    ],
)
def test_what_is_no_document_names_file_and_line(tmp_path, text, message, line):
    path = written(tmp_path, text, "doc.json" if text.startswith("{") else "doc.yaml")
    with pytest.raises(DocumentError) as caught:
        signoff.load(path)
    assert message.replace("'", '"') in caught.value.message.replace("'", '"')
    assert caught.value.location.file == str(path)
    assert caught.value.location.line >= line


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        ({"parameters": {"q": {"name": "q", "in": "query"}}}, '"type" is a required property'),
        ({"parameters": {"q": {"name": "q", "in": "body"}}}, '"schema" is a required property'),
        ({"parameters": {"q": {"name": "q", "in": "query", "type": ["string"]}}}, '["string"] is not one of'),
        ({"securityDefinitions": {"k": {"type": "apiKey", "in": "query"}}}, '"name" is a required property'),
    ],
)
def test_a_violation_is_that_of_the_alternative_that_is_meant(edit, message):
    document = {"swagger": "2.0", "info": {"title": "t", "version": "1"}, "paths": {}, **edit}
    [found] = structural_errors(document, "2.0")
    assert message in found.message


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda tmp: tmp / "none.yaml", "does not exist"),
        (lambda tmp: tmp, "is a directory"),
    ],
)
def test_what_cannot_be_read(tmp_path, make, message):
    with pytest.raises(SourceError, match=message):
        signoff.load(make(tmp_path))


def test_binary_files_are_named_as_such(tmp_path):
    path = tmp_path / "doc.yaml"
    path.write_bytes(b"\x7fELF\x00\x00")
    with pytest.raises(DocumentError, match="binary"):
        signoff.load(path)


def test_a_dangling_reference_names_its_line(tmp_path):
    path = written(tmp_path, with_schema({"$ref": "#/components/schemas/Nope"}))
    with pytest.raises(DocumentError, match="cannot be resolved") as caught:
        signoff.load(path)
    line = path.read_text().splitlines()[caught.value.location.line - 1]
    assert "$ref" in line


def test_a_repeated_operation_id_names_its_second_place(tmp_path):
    operation = {"operationId": "same", "responses": {"200": {"description": "ok"}}}
    path = written(
        tmp_path, {**MINIMAL, "paths": {"/a": {"get": dict(operation)}, "/b": {"get": dict(operation)}}}
    )
    with pytest.raises(DocumentError, match="used 2 times") as caught:
        signoff.load(path)
    assert caught.value.location.pointer == "/paths/~1b/get/operationId"


def test_references_to_other_files_are_bundled(tmp_path):
    folder = tmp_path / "parts"
    folder.mkdir()
    written(
        folder,
        {"Pet": {"type": "object", "properties": {"friend": {"$ref": "#/Pet"}}, "required": ["name"]}},
        "schemas.yaml",
    )
    contract = signoff.load(written(tmp_path, with_schema({"$ref": "parts/schemas.yaml#/Pet"})))
    schema = contract.operations[0].responses[0].content[0].schema
    violations = schema.violations({"name": "a", "friend": {}}, Direction.RESPONSE)
    assert [violation.pointer for violation in violations] == ["/friend"]
    place = contract.locate(violations[0].schema_pointer)
    assert place.file.endswith("schemas.yaml")
    assert place.pointer == "/Pet/required"


def test_remote_references_need_leave(tmp_path):
    path = written(tmp_path, with_schema({"$ref": "http://127.0.0.1:9/x.yaml#/A"}))
    with pytest.raises(DocumentError, match="is a remote URL"):
        signoff.load(path)
    with pytest.raises(DocumentError, match="cannot fetch"):
        signoff.load(path, allow_remote_refs=True)


@pytest.fixture
def served(tmp_path):
    """A folder over HTTP."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    handler = functools.partial(Handler, directory=tmp_path)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_documents_and_references_over_http(tmp_path, served):
    written(tmp_path, with_schema({"$ref": "parts.yaml#/A"}))
    written(tmp_path, {"A": {"type": "integer"}}, "parts.yaml")
    contract = signoff.load(f"{served}/doc.yaml", allow_remote_refs=True)
    assert not contract.operations[0].responses[0].content[0].schema.is_valid("x", Direction.RESPONSE)
    with pytest.raises(DocumentError, match="is a remote URL"):
        signoff.load(f"{served}/doc.yaml")
    with pytest.raises(SourceError, match="404"):
        signoff.load(f"{served}/none.yaml")


def test_recursive_schemas(tmp_path):
    tree = {
        "type": "object",
        "properties": {"children": {"type": "array", "items": {"$ref": "#/components/schemas/T"}}},
    }
    contract = signoff.load(
        written(tmp_path, with_schema({"$ref": "#/components/schemas/T"}, schemas={"T": tree}))
    )
    schema = contract.operations[0].responses[0].content[0].schema
    assert schema.is_valid({"children": [{"children": []}]}, Direction.RESPONSE)
    assert not schema.is_valid({"children": [{"children": 1}]}, Direction.RESPONSE)


def test_a_ref_inside_an_example_is_data(tmp_path):
    document = with_schema(
        {"type": "object", "properties": {"$ref": {"type": "string"}}, "example": {"$ref": "#/x"}}
    )
    contract = signoff.load(written(tmp_path, document))
    assert contract.operations[0].responses[0].content[0].examples[0].value == {"$ref": "#/x"}


def test_references_to_every_kind_of_component(tmp_path):
    document = {
        **MINIMAL,
        "paths": {
            "/a/{id}": {
                "parameters": [
                    {"$ref": "#/components/parameters/id"},
                    {"name": "q", "in": "query", "schema": {}},
                ],
                "post": {
                    "parameters": [
                        {"name": "q", "in": "query", "required": True, "schema": {"type": "integer"}}
                    ],
                    "requestBody": {"$ref": "#/components/requestBodies/b"},
                    "responses": {
                        "2XX": {"$ref": "#/components/responses/r"},
                        "default": {"description": "d"},
                    },
                },
            }
        },
        "components": {
            "parameters": {
                "id": {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
            },
            "requestBodies": {"b": {"content": {"application/json": {"schema": {"type": "object"}}}}},
            "responses": {
                "r": {
                    "description": "ok",
                    "headers": {"X-A": {"$ref": "#/components/headers/h"}},
                    "content": {
                        "application/json": {
                            "schema": {},
                            "examples": {"e": {"$ref": "#/components/examples/e"}},
                        }
                    },
                }
            },
            "headers": {"h": {"schema": {"type": "string"}}},
            "examples": {"e": {"value": {"x": 1}}},
        },
    }
    operation = signoff.load(written(tmp_path, document)).operations[0]
    assert [(p.name, p.location, p.required) for p in operation.parameters] == [
        ("id", "path", True),
        ("q", "query", True),
    ]
    assert operation.id == "POST /a/{id}"
    assert operation.request_body.content[0].name == "application/json"
    response = operation.response_for(204)
    assert response.status == "2XX"
    assert response.headers[0].name == "X-A"
    assert response.content[0].examples[0].value == {"x": 1}
    assert operation.response_for(500).status == "default"


def test_3_0_schemas_become_2020_12(tmp_path):
    schema = {
        "type": "object",
        "properties": {
            "n": {"type": "integer", "nullable": True, "minimum": 1, "exclusiveMinimum": True},
            "e": {"type": "string", "enum": ["a"], "nullable": True},
            "r": {"$ref": "#/components/schemas/S", "description": "ignored beside a reference"},
            "o": {"nullable": True, "allOf": [{"$ref": "#/components/schemas/S"}]},
        },
    }
    document = {**with_schema(schema, schemas={"S": {"type": "string"}}), "openapi": "3.0.3"}
    found = signoff.load(written(tmp_path, document)).operations[0].responses[0].content[0].schema
    for value in ({"n": None}, {"n": 2}, {"e": None}, {"o": None}, {"o": "x"}):
        assert found.is_valid(value, Direction.RESPONSE), value
    for value in ({"n": 1}, {"e": "b"}, {"r": None}, {"o": 1}):
        assert not found.is_valid(value, Direction.RESPONSE), value


def test_read_only_and_write_only_follow_the_direction(tmp_path):
    schema = {
        "type": "object",
        "required": ["id", "secret"],
        "properties": {
            "id": {"type": "string", "readOnly": True},
            "secret": {"type": "string", "writeOnly": True},
        },
    }
    found = signoff.load(written(tmp_path, with_schema(schema))).operations[0].responses[0].content[0].schema
    assert found.is_valid({"secret": "x"}, Direction.REQUEST)
    assert not found.is_valid({"id": "x"}, Direction.REQUEST)
    assert found.is_valid({"id": "x"}, Direction.RESPONSE)
    assert not found.is_valid({"secret": "x"}, Direction.RESPONSE)


def test_integer_formats_bound_their_values(tmp_path):
    found = signoff.load(written(tmp_path, with_schema({"type": "integer", "format": "int32"})))
    schema = found.operations[0].responses[0].content[0].schema
    assert schema.is_valid(2**31 - 1, Direction.RESPONSE)
    assert not schema.is_valid(2**31, Direction.RESPONSE)


@pytest.mark.parametrize(
    ("servers", "base_path"),
    [
        ([], ""),
        ([{"url": "https://x.example/api/"}], "/api"),
        ([{"url": "/v1"}], "/v1"),
        ([{"url": "/"}], ""),
        ([{"url": "https://{h}/{v}", "variables": {"h": {"default": "x"}, "v": {"default": "v2"}}}], "/v2"),
    ],
)
def test_base_path(tmp_path, servers, base_path):
    assert signoff.load(written(tmp_path, {**MINIMAL, "servers": servers})).base_path == base_path


SWAGGER = {
    "swagger": "2.0",
    "info": {"title": "t", "version": "1"},
    "host": "api.example.com",
    "basePath": "/v2",
    "schemes": ["http"],
    "produces": ["application/json"],
    "securityDefinitions": {
        "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
        "basic": {"type": "basic"},
    },
    "security": [{"key": []}],
    "parameters": {"page": {"name": "page", "in": "query", "type": "integer", "maximum": 9}},
    "responses": {"gone": {"description": "gone", "schema": {"$ref": "#/definitions/Error"}}},
    "definitions": {
        "Pet": {
            "type": "object",
            "required": ["name"],
            "properties": {"name": {"type": "string", "x-nullable": True}},
        },
        "Error": {"type": "object"},
    },
    "paths": {
        "/pets/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "type": "string"}],
            "put": {
                "consumes": ["application/json", "application/xml"],
                "parameters": [
                    {"$ref": "#/parameters/page"},
                    {
                        "name": "tags",
                        "in": "query",
                        "type": "array",
                        "items": {"type": "string"},
                        "collectionFormat": "csv",
                    },
                    {"name": "pet", "in": "body", "required": True, "schema": {"$ref": "#/definitions/Pet"}},
                ],
                "responses": {
                    "200": {
                        "description": "ok",
                        "schema": {"$ref": "#/definitions/Pet"},
                        "headers": {"X-Rate": {"type": "integer"}},
                        "examples": {"application/json": {"name": "Rex"}},
                    },
                    "410": {"$ref": "#/responses/gone"},
                },
            },
            "post": {
                "consumes": ["multipart/form-data"],
                "parameters": [
                    {"name": "file", "in": "formData", "type": "file", "required": True},
                    {"name": "note", "in": "formData", "type": "string"},
                ],
                "responses": {"204": {"description": "ok"}},
            },
        }
    },
}


def test_swagger_2_0_becomes_the_one_model(tmp_path):
    contract = signoff.load(written(tmp_path, SWAGGER))
    put, post = contract.operations
    assert contract.base_path == "/v2"
    assert [(p.name, p.location, p.style, p.explode) for p in put.parameters] == [
        ("page", "query", "form", True),
        ("tags", "query", "form", False),
        ("id", "path", "simple", False),
    ]
    assert put.parameters[0].schema.is_valid(9, Direction.REQUEST)
    assert not put.parameters[0].schema.is_valid(10, Direction.REQUEST)
    assert [offer.name for offer in put.request_body.content] == ["application/json", "application/xml"]
    assert put.request_body.required
    assert put.request_body.content[0].schema.is_valid({"name": None}, Direction.REQUEST)
    assert put.responses[0].content[0].examples[0].value == {"name": "Rex"}
    assert put.responses[0].headers[0].name == "X-Rate"
    assert put.response_for(410).content[0].schema.raw
    assert put.security == ({"key": ()},)
    assert contract.security_schemes["basic"] == {"type": "http", "scheme": "basic"}
    form = post.request_body.content[0]
    assert form.name == "multipart/form-data"
    assert form.schema.raw["required"] == ["file"]


def test_schemas_of_swagger_2_0_keep_their_places(tmp_path):
    path = written(tmp_path, SWAGGER)
    contract = signoff.load(path)
    schema = contract.operations[0].responses[0].content[0].schema
    violation = schema.violations({}, Direction.RESPONSE)[0]
    assert violation.schema_pointer == "/definitions/Pet/required"
    line = contract.locate(violation.schema_pointer).line
    assert "required" in path.read_text().splitlines()[line - 1]


def test_openapi_3_2(tmp_path):
    ok = {"responses": {"200": {"description": "ok"}}}
    document = {
        **MINIMAL,
        "openapi": "3.2.0",
        "paths": {"/a": {"query": ok, "additionalOperations": {"LINK": ok}}},
    }
    contract = signoff.load(written(tmp_path, document))
    assert [operation.method for operation in contract.operations] == ["QUERY", "LINK"]


def test_blemishes_are_warnings_that_name_the_place(tmp_path):
    operation = {"operationId": "same", "responses": {"200": {"description": "ok"}, "404": {}}}
    path = written(tmp_path, {**MINIMAL, "paths": {"/a": {"get": dict(operation), "put": dict(operation)}}})
    with pytest.raises(DocumentError):
        signoff.load(path)
    contract = signoff.load(path, strict=False)
    assert [found.id for found in contract.operations] == ["same", "PUT /a"] or [
        found.id for found in contract.operations
    ] == ["same", "GET /a"]
    assert any("duplicate operationId 'same' (used 2 times)" in warning for warning in contract.warnings)
    assert any("description" in warning for warning in contract.warnings)
    assert all(str(path) in warning for warning in contract.warnings)


def test_a_structure_that_cannot_be_read_is_an_error_all_the_same(tmp_path):
    path = written(tmp_path, {**MINIMAL, "paths": {"/a": {"get": {"responses": 5}}}})
    with pytest.raises(DocumentError, match="not of type"):
        signoff.load(path)
    path = written(tmp_path, {**MINIMAL, "paths": [{"/a": {"get": {"responses": {}}}}]})
    with pytest.raises(DocumentError, match="not of type"):
        signoff.load(path, strict=False)
