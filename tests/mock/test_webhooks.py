"""Callbacks and webhooks that the mock sends, received by real servers on free ports."""

import asyncio
import json
import logging
import re
import socket
import ssl
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice

import httpx2
import pytest
import yaml

import signoff
from signoff.contract import DataError, Direction, DocumentError, SetupError
from signoff.contract.callbacks import callbacks_of, webhook
from signoff.generate import Generator
from signoff.mock import Settings, create_app
from signoff.mock.callback_bodies import Echo
from signoff.mock.control.control import Control
from signoff.mock.control.verification import Operations, verify
from signoff.mock.journal import Journal
from signoff.mock.outbox import MAX_PENDING, MAX_RESPONSE, Outbox, Outgoing
from signoff.mock.outgoing_hosts import OutgoingHosts, UrlNotAllowedError
from signoff.mock.webhooks import MAX_ECHO, RequestMaker, Webhooks
from tests.conftest import ROOT, running
from tests.processes import Process
from tests.redis_server import free_port

GUIDE = ROOT / "docs" / "mock.md"
ORDER = {
    "type": "object",
    "required": ["id", "item"],
    "properties": {"id": {"type": "integer"}, "item": {"type": "string"}, "callbackUrl": {"type": "string"}},
}
PAID = {
    "type": "object",
    "required": ["event", "order"],
    "properties": {
        "id": {"type": "string"},
        "event": {"const": "paid"},
        "order": {**ORDER, "additionalProperties": False},
        "secret": {"type": "string", "readOnly": True},
    },
}
RECEIVED = {"204": {"description": "received"}, "4XX": {"description": "rejected"}}


def content(schema, **more):
    return {"content": {"application/json": {"schema": schema, **more}}}


def document(expression="{$request.body#/callbackUrl}", **sent):
    """Orders, whose creation is followed by a callback; `sent` are members of the callback's operation."""
    request = {"operationId": "orderPaid", "requestBody": content(PAID), "responses": RECEIVED, **sent}
    create = {
        "operationId": "createOrder",
        "parameters": [{"name": "hook", "in": "query", "schema": {"type": "string"}}],
        "requestBody": content({**ORDER, "required": ["item"]}),
        "responses": {
            "201": {"description": "created", **content(ORDER, example={"id": 41, "item": "tea"})},
            "422": {"description": "invalid"},
        },
        "callbacks": {"onPaid": {expression: {"post": request}}},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Shop", "version": "1"},
        "paths": {"/orders": {"post": create}},
        "webhooks": {"stockLow": {"post": {"requestBody": content(PAID), "responses": RECEIVED}}},
    }


class Receiver:
    """What a receiver got, and how it responds: with each of `responses` in turn, then the last one."""

    def __init__(self, *responses):
        self.requests = []
        self.times = []
        self._responses = list(responses)

    def wait(self, count=1, seconds=10):
        deadline = time.monotonic() + seconds
        while len(self.requests) < count and time.monotonic() < deadline:
            time.sleep(0.01)
        return self.requests

    def handle(self, handler):
        length = int(handler.headers.get("content-length") or 0)
        headers = {name.lower(): value for name, value in handler.headers.items()}
        self.times.append(time.monotonic())
        self.requests.append((handler.command, handler.path, headers, handler.rfile.read(length)))
        respond = self._responses.pop(0) if len(self._responses) > 1 else self._responses[0]
        respond(handler)


def answer(status, body=b"", **headers):
    def respond(handler):
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("content-length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return respond


@contextmanager
def receiving(*responses, tls=None):
    receiver = Receiver(*(responses or (answer(204),)))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            receiver.handle(self)

        do_GET = do_POST  # noqa: N815 - as the server calls it

        def log_message(self, *_):
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_):
            pass

    with Server(("127.0.0.1", 0), Handler) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        receiver.url = f"http://127.0.0.1:{server.server_port}"
        yield receiver
        server.shutdown()


