"""What only several requests show: where a 201 says its resource is, tags that come back, HEAD beside GET."""

import pytest
import yaml
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

import signoff
from signoff.conformance import Options, TargetData, run
from signoff.conformance.known_values import KnownValues
from tests.conftest import running

NOTE = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}
JSON = {"application/json": {"schema": NOTE}}
ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
ETAG = {"ETag": {"schema": {"type": "string"}}}
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Notes", "version": "1"},
    "paths": {
        "/notes": {
            "post": {
                "operationId": "add",
                "responses": {
                    "201": {
                        "description": "Added.",
                        "headers": {"Location": {"schema": {"type": "string"}}},
                        "content": JSON,
                    }
                },
            }
        },
        "/notes/{id}": {
            "parameters": [ID],
            "get": {
                "operationId": "show",
                "responses": {
                    "200": {"description": "One.", "headers": ETAG, "content": JSON},
                    "304": {"description": "As before."},
                    "404": {"description": "None."},
                },
            },
        },
    },
}


def notes(*, location="/notes/1", head=200, knows_tags=True):
    """A correct server, or one with a flaw."""

    async def add(_):
        headers = {"Location": location} if location else {}
        return JSONResponse({"id": "1"}, 201, headers)

    async def show(request):
        if request.path_params["id"] != "1":
            return Response(status_code=404)
        if request.method == "HEAD" and head != 200:
            return Response(status_code=head, media_type="text/html")
        if knows_tags and request.headers.get("if-none-match") == '"a"':
            return Response(status_code=304, headers={"ETag": '"a"'})
        return JSONResponse({"id": "1"}, headers={"ETag": '"a"'})

    routes = [
        Route("/notes", add, methods=["POST"]),
        Route("/notes/{id}", show, methods=["GET", "HEAD"]),
    ]
    return Starlette(routes=routes)


@pytest.fixture
def found(tmp_path):
    def found(**flaw):
        file = tmp_path / "notes.yaml"
        file.write_text(yaml.safe_dump(DOCUMENT))
        data = TargetData({"id": KnownValues(existing=("1",), missing=("9",))})
        with running(notes(**flaw)) as origin:
            verdict = run(origin, signoff.load(file), data, Options(no_fuzzing=True))
        return {failure.check.id for failure in verdict.evidence.failures.values()}

    return found


def test_a_correct_server_is_not_accused(found):
    assert found() == set()


def test_a_server_error_to_head_is_one_failure(found):
    assert found(head=500) == {"server-error-never"}


@pytest.mark.parametrize(
    ("flaw", "check"),
    [
        ({"location": ""}, "location-on-created"),
        ({"location": "/notes/9"}, "location-resolves"),
        ({"head": 204}, "head-matches-get"),
        ({"knows_tags": False}, "not-modified"),
    ],
)
def test_each_flaw_is_found(found, flaw, check):
    assert check in found(**flaw)
