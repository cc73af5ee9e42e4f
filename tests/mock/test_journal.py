"""The journal: what it keeps of a request, its bounds, and how it is filtered and followed."""

import asyncio
import socket
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import httpx2
import pytest

from signoff.mock import create_app
from signoff.mock.control.control import Control
from signoff.mock.exchange import raw_response
from signoff.mock.journal import BODY, Filter, Journal
from signoff.mock.received_head import RECEIVED
from tests.conftest import ROOT, running
from tests.mock.control.servers import SHOP


def note(journal, path="/pets", *, status=200, session="", body=b"", sent=b"ok", operation="listPets"):
    headers = [(b"accept", b"*/*"), *([(b"signoff-session", session.encode())] if session else [])]
    scope = {"method": "GET", "raw_path": path.encode(), "query_string": b"a=1", "headers": headers}
    if body:
        scope[BODY] = body
    response = raw_response(status, sent, "text/plain", "generated")
    journal.append(scope, response, response.headers, (sent, len(sent)), operation, 1.5)


def test_an_entry_has_the_whole_exchange():
    journal = Journal()
    note(journal, "/pets/7", status=201, session="a", body=b'{"x":1}', sent=b"made")
    [entry] = journal.entries()
    assert (entry.id, entry.kind, entry.session, entry.operation) == (1, "request", "a", "listPets")
    assert (entry.method, entry.path, entry.query) == ("GET", "/pets/7", "a=1")
    assert entry.request_headers == (("accept", "*/*"), ("signoff-session", "a"))
    assert (entry.request_body.data, entry.request_body.size) == (b'{"x":1}', 7)
    assert (entry.status, entry.response_body.data, entry.why, entry.duration_ms) == (
        *(201, b"made", "generated", 1.5),
    )
    assert abs(datetime.now(UTC) - entry.time) < timedelta(seconds=10)


def test_the_oldest_entries_are_dropped_and_counted():
    journal = Journal(3)
    for number in range(5):
        note(journal, f"/{number}")
    assert [entry.path for entry in journal.entries()] == ["/2", "/3", "/4"]
    assert [entry.id for entry in journal.entries()] == [3, 4, 5]
    assert journal.dropped == 2


def test_the_size_is_bounded_by_bytes_too():
    journal = Journal(1000, max_bytes=20_000)
    for _ in range(20):
        note(journal, sent=b"x" * 3000, body=b"y" * 1000)
    assert 2 <= len(journal.entries()) <= 4
    assert journal.dropped == 20 - len(journal.entries())
    journal.clear()
    for _ in range(3):
        note(journal)
    assert len(journal.entries()) == 3  # what was cleared no longer counts


def test_what_was_dropped_does_not_count():
    journal = Journal(10, max_bytes=100_000)
    for _ in range(1000):
        note(journal, sent=b"x" * 1000)
    assert len(journal.entries()) == 10


def note_received(journal, fields=b""):
    received = b"GET /pets HTTP/1.1\r\nHost: a\r\n" + fields + b"\r\n"
    journal.append(
        {RECEIVED: received},
        raw_response(204, b"", None, "generated"),
        (),
        (b"", 0),
        None,
        1,
    )


def sessions_of(journal):
    return Counter(entry.session for entry in journal.entries())


def test_a_busy_session_does_not_push_out_the_entries_of_others():
    journal = Journal(100)
    for number in range(10):
        note(journal, f"/{number}", session="quiet")
        note(journal, f"/{number}")
    for number in range(1000):
        note(journal, f"/{number}", session="busy")
    assert sessions_of(journal) == {"quiet": 10, "": 10, "busy": 80}
    assert [entry.path for entry in journal.entries(Filter(session="quiet"))] == [f"/{n}" for n in range(10)]
    assert [entry.path for entry in journal.entries(Filter(session="busy"))][-1] == "/999"
    assert [entry.id for entry in journal.entries()] == sorted(entry.id for entry in journal.entries())
    assert journal.dropped == 920
    for number in range(1000):
        note(journal, f"/{number}", session="other")
    found = sessions_of(journal)
    assert (found["quiet"], found[""], found["busy"] + found["other"]) == (10, 10, 80)
    assert min(found["busy"], found["other"]) >= 25  # what each of four sessions can have
    for _ in range(60):
        note(journal, "/more", session="quiet")  # what was spared is the first to go
    found = [entry.path for entry in journal.entries(Filter(session="quiet"))]
    assert set(found) == {"/more"}
    assert sum(sessions_of(journal).values()) == 100