class Deliveries:
    """The deliveries in a journal."""

    def __init__(self):
        self.journal = Journal()

    def wait(self, count=1, seconds=15):
        """The delivery with a number, once there are as many."""
        deadline = time.monotonic() + seconds
        while len(self.all) < count and time.monotonic() < deadline:
            time.sleep(0.01)
        return self.all[count - 1]

    @property
    def all(self):
        return [entry for entry in self.journal.entries() if entry.kind == "webhook"]


@contextmanager
def serving(tmp_path, value=None, handlers=None, **settings):
    """A client of the mock, and the journal of what it sent."""
    (tmp_path / "shop.yaml").write_text(yaml.safe_dump(value or document(), sort_keys=False))
    contract = signoff.load(tmp_path / "shop.yaml")
    deliveries = Deliveries()
    settings = Settings(**{"callbacks": True, "callback_retries": 0, **settings})
    app = create_app(contract, settings, handlers=handlers, control=Control(journal=deliveries.journal))
    with running(app) as origin, httpx2.Client(base_url=origin, timeout=10) as client:
        yield client, deliveries


def order(client, url="", **more):
    return client.post("/orders", json={"item": "tea", "callbackUrl": url}, **more)


def test_a_callback_follows_the_response_with_a_valid_body_about_what_was_created(tmp_path):
    with receiving() as receiver, serving(tmp_path) as (client, journal):
        created = order(client, f"{receiver.url}/hooks?a=1", headers={"Signoff-Session": "s1"})
        assert created.status_code == 201
        (method, path, headers, body) = receiver.wait()[0]
        assert (method, path) == ("POST", "/hooks?a=1")
        assert headers["content-type"] == "application/json"
        assert headers["signoff-callback"] == "onPaid"
        assert headers["host"] == receiver.url.removeprefix("http://")
        sent = json.loads(body)
        assert sent["order"]["id"] == created.json()["id"]
        assert sent["order"]["item"] == "tea"
        assert "secret" not in sent
        contract = signoff.load(tmp_path / "shop.yaml")
        (callback,) = callbacks_of(contract, contract.operations[0])
        schema = callback.operations[0].main_body.schema
        assert schema.is_valid(sent, Direction.REQUEST)
        delivery = journal.wait()
    assert delivery.status == 204
    assert (delivery.session, delivery.operation) == ("s1", "createOrder/onPaid")
    assert (delivery.request_body.data, delivery.path) == (body, f"{receiver.url}/hooks?a=1")
    assert delivery.notes == ("callback-1: sent once",)
    operations = Operations([contract])
    for name, passed in ((delivery.operation, True), ("stockLow", False), ("createOrder", False)):
        stated = {"expectations": [{"operation": name, "times": 1}]}
        assert verify([delivery], stated, operations, is_complete=True)["passed"] is passed
    assert operations.ids("stockLow")
    lost = replace(delivery, status=0)
    for status, count in (({}, 0), ({"status": 0}, 1), ({"status": "2XX"}, 0)):
        stated = {"expectations": [{"operation": delivery.operation, "times": count, **status}]}
        assert verify([lost], stated, operations, is_complete=True)["passed"]
    assert operations.suggestion("onPaid") == " Did you mean createOrder/onPaid?"


def test_the_same_requests_send_the_same_callbacks(tmp_path):
    with receiving() as receiver:
        for count in (2, 4):
            with serving(tmp_path, document("{$request.query.hook}")) as (client, _):
                for item in ("tea", "rice"):
                    client.post("/orders", params={"hook": receiver.url}, json={"item": item})
                receiver.wait(count)
    bodies = [body for *_, body in receiver.requests]
    assert len(bodies) == 4
    assert sorted(bodies[:2]) == sorted(bodies[2:])
    assert bodies[0] != bodies[1]


