"""The curl command of a report: pasted into bash, it sends the very request."""

import os
import shutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from signoff.conformance.curl import curl, variables
from signoff.conformance.exchange import Sent
from signoff.reporting.secret_names import REDACTED

pytestmark = pytest.mark.skipif(
    not shutil.which("curl") or not shutil.which("bash"), reason="needs curl and bash"
)

BODIES = {
    "text": b'{"name": "caf\xc3\xa9"}',
    "a quote": b"it's",
    "lines": b"a\r\n\tb\n",
    "a backslash": b"C:\\new\n\\x41",
    "a file's name": b"@/etc/hostname",
    "no text": bytes(range(1, 256)),
    "NUL": b"%d\x00\\1\xff",
    "hexadecimal digits after a byte": b"\x01abc\n",
    "a format character": "a\u202eb".encode(),
    "20,000 bytes": b"\x01" * 20_000,
}


class _Echo(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.server.received.append((self.path, dict(self.headers.items()), body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def server():
    with HTTPServer(("127.0.0.1", 0), _Echo) as server:
        server.received = []
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        server.shutdown()


def pasted(server, *, path="/a", headers=(), body=b""):
    sent = Sent("POST", f"http://127.0.0.1:{server.server_port}{path}", headers, body)
    subprocess.run(["bash", "-c", f"{curl(sent)}\n"], check=True, capture_output=True, timeout=30)
    return server.received[-1]


@pytest.mark.parametrize("name", BODIES)
def test_the_body_is_sent_byte_by_byte(server, name):
    headers = (("Content-Type", "text/plain"),)
    assert pasted(server, headers=headers, body=BODIES[name])[2] == BODIES[name]


def test_a_longer_body_is_announced_as_shortened(server):
    sent = Sent("POST", "http://a.example/", (), b"x" * 20_001)
    first, command = curl(sent).splitlines()
    assert first == "# The body is shortened: this sends the first 20,000 of 20,001 bytes."
    assert command.startswith("curl ")
    assert len(pasted(server, body=sent.body)[2]) == 20_000


@pytest.mark.parametrize("path", ["/a?filter[x]=1&y={z}", "/a?range=[1-3]", "/a/../b/./c"])
def test_the_target_is_sent_as_it_is(server, path):
    assert pasted(server, path=path)[0] == path


def test_header_fields(server):
    headers = (("X-Empty", ""), ("X-Quote", "it's $HOME"), ("Accept", "text/csv"))
    found = pasted(server, headers=headers, body=b"x")[1]
    assert {name: found[name] for name, _ in headers} == dict(headers)
    assert "Content-Type" not in found


def test_secrets_are_shell_variables(server):
    sent = Sent(
        "POST",
        f"http://127.0.0.1:{server.server_port}/a?x=1&api_key={REDACTED}&y=2",
        (
            ("Authorization", "Bearer abc"),
            ("X-Shop-Key", REDACTED),
            ("Cookie", f"sid={REDACTED}"),
            ("X-Odd", f"$1`{REDACTED}"),
        ),
        b"",
    )
    command = curl(sent)
    assert "abc" not in command
    assert variables(sent) == ["${API_KEY}", "${AUTHORIZATION}", "${X_SHOP_KEY}", "${COOKIE}", "${X_ODD}"]
    values = {
        "AUTHORIZATION": "Bearer abc",
        "X_SHOP_KEY": "k'1",
        "API_KEY": "k2",
        "COOKIE": "sid=c",
        "X_ODD": "o",
    }
    subprocess.run(
        ["bash", "-c", command], check=True, env={**os.environ, **values}, capture_output=True, timeout=20
    )
    path, headers, _ = server.received[-1]
    assert path == "/a?x=1&api_key=k2&y=2"
    assert (headers["Authorization"], headers["X-Shop-Key"], headers["X-Odd"]) == (
        "Bearer abc",
        "k'1",
        "$1`o",
    )


def test_a_command_without_secrets_has_no_variables():
    assert variables(Sent("GET", "http://host/${A}", (("Accept", "*/*"),), b"${B}")) == []
