"""What exists stays as it is: only what is given up or created by the run is changed or deleted."""

import json
import re
from contextlib import contextmanager

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

import signoff
from signoff.conformance import KnownValues, Options, TargetData, run
from signoff.conformance.effects import disruption, is_creation
from signoff.conformance.guard import Guard
from signoff.conformance.known_values import OperationData
from tests.conftest import running

SCHEMA = {
    "type": "object",
    "required": ["title"],
    "properties": {"title": {"type": "string", "minLength": 1}},
}
BODY = {"required": True, "content": {"application/json": {"schema": SCHEMA}}}
TASK = {
    "description": "A task",
    "content": {"application/json": {"schema": {**SCHEMA, "additionalProperties": True}}},
}
ID = {"name": "task", "in": "path", "required": True, "schema": {"type": "integer"}}
GONE, NONE, BAD = {"description": "Gone"}, {"description": "No such task"}, {"description": "Invalid"}


def operation(name, statuses, *, body=False, **more):
    return {
        "operationId": name,
        "responses": {status: TASK if status in ("200", "201") else NONE for status in statuses},
        **({"requestBody": BODY} if body else {}),
        **more,
    }


def document(*, creates=True, deletes=True, extra=None):
    tasks = {"get": {"operationId": "listTasks", "responses": {"200": {"description": "All"}}}}
    if creates:
        tasks["post"] = operation("addTask", ["201", "400"], body=True)
    one = {
        "parameters": [ID],
        "get": operation("getTask", ["200", "404"]),
        "put": operation("changeTask", ["200", "400", "404"], body=True),
        "patch": operation("renameTask", ["200", "400", "404"], body=True),
    }
    if deletes:
        one["delete"] = operation("dropTask", ["204", "404"])
    close = {"parameters": [ID], "post": operation("closeTask", ["200", "404"])}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Tasks", "version": "1"},
        "paths": {"/tasks": tasks, "/tasks/{task}": one, "/tasks/{task}/close": close, **(extra or {})},
    }


class Tasks:
    """A correct server with 200 tasks, and a count of what it was asked."""

    def __init__(self):
        self.tasks = {number: {"id": number, "title": f"task {number}"} for number in range(1, 201)}
        self.before = json.dumps(self.tasks)
        self.asked = []

    @property
    def untouched(self):
        return all(self.tasks.get(int(key)) == task for key, task in json.loads(self.before).items())

    async def __call__(self, request):
        self.asked.append(f"{request.method} {request.url.path}")
        path = request.url.path
        if path in ("/stop", "/logout", "/settings"):
            return Response(status_code=204) if request.method == "POST" else JSONResponse({"title": "x"})
        if path == "/tasks":
            return await self.collection(request)
        match = re.fullmatch(r"/tasks/([^/]+)(/close)?", path)
        is_number = match is not None and re.fullmatch(r"-?[0-9]{1,20}", match[1]) is not None
        task = self.tasks.get(int(match[1])) if is_number else None
        allowed = ("POST",) if match and match[2] else ("GET", "HEAD", "PUT", "PATCH", "DELETE")
        if request.method not in allowed:
            return Response(status_code=405, headers={"Allow": ", ".join(allowed)})
        if task is None:
            return Response(status_code=404)
        if request.method == "DELETE":
            del self.tasks[task["id"]]
            return Response(status_code=204)
        if request.method in ("PUT", "PATCH"):
            body = await self.body(request)
            if body is None:
                return Response(status_code=400)
            task["title"] = body["title"]
        if request.method == "POST":
            task["title"] = f"closed {task['title']}"
        return JSONResponse(task)

    async def collection(self, request):
        if request.method == "GET":
            return JSONResponse(list(self.tasks.values())[:20])
        if request.method != "POST":
            return Response(status_code=405, headers={"Allow": "GET, POST"})
        body = await self.body(request)
        if body is None:
            return Response(status_code=400)
        number = max(self.tasks, default=0) + 1
        self.tasks[number] = {"id": number, "title": body["title"]}
        return JSONResponse(self.tasks[number], 201)

    async def body(self, request):
        try:
            body = json.loads((await request.body()).decode())
        except (ValueError, RecursionError):
            return None
        is_json = request.headers.get("content-type", "").startswith("application/json")
        is_valid = isinstance(body, dict) and isinstance(body.get("title"), str) and body["title"]
        return body if is_json and is_valid else None


METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]


@contextmanager
def served(tasks):
    async def handle(request):
        return await tasks(request)

    with running(Starlette(routes=[Route("/{path:path}", handle, methods=METHODS)])) as origin:
        yield origin


def result(tmp_path, tasks, data=None, *, described=None, **options):
    path = tmp_path / "tasks.json"
    path.write_text(json.dumps(described or document()))
    with served(tasks) as origin:
        return run(origin, signoff.load(path), data, Options(**{"max_examples": 5, **options}))


def reasons(verdict, operation):
    found = verdict.evidence.clauses.values()
    return {entry.reason for entry in found if entry.clause.operation == operation and entry.reason}


def test_nothing_that_exists_is_changed_and_what_is_created_is_deleted(tmp_path):
    tasks = Tasks()
    verdict = result(tmp_path, tasks)
    assert tasks.untouched
    assert len(tasks.tasks) == 200
    assert verdict.notes == ()
    assert [failure.check.id for failure in verdict.evidence.errors] == []
    clauses = verdict.evidence.clauses
    for covered in ("changeTask/responses/200", "dropTask/responses/204", "closeTask/responses/200"):
        assert clauses[covered].state.value == "verified", clauses[covered].reason


def test_without_a_creation_only_values_that_nothing_has_are_sent(tmp_path):
    tasks = Tasks()
    verdict = result(tmp_path, tasks, described=document(creates=False))
    assert tasks.untouched
    assert "name a value of task that may be changed, as `disposable`" in " ".join(
        reasons(verdict, "dropTask")
    )
    assert verdict.setup_problem == ""


def test_an_existing_value_of_the_data_file_is_changed_and_never_deleted(tmp_path):
    tasks = Tasks()
    data = TargetData({"task": KnownValues(existing=("7",), disposable=("8",))})
    result(tmp_path, tasks, data, described=document(creates=False), no_fuzzing=True)
    assert tasks.tasks[7]["title"] != "task 7"
    assert 8 not in tasks.tasks
    assert sorted(tasks.tasks) == [number for number in range(1, 201) if number != 8]
    assert all(tasks.tasks[number]["title"] == f"task {number}" for number in tasks.tasks if number != 7)


def test_a_disposable_target_may_be_changed(tmp_path):
    tasks = Tasks()
    result(tmp_path, tasks, TargetData(is_disposable=True), described=document(creates=False))
    assert not tasks.untouched


def test_what_cannot_be_deleted_is_listed(tmp_path):
    tasks = Tasks()
    verdict = result(tmp_path, tasks, described=document(deletes=False), no_fuzzing=True)
    (note,) = verdict.notes
    left = len(tasks.tasks) - 200
    assert note.startswith(f"left on the target: {left} resources created by POST /tasks (")
    assert note.endswith("the document has no DELETE for them")


def test_read_only_sends_safe_methods_alone(tmp_path):
    tasks = Tasks()
    verdict = result(tmp_path, tasks, read_only=True)
    assert {asked.partition(" ")[0] for asked in tasks.asked} <= {"GET", "HEAD", "OPTIONS", "TRACE"}
    assert verdict.notes[0].startswith("--read-only: 5 of 7 operations were not called: POST /tasks, ")
    assert reasons(verdict, "dropTask") == {"not called: --read-only doesn't send DELETE"}


STOPS = {
    "/stop": {"post": operation("stopServer", ["204"])},
    "/logout": {"get": operation("endIt", ["200"])},
    "/settings": {"put": operation("changeSettings", ["200"], body=True)},
}