@pytest.mark.parametrize(
    ("expression", "path"),
    [
        ("{$request.query.hook}/from-query", "/from-query"),
        ("$request.query.hook", "/"),
        ("{$request.query.hook}/{$method}/{$response.body#/id}", "/POST/41"),
        (
            "{$request.query.hook}/{$statusCode}?of={$response.header.content-type}",
            "/201?of=application/json",
        ),
        ("{$request.header.x-hook}/from-header", "/from-header"),
    ],
)
def test_the_url_is_a_runtime_expression(tmp_path, expression, path):
    with receiving() as receiver, serving(tmp_path, document(expression), stateless=True) as (client, _):
        client.post(
            "/orders",
            params={"hook": receiver.url},
            json={"item": "x"},
            headers={"x-hook": receiver.url, "Prefer": "code=201"},
        )
        assert receiver.wait()[0][1] == path


def test_fields_of_forms_are_expressions_too(tmp_path):
    value = document("{$request.body#/callbackUrl}")
    body = value["paths"]["/orders"]["post"]["requestBody"]["content"]
    body["application/x-www-form-urlencoded"] = body.pop("application/json")
    with receiving() as receiver, serving(tmp_path, value) as (client, _):
        client.post("/orders", data={"item": "tea", "callbackUrl": f"{receiver.url}/form"})
        assert receiver.wait()[0][1] == "/form"


def test_cached_responses_and_handlers_are_followed_too(tmp_path):
    (tmp_path / "own_shop.py").write_text(
        "async def createOrder():\n    return {'id': 77, 'item': 'x'}, 201\n"
    )
    with receiving() as receiver, serving(tmp_path, stateless=True) as (client, _):
        for _ in range(3):
            order(client, receiver.url)
        assert len(receiver.wait(3)) == 3
    with receiving() as receiver, serving(tmp_path, handlers=tmp_path / "own_shop.py") as (client, _):
        order(client, receiver.url)
        assert json.loads(receiver.wait()[0][3])["order"]["id"] == 77


def test_examples_query_and_header_parameters_of_the_callback(tmp_path):
    example = {"event": "paid", "order": {"id": 5, "item": "example"}, "id": "evt_1"}
    parameters = [
        {"name": "X-Signature", "in": "header", "required": True, "schema": {"type": "string"}},
        {"name": "X-Kind", "in": "header", "schema": {"type": "string"}, "example": "order"},
        {"name": "X-Other", "in": "header", "schema": {"type": "string"}},
        {"name": "at", "in": "query", "required": True, "schema": {"const": 5}},
    ]
    value = document(requestBody=content(PAID, example=example), parameters=parameters)
    with receiving() as receiver, serving(tmp_path, value) as (client, _):
        order(client, f"{receiver.url}/?kept=1")
        _, path, headers, body = receiver.wait()[0]
    assert path == "/?kept=1&at=5"
    assert headers["x-signature"]
    assert headers["x-kind"] == "order"
    assert "x-other" not in headers
    sent = json.loads(body)
    assert (sent["id"], sent["order"]["item"]) == ("evt_1", "tea")


@pytest.mark.parametrize("reason", ["off", "invalid", "error", "own"])
def test_what_is_followed_by_no_callback(tmp_path, reason):
    with receiving() as receiver, serving(tmp_path, callbacks=reason != "off") as (client, journal):
        if reason == "invalid":
            assert client.post("/orders", json={"item": 5, "callbackUrl": receiver.url}).status_code == 422
        elif reason == "error":
            assert order(client, receiver.url, headers={"Prefer": "code=422"}).status_code == 422
        else:
            order(client, receiver.url, headers={"Signoff-Callback": "x"} if reason == "own" else {})
        time.sleep(0.3)
        assert receiver.requests == []
        assert journal.all == []


def test_a_response_without_the_url_is_in_the_journal(tmp_path, caplog):
    with serving(tmp_path) as (client, journal):
        assert client.post("/orders", json={"item": "tea"}).status_code == 201
        delivery = journal.wait()
    message = "its URL {$request.body#/callbackUrl} has no value in the request and response"
    assert delivery.notes == ("callback-1: not sent", message)
    assert message in caplog.text


