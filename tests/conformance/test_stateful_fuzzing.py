"""Schemathesis' stateful phase: it follows the document's links, and what it finds joins the same clauses."""

import json

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

import signoff
from signoff.conformance.client import Client
from signoff.conformance.fuzzing import FuzzingRun, search
from signoff.conformance.generation import schema_for
from signoff.conformance.known_values import KnownValues, OperationData, TargetData, User
from signoff.conformance.limits import Deadline
from signoff.conformance.options import Options
from signoff.reporting.model import State
from tests.conformance import shop
from tests.conftest import DOCUMENTS, running


@pytest.fixture
def server():
    """A server whose things have ids that nobody guesses, of a wrong shape; and its notes."""
    notes = []

    async def things(request):
        notes.append((request.method, request.url.path, request.url.query))
        if request.method == "POST":
            return JSONResponse({"id": 77001701, "name": "x"}, 201)
        return Response(status_code=200)

    async def one(request):
        notes.append((request.method, request.url.path, request.url.query))
        if request.method == "GET" and request.path_params["id"] == "77001701":
            return JSONResponse({"name": 5}, 200)
        return Response(status_code=404)

    routes = [
        Route("/things", things, methods=["GET", "POST"]),
        Route("/things/{id}", one, methods=["GET", "PUT", "DELETE"]),
    ]
    with running(Starlette(routes=routes)) as origin:
        yield origin, notes


def searched(contract, origin, data=None):
    judge = shop.judge_of(contract)
    phases = []
    schema = schema_for(contract, origin, data or TargetData(), Options(seed=1, max_examples=8))
    with Client() as client:
        run = FuzzingRun(judge, client, origin)
        errors, cut_short, again = search(schema, run, Deadline(None), phases.append)
    assert not cut_short
    assert again == []
    return judge, phases, errors


def test_what_only_a_link_leads_to_is_found_and_joins_the_clauses(server, tmp_path):
    origin, _ = server
    judge, phases, errors = searched(shop.load(tmp_path, security=[]), origin)
    assert "stateful" in phases
    assert errors == []
    found = judge.evidence.clauses["getThing/rules/response-schema"]
    assert found.state is State.VIOLATED
    assert found.exchange.sent.path == "/things/77001701"
    assert judge.evidence.clauses["getThing/responses/200"].state is State.VIOLATED


def test_a_run_leaves_the_contract_as_it_was(server):
    """Schemathesis writes the links that it infers from schemas into its document."""
    contract = signoff.load(DOCUMENTS / "link-example-3.0.yaml")
    before = json.dumps(contract.document)
    searched(contract, server[0])
    assert json.dumps(contract.document) == before


def test_values_of_the_data_file_are_tried_but_none_that_exists_is_deleted(server, tmp_path):
    origin, notes = server
    data = TargetData(
        {"thingId": KnownValues(existing=("5550001",), missing=("5550009",))},
        operations={"getPart": OperationData(skip="there are none")},
    )
    searched(shop.load(tmp_path, security=[]), origin, data)
    paths = {method: {path for asked, path, _ in notes if asked == method} for method in ("GET", "DELETE")}
    assert "/things/5550001" in paths["GET"]
    assert "/things/5550001" not in paths["DELETE"]
    assert "/things/5550009" in paths["DELETE"]
    assert not any("/parts/" in path for path in paths["GET"])


def test_credentials_in_the_query_are_carried_by_every_generated_request(server, tmp_path):
    origin, notes = server
    person = User("ann", query={"key": "k-12345678"})
    data = TargetData(users={"ann": person}, default_user="ann")
    searched(shop.load(tmp_path, security=[{"queryKey": []}]), origin, data)
    documented = [query for method, path, query in notes if method in ("GET", "POST") and path == "/things"]
    assert documented
    assert [q for q in documented if "key=k-12345678" not in q] == []
