"""The mock on small documents made for one purpose each."""

import csv
import io
from contextlib import contextmanager
from xml.etree import ElementTree as ET

import httpx2
import pytest
import yaml

import signoff
from signoff.mock import create_app
from tests.conftest import running

OK = {"description": "ok", "content": {"application/json": {"schema": {"type": "object"}}}}


@contextmanager
def mocking(tmp_path, paths, *, strict=True, **more):
    document = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": paths, **more}
    file = tmp_path / "doc.yaml"
    file.write_text(yaml.safe_dump(document, sort_keys=False))
    app = create_app(signoff.load(file, strict=strict))
    with running(app) as origin, httpx2.Client(base_url=origin) as client:
        yield client


def named(name):
    return {"description": name, "content": {"application/json": {"example": {"name": name}}}}


def test_literal_paths_win_and_encoded_slashes_stay_in_their_segment(tmp_path):
    parameter = [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}]
    paths = {
        "/pets/{id}": {"get": {"parameters": parameter, "responses": {"200": named("templated")}}},
        "/pets/mine": {"get": {"responses": {"200": named("literal")}}},
    }
    with mocking(tmp_path, paths) as client:
        assert client.get("/pets/mine").json() == {"name": "literal"}
        assert client.get("/pets/a%2Fb").json() == {"name": "templated"}
        assert client.get("/pets/a/b").status_code == 404


def test_head_is_get_without_the_body(tmp_path):
    with mocking(tmp_path, {"/a": {"get": {"responses": {"200": named("x")}}}}) as client:
        got, head = client.get("/a"), client.head("/a")
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["content-length"] == got.headers["content-length"]
    assert head.headers["content-type"] == got.headers["content-type"]


def test_allow_lists_all_methods_of_a_path(tmp_path):
    operation = {"responses": {"200": OK}}
    with mocking(tmp_path, {"/a": {"get": operation, "put": operation, "delete": operation}}) as client:
        assert client.post("/a").headers["allow"] == "GET, HEAD, PUT, DELETE, OPTIONS"


def test_no_template_language_is_run(tmp_path):
    with mocking(tmp_path, {"/a": {"get": {"responses": {"200": named("{{7*7}}")}}}}) as client:
        assert client.get("/a").json() == {"name": "{{7*7}}"}


def test_the_documents_own_error_shape_wins(tmp_path):
    error = {
        "type": "object",
        "required": ["error"],
        "properties": {"error": {"type": "string"}},
        "additionalProperties": False,
    }
    body = {
        "content": {"application/json": {"schema": {"type": "object", "required": ["n"]}}},
        "required": True,
    }
    refused = {
        "description": "bad",
        "content": {"application/json": {"schema": error, "example": {"error": "no"}}},
    }
    paths = {"/a": {"post": {"requestBody": body, "responses": {"200": OK, "422": refused}}}}
    with mocking(tmp_path, paths) as client:
        response = client.post("/a", json={})
    assert (response.status_code, response.headers["content-type"]) == (422, "application/json")
    assert response.json() == {"error": "no"}


def test_an_undocumented_error_is_a_plain_problem(tmp_path):
    body = {
        "content": {"application/json": {"schema": {"type": "object", "required": ["n"]}}},
        "required": True,
    }
    with mocking(tmp_path, {"/a": {"post": {"requestBody": body, "responses": {"200": OK}}}}) as client:
        response = client.post("/a", json={})
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["title"] == "Unprocessable Entity"
    assert "type" not in response.json()


@pytest.mark.parametrize(("status", "sent"), [("204", 204), ("2XX", 200), ("default", 200), ("201", 201)])
def test_the_first_success_is_answered(tmp_path, status, sent):
    responses = {"400": {"description": "bad"}, status: {"description": "ok"}}
    with mocking(tmp_path, {"/a": {"get": {"responses": responses}}}) as client:
        response = client.get("/a")
    assert (response.status_code, response.content) == (sent, b"")


