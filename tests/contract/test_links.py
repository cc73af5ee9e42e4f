"""Links and their runtime expressions (OpenAPI 3.1, section 4.8.20)."""

import json

import pytest

import signoff
from signoff.contract.links import Message, Occurrence, evaluate, links_of
from tests.conftest import DOCUMENTS

OCCURRENCE = Occurrence(
    method="POST",
    url="http://shop.example/things?q=a%20b&q=c",
    status=201,
    path_values={"id": "7"},
    request=Message({"content-type": "application/json", "x-trace": "t"}, b'{"name": "ball"}'),
    response=Message({"content-type": "application/json", "location": "/things/9"}, b'{"id": 9, "a/b": [1]}'),
)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("$url", "http://shop.example/things?q=a%20b&q=c"),
        ("$method", "POST"),
        ("$statusCode", 201),
        ("$request.path.id", "7"),
        ("$request.query.q", "a b"),
        ("$request.header.X-Trace", "t"),
        ("$request.body#/name", "ball"),
        ("$response.header.Location", "/things/9"),
        ("$response.body#/id", 9),
        ("$response.body#/a~1b/0", 1),
        ("$response.body", {"id": 9, "a/b": [1]}),
        ("thing-{$response.body#/id}-{$request.path.id}", "thing-9-7"),
        ("constant", "constant"),
        (5, 5),
    ],
)
def test_expressions(expression, value):
    assert evaluate(expression, OCCURRENCE) == value


@pytest.mark.parametrize(
    "expression",
    ["$nothing", "$request.path.other", "$request.query.other", "$response.header.ETag", "$response.body#/no",
     "$response.body#/a~1b/5", "$response.bodies", "$request.cookie.a", "{$response.body#/no}"],
)  # fmt: skip
def test_expressions_that_lead_to_nothing(expression):
    with pytest.raises(LookupError):
        evaluate(expression, OCCURRENCE)


def test_a_body_that_is_no_json_has_no_members():
    other = Occurrence(
        "GET", "http://x/", 200, {}, Message({}, b""), Message({"content-type": "text/csv"}, b"{}")
    )
    broken = Occurrence(
        "GET", "http://x/", 200, {}, Message({}, b""), Message({"content-type": "a/json"}, b"{")
    )
    for occurrence in (other, broken):
        with pytest.raises(LookupError):
            evaluate("$response.body#/id", occurrence)


def test_links_of_a_published_document():
    contract = signoff.load(DOCUMENTS / "link-example-3.0.yaml")
    operation = contract.operation("getPullRequestsById")
    (link,) = links_of(contract, operation.responses[0])
    assert (link.name, link.target.id) == ("pullRequestMerge", "mergePullRequest")
    assert link.parameters["path", "pid"] == "$response.body#/id"
    assert contract.locate(link.pointer).line == 128


def test_links_by_reference_by_place_and_those_that_lead_nowhere(tmp_path):
    links = {
        "byRef": {"operationRef": "#/paths/~1a/get", "parameters": {"query.q": 1, "unknown": 2}},
        "elsewhere": {"operationRef": "https://other.example/openapi.json#/paths/~1a/get"},
        "unknown": {"operationId": "nope"},
        "loop": {"$ref": "#/components/links/loop"},
    }
    parameters = [{"name": "q", "in": "query", "schema": {"type": "integer"}}]
    operation = {"parameters": parameters, "responses": {"200": {"description": "x", "links": links}}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "x", "version": "1"},
        "paths": {"/a": {"get": operation}},
        "components": {"links": {"loop": {"$ref": "#/components/links/loop"}}},
    }
    path = tmp_path / "links.json"
    path.write_text(json.dumps(document))
    contract = signoff.load(path, check_validity=False)
    (link,) = links_of(contract, contract.operations[0].responses[0])
    assert (link.name, link.parameters) == ("byRef", {("query", "q"): 1})
