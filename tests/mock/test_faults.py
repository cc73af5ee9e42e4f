"""Delays and faults: what a raw connection gets, with both HTTP parsers, and that other ones are not hurt."""

import asyncio
import json
import select
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import httpx2
import pytest
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from signoff.mock import Settings, create_app
from signoff.mock.control.control import Control
from signoff.mock.journal import Journal
from signoff.mock.rules import RuleBook, no_rules
from signoff.mock.serve import mock_protocol, server_config
from tests.mock.rules.servers import mocking, orders, received
from tests.serving import serving

PARSERS = {"httptools": HttpToolsProtocol, "h11": H11Protocol}
ORDERS = "/v1/orders"


@contextmanager
def faulty(fault, parser="httptools", control=None, **rule):
    """A client of a mock with this fault in `listOrders`, served with one of the parsers."""
    contract = orders()
    book = RuleBook(no_rules([contract]))
    book.put("", "x", {"operation": "listOrders", "fault": fault, **rule})
    config = server_config(create_app(contract, Settings(), rules=book, control=control))
    config.http = mock_protocol(PARSERS[parser])
    with serving(config) as origin, httpx2.Client(base_url=f"{origin}/v1", timeout=20) as client:
        yield client


def parts(data):
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.decode().lower().split("\r\n")[1:]
    return dict(line.split(": ", 1) for line in lines), body


@pytest.mark.parametrize(
    ("fault", "status"),
    [("reset", 0), ("empty", 0), ({"timeout": 50}, 0), ("truncate", 200), ("malformed-json", 200)],
)
def test_the_journal_has_what_the_client_got(fault, status, caplog):
    caplog.set_level("INFO", "signoff")
    journal = Journal()
    with faulty(fault, control=Control(journal=journal)) as client:
        data, _, _ = received(client, headers="Connection: close\r\n")
        deadline = time.monotonic() + 5
        while not journal.entries() and time.monotonic() < deadline:
            time.sleep(0.01)
    [entry] = journal.entries()
    body = parts(data)[1] if data else b""
    assert (entry.status, entry.response_body.data) == (status, body)
    assert bool(entry.response_headers) is bool(status)
    assert entry.rule == "x"
    assert [r.fields["status"] for r in caplog.records if "status" in getattr(r, "fields", {})] == [status]


@pytest.mark.parametrize("parser", PARSERS)
def test_a_reset_and_an_empty_response_have_no_byte(parser):
    for fault, expected in (("reset", "reset"), ("empty", "closed")):
        with faulty(fault, parser) as client:
            for _ in range(10):
                data, end, _ = received(client)
                assert (data, end) == (b"", expected)


@pytest.mark.parametrize("parser", PARSERS)
def test_a_truncated_response_announces_more_than_it_has(parser):
    with faulty("truncate", parser) as client:
        data, end, _ = received(client)
        fields, body = parts(data)
        assert data.startswith(b"HTTP/1.1 200")
        assert 0 < len(body) < int(fields["content-length"])
        assert end == "closed"
        with pytest.raises(httpx2.RemoteProtocolError):
            client.get("/orders")
        assert received(client, method="HEAD") == (b"", "closed", pytest.approx(0, abs=5))


@pytest.mark.parametrize("parser", PARSERS)
def test_malformed_json_is_a_whole_response_that_no_parser_reads(parser):
    with faulty("malformed-json", parser) as client:
        found = client.get("/orders")
        again = client.get("/orders")
    assert (found.status_code, found.headers["content-type"]) == (200, "application/json")
    assert again.content == found.content
    with pytest.raises(json.JSONDecodeError):
        found.json()


@pytest.mark.parametrize("body", [[], 12, "text", {}, None, True, [1, 2], {"a": {"b": ","}}])
def test_every_body_becomes_malformed(body):
    with faulty("malformed-json", respond={"body": body}, invalid=True) as client:
        found = client.get("/orders")
    assert found.content
    with pytest.raises(json.JSONDecodeError):
        found.json()


def test_the_wrong_content_type_has_the_usual_body():
    with faulty("wrong-content-type") as client:
        found = client.get("/orders")
    assert found.headers["content-type"] == "text/html; charset=utf-8"
    assert found.json()[0]["id"] == 1


