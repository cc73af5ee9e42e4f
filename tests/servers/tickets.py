"""The ticket shop of `tickets.yaml`: a key for each customer, orders that only their customer sees."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from tests.servers.dispatch import route
from tests.servers.strict import application, bad, checker, json_body, number, wants

KEYS = {"key-of-ann": "ann", "key-of-ben": "ben"}
_SEATS = {"type": "integer", "minimum": 1, "maximum": 10}
_ORDER = {
    "event": {"type": "string", "minLength": 1, "maxLength": 40},
    "seats": _SEATS,
    "channel": {"enum": ["web", "desk"]},
}
NEW_ORDER = checker({"type": "object", "required": ["event", "seats"], "properties": _ORDER})
CHANGE = checker(
    {"type": "object", "minProperties": 1, "properties": {"seats": _SEATS}, "additionalProperties": False}
)
_ACCOUNT = {"email": {"type": "string", "format": "email"}, "password": {"type": "string", "minLength": 8}}
_ACCOUNT["since"] = {"type": "string", "format": "date"}
ACCOUNT = checker({"type": "object", "required": ["email"], "properties": _ACCOUNT})


class Shop:
    """The correct server."""

    def __init__(self):
        self.orders = {key: ("ann", {"id": key, "event": "Tour", "seats": 2}) for key in (1, 2, 3)}
        self.next = 4
        self.accounts = {name: {"email": f"{name}@example.com"} for name in KEYS.values()}

    def app(self):
        return application(
            [
                route("/health", get=self.health),
                route("/events", get=self.events),
                route("/venues", get=self.venues),
                route("/account", get=self.account, put=self.set_account),
                route("/orders", post=self.create),
                route("/orders/{order_id}", get=self.get, patch=self.change, delete=self.cancel),
            ]
        )

    def customer(self, request):
        name = KEYS.get(request.headers.get("x-key", ""))
        if name is None:
            raise HTTPException(401, headers={"WWW-Authenticate": "Key"})
        return name

    def order(self, request):
        customer = self.customer(request)
        text = request.path_params["order_id"]
        if not (text.isascii() and text.isdecimal() and len(text) < 20 and int(text) in self.orders):
            raise HTTPException(404)
        owner, order = self.orders[int(text)]
        if owner != customer:
            raise HTTPException(403)
        return order

    async def health(self, request):
        return JSONResponse({"status": "up"})

    async def venues(self, request):
        return JSONResponse(["Main hall"])

    async def events(self, request):
        limit = number(request.query_params.get("limit", "10"), 1, 50)
        if request.query_params.get("sort", "date") not in ("date", "title"):
            raise bad("The order does not exist.")
        events = [{"title": "Tour", "seats": 7}, {"title": "Night", "seats": 0}][:limit]
        if wants(request, "application/json", "text/csv") == "text/csv":
            rows = "".join(f"{event['title']},{event['seats']}\n" for event in events)
            return Response(f"title,seats\n{rows}", media_type="text/csv")
        return JSONResponse(events)

    async def account(self, request):
        return JSONResponse(self.accounts[self.customer(request)])

    async def set_account(self, request):
        customer = self.customer(request)
        wanted = await json_body(request, ACCOUNT)
        self.accounts[customer] = {"email": wanted["email"], "since": "2026-01-15"}
        return JSONResponse(self.accounts[customer])

    async def create(self, request):
        customer = self.customer(request)
        wanted = await json_body(request, NEW_ORDER)
        order = {"id": self.next} | {name: wanted[name] for name in _ORDER if name in wanted}
        self.orders[self.next] = (customer, order)
        self.next += 1
        return JSONResponse(order, 201, {"Location": f"/orders/{order['id']}"})

    async def get(self, request):
        return JSONResponse(self.order(request))

    async def change(self, request):
        order = self.order(request)
        order.update(await json_body(request, CHANGE))
        return JSONResponse(order)

    async def cancel(self, request):
        del self.orders[self.order(request)["id"]]
        return Response(status_code=204)
