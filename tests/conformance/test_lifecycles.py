"""Lifecycles follow the inferred resources: envelopes, slugs, parents, and what `x-resource` corrects."""

import json
import re
from dataclasses import dataclass, field, replace

import pytest
import yaml
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

import signoff
from signoff.conformance import Options, TargetData, run
from signoff.conformance.known_values import KnownValues
from signoff.reporting.model import State
from tests.conftest import running

CHECKS = ("created-is-found", "updated-is-kept", "deleted-is-gone")


@dataclass(frozen=True)
class Api:
    """A kind of API with one resource: where it is created and read, and how its items are shown."""

    create: str
    item: str
    member: str
    wrap: str = "{}"
    wrap_sent: str = "{}"
    new_id: str = "n-{}"
    members: dict = field(default_factory=dict)
    created: dict = field(default_factory=dict)
    read: dict = field(default_factory=dict)
    more: dict = field(default_factory=dict)
    collection: dict = field(default_factory=dict)

    def shown(self, item):
        """A body with an item in its envelope."""
        return json.loads(self.wrap.replace("{}", json.dumps(item), 1))

    def document(self, folder):
        """Its document; the envelope is in the schema, too."""
        properties = {name: {"type": "string"} for name in (self.member, "title", *self.members)}
        schema = json.loads(self.wrap.replace("{}", '"ITEM"', 1))
        sent_schema = described(json.loads(self.wrap_sent.replace("{}", '"TITLE"', 1)))
        body = {"application/json": {"schema": sent_schema}}
        shown = {"description": "ok", "content": {"application/json": {"schema": described(schema)}}}
        gone = {"404": {"description": "missing"}}
        item = {
            "parameters": parameters(self.item),
            "get": {"operationId": "readOne", "responses": {"200": shown, **gone}, **self.read},
            "put": {
                "operationId": "changeOne",
                "requestBody": {"required": True, "content": body},
                "responses": {"200": shown, **gone},
            },
            "delete": {"operationId": "dropOne", "responses": {"204": {"description": "gone"}, **gone}},
        }
        create = {
            "parameters": parameters(self.create),
            "post": {
                "operationId": "makeOne",
                "requestBody": {"required": True, "content": body},
                "responses": {"201": shown, "404": {"description": "missing"}},
                **self.created,
            },
            **self.collection,
        }
        title = {"type": "object", "required": ["title"], "properties": {"title": {"enum": ["one", "two"]}}}
        schemas = {"Item": {"type": "object", "properties": properties}, "Title": title}
        file = folder / "api.yaml"
        file.write_text(
            yaml.safe_dump(
                {
                    "openapi": "3.1.0",
                    "info": {"title": "t", "version": "1"},
                    "paths": {**self.more, self.create: create, self.item: item},
                    "components": {"schemas": schemas},
                },
                sort_keys=False,
            )
        )
        return signoff.load(file)


def parameters(path):
    """Its path parameters, all texts."""
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"\{(.*?)\}", path)
    ]


def described(shape):
    """The schema of an envelope of this shape, around the schema of the items."""
    if shape in ("ITEM", "TITLE"):
        return {"$ref": f"#/components/schemas/{shape.title()}"}
    if isinstance(shape, list):
        return {"type": "array", "items": described(shape[0])}
    if isinstance(shape, dict):
        properties = {name: described(part) for name, part in shape.items()}
        return {"type": "object", "required": list(shape), "properties": properties}
    return {"type": "string"}


