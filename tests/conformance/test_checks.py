"""Every check fires on an answer that is wrong in its way, and stays silent on a sound one."""

import json
from dataclasses import replace

import pytest

import signoff
from signoff.conformance.checks import KIT
from signoff.conformance.evidence import Evidence
from signoff.conformance.exchange import Received, Sent
from signoff.conformance.judge import Judge
from signoff.conformance.options import Selection
from signoff.reporting.model import State
from tests.conformance import shop
from tests.conftest import DOCUMENTS, KNOWN, MISSING

BASE = "http://127.0.0.1:1/api"
URL = f"{BASE}/v1/reports/saved/{KNOWN}/export"
JSON = (("Content-Type", "application/json"),)
CONTENT = '"tool","calls"\n"a, ""b""","1"\n'
UNKNOWN_FORM = f"{BASE}/v1/reports/saved/nope/export"
AS_JSON = json.dumps(
    {
        "columns": [{"name": "tool", "kind": "dimension"}, {"name": "calls", "kind": "measure"}],
        "rows": [{"tool": 'a, "b"', "calls": 1}],
    }
)
EXPORT = {
    "as_of": "2026-01-15T09:30:00Z",
    "content": CONTENT,
    "content_type": "text/csv",
    "filename": "a.csv",
    "format": "csv",
}
JSON_EXPORT = EXPORT | {
    "content": AS_JSON,
    "content_type": "application/json",
    "filename": "a.json",
    "format": "json",
}
PROBLEM = {
    "type": "https://x.example/not_found",
    "title": "Not found",
    "status": 404,
    "detail": "There is none.",
    "instance": "/v1/reports/saved/x",
    "code": "not_found",
}


@pytest.fixture
def judge(contract):
    selection = Selection(is_timed=True)
    return Judge(contract, "/api", Evidence(contract, selection), bound_s=2.0)


@pytest.fixture
def exchange(judge, contract):
    """An exchange with what matters given and the rest sound."""

    def make(status=200, body=EXPORT, *, asked=None, fields=None, headers=(), url=URL, method="POST", **more):
        media_type = "application/json" if status < 400 else "application/problem+json"
        fields = (("Content-Type", media_type),) if fields is None else fields
        octets = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent_body = asked if isinstance(asked, bytes) else json.dumps(asked or {}).encode()
        sent = Sent(method, url, more.pop("sent_fields", JSON), b"" if method != "POST" else sent_body)
        fault = more.pop("fault", "")
        received = Received(status, (*fields, *headers), octets, more.pop("elapsed_s", 0.01), fault)
        more.setdefault("intent", "existing" if method == "POST" else "method")
        return judge.exchange(sent, received, subject=contract.operations[0], **more)

    return make


def csv(content):
    return {"body": EXPORT | {"content": content}}


def as_json(content):
    return {"body": JSON_EXPORT | {"content": content}, "asked": {"format": "json"}}


def problem(**members):
    body = {key: value for key, value in (PROBLEM | members).items() if value is not ...}
    return {"status": 404, "body": body, "url": URL.replace(KNOWN, MISSING), "intent": "missing"}


HTML = (("Content-Type", "text/html"),)
NOT_ALLOWED = {"status": 405, "body": PROBLEM | {"status": 405}, "method": "GET"}
BUSY = {"status": 503, "body": PROBLEM | {"status": 503, "retry_after_seconds": 5}}
TOO_MANY = {"status": 429, "body": PROBLEM | {"status": 429}}
ALLOW = {"headers": (("Allow", "POST, OPTIONS"),)}
ENGLISH = (("Content-Type", "text/plain"),)

TAGGED = {"sent_fields": (*JSON, ("If-None-Match", '"a"')), "headers": (("ETag", '"a"'),)}
BACKWARDS = {"created_at": "2026-02-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z"}
REFUSED_PAGE = {"status": 406, "body": PROBLEM | {"status": 406}}
# No operation of the contract has what these ask for; test_follow_ups.py has servers where they fire.
ELSEWHERE = {"location-on-created", "write-only-hidden"}

