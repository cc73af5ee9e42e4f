"""Both phases send through one client: nothing of the environment, bounded reading, and faults of its own."""

import gzip
import http.server
import json
import ssl
import threading
import time
import tracemalloc
from contextlib import contextmanager
from functools import cache

import pytest
import trustme

import signoff
from signoff.conformance import Options, run
from signoff.conformance import client as client_module
from signoff.conformance.client import Client, SlowRetry
from signoff.conformance.connection import Connection
from signoff.conformance.exchange import Sent, TransportFault
from signoff.conformance.known_values import OperationData, TargetData
from signoff.contract import SetupError

DOCUMENT = """\
openapi: 3.1.0
info: {title: Harbour, version: "1"}
paths:
  /ships:
    get:
      operationId: ships
      parameters: [{name: tons, in: query, schema: {type: integer, minimum: 1, maximum: 90}}]
      responses:
        "200": {description: Ships, content: {application/json: {schema: {type: array}}}}
        "400": {description: Bad}
    post:
      operationId: moor
      requestBody: {required: true, content: {application/json: {schema: {type: object}}}}
      responses: {"201": {description: Moored}, "400": {description: Bad}}
"""
SHIPS = b'["Argo"]'
# The note on the ships of a run; the test document has no DELETE.
LEFT = "left on the target: "


@pytest.fixture
def contract(tmp_path):
    return load(tmp_path)


def load(tmp_path, document=DOCUMENT):
    path = tmp_path / "harbour.yaml"
    path.write_text(document)
    return signoff.load(path)


NOT_JSON = {}


def notes_of(verdict):
    """The notes on anything but what the run left behind."""
    return [note for note in verdict.notes if not note.startswith(LEFT)]


def parsed(body):
    try:
        return json.loads(body.decode("utf-8"), parse_constant=NOT_JSON.__getitem__)
    except (ValueError, KeyError, RecursionError):
        return None