def test_accept_chooses_among_media_types(tmp_path):
    content = {"application/json": {"example": {"a": 1}}, "text/csv": {"example": "a\n1\n"}}
    with mocking(
        tmp_path, {"/a": {"get": {"responses": {"200": {"description": "ok", "content": content}}}}}
    ) as client:
        assert client.get("/a").headers["content-type"] == "application/json"
        assert client.get("/a", headers={"Accept": "text/csv"}).text == "a\n1\n"
        assert client.get("/a", headers={"Accept": "image/png"}).status_code == 406


def test_documented_headers_are_sent(tmp_path):
    headers = {
        "X-Rate": {"schema": {"type": "integer", "minimum": 5, "maximum": 5}},
        "Location": {"schema": {"type": "string"}, "example": "/a/1"},
    }
    with mocking(
        tmp_path, {"/a": {"get": {"responses": {"201": {"description": "ok", "headers": headers}}}}}
    ) as client:
        response = client.get("/a")
    assert (response.headers["x-rate"], response.headers["location"]) == ("5", "/a/1")


def test_a_schema_that_admits_nothing_is_a_501_that_says_why(tmp_path):
    schema = {"type": "object", "required": ["a"], "properties": {"a": False}}
    response = {"description": "ok", "content": {"application/json": {"schema": schema}}}
    with mocking(tmp_path, {"/a": {"get": {"responses": {"200": response}}}}) as client:
        found = client.get("/a")
    assert found.status_code == 501
    assert "matches no value" in found.json()["detail"]


def test_a_document_without_paths_answers_404(tmp_path):
    with mocking(tmp_path, {}) as client:
        assert client.get("/").status_code == 404


def test_methods_of_3_2(tmp_path):
    file = tmp_path / "doc.yaml"
    ok = {"responses": {"200": named("x")}}
    paths = {"/a": {"query": ok, "additionalOperations": {"LINK": ok}}}
    document = {"openapi": "3.2.0", "info": {"title": "t", "version": "1"}, "paths": paths}
    file.write_text(yaml.safe_dump(document))
    with running(create_app(signoff.load(file))) as origin:
        assert httpx2.request("LINK", f"{origin}/a").json() == {"name": "x"}
        assert httpx2.request("LOCK", f"{origin}/a").headers["allow"] == "OPTIONS, QUERY, LINK"


SCHEMES = {
    "basic": {"type": "http", "scheme": "basic"},
    "bearer": {"type": "http", "scheme": "bearer"},
    "digest": {"type": "http", "scheme": "digest"},
    "oauth": {"type": "oauth2", "flows": {}},
    "openid": {"type": "openIdConnect", "openIdConnectUrl": "https://x.example"},
    "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "query": {"type": "apiKey", "in": "query", "name": "key"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "sid"},
}


@pytest.mark.parametrize(
    ("scheme", "good", "bad", "challenge"),
    [
        ("basic", {"Authorization": "Basic dTpw"}, {"Authorization": "Basic dXA="}, "Basic"),
        ("bearer", {"Authorization": "bearer abc.def"}, {"Authorization": "Bearer a b"}, "Bearer"),
        ("digest", {"Authorization": 'Digest username="u"'}, {"Authorization": "Basic dTpw"}, "Digest"),
        ("oauth", {"Authorization": "Bearer x"}, {"Authorization": "Bearer"}, "Bearer"),
        ("openid", {"Authorization": "Bearer x"}, {}, "Bearer"),
        ("key", {"X-Key": "k"}, {"X-Key": ""}, "ApiKey"),
        ("query", {"?": "key=k"}, {"?": "key="}, "ApiKey"),
        ("cookie", {"Cookie": "sid=1"}, {"Cookie": "other=1"}, "ApiKey"),
    ],
)
def test_credentials_of_the_right_form_are_needed(tmp_path, scheme, good, bad, challenge):
    paths = {"/a": {"get": {"security": [{scheme: []}], "responses": {"200": named("x")}}}}
    with mocking(tmp_path, paths, components={"securitySchemes": SCHEMES}) as client:
        for sent, status in ((good, 200), (bad, 401), ({}, 401)):
            fields = {name: value for name, value in sent.items() if name != "?"}
            response = client.get(f"/a?{sent.get('?', '')}", headers=fields)
            assert response.status_code == status
        assert response.headers["www-authenticate"].startswith(challenge)
        assert response.json()["status"] == 401
        form = response.json()["detail"].partition("(")[2].partition(")")[0]
        assert form.startswith(("Authorization: ", "header X-Key", "query key", "cookie sid"))


