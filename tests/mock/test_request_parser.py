"""What is accepted as a request: offers to upgrade, limits of the header section, Host."""

import json
import re
import signal
import socket
import struct
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from urllib.parse import urlsplit

import pytest

import signoff
from signoff.mock import create_app
from signoff.mock.serve import server_config
from tests.conftest import running
from tests.processes import Process
from tests.serving import serving

DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Echo", "version": "1"},
    "paths": {
        "/things": {
            "get": {"responses": {"200": {"description": "OK"}}},
            "post": {
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "required": ["name"],
                                "properties": {"name": {"const": "x" * 300}},
                            }
                        }
                    },
                },
                "responses": {"201": {"description": "Added"}},
            },
        }
    },
}
BODY = json.dumps({"name": "x" * 300}).encode()
OFFER = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n"
JSON = b"Content-Type: application/json\r\n"
NEXT = b"GET /things HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"


@pytest.fixture(scope="module")
def origin(tmp_path_factory):
    file = tmp_path_factory.mktemp("echo") / "openapi.json"
    file.write_text(json.dumps(DOCUMENT))
    with running(create_app(signoff.load(file))) as found:
        yield found


def statuses(origin, *pieces, pause=0.02):
    """The statuses of all responses to what is sent on one connection."""
    url = urlsplit(origin)
    received = b""
    with socket.create_connection((url.hostname, url.port), timeout=5) as client:
        for piece in pieces:
            try:
                client.sendall(piece)
            except OSError:
                break
            time.sleep(pause)
        try:
            while chunk := client.recv(65536):
                received += chunk
        except ConnectionResetError:
            pass
    return [int(status) for status in re.findall(rb"HTTP/1\.1 ([0-9]{3}) ", received)]


def post(fields, body):
    return b"POST /things HTTP/1.1\r\nHost: a\r\n" + JSON + fields + b"\r\n" + body


def chunked(body):
    return b"%x\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n" % (9, body[:9], len(body) - 9, body[9:])


LENGTH = b"Content-Length: %d\r\n" % len(BODY)
CHUNKED = b"Transfer-Encoding: chunked\r\n"


@pytest.mark.parametrize(
    "request_",
    [post(OFFER + LENGTH, BODY), post(LENGTH + OFFER, BODY), post(OFFER + CHUNKED, chunked(BODY))],
    ids=["length after", "length before", "chunked"],
)
@pytest.mark.parametrize("size", [7, 150, 10_000])
def test_an_offer_to_upgrade_keeps_the_body_and_the_connection(origin, request_, size):
    sent = request_ + request_ + NEXT
    pieces = [sent[start : start + size] for start in range(0, len(sent), size)]
    assert statuses(origin, *pieces, pause=0.001) == [201, 201, 200]


def test_an_offer_without_a_body(origin):
    get = b"GET /things HTTP/1.1\r\nHost: a\r\n" + OFFER + b"\r\n"
    assert statuses(origin, get, get + NEXT) == [200, 200, 200]


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET /things HTTP/1.1\r\n\r\n", 400),
        (b"GET /things HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n", 400),
        (b"GET /things HTTP/1.0\r\n\r\n", 200),
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
        (b"GET /things HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 70_000 + b"\r\n\r\n", 431),
        (b"GET /things HTTP/1.1\r\nHost: a\r\n" + b"X: aaaaaaaaaa\r\n" * 7_000 + b"\r\n", 431),
        (b"GET /things HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 60_000 + b"\r\nConnection: close\r\n\r\n", 200),
    ],
    ids=["no Host", "two Hosts", "HTTP/1.0", "target", "one header", "many headers", "large"],
)
def test_limits_and_host(origin, request_, status):
    assert statuses(origin, request_) == [status]


def test_an_endless_header_is_not_kept(origin):
    start = b"GET /things HTTP/1.1\r\nHost: a\r\nX: "
    assert statuses(origin, start, *[b"a" * 10_000] * 30, pause=0.005) == [431]


