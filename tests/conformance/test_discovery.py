"""What a run learns by itself, and what it makes of it."""

import json

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from signoff.conformance import Options, TargetData, run
from signoff.conformance.base_requests import BaseRequests
from signoff.conformance.discovery import Explorer, discover
from signoff.conformance.generation import schema_for
from signoff.conformance.known_values import KnownValues, OperationData
from signoff.contract.paths import operations_table
from signoff.reporting.model import State
from tests.conformance import shop
from tests.conftest import running

PUBLIC = {"security": []}


def learned(tmp_path, answers, data=None, **changes):
    """What is learned from a server that gives these answers: body and fields by operation id."""
    contract = shop.load(tmp_path, **{**PUBLIC, **changes})
    data = data or TargetData()
    bases = BaseRequests(contract, schema_for(contract, shop.ORIGIN, data, Options()), shop.ORIGIN)
    judge, asked = shop.judge_of(contract), []

    def send(operation, sent, label, *, intent="positive"):
        asked.append(operation.id)
        status, body, headers = answers.get(operation.id, (500, None, ()))
        path = sent.url.removeprefix(shop.ORIGIN)
        sound = {"name": "x"} if sent.body else None
        return shop.exchange(
            judge, operation.id, status, body, method=sent.method, path=path, sent=sound,
            headers=headers, intent=intent,
        )  # fmt: skip

    explorer = Explorer(contract, data, operations_table(contract))
    found = discover(explorer, bases, send)
    return found.learned, asked


def test_a_link_teaches(tmp_path):
    found, asked = learned(tmp_path, {"addThing": (201, {"id": 7}, ())})
    assert found == {"/things/{thingId}": "7"}
    assert asked == ["addThing"]


def test_location_teaches_where_there_is_no_body(tmp_path):
    found, _ = learned(tmp_path, {"addThing": (201, None, (("Location", "/things/8"),))})
    assert found == {"/things/{thingId}": "8"}


@pytest.mark.parametrize("location", ["http://[", "/elsewhere/8", "/things/none", ""])
def test_a_location_that_leads_nowhere_teaches_nothing(tmp_path, location):
    assert learned(tmp_path, {"addThing": (201, None, (("Location", location),))})[0] == {}


@pytest.mark.parametrize(
    "body",
    [
        [{"id": 9}, {"id": 10}],
        {"items": [{"id": 9}], "total": 1},
        {"data": {"id": 9}},
        [{"thing_id": 9, "id": "other"}],
        [{"thingId": "9"}],
        {"id": 9},
    ],
)
def test_a_list_teaches_by_custom(tmp_path, body):
    found, asked = learned(tmp_path, {"listThings": (200, body, ()), "addThing": (409, None, ())})
    assert found == {"/things/{thingId}": "9"}
    # A conflict may be about the body, so that the next one is tried.
    assert asked == ["addThing", "addThing", "listThings"]


@pytest.mark.parametrize(
    "body", [[], [{"id": 0}], [{"id": True}], [{"name": "x"}], {}, ["a"], [{"id": "x" * 300}]]
)
def test_what_is_no_id_teaches_nothing(tmp_path, body):
    assert learned(tmp_path, {"listThings": (200, body, ())})[0] == {}


def test_what_is_known_is_not_asked_for(tmp_path):
    assert learned(tmp_path, {}, TargetData({"thingId": KnownValues(existing=("1",))})) == ({}, [])


def test_what_is_skipped_is_not_asked(tmp_path):
    data = TargetData(
        operations={"addThing": OperationData(skip="no"), "GET /things": OperationData(skip="no")}
    )
    assert learned(tmp_path, {}, data) == ({}, [])


async def sent(request):
    """The thing that is sent; None where it is none."""
    try:
        thing = json.loads(await request.body() or b"{}")
    except (ValueError, RecursionError):
        return None
    return thing if isinstance(thing, dict) and isinstance(thing.get("name", ""), str) else None


def crud(*, forgets=False):
    """A server of things, or one that forgets what it is told."""
    things = {}

    async def all_things(request):
        if request.method == "POST":
            made = len(things) + 1
            if (thing := await sent(request)) is None:
                return Response(status_code=400)
            things[made] = thing
            return JSONResponse({"id": made, **things[made]}, 201)
        return JSONResponse([])

    async def one(request):
        number = int(request.path_params["id"]) if request.path_params["id"].isdecimal() else 0
        if things.get(number) is None:
            return JSONResponse({}, 404)
        if request.method == "PUT":
            if (thing := await sent(request)) is None:
                return Response(status_code=400)
            things[number] = things[number] if forgets else thing
            return Response(status_code=204)
        if request.method == "DELETE":
            things[number] = None
            return Response(status_code=204)
        return JSONResponse({"id": number, **things[number]})

    return Starlette(
        routes=[
            Route("/things", all_things, methods=["GET", "POST"]),
            Route("/things/{id}", one, methods=["GET", "PUT", "DELETE"]),
        ]
    )


def test_without_a_data_file_a_run_creates_reads_and_deletes(tmp_path):
    contract = shop.load(tmp_path, **PUBLIC)
    with running(crud()) as origin:
        evidence = run(origin, contract, options=Options(no_fuzzing=True)).evidence
    for clause in (
        "getThing/responses/200",
        "getThing/responses/404",
        "dropThing/responses/204",
        "dropThing/rules/deleted-is-gone",
        "changeThing/rules/updated-is-kept",
        "addThing/rules/created-is-found",
        "addThing/rules/link-target-exists",
    ):
        assert evidence.clauses[clause].state is State.VERIFIED, clause


def test_a_change_that_is_forgotten_is_found_without_a_data_file(tmp_path):
    contract = shop.load(tmp_path, **PUBLIC)
    with running(crud(forgets=True)) as origin:
        errors = run(origin, contract, options=Options(no_fuzzing=True)).evidence.errors
    assert "updated-is-kept" in {failure.check.id for failure in errors}


def test_a_skipped_operation_is_never_called_and_says_why(tmp_path):
    contract = shop.load(tmp_path, **PUBLIC)
    data = TargetData(operations={"dropThing": OperationData(skip="nothing may be dropped")})
    with running(crud()) as origin:
        verdict = run(origin, contract, data, Options(max_examples=3))
    found = {key: clause for key, clause in verdict.evidence.clauses.items() if key.startswith("dropThing/")}
    assert {clause.state for clause in found.values()} == {State.NOT_COVERED}
    assert {clause.reason for clause in found.values()} == {
        "skipped in the data file (nothing may be dropped)"
    }


def test_a_run_that_lacks_credentials_for_some_operations_accuses_nobody(tmp_path):
    contract = shop.load(tmp_path)

    async def all_things(request):
        if request.method == "GET":
            return JSONResponse([{"id": 1}])
        return Response(status_code=401, headers={"WWW-Authenticate": "Bearer"})

    async def guarded(request):
        return Response(status_code=401, headers={"WWW-Authenticate": "Bearer"})

    routes = [
        Route("/things", all_things, methods=["GET", "POST"]),
        Route("/things/{id}", guarded, methods=["GET", "PUT", "DELETE"]),
        Route("/things/{id}/parts/{part}", guarded, methods=["GET"]),
    ]
    data = TargetData({"thingId": KnownValues(existing=("1",))})
    with running(Starlette(routes=routes)) as origin:
        verdict = run(origin, contract, data, Options(no_fuzzing=True))
    accused = {failure.check.id for failure in verdict.evidence.errors}
    assert accused <= {"method-not-allowed-allow"}  # Starlette's own
    assert "pass credentials with -H" in verdict.evidence.clauses["getThing/responses/200"].reason
