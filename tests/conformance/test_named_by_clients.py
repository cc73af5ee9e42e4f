"""Servers where PUT creates what its path names, and where a response wraps what was created."""

import json
import re

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

import signoff
from signoff.conformance import KnownValues, Options, TargetData, run
from signoff.conformance.checks import KIT
from signoff.conformance.evidence import Evidence
from signoff.conformance.exchange import Received, Sent
from signoff.conformance.judge import Judge
from signoff.conformance.known_values import OperationData
from signoff.contract import requirements
from signoff.reporting.model import State
from tests.conformance import shop
from tests.conftest import running

JSON = (("Content-Type", "application/json"),)
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
FLAG = {
    "type": "object",
    "required": ["on"],
    "properties": {"on": {"type": "boolean"}, "note": {"type": "string"}},
}
BODY = {"required": True, "content": {"application/json": {"schema": FLAG}}}
ONE = {"description": "A flag", "content": {"application/json": {"schema": FLAG}}}


def operation(name, statuses, *, body=False):
    return {
        "operationId": name,
        "responses": {
            status: ONE if status in ("200", "201") else {"description": "-"} for status in statuses
        },
        **({"requestBody": BODY} if body else {}),
    }


def described(paths, **more):
    return {"openapi": "3.1.0", "info": {"title": "Flags", "version": "1"}, "paths": paths, **more}


def text(name):
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


FLAGS = described(
    {
        "/areas/{area}/flags/{flag}": {
            "parameters": [text("area"), text("flag")],
            "patch": operation("changeFlag", ["200", "400", "404"], body=True),
            "get": operation("getFlag", ["200", "404"]),
            "put": operation("setFlag", ["200", "201", "400", "404"], body=True),
            "delete": operation("dropFlag", ["204", "404"]),
        }
    }
)


class Flags:
    """A correct server: PUT creates or replaces a flag of the area `hall`."""

    def __init__(self, *, is_strict=False, hides_missing=None):
        self.flags = {"dark": {"on": True}}
        self.is_strict = is_strict
        self.hides_missing = hides_missing
        self.asked = []

    async def __call__(self, request):
        self.asked.append(f"{request.method} {request.url.path}")
        area, name = request.path_params["area"], request.path_params["flag"]
        if request.method == "POST":
            return Response(status_code=405, headers={"Allow": "GET, HEAD, PUT, PATCH, DELETE"})
        body = await self.body(request) if request.method in ("PUT", "PATCH") else {}
        if self.is_strict and body is None:
            return Response(status_code=400)
        if area != "hall" or (request.method != "PUT" and name not in self.flags):
            return Response(status_code=self.hides_missing or 404)
        if body is None:
            return Response(status_code=400)
        if request.method == "DELETE":
            del self.flags[name]
            return Response(status_code=204)
        status = 200 if name in self.flags else 201
        if request.method in ("PUT", "PATCH"):
            self.flags[name] = body
        return JSONResponse(self.flags[name], status)

    async def body(self, request):
        try:
            body = json.loads((await request.body()).decode())
        except (ValueError, RecursionError):
            return None
        is_flag = isinstance(body, dict) and isinstance(body.get("on"), bool)
        is_flag = (
            is_flag and isinstance(body.get("note", ""), str) and not (self.is_strict and "note" not in body)
        )
        is_flag = is_flag and not (self.is_strict and not re.fullmatch("N-[0-9]{4}", body["note"]))
        return (
            body
            if is_flag and request.headers.get("content-type", "").startswith("application/json")
            else None
        )


def result(tmp_path, server, document, data=None, path="/areas/{area}/flags/{flag}"):
    file = tmp_path / "document.json"
    file.write_text(json.dumps(document))

    async def handle(request):
        return await server(request)

    routes = [Route(path, handle, methods=METHODS)]
    with running(Starlette(routes=routes)) as origin:
        return run(origin, signoff.load(file), data, Options(no_fuzzing=True))


def errors(verdict):
    return [(failure.check.id, failure.fault.message) for failure in verdict.evidence.errors]


def clause(verdict, clause_id):
    return verdict.evidence.clauses[clause_id]


def test_what_put_creates_is_not_taken_for_missing_or_existing(tmp_path):
    server = Flags()
    data = TargetData({"area": KnownValues(existing=("hall",))})
    verdict = result(tmp_path, server, FLAGS, data)
    assert errors(verdict) == []
    assert server.flags == {"dark": {"on": True}}
    assert verdict.notes == ()
    put, changed = (
        {asked.removeprefix(method) for asked in server.asked if asked.startswith(method)}
        for method in ("PUT ", "PATCH ")
    )
    assert put
    assert not put & changed  # so a 404 of PATCH is about what is missing
    for seen in ("getFlag/responses/404", "setFlag/responses/201", "setFlag/body/on/type"):
        assert clause(verdict, seen).state is State.VERIFIED, clause(verdict, seen).reason