def test_the_delay_is_the_documents_or_the_settings(tmp_path):
    for value, least in ((document(), 0.3), (document(**{"x-delay": 600}), 0.6)):
        with serving(tmp_path, value, callback_delay=300) as (client, _):
            delays = [delay_of_a_callback(client) for _ in range(2)]
        assert min(delays) >= least
        assert min(delays) < least + 0.25  # of two, because a busy machine delays some more


def test_no_response_waits_for_a_callback(tmp_path):
    with receiving() as receiver, serving(tmp_path, document(), callback_delay=60_000) as (client, _):
        assert order(client, receiver.url).status_code == 201
        assert receiver.wait(seconds=0.1) == []


def delay_of_a_callback(client):
    """Seconds from the request to the callback."""
    with receiving() as receiver:
        started = time.monotonic()
        order(client, receiver.url)
        assert len(receiver.wait()) == 1
        return receiver.times[0] - started


def test_a_delay_is_a_number_of_milliseconds(tmp_path):
    with pytest.raises(DocumentError, match="`x-delay` must be a number of milliseconds"):
        create_app(_written(tmp_path, document(**{"x-delay": "soon"})), Settings(callbacks=True))


def _written(tmp_path, value):
    (tmp_path / "written.yaml").write_text(yaml.safe_dump(value, sort_keys=False))
    return signoff.load(tmp_path / "written.yaml")


def test_retries_back_off_until_the_receiver_accepts(tmp_path):
    responses = answer(503), answer(500), answer(204)
    with receiving(*responses) as receiver, serving(tmp_path, callback_retries=3) as (client, journal):
        order(client, receiver.url)
        delivery = journal.wait()
    assert (delivery.status, delivery.notes) == (204, ("callback-1: sent 3 times",))
    first, second, third = receiver.times
    assert 0.45 < second - first < 0.9
    assert 0.95 < third - second < 1.6
    assert len({body for *_, body in receiver.requests}) == 1


@pytest.mark.parametrize("status", [400, 404, 410, 501])
def test_a_final_rejection_is_not_repeated(tmp_path, status, caplog):
    with (
        receiving(answer(status, b"no")) as receiver,
        serving(tmp_path, callback_retries=3) as (
            client,
            journal,
        ),
    ):
        order(client, receiver.url)
        delivery = journal.wait()
    assert (delivery.status, delivery.response_body.data) == (status, b"no")
    assert delivery.notes[0] == "callback-1: sent once"
    assert delivery.notes[-1] == f"the receiver responded with {status}"
    assert (f"the status {status} is not documented (documented: 204, 4XX)" in delivery.notes) is (
        status > 499
    )
    assert f"callback onPaid: POST {receiver.url}: the receiver responded with {status}" in caplog.text


def test_a_receiver_that_is_down_is_retried_and_reported(tmp_path):
    with serving(tmp_path, callback_retries=1) as (client, journal):
        order(client, f"http://127.0.0.1:{free_port()}/")
        delivery = journal.wait()
        assert (delivery.status, delivery.notes[0]) == (0, "callback-1: sent 2 times")
        assert "no connection to http://127.0.0.1:" in delivery.notes[1]
        assert order(client).status_code == 201


def test_a_slow_receiver_holds_up_nothing_and_is_given_up(tmp_path):
    gate = threading.Event()

    def slow(handler):
        gate.wait(5)
        answer(204)(handler)

    with receiving(slow) as receiver, serving(tmp_path, callback_timeout=0.4) as (client, journal):
        order(client, receiver.url)
        receiver.wait()
        started = time.monotonic()
        assert order(client, "http://127.0.0.1:1/").status_code == 201
        assert time.monotonic() - started < 0.3
        journal.wait(2)
        gate.set()
    (delivery,) = [each for each in journal.all if each.path == receiver.url]
    assert delivery.notes[1] == "no response within 0.4 s"


