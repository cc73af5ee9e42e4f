"""Event streams, JSON Lines and JSON sequences that the mock sends over time."""

import json
import re
import signal
import socket
import sys
import threading
import time
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise

import httpx2
import pytest
import yaml

import signoff
from signoff.contract import DocumentError
from signoff.mock import Settings, create_app
from signoff.mock.control.control import Control
from signoff.mock.journal import Journal
from tests.browser import DRIVER, browser
from tests.conftest import ROOT, running
from tests.processes import Process
from tests.redis_server import free_port

EVENT = {
    "type": "object",
    "required": ["id", "event", "data"],
    "properties": {"id": {"type": "string"}, "event": {"const": "price"}, "data": {"type": "string"}},
    "additionalProperties": False,
}
EVENTS = [{"id": str(number), "event": "price", "data": f"{number} EUR"} for number in (7, 8, 9)]
SENT = [f"event: price\nid: {number}\ndata: {number} EUR\n\n" for number in (7, 8, 9)]
ROW = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}


def document(**extensions):
    """An operation with a stream in three media types, and one without; extensions are the operation's."""
    content = {
        "text/event-stream": {"itemSchema": EVENT, "example": EVENTS},
        "application/jsonl": {"itemSchema": ROW, "example": [{"n": 1}, {"n": 2}]},
        "application/json-seq": {"itemSchema": ROW, "example": [{"n": 1}, {"n": 2}]},
        "application/json": {"schema": {"const": "all"}},
    }
    streamed = {"operationId": "prices", "responses": {"200": {"description": "ok", "content": content}}}
    return {
        "openapi": "3.2.0",
        "info": {"title": "Prices", "version": "1"},
        "paths": {"/prices": {"get": {**streamed, **extensions}}},
    }


@contextmanager
def serving(tmp_path, value, handlers=None, control=None, **settings):
    (tmp_path / "streams.yaml").write_text(yaml.safe_dump(value, sort_keys=False))
    contract = signoff.load(tmp_path / "streams.yaml")
    app = create_app(contract, Settings(**settings), handlers=handlers, control=control)
    with running(app) as origin, httpx2.Client(base_url=origin, timeout=10) as client:
        yield client


def arrivals(client, media_type="text/event-stream", **headers):
    """Each chunk of the stream with the seconds after which it came, and the response."""
    started = time.monotonic()
    with client.stream("GET", "/prices", headers={"Accept": media_type, **headers}) as response:
        return [(chunk.decode(), time.monotonic() - started) for chunk in response.iter_raw()], response


def punctually(check, tries=4):
    """A busy machine may be late a few times; a wrong interval is wrong each time."""
    for _ in range(tries - 1):
        with suppress(AssertionError):
            return check()
    return check()


@pytest.mark.parametrize(
    ("media_type", "sent"),
    [
        ("text/event-stream", SENT),
        ("application/jsonl", ['{"n":1}\n', '{"n":2}\n']),
        ("application/json-seq", ['\x1e{"n":1}\n', '\x1e{"n":2}\n']),
    ],
)
def test_items_come_one_by_one_at_the_interval(tmp_path, media_type, sent):
    def check():
        with serving(tmp_path, document(), stream_interval=150) as client:
            for _ in range(2):  # made, then from the cache
                found, response = arrivals(client, media_type)
                assert [chunk for chunk, _ in found] == sent
                assert found[0][1] < 0.12
                assert found[-1][1] > 0.14 * (len(sent) - 1)
                assert "content-length" not in response.headers
            head = client.head("/prices", headers={"Accept": media_type})
            assert (head.status_code, head.content) == (200, b"")
            assert {name for name in head.headers if name != "date"} | {"transfer-encoding"} == {
                name for name in response.headers if name != "date"
            }

    punctually(check)


