"""Errors as Problem Details."""

from __future__ import annotations

from tests.faults.catalogue.entry import fault
from tests.faults.edits import (
    answers,
    emptied,
    fields,
    members,
    octets,
    problem,
    two_waits,
)

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
fault("instance-with-spaces", "a problem's instance is not a URI", "problem-instance-uri", "response-schema")(
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
fault("type-with-spaces", "a problem's type is not a URI", "response-schema", "problem-type-uri")(
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
fault("odd-retry-after", "Retry-After is malformed", "retry-after-form", "response-headers")(
    fields({415, 422}, retry_after="in a while")
)
fault("two-waits", "`retry_after_seconds` and Retry-After differ", "problem-retry-after-agrees")(two_waits)
for _status in (400, 403, 405, 415, 422):
    fault(f"{_status}-said-500", f"a {_status} says that it is a 500", "problem-status-mirrors")(
        members(_status, status=500)
    )
for _id, _what, _status, _changes, _checks in (
    ("null-title", "a title is null", 403, {"title": None}, ["response-schema"]),
    ("empty-title", "a title is empty", 404, {"title": ""}, ["response-schema"]),
    ("fractional-status", "a status has a fraction", 404, {"status": 404.5}, ["response-schema"]),
    ("no-status", "a problem has no status", 403, {"status": ...}, ["response-schema"]),
    ("listed-detail", "a detail is a list", 422, {"detail": ["wrong"]}, ["response-schema"]),
    ("spaced-code", "a code has spaces", 422, {"code": "invalid body"}, ["response-schema"]),
    ("dashed-code", "a code has dashes", 400, {"code": "invalid-report-id"}, ["response-schema"]),
    ("numbered-code", "a code is a number", 403, {"code": 1403}, ["response-schema"]),
    ("actions-as-object", "recovery actions are an object", 404, {"allowed_actions": {"rel": "retry"}}, ["response-schema"]),
    ("actions-as-text", "recovery actions are texts", 422, {"allowed_actions": ["retry"]}, ["response-schema"]),
    ("numbered-hint", "a hint is a number", 404, {"allowed_actions": [{"rel": "retry", "hint": 1}]}, ["response-schema"]),
    ("negative-wait", "the wait in the body is negative", 404, {"retry_after_seconds": -1}, ["response-schema"]),
    ("fractional-wait", "the wait in the body has a fraction", 404, {"retry_after_seconds": 1.5}, ["response-schema"]),
    ("errors-as-text", "errors are one text", 422, {"errors": "wrong format"}, ["response-schema"]),
    ("errors-untold", "an error in the list has no detail", 422, {"errors": [{"pointer": "/format"}]}, ["response-schema"]),
    ("tells-a-host", "an error tells an internal host", 403, {"detail": "denied by policy-3.prod.internal"}, ["problem-no-internals"]),
    ("tells-an-address", "an error tells an internal address", 404, {"detail": "no row at 10.11.12.13:5432"}, ["problem-no-internals"]),
    ("instance-tells-a-host", "an instance tells an internal host", 404, {"instance": "http://reports-7.svc.cluster.local/v1"}, ["problem-no-internals"]),
    ("java-trace", "an error tells a trace of Java", 422, {"detail": "boom\n\tat com.acme.Reports.run(Reports.java:12)"}, ["problem-no-internals"]),
    ("go-trace", "an error tells a trace of Go", 422, {"detail": "panic: nil map\ngoroutine 7 [running]:\nmain.go:31"}, ["problem-no-internals"]),
    ("node-trace", "an error tells a trace of Node", 400, {"detail": "TypeError: x\n    at run (/srv/app/index.js:3:9)"}, ["problem-no-internals"]),
    ("rust-panic", "an error tells a panic of Rust", 422, {"detail": "thread 'main' panicked at src/main.rs:10:5"}, ["problem-no-internals"]),
    ("php-warning", "an error tells a warning of PHP", 404, {"detail": "Undefined index: id in report.php on line 12"}, ["problem-no-internals"]),
    ("windows-file", "an error tells a file of Windows", 404, {"detail": r"cannot open C:\reports\saved.db"}, ["problem-no-internals"]),
    ("tells-a-query", "an error tells a query in small letters", 404, {"detail": "select * from saved_reports where id = 1"}, ["problem-no-internals"]),
    ("debug-member", "an error has a member with its stack", 404, {"stack_trace": ["run", "main"]}, ["no-debug-members"]),
    ("exception-member", "an error has a member with its exception", 422, {"exception": "ValidationError"}, ["no-debug-members"]),
):  # fmt: skip
    fault(_id, _what, *_checks)(members(_status, **_changes))

fault("empty-404", "not found has no content", "body-present")(
    lambda request, call: emptied(request, call, 404)
)
fault("text-errors", "forbidden is plain text", "media-type-documented")(
    answers(lambda r: r.report_id.lower().endswith("9fff"), 403, b"Forbidden", "text/plain")
)
fault("negative-retry-after", "Retry-After is negative", "retry-after-form")(fields({404}, retry_after="-5"))
fault("fractional-retry-after", "Retry-After has a fraction", "retry-after-form")(
    fields({403}, retry_after="1.5")
)
fault("undated-retry-after", "Retry-After is not an HTTP date", "retry-after-form")(
    fields({404}, retry_after="2026-01-15T09:30:00Z")
)
fault("told-once", "a wait stands in the body alone", "retry-after-consistent")(
    answers(lambda r: r.is_export and r.body == b"1", 429, problem(429, retry_after_seconds=5))
)
