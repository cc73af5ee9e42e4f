"""What nobody's client sends on purpose: random octets."""

import random
import socket
from urllib.parse import urlsplit

import httpx2

from tests.conftest import export_path, reference_app, running

_PIECES = [
    *(b"GET", b"POST", b"\x00", b"\r\n", b"HTTP/1.1", b" ", b"/", b"%", b"%2F", b"%ff", b"?a=b", b"\xff\xfe"),
    *(
        b"Host: x",
        b"Content-Length: 5",
        b"Content-Length: -1",
        b"Transfer-Encoding: chunked",
        b"../..",
        b":",
        b",",
    ),
    *(b"Content-Type: application/json", b"Expect: 100-continue", b"Upgrade: websocket", b"{", b'"\\ud800"'),
    *(b"[" * 50, b"1e999", b"Prefer: code=999", b"Accept: ;q=", b"Cookie: =;=", b"Authorization: Basic ===="),
]
_METHODS = [
    b"GET",
    b"POST",
    b"POST",
    b"POST",
    b"PUT",
    b"DELETE",
    b"HEAD",
    b"OPTIONS",
    b"QUERY",
    b"get",
    b"X\x7f",
    b"TRACE",
]
_HEADERS = [
    *(b"content-type", b"accept", b"prefer", b"cookie", b"authorization", b"origin", b"x-request-id", b"te"),
    b"\xe9",
]


def _noise(source, most):
    return b"".join(
        source.choice(_PIECES) if source.random() < 0.7 else source.randbytes(source.randint(1, 8))
        for _ in range(source.randint(0, most))
    )


def _almost_a_request(source):
    """A request whose parts are noise; some are noise from end to end."""
    if source.random() < 0.2:
        return _noise(source, 30)
    path = export_path().encode() if source.random() < 0.7 else b"/" + _noise(source, 5)
    body = _noise(source, 12) if source.random() < 0.5 else source.choice([b"{}", b'{"format": 1}', b"[]"])
    fields = [b"Host: localhost", b"Content-Length: %d" % len(body)]
    fields += [source.choice(_HEADERS) + b": " + _noise(source, 3) for _ in range(source.randint(0, 4))]
    if source.random() < 0.5:
        fields.append(b"Content-Type: application/json")
    return b"\r\n".join([source.choice(_METHODS) + b" " + path + b" HTTP/1.1", *fields, b"", body])


def _first_line(port, octets):
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        try:
            connection.sendall(octets)
            connection.shutdown(socket.SHUT_WR)
            return connection.recv(4096).partition(b"\r\n")[0]
        except (ConnectionError, TimeoutError):
            return b""


def test_a_thousand_requests_of_random_octets_never_give_a_5xx_nor_stop_the_server():
    source = random.Random(20)
    statuses = set()
    with running(reference_app()) as origin:
        port = urlsplit(origin).port
        for _ in range(1000):
            octets = _almost_a_request(source)
            line = _first_line(port, octets)
            assert not line.startswith(b"HTTP/1.1 5"), octets
            statuses.add(line[9:12])
        assert httpx2.post(f"{origin}{export_path()}", json={}).status_code == 200
    assert {b"200", b"400", b"404", b"405", b"415", b"422"} <= statuses
