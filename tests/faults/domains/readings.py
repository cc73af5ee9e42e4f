"""The station: NDJSON, server-sent events, XML and text that break their schemas."""

import re
from dataclasses import replace

from tests.faults.domains.entry import (
    Fault,
    Variant,
    changed,
    clamped,
    fails_if,
    fields,
    members,
    octets,
    respelled,
    rewritten,
    to_status,
)

DOMAIN = "readings"
LINES = {"path": "/readings", "method": "GET", "status": 2}
ADD = {"method": "POST", "path": "/readings"}


def lines(change):
    """NDJSON with its lines changed; answers in JSON stay."""

    def to(_, answer):
        return replace(answer, body=change(answer.body)) if answer.body[:1] == b"{" else answer

    return to


FAULTS = [
    Fault("line-with-text", DOMAIN, "A value of a line is text.",
          changed(lines(lambda b: b.replace(b'"value": 22', b'"value": "22"')), **LINES), ("response-schema",)),
    Fault("line-without-id", DOMAIN, "A line has no id.",
          changed(lines(lambda b: re.sub(rb'"id": \d+, ', b"", b)), **LINES), ("response-schema",)),
    Fault("line-of-another-unit", DOMAIN, "A line has a unit that the document does not know.",
          changed(lines(lambda b: b.replace(b"celsius", b"kelvin")), **LINES), ("response-schema",)),
    Fault("line-is-cut", DOMAIN, "The last line is cut.", changed(lines(lambda b: b[:-9]), **LINES),
          ("response-schema", "json-valid")),
    Fault("lines-are-a-list", DOMAIN, "Lines end with commas.",
          changed(lines(lambda b: b.replace(b"}\n", b"},\n")), **LINES), ("response-schema", "json-valid")),
    Fault("lines-of-python", DOMAIN, "Lines are Python's.",
          changed(lines(lambda b: b.replace(b'"', b"'")), **LINES), ("response-schema", "json-valid")),
    Fault("lines-under-json", DOMAIN, "Lines are called JSON.",
          changed(fields(content_type="application/json"), **LINES), ("json-valid",)),
    Fault("alarm-of-no-level", DOMAIN, "An alarm has no level.",
          changed(octets(b'{"level": "low"}', b"{}"), path="/alarms"), ("response-schema",)),
    Fault("alarm-of-another-level", DOMAIN, "An alarm has a level that the document does not know.",
          changed(octets(b"high", b"extreme"), path="/alarms"), ("response-schema",)),
    Fault("alarm-is-not-json", DOMAIN, "An alarm's data is not JSON.",
          changed(octets(b'{"level": "high"}', b"level high"), path="/alarms"), ("response-schema",)),
    Fault("station-without-height", DOMAIN, "The station's XML lacks a required element.",
          changed(octets(b"<height>412</height>", b""), path="/station"), ("response-schema",)),
    Fault("station-of-words", DOMAIN, "A height is a word.",
          changed(octets(b"412", b"high"), path="/station"), ("response-schema",)),
    Fault("station-is-not-closed", DOMAIN, "The XML is not well-formed.",
          changed(octets(b"</station>", b""), path="/station"), ("response-schema",)),
    Fault("units-in-capitals", DOMAIN, "The text does not match its pattern.",
          changed(octets(b"celsius", b"CELSIUS"), path="/units"), ("response-schema",)),
    Fault("json-list-breaks", DOMAIN, "The list in JSON, asked for by Accept, breaks its schema.",
          changed(lambda r, a: members(value=None)(r, a) if isinstance(a.json, list) else a, **LINES),
          ("response-schema",)),
    Fault("json-list-fails", DOMAIN, "The list cannot be had as JSON.",
          changed(to_status(500), **{**LINES, "status": 0}, field="accept: application/json"), ("server-error-never",)),
    Fault("reading-as-text", DOMAIN, "A reading's value is text.",
          changed(members(value="21"), path="/readings/*", status=2), ("response-schema",)),
    Fault("reading-of-another-unit", DOMAIN, "A reading is in Celsius, in capitals.",
          changed(members(unit="Celsius"), path="/readings/*", status=2), ("response-schema",)),
    Fault("notes-of-any-length", DOMAIN, "A note is longer than it may be.",
          changed(members(note="n" * 21), path="/readings/*", status=2), ("response-schema",)),
    Fault("values-are-clamped", DOMAIN, "Values out of bounds are taken.",
          rewritten(clamped("value", -1000, 1000), **ADD), ("request-rejected",)),
    Fault("values-beyond-2-63-fail", DOMAIN, "Values beyond 2^63 crash it.",
          fails_if(lambda r: bool(re.search(rb"\d{19,}", r.body)), **ADD), ("server-error-never",)),
    Fault("values-below-2-63-fail", DOMAIN, "Values below -2^63 crash it.",
          fails_if(lambda r: bool(re.search(rb"-\d{19,}", r.body)), **ADD), ("server-error-never",)),
    Fault("units-by-another-name", DOMAIN, "A likely unit that is not in the document is taken.",
          rewritten(respelled("unit", lambda text: text in ("kelvin", "fahrenheit"), ["celsius"]), **ADD),
          ("request-rejected",)),
    Fault("units-of-any-case", DOMAIN, "Units are taken in any case.",
          rewritten(respelled("unit", lambda t: t.lower() in ("celsius", "percent"), ["celsius"]), **ADD),
          ("request-rejected",)),
    Fault("readings-all-409", DOMAIN, "Every new reading gets 409.", changed(to_status(409), **ADD),
          unproven=("addReading",)),
    Fault("readings-all-403", DOMAIN, "Every new reading gets 403.", changed(to_status(403), **ADD),
          unproven=("addReading",)),
    Fault("alarms-under-text", DOMAIN, "Alarms are called plain text.",
          changed(fields(content_type="text/plain"), path="/alarms"), ("media-type-documented",)),
    Fault("notes-are-lost", DOMAIN, "The note of a reading is null when it is read.",
          changed(members(note=None), path="/readings/*", status=2), ("created-is-found",)),
]  # fmt: skip