def test_a_session_with_long_bodies_does_not_push_out_the_entries_of_others():
    journal = Journal(1000, max_bytes=400_000)
    for _ in range(20):
        note(journal, session="small")
    for _ in range(50):
        note(journal, session="large", sent=b"x" * 50_000)
    assert sessions_of(journal)["small"] == 20
    assert 2 <= sessions_of(journal)["large"] <= 7


def test_a_full_journal_is_cleared_and_filled_again():
    journal = Journal(20)
    for number in range(60):
        note(journal, f"/{number}", session="ab"[number % 2])
        note(journal, f"/{number}", session=f"once-{number}") if number % 20 == 0 else None
    journal.clear(Filter(session="a"))
    assert "a" not in sessions_of(journal)
    kept = sum(sessions_of(journal).values())
    for number in range(20 - kept):
        note(journal, f"/{number}", session="c")
    assert sum(sessions_of(journal).values()) == 20
    note(journal, "/last", session="c")
    assert journal.entries()[-1].path == "/last"
    journal.clear()
    assert journal.entries() == []


def test_many_sessions_make_a_full_journal_no_slower():
    def time_of(name):
        journal = Journal()
        for number in range(1000):
            note(journal, session=name(number))
        started = time.process_time()
        for number in range(3000):
            note(journal, session=name(number))
        return time.process_time() - started

    assert time_of(lambda number: f"s{number}") < 5 * time_of(lambda _: "s") + 0.05


@pytest.mark.parametrize(
    "name", [b"Signoff-Session: quiet", b"signoff-SESSION: quiet", b"Cookie: Signoff-Session=quiet"]
)
def test_the_share_of_a_session_counts_however_a_request_names_it(name):
    journal = Journal(100)
    for _ in range(10):
        note_received(journal, name + b"\r\n")
    for _ in range(300):
        note_received(journal)
    assert sessions_of(journal) == {"quiet": 10, "": 90}


@pytest.mark.parametrize("part", ["path", "query", "header", "response header"])
def test_long_requests_count(part):
    journal = Journal(1000, max_bytes=100_000)
    scope = {"method": "GET", "raw_path": b"/", "query_string": b"", "headers": []}
    long = b"z" * 40_000
    scope |= {"path": {"raw_path": long}, "query": {"query_string": long}}.get(
        part, {"headers": [(b"x", long)]} if part == "header" else {}
    )
    fields = ((b"x", long),) if part == "response header" else ()
    response = raw_response(204, b"", None, "generated", fields)
    for _ in range(10):
        journal.append(scope, response, response.headers, (b"", 0), None, 0.1)
    assert len(journal.entries()) == 2


def test_long_bodies_are_cut_and_their_size_is_kept():
    journal = Journal(body_limit=10)
    note(journal, sent=b"0123456789abc", body=b"0123456789")
    [entry] = journal.entries()
    assert (entry.response_body.data, entry.response_body.size) == (b"0123456789", 13)
    assert entry.response_body.is_truncated
    assert not entry.request_body.is_truncated


