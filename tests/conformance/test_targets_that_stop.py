"""A target that dies, limits requests or is slow in the middle of a run."""

import threading
import time
from collections import Counter

import pytest

from signoff.conformance import Options, run
from signoff.conformance import client as client_module
from signoff.conformance.client import Client
from signoff.conformance.exchange import Received, Sent, TransportFault
from signoff.conformance.progress import Estimate
from signoff.conformance.throttle import Throttle
from tests.conformance.test_one_client import Harbour, contract, notes_of, serving  # noqa: F401 - a fixture

LATER = {"Retry_After": "1"}
LONG_AGO = "Sun, 01 Jan 1995 00:00:00 GMT"


@pytest.fixture
def _soon_gone(monkeypatch):
    """A target is gone after a tenth of the usual pauses."""
    monkeypatch.setattr(client_module, "PAUSES_S", [pause_s / 10 for pause_s in client_module.PAUSES_S])


class Mortal(Harbour):
    """Ends with its 40th request, after a response."""

    last = 40

    def respond(self):
        if len(self.server.seen) > self.last:  # on a connection that was open before
            self.close_connection = True
            return
        is_last = len(self.server.seen) == self.last
        if is_last:
            self.server.socket.close()
            threading.Thread(target=self.server.shutdown).start()
        self.end() if is_last else self.ordinary()
        self.close_connection = is_last

    def end(self):
        self.ordinary()


class Fuzzed(Mortal):
    """Ends in the middle of fuzzing."""

    last = 150


class Crashing(Mortal):
    """Ends without a response to its last request."""

    def end(self):
        pass


@pytest.mark.usefixtures("_soon_gone")
@pytest.mark.parametrize("handler", [Mortal, Fuzzed])
def test_the_run_ends_when_the_target_does(contract, handler):  # noqa: F811
    with serving(handler) as server:
        verdict = run(server.origin, contract, options=Options(max_examples=60))
    assert verdict.cut_short == (f"the target stopped responding after {handler.last} requests",)
    assert not verdict.complete
    assert verdict.evidence.errors == []
    assert verdict.evidence.warnings == []
    assert verdict.evidence.statuses[0] == 0
    assert verdict.evidence.requests == handler.last


@pytest.mark.usefixtures("_soon_gone")
@pytest.mark.parametrize("last", [40, 43, 160])
def test_the_request_that_a_target_dies_of_is_named(contract, last, monkeypatch):  # noqa: F811
    monkeypatch.setattr(Crashing, "last", last)
    with serving(Crashing) as server:
        verdict = run(server.origin, contract, options=Options(max_examples=60))
        method, path = server.seen[last - 1][:2]
    assert verdict.evidence.errors == []
    assert verdict.cut_short == (f"the target stopped responding after {last - 1} requests",)
    assert verdict.setup_problem.endswith(f"It did not respond to {method} {path.partition('?')[0]}")
    assert not verdict.passed


def test_a_target_that_comes_back_at_once_is_not_gone():
    with serving() as server, Client() as client:
        sent = Sent("POST", f"{server.origin}/ships", (), b"")
        assert client.send(sent).status == 415
        port = server.server_port
    threading.Timer(0.3, _again, (port, stop := threading.Event())).start()
    try:
        assert client.send(sent).status == 415
        assert client.gone == ""
    finally:
        stop.set()


def _again(port, stop):
    with serving(port=port):
        stop.wait(20)


class Limiting(Harbour):
    """Answers so many requests in each window, and 429 to the others."""

    limit, window_s = 60, 1.0
    status, fields = 429, LATER

    def respond(self):
        window = int(time.monotonic() / self.window_s)
        counted = self.server.__dict__.setdefault("counted", {})
        counted[window] = counted.get(window, 0) + 1
        if counted[window] > self.limit:
            self.send(self.status, b'{"message": "too many"}', **self.fields)
        else:
            self.ordinary()


class Deploying(Limiting):
    status = 503


class Strict(Limiting):
    """Lets few requests through, and does not say when to come back."""

    limit, window_s, fields = 30, 1000.0, {}