def test_a_redirect_is_not_followed(tmp_path):
    with receiving() as other, receiving(answer(307, location=f"{other.url}/secret")) as receiver:
        with serving(tmp_path, callback_retries=3) as (client, journal):
            order(client, receiver.url)
            delivery = journal.wait()
        assert (delivery.status, delivery.notes[0]) == (307, "callback-1: sent once")
        assert delivery.notes[-1] == (
            f"the receiver redirects to {other.url}/secret; redirects are not followed"
        )
        assert other.requests == []


@pytest.mark.parametrize("is_endless", [True, False])
def test_a_large_response_is_read_up_to_a_bound(tmp_path, is_endless):
    def respond(handler):
        handler.send_response(200)
        handler.end_headers()
        for _ in range(100_000 if is_endless else 3):
            handler.wfile.write(b"x" * 65_536)

    with receiving(respond) as receiver, serving(tmp_path) as (client, journal):
        order(client, receiver.url)
        delivery = journal.wait()
    assert (delivery.status, delivery.notes[1:]) == (
        200,
        ("the status 200 is not documented (documented: 204, 4XX)",),
    )
    assert delivery.response_body.data == b"x" * MAX_RESPONSE


def test_a_receiver_that_is_not_http_is_reported(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as listener, serving(tmp_path) as (client, journal):
        order(client, f"http://127.0.0.1:{listener.getsockname()[1]}/")
        connection, _ = listener.accept()
        connection.recv(65_536)
        connection.sendall(b"220 mail ready\r\n")
        connection.close()
        assert len(journal.wait().notes) == 2


NOT_ALLOWED = [
    ("http://example.com/", "'example.com' is not a loopback address"),
    ("http://169.254.169.254/latest", "'169.254.169.254' is not a loopback address"),
    ("http://10.0.0.1/", "'10.0.0.1' is not a loopback address"),
    ("http://0.0.0.0:80/", "'0.0.0.0' is not a loopback address"),
    ("http://[::ffff:10.0.0.1]/", "is not a loopback address"),
    ("http://2130706433/", "is not a loopback address"),
    ("http://127.0.0.1.example.com/", "is not a loopback address"),
    ("http://localhost.example.com/", "is not a loopback address"),
    ("http://127.0.0.1@example.com/", "'example.com' is not a loopback address"),
    ("file:///etc/passwd", "is not an absolute http or https URL"),
    ("ftp://127.0.0.1/", "is not an absolute http or https URL"),
    ("/hooks", "is not an absolute http or https URL"),
    ("", "is not an absolute http or https URL"),
    ("http://127.0.0.1:99999/", "invalid URL"),
    ("http://127.0.0.1/" + "a" * 5_000, "longer than 4000 characters"),
]


@pytest.mark.parametrize(("url", "message"), NOT_ALLOWED)
def test_urls_that_are_not_allowed(tmp_path, url, message):
    with serving(tmp_path) as (client, journal):
        assert order(client, url).status_code == 201
        delivery = journal.wait()
    assert message in delivery.notes[1]
    assert delivery.notes[0] == "callback-1: not sent"
    assert delivery.status == 0


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:8/",
        "http://api.localhost/",
        "http://127.8.9.1/",
        "https://[::1]:8/a",
        "http://LOCALHOST/",
    ],
)
def test_loopback_urls_are_allowed(url):
    assert OutgoingHosts().checked(url).host == httpx2.URL(url).host


def test_localhost_is_tried_at_all_its_addresses(tmp_path):
    with receiving() as receiver, serving(tmp_path) as (client, journal):
        order(client, receiver.url.replace("127.0.0.1", "localhost"))
        assert receiver.wait()[0][2]["host"].startswith("localhost:")
        assert journal.wait().status == 204


@pytest.mark.parametrize("host", ["hooks.test", "HOOKS.test", "[::1]", "10.0.0.1", "::1"])
def test_listed_hosts_are_allowed(host):
    url = f"http://{f'[{host}]' if host.count(':') > 1 and host[0] != '[' else host}:8/"
    assert OutgoingHosts((host,)).checked(url)
    with pytest.raises(UrlNotAllowedError):
        OutgoingHosts((host,)).checked("http://hooks.test.example/")


