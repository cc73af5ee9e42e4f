"""Correct servers that a strict reader might accuse."""

from __future__ import annotations

import asyncio
import csv
import gzip
import io
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from tests.faults.catalogue.entry import variant
from tests.faults.edits import (
    answers,
    as_about_blank,
    asks,
    content,
    emptied,
    fields,
    fields_added,
    fields_changed,
    fields_twice,
    json_changed,
    members,
    octets_changed,
    problem,
    restated,
)
from tests.faults.wrapper import Answer

_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

variant("400-for-422", "a body of the wrong shape is answered 400")(
    lambda request, call: restated(request, call, 422, 400)
)
variant("422-for-400", "a malformed request is answered 422")(
    lambda request, call: restated(request, call, 400, 422)
)
variant("404-for-odd-ids", "an id that is not a UUID gets a 404")(
    lambda request, call: (
        call(request) if _UUID.fullmatch(request.report_id) else restated(request, call, 400, 404)
    )
)
variant("extra-members", "answers have more members")(
    lambda request, call: json_changed(request, call, lambda value: {"trace": "a1", **value, "x-more": [1]})
)
variant("other-order", "members come in another order")(
    lambda request, call: json_changed(request, call, lambda value: dict(reversed(value.items())))
)
variant("other-types", "problem types are other URIs")(
    lambda request, call: json_changed(
        request,
        call,
        lambda value: value | ({"type": f"urn:problem:{value['code']}"} if "code" in value else {}),
    )
)
variant("minimal-problems", "problems have a title and a status only")(
    lambda request, call: json_changed(
        request,
        call,
        lambda value: {k: v for k, v in value.items() if "title" not in value or k in ("title", "status")},
    )
)
variant("about-blank", "problems have no type of their own, and the status phrase for a title")(
    lambda request, call: json_changed(request, call, as_about_blank)
)
variant("nulls-left-out", "members that would be null are left out")(
    lambda request, call: json_changed(
        request, call, lambda value: {k: v for k, v in value.items() if v is not None}
    )
)
variant("null-members", "absent members of problems are null")(
    lambda request, call: json_changed(
        request,
        call,
        lambda value: value | ({"detail": None, "retry_after_seconds": None} if "title" in value else {}),
    )
)
variant("offsets", "times have fractions and an offset")(members(200, as_of="2026-01-14T08:00:00.250+02:00"))
variant("spaced-json", "JSON is indented")(
    lambda request, call: octets_changed(
        request, call, lambda body: json.dumps(json.loads(body), indent=2).encode()
    )
)
variant("escaped-json", "JSON is ASCII with escapes")(
    lambda request, call: octets_changed(request, call, lambda body: json.dumps(json.loads(body)).encode())
)
variant("charset", "media types have a charset")(
    lambda request, call: fields_changed(
        request, call, lambda n, v: (n, v + b"; charset=utf-8") if n == b"content-type" else (n, v)
    )
)
variant("capital-fields", "field names are in capitals")(
    lambda request, call: fields_changed(request, call, lambda n, v: (n.upper(), v))
)
variant("closing", "every connection is closed")(
    lambda request, call: fields_added(request, call, (b"connection", b"close"))
)
variant("empty-405", "a 405 has no content")(lambda request, call: emptied(request, call, 405))
variant("bare-content-type", "CSV is text/csv without a charset")(
    members(200, content_type=lambda old: old.partition(";")[0])
)
variant("crlf", "CSV lines end in CRLF")(content("csv", lambda text: re.sub(r'(?<=")\n', "\r\n", text)))
variant("waits", "a refusal says when to come back")(
    lambda request, call: fields_added(request, call, (b"retry-after", b"30"), {415})
)


@variant("gzip", "answers are compressed where the client accepts that")
async def _gzipped(request, call):
    answer = await call(request)
    accepts = any(name == b"accept-encoding" and b"gzip" in value for name, value in request.fields)
    if not accepts or not answer.body:
        return answer
    return replace(answer.with_field("content-encoding", "gzip"), body=gzip.compress(answer.body))


@variant("chunked", "answers are sent in chunks, without a length")
async def _chunked(request, call):
    answer = await call(request)
    return replace(answer.with_field("content-length", None), keep_length=True)


def _barely_quoted(text):
    written = io.StringIO()
    rows = csv.reader(io.StringIO(text, newline=""))
    csv.writer(written, lineterminator="\n").writerows(rows)
    return written.getvalue()


def _emptied_refusals(statuses):
    async def edit(request, call):
        answer = await call(request)
        if answer.status not in statuses:
            return answer
        return replace(answer.with_field("content-type", None), body=b"")

    return edit