@pytest.mark.parametrize("handler", [Limiting, Deploying])
def test_a_limit_is_waited_for_in_both_phases(contract, handler):  # noqa: F811
    with serving() as plain, serving(handler) as limited:
        expected = run(plain.origin, contract, options=Options(max_examples=8))
        verdict = run(limited.origin, contract, options=Options(max_examples=8))
    assert verdict.evidence.statuses == expected.evidence.statuses
    assert verdict.passed
    assert verdict.complete
    (note,) = notes_of(verdict)
    assert note.startswith("the target limited the requests: waited ")


@pytest.mark.parametrize("handler", [Limiting, Strict])
def test_what_is_limited_beyond_the_wait_proves_nothing(contract, handler):  # noqa: F811
    with serving(handler) as server:
        verdict = run(server.origin, contract, options=Options(max_wait_s=0, max_examples=20))
    assert verdict.evidence.statuses[429]
    assert [failure.check.id for failure in verdict.evidence.failures.values()] == []
    assert "--max-wait" in verdict.cut_short[0]
    proofs = [found.exchange for found in verdict.evidence.clauses.values() if found.exchange]
    assert not any(exchange.status == 429 for exchange in proofs)


class Refusing(Harbour):
    """Always 503 with Retry-After for one operation: a failure, and not waited for again and again."""

    def respond(self):
        self.send(503, Retry_After="0") if self.command == "POST" else self.ordinary()


def test_an_operation_that_is_never_available_is_a_failure(contract):  # noqa: F811
    with serving(Refusing) as server:
        verdict = run(server.origin, contract, options=Options(no_fuzzing=True))
    posted = [sent for method, *sent in server.seen if method == "POST"]
    sent = Counter((path, *fields.items(), body) for path, fields, body in posted)
    assert [count for count in sent.values() if count > 3] == [4]
    assert {failure.exchange.subject.id for failure in verdict.evidence.errors} == {"moor"}


@pytest.mark.parametrize(
    ("text", "is_asked"),
    [
        ("1", True),
        ("0", True),
        ("31", False),
        ("soon", False),
        ("-1", False),
        ("Sun, 01 Jan 1995 00:00:00 GMT", True),
    ],
)
def test_what_a_response_asks_for(text, is_asked):
    sent, throttle = Sent("GET", "http://harbour.example/ships", (), b""), Throttle(30.0)
    received = Received(429, (("Retry-After", text),), b"", 0.1)
    assert throttle.is_asked(sent, received) is is_asked
    assert throttle.is_asked(sent, Received(200, (("Retry-After", text),), b"", 0.1)) is False
    assert throttle.marked(sent, received).is_throttled


def test_waits_end_with_the_time_that_is_left():
    sent, throttle = Sent("GET", "http://harbour.example/ships", (), b""), Throttle(5.0)
    wants = [throttle.is_asked(sent, Received(429, (("Retry-After", "2"),), b"", 0.1)) for _ in range(2)]
    assert wants == [True, True]  # the second wait ends with the first, which has not begun
    assert throttle.waited_s < 3
    assert throttle.is_asked(sent, Received(429, (("Retry-After", "9"),), b"", 0.1)) is False


def test_a_refused_connection_before_any_response_is_tried_once():
    with serving() as server:
        origin = server.origin
    with Client() as client:
        received = client.send(Sent("GET", origin, (), b""))
    assert received.fault_kind is TransportFault.NOT_CONNECTED


def test_a_slow_target_is_told_what_it_takes_once():
    estimate = Estimate(operations=30, max_examples=50)
    assert [estimate.notice(5, 10.0), estimate.notice(0, 25.0)] == ["", ""]
    told = estimate.notice(10, 21.0)
    assert told.startswith(
        "The target takes 2.1 s per request: the deterministic cases take about 26 minutes"
    )
    assert "--max-time" in told
    assert estimate.notice(12, 25.0) == ""
    assert Estimate(operations=30, max_examples=0).notice(5000, 21.0) == ""
