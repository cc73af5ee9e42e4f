"""A rejection proves something only beside a valid request that succeeds."""

import itertools

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

import signoff
from signoff.conformance import KnownValues, Options, TargetData, run
from signoff.reporting.model import State
from tests.conformance import shop
from tests.conftest import PUBLISHED, running

DOCUMENTS = ["museum.yaml", "reports-as-published.yaml"]
# What a server without any logic may be said to keep: statements about the responses themselves.
NEEDS_LOGIC = ("parameter", "body", "constraint", "security")
CHECKS_OF_LOGIC = {
    *("request-accepted", "request-rejected", "unsupported-media-415", "method-not-allowed", "auth-enforced"),
    *("object-authorization", "function-authorization", "expected-status", "repeatable", "not-acceptable"),
    *("created-is-found", "updated-is-kept", "deleted-is-gone", "link-target-exists", "existing-is-found"),
}


def verified(verdict):
    return {
        clause_id: found
        for clause_id, found in verdict.evidence.clauses.items()
        if found.state is State.VERIFIED
    }


# What follows from one rejection with another status is tested below.
REJECTED = [*(("museum.yaml", status) for status in (400, 401, 404)), (DOCUMENTS[1], 404)]


@pytest.mark.parametrize(("name", "status"), REJECTED)
def test_a_server_that_rejects_everything_has_nothing_of_its_logic_verified(name, status):
    contract = signoff.load(next(path for path in PUBLISHED if path.name == name))

    async def reject(_):
        return JSONResponse({"title": "no"}, status, {"WWW-Authenticate": "Bearer", "Retry-After": "0"})

    methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"]
    app = Starlette(routes=[Route("/{path:path}", reject, methods=methods)])
    try:
        with running(app) as origin:
            headers = {"Authorization": "Bearer abc.def.ghi", "api_key": "key-of-somebody"}
            is_fuzzed = status == 400 and name == "museum.yaml"
            options = Options(headers=headers, max_examples=3, max_wait_s=1, no_fuzzing=not is_fuzzed)
            verdict = run(origin + contract.base_path, contract, options=options)
    except signoff.SetupError:
        return  # rejected before anything was judged
    found = verified(verdict)
    assert {entry.clause.id for entry in found.values() if entry.clause.kind in NEEDS_LOGIC} == set()
    assert {entry.check.id for entry in found.values() if entry.check} & CHECKS_OF_LOGIC == set()
    assert not verdict.passed


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_server_that_accepts_everything_has_no_constraint_verified(name):
    contract = signoff.load(next(path for path in PUBLISHED if path.name == name))

    async def accept(_):
        return JSONResponse({})

    methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"]
    app = Starlette(routes=[Route("/{path:path}", accept, methods=methods)])
    with running(app) as origin:
        options = Options(max_examples=3, no_fuzzing=name != "museum.yaml")
        verdict = run(origin + contract.base_path, contract, options=options)
    assert {
        entry.clause.id for entry in verified(verdict).values() if entry.clause.kind in NEEDS_LOGIC
    } == set()
    assert not verdict.passed


NOTES = {
    "/boxes/{box}/notes": {
        "post": {
            "operationId": "addNote",
            "security": [],
            "parameters": [
                {"name": "box", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}},
                {"name": "mode", "in": "query", "schema": {"enum": ["draft", "final"]}},
            ],
            "requestBody": {
                "required": True,
                "content": {
                    "application/json": {
                        "schema": {
                            "type": "object",
                            "required": ["text"],
                            "properties": {"text": {"type": "string", "minLength": 2}},
                        }
                    }
                },
            },
            "responses": {
                "201": {"description": "Added"},
                "400": {"description": "Invalid"},
                "404": {"description": "No such box"},
                "409": {"description": "Conflict"},
            },
        }
    }
}