# check id, what the exchange is like
FIRING = [
    ("complete-response", {"fault": "connection reset", "status": 0, "body": b""}),
    ("server-error-never", {"status": 500, "body": PROBLEM | {"status": 500}}),
    ("server-error-never", {"status": 502, "body": b"", "fields": ()}),
    ("status-documented", {"status": 302, "body": b"", "fields": ()}),
    ("status-documented", {"status": 202}),
    ("status-documented", {"status": 206}),
    ("status-documented", {"status": 303, "url": URL.replace(KNOWN, "..a")}),
    ("status-documented", {"status": 201, "url": URL.replace(KNOWN, ".")}),
    ("media-type-documented", {"fields": ENGLISH}),
    ("media-type-documented", {**problem(), "fields": JSON}),
    ("body-present", {"body": b""}),
    ("content-type-present", {"fields": ()}),
    ("content-type-present", {"fields": (("Content-Type", "application/json; charset=latin-1"),)}),
    ("json-valid", {"body": b'{"format": "csv", "format": "csv"}'}),
    ("json-valid", {"body": b"{} trailing"}),
    ("json-valid", {"body": b"\xef\xbb\xbf{}"}),
    ("json-valid", {"body": b"[NaN]"}),
    ("response-schema", {"body": EXPORT | {"as_of": "yesterday"}}),
    ("response-schema", {"body": EXPORT | {"filename": "a.json"}}),
    ("response-schema", {"body": EXPORT | {"freshness_lag_ms": -1}}),
    ("response-schema", problem(code="NotFound")),
    ("response-schema", problem(allowed_actions=[{"method": "POST"}])),
    (
        "response-headers",
        {"status": 429, "body": PROBLEM | {"status": 429}, "headers": (("Retry-After", "soon"),)},
    ),
    ("problem-media-type", {**problem(), "fields": JSON}),
    ("problem-is-object", {"status": 404, "body": ["x"]}),
    ("problem-member-types", problem(detail=["x"])),
    ("problem-status-mirrors", problem(status=403)),
    ("problem-status-mirrors", problem(status="404")),
    ("problem-title-present", problem(title=...)),
    ("problem-type-uri", problem(type="not a uri")),
    ("problem-about-blank-title", problem(type="about:blank", title="Oh no")),
    ("problem-instance-uri", problem(instance="not a uri")),
    ("problem-no-internals", problem(detail='Traceback (most recent call last):\n  File "a.py", line 1')),
    ("problem-no-internals", problem(detail="SELECT id FROM reports WHERE id = 1")),
    ("problem-no-internals", problem(detail="sqlite3.OperationalError: no such table: reports")),
    ("problem-no-internals", problem(detail="cannot open /var/lib/reports/db.sqlite")),
    ("problem-no-internals", problem(detail="app.reports.store.ReportMissingError")),
    ("no-html-errors", {"status": 404, "body": b"<h1>No</h1>", "fields": HTML}),
    ("method-not-allowed", {"method": "GET"}),
    ("method-not-allowed-allow", NOT_ALLOWED),
    ("method-not-allowed-allow", {**NOT_ALLOWED, "headers": (("Allow", "PUT"),)}),
    ("method-not-allowed-allow", {**NOT_ALLOWED, "headers": (("Allow", "GET, POST"),)}),
    ("retry-after-form", {**problem(), "headers": (("Retry-After", "soon"),)}),
    ("retry-after-form", {**problem(), "headers": (("Retry-After", "-1"),)}),
    ("problem-retry-after-agrees", {**problem(retry_after_seconds=5), "headers": (("Retry-After", "30"),)}),
    ("too-many-retry-after", TOO_MANY),
    ("unauthorized-challenge", {"status": 401, "body": PROBLEM | {"status": 401}}),
    ("no-content-empty", {"status": 204, "body": b"x"}),
    ("no-content-empty", {"status": 204, "body": b"", "fields": (("Content-Length", "3"),)}),
    ("single-valued-fields", {"headers": JSON}),
    (
        "cors-not-wild-with-credentials",
        {"headers": (("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Credentials", "true"))},
    ),
    ("trace-disabled", {"method": "TRACE"}),
    ("request-accepted", {"status": 400, "body": PROBLEM | {"status": 400}}),
    ("request-accepted", {"status": 422, "body": PROBLEM | {"status": 422}, "asked": {"format": "json"}}),
    ("request-rejected", {"asked": {"format": "xml"}}),
    ("request-rejected", {"asked": b"{"}),
    ("request-rejected", {"url": URL.replace(KNOWN, "nope")}),
    ("unsupported-media-415", {"sent_fields": ENGLISH}),
    ("expected-status", {"expected": (2,), **problem()}),
    ("expected-status", {"expected": (404,)}),
    ("export-format-as-asked", {"asked": {"format": "json"}}),
    ("export-format-as-asked", {"body": JSON_EXPORT}),
    ("export-content-type-matches", {"body": EXPORT | {"content_type": "application/json"}}),
    ("export-filename-extension", {"body": EXPORT | {"filename": "a.json"}}),
    ("export-not-from-the-future", {"body": EXPORT | {"as_of": "2999-01-01T00:00:00Z"}}),
    (
        "export-dimensions-first",
        as_json(
            '{"columns": [{"name": "b", "kind": "measure"}, {"name": "a", "kind": "dimension"}],'
            ' "rows": [{"a": "x", "b": 1}]}'
        ),
    ),
    ("retry-after-consistent", BUSY),
    ("response-time-limit", {"elapsed_s": 2.5}),
    ("response-time", {"elapsed_s": 2.5}),
    ("problem-type-absolute", problem(type="/errors/x")),
    ("problem-extension-names", problem(**{"x-y": 1})),
    ("no-debug-members", problem(stack_trace=["a"])),
    ("no-debug-members", problem(errors=[{"detail": "x", "exception": "ValueError"}])),
    ("no-reflection", {"status": 404, "body": b"<p><b>signoff</b></p>", "fields": HTML}),
    ("no-reflection", {"status": 404, "body": b"<p><b>signoff</b></p>", "fields": ()}),
    ("content-length-true", {"headers": (("Content-Length", "7"),)}),
    ("content-length-true", {"headers": (("Content-Length", "many"),)}),
    ("date-http", {"headers": (("Date", "2026-01-15"),)}),
    ("date-http", {"headers": (("Date", "Sunday, 06-Nov-94 08:49:37 GMT"),)}),
    ("etag-form", {"headers": (("ETag", "abc"),)}),
    ("not-acceptable", {"status": 406, "body": PROBLEM | {"status": 406}, "intent": "accept"}),
    ("not-modified", {"intent": "follow", "expected": (304,), **TAGGED}),
    ("location-resolves", {**problem(), "intent": "follow", "expected": (2,)}),
    ("options-allow", {"method": "OPTIONS", "body": b"", "fields": (("Allow", "GET"),)}),
    ("unknown-method-501", {"method": "SIGNOFF"}),
    ("time-not-future", {"body": EXPORT | {"created_at": "2999-01-01T00:00:00Z"}}),
    ("created-before-updated", {"body": EXPORT | BACKWARDS}),
    ("undeclared-members", {"body": EXPORT | {"owner": {"name": "x"}}}),
    ("no-secrets-in-success", {"body": EXPORT | {"storage": "AKIA" + "J3X4" * 4}}),
    ("no-secrets-in-success", csv("a\n-----BEGIN RSA PRIVATE KEY-----\n")),
]

