"""Several workers send deterministic cases side by side, with the same verdict."""

import itertools
import threading
import time

import schemathesis

from signoff.conformance import Options, run
from tests.conformance.test_one_client import Harbour, contract, serving  # noqa: F401 - a fixture


class Slow(Harbour):
    """Takes a moment, and remembers when it worked on each request."""

    spans: list[tuple[float, float]]

    def respond(self):
        self.started = time.monotonic()
        time.sleep(0.01)
        super().respond()

    def send(self, status, body=b"", **headers):
        self.spans.append((self.started, time.monotonic()))
        super().send(status, body, **headers)


def overlapping(spans):
    """The number of pairs of neighbours that overlap."""
    spans = sorted(spans)
    return sum(later[0] < earlier[1] for earlier, later in itertools.pairwise(spans))


def outcome(workers, contract):  # noqa: F811
    Slow.spans = []
    with serving(Slow) as server:
        found = run(server.origin, contract, options=Options(no_fuzzing=True, workers=workers))
    states = {key: clause.state for key, clause in found.evidence.clauses.items()}
    sent = sorted((method, path, body) for method, path, _, body in server.seen)
    return found.passed, states, sent


def test_workers_share_the_deterministic_cases(contract):  # noqa: F811
    alone = outcome(1, contract)
    assert overlapping(Slow.spans) == 0
    together = outcome(4, contract)
    assert overlapping(Slow.spans) > len(Slow.spans) / 2
    assert alone == together
    assert alone[0]


def test_an_operation_that_threads_spoil_is_fuzzed_again(contract):  # noqa: F811
    """CPython 3.11 may fail if two threads parse source at a time."""
    spoilt = []

    def spoil(context, strategy):
        label = context.operation.label
        if threading.current_thread() is not threading.main_thread() and label not in spoilt:
            spoilt.append(label)
            raise SystemError("AST constructor recursion depth mismatch (before=66, after=56)")
        return strategy

    schemathesis.hook("before_generate_query")(spoil)
    try:
        with serving() as server:
            found = run(server.origin, contract, options=Options(max_examples=5, workers=2))
    finally:
        schemathesis.hooks.unregister(spoil)
    assert sorted(spoilt) == ["GET /ships", "POST /ships"]
    assert found.errors == ()
    assert found.complete
