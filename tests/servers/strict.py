"""What the small servers of the fault bench share: JSON read strictly, bodies checked by JSON Schema."""

from __future__ import annotations

import json

import jsonschema_rs
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from signoff.contract import json_value
from signoff.contract.json_value import JsonSyntaxError


def bad(text):
    return HTTPException(400, text)


def application(routes):
    """An application whose refusals are small JSON objects."""
    app = Starlette(routes=routes, exception_handlers={HTTPException: _refused})
    app.router.redirect_slashes = False
    return app


def _refused(_, refusal):
    if refusal.status_code in (401, 403, 404, 429):
        return Response(status_code=refusal.status_code, headers=refusal.headers)
    return JSONResponse({"error": str(refusal.detail)}, refusal.status_code, refusal.headers)


def checker(schema):
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


def media_type(request):
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def json_body(request, schema):
    """The JSON body that matches a schema. Raises a 415 or a 400."""
    if media_type(request) != "application/json":
        raise HTTPException(415, "Send application/json.")
    try:
        value = json_value.parse(await request.body())
    except JsonSyntaxError as error:
        raise bad(f"The body is not JSON: {error}") from None
    return checked(value, schema)


def checked(value, schema):
    try:
        error = next(iter(schema.iter_errors(value)), None)
    except (ValueError, OverflowError):  # numbers beyond what it computes with
        raise bad("A number is too large.") from None
    if error is not None:
        raise bad(error.message[:100])
    return value


def number(text, least, most):
    """An integer of a parameter within its bounds. Raises a 400."""
    is_number = text.lstrip("-").isascii() and text.lstrip("-").isdecimal() and len(text) < 20
    if not is_number or not least <= int(text) <= most or text != str(int(text)):
        raise bad("A number is out of range.")
    return int(text)


def wants(request, *offers):
    """The offer that the Accept field prefers; the first where it has no preference for any."""
    ranges = []
    for part in request.headers.get("accept", "*/*").split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        quality = next(
            (float(p[2:]) for p in parameters if p[:2] == "q=" and p[2:].replace(".", "").isdigit()), 1
        )
        ranges.append((name.lower(), quality))
    best = [(quality, -number, offer) for number, offer in enumerate(offers) for name, quality in ranges
            if name in (offer, "*/*", f"{offer.partition('/')[0]}/*") and quality]  # fmt: skip
    return max(best)[2] if best else offers[0]


def dumped(value):
    return json.dumps(value).encode()
