"""The mock of the default contract, over real HTTP, judged by openapi-core."""

import csv
import io
import json
import socket

import httpx2
import pytest
import yaml

import signoff
from signoff.mock import Settings
from signoff.mock.operation import OperationPlan
from tests.conftest import FORBIDDEN, KNOWN, MISSING, export_path, reference_app, running
from tests.oracle import Oracle

TEMPLATE = "/v1/reports/saved/{report_id}/export"


@pytest.fixture(scope="module")
def oracle():
    return Oracle(yaml.safe_load(signoff.reference_project().document.read_text()))


@pytest.fixture
def export(mock, oracle):
    """Send an export request and have the answer judged twice."""

    def send(report_id=KNOWN, body=b"{}", headers=None, method="POST"):
        fields = {"Content-Type": "application/json"} if headers is None else headers
        path = export_path(report_id)
        response = mock.request(method, path, content=body, headers=fields)
        if method == "POST":
            assert oracle.complaint("POST", TEMPLATE, response) == ""
        if response.status_code >= 400 and method != "HEAD":
            problem = response.json()
            assert response.headers["content-type"] == "application/problem+json"
            assert problem["status"] == response.status_code
            assert problem["title"]
            assert problem["type"] == f"https://docs.everruns.com/errors/{problem['code']}"
        return response

    return send


def test_the_pages_own_request_gets_a_csv_export(export):
    response = export("2489E9AD-2EE2-8E00-8EC9-32D5F69181C0", b'{ "format": "csv" }')
    body = response.json()
    assert response.status_code == 200
    assert (body["format"], body["content_type"], body["filename"]) == (
        "csv",
        "text/csv; charset=utf-8",
        "tool-usage.csv",
    )
    rows = list(csv.reader(io.StringIO(body["content"]), strict=True))
    assert rows[0][0] == "tool"
    assert len(rows) > 5


def test_json_and_csv_hold_the_same_rows(export):
    as_json = export(body=b'{"format": "json"}').json()
    content = json.loads(as_json["content"])
    rows = list(csv.reader(io.StringIO(export().json()["content"])))
    assert as_json["filename"] == "tool-usage.json"
    assert [column["name"] for column in content["columns"]] == rows[0]
    assert len(content["rows"]) == len(rows) - 1


def test_letter_case_does_not_matter(export):
    assert export(KNOWN.upper()).content == export(KNOWN).content


def test_csv_is_the_default(export):
    assert export(body=b"{}").json()["format"] == "csv"


def test_freshness_appears_as_number_as_null_and_not_at_all(export):
    ids = [KNOWN, *(f"018f6b1e-7c2a-7d3e-9b41-5a6c7d8e9f1{digit}" for digit in range(9))]
    found = {type(export(report_id).json().get("freshness_lag_ms", "absent")) for report_id in ids}
    assert found == {int, type(None), str}


@pytest.mark.parametrize(
    ("report_id", "body", "headers", "status", "code"),
    [
        (FORBIDDEN, b"{}", None, 403, "forbidden"),
        (MISSING, b"{}", None, 404, "saved_report_not_found"),
        ("not-a-uuid", b"{}", None, 400, "invalid_parameter"),
        (KNOWN, b'{"format":', None, 400, "malformed_json"),
        (KNOWN, b"\xff", None, 400, "malformed_json"),
        (KNOWN, b"[" * 100_000, None, 400, "malformed_json"),
        (KNOWN, b'{"a": NaN}', None, 400, "malformed_json"),
        (KNOWN, b'{"a": "\\ud800"}', None, 400, "malformed_json"),
        (KNOWN, b"", None, 400, "malformed_json"),
        (KNOWN, b"", {}, 400, "missing_body"),
        (KNOWN, b'{"format": "xml"}', None, 422, "invalid_body"),
        (KNOWN, b"[]", None, 422, "invalid_body"),
        (KNOWN, b"{}", {}, 415, "unsupported_media_type"),
        (KNOWN, b"{}", {"Content-Type": "text/plain"}, 415, "unsupported_media_type"),
        (KNOWN, b"{}", {"Content-Type": "application/json", "Accept": "text/html"}, 406, "not_acceptable"),
    ],
)
def test_refusals(export, report_id, body, headers, status, code):
    response = export(report_id, body, headers)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.json()["instance"] == f"/v1/reports/saved/{report_id}/export"


def test_malformed_json_names_the_position(export):
    assert "line 2, column 11" in export(body=b'{\n"format": nope}').json()["detail"]


def test_each_violation_of_the_schema_is_listed(export):
    errors = export(body=b'{"format": 7}').json()["errors"]
    assert {error["pointer"] for error in errors} == {"/format"}
    assert len(errors) == 2


def test_not_found_tells_how_to_recover(export):
    assert [action["rel"] for action in export(MISSING).json()["allowed_actions"]] == ["retry"]


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "HEAD", "TRACE"])
def test_wrong_methods(export, method):
    response = export(method=method, body=None)
    assert response.status_code == 405
    assert response.headers["allow"] == "POST, OPTIONS"


@pytest.mark.parametrize(
    "octets", [b"FOO / HTTP/1.1\r\nHost: x\r\n\r\n", b"\x00\xff\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n"]
)
def test_what_is_no_http_is_a_problem_too(mock_origin, octets):
    host, port = mock_origin.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(octets)
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"application/problem+json" in head
    assert json.loads(body)["status"] == 400


@pytest.mark.parametrize(
    "path", ["/", "/api", "/nope", "/api/v1/reports/saved//export", "/api/%00", "/api/\u00e9", "//"]
)
def test_unknown_paths(mock, path):
    response = mock.get(path)
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["code"] == "path_not_found"


