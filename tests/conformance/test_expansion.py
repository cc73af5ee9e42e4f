"""Schemas whose references expand without bounds are not given to Schemathesis."""

import json
import time

import pytest

import signoff
from signoff.conformance import Options, run
from signoff.conformance.expansion import Expansion
from tests.conftest import running


def contract_of(tmp_path, links, name="Link"):
    """Two operations, and a chain of schemas of which each refers to the next one twice."""
    schemas = {f"{name}0": {"type": "string"}}
    for number in range(1, links + 1):
        ref = {"$ref": f"#/components/schemas/{name}{number - 1}"}
        schemas[f"{name}{number}"] = {
            "type": "object",
            "required": ["l", "r"],
            "properties": {"l": ref, "r": ref, "again": {"$ref": f"#/components/schemas/{name}{number}"}},
        }
    body = {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}{links}"}}}}
    ok = {"200": {"description": "OK"}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Chain", "version": "1"},
        "paths": {
            "/chains": {"post": {"operationId": "add", "requestBody": body, "responses": ok}},
            "/small": {"get": {"operationId": "small", "responses": ok}},
        },
        "components": {"schemas": schemas},
    }
    (tmp_path / "openapi.json").write_text(json.dumps(document))
    return signoff.load(tmp_path / "openapi.json")


def too_large(contract):
    expansion = Expansion(contract)
    return {operation.id for operation in contract.operations if expansion.too_large(operation)}


def test_what_is_too_large(tmp_path):
    assert too_large(contract_of(tmp_path, 12)) == set()
    assert too_large(contract_of(tmp_path, 24)) == {"add"}
    assert too_large(contract_of(tmp_path, 1_200)) == {"add"}


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "array", "minItems": 9_000, "items": {"type": "string"}}, False),
        (
            {"type": "array", "minItems": 2_000, "items": {"type": "array", "minItems": 2_000, "items": {}}},
            True,
        ),
        (
            {
                "type": "array",
                "minContains": 9_000,
                "contains": {"minProperties": 900, "additionalProperties": {}},
            },
            True,
        ),
        ({"type": "array", "minItems": 1e30, "items": {"type": "string"}}, True),
        ({"type": "object", "properties": {"items": {"type": "string"}}, "minItems": 5_000_000}, False),
        ({"type": "array", "items": {"properties": {f"p{number}": {} for number in range(501)}}}, True),
    ],
)
def test_required_items_multiply(tmp_path, schema, expected):
    assert too_large(with_schema(tmp_path, schema)) == ({"add"} if expected else set())


def with_schema(tmp_path, schema):
    """The two operations, one with this schema of its body."""
    contract_of(tmp_path, 1)
    document = json.loads((tmp_path / "openapi.json").read_text())
    document["components"]["schemas"]["Link1"] = schema
    (tmp_path / "openapi.json").write_text(json.dumps(document))
    return signoff.load(tmp_path / "openapi.json", check_validity=False)


LISTS = {"type": "array", "minItems": 3_000, "items": {"type": "array", "minItems": 3_000, "items": {}}}


@pytest.mark.parametrize("kind", ["references", "items"])
def test_a_run_ends_and_says_what_it_left_out(tmp_path, kind):
    contract = contract_of(tmp_path, 40) if kind == "references" else with_schema(tmp_path, LISTS)
    started = time.process_time()
    asked = []

    async def app(scope, receive, send):
        if scope["type"] == "http":
            asked.append((scope["method"], scope["path"]))
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b""})

    with running(app) as origin:
        verdict = run(origin, contract, options=Options(max_examples=3))
    assert time.process_time() - started < 60  # lists of lists took minutes, and gigabytes
    assert verdict.evidence.withheld["add"] == (
        "generated requests were not sent, because the schemas of the request have more than 1,000,000 parts"
        " (--max-fuzzed-parts raises the limit), with all references expanded and all required items:"
        " use fewer references, or a smaller `minItems`"
    )
    assert ("GET", "/small") in asked