class Server:
    """A server of such an API that may lose what is created, forget changes or keep what is deleted."""

    def __init__(self, api, fault=""):
        self.api, self.fault, self.items, self.made = api, fault, {}, 0

    async def create(self, request):
        """Create an item below parents named `known` only."""
        title = await self.sent(request)
        if {*request.path_params.values()} - {"known"}:
            return Response(status_code=404)
        if title is None:
            return Response(status_code=400)
        self.made += 1
        key = self.api.new_id.format(self.made)
        item = {self.api.member: key, "title": title, **self.api.members}
        if self.fault != "created-is-found":
            self.items[key] = item
        return JSONResponse(self.api.shown(item), 201)

    async def one(self, request):
        """Read, change or delete an item."""
        *parents, key = request.path_params.values()
        item = self.items.get(key)
        if item is None or {*parents} - {"known"}:
            return Response(status_code=404)
        if request.method == "DELETE":
            if self.fault != "deleted-is-gone":
                del self.items[key]
            return Response(status_code=204)
        if request.method == "PUT":
            title = await self.sent(request)
            if title is None:
                return Response(status_code=400)
            if self.fault != "updated-is-kept":
                self.items[key] = item | {"title": title}
            return JSONResponse(self.api.shown(item | {"title": title}))
        return JSONResponse(self.api.shown(item))

    async def sent(self, request):
        """The title that is sent; None for invalid bodies."""
        try:
            body = json.loads(await request.body())
        except (ValueError, RecursionError):
            return None
        shape = json.loads(self.api.wrap_sent.replace("{}", "null", 1))
        for name in shape or ():
            body = body.get(name) if isinstance(body, dict) else None
        title = body.get("title") if isinstance(body, dict) else None
        return title if title in ("one", "two") else None

    def app(self):
        """The application."""
        routes = [
            Route(self.api.create, self.create, methods=["POST"]),
            Route(self.api.item, self.one, methods=["GET", "PUT", "DELETE"]),
        ]
        return Starlette(routes=routes)


def outcome(api, folder, fault=""):
    """What a run shows, and what it leaves on the server."""
    server = Server(api, fault)
    contract = api.document(folder)
    data = TargetData({"shelf": KnownValues(existing=("known",))} if "{shelf}" in api.create else {})
    with running(server.app()) as origin:
        evidence = run(origin, contract, data, options=Options(no_fuzzing=True)).evidence
    accused = {failure.check.id for failure in evidence.errors} & {*CHECKS, "link-target-exists"}
    verified = {
        clause_id.rpartition("/")[2]
        for clause_id, clause in evidence.clauses.items()
        if clause_id.endswith(CHECKS) and clause.state is State.VERIFIED
    }
    return accused, verified, server.items


PLAIN = Api("/boats", "/boats/{boatId}", "id")
MADE_ELSEWHERE = Api(
    "/register-boat",
    "/boats/{boatId}",
    "hull",
    created={"x-resource": {"name": "boats", "role": "create"}},
    read={"x-resource": {"name": "boats", "id": "hull"}},
    members={"id": "row-1"},
)
APIS = {
    "an envelope beside an id of the request": Api(
        "/books", "/books/{bookId}", "id", wrap='{"meta": {"id": "request-7"}, "data": {}}'
    ),
    "an envelope of what is sent": Api(
        "/books", "/books/{bookId}", "id", wrap='{"book": {}}', wrap_sent='{"book": {}}'
    ),
    "two envelopes": Api("/books", "/books/{id}", "id", wrap='{"result": {"book": {}}}'),
    "a slug": Api("/articles", "/articles/{slug}", "slug", new_id="an-article-{}", members={"id": "7"}),
    "a slug under the name of the resource": Api("/articles", "/articles/{article}", "slug"),
    "a parent": Api("/shelves/{shelf}/boxes", "/shelves/{shelf}/boxes/{box}", "boxId"),
    "the name of a status": Api("/statuses", "/statuses/{statusId}", "status_id"),
    "a list of what is created": Api("/labels", "/labels/{labelId}", "id", wrap="[{}]"),
    "a list in an envelope": Api("/labels", "/labels/{labelId}", "id", wrap='{"labels": [{}]}'),
    "an id that x-resource names": Api(
        "/parcels",
        "/parcels/{parcel}",
        "tracking",
        members={"id": "7"},
        read={"x-resource": {"id": "tracking"}},
    ),
    "what x-resource says to be created elsewhere": MADE_ELSEWHERE,
}


