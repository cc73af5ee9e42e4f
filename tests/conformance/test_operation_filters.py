"""Which operations a run tests, and names in the data file that the document does not have."""

import json

import pytest
from click.testing import CliRunner
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

import signoff
from signoff.cli import main
from signoff.conformance import KnownValues, Options, TargetData, run
from signoff.conformance.data_check import checked
from signoff.conformance.known_values import OperationData, User
from signoff.conformance.operation_filters import choose
from signoff.conformance.target_data import load_data
from tests.conftest import running

OK = {"200": {"description": "OK"}}
ID = {"name": "rowId", "in": "path", "required": True, "schema": {"type": "string"}}
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Rows", "version": "1"},
    "paths": {
        "/rows": {"get": {"operationId": "listRows", "tags": ["rows"], "responses": OK}},
        "/rows/{rowId}": {
            "parameters": [ID],
            "get": {"operationId": "getRow", "tags": ["rows"], "responses": OK, "deprecated": True},
        },
        "/admin/jobs": {
            "get": {"operationId": "listJobs", "tags": ["admin", "rows"], "responses": OK},
            "post": {"tags": ["admin"], "responses": OK},
        },
    },
}


@pytest.fixture
def contract(tmp_path):
    path = tmp_path / "rows.json"
    path.write_text(json.dumps(DOCUMENT))
    return signoff.load(path)


@pytest.mark.parametrize(
    ("include", "exclude", "wanted"),
    [
        (["operation:getRow"], [], {"getRow"}),
        (["operation:POST /admin/jobs"], [], {"POST /admin/jobs"}),
        (["tag:rows"], ["tag:admin"], {"listRows", "getRow"}),
        (["path:/rows/{rowId}"], [], {"getRow"}),
        (["path:~^/rows"], [], {"listRows", "getRow"}),
        (["method:post"], [], {"POST /admin/jobs"}),
        (["deprecated"], [], {"getRow"}),
        ([], ["deprecated", "method:POST"], {"listRows", "listJobs"}),
        ([f"operation:~^{'(none|)' * 100}getRow$"], [], {"getRow"}),
        (["operation:~^list", "deprecated"], ["path:~admin"], {"listRows", "getRow"}),
    ],
)
def test_filters_choose_operations(contract, include, exclude, wanted):
    assert choose(contract, tuple(include), tuple(exclude)).only == wanted


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("operation:getRows", "--include 'operation:getRows' matches no operation\nDid you mean 'getRow'?"),
        ("tag:Row", "--include 'tag:Row' matches no operation\nDid you mean 'rows'?"),
        ("method:PATCH", "matches no operation"),
        (
            "taq:rows",
            "'taq:rows' does not select operations\nDid you mean 'tag'? Use operation:NAME, tag:NAME",
        ),
        ("path:~[", "has an invalid regular expression"),
        ("tag:", "does not select operations"),
    ],
)
def test_a_filter_that_takes_nothing_is_an_error(contract, text, message):
    with pytest.raises(signoff.SetupError) as caught:
        choose(contract, (text,), ())
    assert message in str(caught.value)


def test_what_is_excluded_is_never_called_and_not_reported(contract):
    asked = []

    async def handle(request):
        asked.append(f"{request.method} {request.url.path}")
        return JSONResponse([])

    app = Starlette(routes=[Route("/{path:path}", handle, methods=["GET", "POST", "HEAD"])])
    with running(app) as origin:
        verdict = run(origin, contract, options=Options(exclude=("tag:admin",), max_examples=5))
    assert not [line for line in asked if "/admin" in line]
    assert {found.clause.operation for found in verdict.evidence.clauses.values()} == {"listRows", "getRow"}


def test_requirements_of_chosen_operations_are_listed(contract):
    found = CliRunner().invoke(
        main,
        ["--no-config", "test", "--list-requirements", "--include", "tag:admin", contract.source_name],
    )
    assert found.exit_code == 0, found.output
    assert "listJobs/" in found.output
    assert "getRow/" not in found.output


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"operations": {"getrow": {"skip": "x"}}}, "unknown operation 'getrow'\nDid you mean 'getRow'?"),
        (
            {"operations": {"GET /row": {"skip": "x"}}},
            "unknown operation 'GET /row'\nDid you mean 'GET /rows'?",
        ),
        (
            {"operations": {"tag:admim": {"skip": "x"}}},
            "`tag:admim` matches no operation\nDid you mean 'admin'?",
        ),
        ({"values": {"row_id": {"existing": [1]}}}, "unknown parameter 'row_id'\nDid you mean 'rowId'?"),
        ({"values": {"query.rowId": {"existing": [1]}}}, "unknown parameter 'query.rowId'"),
        (
            {"operations": {"listRows": {"values": {"rowId": {"existing": [1]}}}}},
            "unknown parameter 'rowId'\nThe document has none.",
        ),
        ({"users": {"ann": {"denied-operations": ["listjobs"]}}}, "Did you mean 'listJobs'?"),
        ({"users": {"ann": {"denied-resources": {"row": "existing"}}}}, "unknown parameter 'row'"),
        ({"users": {"ann": {}}, "default-user": "anne"}, "Did you mean 'ann'?"),
    ],
)
def test_a_misspelt_name_in_the_data_file_is_an_error_with_its_place(tmp_path, contract, content, message):
    file = tmp_path / "data.json"
    file.write_text(json.dumps(content, indent=1))
    with pytest.raises(signoff.SignoffError) as caught:
        checked(contract, load_data(file))
    assert message in str(caught.value)
    assert caught.value.location.line > 1


def test_settings_by_filter_complete_those_by_name(contract):
    data = TargetData(
        {"path.rowId": KnownValues(existing=("a",))},
        users={"ann": User("ann", denied_operations=frozenset({"tag:admin"}))},
        operations={
            "tag:rows": OperationData(headers={"X-A": "1"}, once=True),
            "deprecated": OperationData(skip="old"),
            "GET /rows": OperationData(headers={"X-A": "2"}),
        },
    )
    found = checked(contract, data)
    assert found.operations == {
        "listRows": OperationData(headers={"X-A": "2"}, once=True),
        "getRow": OperationData(headers={"X-A": "1"}, once=True, skip="old"),
        "listJobs": OperationData(headers={"X-A": "1"}, once=True),
    }
    assert found.users["ann"].denied_operations == {"listJobs", "POST /admin/jobs"}
