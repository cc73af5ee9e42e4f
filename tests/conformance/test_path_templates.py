"""Paths and names of path parameters that Schemathesis can't fill in as they are."""

import pytest

from signoff.conformance.base_requests import BaseRequests
from signoff.conformance.generation import schema_for
from signoff.conformance.options import Options
from signoff.conformance.target_data import TargetData
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