@pytest.mark.parametrize("api", APIS.values(), ids=APIS)
def test_a_lifecycle_is_followed(api, tmp_path):
    accused, verified, left = outcome(api, tmp_path)
    assert accused == set()
    expected = {"created-is-found"} if "[" in api.wrap else set(CHECKS)  # what is listed may be somebody's
    assert verified == expected
    assert left == {} or "[" in api.wrap


@pytest.mark.parametrize("fault", CHECKS)
def test_a_fault_in_a_lifecycle_is_found(fault, tmp_path):
    assert outcome(PLAIN, tmp_path, fault)[0] == {fault}


@pytest.mark.parametrize("api", [*APIS.values()][::3], ids=[*APIS][::3])
def test_a_fault_is_found_wherever_the_item_is(api, tmp_path):
    fault = "created-is-found" if "[" in api.wrap else "updated-is-kept"
    assert outcome(api, tmp_path, fault)[0] == {fault}


def test_without_its_correction_an_id_is_another_member(tmp_path):
    """The correction above is what the run follows: without it, the id is a row of a database."""
    plain = replace(APIS["an id that x-resource names"], read={})
    assert outcome(plain, tmp_path)[0] == {"created-is-found"}


@pytest.mark.parametrize(
    "correction", [{"created": {"x-resource": {"role": "action"}}}, {"read": {"x-resource": False}}]
)
def test_what_x_resource_takes_from_a_resource_has_no_lifecycle(correction, tmp_path):
    accused, verified, _ = outcome(replace(PLAIN, **correction), tmp_path, "created-is-found")
    assert accused == verified == set()
    assert outcome(PLAIN, tmp_path, "created-is-found")[0] == {"created-is-found"}


def listing(name, schema):
    """An operation that lists items."""
    content = {"application/json": {"schema": schema}}
    return {"get": {"operationId": name, "responses": {"200": {"description": "ok", "content": content}}}}


def asked_for(api, folder, lists):
    """What is verified of the read where nothing can be created, and the paths that were read."""
    server, asked = Server(api), []
    server.items["b-9"] = {"id": "b-9", "title": "one"}

    async def answer(request):
        asked.append((request.method, request.url.path))
        if request.method == "POST":
            return Response(status_code=403)
        if request.url.path in lists:
            return JSONResponse(lists[request.url.path])
        request.scope["path_params"] = {"boatId": request.url.path.removeprefix("/boats/")}
        return await server.one(request)

    methods = ["GET", "POST", "PUT", "DELETE"]
    with running(Starlette(routes=[Route("/{path:path}", answer, methods=methods)])) as origin:
        evidence = run(origin, api.document(folder), options=Options(no_fuzzing=True)).evidence
    assert server.items == {"b-9": {"id": "b-9", "title": "one"}}  # somebody's, so that it is only read
    return evidence.clauses["readOne/responses/200"].state, asked


def test_a_list_elsewhere_teaches_the_ids_of_its_resource(tmp_path):
    listed = {"type": "object", "properties": {"items": described(["ITEM"])}}
    api = replace(PLAIN, more={"/me/favourites": listing("favourites", listed)})
    state, _ = asked_for(api, tmp_path, {"/me/favourites": {"items": [{"id": "b-9", "title": "one"}]}})
    assert state is State.VERIFIED


def test_the_list_of_a_collection_comes_before_lists_elsewhere(tmp_path):
    """What an archive lists may be gone."""
    listed = described(["ITEM"])
    more = {"/archive": listing("archive", listed)}
    api = replace(PLAIN, more=more, collection=listing("list", listed))
    lists = {"/archive": [{"id": "b-1"}], "/boats": [{"id": "b-9"}]}
    state, asked = asked_for(api, tmp_path, lists)
    assert state is State.VERIFIED
    assert ("GET", "/boats/b-1") not in asked
