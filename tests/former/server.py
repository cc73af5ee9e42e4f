"""The API of `pets.yaml` with two faults: limits up to 100 work, and HEAD has another media type than GET."""

import json
from urllib.parse import parse_qsl


async def app(scope, receive, send):
    """The application."""
    if scope["type"] != "http":
        return
    body = b""
    more = True
    while more:
        event = await receive()
        body += event.get("body", b"")
        more = event.get("more_body", False)
    kind = b"text/plain" if scope["method"] == "HEAD" else b"application/json"
    status = _status(scope, body)
    content = json.dumps([{"name": "Rex"}] if status == 200 else {}).encode()
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", kind)]})
    await send({"type": "http.response.body", "body": content})


def _status(scope, body):
    if not dict(scope["headers"]).get(b"authorization", b"").endswith(b"-token"):
        return 401
    if scope["method"] == "POST":
        return 201 if _is_pet(body) else 400
    query = parse_qsl(scope["query_string"].decode(), keep_blank_values=True)
    limits = [value for name, value in query if name == "limit"]
    return 200 if all(limit.isdecimal() and 1 <= int(limit) <= 100 for limit in limits) else 400


def _is_pet(body):
    try:
        pet = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(pet, dict) and pet.keys() == {"name"} and isinstance(pet["name"], str)
