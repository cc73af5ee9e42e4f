"""References by place, by `$id` and by anchor, and to objects of another kind."""

import copy

import pytest
import yaml

import signoff
from signoff.contract import Direction, DocumentError
from signoff.contract.bundle import bundle
from signoff.contract.document import as_written
from signoff.contract.source import Source
from tests.review.documents import rules_found

SAMPLES = {
    "schemas": {"type": "object", "properties": {"size": {"type": "integer"}}},
    "responses": {"description": "Done.", "content": {"text/plain": {"schema": {"type": "string"}}}},
    "parameters": {"name": "page", "in": "query", "schema": {"type": "integer"}},
    "requestBodies": {"required": True, "content": {"application/json": {"schema": {"type": "array"}}}},
    "headers": {"style": "simple", "schema": {"type": "string"}},
    "links": {"operationId": "list"},
    "callbacks": {"{$request.body#/url}": {"post": {"responses": {"204": {"description": "Done."}}}}},
    "pathItems": {"get": {"responses": {"204": {"description": "Done."}}}},
    "securitySchemes": {"type": "http", "scheme": "bearer"},
    "examples": {"value": {"size": 3}},
}
# The places where references stand, and the kind of component that belongs there.
PLACES = {
    "paths /a post responses 200 content application/json schema": "schemas",
    "components schemas Box properties lid": "schemas",
    "components schemas Box allOf 0": "schemas",
    "paths /a post responses 404": "responses",
    "paths /a post responses default": "responses",
    "paths /a post parameters 0": "parameters",
    "paths /a parameters 0": "parameters",
    "paths /a post requestBody": "requestBodies",
    "paths /a post responses 200 headers X-Page": "headers",
    "paths /a post responses 200 links next": "links",
    "paths /a post callbacks event": "callbacks",
    "paths /b": "pathItems",
    "components securitySchemes token": "securitySchemes",
    "paths /a post responses 200 content application/json examples one": "examples",
}


def document(place="", ref=""):
    operation = {
        "operationId": "list",
        "parameters": [{"name": "q", "in": "query", "schema": {"type": "string"}}],
        "responses": {
            "200": {"description": "Done.", "content": {"application/json": {"schema": {}}}},
            "404": {"description": "Nothing."},
        },
    }
    components = {kind: {"Sample": copy.deepcopy(sample)} for kind, sample in SAMPLES.items()}
    components["schemas"]["Box"] = {"type": "object", "properties": {}, "allOf": [{}]}
    parameters = [{"name": "r", "in": "query", "schema": {"type": "string"}}]
    paths = {"/a": {"post": operation, "parameters": parameters}, "/b": {}}
    info = {"title": "Boxes", "version": "1"}
    made = {"openapi": "3.1.0", "info": info, "paths": paths, "components": components}
    *tokens, last = [
        int(token) if token.isdigit() and len(token) == 1 else token for token in place.split()
    ] or ["x-nothing"]
    held = made
    for token in tokens:
        held = held.setdefault(token, {}) if isinstance(held, dict) else held[token]
    held[last] = {"$ref": ref}
    return made


def loaded(tmp_path, value, **files):
    for name, content in files.items():
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(content))
    path = tmp_path / "openapi.yaml"
    path.write_text(yaml.safe_dump(value, sort_keys=False))
    as_written(path)  # in which a reference that cannot be resolved is an error
    return signoff.load(path, strict=False)


WRONG = [(place, kind) for place, right in PLACES.items() for kind in SAMPLES if kind != right]


@pytest.mark.parametrize(("place", "right"), PLACES.items())
def test_references_to_the_kind_that_belongs_there(tmp_path, place, right):
    loaded(tmp_path, document(place, f"#/components/{right}/Sample"))
    loaded(tmp_path, document(place, "part.yaml"), part=SAMPLES[right])
    loaded(tmp_path, document(place, "parts.yaml#/Sample"), parts={"Sample": SAMPLES[right]})