def test_alternatives_combinations_and_open_operations(tmp_path):
    ok = {"200": named("x")}
    paths = {
        "/either": {"get": {"security": [{"key": []}, {"bearer": []}], "responses": ok}},
        "/both": {"get": {"security": [{"key": [], "bearer": []}], "responses": ok}},
        "/maybe": {"get": {"security": [{"key": []}, {}], "responses": ok}},
        "/open": {"get": {"security": [], "responses": ok}},
        "/default": {"get": {"responses": ok}},
    }
    key, bearer = {"X-Key": "k"}, {"Authorization": "Bearer t"}
    more = {"components": {"securitySchemes": SCHEMES}, "security": [{"key": []}]}
    with mocking(tmp_path, paths, **more) as client:
        expected = {
            "/either": (401, 200, 200, 200),
            "/both": (401, 401, 401, 200),
            "/maybe": (200, 200, 200, 200),
            "/open": (200, 200, 200, 200),
            "/default": (401, 200, 401, 200),
        }
        for path, statuses in expected.items():
            sent = ({}, key, bearer, key | bearer)
            assert tuple(client.get(path, headers=fields).status_code for fields in sent) == statuses


PET = {
    "type": "object",
    "required": ["id", "name", "tags"],
    "xml": {"name": "pet"},
    "properties": {
        "id": {"type": "integer", "xml": {"attribute": True}, "example": 7},
        "name": {"type": "string", "example": "Rex & Co <1>"},
        "tags": {
            "type": "array",
            "xml": {"wrapped": True},
            "items": {"type": "string", "xml": {"name": "tag"}},
            "example": ["a", "b"],
        },
    },
}


def answering(media_type, schema, **more):
    content = {media_type: {"schema": schema, **more}}
    return {"/a": {"get": {"responses": {"200": {"description": "ok", "content": content}}}}}


def test_xml_answers_follow_the_xml_keyword(tmp_path):
    with mocking(tmp_path, answering("application/xml", PET)) as client:
        response = client.get("/a")
    root = ET.fromstring(response.content)
    assert response.headers["content-type"] == "application/xml"
    assert (root.tag, root.get("id"), root.findtext("name")) == ("pet", "7", "Rex & Co <1>")
    assert [tag.text for tag in root.find("tags")] == ["a", "b"]


def test_xml_requests_are_read_and_judged(tmp_path):
    body = {"required": True, "content": {"application/xml": {"schema": PET}}}
    paths = {"/a": {"post": {"requestBody": body, "responses": {"204": {"description": "ok"}}}}}
    sound = b'<pet id="1"><name>x</name><tags><tag>a</tag></tags></pet>'
    bomb = b'<!DOCTYPE p [<!ENTITY a "aaaa">]><pet id="1"><name>&a;</name></pet>'
    with mocking(tmp_path, paths) as client:
        statuses = [
            client.post("/a", content=content, headers={"Content-Type": "application/xml"}).status_code
            for content in (
                sound,
                b"<pet><name>x</name></pet>",
                b"<pet>",
                bomb,
                sound.replace(b'"1"', b'"x"'),
            )
        ]
    assert statuses == [204, 422, 400, 400, 422]


