"""Invalid parts of a document besides schemas: the rest is used, with a warning."""

import json

import pytest
import yaml

import signoff
from signoff.contract import Location
from signoff.contract.links import links_of
from signoff.contract.odd_parts import server_path

OK = {"200": {"description": "ok"}}


def loaded(tmp_path, document=None, *, text="", encoding="utf-8", **more):
    whole = {
        "openapi": "3.0.3",
        "info": {"title": "t", "version": "1"},
        "paths": {},
        **(document or {}),
        **more,
    }
    file = tmp_path / "doc.yaml"
    file.write_bytes((text or yaml.safe_dump(whole, sort_keys=False)).encode(encoding))
    return signoff.load(file, strict=False)


def get(**operation):
    return {"paths": {"/a": {"get": {"responses": OK, **operation}}}}


def response(**members):
    return get(responses={"200": {"description": "ok", **members}})


def test_stray_keys_among_media_types_are_ignored(tmp_path):
    content = {"summary": "text", "application/json": {"schema": {"type": "array"}}, "nothing": {}}
    contract = loaded(tmp_path, response(content=content))
    offers = contract.operations[0].responses[0].content
    assert [offer.name for offer in offers] == ["application/json"]
    assert sum("is not a media type" in warning for warning in contract.warnings) == 2


@pytest.mark.parametrize(
    ("operation", "pointer", "outcome"),
    [
        ({"parameters": {"name": "q"}}, "/parameters", "ignored"),
        ({"parameters": None}, "/parameters", "ignored"),
        ({"parameters": [None]}, "/parameters/0", "ignored"),
        (
            {"parameters": [{"name": "n", "in": "query", "required": "yes"}]},
            "/parameters/0/required",
            "read as true",
        ),
        ({"summary": {"$ref": "other.yaml#/text"}}, "/summary", "ignored"),
        ({"summary": 12}, "/summary", "read as '12'"),
        ({"deprecated": "false"}, "/deprecated", "read as false"),
        ({"security": ["key"]}, "/security/0", "ignored"),
        ({"responses": {"200": "fine", "204": {"description": "d"}}}, "/responses/200", "ignored"),
        ({"responses": 5}, "/responses", "ignored"),
    ],
)
def test_values_of_a_wrong_type_do_not_stop_the_load(tmp_path, operation, pointer, outcome):
    document = get(**operation)
    contract = loaded(tmp_path, {"paths": document["paths"] | {"/b": {"get": {"responses": OK}}}})
    assert [found.path for found in contract.operations] == ["/a", "/b"]
    warning = next(warning for warning in contract.warnings if f"/get{pointer})" in warning)
    assert warning.endswith(f"; {outcome}")
    assert "doc.yaml:" in warning
    assert all(
        parameter.name == "n" and parameter.required for parameter in contract.operations[0].parameters
    )


def test_what_a_wrong_type_hides_is_repaired_too(tmp_path):
    document = get(callbacks={"done": {"{$url}": {"post": {"parameters": "none", "responses": {"200": 1}}}}})
    contract = loaded(tmp_path, document, tags={}, components=[])
    assert sum(warning.endswith("; ignored") for warning in contract.warnings) >= 2
    with pytest.raises(signoff.contract.DocumentError, match="is not of type"):
        signoff.load(tmp_path / "doc.yaml")


@pytest.mark.parametrize(("version", "field"), [("3.0", "openapi"), ("2.0", "swagger"), ("3.1", "openapi")])
def test_a_version_without_quotes(tmp_path, version, field):
    text = f"{field}: {version}\ninfo: {{title: t, version: 1}}\npaths:\n  /a: {{get: {{responses: {{}}}}}}\n"
    contract = loaded(tmp_path, text=text)
    assert [operation.path for operation in contract.operations] == ["/a"]
    assert any(f"read as '{version}'" in warning for warning in contract.warnings)


