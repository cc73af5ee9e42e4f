"""Servers on plain sockets that misbehave on the wire, each in one way."""

import re
import socket
import ssl
import struct
import threading
import time
from contextlib import contextmanager, suppress

import trustme

FINE = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{"id": "x"}'
JSON = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def reset(connection, stop):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def close(connection, stop):
    pass


def half(connection, stop):
    connection.sendall(JSON + b'Content-Length: 400\r\n\r\n{"id": ')


def half_a_chunk(connection, stop):
    connection.sendall(JSON + b'Transfer-Encoding: chunked\r\n\r\nff\r\n{"id": ')


def endless(connection, stop):
    connection.sendall(JSON + b"\r\n")
    while not stop.is_set():
        connection.sendall(b" " * 65536)


def endless_header(connection, stop):
    connection.sendall(JSON)
    while not stop.is_set():
        connection.sendall(b"X-More: and more\r\n" * 100)


def huge_header(connection, stop):
    connection.sendall(JSON + b"X-Huge: " + b"x" * 1_000_000 + b"\r\nContent-Length: 2\r\n\r\n{}")


def redirects_to_itself(connection, stop):
    connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /api/things/x\r\nContent-Length: 0\r\n\r\n")


def silent(connection, stop):
    stop.wait(30)


def drips(connection, stop):
    for octet in FINE.replace(b"11", b"99"):
        if stop.wait(0.03):
            return
        connection.sendall(bytes([octet]))
    while not stop.wait(0.03):
        connection.sendall(b" ")


def drips_a_header(connection, stop):
    connection.sendall(JSON + b"X-Slow: ")
    while not stop.wait(0.03):
        connection.sendall(b"x")


def continues_for_ever(connection, stop):
    while not stop.wait(0.001):
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")


def no_http(connection, stop):
    connection.sendall(b"220 mail.example ESMTP ready\r\n")


def says_more_than_it_sends(connection, stop):
    connection.sendall(FINE.replace(b"11", b"12"))


def sends_more_than_it_says(connection, stop):
    connection.sendall(FINE + b"and more")


def strange_octets_in_a_header(connection, stop):
    connection.sendall(FINE.replace(b"\r\n\r\n", b"\r\nX-Odd: \xff\xfe\xe9\r\n\r\n"))


def broken_gzip(connection, stop):
    connection.sendall(JSON + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd")


def fine(connection, stop):
    connection.sendall(FINE)


def _request(connection):
    """Read one whole request."""
    connection.settimeout(5)
    octets = b""
    while b"\r\n\r\n" not in octets:
        part = connection.recv(65536)
        if not part:
            return b""
        octets += part
    head, _, body = octets.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: *([0-9]+)", head)
    while length and len(body) < int(length[1]):
        body += connection.recv(65536)
    return octets


def _answer(connection, stop, answers, count, context):
    with suppress(OSError):
        if context:
            connection = context.wrap_socket(connection, server_side=True)
        if _request(connection):
            connection.settimeout(5)
            answers(count)(connection, stop)
    with suppress(OSError):
        connection.close()


@contextmanager
def serving(answers, context=None):
    """Answer the n-th connection's one request as `answers(n)` does, and give the origin."""
    stop = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    listener.settimeout(0.1)

    def accept():
        count = 0
        while not stop.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            arguments = (connection, stop, answers, count, context)
            threading.Thread(target=_answer, args=arguments, daemon=True).start()
            count += 1

    threading.Thread(target=accept, daemon=True).start()
    scheme = "https" if context else "http"
    try:
        yield f"{scheme}://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        stop.set()
        listener.close()
        time.sleep(0.05)


def tls(folder):
    """A context with a certificate of an authority that nobody knows, and the authority's file."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    file = folder / "authority.pem"
    authority.cert_pem.write_to_path(file)
    return context, file