@pytest.mark.parametrize("host", ["", "http://a", "a/b", "a:80", "a b", "*.example.com", "u@a"])
def test_invalid_hosts_are_setup_errors(host):
    with pytest.raises(SetupError, match="invalid host"):
        OutgoingHosts((host,))


def test_a_listed_name_is_connected_to_at_the_address_that_was_checked(tmp_path):
    """The name resolves once; what it resolves to later does not matter."""
    asked = []
    resolve = socket.getaddrinfo

    def resolver(host, *rest, **more):
        if host in ("hooks.test", b"hooks.test"):
            asked.append(host)
            return resolve("127.0.0.1" if len(asked) == 1 else "192.0.2.1", *rest, **more)
        return resolve(host, *rest, **more)

    class Loop(asyncio.SelectorEventLoop):
        async def getaddrinfo(self, *args, **more):
            return resolver(*args, **more)

    journal = Deliveries()
    contract = _written(tmp_path, document())
    settings = Settings(callback_hosts=("hooks.test",), callback_retries=0)
    with receiving() as receiver:

        async def run():
            sender = Webhooks(
                [RequestMaker(contract, Generator(contract.schemas, 0))], Outbox(settings, journal.journal)
            )
            url = receiver.url.replace("127.0.0.1", "hooks.test")
            found = await sender.fire("stockLow", "s", url)
            await asyncio.to_thread(journal.wait)
            return found

        with asyncio.Runner(loop_factory=Loop) as runner:
            assert runner.run(run()) == "webhook-1"
        assert receiver.requests[0][2]["host"].startswith("hooks.test:")
    assert len(asked) == 1
    assert (journal.wait().status, journal.wait().operation, journal.wait().session) == (204, "stockLow", "s")
    schema = webhook(contract, "stockLow")[0].main_body.schema
    assert schema.is_valid(json.loads(receiver.requests[0][3]), Direction.REQUEST)


@pytest.mark.parametrize(
    ("name", "url", "message"),
    [
        ("stockHigh", "http://localhost/", "unknown webhook: 'stockHigh'\nThe document has: stockLow."),
        (
            "stockLow",
            "http://example.com/",
            "'example.com' is not a loopback address\nAllow it with --callback-host example.com.",
        ),
    ],
)
def test_webhooks_that_cannot_be_sent(tmp_path, name, url, message):
    contract = _written(tmp_path, document())
    sender = Webhooks([RequestMaker(contract, Generator(contract.schemas, 0))], Outbox(Settings()))
    assert sender.names == ["stockLow"]
    with pytest.raises(DataError) as caught:
        asyncio.run(sender.fire(name, "", url))
    assert str(caught.value) == message


def test_a_webhook_can_have_a_body_of_the_callers(tmp_path):
    contract = _written(tmp_path, document())
    journal = Deliveries()
    with receiving() as receiver:

        async def run():
            outbox = Outbox(Settings(), journal.journal)
            sender = Webhooks([RequestMaker(contract, Generator(contract.schemas, 0))], outbox)
            await sender.fire("stockLow", "", receiver.url, b'{"own": 1}')
            await asyncio.to_thread(journal.wait)

        asyncio.run(run())
    (_, _, headers, body) = receiver.requests[0]
    assert (headers["content-type"], body) == ("application/json", b'{"own": 1}')


def test_pending_deliveries_are_bounded_and_do_not_hold_up_the_end(tmp_path):
    with serving(tmp_path, callback_delay=60_000) as (client, journal):
        for _ in range(MAX_PENDING + 2):
            order(client, "http://127.0.0.1:1/")
        journal.wait(2)
        assert [each.notes[1] for each in journal.all] == ["not sent, because 100 deliveries are pending"] * 2
        stopped = time.monotonic()
    assert time.monotonic() - stopped < 3
    assert len(journal.all) == 2


