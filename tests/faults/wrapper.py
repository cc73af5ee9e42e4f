"""An ASGI wrapper that lets a fault see each request and edit each answer."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

Fields = list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    fields: Fields
    body: bytes
    query: bytes = b""

    def field(self, name):
        """The value of a header field, empty without one."""
        return next((value for key, value in self.fields if key.lower() == name), b"")

    @property
    def is_export(self):
        return self.method == "POST" and self.path.endswith("/export")

    @property
    def report_id(self):
        return self.path.split("/")[-2] if self.path.count("/") > 2 else ""

    @property
    def asked(self):
        """The JSON of the body; None where it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


@dataclass(frozen=True)
class Answer:
    status: int
    fields: Fields
    body: bytes
    keep_length: bool = False

    @property
    def json(self):
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def with_json(self, value):
        return replace(self, body=json.dumps(value, ensure_ascii=False).encode())

    def with_field(self, name, value):
        """The answer with the field set, or without it where the value is None."""
        kept = [field for field in self.fields if field[0].lower() != name.encode()]
        return replace(self, fields=kept if value is None else [*kept, (name.encode(), value.encode())])


Call = Callable[[Request], Awaitable[Answer]]
Edit = Callable[[Request, Call], Awaitable[Answer]]


def plant(app, edit: Edit):
    """The application with an edit between it and the world."""

    async def wrapped(scope, receive, send):
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        query = scope.get("query_string", b"")
        request = Request(scope["method"], scope["path"], list(scope["headers"]), body, query)
        answer = await edit(request, lambda sent: _call(app, scope, sent))
        fields = list(answer.fields)
        if not answer.keep_length:
            fields = [field for field in fields if field[0].lower() != b"content-length"]
            if answer.status not in (204, 304):
                fields.append((b"content-length", str(len(answer.body)).encode()))
        await send({"type": "http.response.start", "status": answer.status, "headers": fields})
        await send({"type": "http.response.body", "body": answer.body})

    return wrapped


async def _call(app, scope, request) -> Answer:
    """What the application answers to a request."""
    sent = False
    status, fields, body = 0, [], b""

    async def receive():
        nonlocal sent
        if sent:
            return {"type": "http.disconnect"}
        sent = True
        return {"type": "http.request", "body": request.body, "more_body": False}

    async def send(message):
        nonlocal status, fields, body
        if message["type"] == "http.response.start":
            status, fields = message["status"], list(message["headers"])
        else:
            body += message.get("body", b"")

    inner = {
        **scope,
        "method": request.method,
        "path": request.path,
        "raw_path": scope["raw_path"] if request.path == scope["path"] else request.path.encode(),
        "query_string": request.query,
        "headers": request.fields,
    }
    await app(inner, receive, send)
    return Answer(status, fields, body)