@pytest.mark.parametrize(("place", "kind"), WRONG)
def test_references_to_a_component_of_another_kind(tmp_path, place, kind):
    with pytest.raises(DocumentError, match="; expected ") as caught:
        loaded(tmp_path, document(place, f"#/components/{kind}/Sample"))
    assert caught.value.location.pointer.endswith(f"{place.split()[-1].replace('/', '~1')}/$ref")
    assert caught.value.suggestion
    tolerant = signoff.load(tmp_path / "openapi.yaml", strict=False)
    assert any("; expected " in warning and warning.endswith("; ignored") for warning in tolerant.warnings)
    with pytest.raises(DocumentError, match="; expected "):
        loaded(tmp_path, document(place, f"part.yaml#/components/{kind}/Sample"), part=document())
    assert rules_found(tmp_path, document(place, f"#/components/{kind}/Sample")) == {"unresolved-ref"}


SCHEMA = "paths /a post responses 200 content application/json schema"
RESPONSE = "paths /a post responses 404"


@pytest.mark.parametrize(
    ("place", "ref", "found"),
    [
        (RESPONSE, "part.yaml", "a schema"),
        (RESPONSE, "#/x-shared/name", "a schema"),
        (SCHEMA, "part.yaml#/answer/full", "a response"),
        ("paths /a post parameters 0", "part.yaml#/answer/full", "a response"),
        ("paths /b", "part.yaml", "a schema"),
        (SCHEMA, "#/components/schemas", "a map of schemas"),
        (SCHEMA, "#/paths/~1a/parameters", "a list of parameters"),
        (SCHEMA, "#/paths/~1a/post", "an operation"),
        (SCHEMA, "#/paths/~1a", "a path item"),
        (SCHEMA, "#", "the whole document"),
        (SCHEMA, "#/info/title", "a value"),
        (RESPONSE, "#/components/headers/Sample", "a header"),
        ("paths /a post responses 200 content application/json", "#/components/schemas/Box", "a schema"),
    ],
)
def test_what_a_reference_leads_to_is_named(tmp_path, place, ref, found):
    part = {"type": "object", "required": ["a"]}
    part |= {"answer": {"full": {"description": "Done.", "headers": {}}}} if "answer" in ref else {}
    value = {**document(place, ref), "x-shared": {"name": {"type": "string", "maxLength": 40}}}
    with pytest.raises(DocumentError, match=rf"points to {found}; expected an? [a-z ]+"):
        loaded(tmp_path, value, part=part)


@pytest.mark.parametrize(
    ("place", "ref"),
    [
        (RESPONSE, "#/components/schemas/Failure"),  # a response among the schemas
        (RESPONSE, "#/paths/~1a/post/responses/200"),
        (SCHEMA, "#/components/responses/Sample/content/text~1plain/schema"),
        (SCHEMA, "#/components/parameters/Sample/schema"),
        (SCHEMA, "#/x-shared/anything"),
        (SCHEMA, "#/components/schemas/Failure"),
        ("paths /b", "#/x-shared/path"),
        ("paths /a post responses 200 content application/json examples one", "#/x-shared/anything"),
    ],
)
def test_targets_that_may_be_meant(tmp_path, place, ref):
    value = document(place, ref)
    value["components"]["schemas"]["Failure"] = {
        "description": "It failed.",
        "content": {"text/plain": {"schema": {"type": "string"}}},
    }
    value["x-shared"] = {
        "anything": {"description": "Any value."},
        "path": {"get": {"responses": {}}, "x": 1},
    }
    if ref.endswith("Failure") and place == SCHEMA:
        del value["components"]["schemas"]["Failure"]["content"]
    loaded(tmp_path, value)


def test_a_schema_of_swagger_where_a_response_belongs(tmp_path):
    value = {
        "swagger": "2.0",
        "info": {"title": "Boxes", "version": "1"},
        "paths": {"/a": {"get": {"responses": {"200": {"$ref": "#/definitions/Box"}}}}},
        "definitions": {"Box": {"type": "object"}},
    }
    with pytest.raises(DocumentError, match="points to a schema; expected a response"):
        loaded(tmp_path, value)
    value["definitions"]["Box"] = {"description": "A box.", "schema": {"type": "object"}}
    loaded(tmp_path, value)


