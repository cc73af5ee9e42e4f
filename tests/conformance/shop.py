"""A small document with people, things and links, for tests of what needs no server."""

import json

import signoff
from signoff.conformance.evidence import Evidence
from signoff.conformance.exchange import Received, Sent
from signoff.conformance.judge import Judge

ORIGIN = "http://127.0.0.1:1"
_ID = {"name": "thingId", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}}
_THING = {"type": "object", "properties": {"name": {"type": "string"}}}
_BODY = {"content": {"application/json": {"schema": _THING}}}
_THING_ANSWER = {"description": "A thing", "content": {"application/json": {"schema": _THING}}}
_LINK = {"operationId": "getThing", "parameters": {"thingId": "$response.body#/id"}}
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Shop", "version": "1"},
    "security": [{"token": []}],
    "paths": {
        "/things": {
            "get": {
                "operationId": "listThings",
                "responses": {"200": {"description": "All"}},
                "security": [],
            },
            "post": {
                "operationId": "addThing",
                "requestBody": _BODY,
                "responses": {"201": {**_THING_ANSWER, "links": {"read": _LINK}}},
            },
        },
        "/things/{thingId}": {
            "parameters": [_ID],
            "get": {
                "operationId": "getThing",
                "responses": {"200": _THING_ANSWER, "404": {"description": "Missing"}},
            },
            "put": {
                "operationId": "changeThing",
                "requestBody": _BODY,
                "responses": {"200": _THING_ANSWER, "204": {"description": "Changed"}},
            },
            "delete": {"operationId": "dropThing", "responses": {"204": {"description": "Gone"}}},
        },
        "/things/{thingId}/parts/{part}": {
            "parameters": [
                _ID,
                {"name": "part", "in": "path", "required": True, "schema": {"type": "string"}},
            ],
            "get": {"operationId": "getPart", "responses": {"200": {"description": "A part"}}},
        },
    },
    "components": {
        "securitySchemes": {
            "token": {"type": "http", "scheme": "bearer"},
            "user": {"type": "http", "scheme": "basic"},
            "key": {"type": "apiKey", "in": "header", "name": "X-Shop"},
            "queryKey": {"type": "apiKey", "in": "query", "name": "key"},
            "cookieKey": {"type": "apiKey", "in": "cookie", "name": "session"},
            "single": {"type": "openIdConnect", "openIdConnectUrl": "https://shop.example/.well-known"},
            "certificate": {"type": "mutualTLS"},
        }
    },
}


def load(tmp_path, **changes):
    """The contract, with members of the document replaced."""
    path = tmp_path / "shop.json"
    path.write_text(json.dumps({**DOCUMENT, **changes}))
    return signoff.load(path)


def judge_of(contract, **more):
    return Judge(contract, "", Evidence(contract), **more)


def exchange(judge, subject, status, answer=None, *, method="GET", path="/things/1", sent=None, **more):
    """An exchange with JSON on both sides."""
    body = b"" if sent is None else json.dumps(sent).encode()
    fields = (("Content-Type", "application/json"),)
    request = Sent(method, ORIGIN + path, more.pop("sent_fields", fields if body else ()), body)
    octets = b"" if answer is None else json.dumps(answer).encode()
    headers = (*(fields if octets else ()), *more.pop("headers", ()))
    received = Received(status, headers, octets, 0.01)
    return judge.exchange(request, received, subject=judge.contract.operation(subject), **more)