LATE = b"GET /things HTTP/1.1\r\nHost: a\r\nPrefer: delay=%d\r\n\r\n"
BAD_CHUNK = post(b"Transfer-Encoding: chunked\r\n", b"zz\r\n")


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (LATE % 60 + b"\x00\r\n\r\n", [200, 400]),
        (LATE % 60 + LATE % 20 + b"GET /things HTTP/1.1\r\n\r\n", [200, 200, 400]),
        (LATE % 60 + BAD_CHUNK, [200, 400]),
        (BAD_CHUNK, [400]),
        (LATE % 60 + post(b"Content-Length: 2\r\n", b"{}") + BAD_CHUNK + LATE % 1, [200, 422, 400]),
    ],
)
def test_an_error_response_waits_for_the_responses_before_it(origin, sent, expected):
    assert statuses(origin, sent) == expected


def test_requests_of_a_client_that_is_gone(origin, caplog):
    """On one connection, most of them queued behind the first."""
    url = urlsplit(origin)
    with caplog.at_level("WARNING"):
        for pause in (0.0, 0.03, 0.1):
            with socket.create_connection((url.hostname, url.port), timeout=5) as client:
                client.sendall(LATE % 60 * 20)
                time.sleep(pause)
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        time.sleep(0.3)
        assert statuses(origin, NEXT) == [200]
    assert not caplog.records


def log_of_what_is_not_http_and_of_requests_under_way_at_the_end(folder, options):
    command = ["signoff", "--no-config", "mock", "openapi.json", "--port", "0", *options]
    with Process(command, cwd=folder) as process:
        for line in process.stdout:
            if found := re.search(r"http://[0-9.:]+", line):
                origin = found[0]
            if "Ctrl+C" in line:
                break
        assert statuses(origin, b"\x00\r\n\r\n") == [400]
        url = urlsplit(origin)
        with socket.create_connection((url.hostname, url.port)) as waiting:
            waiting.sendall(b"GET /things HTTP/1.1\r\nHost: a\r\nPrefer: delay=20000\r\n\r\n")
            with socket.create_connection((url.hostname, url.port)) as uploading:
                uploading.sendall(post(b"Content-Length: 99\r\n", b"{"))
                time.sleep(0.3)
                process.send_signal(signal.SIGTERM)
                errors = process.stderr.read()
                assert process.wait(10) == 143
                return errors


@pytest.fixture(scope="module")
def logs(tmp_path_factory):
    """The logs with each of the options; the mocks wait for their requests at the same time."""
    folder = tmp_path_factory.mktemp("logs")
    (folder / "openapi.json").write_text(json.dumps(DOCUMENT))
    choices = [(), ("--quiet",), ("--log-format", "json")]
    with ThreadPoolExecutor(len(choices)) as pool:
        log_of = partial(log_of_what_is_not_http_and_of_requests_under_way_at_the_end, folder)
        return dict(zip(("text", "quiet", "json"), pool.map(log_of, choices), strict=True))


@pytest.mark.parametrize("kind", ["text", "quiet", "json"])
def test_the_log_of_what_is_not_http_and_of_requests_under_way_at_the_end(logs, kind):
    errors = logs[kind]
    assert "Traceback" not in errors
    assert "ASGI" not in errors
    assert errors.count("Invalid HTTP request received.") == (0 if kind == "quiet" else 1)
    if kind == "json":
        *lines, last = errors.splitlines()
        assert [json.loads(line)["level"] for line in lines]
        assert last == "Stopped."


@pytest.mark.parametrize(
    ("request_line", "field", "status"),
    [
        (b"GET /things?" + b"a" * 3_000, b"", 414),
        (b"GET /things", b"X: " + b"a" * 3_000 + b"\r\n", 431),
        (b"GET /things?" + b"a" * 1_500, b"X: " + b"a" * 1_500 + b"\r\n", 200),
    ],
)
def test_the_limit_is_an_option(tmp_path, request_line, field, status):
    document = tmp_path / "api.json"
    document.write_text(json.dumps(DOCUMENT))
    app = create_app(signoff.load(document))
    with serving(server_config(app, max_head=2048)) as origin:
        data = request_line + b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + field + b"\r\n"
        assert statuses(origin, data) == [status]
