"""The log: a line for each request that says why, warnings where the contract was broken."""

import io
import json
import logging
import re
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest

from signoff.contract import load
from signoff.mock import Settings, create_app
from signoff.mock.exchange import RawResponse, raw_response
from signoff.mock.request_log import JsonFormatter, TextFormatter, log_request
from tests.conftest import KNOWN, export_path, running


@pytest.fixture
def lines():
    """Give the lines that a formatter makes of what is logged."""
    logger = logging.getLogger("signoff.mock")
    before = logger.level
    added = []

    def listen(formatter):
        stream = io.StringIO()
        handler = logging.StreamHandler(stream)
        handler.setFormatter(formatter)
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        added.append(handler)
        return lambda count: _awaited(stream, count)

    yield listen
    for handler in added:
        logger.removeHandler(handler)
    logger.setLevel(before)


def _awaited(stream, count):
    """The lines, once there are so many: an answer is sent before it is logged."""
    deadline = time.monotonic() + 5
    while len(stream.getvalue().splitlines()) < count and time.monotonic() < deadline:
        time.sleep(0.01)
    return stream.getvalue().splitlines()


def test_a_request_is_one_line_with_the_operation_and_the_reason(mock, lines):
    said = lines(TextFormatter(colours=False))
    mock.post(export_path(), json={})
    (line,) = said(1)
    assert f"  200  POST {export_path(KNOWN)}  export_saved_report (handler, " in line
    assert line.endswith(" ms)")


def test_what_breaks_the_contract_is_a_warning_with_its_place(mock, lines):
    said = lines(TextFormatter(colours=False))
    mock.post(export_path(), json={"format": "xml", "more": 1})
    response, *warnings = said(2)
    assert re.search(r"  422  POST .*\(validation, ", response)
    assert any("warning: request body at /format: must be one of" in line for line in warnings)


def test_json_lines_have_the_same_fields(mock, lines):
    said = lines(JsonFormatter())
    mock.post(export_path("not-a-uuid"), json={})
    mock.get("/nowhere")
    first, warning, last = map(json.loads, said(3))
    assert first["operationId"] == "export_saved_report"
    assert (first["status"], first["why"], first["level"]) == (400, "validation", "info")
    assert (warning["level"], "report_id" in warning["message"]) == ("warning", True)
    assert (last["path"], last["operationId"], last["status"]) == ("/nowhere", None, 404)


def test_a_path_cannot_forge_a_line_nor_colour_a_terminal(lines):
    said = lines(TextFormatter(colours=False))
    log_request("GET", "/a\nGET /b\x1b[31m/ü", None, RawResponse(200, (), b"", "example"), 0.1)
    (line,) = said(1)
    assert r"/a\nGET /b\x1b[31m/\xfc" in line


def test_colours_are_for_terminals(lines):
    said = lines(TextFormatter(colours=True))
    log_request("GET", "/", "root", RawResponse(404, (), b"", "rejected"), 0.1)
    assert "\x1b[33m404\x1b[0m" in said(1)[0]


def exchange(lines, formatter, settings, **request):
    """What is logged of one request to a mock of a small document."""
    said = lines(formatter)
    body = {"type": "object", "properties": {"name": {"type": "string"}, "password": {"type": "string"}}}
    text = {"type": "string"}
    paths = {
        "/a": {
            "post": {
                "requestBody": {
                    "content": {
                        "application/json": {"schema": body},
                        "application/x-www-form-urlencoded": {"schema": body},
                        "application/octet-stream": {},
                        "text/plain": {"schema": text},
                    }
                },
                "responses": {
                    "200": {
                        "description": "ok",
                        "content": {
                            "application/json": {"example": {"access_token": "hush", "note": "Grüße"}}
                        },
                    }
                },
            }
        }
    }
    document = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": paths}
    schemes = {"key": {"type": "apiKey", "in": "query", "name": "k"}}
    contract = contract_of({**document, "components": {"securitySchemes": schemes}})
    with running(create_app(contract, settings)) as origin:
        assert httpx2.post(f"{origin}/a", **request).status_code == 200
        return said(1)


BODIES = Settings(log_bodies=True)


def contract_of(document):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "openapi.json"
        path.write_text(json.dumps(document))
        return load(path)


def test_the_line_has_the_query_without_secrets(lines):
    params = {"page": "2", "k": "hush", "user_token": "hush", "q": "\x1b[31m"}
    (line,) = exchange(lines, TextFormatter(colours=False), Settings(), params=params, json={})
    assert "POST /a?page=2&k=[redacted]&user_token=[redacted]&q=%1B%5B31m (example" in line


def test_without_the_option_no_body_is_logged(lines):
    (line,) = exchange(lines, JsonFormatter(), Settings(), json={"name": "Ada"})
    assert "Ada" not in line
    assert not json.loads(line).keys() & {"requestBody", "responseBody"}


def test_bodies_are_logged_below_the_line_without_secrets(lines):
    sent = {"name": "Zoë\u001b[31m", "password": "hush"}
    found = exchange(lines, TextFormatter(colours=False), BODIES, json=sent)
    assert [line.strip() for line in found[1:]] == [
        '> {"name":"Zoë\\u001b[31m","password":"[redacted]"}',
        '< {"access_token":"[redacted]","note":"Grüße"}',
    ]


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ({"data": {"name": "Ada", "password": "hush"}}, "name=Ada&password=[redacted]"),
        (
            {"content": b"\xff\xfe\x00\x01binary", "type": "application/octet-stream"},
            "(10 bytes that are not text)",
        ),
        ({"content": b"a\nb\x1b", "type": "text/plain"}, r"a\nb\x1b"),
        ({"content": b"x" * 2000, "type": "text/plain"}, "x" * 2000),
        ({"content": b"y" * 2001, "type": "text/plain"}, "y" * 2000 + " … of 2,001 bytes"),
        ({"content": "ü".encode() * 50_000, "type": "text/plain"}, "ü" * 2000 + " … of 100,000 bytes"),
        ({"content": "a€".encode() * 5000, "type": "text/plain"}, "a€" * 1000 + " … of 20,000 bytes"),
    ],
)
def test_logged_bodies_are_bounded_and_plain_text(lines, request_, expected):
    kind = request_.pop("type", None)
    headers = {"Content-Type": kind} if kind else {}
    (line,) = exchange(lines, JsonFormatter(), BODIES, headers=headers, **request_)
    assert json.loads(line)["requestBody"] == expected


def test_the_rule_that_acted_is_in_the_line(caplog):
    """Also where it only delays the usual response, or breaks it so that there is none."""
    usual = raw_response(200, b"{}", "application/json", "generated")
    caplog.set_level("INFO", "signoff")
    for response in (replace(usual, rule="slow/1"), replace(usual, rule="slow/1", status=0), usual):
        log_request("GET", "/pets", "listPets", response, 1.0)
    lines = [TextFormatter(colours=False).format(record)[8:] for record in caplog.records]
    assert lines == [
        "  200  GET /pets  listPets (rule slow/1, 1.0 ms)",
        "  ---  GET /pets  listPets (rule slow/1, 1.0 ms)",
        "  200  GET /pets  listPets (generated, 1.0 ms)",
    ]
    assert json.loads(JsonFormatter().format(caplog.records[0]))["rule"] == "slow/1"