VARIANTS = [
    Variant("lines-end-as-on-windows", DOMAIN, "Lines end with CRLF.",
            changed(lines(lambda b: b.replace(b"\n", b"\r\n")), **LINES)),
    Variant("no-last-line-end", DOMAIN, "The last line has no end.", changed(lines(lambda b: b.rstrip()), **LINES)),
    Variant("no-lines", DOMAIN, "No readings at all.",
            changed(lambda r, a: replace(a, body=b"[]" if a.body[:1] == b"[" else b"\n"), **LINES)),
    Variant("alarms-with-comments", DOMAIN, "Comments, retry and event names.",
            changed(octets(b"id: 1", b": hello\nretry: 3000\nevent: alarm\nid: 1"), path="/alarms")),
    Variant("alarms-in-two-lines", DOMAIN, "The data of one alarm has two lines.",
            changed(octets(b'{"level": "high"}', b'{"level":\ndata: "high"}'), path="/alarms")),
    Variant("declared-xml", DOMAIN, "An XML declaration, and elements that the document does not have.",
            changed(octets(b"<station>", b'<?xml version="1.0" encoding="UTF-8"?>\n<station><owner>x</owner>'),
                    path="/station")),
    Variant("text-with-charset", DOMAIN, "A charset in Content-Type.",
            changed(fields(content_type="text/plain; charset=US-ASCII"), path="/units")),
    Variant("readings-are-deleted-never", DOMAIN, "Errors with a body that the document does not have.",
            changed(lambda r, a: replace(a.with_json({"error": "Bad"}).with_field("content-type", "application/json"),
                                         status=422), status=400)),
]  # fmt: skip
