"""The station: NDJSON, server-sent events, XML and text that break their schemas."""

import re
from dataclasses import replace

from tests.faults.domains import edits as e
from tests.faults.domains.entry import Fault, Variant

DOMAIN = "readings"
LINES = {"path": "/readings", "method": "GET", "status": 2}
ADD = {"method": "POST", "path": "/readings"}


def lines(change):
    """NDJSON with its lines changed; answers in JSON stay."""

    def to(_, answer):
        return replace(answer, body=change(answer.body)) if answer.body[:1] == b"{" else answer

    return to


REPLACED = [
    # id, what is wrong, path, bytes, what they become
    ("alarm-of-no-level", "An alarm has no level.", "/alarms", b'{"level": "low"}', b"{}"),
    (
        "alarm-of-another-level",
        "An alarm has a level that the document does not know.",
        "/alarms",
        b"high",
        b"extreme",
    ),
    ("alarm-is-not-json", "An alarm's data is not JSON.", "/alarms", b'{"level": "high"}', b"level high"),
    (
        "station-without-height",
        "The station's XML lacks a required element.",
        "/station",
        b"<height>412</height>",
        b"",
    ),
    ("station-of-words", "A height is a word.", "/station", b"412", b"high"),
    ("station-is-not-closed", "The XML is not well-formed.", "/station", b"</station>", b""),
    ("units-in-capitals", "The text does not match its pattern.", "/units", b"celsius", b"CELSIUS"),
]
FAULTS = [
    Fault("line-with-text", DOMAIN, "A value of a line is text.",
          e.changed(lines(lambda b: b.replace(b'"value": 22', b'"value": "22"')), **LINES), ("response-schema",)),
    Fault("line-without-id", DOMAIN, "A line has no id.",
          e.changed(lines(lambda b: re.sub(rb'"id": \d+, ', b"", b)), **LINES), ("response-schema",)),
    Fault("line-of-another-unit", DOMAIN, "A line has a unit that the document does not know.",
          e.changed(lines(lambda b: b.replace(b"celsius", b"kelvin")), **LINES), ("response-schema",)),
    Fault("line-is-cut", DOMAIN, "The last line is cut.", e.changed(lines(lambda b: b[:-9]), **LINES),
          ("response-schema", "json-valid")),
    Fault("lines-are-a-list", DOMAIN, "Lines end with commas.",
          e.changed(lines(lambda b: b.replace(b"}\n", b"},\n")), **LINES), ("response-schema", "json-valid")),
    Fault("lines-of-python", DOMAIN, "Lines are Python's.",
          e.changed(lines(lambda b: b.replace(b'"', b"'")), **LINES), ("response-schema", "json-valid")),
    Fault("lines-under-json", DOMAIN, "Lines are called JSON.",
          e.changed(e.fields(content_type="application/json"), **LINES), ("json-valid",)),
    *(
        Fault(name, DOMAIN, breaks, e.changed(e.octets(old, new), path=path), ("response-schema",))
        for name, breaks, path, old, new in REPLACED
    ),
    Fault("json-list-breaks", DOMAIN, "The list in JSON, asked for by Accept, breaks its schema.",
          e.changed(lambda r, a: e.members(value=None)(r, a) if isinstance(a.json, list) else a, **LINES),
          ("response-schema",)),
    Fault("json-list-fails", DOMAIN, "The list cannot be had as JSON.",
          e.changed(e.to_status(500), **{**LINES, "status": 0}, field="accept: application/json"), ("server-error-never",)),
    Fault("reading-as-text", DOMAIN, "A reading's value is text.",
          e.changed(e.members(value="21"), path="/readings/*", status=2), ("response-schema",)),
    Fault("reading-of-another-unit", DOMAIN, "A reading is in Celsius, in capitals.",
          e.changed(e.members(unit="Celsius"), path="/readings/*", status=2), ("response-schema",)),
    Fault("notes-of-any-length", DOMAIN, "A note is longer than it may be.",
          e.changed(e.members(note="n" * 21), path="/readings/*", status=2), ("response-schema",)),
    Fault("values-are-clamped", DOMAIN, "Values out of bounds are taken.",
          e.rewritten(e.clamped("value", -1000, 1000), **ADD), ("request-rejected",)),
    Fault("values-beyond-2-63-fail", DOMAIN, "Values beyond 2^63 crash it.",
          e.fails_if(lambda r: bool(re.search(rb"\d{19,}", r.body)), **ADD), ("server-error-never",)),
    Fault("values-below-2-63-fail", DOMAIN, "Values below -2^63 crash it.",
          e.fails_if(lambda r: bool(re.search(rb"-\d{19,}", r.body)), **ADD), ("server-error-never",)),
    Fault("units-by-another-name", DOMAIN, "A likely unit that is not in the document is taken.",
          e.rewritten(e.respelled("unit", lambda text: text in ("kelvin", "fahrenheit"), ["celsius"]), **ADD),
          ("request-rejected",)),
    Fault("units-of-any-case", DOMAIN, "Units are taken in any case.",
          e.rewritten(e.respelled("unit", lambda t: t.lower() in ("celsius", "percent"), ["celsius"]), **ADD),
          ("request-rejected",)),
    Fault("readings-all-409", DOMAIN, "Every new reading gets 409.", e.changed(e.to_status(409), **ADD),
          unproven=("addReading",)),
    Fault("readings-all-403", DOMAIN, "Every new reading gets 403.", e.changed(e.to_status(403), **ADD),
          unproven=("addReading",)),
    Fault("alarms-under-text", DOMAIN, "Alarms are called plain text.",
          e.changed(e.fields(content_type="text/plain"), path="/alarms"), ("media-type-documented",)),
    Fault("notes-are-lost", DOMAIN, "The note of a reading is null when it is read.",
          e.changed(e.members(note=None), path="/readings/*", status=2), ("created-is-found",)),
]  # fmt: skip

VARIANTS = [
    Variant("lines-end-as-on-windows", DOMAIN, "Lines end with CRLF.",
            e.changed(lines(lambda b: b.replace(b"\n", b"\r\n")), **LINES)),
    Variant("no-last-line-end", DOMAIN, "The last line has no end.", e.changed(lines(lambda b: b.rstrip()), **LINES)),
    Variant("no-lines", DOMAIN, "No readings at all.",
            e.changed(lambda r, a: replace(a, body=b"[]" if a.body[:1] == b"[" else b"\n"), **LINES)),
    Variant("alarms-with-comments", DOMAIN, "Comments, retry and event names.",
            e.changed(e.octets(b"id: 1", b": hello\nretry: 3000\nevent: alarm\nid: 1"), path="/alarms")),
    Variant("alarms-in-two-lines", DOMAIN, "The data of one alarm has two lines.",
            e.changed(e.octets(b'{"level": "high"}', b'{"level":\ndata: "high"}'), path="/alarms")),
    Variant("declared-xml", DOMAIN, "An XML declaration, and elements that the document does not have.",
            e.changed(e.octets(b"<station>", b'<?xml version="1.0" encoding="UTF-8"?>\n<station><owner>x</owner>'),
                    path="/station")),
    Variant("text-with-charset", DOMAIN, "A charset in Content-Type.",
            e.changed(e.fields(content_type="text/plain; charset=US-ASCII"), path="/units")),
    Variant("readings-are-deleted-never", DOMAIN, "Errors with a body that the document does not have.",
            e.changed(lambda r, a: replace(a.with_json({"error": "Bad"}).with_field("content-type", "application/json"),
                                         status=422), status=400)),
]  # fmt: skip