def test_filters():
    journal = Journal()
    note(journal, "/1", status=200, operation="one")
    note(journal, "/2", status=404, session="a", operation="two")
    note(journal, "/3", status=422, session="a", operation=None)
    middle = journal.entries()[1].time

    def paths(**wanted):
        return [entry.path for entry in journal.entries(Filter(**wanted))]

    assert paths() == ["/1", "/2", "/3"]
    assert paths(session="") == ["/1"]
    assert paths(session="a") == ["/2", "/3"]
    assert paths(status="4XX") == ["/2", "/3"]
    assert paths(status="4xx", session="") == []
    assert paths(status="422") == ["/3"]
    assert paths(operations=frozenset({"one", "two"})) == ["/1", "/2"]
    assert paths(since=middle + timedelta(days=1)) == []
    assert paths(until=middle + timedelta(days=1)) == ["/1", "/2", "/3"]
    assert paths(until=middle - timedelta(days=1)) == []
    journal.clear(Filter(session="a", status="404"))
    assert paths() == ["/1", "/3"]


def test_the_newest_matching_entries_are_limited_and_counted():
    journal = Journal()
    for number in range(7):
        note(journal, f"/{number}", status=200 if number % 2 else 500)
    entries, matched = journal.newest(Filter(status="500"), 2)
    assert [entry.path for entry in entries] == ["/4", "/6"]
    assert matched == 4


def test_the_session_is_found_as_the_mock_finds_it():
    journal = Journal()
    scope = {"method": "GET", "raw_path": b"/", "headers": [(b"cookie", b"Signoff-Session=c")]}
    response = raw_response(204, b"", None, "generated")
    for query in (b"", b"__session=q&x=1", b"__session="):
        asked = {**scope, "query_string": query}
        journal.append(asked, response, (), (b"", 0), None, 0.1)
    assert [(entry.session, entry.query) for entry in journal.entries()] == [
        ("c", ""),
        ("q", "x=1"),
        ("", ""),
    ]


def test_a_delivery_is_an_entry():
    journal = Journal()
    sent = ("POST", [(b"content-type", b"application/json")], b"{}")
    journal.delivered(
        "a", "orderPaid", "http://localhost:9/h?x=1", sent, (0, (), b""), notes=("connection refused",)
    )
    [entry] = journal.entries(Filter(session="a"))
    assert (entry.kind, entry.why, entry.path, entry.status) == (
        *("webhook", "webhook", "http://localhost:9/h?x=1", 0),
    )
    assert entry.notes == ("connection refused",)


def test_readers_are_told_of_new_entries_and_of_quiet():
    journal = Journal()
    note(journal, "/before")

    async def follow():
        entries = journal.subscribe(Filter(session="a"), after=1, idle_s=0.05)
        first = asyncio.ensure_future(anext(entries))
        await asyncio.sleep(0)
        assert journal.subscribers == 1
        note(journal, "/other", session="b")
        note(journal, "/mine", session="a")
        found = [(await first).path, await anext(entries)]
        note(journal, "/later", session="a")
        found.append((await anext(entries)).path)
        await entries.aclose()
        return found

    assert asyncio.run(follow()) == ["/mine", None, "/later"]
    assert journal.subscribers == 0


def test_a_reader_that_comes_back_gets_what_it_missed():
    journal = Journal(2)
    for number in range(4):
        note(journal, f"/{number}")

    async def follow(after):
        entries = journal.subscribe(after=after, idle_s=0.01)
        return [entry.path async for entry in _until_quiet(entries)]

    assert asyncio.run(follow(3)) == ["/3"]
    assert asyncio.run(follow(0)) == ["/2", "/3"]  # the others were dropped


async def _until_quiet(entries):
    async for entry in entries:
        if entry is None:
            await entries.aclose()
            return
        yield entry


@pytest.fixture(scope="module")
def shop():
    control = Control()
    with running(create_app(SHOP, control=control)) as origin, httpx2.Client(base_url=origin) as client:
        yield client, control.journal