def test_credentials_in_the_url_are_not_logged(tmp_path, caplog):
    caplog.set_level(logging.INFO)
    with receiving() as receiver, serving(tmp_path) as (client, journal):
        order(client, receiver.url.replace("//", "//me:hush@"))
        assert receiver.wait()[0][2]["authorization"].startswith("Basic ")
        journal.wait()
    assert "hush" not in caplog.text
    assert re.search(r"callback onPaid: POST http://127.0.0.1:\d+: 204", caplog.text)


def test_the_callback_of_the_guide(tmp_path):
    (text,) = re.findall(r"## Callbacks and webhooks.*?```yml\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    paid = {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}}
    schemas = {"NewOrder": {"type": "object"}, "OrderPaid": paid}
    value = {
        "openapi": "3.1.0",
        "info": {"title": "Guide", "version": "1"},
        **yaml.safe_load(text),
        "components": {"schemas": schemas},
    }
    operation = value["paths"]["/orders"]["post"]
    assert operation["callbacks"]["onPaid"]["{$request.body#/callbackUrl}"]["post"].pop("x-delay") == 2000
    with receiving() as receiver, serving(tmp_path, value) as (client, _):
        order(client, receiver.url)
        assert isinstance(json.loads(receiver.wait()[0][3])["a"], int)


def test_the_mock_command_sends_callbacks(tmp_path):
    """The options, as a user gives them; a name other than localhost is sent to only where it is listed."""
    (tmp_path / "shop.yaml").write_text(yaml.safe_dump(document(), sort_keys=False))
    port = free_port()
    command = ["signoff", "mock", "shop.yaml", "--port", str(port), "--callbacks"]
    command += ["--callback-host", "hooks.test", "--callback-delay", "100", "--callback-retries", "0"]
    with receiving() as receiver, Process(command, cwd=tmp_path) as mock:
        assert any("Ctrl+C" in line for line in mock.stdout)
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}") as client:
            order(client, receiver.url)
            receiver.wait()
            order(client, "http://example.com/")
        lines = list(islice(mock.stderr, 4))
    assert len(receiver.requests) == 1
    assert any(f"callback onPaid: POST {receiver.url}: 204" in line for line in lines)
    assert any(
        "'example.com' is not a loopback address. Allow it with --callback-host" in line for line in lines
    )


def test_the_control_api_fires_webhooks(tmp_path):
    with receiving() as receiver, serving(tmp_path) as (client, journal):
        fired = client.post(
            "/__signoff/webhooks/stockLow",
            json={"url": receiver.url},
            headers={"Signoff-Session": "s2"},
        )
        assert (fired.status_code, fired.json()) == (202, {"id": "webhook-1"})
        assert json.loads(receiver.wait()[0][3])["event"] == "paid"
        delivery = journal.wait()
        assert (delivery.session, delivery.operation, delivery.notes) == (
            "s2",
            "stockLow",
            ("webhook-1: sent once",),
        )
        assert client.post("/__signoff/webhooks/none", json={"url": receiver.url}).status_code == 404
        rejected = client.post("/__signoff/webhooks/stockLow", json={"url": "http://example.com/"})
        assert 400 <= rejected.status_code < 500
        assert "--callback-host example.com" in rejected.text
        shown = client.get("/__signoff/journal", headers={"Signoff-Session": "s2"}).json()
        assert "webhook-1: sent once" in str(shown)


@pytest.mark.parametrize("is_trusted", [True, False])
def test_https_receivers_need_a_certificate_for_their_name(tmp_path, monkeypatch, is_trusted):
    trustme = pytest.importorskip("trustme")
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    if is_trusted:
        authority.cert_pem.write_to_path(tmp_path / "ca.pem")
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    with receiving(tls=context) as receiver, serving(tmp_path) as (client, journal):
        url = receiver.url.replace("http://127.0.0.1", "https://localhost")
        order(client, url)
        delivery = journal.wait()
        assert delivery.status == (204 if is_trusted else 0)
        assert ("certificate verify failed" in delivery.notes[-1]) is not is_trusted
        order(client, url.replace("localhost", "127.0.0.1"))
        assert journal.wait(2).status == 0


