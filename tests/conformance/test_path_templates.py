"""Paths and names of path parameters that Schemathesis can't fill in as they are."""

import json

import pytest

from signoff.conformance.base_requests import BaseRequests
from signoff.conformance.generation import schema_for
from signoff.conformance.options import Options
from signoff.conformance.target_data import KnownValues, TargetData
from signoff.contract import load


@pytest.mark.parametrize(
    ("path", "name", "expected"),
    [
        ("/projects/{project.id}/tasks", "project.id", "/projects/seven/tasks"),
        ("/a/{x:path}", "x:path", "/a/seven"),
        ("/a/{ids[]}", "ids[]", "/a/seven"),
        ("/a/{2}", "", "/a/1"),
        ("/a/{id", "", "/a/%7Bid"),
        ("a", "", "/a"),
        ("", "", "/"),
    ],
)
def test_base_requests_of_odd_paths(tmp_path, path, name, expected):
    parameter = f"{{name: '{name}', in: path, required: true, schema: {{enum: [seven]}}}}"
    (tmp_path / "openapi.yaml").write_text(
        f"openapi: 3.1.0\ninfo: {{title: t, version: '1'}}\npaths:\n  '{path}':\n    get:\n"
        f"      parameters: [{parameter if name else ''}]\n"
        "      responses: {'200': {description: ok}}\n"
    )
    contract, origin = load(tmp_path / "openapi.yaml", strict=False), "http://127.0.0.1:1"
    bases = BaseRequests(contract, schema_for(contract, origin, TargetData(), Options()), origin)
    assert bases.make(contract.operations[0], TargetData()).url == origin + expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("10.0.0.0/8", "10.0.0.0%2F8"),
        ("a?b#c d%e%2Ff", "a%3Fb%23c%20d%25e%252Ff"),
        ("é", "%C3%A9"),
        ("a:b,c@d;e=(f)", "a:b,c@d;e=(f)"),
    ],
)
@pytest.mark.parametrize("place", ["example", "data", "override"])
def test_values_of_path_parameters_are_percent_encoded(tmp_path, value, expected, place):
    example = value if place == "example" else "other"
    parameter = {
        "name": "id",
        "in": "path",
        "required": True,
        "schema": {"type": "string"},
        "example": example,
    }
    document = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {
            "/a/{id}": {"get": {"parameters": [parameter], "responses": {"200": {"description": "ok"}}}}
        },
    }
    (tmp_path / "openapi.yaml").write_text(json.dumps(document))
    contract, origin = load(tmp_path / "openapi.yaml"), "http://127.0.0.1:1"
    known = {"id": KnownValues((value,))} if place == "data" else {}
    data = TargetData(values=known)
    bases = BaseRequests(contract, schema_for(contract, origin, data, Options()), origin)
    made = bases.make(contract.operations[0], data, {"id": value} if place == "override" else None)
    assert made.url == f"{origin}/a/{expected}"