def test_a_missing_value_is_never_put_where_that_creates_it(tmp_path):
    server = Flags()
    values = {
        "area": KnownValues(existing=("hall",)),
        "flag": KnownValues(existing=("dark",), missing=("dim",)),
    }
    verdict = result(tmp_path, server, FLAGS, TargetData(values))
    assert errors(verdict) == []
    assert "GET /areas/hall/flags/dim" in server.asked
    assert "PUT /areas/hall/flags/dim" not in server.asked


NO_UPSERT = json.loads(json.dumps(FLAGS))
del NO_UPSERT["paths"]["/areas/{area}/flags/{flag}"]["put"]
VALUES = {"area": KnownValues(existing=("hall",)), "flag": KnownValues(existing=("dark",), missing=("dim",))}


def test_a_body_that_never_succeeds_says_nothing_about_a_missing_value(tmp_path):
    verdict = result(tmp_path, Flags(is_strict=True), NO_UPSERT, TargetData(VALUES))
    assert not [message for _, message in errors(verdict) if "missing" in message]


def test_a_body_that_succeeds_must_find_a_missing_value_missing(tmp_path):
    verdict = result(tmp_path, Flags(hides_missing=400), NO_UPSERT, TargetData(VALUES))
    named = {
        failure.exchange.subject.id
        for failure in verdict.evidence.errors
        if failure.check.id == "expected-status"
    }
    assert named >= {"changeFlag", "getFlag"}


def test_403_for_what_nothing_has_asks_for_a_value_and_not_for_other_credentials(tmp_path):
    document = json.loads(json.dumps(NO_UPSERT))
    verdict = result(
        tmp_path, Flags(hides_missing=403), document, TargetData({"area": KnownValues(existing=("hall",))})
    )
    reason = clause(verdict, "changeFlag/body/on/type").reason
    assert "got 403: name a value of flag that may be changed, as `disposable` or `existing`" in reason
    reason = clause(verdict, "getFlag/responses/200").reason
    assert reason.endswith(
        "got 403: name an existing value under `values.area.existing`"
        " and `values.flag.existing` in the data file"
    )


def test_a_missing_value_that_is_found_is_named(tmp_path):
    values = {
        "area": KnownValues(existing=("hall",)),
        "flag": KnownValues(existing=("dark",), missing=("dim",)),
    }
    document = described(
        {
            path: {"parameters": item["parameters"], "get": item["get"]}
            for path, item in FLAGS["paths"].items()
        }
    )
    verdict = result(tmp_path, Flags(hides_missing=200), document, TargetData(values))
    assert (
        clause(verdict, "getFlag/responses/404").reason == "no 404 response, not even to the missing flag dim"
    )