def test_large_requests_are_not_repeated(tmp_path):
    """Else pending callbacks could fill the memory."""
    with receiving() as receiver, serving(tmp_path) as (client, journal):
        client.post("/orders", json={"item": "x" * MAX_ECHO, "callbackUrl": receiver.url})
        assert len(receiver.wait()[0][3]) < 1_000
        client.post("/orders", json={"item": "x", "callbackUrl": "http://localhost/" + "a" * 1_000_000})
        entry = journal.wait(2)
        assert len(entry.path) == 4_000
        assert "longer than 4000 characters" in entry.notes[1]


def test_the_ids_of_deliveries_go_on_after_a_reload():
    """A reload makes a new outbox for the same journal."""
    journal = Journal()
    outgoing = Outgoing("webhook", "paid", "paid", "s", "POST", "http://localhost:9/", fault="no value")
    ids = [Outbox(Settings(), each).post(outgoing) for each in (journal, journal, Journal(), None)]
    assert ids == ["webhook-1", "webhook-2", "webhook-1", "webhook-1"]
    assert [entry.notes[0] for entry in journal.entries()] == ["webhook-1: not sent", "webhook-2: not sent"]


@pytest.mark.parametrize(
    ("path", "generated", "expected"),
    [
        ("/orders", {"orderId": 0}, {"orderId": 41}),
        ("/orders", {"order_id": "x", "item": "x"}, {"order_id": "41", "item": "tea"}),
        (
            "/orders",
            {"id": "evt", "item": "x", "order": {"id": 0, "item": "x"}},
            {"id": "evt", "item": "tea", "order": {"id": 41, "item": "tea"}},
        ),
        ("/shops/{id}/orders", {"shopId": 0, "orderId": 0}, {"shopId": 7, "orderId": 41}),
        (
            "/orders",
            {"id": "evt", "data": {"object": {"id": 0}}},
            {"id": "evt", "data": {"object": {"id": 41}}},
        ),
        ("/orders", {"id": "evt", "data": {"id": 0}}, {"id": "evt", "data": {"id": 41}}),
        (
            "/orders",
            {"order_id": 0, "buyer": {"id": 0, "item": "x", "name": "x"}, "seller": {"item": "x"}},
            {"order_id": 41, "buyer": {"id": 0, "item": "x", "name": "Ada"}, "seller": {"item": "x"}},
        ),
        ("/orders", {"digits": 0}, {"digits": 0}),
        ("/orders", {"orders": [{"id": 0}, {"id": 1}]}, {"orders": [{"id": 41}, {"id": 1}]}),
        ("/orders", {"orderId": 0, "item": "x", "note": "b"}, {"orderId": 41, "item": "tea", "note": "b"}),
        ("/orders", {"orderId": 0, "to": {"zip": "x"}}, {"orderId": 41, "to": {"zip": "9"}}),
    ],
)
def test_a_callback_has_the_id_under_the_name_of_its_schema(tmp_path, path, generated, expected):
    order = {"id": 41, "item": "tea", "note": "a", "to": {"zip": "9", "street": "x"}}
    order |= {"buyer": {"name": "Ada"}, "digits": "9" * 5000}
    value = document()
    value["paths"]["/orders"]["post"]["requestBody"] = content({"properties": {"note": {"const": "b"}}})
    (tmp_path / "shop.json").write_text(json.dumps(value))
    schema = signoff.load(tmp_path / "shop.json").operations[0].main_body.schema
    for response in (order, {"order": order}, {"data": order}):
        assert Echo.of([{"item": "tea"}, response], path, {"id": "7"}).body(generated, schema) == expected
