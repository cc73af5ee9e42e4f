"""Targets that misbehave on the wire end in findings or a set-up error, within bounded time."""

import time

import pytest

from signoff.conformance import Options, run
from signoff.conformance.client import Client
from signoff.conformance.connection import Connection
from signoff.conformance.exchange import Sent
from signoff.contract import SetupError
from tests.conformance import raw_servers as raw
from tests.conformance import things
from tests.conftest import running

TIMEOUT_S = 0.4
PATIENCE_S = 10.0  # where the time limit is not what ends a response
QUICK = Options(no_fuzzing=True, timeout_s=TIMEOUT_S)
NEVER_WHOLE = [
    (raw.reset, "reset"),
    (raw.close, "without sending a response"),
    (raw.half, "without sending complete message body"),
    (raw.half_a_chunk, "incomplete chunked read"),
    (raw.endless, "larger than 16 MiB"),
    (raw.endless_header, "buffer too long"),
    (raw.huge_header, "buffer too long"),
    (raw.silent, "no complete response within"),
    (raw.drips, "no complete response within"),
    (raw.drips_a_header, "no complete response within"),
    (raw.continues_for_ever, "no complete response within"),
    (raw.no_http, "without sending a response"),
    (raw.says_more_than_it_sends, "without sending complete message body"),
    (raw.broken_gzip, "decompressing"),
]
IDS = [answer.__name__ for answer, _ in NEVER_WHOLE]
SLOW = (raw.silent, raw.drips, raw.drips_a_header, raw.continues_for_ever)


@pytest.fixture(scope="module")
def contract(tmp_path_factory):
    return things.contract(tmp_path_factory.mktemp("things"))


def every(answer):
    return lambda _: answer


def every_third(answer):
    return lambda count: answer if count % 3 == 2 else raw.fine


@pytest.mark.parametrize(("answer", "words"), NEVER_WHOLE, ids=IDS)
def test_the_client_says_why_an_answer_is_not_whole(answer, words):
    timeout_s = TIMEOUT_S / 4 if answer in SLOW else PATIENCE_S
    with raw.serving(every(answer)) as origin, Client(timeout_s=timeout_s) as client:
        started = time.monotonic()
        received = client.send(Sent("GET", f"{origin}/api/things/1", (), b""))
        assert time.monotonic() - started < TIMEOUT_S + 2
    assert received.status == 0
    assert words in received.fault


@pytest.mark.parametrize("answer", [raw.sends_more_than_it_says, raw.strange_octets_in_a_header])
def test_the_client_reads_what_can_be_read(answer):
    with raw.serving(every(answer)) as origin, Client(timeout_s=TIMEOUT_S) as client:
        received = client.send(Sent("GET", f"{origin}/", (), b""))
    assert (received.status, received.body, received.fault) == (200, b'{"id": "x"}', "")


def test_a_kept_connection_that_the_server_has_closed_is_no_fault():
    with raw.serving(every(raw.fine)) as origin, Client(timeout_s=TIMEOUT_S) as client:
        for _ in range(30):  # the server closes after each answer and does not say so
            assert client.send(Sent("GET", f"{origin}/", (), b"")).fault == ""


@pytest.mark.parametrize(("answer", "words"), NEVER_WHOLE[::4], ids=IDS[::4])
def test_a_target_that_never_answers_is_a_set_up_error(contract, answer, words):
    timeout_s = TIMEOUT_S / 4 if answer in SLOW else PATIENCE_S
    only = frozenset({"health"}) if answer is raw.endless else None  # each response takes a while to read
    options = Options(no_fuzzing=True, timeout_s=timeout_s, max_time_s=30, only=only)
    with (
        raw.serving(every(answer)) as origin,
        pytest.raises(SetupError, match=r"no response from .*: ") as caught,
    ):
        run(f"{origin}/api", contract, options=options)
    assert words in str(caught.value)
    assert len(str(caught.value).splitlines()) == 2


def test_a_redirect_loop_is_a_set_up_error(contract):
    with (
        raw.serving(every(raw.redirects_to_itself)) as origin,
        pytest.raises(SetupError, match="redirected to /api/things/x"),
    ):
        run(f"{origin}/api", contract, options=QUICK)


@pytest.mark.parametrize("answer", [raw.reset, raw.silent, raw.redirects_to_itself])
def test_a_whole_run_against_one_that_misbehaves_at_times_ends_in_findings(contract, answer):
    started = time.monotonic()
    timeout_s = TIMEOUT_S / 2 if answer in SLOW else TIMEOUT_S
    with raw.serving(every_third(answer)) as origin:
        options = Options(timeout_s=timeout_s, max_examples=3, only=frozenset({"health"}))
        verdict = run(f"{origin}/api", contract, options=options)
    assert time.monotonic() - started < 20
    assert not verdict.passed
    found = {failure.check.id for failure in verdict.evidence.errors}
    assert (
        found & {"complete-response", "documented-status", "status-documented"}
        or verdict.evidence.statuses[302]
    )
    assert verdict.errors == ()


def test_an_operation_that_never_answers_is_left_alone_and_told(contract):
    async def app(scope, receive, send):
        if scope["type"] == "http" and scope["path"] == "/api/health":
            while (await receive())["type"] != "http.disconnect":
                pass
        else:
            await things.app(scope, receive, send)

    # A bound that the other answers keep on a busy machine, too.
    verdict = run(app, contract, options=Options(timeout_s=0.6, max_examples=2))
    assert not verdict.complete
    assert verdict.cut_short[0].startswith("GET /health: 3 requests in a row got no response")
    assert {failure.exchange.subject.id for failure in verdict.evidence.errors} == {"health"}


def test_certificates_are_checked_unless_told_not_to(contract, tmp_path):
    context, authority = raw.tls(tmp_path)
    with raw.serving(every(raw.fine), context) as origin:
        with pytest.raises(SetupError, match="CERTIFICATE_VERIFY_FAILED") as caught:
            run(f"{origin}/api", contract, options=QUICK)
        assert "--cacert" in caught.value.suggestion
        for verify in (False, str(authority)):
            options = Options(
                timeout_s=5, max_examples=2, only=frozenset({"health"}), connection=Connection(verify)
            )
            verdict = run(f"{origin}/api", contract, options=options)
            assert set(verdict.evidence.statuses) == {200}
            assert verdict.errors == ()


def test_tls_on_a_port_without_it_and_the_other_way_round(contract, tmp_path):
    context, _ = raw.tls(tmp_path)
    with running(things.app) as origin, pytest.raises(SetupError, match="SSL") as caught:
        run(f"{origin.replace('http:', 'https:')}/api", contract, options=QUICK)
    assert "http://" in caught.value.suggestion
    with raw.serving(every(raw.fine), context) as origin, pytest.raises(SetupError) as caught:
        run(f"{origin.replace('https:', 'http:')}/api", contract, options=QUICK)


def test_a_file_of_authorities_that_holds_none(tmp_path):
    for name, text in (("empty.pem", ""), ("text.pem", "nothing")):
        (tmp_path / name).write_text(text)
    for name in ("empty.pem", "text.pem", "none.pem"):
        with pytest.raises(SetupError, match="cannot read certificates from"):
            Client(connection=Connection(str(tmp_path / name)))
