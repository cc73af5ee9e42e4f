"""The table of faults: what is broken, and which checks may tell."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tests.faults.edits import (
    KNOWN,
    answers,
    as_about_blank,
    asked_format,
    asks,
    content,
    cut_short,
    emptied,
    fields,
    fields_added,
    fields_changed,
    is_known,
    json_changed,
    json_edit,
    members,
    octets,
    octets_changed,
    plus_one,
    problem,
    restated,
    rows,
    twice,
    two_waits,
    unsteady,
    with_status,
    without_row,
)

if TYPE_CHECKING:
    from tests.faults.wrapper import Edit


@dataclass(frozen=True)
class Fault:
    id: str
    breaks: str
    caught_by: tuple[str, ...]
    edit: Edit


@dataclass(frozen=True)
class Variant:
    id: str
    what: str
    edit: Edit


FAULTS: list[Fault] = []
VARIANTS: list[Variant] = []


def fault(fault_id, breaks, *caught_by):
    """Enter a function as a fault."""

    def enter(edit):
        FAULTS.append(Fault(fault_id, breaks, caught_by, edit))
        return edit

    return enter


def variant(variant_id, what):
    """Enter a function as a correct variant."""

    def enter(edit):
        VARIANTS.append(Variant(variant_id, what, edit))
        return edit

    return enter


# Statuses and existence
fault("fails-on-json", "format json makes the server fail", "server-error-never")(
    answers(lambda r: is_known(r) and asked_format(r) == "json", 500, problem(500))
)
fault("fails-on-broken-json", "a broken body makes the server fail", "server-error-never")(
    answers(lambda r: r.is_export and r.asked is None and r.body, 500, problem(500))
)
fault("fails-on-odd-id", "an id that is no UUID makes the server fail", "server-error-never")(
    answers(lambda r: r.is_export and not re.fullmatch(r"[0-9a-fA-F-]{36}", r.report_id), 500, problem(500))
)
fault("fails-on-unknown", "an unknown report makes the server fail", "server-error-never")(
    answers(lambda r: r.is_export and r.report_id.endswith("0404"), 500, problem(500))
)
fault("created-for-ok", "an export is answered 201", "status-documented")(
    lambda request, call: with_status(request, call, 200, 201)
)
fault("redirects-exports", "an export is answered with a redirect", "status-documented", "expected-status")(
    answers(is_known, 302, b"", None)
)
fault("forgets-a-report", "a report that exists is not found", "expected-status")(
    asks(is_known, path=lambda r: r.path.replace(r.report_id, "00000000-0000-4000-8000-000000000000"))
)
fault("shows-forbidden", "the forbidden report is exported", "expected-status")(
    asks(lambda r: r.report_id.lower().endswith("9fff"), path=lambda r: r.path.replace(r.report_id, KNOWN))
)
fault(
    "shows-forbidden-in-capitals",
    "the forbidden report is exported when its id is in capitals",
    "expected-status",
)(asks(lambda r: r.report_id.endswith("9FFF"), path=lambda r: r.path.replace(r.report_id, KNOWN)))
fault("hides-forbidden", "the forbidden report is answered 404", "expected-status")(
    asks(
        lambda r: r.report_id.lower().endswith("9fff"),
        path=lambda r: r.path.replace(r.report_id, "00000000-0000-4000-8000-000000000000"),
    )
)
fault("finds-everything", "an unknown report is exported", "expected-status")(
    asks(lambda r: r.report_id.endswith("0404"), path=lambda r: r.path.replace(r.report_id, KNOWN))
)
fault("case-matters", "an id in capitals is unknown", "uuid-case")(
    asks(
        lambda r: r.is_export and r.report_id != r.report_id.lower(),
        path=lambda r: r.path.replace(r.report_id, "00000000-0000-4000-8000-000000000000"),
    )
)

# The shape of exports
for _name in ("as_of", "content", "content_type", "filename", "format"):
    fault(f"leaves-out-{_name.replace('_', '-')}", f"an export has no {_name}", "response-schema")(
        members(200, **{_name: ...})
    )
fault("zoneless-as-of", "as_of has no zone", "response-schema")(members(200, as_of="2026-01-14T06:00:00"))
fault("no-such-day", "as_of is no real date", "response-schema")(members(200, as_of="2026-02-30T06:00:00Z"))
fault("negative-lag", "the freshness lag is negative", "response-schema")(members(200, freshness_lag_ms=-5))
fault("fractional-lag", "the freshness lag is no integer", "response-schema")(
    members(200, freshness_lag_ms=0.5)
)
fault("content-as-object", "the content is no string", "response-schema")(members(200, content={"rows": []}))
fault("csv-said-json", "CSV is said to be application/json", "export-content-type-matches")(
    members(200, content_type=lambda old: "application/json" if old.startswith("text/csv") else old)
)
fault("no-extension", "the file name has no extension", "export-filename-extension")(
    members(200, filename="report")
)
fault("climbing-name", "the file name leads out of its folder", "filename-safe")(
    members(200, filename=lambda old: f"../{old}")
)
fault("quoting-name", "the file name has a quote", "filename-safe")(
    members(200, filename=lambda old: f'a"{old}')
)
fault("text-exports", "an export is sent as text/plain", "media-type-documented")(
    fields({200}, content_type="text/plain")
)
fault("untyped-exports", "an export has no Content-Type", "content-type-present")(
    fields({200}, content_type=None)
)
fault("latin-json", "JSON is said to be Latin-1", "content-type-present")(
    fields({200}, content_type="application/json; charset=iso-8859-1")
)
fault("two-types", "two Content-Type fields contradict", "single-valued-fields")(twice)

# JSON to the letter
fault("byte-order-mark", "JSON starts with a byte order mark", "json-valid")(
    octets(200, lambda b: b"\xef\xbb\xbf" + b)
)
fault("trailing-octets", "something follows the JSON", "json-valid")(octets(200, lambda b: b + b"\n;"))
fault("double-member", "a member occurs twice", "json-valid")(
    octets(200, lambda b: b[:-1] + b',"format":"csv"}')
)
fault("not-a-number", "a NaN stands in the JSON", "json-valid")(octets(200, lambda b: b[:-1] + b',"x":NaN}'))
fault("no-utf-8", "the JSON is not UTF-8", "json-valid")(octets(200, lambda b: b[:-1] + b',"x":"\xff"}'))
fault("empty-export", "an export is empty", "body-present")(octets(200, lambda _: b""))
fault("cut-short", "an export ends before its announced length", "complete-response")(cut_short)

# What was asked
fault("always-csv", "the format asked for is ignored", "export-format-as-asked")(
    asks(lambda r: asked_format(r) == "json", body=lambda _: b"{}")
)
fault("json-by-default", "json is the default format", "export-format-as-asked")(
    asks(lambda r: r.is_export and r.asked == {}, body=lambda _: b'{"format": "json"}')
)
fault("misnamed-format", "the content is as asked, but `format` names the other", "export-format-as-asked")(
    members(200, format=lambda old: "csv" if old == "json" else "json")
)
fault("asks-for-credentials", "a 401 comes without a challenge", "unauthorized-challenge")(
    answers(lambda r: r.report_id.endswith("0404"), 401, problem(401))
)
fault("takes-any-format", "an unknown format is taken", "request-refused")(
    asks(lambda r: asked_format(r) not in (None, "csv", "json"), body=lambda _: b"{}")
)
fault("takes-broken-json", "a broken body is taken", "request-refused")(
    asks(lambda r: r.is_export and r.body and r.asked is None, body=lambda _: b"{}")
)
fault("takes-lists", "a body that is no object is taken", "request-refused")(
    asks(lambda r: r.is_export and isinstance(r.asked, list), body=lambda _: b"{}")
)
fault("takes-bare-ids", "an id without hyphens is taken", "request-refused")(
    asks(
        lambda r: re.fullmatch(r"[0-9a-f]{32}", r.report_id),
        path=lambda r: r.path.replace(r.report_id, KNOWN),
    )
)
fault("takes-text", "a body that is said to be text is taken", "unsupported-media-415")(
    asks(
        lambda r: (b"content-type", b"text/plain") in r.fields,
        fields=lambda _: [(b"content-type", b"application/json")],
    )
)
fault("needs-a-format", "a body without a format is refused", "request-accepted")(
    answers(lambda r: r.is_export and r.asked == {}, 422, problem(422))
)
fault("refuses-json-format", "format json is refused", "request-accepted")(
    answers(lambda r: r.is_export and asked_format(r) == "json", 400, problem(400))
)
fault("refuses-charset", "a charset beside the media type is refused", "request-accepted")(
    answers(lambda r: any(b"charset" in value for _, value in r.fields), 415, problem(415))
)

# The CSV
fault("headless-csv", "CSV has no header", "csv-header", "formats-agree")(rows(lambda lines: lines[1:]))
fault("twin-columns", "two columns have one name", "csv-header")(
    rows(lambda lines: [re.sub(r'^"(\w+)","\w+"', r'"\1","\1"', lines[0]), *lines[1:]])
)
fault("short-row", "a row lacks its last field", "csv-even-rows")(
    rows(lambda lines: [*lines[:-1], lines[-1].rpartition(",")[0] + "\n"])
)
fault("bare-quotes", "quotes inside a cell are not doubled", "csv-quoting", "csv-even-rows")(
    content("csv", lambda text: text.replace('""', '"'))
)
fault("unguarded-formula", "a cell that looks like a formula is not guarded", "csv-no-formula")(
    content("csv", lambda text: text.replace("\"'=", '"=').replace("\"'@", '"@'))
)
fault("mixed-line-ends", "lines end in LF and in CRLF", "csv-line-ends")(
    rows(lambda lines: [lines[0].rstrip("\n") + "\r\n", *lines[1:]])
)
fault("nul-in-csv", "a cell has a NUL character", "csv-utf8")(
    content("csv", lambda text: text.replace('"\n', '\0"\n', 1))
)

# The JSON content
fault("broken-content", "the JSON content does not parse", "json-content-parses")(
    content("json", lambda text: text[:-1])
)
fault("unnamed-column", "a row has a column that is not declared", "json-rows-match-columns")(
    json_edit(lambda value: value | {"rows": [row | {"extra": 1} for row in value["rows"]]})
)
fault("measures-as-text", "measures are strings", "json-rows-match-columns")(
    json_edit(
        lambda value: (
            value
            | {"rows": [{k: v if v is None else str(v) for k, v in row.items()} for row in value["rows"]]}
        )
    )
)
fault("json-drops-a-row", "JSON has a row less than CSV", "formats-agree")(json_edit(without_row))
fault("json-drifts", "a measure differs between JSON and CSV", "formats-agree")(
    json_edit(lambda value: value | {"rows": [plus_one(row) for row in value["rows"]]})
)

# Errors
fault(
    "plain-problems", "problems are sent as application/json", "problem-media-type", "media-type-documented"
)(fields({403, 404}, content_type="application/json"))
fault("html-errors", "not found is an HTML page", "no-html-errors", "media-type-documented")(
    answers(lambda r: r.report_id.endswith("0404"), 404, b"<h1>Not Found</h1>", "text/html")
)
fault("another-status", "a problem states another status", "problem-status-mirrors")(members(404, status=400))
fault("status-as-text", "a problem's status is a string", "problem-status-mirrors")(
    members(403, status="403")
)
fault("untitled", "a problem has no title", "response-schema")(members(404, title=...))
fault("listed-problem", "a problem is a list", "problem-is-object", "response-schema")(
    octets(404, lambda b: b"[" + b + b"]")
)
fault("numbered-type", "a problem's type is a number", "problem-member-types", "response-schema")(
    members(404, type=404)
)
fault("instance-with-spaces", "a problem's instance is no URI", "problem-instance-uri", "response-schema")(
    members(404, instance="the request of just now")
)
fault("shouting-code", "a code is not snake_case", "response-schema")(
    members(404, code="SavedReportNotFound")
)
fault("action-without-rel", "a recovery action has no rel", "response-schema")(
    members(404, allowed_actions=[{"method": "POST"}])
)
fault("foreign-rel", "a recovery action has a rel of entities", "response-schema")(
    members(404, allowed_actions=[{"rel": "archive"}])
)
fault("type-with-spaces", "a problem's type is no URI", "response-schema", "problem-type-uri")(
    members(404, type="saved report not found")
)
fault("stack-trace", "an error tells a stack trace", "problem-no-internals")(
    members(404, detail='Traceback (most recent call last):\n  File "/srv/app/store.py", line 7, in report')
)
fault("tells-sql", "an error tells its SQL", "problem-no-internals")(
    members(404, detail="SELECT id, name FROM saved_reports WHERE id = ?")
)
fault("tells-paths", "an error tells a file path", "problem-no-internals")(
    members(403, detail="denied by /etc/reports/policy.d/export.rego")
)
fault("odd-retry-after", "Retry-After has neither form", "retry-after-form", "response-headers")(
    fields({415, 422}, retry_after="in a while")
)
fault("two-waits", "the body and Retry-After tell different waits", "problem-retry-after-agrees")(two_waits)

# Methods
fault("no-allow", "a 405 does not say what is allowed", "method-not-allowed-allow")(fields({405}, allow=None))
fault("wrong-allow", "Allow leaves out POST", "method-not-allowed-allow")(fields({405}, allow="GET"))
fault("gets-exports", "GET is answered as if it were POST", "method-not-allowed")(
    asks(
        lambda r: r.method == "GET",
        method=lambda _: "POST",
        fields=lambda _: [(b"content-type", b"application/json")],
        body=lambda _: b"{}",
    )
)


fault("unsteady", "the same request has other content each time", "repeatable")(unsteady(1_000_000))
fault("alternating", "the same request has other content every other time", "repeatable")(unsteady(2))
fault(
    "open-to-all", "any origin may read answers with the user's credentials", "cors-not-wild-with-credentials"
)(fields({200, 403, 404}, access_control_allow_origin="*", access_control_allow_credentials="true"))


# Correct servers that a strict reader might accuse
variant("400-for-422", "a body of the wrong shape is answered 400")(
    lambda request, call: restated(request, call, 422, 400)
)
variant("422-for-400", "a malformed request is answered 422")(
    lambda request, call: restated(request, call, 400, 422)
)
variant("404-for-odd-ids", "an id that is no UUID is answered 404")(
    lambda request, call: restated(request, call, 400, 404)
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