def test_other_media_types_and_streams_without_an_interval_are_sent_at_once(tmp_path):
    with serving(tmp_path, document(), stream_interval=60_000) as client:
        assert client.get("/prices", headers={"Accept": "application/json"}).json() == "all"
    with serving(tmp_path, document()) as client:
        found = client.get("/prices")
        assert found.text == "".join(SENT)
        assert found.headers["content-length"] == str(len(found.content))
        assert client.head("/prices").headers["content-length"] == str(len(found.content))


@pytest.mark.parametrize(("place", "interval"), [("operation", 200), ("response", 100.5), ("media type", 0)])
def test_the_document_sets_the_interval_at_the_innermost_place(tmp_path, place, interval):
    value = document(**{"x-interval": 200})
    response = value["paths"]["/prices"]["get"]["responses"]["200"]
    if place != "operation":
        response["x-interval"] = 100.5
    if place == "media type":
        response["content"]["text/event-stream"]["x-interval"] = 0
    with serving(tmp_path, value, stream_interval=60_000) as client:

        def check():
            found, _ = arrivals(client)
            assert "".join(chunk for chunk, _ in found) == "".join(SENT)
            assert 2 * interval / 1000 - 0.02 < found[-1][1] < 2 * interval / 1000 + 0.15

        punctually(check)


@pytest.mark.parametrize(
    ("extension", "message"),
    [
        ({"x-interval": "fast"}, "`x-interval` must be a number of milliseconds from 0 to 60000, not 'fast'"),
        ({"x-interval": -1}, "`x-interval` must be a number of milliseconds from 0 to 60000, not -1"),
        ({"x-interval": True}, "`x-interval` must be a number of milliseconds from 0 to 60000, not True"),
        ({"x-interval": 60_001}, "`x-interval` must be a number of milliseconds from 0 to 60000, not 60001"),
        ({"x-hold": "yes"}, "`x-hold` must be true or false, not 'yes'"),
    ],
)
def test_an_invalid_extension_is_an_error_with_its_place(tmp_path, extension, message):
    with pytest.raises(DocumentError) as caught, serving(tmp_path, document(**extension)):
        pass
    assert caught.value.message == message
    assert caught.value.location.line > 1


@pytest.mark.parametrize("interval", [0, 20])
@pytest.mark.parametrize(
    ("last_id", "rest"), [("7", SENT[1:]), ("9", []), ("unknown", SENT), ("", SENT), ("EUR", SENT)]
)
def test_a_client_that_reconnects_gets_the_events_after_the_last_one(tmp_path, interval, last_id, rest):
    with serving(tmp_path, document(), stream_interval=interval) as client:
        found, response = arrivals(client, **{"Last-Event-ID": last_id})
        assert "".join(chunk for chunk, _ in found) == "".join(rest)
        if not interval:
            assert response.headers["content-length"] == str(len("".join(rest)))
        assert "".join(chunk for chunk, _ in arrivals(client)[0]) == "".join(SENT)
        assert len(arrivals(client, "application/jsonl", **{"Last-Event-ID": "7"})[0][0][0].split()) >= 1


def test_a_held_stream_sends_heartbeats_until_its_client_goes(tmp_path):
    with serving(tmp_path, document(), stream_hold=True, stream_heartbeat=0.05) as client:
        with client.stream("GET", "/prices") as response:
            chunks = response.iter_raw()
            found = b"".join(next(chunks) for _ in range(6)).decode()
        assert found == "".join(SENT) + ":\n\n" * 3
        assert client.get("/prices", headers={"Accept": "application/json"}).json() == "all"


def test_a_held_stream_is_in_the_journal_while_it_is_open(tmp_path):
    journal = Journal()
    settings = {"stream_hold": True, "stream_heartbeat": 0.05, "stream_interval": 20}
    with serving(tmp_path, document(), control=Control(journal=journal), **settings) as client:
        with client.stream("GET", "/prices") as response:
            next(response.iter_raw())
            (entry,) = journal.entries()
        assert (entry.operation, entry.status, entry.response_body.data.decode()) == (
            "prices",
            200,
            "".join(SENT),
        )
        client.get("/prices", headers={"Accept": "application/json"})
    assert len(journal.entries()) == 2


