"""A small API of several operations, its server and its document, for runs of every kind."""

import json
from http import HTTPStatus

import signoff

DOCUMENT = """\
openapi: 3.1.0
info: {title: Things, version: "1"}
servers: [{url: /api}]
paths:
  /things:
    get:
      operationId: list_things
      responses: {"200": {$ref: '#/components/responses/All'}}
    post:
      operationId: add_thing
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}
      responses: {"201": {$ref: '#/components/responses/One'}}
  /things/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    get:
      operationId: get_thing
      responses: {"200": {$ref: '#/components/responses/One'}}
    delete:
      operationId: drop_thing
      responses: {"204": {description: Gone}}
  /health:
    get:
      operationId: health
      responses: {"200": {description: Up, content: {application/json: {schema: {type: object}}}}}
components:
  schemas:
    Thing: {type: object, required: [name], properties: {name: {type: string, maxLength: 5}}}
  responses:
    One: {description: One, content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}
    All:
      description: All
      content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Thing'}}}}
"""


def contract(folder):
    return signoff.load(document(folder))


def document(folder):
    path = folder / "things.yaml"
    path.write_text(DOCUMENT)
    return path


async def _body(receive):
    octets = b""
    while True:
        event = await receive()
        octets += event.get("body", b"")
        if not event.get("more_body"):
            return octets


def _thing(octets, headers):
    if headers.get(b"content-type", b"").partition(b";")[0].strip().lower() != b"application/json":
        return 415
    try:
        thing = json.loads(octets)
    except (ValueError, RecursionError):
        return 400
    name = thing.get("name") if isinstance(thing, dict) else None
    return 201 if isinstance(name, str) and len(name) <= 5 else 422


def _answer(method, path, octets, headers):
    """Status and value of a request's answer."""
    if path == "/api/health":
        return (200, {}) if method == "GET" else (405, "GET")
    if path == "/api/things":
        if method == "POST":
            return _thing(octets, headers), {"name": "new"}
        return (200, [{"name": "one"}]) if method == "GET" else (405, "GET, POST")
    head, _, number = path.rpartition("/")
    if head != "/api/things":
        return 404, None
    if method not in ("GET", "DELETE"):
        return 405, "GET, DELETE"
    if not number.removeprefix("-").isdecimal() or number == "-0" or not number.isascii():
        return 400, None
    return (200, {"name": "one"}) if method == "GET" else (204, None)


async def app(scope, receive, send):
    """Keeps the document."""
    if scope["type"] != "http":
        return
    octets = await _body(receive)
    status, value = _answer(scope["method"], scope["path"], octets, dict(scope["headers"]))
    fields = [(b"allow", value.encode())] if status == 405 else []
    body = b""
    if status != 204:
        fields.append((b"content-type", b"application/json" if status < 400 else b"application/problem+json"))
        problem = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
        body = json.dumps(value if status < 400 else problem).encode()
        fields.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": fields})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


async def nameless(scope, receive, send):
    """Breaks the document in one way: a thing has no name."""

    async def sent(event):
        if event["type"] == "http.response.body" and event["body"] == b'{"name": "one"}':
            event = {**event, "body": b'{"nome": "one"}'}
        await send(event)

    await app(scope, receive, sent)