SOUND = [
    {},
    {"asked": {"format": "json"}, "body": JSON_EXPORT},
    {"asked": {"format": "csv", "more": 1}},
    {"body": EXPORT | {"as_of": "2026-01-15T11:30:00.5+02:00", "freshness_lag_ms": None, "more": {}}},
    {"fields": (("content-type", "application/json; charset=utf-8"),)},
    csv('"a"\r\n"1"\r\n'),
    csv("a,b\n1,-2\n"),
    csv("\"a\"\n\"'=1+1\"\n"),
    csv('"a"\n'),
    csv('"a"\n"x\r\ny"\n'),
    problem(),
    problem(type="about:blank", title="Not Found"),
    problem(type=..., detail=..., instance=..., code=...),
    problem(detail=None, retry_after_seconds=None),
    problem(detail="The report under /v1/reports/saved was not found. Select another from the list."),
    {**NOT_ALLOWED, **ALLOW},
    {**NOT_ALLOWED, **ALLOW, "body": b"", "fields": ()},
    {"status": 501, "method": "FOO", "body": b"", "fields": ()},
    {"status": 400, "body": PROBLEM | {"status": 400}, "asked": {"format": "xml"}, "intent": "negative"},
    {"status": 422, "body": PROBLEM | {"status": 422}, "url": UNKNOWN_FORM, "intent": "negative"},
    {"status": 415, "body": PROBLEM | {"status": 415}, "sent_fields": ENGLISH, "intent": "negative"},
    {"asked": b'{"format": "csv", "format": "csv"}', "intent": "fuzzing"},
    {"headers": (("ETag", 'W/"a1"'), ("Date", "Thu, 15 Jan 2026 09:30:00 GMT"))},
    {**problem(), "intent": "follow", "expected": (304,)},
    {"method": "OPTIONS", "status": 204, "body": b"", "fields": (("Allow", "POST, OPTIONS"),)},
    {"elapsed_s": 1.9},
    {"body": EXPORT | {"created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z"}},
    {"intent": "accept", "sent_fields": (*JSON, ("Accept", "text/html")), **REFUSED_PAGE},
    problem(detail="No report <b>signoff</b>."),
    {**BUSY, "headers": (("Retry-After", "5"),)},
    problem(traceback="", errors=[{"detail": "x", "stack": []}]),
    {"status": 206, "sent_fields": (*JSON, ("Range", "bytes=0-3"))},
    {"status": 301, "url": URL.replace(KNOWN, "%2E%2e"), "body": b"", "fields": (("Location", "/v1"),)},
    {
        "status": 429,
        "body": PROBLEM | {"status": 429, "retry_after_seconds": 60},
        "headers": (
            ("Retry-After", "Thu, 15 Jan 2026 09:31:00 GMT"),
            ("Date", "Thu, 15 Jan 2026 09:30:00 GMT"),
        ),
    },
]  # fmt: skip