def body(tmp_path, schema, files=(), **schemas):
    value = document()
    value["paths"]["/a"]["post"]["responses"]["200"]["content"]["application/json"]["schema"] = schema
    value["components"]["schemas"] |= schemas
    contract = loaded(tmp_path, value, **dict(files))
    return contract.operations[0].responses[0].content[0].schema


LID = {"type": "object", "required": ["size"]}


@pytest.mark.parametrize(
    ("schema", "schemas"),
    [
        (
            {"$ref": "https://boxes.example/schemas/lid"},
            {"Lid": {"$id": "https://boxes.example/schemas/lid", **LID}},
        ),
        ({"$ref": "Lid"}, {"L": {"$id": "Lid", **LID}}),
        ({"$ref": "lids/flat"}, {"L": {"$id": "./lids/flat", **LID}}),
        ({"$ref": "urn:box:lid"}, {"L": {"$id": "urn:box:lid", **LID}}),
        ({"$ref": "https://boxes.example/lid#"}, {"L": {"$id": "https://boxes.example/lid", **LID}}),
        (
            {"$ref": "#/components/schemas/Crate"},
            {
                "Crate": {"$id": "https://boxes.example/a/crate", "$ref": "../b/lid"},
                "L": {"$id": "https://boxes.example/b/lid", **LID},
            },
        ),
        (
            {"$ref": "https://boxes.example/crate#/$defs/lid"},
            {"Crate": {"$id": "https://boxes.example/crate", "$defs": {"lid": LID}}},
        ),
        (
            {"$ref": "https://boxes.example/crate"},
            {"Crate": {"$id": "https://boxes.example/crate", "$defs": {"lid": LID}, "$ref": "#/$defs/lid"}},
        ),
        (
            {"$ref": "crate#top"},
            {
                "Other": {"$anchor": "top", "type": "string"},
                "Crate": {"$id": "crate", "$defs": {"lid": {"$anchor": "top", **LID}}},
            },
        ),
        (
            {"$ref": "#top"},
            {"Other": {"$id": "other", "$anchor": "top", "type": "string"}, "L": {"$anchor": "top", **LID}},
        ),
        (
            {"$ref": "https://boxes.example/nested/lid"},
            {"Crate": {"$id": "https://boxes.example/crate", "$defs": {"lid": {"$id": "nested/lid", **LID}}}},
        ),
        (
            {"$ref": "#/components/schemas/Crate"},
            {"Crate": {"$id": "https://boxes.example/crate", "$ref": "#/components/schemas/L"}, "L": LID},
        ),
    ],
)
def test_references_by_id_and_anchor(tmp_path, schema, schemas):
    found = body(tmp_path, {"type": "array", "items": schema}, **schemas)
    assert [v.missing for v in found.violations([{}], Direction.RESPONSE)] == ["size"]
    assert found.is_valid([{"size": 1}], Direction.RESPONSE)


def test_documents_with_ids_are_valid(tmp_path):
    crate = {"$id": "https://boxes.example/crate", "type": "object", "properties": {"lid": {"$ref": "lid"}}}
    lid = {"$id": "https://boxes.example/lid", **LID, "properties": {"crate": {"$ref": "crate"}}}
    body(tmp_path, {"$ref": "https://boxes.example/crate"}, Crate=crate, L=lid)
    contract = signoff.load(tmp_path / "openapi.yaml", strict=True)
    found = contract.operations[0].responses[0].content[0].schema
    assert not found.is_valid({"lid": {"size": 1, "crate": {"lid": {}}}}, Direction.RESPONSE)


def test_an_id_of_another_file(tmp_path):
    parts = {"Lid": {"$id": "urn:lid", **LID}, "Crate": {"properties": {"lid": {"$ref": "urn:lid"}}}}
    found = body(tmp_path, {"$ref": "parts.yaml#/Crate"}, {"parts": parts})
    assert [v.pointer for v in found.violations({"lid": {}}, Direction.RESPONSE)] == ["/lid"]