def test_what_stops_the_target_or_changes_a_singleton_is_called_only_if_named(tmp_path):
    dangerous = {"POST /stop", "GET /logout", "PUT /settings"}
    tasks = Tasks()
    verdict = result(tmp_path, tasks, described=document(extra=STOPS))
    assert not dangerous & set(tasks.asked)
    assert next(iter(reasons(verdict, "stopServer"))).startswith(
        "not called, because it is named 'stopServer'"
    )
    named = Tasks()
    data = TargetData(operations={"stopServer": OperationData(is_disposable=True)})
    result(tmp_path, named, data, described=document(extra=STOPS), max_examples=2)
    assert "POST /stop" in named.asked
    first = named.asked.index("POST /stop")
    assert not [asked for asked in named.asked[first:] if "/tasks" in asked]


@pytest.mark.parametrize(
    ("method", "path", "more", "is_disruptive"),
    [
        ("post", "/wipe", {}, True),
        ("post", "/admin/factory-reset", {}, True),
        ("post", "/x", {"operationId": "shutdownHub"}, True),
        ("get", "/user/logout", {}, True),
        ("post", "/x", {"summary": "Restarts the server."}, True),
        ("post", "/x", {"description": "Logs out the current user."}, True),
        ("post", "/x", {"description": "Deletes all messages."}, True),
        ("delete", "/messages", {}, True),
        ("get", "/stops", {}, False),
        ("get", "/x", {"description": "Shows who logs out."}, False),
        ("post", "/orders", {"description": "Adds an order."}, False),
        ("get", "/shutdowns/planned", {}, False),
        ("post", "/resets", {"description": "Lists resets."}, False),
    ],
)
def test_operations_that_stop_or_wipe_things_are_recognised(tmp_path, method, path, more, is_disruptive):
    described = {"/".join(("", *path.split("/")[1:])): {method: {"responses": {"204": GONE}, **more}}}
    file = tmp_path / "one.json"
    file.write_text(
        json.dumps({"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": described})
    )
    contract = signoff.load(file)
    assert bool(disruption(contract, contract.operations[0])) is is_disruptive


@pytest.mark.parametrize(
    ("path", "status", "correction", "is_created"),
    [
        ("/tasks/{task}/copy", "201", None, True),
        ("/tasks/{task}/copy", "201", {"role": "action"}, False),
        ("/tasks/{task}/copy", "200", None, False),
        ("/tasks/{task}/copy", "200", {"role": "create"}, True),
        ("/tasks/{task}/copy", "201", {"name": "copies"}, True),
    ],
)
def test_x_resource_says_whether_a_post_creates(tmp_path, path, status, correction, is_created):
    post = operation("copyTask", [status], parameters=[ID])
    post |= {"x-resource": correction} if correction else {}
    file = tmp_path / "tasks.json"
    file.write_text(json.dumps(document(extra={path: {"post": post}})))
    contract = signoff.load(file)
    assert is_creation(contract, contract.operation("copyTask")) is is_created


@pytest.mark.parametrize(
    ("method", "value", "may"),
    [
        ("DELETE", "3", False),
        ("DELETE", "5", True),  # disposable
        ("DELETE", "9", True),  # missing
        ("DELETE", "987654", True),  # nobody's
        ("PUT", "3", True),  # existing, named in the data file
        ("PUT", "4", False),
        ("PUT", "4.0", False),  # a lenient server reads it as 4
        ("PUT", "04", False),
        ("PUT", "*", False),
        ("PUT", "..", False),
        ("PUT", "true", False),
        ("PUT", "not-a-number", True),
        ("GET", "4", True),
    ],
)
def test_a_value_that_may_be_somebodys_is_not_sent(tmp_path, method, value, may):
    file = tmp_path / "tasks.json"
    file.write_text(json.dumps(document()))
    contract = signoff.load(file)
    known = KnownValues(existing=("3",), disposable=("5",), missing=("9",))
    guard = Guard(contract, "", TargetData({"task": known}))
    subject = next(op for op in contract.operations if op.label == f"{method} /tasks/{{task}}")
    assert guard.may_use(subject, {"task": value}) is may
