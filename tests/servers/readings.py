"""The station of `readings.yaml`: NDJSON, server-sent events, XML and plain text beside JSON."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from tests.servers.dispatch import route
from tests.servers.strict import application, checker, dumped, json_body, number, wants

NEW = checker(
    {
        "type": "object",
        "required": ["value", "unit"],
        "properties": {
            "value": {"type": "integer", "minimum": -1000, "maximum": 1000},
            "unit": {"enum": ["celsius", "percent"]},
            "note": {"type": ["string", "null"], "maxLength": 20},
        },
    }
)
ALARMS = b'id: 1\ndata: {"level": "low"}\n\ndata: {"level": "high"}\n\n'
STATION = b"<station><name>Hill</name><height>412</height></station>"


class Station:
    """The correct server."""

    def __init__(self):
        self.readings = [{"id": key, "value": 20 + key, "unit": "celsius"} for key in (1, 2, 3)]

    def app(self):
        return application(
            [
                route("/readings", get=self.list, post=self.add),
                route("/readings/{reading_id}", get=self.get),
                route("/alarms", get=self.alarms),
                route("/station", get=self.station),
                route("/units", get=self.units),
            ]
        )

    async def list(self, request):
        limit = number(request.query_params.get("limit", "3"), 1, 20)
        if wants(request, "application/x-ndjson", "application/json") == "application/json":
            return JSONResponse(self.readings[:limit])
        lines = b"".join(dumped(reading) + b"\n" for reading in self.readings[:limit])
        return Response(lines, media_type="application/x-ndjson")

    async def add(self, request):
        wanted = await json_body(request, NEW)
        kept = {name: wanted[name] for name in ("value", "unit", "note") if name in wanted}
        self.readings.append({"id": len(self.readings) + 1, **kept})
        return JSONResponse(self.readings[-1], 201)

    async def get(self, request):
        text = request.path_params["reading_id"]
        is_known = text.isascii() and text.isdecimal() and len(text) < 9
        if not is_known or not 1 <= int(text) <= len(self.readings):
            raise HTTPException(404)
        return JSONResponse(self.readings[int(text) - 1])

    async def alarms(self, request):
        return Response(ALARMS, media_type="text/event-stream")

    async def station(self, request):
        return Response(STATION, media_type="application/xml")

    async def units(self, request):
        return Response("celsius,percent", media_type="text/plain")
