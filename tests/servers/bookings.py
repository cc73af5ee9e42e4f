"""The hotel of `bookings.yaml`: tokens, a required header, query arrays, closed and nested bodies, links."""

from __future__ import annotations

import re
from pathlib import Path

import yaml
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from tests.servers.dispatch import route
from tests.servers.strict import application, bad, checker, json_body, number

TOKENS = {"Bearer token-of-ann": "ann", "Bearer token-of-ben": "ben"}
ROOM = {"number": 101, "kind": "suite", "beds": [{"width": 90, "parts": [{"width": 90}]}]}
NEWS = b'event: price\ndata: {"code": 1}\n\nevent: room\ndata: {"code": 2}\n\n'
KEPT = ("guest", "kind", "nights", "remark")
_COMPONENTS = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text())["components"]


def _named(name):
    return {"$ref": f"#/components/schemas/{name}", "components": _COMPONENTS}


NEW_BOOKING, WISH = checker(_named("NewBooking")), checker(_named("Wish"))
CHANGE = checker(
    {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": False,
        "properties": {name: _COMPONENTS["schemas"][name.title()] for name in ("nights", "remark")},
    }
)


class Hotel:
    """The correct server."""

    def __init__(self):
        usual = {"guest": "Guest", "kind": "suite", "nights": 2, "state": "confirmed"}
        self.bookings = {key: ("ann", {"id": key, **usual}) for key in (1, 2, 3)}
        self.next = 4

    def app(self):
        return application(
            [
                route("/health", get=self.health),
                route("/terms", get=self.terms),
                route("/rooms", get=self.rooms),
                route("/news", get=self.news),
                route("/quotes", post=self.quote),
                route("/bookings", post=self.book),
                route("/bookings/{booking_id}", get=self.get, patch=self.change, delete=self.cancel),
            ]
        )

    def guest(self, request):
        name = TOKENS.get(request.headers.get("authorization", ""))
        if name is None:
            raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
        return name

    def booking(self, request):
        guest = self.guest(request)
        text = request.path_params["booking_id"]
        if not (text.isascii() and text.isdecimal() and len(text) < 20 and int(text) in self.bookings):
            raise HTTPException(404)
        owner, booking = self.bookings[int(text)]
        if owner != guest:
            raise HTTPException(403)
        return booking

    async def health(self, request):
        return JSONResponse({"status": "up"}, headers={"X-Left": "7", "X-Region": "north"})

    async def terms(self, request):
        return Response("Pay on arrival.", media_type="text/plain")

    async def news(self, request):
        return Response(NEWS, media_type="text/event-stream")

    async def rooms(self, request):
        if not re.fullmatch("[A-Z]{3}", request.headers.get("x-hotel", "")):
            raise bad("X-Hotel is three letters.")
        query = request.query_params
        number(query.get("offset", "0"), 0, 1000)
        floors = [number(text, 1, 9) for text in query.getlist("floors")]
        if len(floors) > 3 or len(set(floors)) < len(floors):
            raise bad("Up to three floors, each once.")
        if query.get("free", "true") not in ("true", "false"):
            raise bad("A room is free or it isn't.")
        return JSONResponse([ROOM])

    async def quote(self, request):
        await json_body(request, WISH)
        return JSONResponse({"total": 99.5, "currency": "EUR"})

    async def book(self, request):
        guest = self.guest(request)
        wanted = await json_body(request, NEW_BOOKING)
        booking = {name: wanted[name] for name in KEPT if name in wanted}
        booking |= {"id": self.next, "state": "confirmed"}
        self.bookings[self.next] = (guest, booking)
        self.next += 1
        return JSONResponse(booking, 201)

    async def get(self, request):
        return JSONResponse(self.booking(request))

    async def change(self, request):
        booking = self.booking(request)
        booking.update(await json_body(request, CHANGE))
        return JSONResponse(booking)

    async def cancel(self, request):
        del self.bookings[self.booking(request)["id"]]
        return Response(status_code=204)