@pytest.mark.parametrize(
    ("check_id", "like"), FIRING, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_check_fires(judge, exchange, check_id, like):
    judge.judge(exchange(**like))
    assert check_id in {failure.check.id for failure in [*judge.evidence.errors, *judge.evidence.warnings]}


def test_an_invalid_header_breaks_its_own_requirement_and_not_that_of_the_body(judge, exchange):
    judge.judge(exchange(**TOO_MANY, headers=(("Retry-After", "soon"),)))
    found, own = judge.evidence.clauses, "export_saved_report/responses/4XX"
    assert found[f"{own}/headers/retry-after"].state is found[own].state is State.VIOLATED
    assert found[f"{own}/application/problem+json"].state is State.NOT_COVERED


@pytest.mark.parametrize("like", SOUND)
def test_no_check_accuses_a_sound_answer(judge, exchange, like):
    judge.judge(exchange(**like))
    assert judge.evidence.errors == []
    body = like.get("body")
    undeclared = isinstance(body, dict) and {"more", "created_at"} & body.keys()
    wanted = {"undeclared-members"} if undeclared else set()
    assert {failure.check.id for failure in judge.evidence.warnings} == wanted


def test_an_html_page_that_the_document_has_for_an_error_is_no_warning():
    contract = signoff.load(DOCUMENTS / "tictactoe-3.1.yaml")
    judge = Judge(contract, "", Evidence(contract))
    sent = Sent("GET", f"{shop.ORIGIN}/board/-/1", (), b"")
    received = Received(400, HTML, b'"Illegal coordinates"', 0.01)
    found = judge.exchange(sent, received, subject=contract.operation("get-square"), intent="negative")
    assert found.media_type.name == "text/html"
    assert list(KIT.checks["no-html-errors"].find(found)) == []


def test_every_check_has_a_row_that_fires(contract):
    elsewhere = {check.id for check in KIT.checks.values() if check.family in ("lifecycle", "security")}
    own = {rule.id for rules in contract.rules.values() for rule in rules}
    assert {check_id for check_id, _ in FIRING} | elsewhere | ELSEWHERE == {*KIT.checks, *own}


def test_every_check_says_what_why_and_whence():
    for check in KIT.entries:
        assert check.find.__doc__
        assert check.rationale.endswith(".")
        assert check.source


@pytest.fixture
def related(judge, exchange):
    def relate(*likes):
        judge.relate([exchange(**like) for like in likes])
        return {failure.check.id for failure in [*judge.evidence.errors, *judge.evidence.warnings]}

    return relate


def test_uuid_case(related):
    upper = {"url": URL.replace(KNOWN, KNOWN.upper())}
    assert related({}, upper) == set()
    assert related({}, upper | {"status": 404, "body": PROBLEM}) == {"uuid-case"}


def test_repeatable(related):
    assert related({}, {}) == set()
    assert related({}, {"body": EXPORT | {"more": 1}}) == {"repeatable"}


def test_repeatable_status(related):
    assert related({}, {"status": 503, "body": PROBLEM | {"status": 503}}) == {"repeatable"}


def test_problem_title_stable(related):
    assert related(problem(), problem(title="Another")) >= {"problem-title-stable"}
    elsewhere = {"no-existence-oracle", "head-matches-get", "existing-is-found"}
    assert set(KIT.relations) == {"uuid-case", "repeatable", "problem-title-stable"} | elsewhere


def test_a_response_to_too_many_requests_is_held_to_its_form_and_proves_nothing(judge, exchange):
    one = exchange(429, PROBLEM | {"status": 429, "retry_after_seconds": 5}, asked={"format": "xml"})
    limited = replace(one, received=replace(one.received, is_throttled=True))
    assert {failure.check.id for failure in judge.judge(limited)} == {"retry-after-consistent"}
    judge.evidence.conclude()
    states = {entry.state for entry in judge.evidence.clauses.values()}
    assert State.VERIFIED not in states


def test_the_smallest_failing_request_is_kept(judge, exchange):
    large = exchange(asked={"format": "xml", "more": "x" * 100})
    small = exchange(asked={"format": "xml"})
    for one in (large, small, replace(large)):
        judge.judge(one)
    kept = [failure for failure in judge.evidence.errors if failure.check.id == "request-rejected"]
    assert [failure.exchange.sent for failure in kept] == [small.sent]


def test_the_contract_is_the_packaged_one(contract):
    assert contract.source_name == str(signoff.reference_project().document)