class Harbour(http.server.BaseHTTPRequestHandler):
    """Correct; subclasses misbehave."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are written apart, and the second would wait 40 ms

    def any(self):
        self.raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.seen.append((self.command, self.path, dict(self.headers.items()), self.raw))
        self.respond()

    def respond(self):
        self.ordinary()

    def ordinary(self, **more):
        path, _, query = self.path.partition("?")
        if path != "/ships":
            self.send(404, **more)
        elif self.command in ("GET", "HEAD"):
            tons = [part.partition("=")[2] for part in query.split("&") if part.startswith("tons=")]
            is_fine = len(tons) <= 1 and all(text.isdecimal() and 1 <= int(text) <= 90 for text in tons)
            self.send(200, SHIPS, **more) if is_fine else self.send(400, **more)
        elif self.command == "POST":
            media_type = (self.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
            is_fine = isinstance(parsed(self.raw), dict)
            self.send(415 if media_type != "application/json" else 201 if is_fine else 400, **more)
        else:
            self.send(405, Allow="GET, HEAD, POST", **more)

    def send(self, status, body=b"", **headers):
        self.send_response(status)
        if body:
            self.send_header("Content-Type", "application/json")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_):
        pass

    def __getattr__(self, name):
        if name.startswith("do_"):
            return self.any
        raise AttributeError(name)


@contextmanager
def serving(handler=Harbour, context=None, port=0):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    server.seen, server.daemon_threads = [], True
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    server.origin = f"http{'s' if context else ''}://127.0.0.1:{server.server_port}"
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def both_phases(**more):
    return Options(max_examples=4, timeout_s=3, **more)


class Early(Harbour):
    def respond(self):
        self.wfile.write(b"HTTP/1.1 103 Early Hints\r\nLink: </ship.css>; rel=preload\r\n\r\n")
        self.wfile.write(b"HTTP/1.1 102 Processing\r\n\r\n")
        self.ordinary()


class Cookies(Harbour):
    def respond(self):
        self.ordinary(Set_Cookie="s\xe9jour=\xfc; Path=/")


class Redirecting(Harbour):
    def respond(self):
        is_found = self.path == "/ships" and self.command == "POST"
        self.ordinary(Location="http://[not a url" if is_found else "//elsewhere.example/\xe9")


class Old(Harbour):
    protocol_version = "HTTP/1.0"


class Zipped(Harbour):
    """Encodes what it may, and says so for HEAD as well."""

    def send(self, status, body=b"", **headers):
        if "gzip" in (self.headers.get("Accept-Encoding") or "") and body:
            body, headers = gzip.compress(body), {"Content_Encoding": "gzip", **headers}
        super().send(status, body, **headers)


class Chunked(Harbour):
    def send(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in {"Content_Type": "application/json", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        if self.command != "HEAD":
            parts = (body[:3], body[3:])
            self.wfile.write(b"".join(b"%x;q=1\r\n%s\r\n" % (len(part), part) for part in parts if part))
            self.wfile.write(b"0\r\nX-Sum: 4\r\n\r\n")


class NeedsAnAgent(Harbour):
    def respond(self):
        fields = ("User-Agent", "Accept", "Accept-Encoding")
        self.ordinary() if all(self.headers.get(name) for name in fields) else self.send(403)


@pytest.mark.parametrize(
    "handler", [Harbour, Early, Cookies, Redirecting, Old, Zipped, Chunked, NeedsAnAgent]
)
def test_a_correct_server_passes_whatever_its_http_is_like(contract, handler):
    with serving(handler) as server:
        verdict = run(server.origin, contract, options=both_phases())
    assert [failure.fault.message for failure in verdict.evidence.errors] == []
    assert (verdict.passed, verdict.complete, notes_of(verdict)) == (True, True, [])
    assert verdict.evidence.statuses[200]


class Invents(Harbour):
    def ordinary(self, **more):
        self.send(200, SHIPS, Content_Encoding="x-signoff") if self.command == "GET" else super().ordinary()


def test_a_response_without_a_decoder_is_a_note_of_the_run(contract):
    with serving(Invents) as server:
        verdict = run(server.origin, contract, options=both_phases())
    assert verdict.evidence.errors == []
    assert verdict.evidence.statuses[0] == 0
    (note,) = notes_of(verdict)
    assert "such as GET /ships: the response has the unsupported content coding x-signoff" in note
    assert verdict.evidence.clauses["ships/responses/200"].state.value == "not covered"


def test_a_header_that_cannot_be_sent_is_a_note_of_the_run(tmp_path):
    parameter = '{name: Flag, in: header, required: true, schema: {type: string, enum: ["\u2693"]}}'
    odd = load(tmp_path, DOCUMENT.replace("parameters: [", f"parameters: [{parameter}, "))
    with serving() as server:
        verdict = run(server.origin, odd, options=both_phases(no_fuzzing=True))
    # The server takes requests without the header, too.
    assert {failure.check.id for failure in verdict.evidence.errors} == {"request-rejected"}
    assert any("header" in note and "GET /ships" in note for note in verdict.notes)
    assert verdict.evidence.statuses[201]


@cache
def bomb():
    return gzip.compress(bytes(150_000_000), 1)


class Bomb(Harbour):
    def ordinary(self, **more):
        self.send(200, bomb(), Content_Encoding="gzip") if "tons" in self.path else super().ordinary()


def test_a_body_that_unpacks_to_much_more_is_not_unpacked(contract):
    with serving(Bomb) as server:
        bomb()
        tracemalloc.start()
        verdict = run(server.origin, contract, options=Options(max_examples=3, only=frozenset({"ships"})))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 75_000_000
    faults = [failure.exchange.received for failure in verdict.evidence.errors]
    assert any(received.fault_kind is TransportFault.TOO_LARGE for received in faults)


@pytest.fixture
def environment(tmp_path, monkeypatch):
    """A proxy and a password that the environment offers for the target's host."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login ann password sesame\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with serving(Proxy) as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.origin)
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        yield proxy


class Proxy(Harbour):
    """Answers in place of every target, as the harbour does."""

    def respond(self):
        self.path = "/" + self.path.split("/", 3)[-1] if "://" in self.path else self.path
        self.ordinary()


def test_proxies_and_passwords_of_the_environment_are_not_used(contract, environment):
    with serving() as server:
        verdict = run(server.origin, contract, options=both_phases())
    assert verdict.passed
    assert environment.seen == []
    assert not any("Authorization" in fields for _, _, fields, _ in server.seen)


def test_all_requests_go_through_a_proxy_that_is_named(contract, environment):
    options = both_phases(connection=Connection(proxy=environment.origin))
    verdict = run("http://harbour.example:8080", contract, options=options)
    assert verdict.passed
    assert verdict.evidence.requests <= len(environment.seen)
    assert {path.partition("?")[0] for _, path, _, _ in environment.seen} >= {
        "http://harbour.example:8080/ships"
    }


@pytest.mark.parametrize(
    "proxy", ["ftp://proxy.example", "http://", "http://proxy.example:port", "socks5://x", "[x"]
)
def test_the_url_of_a_proxy_is_checked(proxy):
    with pytest.raises(SetupError, match="--proxy"):
        Client(connection=Connection(proxy=proxy))


