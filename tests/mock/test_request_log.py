"""The log: a line for each request that says why, warnings where the contract was broken."""

import io
import json
import logging
import re
import time

import pytest

from signoff.mock.exchange import RawResponse
from signoff.mock.request_log import JsonFormatter, TextFormatter, log_request
from tests.conftest import KNOWN, export_path


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
