"""The museum of `tests/documents/museum.yaml`: events that their makers change and cancel, and tickets.

Accounts sign in with Basic credentials; an event is seen by the account that made it and, once it is
open, by all. Each method of `Museum` is one decision, so that a flaw is a subclass that decides otherwise.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
import re
import struct
import uuid
import zlib
from http import HTTPStatus
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, FiniteFloat, StringConstraints, ValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from tests.servers.dispatch import route

BASE = "/_mock/docs/openapi/museum-api"
ACCOUNTS = {"curator": "night-at-the-museum", "visitor": "sunday-afternoon-42"}
_LARGEST_PAGE = 30
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def _date(text: str) -> str:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        raise ValueError("no date")
    dt.date.fromisoformat(text)
    return text


Date = Annotated[str, AfterValidator(_date)]
Id = Annotated[str, StringConstraints(pattern=r"(?i)^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Email = Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$")]


class Fields(BaseModel):
    """What a change of an event may say."""

    name: str = None
    location: str = None
    eventDescription: str = None  # noqa: N815 - the document's name
    dates: list[Date] = None
    price: FiniteFloat = None


class Event(Fields):
    """What a new event must say."""

    eventId: Id = None  # noqa: N815
    name: str
    location: str
    eventDescription: str  # noqa: N815
    dates: list[Date]
    price: FiniteFloat


class Ticket(BaseModel):
    """What is bought."""

    email: Email = None
    ticketId: Id = None  # noqa: N815
    ticketDate: Date  # noqa: N815
    ticketType: Literal["event", "general"]  # noqa: N815
    eventId: Id = None  # noqa: N815


class Museum:
    """The correct server."""

    def __init__(self):
        self.events: dict[str, tuple[str, dict]] = {}
        self.made = 0
        self.tickets: set[str] = set()

    def app(self):
        routes = [
            route(f"{BASE}/museum-hours", get=self.hours),
            route(f"{BASE}/special-events", get=self.list, post=self.create),
            route(f"{BASE}/special-events/{{event_id}}", get=self.get, patch=self.update, delete=self.delete),
            route(f"{BASE}/tickets", post=self.buy),
            route(f"{BASE}/tickets/{{ticket_id}}/qr", get=self.code),
        ]
        handlers = {HTTPException: self.on_refusal, ValidationError: self.on_invalid}
        app = Starlette(routes=routes, exception_handlers=handlers)
        app.router.redirect_slashes = False
        return app

    # Who asks

    def account(self, request):
        """The account that signs in. Raises a 401 for nobody."""
        scheme, _, rest = request.headers.get("authorization", "").partition(" ")
        try:
            name, _, password = base64.b64decode(rest, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            name = password = ""
        if not self.is_signed_in(scheme, name, password):
            raise HTTPException(401, headers={"WWW-Authenticate": 'Basic realm="museum"'})
        return name

    def is_signed_in(self, scheme, name, password):
        return scheme.lower() == "basic" and ACCOUNTS.get(name) == password

    def event(self, account, event_id):
        """The event as it is kept. Raises a 404 where there is none, or none for this account."""
        if not _UUID.fullmatch(event_id):
            raise HTTPException(400, "This is not the id of an event.")
        owner, event = self.events.get(event_id.lower(), ("", None))
        if event is None or account != owner:
            raise HTTPException(404, "The event does not exist.")
        return event

    # What they ask

    async def hours(self, request):
        self.account(request)
        self.page(request)
        start = dt.date.fromisoformat(request.query_params.get("startDate", "2023-09-11"))
        opening = {"timeOpen": "09:00", "timeClose": "18:00"}
        return JSONResponse([{"date": start.isoformat(), **opening}])

    async def list(self, request):
        account = self.account(request)
        page, limit = self.page(request)
        seen = [event for owner, event in self.events.values() if owner == account]
        return JSONResponse(seen[(page - 1) * limit : page * limit])

    async def create(self, request):
        account = self.account(request)
        event = Event.model_validate_json(await self.body(request), strict=True).model_dump(
            exclude_unset=True
        )
        self.made += 1
        event["eventId"] = str(uuid.uuid5(uuid.NAMESPACE_URL, f"event {self.made}"))
        self.events[event["eventId"]] = (account, event)
        location = f"{BASE}/special-events/{event['eventId']}"
        return JSONResponse(self.shown(event), 201, {"Location": location})

    async def get(self, request):
        account = self.account(request)
        return JSONResponse(self.shown(self.event(account, request.path_params["event_id"])))

    async def update(self, request):
        event = self.event(self.account(request), request.path_params["event_id"])
        change = Fields.model_validate_json(await self.body(request), strict=True)
        return JSONResponse(self.shown(self.changed(event, change.model_dump(exclude_unset=True))))

    def changed(self, event, change):
        event.update(change)
        return event

    async def delete(self, request):
        event = self.event(self.account(request), request.path_params["event_id"])
        self.removed(event["eventId"])
        return Response(status_code=204)

    def removed(self, event_id):
        del self.events[event_id]

    async def buy(self, request):
        self.account(request)
        ticket = Ticket.model_validate_json(await self.body(request), strict=True)
        ticket_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"ticket {len(self.tickets)}"))
        self.tickets.add(ticket_id)
        bought = ticket.model_dump(exclude_unset=True, exclude={"email"}) | {"ticketId": ticket_id}
        thanks = {"message": "Museum ticket purchased", "confirmationCode": f"ticket-{ticket_id[:8]}"}
        return JSONResponse(bought | thanks, 201)

    async def code(self, request):
        self.account(request)
        ticket_id = request.path_params["ticket_id"]
        if not _UUID.fullmatch(ticket_id):
            raise HTTPException(400, "This is not the id of a ticket.")
        if ticket_id.lower() not in self.tickets:
            raise HTTPException(404, "The ticket does not exist.")
        return Response(_dot(), media_type="image/png")

    # How

    async def body(self, request):
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            raise HTTPException(415, "Send application/json.")
        octets = await request.body()
        try:
            json.loads(octets.decode())
        except (ValueError, RecursionError):
            raise HTTPException(400, "The body is not JSON.") from None
        return octets

    def page(self, request):
        """The page number and its size. Raises a 400 where a query parameter is none."""
        texts = request.query_params
        try:
            for name in ("startDate", "endDate"):
                _date(texts.get(name, "2023-01-01"))
            page, limit = (
                self.number(texts.get(name, text)) for name, text in (("page", "1"), ("limit", "10"))
            )
        except ValueError:
            raise HTTPException(400, "A query parameter cannot be used.") from None
        if not self.is_page(limit):
            raise HTTPException(400, "Pages have at most 30 items.")
        return max(page, 1), max(limit, 0)

    def number(self, text):
        if not re.fullmatch(r"-?\d{1,99}", text, re.ASCII):
            raise ValueError(text)
        return int(text)

    def is_page(self, limit):
        return limit <= _LARGEST_PAGE

    def shown(self, event):
        return event

    def problem(self, request, status, detail, headers):
        body = json.dumps({"title": HTTPStatus(status).phrase, "detail": detail, "status": status})
        return Response(body, status, headers, media_type="application/problem+json")

    def on_refusal(self, request, refusal):
        return self.problem(request, refusal.status_code, refusal.detail, refusal.headers)

    def on_invalid(self, request, _):
        return self.problem(request, 400, "Validation failed", None)


def _dot():
    """The smallest PNG: one grey pixel."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\0\x80")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def create_app():
    """The correct server as an application."""
    return Museum().app()
