"""How fast and how long a run goes, and how it ends early."""

import asyncio
import json
import signal
import time

import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from signoff.conformance import Options, run
from signoff.conformance.limits import Pace, Rate, parse_rate
from signoff.conformance.report import report_of
from signoff.contract import SetupError
from tests.conformance import shop, things
from tests.conftest import running
from tests.processes import Process
from tests.test_command_line import ROOT, assert_plain_error, signoff_here


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    return things.document(tmp_path_factory.mktemp("things"))


@pytest.fixture(scope="module")
def contract(tmp_path_factory):
    return things.contract(tmp_path_factory.mktemp("things"))


@pytest.fixture(scope="module")
def origin():
    with running(things.app) as found:
        yield found


def test_rates():
    assert [parse_rate(text) for text in ("10/s", "90/m", "1/h")] == [
        Rate(10, 1),
        Rate(90, 60),
        Rate(1, 3600),
    ]


@pytest.mark.parametrize("text", ["", "10", "0/s", "10/d", "-1/s", "1.5/s", "10/s/s"])
def test_what_is_no_rate(text):
    with pytest.raises(SetupError, match="is not a rate"):
        parse_rate(text)


def test_a_pace_spaces_requests_evenly():
    pace = Pace(Rate(50, 1))
    started = time.monotonic()
    for _ in range(11):
        pace.wait()
    assert 0.19 < time.monotonic() - started < 1


@pytest.mark.parametrize("workers", [1, 3])
def test_corpus_and_search_keep_to_the_rate(contract, workers):
    moments = []

    async def app(scope, receive, send):
        # Schemathesis tries the server out before it searches; these two are not of the run's making.
        if scope["type"] == "http" and not any(b"probe" in name for name, _ in scope["headers"]):
            moments.append(time.monotonic())
        await things.app(scope, receive, send)

    with running(app) as origin:
        options = Options(max_examples=2, rate=Rate(40, 1), workers=workers, only=frozenset({"health"}))
        assert run(f"{origin}/api", contract, options=options).complete
    assert (len(moments) - 1) / (moments[-1] - moments[0]) < 45


def test_time_goes_to_the_corpus_first(contract, origin):
    cut = run(f"{origin}/api", contract, options=Options(max_time_s=0.01))
    assert not cut.complete
    assert cut.cut_short == ("the time limit of 0.01 s was reached",)
    started = time.monotonic()
    verdict = run(f"{origin}/api", contract, options=Options(max_time_s=2, max_examples=100_000))
    assert time.monotonic() - started < 15
    assert verdict.cut_short == ("the time limit of 2 s was reached",)
    corpus = run(f"{origin}/api", contract, options=Options(no_fuzzing=True))
    assert verdict.evidence.requests > corpus.evidence.requests
    assert verdict.passed


def test_the_verdict_does_not_depend_on_the_workers(contract):
    tables = []
    with running(things.nameless) as origin:
        for workers in (1, 1, 4):
            found = run(f"{origin}/api", contract, options=Options(max_examples=5, workers=workers)).evidence
            states = {clause_id: clause.state for clause_id, clause in found.clauses.items()}
            tables.append((states, {(rule, operation) for rule, operation, _ in found.failures}))
    assert tables[0] == tables[1] == tables[2]


def test_the_same_seed_sends_the_same_requests(contract):
    def sent(seed):
        requests = []

        async def app(scope, receive, send):
            if scope["type"] == "http":
                requests.append((scope["method"], scope["raw_path"], scope["query_string"]))
            await things.app(scope, receive, send)

        with running(app) as origin:
            run(f"{origin}/api", contract, options=Options(seed=seed, max_examples=5))
        return requests

    first = sent(3)
    assert sent(3) == first
    assert sent(4) != first