@pytest.mark.parametrize(
    ("prefer", "status", "code"),
    [
        ("code=403", 403, "forbidden"),
        ("code=404", 404, "saved_report_not_found"),
        ("code=429", 429, "rate_limited"),
        ("code=503", 503, "unavailable"),
        ("example=unavailable", 503, "unavailable"),
        ("example=rate_limited", 429, "rate_limited"),
        ('code="422", respond-async', 422, "invalid_body"),
        ("code=444", 444, None),
    ],
)
def test_prefer_forces_an_error(mock, oracle, prefer, status, code):
    response = mock.post(export_path(), headers={"Prefer": prefer})
    assert response.status_code == status
    assert response.json().get("code") == code
    assert response.json()["status"] == status
    assert oracle.complaint("POST", TEMPLATE, response) == ""
    assert ("retry-after" in response.headers) == ("retry_after_seconds" in response.json())


def test_prefer_forces_an_example(mock):
    response = mock.post(export_path(MISSING), headers={"Prefer": "example=json_export"}, json={})
    assert response.json()["filename"] == "tool-usage.json"
    assert response.headers["preference-applied"] == "example=json_export"


@pytest.mark.parametrize("prefer", ["code=302", "example=nope", "code=403, example=csv_export"])
def test_a_preference_that_cannot_be_met_lists_what_can(mock, prefer):
    response = mock.post(export_path(), headers={"Prefer": prefer})
    assert response.status_code == 404
    assert response.json()["code"] == "preference_not_available"
    assert "csv_export" in response.json()["detail"]


def test_options_and_preflight(mock):
    plain = mock.options(export_path())
    assert (plain.status_code, plain.headers["allow"], plain.content) == (204, "POST, OPTIONS", b"")
    assert "content-length" not in plain.headers
    sent = {
        "Origin": "http://localhost:3000",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type, x-mine",
    }
    preflight = mock.options(export_path(), headers=sent)
    assert preflight.headers["access-control-allow-origin"] == "http://localhost:3000"
    assert "POST" in preflight.headers["access-control-allow-methods"]
    assert preflight.headers["access-control-allow-headers"] == "content-type, x-mine"


@pytest.mark.parametrize("path", [export_path(), export_path(MISSING), "/nope"])
def test_browsers_may_read_every_answer(mock, path):
    response = mock.post(path, json={}, headers={"Origin": "http://localhost:3000"})
    assert response.headers["access-control-allow-origin"] == "http://localhost:3000"
    assert "x-request-id" in response.headers["access-control-expose-headers"]


def test_no_cors(contract):
    with (
        running(reference_app(Settings(cors=False))) as origin,
        httpx2.Client(base_url=origin) as client,
    ):
        for response in (
            client.post(export_path(), json={}, headers={"Origin": "http://x"}),
            client.options(
                export_path(), headers={"Origin": "http://x", "Access-Control-Request-Method": "POST"}
            ),
        ):
            assert not [name for name in response.headers if name.startswith("access-control")]


def test_request_ids_are_echoed_or_made(mock):
    assert mock.get("/", headers={"X-Request-Id": "abc-1"}).headers["x-request-id"] == "abc-1"
    made = {mock.get("/").headers["x-request-id"] for _ in range(3)}
    assert len(made) == 3
    assert mock.get("/", headers={"X-Request-Id": "x" * 500}).headers["x-request-id"] != "x" * 500


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_over_the_limit(contract, chunked):
    with running(reference_app(Settings(max_body_bytes=1000))) as origin, httpx2.Client() as client:
        content = iter([b" " * 600, b" " * 600]) if chunked else b" " * 1200
        response = client.post(
            origin + export_path(), content=content, headers={"Content-Type": "application/json"}
        )
        assert response.status_code == 413
        assert response.json()["code"] == "body_too_large"
        assert "more than 1,000 bytes (--max-body raises the limit)" in response.json()["detail"]
        assert client.post(origin + export_path(), json={}).status_code == 200


def test_two_servers_give_the_same_bytes(contract):
    requests = [
        (export_path(), b"{}"),
        (export_path(), b'{"format": "json"}'),
        (export_path(MISSING), b"{}"),
        ("/", b""),
    ]
    with (
        running(reference_app()) as one,
        running(reference_app()) as two,
        httpx2.Client() as client,
    ):
        for path, body in requests:
            sent = {"content": body, "headers": {"Content-Type": "application/json"}}
            left, right = client.post(one + path, **sent), client.post(two + path, **sent)
            assert left.content == right.content
            assert [f for f in left.headers.raw if f[0] != b"date"] == [
                f for f in right.headers.raw if f[0] != b"date"
            ]


def test_another_seed_gives_other_rows(contract):
    with running(reference_app(Settings(seed=7))) as other, running(reference_app()) as origin:
        left, right = (httpx2.post(o + export_path(), json={}).json() for o in (origin, other))
    assert left["content"] != right["content"]


def test_a_fault_of_ours_is_a_500_without_a_traceback(contract, monkeypatch, caplog):
    def broken(*_):
        raise RuntimeError("secret inside")

    monkeypatch.setattr(OperationPlan, "respond", broken)
    with running(reference_app()) as origin:
        response = httpx2.post(origin + export_path(), json={}, headers={"Origin": "http://x"})
    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["access-control-allow-origin"] == "http://x"
    assert response.json()["code"] == "internal_error"
    assert "secret" not in response.text
    assert "secret inside" in caplog.text
    assert "Traceback" in caplog.text