@pytest.mark.parametrize(("paths", "is_empty"), [([], True), (None, True), (["/a"], False), ("/a", False)])
def test_paths_that_cannot_be_read_stop_the_load(tmp_path, paths, is_empty):
    if is_empty:
        assert loaded(tmp_path, {"paths": paths}).operations == ()
    else:
        with pytest.raises(signoff.contract.DocumentError, match="is not of type"):
            loaded(tmp_path, {"paths": paths})


REF = {"$ref": "#/components/nothing/here"}


@pytest.mark.parametrize(
    "operation",
    [
        {"parameters": [REF]},
        {"requestBody": REF},
        {"responses": {"200": REF, "201": {"$ref": "gone.yaml#/answer"}}},
        {"responses": {"200": {"description": "d", "headers": {"Total": REF}, "links": {"next": REF}}}},
        {"callbacks": {"done": REF}},
        {"responses": {"200": {"description": "d", "content": {"text/csv": {"examples": {"one": REF}}}}}},
        {
            "responses": {
                "200": {"description": "d", "content": {"text/csv": {"schema": {"$ref": "#/paths"}}}}
            }
        },
    ],
)
def test_references_that_cannot_be_resolved_do_not_stop_the_load(tmp_path, operation):
    document = get(**operation)
    contract = loaded(tmp_path, {"paths": document["paths"] | {"/b": REF}})
    assert [found.path for found in contract.operations] == ["/a"]
    assert all("the reference '" in warning for warning in contract.warnings)
    assert all(warning.endswith("; ignored") for warning in contract.warnings)
    assert len(contract.warnings) == len(str(operation).split("$ref"))
    with pytest.raises(signoff.contract.DocumentError, match="the reference "):
        signoff.load(tmp_path / "doc.yaml")


@pytest.mark.parametrize(
    ("operation", "ignored"),
    [
        ({"parameters": ["REF"]}, {"parameters": {"A": ["not an object"]}}),
        ({"responses": {"200": "REF"}}, {"responses": {"A": ["not an object"]}}),
        ({"responses": {"200": {"description": "d", "links": {"a": "REF"}}}}, {"links": {"A": [1]}}),
        ({"callbacks": {"a": {"{$url}": "REF"}}}, {"schemas": {"A": {"format": {}}}}),
    ],
)
def test_references_to_ignored_parts_do_not_stop_the_load(tmp_path, operation, ignored):
    kind = next(iter(ignored))
    pointer = f"#/components/{kind}/A" + "/format" * (kind == "schemas")
    document = json.loads(json.dumps(get(**operation)).replace('"REF"', json.dumps({"$ref": pointer})))
    contract = loaded(tmp_path, document, components=ignored)
    responses = contract.operations[0].responses
    assert [link for response in responses for link in links_of(contract, response)] == []
    found = f"/$ref): the reference '{pointer}' leads to a part that is ignored; ignored"
    assert any(found in warning for warning in contract.warnings), contract.warnings


def test_a_reference_out_of_the_folder_stops_the_load(tmp_path, monkeypatch):
    inner = tmp_path / "inner"
    inner.mkdir()
    monkeypatch.chdir(inner)
    (tmp_path / "secret.yaml").write_text("type: string\n")
    reference = {"$ref": "../secret.yaml"}
    with pytest.raises(signoff.contract.DocumentError, match="leads outside the document's folder"):
        loaded(inner, response(content={"text/csv": {"schema": reference}}))


def test_a_reference_without_its_number_sign(tmp_path):
    content = {"application/json": {"schema": {"$ref": "/components/schemas/Crate"}}}
    contract = loaded(
        tmp_path, response(content=content), components={"schemas": {"Crate": {"type": "object"}}}
    )
    assert contract.operations[0].responses[0].content[0].schema.raw == {}
    assert any(
        "'/components/schemas/Crate' cannot be resolved; ignored" in found for found in contract.warnings
    )
    with pytest.raises(signoff.contract.DocumentError, match="'#/components/schemas/Crate'"):
        signoff.load(tmp_path / "doc.yaml")