def test_forms_are_read_and_judged(tmp_path):
    schema = {
        "type": "object",
        "required": ["n"],
        "properties": {"n": {"type": "integer"}, "f": {"type": "string", "format": "binary"}},
    }
    content = {
        name: {"schema": schema} for name in ("multipart/form-data", "application/x-www-form-urlencoded")
    }
    body = {"required": True, "content": content}
    paths = {"/a": {"post": {"requestBody": body, "responses": {"204": {"description": "ok"}}}}}
    with mocking(tmp_path, paths) as client:
        assert client.post("/a", data={"n": "5"}).status_code == 204
        assert client.post("/a", data={"n": "five"}).json()["errors"][0]["pointer"] == "/n"
        assert client.post("/a", data={"n": "5"}, files={"f": ("a.bin", b"\xff\x00")}).status_code == 204
        assert client.post("/a", files={"f": ("a.txt", b"x")}).status_code == 422
        broken = {"Content-Type": "multipart/form-data"}
        assert client.post("/a", content=b"--x", headers=broken).status_code == 400


@pytest.mark.parametrize(
    ("media_type", "start"),
    [
        ("image/png", b"\x89PNG\r\n"),
        ("image/gif", b"GIF89a"),
        ("application/pdf", b"%PDF-1.4"),
        ("application/zip", b"PK\x03\x04"),
        ("application/octet-stream", b"\x00"),
    ],
)
def test_binary_answers_are_small_valid_files(tmp_path, media_type, start):
    with mocking(tmp_path, answering(media_type, {"type": "string", "format": "binary"})) as client:
        response = client.get("/a")
    assert response.headers["content-type"] == media_type
    assert response.content.startswith(start)


def test_csv_and_event_streams_from_objects(tmp_path):
    row = {"type": "object", "required": ["a"], "properties": {"a": {"const": 'x, "y"'}}}
    rows = {"type": "array", "minItems": 2, "maxItems": 2, "items": row}
    with mocking(tmp_path, answering("text/csv", rows)) as client:
        found = list(csv.reader(io.StringIO(client.get("/a").text), strict=True))
    assert found == [["a"], ['x, "y"'], ['x, "y"']]
    with mocking(tmp_path, answering("text/event-stream", row)) as client:
        event = client.get("/a").text
    assert event.startswith("data: {")
    assert event.endswith("}\n\n")


PERSON = {
    "type": "object",
    "required": ["id", "firstName", "last_name", "name", "email", "age", "createdAt", "updatedAt", "job"],
    "properties": {
        "id": {"type": "integer"},
        "firstName": {"type": "string"},
        "last_name": {"type": "string"},
        "name": {"type": "string"},
        "email": {"type": "string", "format": "email"},
        "age": {"type": "integer"},
        "createdAt": {"type": "string", "format": "date-time"},
        "updatedAt": {"type": "string", "format": "date-time"},
        "job": {"type": "string", "x-faker": "job.job"},
    },
}
ID = [{"name": "personId", "in": "path", "required": True, "schema": {"type": "integer"}}]


def people(*methods):
    content = {"application/json": {"schema": PERSON}}
    operation = {"parameters": ID, "responses": {"200": {"description": "ok", "content": content}}}
    body = {"content": {"application/json": {"schema": {"type": "object"}}}}
    return {
        "/people/{personId}": {m: operation | ({"requestBody": body} if m != "get" else {}) for m in methods}
    }


def test_made_up_values_follow_names_and_agree(tmp_path):
    with mocking(tmp_path, people("get")) as client:
        found = [client.get(f"/people/{number}").json() for number in range(30)]
    for person in found:
        assert person["name"] == f"{person['firstName']} {person['last_name']}"
        assert 18 <= person["age"] <= 90
        assert person["createdAt"] <= person["updatedAt"]
        assert person["job"]
    assert len({person["name"] for person in found}) > 3
    assert [person["id"] for person in found] == list(range(30))


def test_what_the_request_says_comes_back(tmp_path):
    with mocking(tmp_path, people("put")) as client:
        sent = {"firstName": "Ada", "age": 36, "email": 5, "more": True}
        found = client.put("/people/7", json=sent).json()
    assert (found["id"], found["firstName"], found["age"]) == (7, "Ada", 36)
    assert found["email"] != 5
    assert "more" not in found