def test_heartbeats_fill_long_intervals_and_are_no_records(tmp_path):
    with serving(tmp_path, document(), stream_interval=300, stream_heartbeat=0.1) as client:
        events = "".join(chunk for chunk, _ in arrivals(client)[0])
        records = "".join(chunk for chunk, _ in arrivals(client, "application/json-seq")[0])
        lines = "".join(chunk for chunk, _ in arrivals(client, "application/jsonl")[0])
    assert events == ":\n\n:\n\n".join(SENT)
    assert [json.loads(text) for text in records.split("\x1e") if text] == [{"n": 1}, {"n": 2}]
    assert records.count("\x1e") == 4
    assert lines == '{"n":1}\n{"n":2}\n'


def test_forced_and_written_examples_are_paced_too(tmp_path):
    value = document()
    offer = value["paths"]["/prices"]["get"]["responses"]["200"]["content"]["text/event-stream"]
    offer["examples"] = {
        "two": {"serializedValue": ": hello\n\ndata: 5\r\n\r\ndata: 6\n"},
        "none": {"serializedValue": ""},
    }
    del offer["example"]
    with serving(tmp_path, value, stream_interval=50) as client:
        found, response = arrivals(client, Prefer="example=two")
        assert [chunk for chunk, _ in found] == [": hello\n\n", "data: 5\r\n\r\n", "data: 6\n"]
        assert response.headers["preference-applied"] == "example=two"
        assert arrivals(client, Prefer="example=none")[0] == []


def test_lists_of_handlers_are_paced_and_their_generators_pace_themselves(tmp_path):
    (tmp_path / "own_streams.py").write_text(
        "import asyncio\n"
        "async def prices(kind=None):\n"
        "    yield {'id': 'a', 'event': 'price', 'data': 'one'}\n"
        "    await asyncio.sleep(0.2)\n"
        "    yield {'id': 'b', 'event': 'price', 'data': 'two'}\n"
    )
    with serving(tmp_path, document(), tmp_path / "own_streams.py", stream_interval=60_000) as client:
        found, _ = arrivals(client)
    assert [chunk for chunk, _ in found] == [
        "event: price\nid: a\ndata: one\n\n",
        "event: price\nid: b\ndata: two\n\n",
    ]
    assert found[0][1] < 0.15 < found[1][1] < 5
    (tmp_path / "own_lists.py").write_text(f"def prices():\n    return {EVENTS!r}\n")
    with serving(tmp_path, document(), tmp_path / "own_lists.py", stream_interval=100) as client:
        found, _ = arrivals(client)
    assert [chunk for chunk, _ in found] == SENT
    assert found[-1][1] > 0.19


LIST = {"type": "array", "minItems": 3, "items": ROW}