def test_more_warnings_than_fit_are_counted(tmp_path):
    parameters = [
        {"name": f"p{number}", "in": "query", "required": "no", "schema": {}} for number in range(57)
    ]
    contract = loaded(tmp_path, get(parameters=parameters))
    assert len(contract.warnings) == 21
    assert contract.warnings[-1] == "37 more spec violations; `signoff review` lists them"


@pytest.mark.parametrize("name", ["text/plain\r\nSet-Cookie: a", "a b/c", "json", "*", "text/\u2028x"])
def test_a_media_type_that_no_header_can_have_is_ignored(tmp_path, name):
    contract = loaded(tmp_path, response(content={name: {"schema": {}}}))
    assert contract.operations[0].responses[0].content == ()
    warning = next(warning for warning in contract.warnings if "not a media type" in warning)
    assert "\n" not in warning
    assert "\r" not in warning


@pytest.mark.parametrize(
    ("status", "is_kept"),
    [
        ("4", False),
        ("20X", False),
        ("0", False),
        ("600", False),
        ("2000", False),
        ("2xx", True),
        ("default", True),
    ],
)
def test_statuses_that_http_does_not_have_are_ignored(tmp_path, status, is_kept):
    contract = loaded(tmp_path, get(responses={status: {"description": "d"}, "299": {"description": "d"}}))
    statuses = [found.status for found in contract.operations[0].responses]
    assert (status in statuses) is is_kept
    assert any("is not a status code" in warning for warning in contract.warnings) is not is_kept


def test_headers_that_http_cannot_have_are_ignored(tmp_path):
    parameter = {"name": "Trace Id", "in": "header", "required": True, "schema": {"type": "string"}}
    cookie = {"name": "a;b", "in": "cookie", "required": True, "schema": {"type": "string"}}
    query = {"name": "a b", "in": "query", "schema": {"type": "string"}}
    headers = {"Retry After": {"schema": {"type": "integer"}}, "ETag": {"schema": {"type": "string"}}}
    operation = {"parameters": [parameter, cookie, query], **response(headers=headers)["paths"]["/a"]["get"]}
    contract = loaded(tmp_path, {"paths": {"/a": {"get": operation}}})
    found = contract.operations[0]
    assert [each.name for each in found.parameters] == ["a b"]
    assert [each.name for each in found.responses[0].headers] == ["ETag"]
    assert sum("can't be the name of a" in warning for warning in contract.warnings) == 3


@pytest.mark.parametrize(("place", "is_odd"), [("header", True), ("cookie", True), ("query", False)])
def test_an_api_key_that_no_request_can_have_is_not_required(tmp_path, place, is_odd):
    schemes = {"odd": {"type": "apiKey", "in": place, "name": "My Key"}}
    contract = loaded(tmp_path, get(), components={"securitySchemes": schemes}, security=[{"odd": []}])
    assert ("type" not in contract.security_schemes["odd"]) is is_odd
    assert any("the API key is not required" in warning for warning in contract.warnings) is is_odd


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ({"$ref": "#/info"}, "`in` is"),
        (["query"], "`in` is \"['query']\""),
        (7, "`in` is '7'"),
        ("matrix", "`in` is 'matrix', which is not one of path, query"),
        (None, "`in` is missing"),
    ],
)
def test_a_parameter_that_is_nowhere_is_ignored(tmp_path, place, said):
    odd, sound = {"name": "a", "in": place}, {"name": "b", "in": "query", "schema": {}}
    item = {"parameters": [odd, sound], "get": {"parameters": [odd], "responses": OK}}
    contract = loaded(tmp_path, openapi="3.1.0", paths={"/a": item})
    assert [parameter.name for parameter in contract.operations[0].parameters] == ["b"]
    assert any(said in warning and "the parameter is ignored" in warning for warning in contract.warnings)


def test_a_path_parameter_without_a_place_in_the_path_is_ignored(tmp_path):
    item = {
        "parameters": [{"name": name, "in": "path", "required": True, "schema": {}} for name in ("id", "no")]
    }
    contract = loaded(
        tmp_path, openapi="3.1.0", paths={"/a/{id}": {**item, "get": {**item, "responses": OK}}}
    )
    assert [parameter.name for parameter in contract.operations[0].parameters] == ["id"]
    assert (
        sum("/a/{id} has no {no}; the parameter is ignored" in warning for warning in contract.warnings) == 2
    )