@pytest.mark.parametrize(
    "hint", ["no_such_thing", "__class__", "seed", {"text": {"max_nb_chars": 10**9}}, 5, "add_provider"]
)
def test_hints_that_cannot_be_followed_are_passed_over(tmp_path, hint):
    with mocking(tmp_path, answering("application/json", {"type": "string", "x-faker": hint})) as client:
        assert isinstance(client.get("/a").json(), str)


def test_dynamic_answers_pass_examples_over(tmp_path):
    schema = {
        "type": "object",
        "required": ["n"],
        "properties": {"n": {"type": "integer", "minimum": 10, "maximum": 99}},
    }
    with mocking(tmp_path, answering("application/json", schema, example={"n": 10})) as client:
        assert client.get("/a").json() == {"n": 10}
        made_up = client.get("/a", headers={"Prefer": "dynamic=true"}).json()
    assert made_up["n"] >= 10


def test_an_example_that_breaks_its_schema_gives_way_to_a_made_up_value(tmp_path):
    schema = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer", "minimum": 10}}}
    with mocking(tmp_path, answering("application/json", schema, example={"n": 5})) as client:
        assert client.get("/a").json()["n"] >= 10


def test_an_example_that_holds_json_in_a_string_is_read(tmp_path):
    schema = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}
    with mocking(tmp_path, answering("application/json", schema, example='{"n": 7}')) as client:
        assert client.get("/a").json() == {"n": 7}


def test_a_fragment_in_a_path_is_left_out_where_that_is_free(tmp_path):
    get = answering("application/json", {"type": "object"}, example={"of": "post"})["/a"]["get"]
    with mocking(tmp_path, {"/tags#keys": {"post": get}}) as client:
        assert client.post("/tags").json() == {"of": "post"}


def test_fields_that_frame_the_message_are_the_servers_own(tmp_path):
    paths = answering("application/json", {"type": "object"}, example={})
    fields = ("Content-Encoding", "Transfer-Encoding", "Content-Length", "Connection", "X-Kept")
    headers = {name: {"schema": {"type": "string", "const": "gzip"}} for name in fields}
    paths["/a"]["get"]["responses"]["200"]["headers"] = headers
    with mocking(tmp_path, paths) as client:
        response = client.get("/a")
    assert response.json() == {}
    assert response.headers["x-kept"] == "gzip"
    assert "content-encoding" not in response.headers


def test_operations_told_apart_by_a_query_in_their_paths(tmp_path):
    def of(name, *parameters):
        get = answering("application/json", {"type": "object"}, example={"of": name})["/a"]["get"]
        named = [
            {"name": p, "in": "path", "required": True, "schema": {"type": "number"}} for p in parameters
        ]
        return {"get": {**get, "parameters": named}}

    paths = {"/w?city={city}": of("city"), "/w?lat={lat}&lon={lon}": of("place", "lat", "lon")}
    paths |= {"/w?kind=now": of("now"), "/v": of("plain"), "/v?full=1": of("full")}
    with mocking(tmp_path, paths, strict=False) as client:
        for target, expected in [
            ("/w?city=Oslo", "city"),
            ("/w?lon=1&lat=2.5&x=y", "place"),
            ("/w?kind=now", "now"),
            ("/w?nothing", "city"),
            ("/v", "plain"),
            ("/v?full=1", "full"),
            ("/v?full=2", "plain"),
        ]:
            assert client.get(target).json() == {"of": expected}, target
        assert client.get("/w?lat=north&lon=1").status_code == 400


def test_a_null_member_is_no_echo_of_what_the_request_lacks(tmp_path):
    schema = {"type": "object", "required": ["items"], "properties": {"items": {"type": "null"}}}
    with mocking(tmp_path, answering("application/json", schema)) as client:
        assert client.get("/a").json() == {"items": None}