@pytest.mark.parametrize("ref", ["#nope", "Lid#nope", "https://boxes.example/nope", "Nope"])
def test_names_that_no_schema_has(tmp_path, ref):
    with pytest.raises(DocumentError, match=r"cannot be resolved|is a remote URL"):
        body(tmp_path, {"$ref": ref}, L={"$id": "Lid", **LID})


def test_an_id_before_openapi_3_1_names_nothing(tmp_path):
    value = document(SCHEMA, "Lid")
    value["components"]["schemas"]["L"] = {"$id": "Lid", **LID}
    value["components"].pop("pathItems")
    with pytest.raises(DocumentError, match="cannot be resolved"):
        loaded(tmp_path, {**value, "openapi": "3.0.3"})


@pytest.mark.parametrize(
    ("name", "ref"),
    [
        ("a box", "a%20box.yaml"),
        ("a box", "a box.yaml"),
        ("größe", "gr%C3%B6%C3%9Fe.yaml"),
        ("50%", "50%25.yaml"),
        ("a#b", "a%23b.yaml"),
        ("100% wool", "100% wool.yaml"),
    ],
)
def test_references_to_files_are_percent_decoded(tmp_path, name, ref):
    for start in ("", "./", f"{tmp_path.as_uri()}/"):
        found = body(tmp_path, {"$ref": f"{start}{ref}#/Lid"}, {name: {"Lid": LID}})
        assert not found.is_valid({}, Direction.RESPONSE)


@pytest.fixture
def outside(tmp_path, monkeypatch):
    """A document in a folder of its own, the working directory elsewhere, and a file beside the folder."""
    for name in ("api", "elsewhere"):
        (tmp_path / name).mkdir()
    (tmp_path / "beside.yaml").write_text(yaml.safe_dump({"Lid": LID, "text": "secret"}))
    monkeypatch.chdir(tmp_path / "elsewhere")
    return tmp_path


def referring(folder, ref):
    file = folder / "api" / "openapi.yaml"
    file.write_text(yaml.safe_dump(document("components schemas Box properties lid", ref)))
    return file


@pytest.mark.parametrize("ref", ["../beside.yaml#/Lid", "../elsewhere/../beside.yaml#/Lid", "ABSOLUTE#/Lid"])
def test_a_file_outside_the_documents_folder_is_not_read(outside, ref):
    file = referring(outside, ref.replace("ABSOLUTE", str(outside / "beside.yaml")))
    with pytest.raises(DocumentError, match="leads outside the document's folder"):
        signoff.load(file)


def test_a_link_of_the_file_system_does_not_lead_out(outside):
    (outside / "api" / "near.yaml").symlink_to(outside / "beside.yaml")
    with pytest.raises(DocumentError, match="leads outside the document's folder"):
        signoff.load(referring(outside, "near.yaml#/Lid"))


def test_a_file_of_the_same_repository_or_working_directory_is_read(outside, monkeypatch):
    file = referring(outside, "../beside.yaml#/Lid")
    with monkeypatch.context() as context:
        context.chdir(outside)
        signoff.load(file)
    (outside / ".git").mkdir()
    signoff.load(file)


@pytest.mark.parametrize("content", ["root:x:0:0", "7", ""])
def test_a_file_that_is_not_an_object_is_not_embedded(outside, content):
    (outside / "api" / "passwd").write_text(content)
    with pytest.raises(DocumentError, match="not an object"):
        signoff.load(referring(outside, "passwd"))


def test_a_fetched_document_refers_to_nothing_local(outside):
    """Not by a path, a file URL, or the address of a file in the git repository here."""
    near = Source("http://127.0.0.1:9/openapi.yaml", "http://127.0.0.1:9/openapi.yaml", b"{}")
    for ref in (f"file://{outside}/beside.yaml", "git::HEAD:HEAD:beside.yaml"):
        made = document("components schemas Box properties lid", f"{ref}#/Lid")
        with pytest.raises(DocumentError, match="leads outside the document's folder"):
            bundle(near, made, allow_remote_refs=True)