@pytest.mark.parametrize(
    ("phase", "number", "code"), [("corpus", signal.SIGTERM, 143), ("search", signal.SIGINT, 130)]
)
def test_an_interrupted_run_writes_its_reports(document, tmp_path, phase, number, code):
    slow = {"corpus": 0.2, "search": 0.0}[phase]
    count = 0

    async def app(scope, receive, send):
        nonlocal count
        count += scope["type"] == "http"
        await asyncio.sleep(slow)
        await things.app(scope, receive, send)

    with running(app) as origin:
        command = ["signoff", "test", f"{origin}/api", str(document), "--max-examples", "100000"]
        command += ["--report", f"json={tmp_path}/r.json", "--report", f"html={tmp_path}/r.html"]
        process = Process(command, cwd=ROOT)
        deadline = time.monotonic() + 30
        while count < (5 if phase == "corpus" else 150) and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(number)
        started = time.monotonic()
        output, errors = process.communicate(timeout=30)
    assert time.monotonic() - started < 15
    assert process.returncode == code, errors
    assert "Traceback" not in errors
    assert "This run is partial: the run was interrupted." in output
    report = json.loads((tmp_path / "r.json").read_text())
    assert (report["complete"], report["partial"]) == (False, ["the run was interrupted"])
    assert report["requests"] >= 3
    assert "This run is partial" in (tmp_path / "r.html").read_text()


def test_bad_limits_are_plain_errors():
    down = "http://127.0.0.1:9"
    assert_plain_error(signoff_here("test", down, "--rate-limit", "fast"), "is not a rate", "10/s")
    assert_plain_error(signoff_here("test", down, "--shard", "3/2"), "is not a shard", "2/3")
    for wrong in (
        ("--max-time", "0"),
        ("--workers", "0"),
        ("--insecure", "--cacert", "x"),
        ("--base-url", "x"),
    ):
        result = signoff_here("test", down, *wrong)
        assert result.returncode == 2
        assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("operations", "examples"), [(0, 50), (1, 50), (40, 50), (41, 48), (100, 20), (900, 10)]
)
def test_large_documents_get_fewer_generated_requests_per_operation(operations, examples):
    assert Options().examples_of(operations) == examples
    assert Options(max_examples=70).examples_of(operations) == 70


@pytest.mark.parametrize(
    ("options", "operations", "workers"),
    [
        ({}, 40, 1),
        ({}, 41, 4),
        ({"workers": 2}, 41, 2),
        ({"workers": 2}, 3, 2),
        ({"max_response_time_s": 1.0}, 41, 1),
    ],
)
def test_large_documents_are_tested_by_more_workers(options, operations, workers):
    assert Options(**options).workers_of(operations) == workers


@pytest.mark.parametrize(
    ("options", "is_noted"),
    [
        ({}, True),
        ({"max_examples": 20}, False),
        ({"no_fuzzing": True}, False),
        ({"phases": ("examples",)}, False),
    ],
)
def test_a_note_gives_the_smaller_number(tmp_path, options, is_noted):
    async def fine(_):
        return Response()

    with running(Starlette(routes=[Route("/{path:path}", fine)])) as origin:
        verdict = run(origin, large_document(tmp_path), options=Options(max_time_s=0.2, **options))
    noted = [note for note in verdict.notes if note.startswith("fuzzing: up to 20 generated requests")]
    assert bool(noted) == is_noted
    assert report_of(verdict).settings["max_examples"] == 20


def test_several_workers_send_at_the_same_time(tmp_path):
    """In a whole run, as on a busy machine a short one may have a single request under way at any time."""
    under_way, most = 0, 0

    async def fine(_):
        nonlocal under_way, most
        under_way, most = under_way + 1, max(most, under_way + 1)
        await asyncio.sleep(0.002)
        under_way -= 1
        return Response()

    with running(Starlette(routes=[Route("/{path:path}", fine)])) as origin:
        run(origin, large_document(tmp_path, 45), options=Options(no_fuzzing=True))
    assert 2 <= most <= 4


def large_document(folder, count=100):
    paths = {f"/{number}": {"get": {"responses": {"200": {"description": "."}}}} for number in range(count)}
    return shop.load(folder, paths=paths, security=[])