@pytest.mark.parametrize("parser", PARSERS)
def test_a_slow_drip_takes_its_time_and_is_complete(parser):
    with faulty({"slow-drip": 600}, parser) as client, client.stream("GET", "/orders") as response:
        started = time.monotonic()
        pieces = [(time.monotonic() - started, piece) for piece in response.iter_raw()]
    assert json.loads(b"".join(piece for _, piece in pieces))[0]["id"] == 1
    assert pieces[-1][0] > 0.5
    assert len(pieces) > 10


@pytest.mark.parametrize("parser", PARSERS)
def test_a_timeout_sends_nothing_and_then_closes(parser):
    with faulty({"timeout": 400}, parser) as client:
        data, end, seconds = received(client)
        assert (data, end) == (b"", "closed")
        assert 0.35 < seconds < 5
        with pytest.raises(httpx2.ReadTimeout):
            client.get("/orders", timeout=0.1)


@pytest.mark.parametrize(
    "fault", ["reset", "empty", "truncate", "malformed-json", {"slow-drip": 300}, {"timeout": 300}]
)
def test_a_fault_never_hurts_other_connections(fault):
    """While connections break, 8 others get all of their responses, each over one connection."""
    with faulty(fault) as client, ThreadPoolExecutor(16) as pool:
        address = str(client.base_url)

        def healthy(_):
            with httpx2.Client(base_url=address, timeout=20) as own:
                return [own.get(f"/orders/{number}").status_code for number in range(1, 41)]

        broken = [pool.submit(received, client, headers="Connection: close\r\n") for _ in range(60)]
        found = list(pool.map(healthy, range(8)))
        ends = [each.result()[1] for each in broken]
        assert found == [[200] * 40] * 8
        assert set(ends) == {"reset" if fault == "reset" else "closed"}
        assert client.get("/orders/1").status_code == 200


def test_a_fault_needs_the_mocks_own_server():
    """In another server the response is an error that says so, and no silent success."""
    contract = orders()
    book = RuleBook(no_rules([contract]))
    book.put("", "x", {"operation": "listOrders", "fault": "reset"})
    transport = httpx2.ASGITransport(create_app(contract, rules=book), raise_app_exceptions=False)

    async def found():
        async with httpx2.AsyncClient(transport=transport, base_url="http://mock") as client:
            return await client.get(ORDERS)

    response = asyncio.run(found())
    assert (response.status_code, response.headers["content-type"]) == (500, "application/problem+json")


def test_32_delayed_requests_are_open_at_once_and_do_not_slow_others(tmp_path):
    """One after the other they would take 16 s."""
    text = "rules: [{operation: getOrder, delay: 500}]"
    with mocking(tmp_path, text) as (client, _), ExitStack() as stack:
        client.get("/orders")
        place = (client.base_url.host, client.base_url.port)
        connections = [stack.enter_context(socket.create_connection(place, timeout=20)) for _ in range(32)]
        started = time.monotonic()
        for number, connection in enumerate(connections, 1):
            connection.sendall(f"GET /v1/orders/{number} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert not select.select(connections, [], [], 0)[0]  # all of them are open
        meanwhile = 0
        while not select.select(connections, [], [], 0)[0]:
            assert client.get("/orders").status_code == 200
            meanwhile += 1
        first = time.monotonic() - started
        found = [connection.recv(65536) for connection in connections]
        last = time.monotonic() - started
    assert all(each.startswith(b"HTTP/1.1 200") for each in found)
    assert meanwhile >= 20
    assert first >= 0.4
    assert last < 8


def test_the_log_says_that_a_response_is_broken(tmp_path, caplog):
    """Its status alone would look as if the client had got it."""
    caplog.set_level("INFO", "signoff.mock")
    with mocking(tmp_path, "rules: [{id: cut, operation: listOrders, fault: empty}]") as (client, _):
        assert received(client)[:2] == (b"", "closed")
        deadline = time.monotonic() + 10
        while len(caplog.records) < 2 and time.monotonic() < deadline:
            time.sleep(0.02)
    assert caplog.records[1].getMessage() == "the rule cut breaks the response: empty"


def test_a_delay_ends_with_the_client(tmp_path, caplog):
    """A client that is gone does not leave a request behind that sleeps for a minute."""
    text = "rules: [{operation: listOrders, delay: 60000}]"
    caplog.set_level("INFO", "signoff.mock")
    with mocking(tmp_path, text) as (client, _):
        with pytest.raises(httpx2.ReadTimeout):
            client.get("/orders", timeout=0.2)
        deadline = time.monotonic() + 10
        while not caplog.records and time.monotonic() < deadline:
            time.sleep(0.02)
        assert [record.getMessage() for record in caplog.records] == ["request"]