@pytest.mark.parametrize(
    ("media_type", "content", "function", "expected"),
    [
        (
            "application/jsonl",
            {"itemSchema": ROW},
            ("async def", [{"n": 1}, {"n": "two"}]),
            (b'{"n":1}\n', "2 at /n: "),
        ),
        (
            "application/x-ndjson",
            {"schema": LIST},
            ("def", [{"n": 1}, {"m": 2}]),
            (b'{"n":1}\n', "2: "),
        ),
        (
            "application/json-seq",
            {"schema": ROW},
            ("async def", [{"n": 4}, [4]]),
            (b'\x1e{"n":4}\n', "2: "),
        ),
        (
            "text/event-stream; charset=utf-8",
            {"itemSchema": EVENT},
            ("def", [": begins", EVENTS[0], {"event": "price", "data": "no id"}]),
            (b": begins\n\nevent: price\nid: 7\ndata: 7 EUR\n\n", "3: "),
        ),
    ],
)
def test_a_stream_breaks_off_before_an_invalid_item(
    tmp_path, caplog, media_type, content, function, expected
):
    """Where responses are validated; the bounds of a list's schema are not for one item."""
    kind, items = function
    sent, note = expected
    (tmp_path / "own.py").write_text(f"{kind} prices():\n    for item in {items!r}:\n        yield item\n")
    value = document()
    value["paths"]["/prices"]["get"]["responses"]["200"]["content"] = {media_type: content}
    journal = Journal()
    for validates in (True, False):
        more = {"control": Control(journal=journal), "validate_responses": validates}
        with serving(tmp_path, value, tmp_path / "own.py", **more) as client:
            body = b""
            try:
                with client.stream("GET", "/prices") as response:
                    for chunk in response.iter_raw():
                        body += chunk
            except httpx2.RemoteProtocolError:
                assert validates
            else:
                assert not validates
        assert (body == sent) is validates
        assert body.startswith(sent)
        time.sleep(0.1)
    first, second = journal.entries()
    assert [text for text in first.notes if f"the streamed item {note}" in text]
    assert second.notes == ()
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("more", [{}, {"event": {"const": "tick"}}, {"id": {"type": "string"}}])
def test_generated_events_reconnect_as_late_as_usual_and_hold_the_json_of_their_schema(tmp_path, more):
    value = document()
    offer = value["paths"]["/prices"]["get"]["responses"]["200"]["content"]["text/event-stream"]
    inner = {"type": "object", "required": ["amount"], "properties": {"amount": {"type": "number"}}}
    data = {"type": "string", "contentMediaType": "application/json", "contentSchema": inner}
    offer["itemSchema"] = {
        "type": "object",
        "required": ["data", "retry"],
        "properties": {"data": data, "retry": {"type": "integer", "minimum": 0}, **more},
    }
    del offer["example"]
    with serving(tmp_path, value) as client:
        text = client.get("/prices").text
        assert client.get("/prices").text == text
        assert set(re.findall("retry: (.*)", text)) == {"3000"}
        amounts = [json.loads(found)["amount"] for found in re.findall("data: (.*)", text)]
        assert amounts
        assert all(isinstance(amount, int | float) for amount in amounts)
        offer["itemSchema"]["properties"]["retry"]["maximum"] = 100
    with serving(tmp_path, value) as client:
        assert all(int(found) <= 100 for found in re.findall("retry: (.*)", client.get("/prices").text))


def test_a_client_that_goes_away_frees_its_task(tmp_path):
    ended = threading.Event()
    (tmp_path / "watched.py").write_text(
        "import asyncio\n"
        "ENDED = None\n"
        "async def prices():\n"
        "    try:\n"
        "        while True:\n"
        "            yield 'id: 1\\nevent: price\\ndata: 1\\n\\n'\n"
        "            await asyncio.sleep(3600)\n"
        "    finally:\n"
        "        ENDED.set()\n"
    )
    with serving(tmp_path, document(), tmp_path / "watched.py") as client:
        (module,) = [
            m
            for m in list(sys.modules.values())
            if getattr(m, "__file__", "") == str(tmp_path / "watched.py")
        ]
        module.ENDED = ended
        with client.stream("GET", "/prices") as response:
            chunks = response.iter_raw()
            assert next(chunks) == b"id: 1\nevent: price\ndata: 1\n\n"
            assert not ended.is_set()
        assert ended.wait(5)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_held_streams_do_not_hold_up_the_end_of_the_mock(tmp_path, number):
    (tmp_path / "streams.yaml").write_text(yaml.safe_dump(document(), sort_keys=False))
    port = free_port()
    command = ["signoff", "mock", "streams.yaml", "--port", str(port), "--stream-hold"]
    with Process(command, cwd=tmp_path) as process:
        assert any("Ctrl+C" in line for line in process.stdout)
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(b"GET /prices HTTP/1.1\r\nhost: localhost\r\n\r\n")
            while b"9 EUR" not in client.recv(65536):
                pass
            stopped = time.monotonic()
            process.send_signal(number)
            process.wait(10)
            assert time.monotonic() - stopped < 3
        assert "Traceback" not in process.stderr.read()