# A server whose responses wrap what they are about.
BOX = {"type": "object", "required": ["label"], "properties": {"label": {"type": "string"}}}
WRAPPED = {"type": "object", "required": ["meta"], "properties": {"meta": {"type": "object"}}}
BOXED = {"description": "A box", "content": {"application/json": {"schema": WRAPPED}}}
BOX_BODY = {"required": True, "content": {"application/json": {"schema": BOX}}}
BOXES = described(
    {
        "/boxes": {
            "get": {"operationId": "listBoxes", "responses": {"200": BOXED, "401": {"description": "-"}}},
            "post": {
                "operationId": "addBox",
                "requestBody": BOX_BODY,
                "responses": {"201": BOXED, "400": {"description": "-"}, "401": {"description": "-"}},
            },
        },
        "/boxes/{id}": {
            "parameters": [text("id")],
            "get": {"operationId": "getBox", "responses": {"200": BOXED, "404": {"description": "-"}}},
            "put": {
                "operationId": "setBox",
                "requestBody": BOX_BODY,
                "responses": {"200": BOXED, "400": {"description": "-"}, "404": {"description": "-"}},
            },
            "delete": {"operationId": "dropBox", "responses": {"200": BOXED, "404": {"description": "-"}}},
        },
        "/boxes/{box_id}/owner": {
            "parameters": [text("box_id")],
            "get": {"operationId": "getOwner", "responses": {"200": BOXED, "404": {"description": "-"}}},
        },
    },
    components={"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}},
    security=[{"key": []}],
)


class Boxes:
    """A correct server; `wrapper` names the member of a response that holds the box."""

    def __init__(self, wrapper, *, creates=True, missing=404):
        self.wrapper = wrapper
        self.missing = missing
        self.creates = creates
        self.boxes = {f"b{number}": {"id": f"b{number}", "label": "old"} for number in range(3)}
        self.count = 0

    def wrapped(self, box, status=200):
        return JSONResponse({self.wrapper: box, "meta": {"id": "m1"}}, status)

    async def __call__(self, request):
        name, _, rest = request.path_params["path"].partition("/")
        if request.headers.get("x-key") != "open-sesame":
            return Response(status_code=401, headers={"WWW-Authenticate": "Key"})
        allowed = ["GET", "POST"] if not name else ["GET"] if rest else ["GET", "PUT", "DELETE"]
        if request.method not in (*allowed, "HEAD"):
            return Response(status_code=405, headers={"Allow": ", ".join([*allowed, "HEAD"])})
        if name and name not in self.boxes:
            return Response(status_code=self.missing)
        if request.method in ("POST", "PUT"):
            box = await self.sent(request)
            if box is None or (request.method == "POST" and not self.creates):
                return Response(status_code=400)
            if not name:
                self.count += 1
                name = f"new{self.count}"
            self.boxes[name] = {"id": name, "label": box["label"]}
            return self.wrapped(self.boxes[name], 201 if request.method == "POST" else 200)
        if request.method == "DELETE":
            return self.wrapped(self.boxes.pop(name))
        if not name:
            return JSONResponse({"data": list(self.boxes.values()), "meta": {}})
        return self.wrapped({"name": "somebody"} if rest else self.boxes[name])

    async def sent(self, request):
        try:
            body = json.loads((await request.body()).decode())
        except (ValueError, RecursionError):
            return None
        is_box = isinstance(body, dict) and isinstance(body.get("label"), str)
        return (
            body
            if is_box and request.headers.get("content-type", "").startswith("application/json")
            else None
        )


def boxes_run(tmp_path, server):
    data = TargetData(headers={"X-Key": "open-sesame"}, common={"X-Key": "open-sesame"})
    document = BOXES
    file = tmp_path / "boxes.json"
    file.write_text(json.dumps(document))

    async def handle(request):
        return await server(request)

    async def list_or_add(request):
        request.path_params["path"] = ""
        return await server(request)

    routes = [
        Route("/boxes", list_or_add, methods=METHODS),
        Route("/boxes/{path:path}", handle, methods=METHODS),
    ]
    with running(Starlette(routes=routes)) as origin:
        return run(origin, signoff.load(file), data, Options(no_fuzzing=True))


@pytest.mark.parametrize(("wrapper", "missing"), [("data", 404), ("box", 403), ("result", 404)])
def test_what_a_response_wraps_is_used_and_deleted(tmp_path, wrapper, missing):
    server = Boxes(wrapper, missing=missing)
    verdict = boxes_run(tmp_path, server)
    assert errors(verdict) == []
    assert sorted(server.boxes) == ["b0", "b1", "b2"]
    assert {box["label"] for box in server.boxes.values()} == {"old"}
    assert verdict.notes == ()
    for seen in ("setBox/responses/200", "setBox/rules/updated-is-kept", "dropBox/rules/deleted-is-gone"):
        assert clause(verdict, seen).state is State.VERIFIED, clause(verdict, seen).reason


def test_the_id_of_something_else_in_a_response_is_not_that_of_the_creation(tmp_path):
    server = Boxes("receipt")
    verdict = boxes_run(tmp_path, server)
    assert [note.partition(" created")[0] for note in verdict.notes] != []
    assert "the responses have no id" in verdict.notes[0]


def test_what_belongs_to_others_is_tried_without_credentials_under_an_unused_name(tmp_path):
    server = Boxes("data", creates=False)
    verdict = boxes_run(tmp_path, server)
    asked = [
        exchange.sent.url.rpartition("/")[2]
        for found in verdict.evidence.clauses.values()
        if (exchange := found.exchange) is not None and exchange.intent == "unauthenticated"
        if exchange.subject.id == "setBox"
    ]
    assert asked
    assert not {"b0", "b1", "b2"} & {*asked}


@pytest.mark.parametrize(
    ("statuses", "is_fault"),
    [
        ((404, 200, 400), False),
        ((200, 400, 404), False),
        ((404, 200, 200, 404), False),
        ((200, 404, 200), True),
        ((404, 200, 404, 200), True),
    ],
)
def test_a_resource_is_there_between_two_successes(tmp_path, statuses, is_fault):
    file = tmp_path / "flags.json"
    file.write_text(json.dumps(FLAGS))
    contract = signoff.load(file)
    judge = Judge(contract, "", Evidence(contract))
    change = contract.operations[0]
    exchanges = [
        judge.exchange(
            Sent(
                "PATCH",
                f"{shop.ORIGIN}/areas/hall/flags/dark",
                JSON,
                b'{"on": true}' if status == 200 else b"{}",
            ),
            Received(status, JSON, b"{}", 0.01),
            subject=change,
            intent="positive" if status == 200 else "negative",
        )
        for status in statuses
    ]
    _, faults = KIT.relations["existing-is-found"].find(exchanges)
    assert bool(faults) is is_fault


def test_a_text_that_no_constraint_limits_is_no_requirement(tmp_path):
    document = described(
        {"/search": {"get": {"operationId": "search", "responses": {"200": {"description": "-"}}}}}
    )
    schemas = {
        "q": {"type": "string"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "sizes": {"type": "array", "items": {"type": "integer"}},
        "short": {"type": "string", "maxLength": 3},
        "many": {"type": "array", "items": {"type": "string"}, "maxItems": 2},
    }
    parameters = [{"name": name, "in": "query", "schema": schema} for name, schema in schemas.items()]
    parameters += [{"name": "must", "in": "query", "required": True, "schema": {"type": "string"}}]
    wrapped = {"application/json": {"schema": {"type": "array"}}}
    document["paths"]["/search"]["get"]["parameters"] = [
        *parameters,
        {"name": "json", "in": "query", "content": wrapped},
    ]
    file = tmp_path / "search.json"
    file.write_text(json.dumps(document))
    found = {entry.id for entry in requirements.clauses(signoff.load(file))}
    own = "search/parameters/query/"
    assert not {entry for entry in found if entry.startswith((f"{own}q", f"{own}tags"))}
    wanted = {f"{own}sizes", f"{own}sizes/*/type", f"{own}short/maxLength", f"{own}many/maxItems"}
    assert wanted | {f"{own}must", f"{own}must/required", f"{own}json", f"{own}json/type"} <= found
    assert not {f"{own}sizes/type", f"{own}many/type"} & found


def by_path(status):
    """POST on what the path names adds something there, and nothing else exists."""

    async def add(request):
        if request.method == "GET":
            return Response(status_code=200)
        return Response(status_code=201 if request.path_params["folder"] == "inbox" else status)

    return add


FOLDERS = described(
    {
        "/folders/{folder}": {
            "parameters": [text("folder")],
            "get": {"operationId": "look", "responses": {"200": {"description": "-"}}},
            "post": {
                "operationId": "addTo",
                "responses": {"201": {"description": "-"}, "404": {"description": "-"}},
            },
        }
    }
)


def test_the_data_file_may_name_what_a_post_is_sent_to(tmp_path):
    verdict = result(tmp_path, by_path(404), FOLDERS, path="/folders/{folder}")
    reason = clause(verdict, "addTo/responses/201").reason
    assert reason.endswith(
        "name a value that succeeds under `operations.addTo.values.folder.existing` in the data file"
    )
    named = OperationData(values={"folder": KnownValues(existing=("inbox",))})
    verdict = result(
        tmp_path, by_path(404), FOLDERS, TargetData(operations={"addTo": named}), path="/folders/{folder}"
    )
    assert clause(verdict, "addTo/responses/201").state is State.VERIFIED


SILENT = described(
    {
        "/hello": {
            "get": {
                "operationId": "hello",
                "parameters": [{"name": "name", "in": "query", "schema": {"type": "string"}}],
                "responses": {"200": {"description": "-"}},
            }
        },
        "/old": {"get": {"operationId": "old", "responses": {"200": {"description": "-"}}}},
        "/down": {"get": {"operationId": "down", "responses": {"200": {"description": "-"}}}},
    }
)


def test_what_shows_nothing_about_a_check_does_not_verify_it(tmp_path):
    async def answer(request):
        if request.path_params["name"] == "old":
            return Response(status_code=302, headers={"Location": "/hello"})
        if request.path_params["name"] == "down":
            return Response(status_code=500)
        is_plain = "<" not in request.url.query and "%3C" not in request.url.query
        return Response("hi" if is_plain else "", media_type="text/plain")

    verdict = result(tmp_path, answer, SILENT, path="/{name}")
    assert (
        clause(verdict, "hello/rules/no-reflection").state is State.NOT_COVERED
    )  # markup got an empty response
    assert clause(verdict, "down/rules/status-documented").state is State.NOT_COVERED
    assert clause(verdict, "old/rules/request-accepted").state is State.NOT_COVERED
    assert "old/rules/no-reflection" not in verdict.evidence.clauses
    assert "hello/rules/repeatable" not in verdict.evidence.clauses
    assert "old/rules/request-rejected" not in verdict.evidence.clauses  # no request can be wrong


def test_undocumented_methods_are_a_requirement_of_a_path(tmp_path):
    verdict = result(tmp_path, Flags(), FLAGS, TargetData(VALUES))
    named = [found for found in verdict.evidence.clauses if "/rules/method-not-allowed" in found]
    assert named == [f"getFlag/rules/method-not-allowed{end}" for end in ("", "-allow")]
    assert all(clause(verdict, found).state is State.VERIFIED for found in named)