variant("bare-refusals", "refusals that the document does not name have no content")(
    _emptied_refusals({400, 405, 415, 422})
)
variant("404-for-methods", "a method that is not offered is answered 404")(
    lambda request, call: restated(request, call, 405, 404)
)
variant("501-for-methods", "a method that is not offered is answered 501 without content")(
    answers(lambda r: r.method not in ("POST", "OPTIONS"), 501, b"", None)
)
variant("takes-untyped-bodies", "a body without Content-Type is read as JSON")(
    asks(
        lambda r: r.body and not r.field(b"content-type"),
        fields=lambda r: [*r.fields, (b"content-type", b"application/json")],
    )
)
variant("406-for-pages", "an Accept that cannot be met is answered 406")(
    answers(
        lambda r: r.field(b"accept") in (b"text/html", b"text/csv", b"application/problem+json"),
        406,
        problem(406),
    )
)
variant("strict-members", "members that the document does not name are refused")(
    answers(lambda r: isinstance(r.asked, dict) and r.asked.keys() - {"format"}, 422, problem(422))
)
variant("strict-queries", "query parameters that the document does not name are refused")(
    answers(lambda r: r.query, 400, problem(400))
)
variant("limits-size", "large bodies are refused in the words of a proxy")(
    answers(lambda r: len(r.body) > 100_000, 413, b"<html>413</html>", "text/html")
)
variant("limits-urls", "long URLs are refused in the words of a proxy")(
    answers(lambda r: len(r.path) > 2000, 414, b"<html>414</html>", "text/html")
)
variant("limits-fields", "long header fields are refused without content")(
    answers(lambda r: any(len(value) > 2000 for _, value in r.fields), 431, b"", None)
)
variant("limits-depth", "deep bodies are refused")(
    answers(lambda r: r.body.count(b"[") > 50, 400, problem(400))
)
variant("guards-against-attacks", "what looks like an attack is refused by a firewall")(
    answers(lambda r: "OR '1'" in r.path or "<b>" in r.path, 403, b"<h1>Forbidden</h1>", "text/html")
)
variant("reads-marked-json", "a byte order mark before the JSON is put up with")(
    asks(lambda r: r.body.startswith(b"\xef\xbb\xbf"), body=lambda r: r.body[3:])
)
variant("unmeasured", "the freshness is not known")(members(200, freshness_lag_ms=None))
variant("unmeasured-and-silent", "the freshness is left out")(members(200, freshness_lag_ms=...))
variant("fresh", "the data is as of now, in each answer anew")(
    members(200, as_of=lambda _: datetime.now(UTC).isoformat(), freshness_lag_ms=0)
)
variant("small-letters", "times are written with small letters")(members(200, as_of="2026-01-14t06:00:00z"))
variant("named-in-german", "the file name has letters beyond ASCII and spaces")(
    members(200, filename=lambda old: f"Übersicht {old}")
)
variant("more-parameters", "the content type has more parameters")(
    members(
        200,
        content_type=lambda old: (
            old.partition(";")[0] + ('; charset=UTF-8; header="present"' if "csv" in old else "")
        ),
    )
)
variant("bare-fields", "CSV fields are quoted only where they must be")(content("csv", _barely_quoted))
variant("no-last-line-end", "the last line of the CSV has no end")(
    content("csv", lambda text: text.rstrip("\n"))
)
variant("compact-content", "the JSON content has no spaces")(
    content("json", lambda text: json.dumps(json.loads(text), separators=(",", ":")))
)
variant("floats", "whole measures are written as 1.0")(
    content("json", lambda text: re.sub(r": (\d+)(?=[,\n])", r": \1.0", text))
)
variant("content-without-time", "the JSON content has columns and rows only")(
    content(
        "json", lambda t: json.dumps({k: v for k, v in json.loads(t).items() if k in ("columns", "rows")})
    )
)
variant("tagged", "answers carry a tag, Vary and other fields")(
    fields({200}, etag='W/"a1"', vary="Accept", cache_control="no-store", x_request_id="01J", server="nginx")
)
variant("cookies", "answers set two cookies")(
    lambda request, call: fields_twice(request, call, 200, b"set-cookie", (b"a=1", b"b=2"))
)
variant("allow-in-two", "Allow comes in two fields")(
    lambda request, call: fields_twice(request, call, 405, b"allow", (b"POST",))
)
variant("no-actions", "problems have an empty list of actions")(
    lambda request, call: json_changed(
        request, call, lambda v: v | ({"allowed_actions": []} if "title" in v else {})
    )
)
variant("tells-the-way", "a problem's detail names a path of the API")(
    members(404, detail="No report has that id; see /v1/reports/saved for all reports.")
)
variant("typeless", "problems have no type")(
    lambda request, call: json_changed(
        request, call, lambda v: {k: x for k, x in v.items() if k != "type" or "title" not in v}
    )
)
variant("whole-instance", "a problem's instance is the whole URL")(
    lambda request, call: json_changed(
        request,
        call,
        lambda v: (
            v | ({"instance": f"http://{request.field(b'host').decode()}/api/v1"} if "title" in v else {})
        ),
    )
)


@variant("dated-waits", "Retry-After is a date, and the body says the same")
async def _wait(request, call):
    answer = await call(request)
    if answer.status != 415:
        return answer
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    return answer.with_json(answer.json | {"retry_after_seconds": 30}).with_field("retry-after", until)


@variant("unhurried", "every fortieth answer takes its time")
async def _unhurried(request, call, count=[0]):  # noqa: B006 - the memory of this server
    count[0] += 1
    if count[0] % 40 == 0:
        await asyncio.sleep(0.4)
    return await call(request)


@variant("pauses-once", "one answer is late, as when the machine was busy")
async def _pauses(request, call, count=[0]):  # noqa: B006 - the memory of this server
    count[0] += 1
    if count[0] == 30:
        await asyncio.sleep(2.4)
    return await call(request)


@variant("answers-head", "HEAD and OPTIONS are answered 204 with Allow")
async def _answers_head(request, call):
    if request.method not in ("HEAD", "OPTIONS"):
        return await call(request)
    return Answer(204, [(b"allow", b"POST, OPTIONS, HEAD")], b"")