def notes_server(rejection, known="7"):
    """Adds notes to one box; an invalid note gets the given status, None for a server that takes it."""

    async def add(request):
        if not request.path_params["box"].isdecimal() or request.path_params["box"] != known:
            return Response(status_code=404)
        try:
            body = await request.json()
        except (ValueError, RecursionError):
            body = None
        text = body.get("text") if isinstance(body, dict) else None
        is_valid = isinstance(text, str) and len(text) >= 2
        is_valid = is_valid and request.query_params.get("mode", "draft") in ("draft", "final")
        is_valid = is_valid and request.headers.get("content-type", "").startswith("application/json")
        return Response(status_code=201 if is_valid or rejection is None else rejection)

    async def ping(_):
        return Response(status_code=200)

    return Starlette(routes=[Route("/boxes/{box}/notes", add, methods=["POST"]), Route("/ping", ping)])


def notes_run(tmp_path, rejection, existing="7"):
    ping = {"get": {"operationId": "ping", "security": [], "responses": {"200": {"description": "Up"}}}}
    contract = shop.load(tmp_path, paths={**NOTES, "/ping": ping})
    data = TargetData({"box": KnownValues(existing=(existing,))})
    with running(notes_server(rejection)) as origin:
        return run(origin, contract, data, Options(no_fuzzing=True))


def test_a_rejection_beside_a_success_verifies_a_constraint(tmp_path):
    found = verified(notes_run(tmp_path, 400))
    assert {"addNote/body/text/required", "addNote/body/text/minLength"} <= found.keys()
    assert {"addNote/parameters/query/mode/enum", "addNote/rules/request-rejected"} <= found.keys()


def test_a_rejection_for_the_number_of_requests_verifies_none(tmp_path):
    verdict = notes_run(tmp_path, 429)
    assert verdict.evidence.clauses["addNote/body/text/minLength"].state is State.NOT_COVERED
    assert verdict.cut_short  # the run says that it was limited


@pytest.mark.parametrize("status", [403, 409])
def test_a_rejection_about_something_else_verifies_none(tmp_path, status):
    verdict = notes_run(tmp_path, status)
    clause = verdict.evidence.clauses["addNote/body/text/minLength"]
    assert clause.state is State.NOT_COVERED
    assert clause.reason == f"only rejected with {status}, which does not show that this is checked"


def test_an_unknown_resource_verifies_none_and_names_the_next_step(tmp_path):
    verdict = notes_run(tmp_path, 400, existing="8")
    clause = verdict.evidence.clauses["addNote/body/text/minLength"]
    assert clause.state is State.NOT_COVERED
    assert "got 404: name an existing value under `values.box.existing`" in clause.reason
    assert "for 1 of 2 operations" in verdict.setup_problem


def test_404_shows_that_a_path_value_is_checked_and_nothing_of_the_body(tmp_path):
    verdict = notes_run(tmp_path, 404)
    assert "addNote/parameters/path/box" in verified(verdict)
    assert "addNote/body/text/minLength" not in verified(verdict)
    failures = [failure.check.id for failure in verdict.evidence.errors]
    assert failures == ["existing-is-found"]


def test_credentials_that_are_never_accepted_are_a_setup_problem(tmp_path):
    key = {"type": "apiKey", "in": "header", "name": "X-Key"}
    guarded = {
        "get": {
            "operationId": "guarded",
            "security": [{"key": []}],
            "responses": {"200": {"description": "."}},
        }
    }
    opened = {
        f"/open/{n}": {"get": {"operationId": f"open{n}", "responses": {"200": {"description": "."}}}}
        for n in range(5)
    }
    document = {"paths": {"/guarded": guarded, **opened}, "components": {"securitySchemes": {"key": key}}}
    contract = shop.load(tmp_path, **document)

    async def answer(request):
        is_right = request.url.path != "/guarded" or request.headers.get("x-key") == "right"
        return Response(status_code=200 if is_right else 401, headers={"WWW-Authenticate": "Key"})

    app = Starlette(routes=[Route("/{path:path}", answer)])
    problems = {}
    for given in ("", "right", "wrong"):
        with running(app) as origin:
            options = Options(no_fuzzing=True, headers={"X-Key": given} if given else {})
            problems[given] = run(origin, contract, options=options).setup_problem
    assert problems[""] == problems["right"] == ""
    assert problems["wrong"].startswith("the credentials were not accepted. GET /guarded: the only ")
    assert list(itertools.filterfalse(problems.get, problems)) == ["", "right"]