def test_requests_of_the_mock_are_noted(shop):
    client, journal = shop
    journal.clear()
    client.post("/shop/products", json={"name": "A", "price": 1})
    client.post("/shop/products", json={"name": 1})
    client.get("/shop/nothing")
    client.put("/shop/products")
    client.head("/shop/products")
    client.get("/shop/products?__session=")
    entries = journal.entries()
    assert [(entry.method, entry.status, entry.why) for entry in entries] == [
        ("POST", 201, "generated"),
        ("POST", 422, "validation"),
        ("GET", 404, "rejected"),
        ("PUT", 405, "rejected"),
        ("HEAD", 200, "generated"),
        ("GET", 400, "rejected"),
    ]
    assert [entry.operation for entry in entries[:4]] == ["POST /products", "POST /products", None, None]
    assert entries[0].request_body.data == b'{"name":"A","price":1}'
    assert b'"name":"A"' in entries[0].response_body.data
    assert dict(entries[0].response_headers)["x-request-id"].startswith("mock-")
    assert any("/name" in note for note in entries[1].notes)
    assert entries[4].response_body.data == b""


def sent(origin, *pieces):
    """Send pieces of one connection, and wait until the server closes it."""
    url = urlsplit(origin)
    with socket.create_connection((url.hostname, url.port), timeout=5) as client:
        for piece in pieces:
            client.sendall(piece)
            time.sleep(0.02)
        while client.recv(65536):
            pass


HOST = (("host", "a"),)
JSON = (("content-type", "application/json"),)
FIRST = (
    b"GET http://b/shop/products?first=%41 HTTP/1.1\r\nHost: a\r\nSIGNOFF-SESSION:  s\r\nX: 1\r\nx: 2\r\n\r\n"
)
SECOND = (
    b"POST /shop/products?second HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    b"Content-Length: 22\r\nConnection: close\r\n\r\n" + b'{"name":"A","price":1}'
)
NOTED = [
    (
        "GET",
        "/shop/products",
        "first=%41",
        "s",
        (*HOST, ("signoff-session", "s"), ("x", "1"), ("x", "2")),
        b"",
    ),
    (
        *("POST", "/shop/products", "second", ""),
        (*HOST, *JSON, ("content-length", "22"), ("connection", "close")),
        b'{"name":"A","price":1}',
    ),
]


@pytest.mark.parametrize(
    "pieces",
    [
        (FIRST, SECOND),
        (FIRST + SECOND,),
        (FIRST[:30], FIRST[30:] + SECOND[:-30], SECOND[-30:]),
        (FIRST, SECOND[:-5], SECOND[-5:]),
        (b"\r\n" + FIRST, SECOND),
        (FIRST.replace(b"X: 1", b"Upgrade: h2c\r\nConnection: Upgrade\r\nX: 1") + SECOND,),
        (FIRST.replace(b"x: 2", b"x: " + b"2" * 5000), SECOND),
    ],
    ids=["a piece each", "in one piece", "in pieces", "body in pieces", "empty line", "offer", "long"],
)
def test_a_request_is_noted_however_it_is_received(shop, pieces):
    client, journal = shop
    journal.clear()
    sent(str(client.base_url), *pieces)
    added = {"upgrade", "connection"} if b"h2c" in pieces[0] else set()
    noted = [
        (
            *(entry.method, entry.path, entry.query, entry.session),
            tuple(
                (name, value.replace("2" * 5000, "2"))
                for name, value in entry.request_headers
                if name not in added or value == "close"
            ),
            entry.request_body.data,
        )
        for entry in journal.entries()
    ]
    assert noted == NOTED


def test_streams_and_handlers_are_noted():
    control = Control(journal=Journal(body_limit=8))

    def export_saved_report(report_id):
        yield b'{"filename": "a.csv", "content_type": "text/csv", "content": "", "row_count": 0}'

    document = ROOT / "openapi" / "reports-api.yaml"
    document = document if document.exists() else next((ROOT / "openapi").glob("*.yaml"))
    app = create_app(document, handlers={"export_saved_report": export_saved_report}, control=control)
    path = "/api/v1/reports/saved/2489e9ad-2ee2-8e00-8ec9-32d5f69181c0/export"
    with running(app) as origin:
        response = httpx2.post(
            origin + path, json={"format": "csv"}, headers={"Authorization": "Bearer a.b.c"}
        )
    [entry] = control.journal.entries()
    assert entry.why == "handler"
    assert entry.response_body.size == len(response.content)
    assert entry.response_body.data == response.content[:8]
