"""Messages for the raw fuzzer of the mock: valid, half-valid and broken HTTP/1.1, as bytes.

Everything follows from a `random.Random`, so a batch is the same in every run.
"""

from dataclasses import dataclass

NO_BODY = ("GET", "HEAD", "OPTIONS", "DELETE", "TRACE")
METHODS = (*NO_BODY, "POST", "PUT", "PATCH", "QUERY", "CONNECT", "PROPFIND", "get")
ODD_BYTES = (
    *(b"", b"\x00", b"\xff\xfe", b"%", b"%00", b"%ff", b"%zz", b"\xe2\x82\xac", b"../..", b"//", b";", b","),
    *(b"=", b"&&", b"[]", b"[a]", b"{", b'"', b"'", b"\\", b"1e999", b"-0", b"9" * 400, b"0x10", b"nan"),
    *(b"null", b"true", b"\t", b" ", b"*", b"a" * 300, b"%F0%9F%98%80", b"%C0%AF", b"#", b"?", b"@", b":"),
)
CONTROL = (
    *(b"GET /health", b"GET /routes", b"GET /document", b"GET /journal", b"DELETE /journal", b"GET /rules"),
    *(b"GET /journal/har", b"POST /journal/verify", b"GET /scenario", b"PUT /scenario", b"PUT /rules/a"),
    *(
        b"DELETE /rules/a",
        b"GET /state",
        b"PUT /state",
        b"DELETE /state",
        b"POST /reset",
        b"GET /",
        b"GET /x",
    ),
    *(b"POST /webhooks/x", b"GET /index.html", b"GET /../../etc/passwd", b"OPTIONS /rules"),
)
# No status of 500 to 599 is asked for, so that none in a response is what a client wanted.
PREFERENCES = (
    *(b"code=200", b"code=404", b"code=418", b"code=999", b"code=x", b"example=nope", b"dynamic=true"),
    *(
        b"delay=1",
        b"delay=-1",
        b"delay=1e9",
        b"items=0",
        b"items=3",
        b"items=-1",
        b"items=99999",
        b"x" * 4000,
    ),
    *(b"scenario=none", b"code=200, dynamic=true, items=2", b"=;=,", b'code="200', b"respond-async"),
)
FIELDS = (
    *(b"Accept: */*", b"Accept: application/xml", b"Accept: text/csv;q=0, */*;q=0.1", b"Accept: ;q=", b"Accept:"),
    *(b"Accept: " + b"a/b, " * 500, b"Accept-Encoding: gzip, br;q=0", b"Accept-Language: de"),
    *(b"Origin: http://localhost:3000", b"Origin: null", b"Origin: http://[", b"Cookie: a=b; a=c; =; ;"),
    *(b"Cookie: " + b"c=d; " * 2000, b"Cookie: session=\xff", b"Authorization: Bearer x.y.z"),
    *(b"Authorization: Basic ====", b"Authorization: Basic YTpi", b"Authorization: Digest x", b"api_key: 1"),
    *(b"api-key: k", b"X-Request-Id: id-1", b"X-Request-Id: " + b"i" * 500, b"If-None-Match: *", b'If-Match: "x"'),
    *(b"If-Modified-Since: yesterday", b"Range: bytes=0-0,5-,-1", b"Idempotency-Key: k", b"TE: trailers"),
    *(b"X-HTTP-Method-Override: DELETE", b'Forwarded: for="[', b"X-Forwarded-Proto: \x80", b"Max-Forwards: 0"),
    *(b"Access-Control-Request-Method: PUT", b"Access-Control-Request-Headers: a, b", b"Via: 1.1 x"),
    *(b"Signoff-Session: s", b"Prefer: session=s1", b"Expect: 100-continue", b"Upgrade: h2c", b"Upgrade: websocket"),
    *(b"Connection: Upgrade", b"Content-Encoding: identity", b"Content-Language: \xc3\xa9", b"X: " + b"y" * 20_000),
)  # fmt: skip
TYPES = (
    *(b"application/json", b"application/json; charset=utf-16", b"application/merge-patch+json"),
    *(b"application/json-patch+json", b"application/xml", b"text/xml", b"text/plain; charset=nonsense"),
    *(b"application/x-www-form-urlencoded", b"multipart/form-data; boundary=B", b"multipart/form-data"),
    *(b"multipart/mixed; boundary=" + b"B" * 100, b"application/octet-stream", b"x", b"a/b/c;;=", b"*/*"),
)
BODIES = (
    *(
        b"",
        b"{}",
        b"[]",
        b"null",
        b"1",
        b'"x"',
        b"{",
        b'{"a":',
        b'{"a":1,"a":2}',
        b"\xff\xfe{}",
        b"\xef\xbb\xbf{}",
    ),
    *(
        b"[" * 300,
        b"[" * 300 + b"]" * 300,
        b'{"a":' * 5000,
        b"9" * 5000,
        b'"\\ud800"',
        b"NaN",
        b"-",
        b"1e99999",
    ),
    *(
        b'{"name": "' + b"n" * 3000 + b'"}',
        b"[%s]" % b",".join([b"{}"] * 500),
        b"\x00" * 100,
        b"a=1&a=2&=&%ff=%",
    ),
    *(
        b"&" * 3000,
        b"<a/>",
        b"<a>",
        b"<a>" * 400,
        b'<?xml version="1.0" encoding="x"?><a/>',
        b"<!DOCTYPE a><a/>",
    ),
    *(b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', b"--B\r\n\r\nx\r\n--B--\r\n", b"--B--", b"--B\r\n" * 200),
    *(b'--B\r\nContent-Disposition: form-data; name="file"; filename="\xff"\r\n\r\nx\r\n--B--\r\n',),
    *(b'[{"op": "replace", "path": "/name", "value": 1}]', b'[{"op": "copy", "from": "", "path": "/a"}]'),
    *(
        b'{"respond": {"status": 201}}',
        b'{"operation": "x", "every": 0}',
        b'{"scenario": "x"}',
        b'{"requests": [1]}',
    ),
)
FRAMINGS = (
    *(
        b"Content-Length: -1",
        b"Content-Length: 5, 6",
        b"Content-Length: 0x5",
        b"Content-Length: 99999999999999999999",
    ),
    *(
        b"Content-Length: 1\r\nContent-Length: 2",
        b"Transfer-Encoding: chunked, gzip",
        b"Transfer-Encoding: x",
    ),
    *(
        b"Content-Length: 4\r\nTransfer-Encoding: chunked",
        b"Transfer-Encoding:\tchunked",
        b"Content-Length: 99999",
    ),
    *(b"Content-Length: 999999999",),
)
BROKEN = (
    *(b"\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET /\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc"),
    *(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"GET / HTTP/1.1\nHost: x\n\n", b"GET / HTTP/1.1\r\n Host: x\r\n\r\n"),
    *(b"GET / HTTP/1.1\r\nHost\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n"),
    *(b"GET " + b"/a" * 40_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", b"A" * 70_000),
    *(b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 15_000 + b"\r\n",),
    *(b"GET / HTTP/1.1\r\nHost: x\r\nA\x00: b\r\n\r\n", b"GET http://[ HTTP/1.1\r\nHost: [\r\n\r\n", b"\x00" * 64),
    *(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",),
    *(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",),
    *(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5;" + b"e" * 70_000 + b"\r\n",),
    *(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc",),
)  # fmt: skip


@dataclass(frozen=True)
class Batch:
    """What is sent on one connection.

    Attributes:
        pieces: sent one after the other.
        requests: the number of requests in it.
        responses: how many responses must come; None if anything may.
        end: what the client does after sending: `read` all, `half-close`, `close` or `reset` the connection.
    """

    pieces: tuple[bytes, ...]
    requests: int
    responses: int | None
    end: str


def batch(source, routes, most=24):
    """A batch of messages.

    Args:
        source: a `random.Random`.
        routes: of the mock, as its control API lists them.
        most: the greatest number of messages.
    """
    count = source.randint(1, most)
    kind = source.random()
    if kind < 0.75:
        messages = [_request(source, routes, is_last=number == count - 1) for number in range(count)]
        return Batch(_pieces(source, b"".join(messages)), count, count, "read")
    messages = [_request(source, routes) for _ in range(source.randint(0, count))]
    messages.append(_nonsense(source, routes) if kind < 0.93 else _cut(source, routes))
    end = source.choice(("half-close", "close", "reset"))
    return Batch(_pieces(source, b"".join(messages)), len(messages), None, end)


def _pieces(source, data):
    if source.random() < 0.9:
        return (data,)
    cuts = sorted(source.randrange(len(data) + 1) for _ in range(source.randint(1, 6)))
    return tuple(data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True))


def _cut(source, routes):
    message = _request(source, routes)
    return message[: source.randrange(len(message))]


def _nonsense(source, routes):
    """A message that is not HTTP, or that has a framing that no server accepts, or noise in a request."""
    kind = source.random()
    if kind < 0.4:
        return source.choice(BROKEN)
    if kind < 0.6:
        return b"POST %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n\r\n%s" % (
            _target(source, source.choice(routes)),
            source.choice(FRAMINGS),
            source.choice(BODIES),
        )
    message = bytearray(_request(source, routes))
    for _ in range(source.randint(1, 8)):
        place = source.randrange(len(message))
        message[place : place + source.randint(0, 3)] = source.choice(
            (b"", b"\r\n", b" ", source.randbytes(2), source.choice(ODD_BYTES))
        )
    return bytes(message)


def _request(source, routes, *, is_last=False):
    """A request with a framing that every server accepts; the rest may be odd."""
    route = source.choice(routes)
    if source.random() < 0.02:
        method, _, path = source.choice(CONTROL).partition(b" ")
        target, method = b"/__signoff" + path, method.decode()
    else:
        target = _target(source, route)
        method = route["method"] if source.random() < 0.9 else source.choice(METHODS[:-3])
    fields = [b"Host: " + (b"localhost" if source.random() < 0.98 else source.choice(ODD_BYTES[4:]).strip())]
    fields += [f"{name}: {value}".encode() for name, value in route.get("headers", {}).items()]
    fields += dict.fromkeys(source.choice(FIELDS) for _ in range(source.choice((0, 0, 1, 1, 2, 5))))
    if source.random() < 0.2:
        fields.append(b"Prefer: " + source.choice(PREFERENCES))
    if is_last:
        fields = [field for field in fields if not field.startswith((b"Connection", b"Upgrade"))]
        fields.append(b"Connection: close")
    body = _body(source, route, fields, method)
    return b"%s %s HTTP/1.1\r\n%s\r\n\r\n%s" % (method.encode(), target, b"\r\n".join(fields), body)


def _target(source, route):
    target = route["url"].encode()
    if source.random() < 0.15:
        path, mark, query = target.partition(b"?")
        segments = path.split(b"/")
        segments[source.randrange(1, len(segments))] = _plain(source)
        target = b"/".join(segments) + mark + query
    if source.random() < 0.25:
        target += (b"&" if b"?" in target else b"?") + source.choice(
            (
                b"__code=404",
                b"__items=2",
                b"__dynamic=true",
                b"__delay=1",
                b"__session=s",
                b"limit=1",
                b"page=-1",
            )
        )
    if source.random() < 0.1:
        target += (b"&" if b"?" in target else b"?") + b"%s=%s" % (_plain(source), _plain(source))
    return b"http://localhost" + target if source.random() < 0.03 else target


def _plain(source):
    """Odd characters that may be in a request target."""
    return bytes(byte for byte in source.choice(ODD_BYTES) if 0x20 < byte < 0x7F and byte != ord("#"))


def _body(source, route, fields, method):
    """A body; what describes it is added to the fields."""
    sample = route.get("body")
    if method in NO_BODY and source.random() < 0.9:
        return b""
    if sample and source.random() < 0.6:
        media_type, body = sample["mediaType"].encode(), sample["text"].encode()
        if source.random() < 0.3 and body:
            place = source.randrange(len(body))
            body = body[:place] + source.choice(ODD_BYTES) + body[place + source.randint(0, 4) :]
    else:
        media_type, body = source.choice(TYPES), source.choice(BODIES)
    if source.random() < 0.95:
        fields.append(b"Content-Type: " + media_type)
    if source.random() < 0.2:
        fields.append(b"Transfer-Encoding: chunked")
        return _chunked(source, body)
    fields.append(b"Content-Length: %d" % len(body))
    return body


def _chunked(source, body):
    size = source.randint(1, max(1, len(body)))
    size = max(size, len(body) // 20)
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    extension = source.choice((b"", b"", b";a=b"))
    trailer = source.choice((b"", b"", b"X-Trailer: 1\r\n"))
    return (
        b"".join(b"%x%s\r\n%s\r\n" % (len(part), extension, part) for part in parts)
        + b"0\r\n"
        + trailer
        + b"\r\n"
    )