def test_a_path_without_a_leading_slash_has_one(tmp_path):
    contract = loaded(tmp_path, {"paths": {"orders/{id}": {"get": {"responses": OK}}}})
    operation = contract.operations[0]
    assert operation.path == "/orders/{id}"
    assert contract.locate(operation.pointer).pointer == "/paths/orders~1{id}/get"
    assert contract.locate(operation.pointer).line > 1
    assert any("has no leading slash; read as /orders/{id}" in warning for warning in contract.warnings)


@pytest.mark.parametrize(
    ("url", "path", "warning"),
    [
        ("https://[region].example.com/v2/", "/v2", "is invalid; served under /v2"),
        ("./rest", "/rest", "is relative; served under /rest"),
        ("../rest", "/rest", "is relative; served under /rest"),
        ("v1.33", "/v1.33", "is relative; served under /v1.33"),
        ("localhost:8080/base", "/base", "has no scheme; served under /base"),
        ("api.example.org/v1/", "/v1", "has no scheme; served under /v1"),
        ("//api.example.org/v1", "/v1", ""),
        ("/v1", "/v1", ""),
        ("/", "", ""),
        ("https://example.org?x=/y", "", ""),
    ],
)
def test_servers_are_served_where_a_client_asks(tmp_path, url, path, warning):
    contract = loaded(tmp_path, get(), servers=[{"url": url}])
    assert contract.base_path == path
    found = [text for text in contract.warnings if "the server URL" in text]
    assert bool(found) is bool(warning)
    assert all(text.endswith(warning) for text in found)


def test_a_relative_server_of_a_document_from_a_url_is_relative_to_that_url():
    assert server_path("./v3", "https://example.com/docs/openapi.yaml") == "/docs/v3"
    assert server_path("../v3", "https://example.com/docs/openapi.yaml") == "/v3"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
def test_utf_16_and_32_are_read(tmp_path, encoding):
    text = "openapi: 3.1.0\ninfo: {title: Größe, version: '1'}\npaths: {}\n"
    contract = loaded(tmp_path, text=text, encoding=encoding)
    assert contract.title == "Größe"
    assert "save it as UTF-8" in contract.warnings[0]


def test_a_binary_file_is_still_an_error(tmp_path):
    file = tmp_path / "doc.yaml"
    file.write_bytes(b"\x00\x01\x00\x02binary\x00\x00\x00")
    with pytest.raises(signoff.contract.DocumentError, match="binary file"):
        signoff.load(file)


@pytest.mark.parametrize("number", [".nan", "-.INF", "1e999", "-2.5E+400"])
def test_numbers_that_json_does_not_have_are_read_as_text(tmp_path, number):
    content = "{application/json: {schema: {type: number, maximum: " + number + "}, example: " + number + "}}"
    text = (
        "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths:\n  /a:\n    get:\n      responses:\n"
        f"        '200': {{description: ok, content: {content}}}\n"
    )
    contract = loaded(tmp_path, text=text)
    assert contract.operations[0].responses[0].content[0].examples[0].value == number
    assert sum("is not a number in JSON; read as text" in warning for warning in contract.warnings) == 2
    assert any("is not a valid 'maximum'; ignored" in warning for warning in contract.warnings)


def test_large_but_finite_numbers_stay_numbers(tmp_path):
    text = "openapi: 3.1.0\ninfo: {title: t, version: '1', x-big: 1.5e300}\npaths: {}\n"
    contract = loaded(tmp_path, text=text)
    assert contract.document["info"]["x-big"] == 1.5e300
    assert contract.warnings == ()


def test_a_location_is_one_line():
    assert str(Location("a\x1b[31m.yaml", 1, 2, "/x\n/y")) == "a\\x1b[31m.yaml:1:2 (/x\\n/y)"


