"""Schemas whose references expand without bounds are not given to Schemathesis."""

import yaml

import signoff
from signoff.conformance import Options, run
from signoff.conformance.expansion import TOO_LARGE, Expansion
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
    (tmp_path / "openapi.yaml").write_text(yaml.safe_dump(document))
    return signoff.load(tmp_path / "openapi.yaml")


def too_large(contract):
    expansion = Expansion(contract)
    return {operation.id for operation in contract.operations if expansion.is_too_large(operation)}


def test_what_is_too_large(tmp_path):
    assert too_large(contract_of(tmp_path, 12)) == set()
    assert too_large(contract_of(tmp_path, 24)) == {"add"}
    assert too_large(contract_of(tmp_path, 3_000)) == {"add"}


def test_a_run_ends_and_says_what_it_left_out(tmp_path):
    asked = []

    async def app(scope, receive, send):
        if scope["type"] == "http":
            asked.append((scope["method"], scope["path"]))
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b""})

    with running(app) as origin:
        verdict = run(origin, contract_of(tmp_path, 40), options=Options(max_examples=3))
    assert verdict.evidence.withheld["add"] == TOO_LARGE
    assert ("GET", "/small") in asked