def test_a_client_certificate_is_sent_in_both_phases(contract, tmp_path):
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    mine = authority.issue_cert("ann@example.org")
    bundle, cert, key = (str(tmp_path / name) for name in ("ca.pem", "cert.pem", "key.pem"))
    authority.cert_pem.write_to_path(bundle)
    mine.cert_chain_pems[0].write_to_path(cert)
    mine.private_key_pem.write_to_path(key)
    with serving(context=context) as server:
        options = both_phases(connection=Connection(bundle, cert, key))
        assert run(server.origin, contract, options=options).passed
        with pytest.raises(SetupError, match="no response"):
            run(server.origin, contract, options=both_phases(connection=Connection(bundle)))
    with pytest.raises(SetupError, match="cannot read the client certificate"):
        Client(connection=Connection(bundle, cert))


class Slow(Harbour):
    def respond(self):
        time.sleep(0.25)
        self.ordinary()


@pytest.fixture
def _soon_slow(monkeypatch):
    """Slow is what takes longer than 0.2 s, and not a second."""
    monkeypatch.setattr(client_module, "SLOW_S", 0.2)


@pytest.mark.parametrize(
    ("method", "times"), [("GET", 2), ("HEAD", 2), ("POST", 1), ("DELETE", 1), ("PATCH", 1)]
)
@pytest.mark.usefixtures("_soon_slow")
def test_only_safe_requests_are_sent_again_when_they_are_slow(method, times):
    with serving(Slow) as server, Client() as client:
        SlowRetry(client).send(Sent(method, f"{server.origin}/ships", (), b""))
    assert len(server.seen) == times


@pytest.mark.usefixtures("_soon_slow")
def test_a_slow_request_that_only_reads_is_sent_again_whatever_its_method():
    with serving(Slow) as server, Client() as client:
        SlowRetry(client).send(Sent("POST", f"{server.origin}/ships", (), b""), is_safe=True)
    assert len(server.seen) == 2


class HangsUp(Harbour):
    def respond(self):
        own = [path for _, path, _, _ in self.server.seen if path == self.path == "/ships"]
        self.close_connection = bool(own) and len(own) % 3 == 0
        if not self.close_connection:
            self.ordinary()


@pytest.mark.parametrize(
    ("method", "faults", "times"), [("GET", [], 7), ("POST", [2], 5), ("DELETE", [2], 5)]
)
def test_a_request_that_may_change_something_is_not_repeated_on_another_connection(method, faults, times):
    with serving(HangsUp) as server, Client() as client:
        received = [client.send(Sent(method, f"{server.origin}/ships", (), b"")) for _ in range(5)]
    assert [number for number, entry in enumerate(received) if entry.fault] == faults
    assert [path for _, path, _, _ in server.seen].count("/ships") == times
    assert client.gone == ""


def test_what_the_data_file_allows_once_is_sent_once(contract):
    data = TargetData(operations={"moor": OperationData(once=True, bodies=({"name": "Argo"},))})
    with serving() as server:
        run(server.origin, contract, data, Options(no_fuzzing=True))
        sent = [
            (path, body, *fields.items()) for method, path, fields, body in server.seen if method == "POST"
        ]
    assert sent
    assert len(sent) == len(set(sent))


@pytest.mark.parametrize("header", ["", "Idempotency-Key"])
def test_fuzzing_and_fresh_headers_do_not_repeat_it(tmp_path, header):
    parameter = f"parameters: [{{name: {header}, in: header, schema: {{type: string}}}}]" if header else ""
    document = f"""\
openapi: 3.1.0
info: {{title: Payments, version: "1"}}
paths:
  /ships:
    get: {{operationId: ships, responses: {{"200": {{description: Ships}}}}}}
    post:
      operationId: moor
      {parameter}
      requestBody: {{required: true, content: {{application/json: {{schema: {{type: object}}}}}}}}
      responses: {{"201": {{description: Moored}}, "400": {{description: No}}}}
"""
    (tmp_path / "openapi.yaml").write_text(document)
    data = TargetData(operations={"moor": OperationData(once=True, bodies=({"name": "Argo"},))})
    with serving() as server:
        verdict = run(server.origin, signoff.load(tmp_path / "openapi.yaml"), data, both_phases())
        sent = [
            (path, body, *(item for item in fields.items() if item[0].lower() != header.lower()))
            for method, path, fields, body in server.seen
            if method == "POST"
        ]
    assert sent
    assert len(sent) == len(set(sent))
    assert any("`once`" in note and "POST /ships" in note for note in verdict.notes)


def test_requests_look_like_those_of_any_client(contract):
    with serving() as server:
        run(server.origin, contract, options=both_phases())
    assert {fields["User-Agent"] for _, _, fields, _ in server.seen} == {"signoff"}
    assert all(fields.get("Accept") for _, _, fields, _ in server.seen)
    codings = {fields["Accept-Encoding"] for _, _, fields, _ in server.seen}
    assert any("gzip" in text for text in codings)
    assert not any(
        name.lower().startswith("x-schemathesis") for _, _, fields, _ in server.seen for name in fields
    )