def swagger(tmp_path, examples, produces=("application/json",), **described):
    document = {
        "swagger": "2.0",
        "info": {"title": "t", "version": "1"},
        "produces": list(produces),
        "paths": {
            "/a": {"get": {"responses": {"200": {"description": "ok", "examples": examples, **described}}}}
        },
    }
    file = tmp_path / "doc.yaml"
    file.write_text(yaml.safe_dump(document, sort_keys=False))
    contract = signoff.load(file, strict=False)
    offers = contract.operations[0].responses[0].content
    return contract, {offer.name: [example.value for example in offer.examples] for offer in offers}


@pytest.mark.parametrize(
    "key", ["*/*", "application/*", "application/json", "application/json; charset=utf-8"]
)
def test_examples_of_2_0_belong_to_the_media_types_that_their_key_covers(tmp_path, key):
    _, found = swagger(tmp_path, {key: {"n": 1}}, schema={"type": "object"})
    assert found["application/json"] == [{"n": 1}]


def test_an_exact_key_comes_before_a_range(tmp_path):
    produces = ("application/json", "application/xml")
    examples = {"*/*": "any", "application/xml": "<a/>"}
    _, found = swagger(tmp_path, examples, produces, schema={"type": "string"})
    assert found == {"application/json": ["any"], "application/xml": ["<a/>"]}


def test_without_a_schema_the_media_types_are_those_of_the_examples(tmp_path):
    assert swagger(tmp_path, {"text/csv": "a,b"})[1] == {"text/csv": ["a,b"]}


def test_a_key_of_2_0_that_is_not_a_media_type_is_ignored(tmp_path):
    contract, found = swagger(tmp_path, {"sample": {"n": 1}}, schema={"type": "object"})
    assert found == {"application/json": []}
    assert any("'sample' is not a media type; ignored" in warning for warning in contract.warnings)


def test_definitions_that_nothing_refers_to_are_repaired_too(tmp_path):
    definitions = {
        "Pair": {"type": "array", "items": [{"type": "string"}, {"type": "integer"}]},
        "Share": {"type": "number", "maximum": 1, "exclusiveMaximum": True},
        "Odd": {"type": "object", "required": "yes"},
    }
    document = {"swagger": "2.0", "info": {"title": "t", "version": "1"}, "definitions": definitions}
    contract = loaded(tmp_path, text=yaml.safe_dump(document | {"paths": {"/a": {"get": {"responses": OK}}}}))
    contract.schemas.compile(signoff.contract.Direction.RESPONSE)
    assert any("read as `prefixItems`" in warning for warning in contract.warnings)
    assert any("/definitions/Odd/required" in warning for warning in contract.warnings)


@pytest.mark.parametrize("value", [None, "string", 5, ["Pet"]])
def test_what_is_not_a_schema_accepts_any_value(tmp_path, value):
    content = {
        "text/csv": {"schema": value},
        "application/json": {"schema": {"$ref": "#/components/schemas/A"}},
    }
    parameters = [{"name": "q", "in": "query", "schema": value}]
    document = get(parameters=parameters, **response(content=content)["paths"]["/a"]["get"])
    contract = loaded(tmp_path, document, components={"schemas": {"A": value, "B": {"items": value}}})
    for direction in signoff.contract.Direction:
        contract.schemas.compile(direction)
    offers = contract.operations[0].responses[0].content
    assert all(offer.schema.is_valid({"a": 1}, signoff.contract.Direction.RESPONSE) for offer in offers)
    assert (
        sum(warning.endswith("is not a schema; any value is accepted") for warning in contract.warnings) == 3
    )


def test_a_reference_to_a_parameter_is_not_a_parameter_without_its_place(tmp_path):
    shared = {"Page": {"name": "page", "in": "query", "schema": {"type": "integer"}}}
    document = get(parameters=[{"$ref": "#/components/parameters/Page"}])
    contract = loaded(tmp_path, document, components={"parameters": shared})
    assert contract.warnings == ()
    assert [parameter.name for parameter in contract.operations[0].parameters] == ["page"]