PAGE = """<!doctype html><title>Prices</title><ul></ul><script>
const list = document.querySelector('ul'), started = performance.now();
window.times = [];
const source = new EventSource(new URLSearchParams(location.search).get('api'));
source.addEventListener('price', (event) => {
  const row = document.createElement('li');
  row.textContent = `${event.lastEventId}: ${event.data}`;
  list.append(row);
  window.times.push(performance.now() - started);
});
source.onerror = () => { window.errors = (window.errors ?? 0) + 1; };
</script>"""


@contextmanager
def page():
    """Serves the page from another origin than the mock's."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(PAGE.encode())

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_rules_delay_and_break_streams(tmp_path):
    control = Control(journal=Journal())
    with serving(tmp_path, document(), control=control, stream_interval=100) as client:
        rule = {"operation": "prices", "respond": {"delay": 300}}
        assert client.put("/__signoff/rules/slow", json=rule).status_code < 300
        found, _ = arrivals(client)
        assert [chunk for chunk, _ in found] == SENT
        assert found[0][1] > 0.28
        assert found[-1][1] - found[0][1] > 0.18
        rule = {"operation": "prices", "fault": "truncate"}
        assert client.put("/__signoff/rules/slow", json=rule).status_code < 300
        with pytest.raises(httpx2.RemoteProtocolError):
            arrivals(client)


@pytest.mark.skipif(not DRIVER, reason="chromedriver is not installed")
def test_an_event_source_in_chromium_shows_events_as_they_arrive(tmp_path):
    rows = [f"{event['id']}: {event['data']}" for event in EVENTS]
    held = {"stream_interval": 400, "stream_hold": True, "stream_heartbeat": 0.1}
    with (
        serving(tmp_path, document(), **held) as client,
        page() as origin,
        browser() as window,
    ):
        window.open(f"{origin}?api={client.base_url}/prices")
        assert window.wait_for("li", rows[:1]) == rows[:1]
        assert window.wait_for("li", rows) == rows
        times = window.run("return window.times")
        gaps = [later - earlier for earlier, later in pairwise(times)]
        assert all(300 < gap < 900 for gap in gaps)
        time.sleep(0.5)  # heartbeats are no events, and the stream is still open
        assert window.run("return [source.readyState, window.errors ?? 0]") == [1, 0]
        assert window.texts("li") == rows


@pytest.mark.skipif(not DRIVER, reason="chromedriver is not installed")
def test_an_event_source_that_reconnects_shows_no_event_twice(tmp_path):
    value = document()
    offer = value["paths"]["/prices"]["get"]["responses"]["200"]["content"]["text/event-stream"]
    offer["itemSchema"] = {**EVENT, "properties": {**EVENT["properties"], "retry": {"type": "integer"}}}
    offer["example"] = [{**event, "retry": 50} for event in EVENTS]
    with serving(tmp_path, value, stream_interval=30) as client, page() as origin, browser() as window:
        window.open(f"{origin}?api={client.base_url}/prices")
        deadline = time.monotonic() + 10
        while (window.run("return window.errors") or 0) < 3 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert window.run("return window.errors") >= 3
        assert window.texts("li") == [f"{event['id']}: {event['data']}" for event in EVENTS]


def test_the_stream_of_the_guide(tmp_path):
    guide = (ROOT / "docs" / "mock.md").read_text()
    (text,) = re.findall(r"## Streams over time.*?```yml\n(.*?)```", guide, re.DOTALL)
    value = {"openapi": "3.2.0", "info": {"title": "Guide", "version": "1"}, **yaml.safe_load(text)}
    with serving(tmp_path, value, stream_heartbeat=0) as client:
        started = time.monotonic()
        with client.stream("GET", "/prices") as response:
            chunks = response.iter_raw()
            first, second = next(chunks), next(chunks)
        assert 0.45 < time.monotonic() - started < 1.5
    assert first.startswith(b"event: price\nid: ")
    assert first != second
