"""Recorded traffic, as browsers and proxies write it."""

import base64
import gzip
import json

import pytest

from signoff.conformance.recording import judge_recording, read_har
from signoff.conformance.report import FORMATS, report_of
from signoff.contract import DataError, SetupError
from signoff.reporting.model import State
from tests.conformance import things
from tests.test_command_line import assert_plain_error, signoff_here

ORIGIN = "https://things.example"
JSON = {"name": "Content-Type", "value": "application/json"}
THING = '{"name": "one"}'
BASE64 = base64.b64encode(THING.encode()).decode()


@pytest.fixture(scope="module")
def contract(tmp_path_factory):
    return things.contract(tmp_path_factory.mktemp("things"))


def entry(method="GET", url=f"{ORIGIN}/api/things/1", status=200, text=THING, **members):
    """An entry as a browser writes it; members replace those of the request, the response or the entry."""
    content = {"size": len(text or ""), "mimeType": "application/json"} | (
        {} if text is None else {"text": text}
    )
    request = {"method": method, "url": url, "headers": [], "bodySize": 0} | members.pop("request", {})
    response = {"status": status, "headers": [JSON], "content": content} | members.pop("response", {})
    return {"time": 12.5, "request": request, "response": response} | members


def har(folder, *entries):
    file = folder / "traffic.har"
    file.write_text(json.dumps({"log": {"version": "1.2", "entries": list(entries)}}), encoding="utf-8-sig")
    return file


def test_the_same_clauses_are_judged(contract, tmp_path):
    file = har(
        tmp_path, entry(), entry(url=f"{ORIGIN}/api/health?x=1#top", text="{}"), entry(text='{"nome": 1}')
    )
    verdict = judge_recording(file, contract)
    assert not verdict.passed
    assert {failure.check.id for failure in verdict.evidence.errors} == {"response-schema"}
    assert verdict.evidence.requests == 3
    clauses = verdict.evidence.clauses
    assert clauses["health/responses/200"].state is State.VERIFIED
    assert clauses["drop_thing/responses/204"].reason == "no recorded exchange covers this"
    assert verdict.evidence.errors[0].exchange.received.elapsed_s == 0.0125
    for render in FORMATS.values():
        assert render(report_of(verdict))


@pytest.mark.parametrize(
    ("response", "body"),
    [
        ({"content": {"text": BASE64, "encoding": "base64"}}, THING.encode()),
        # Decoded, while the fields still speak of the octets on the wire.
        (
            {
                "content": {"text": THING, "size": len(THING), "compression": -9},
                "headers": [
                    JSON,
                    {"name": "Content-Encoding", "value": "gzip"},
                    {"name": "Content-Length", "value": str(len(gzip.compress(THING.encode())))},
                    {"name": "Transfer-Encoding", "value": "chunked"},
                ],
            },
            THING.encode(),
        ),
        # HTTP/2.
        ({"headers": [{"name": ":status", "value": "200"}, {"name": "content-type", "value": JSON["value"]}]},
         THING.encode()),
        # Other charsets.
        ({"headers": [{"name": "Content-Type", "value": "text/plain; charset=latin-1"}],
          "content": {"text": "é"}}, b"\xe9"),
        ({"headers": [{"name": "Content-Type", "value": "text/plain; charset=no-such"}],
          "content": {"text": "é"}}, b"\xc3\xa9"),
        ({"status": 204, "headers": [], "content": {"size": 0}}, b""),
    ],
)  # fmt: skip
def test_bodies_come_back_as_they_were(contract, tmp_path, response, body):
    recording = read_har(har(tmp_path, entry(response=response)))
    assert not recording.left_out
    ((_, received),) = recording.exchanges
    assert received.body == body
    assert not [
        name for name, _ in received.headers if name.startswith(":") or name.lower() == "content-length"
    ]


def test_what_browsers_do_to_a_sound_answer_accuses_nobody(contract, tmp_path):
    wire = [JSON, {"name": "content-encoding", "value": "br"}, {"name": "content-length", "value": "7"}]
    file = har(
        tmp_path,
        entry(response={"headers": wire}),
        entry(response={"headers": [{"name": ":status", "value": "200"}, JSON]}, time=-1),
        entry("DELETE", status=204, text="", response={"headers": [], "content": {"size": 0}}),
        entry("HEAD", url=f"{ORIGIN}/api/health", text="", response={"content": {"size": 2}}),
    )
    verdict = judge_recording(file, contract)
    assert verdict.passed, [failure.fault for failure in verdict.evidence.errors]
    assert verdict.evidence.warnings == []


@pytest.mark.parametrize(
    ("left_out", "reason"),
    [
        (entry(text=None, response={"content": {"size": 40}}), "without the response body"),
        (entry(text=None, response={"content": {"size": 0}}), "without the response body"),
        (entry(response={"content": {"size": 400, "text": THING}}), "with a truncated response body"),
        (entry(status=0), "without a response"),
        (entry(status=304), "from the cache (304)"),
        (entry(status=101), "WebSocket"),
        (entry("OPTIONS", request={"headers": [{"name": "Access-Control-Request-Method", "value": "PUT"}]}),
         "CORS preflight"),
        (entry("POST", request={"bodySize": 12}), "without the request body"),
        (entry("POST", request={"headers": [{"name": "content-length", "value": "12"}]}),
         "without the request body"),
        (entry(url="data:text/plain,x"), "not http or https"),
        ({"request": {}}, "malformed"),
        (None, "malformed"),
        (entry(url=f"{ORIGIN}/elsewhere"), f"not under {ORIGIN}/api"),
        (entry(url=f"{ORIGIN}/apis"), f"not under {ORIGIN}/api"),
        (entry(url="https://tracker.example/pixel"), f"not under {ORIGIN}/api"),
        (entry(url=f"{ORIGIN}/api/unknown"), "with a path that is not in the document"),
    ],
)  # fmt: skip
def test_what_shows_no_whole_exchange_is_left_out_and_counted(contract, tmp_path, left_out, reason):
    verdict = judge_recording(har(tmp_path, entry(), left_out), contract)
    assert verdict.passed
    assert verdict.evidence.requests == 1
    assert verdict.notes == (f"1 recorded entry was skipped: 1 {reason}",)


def test_requests_come_back_too(tmp_path):
    form = {"mimeType": "application/x-www-form-urlencoded", "params": [{"name": "a", "value": "1 2"}]}
    bodies = [{"mimeType": "application/json", "text": THING}, form, {"text": "e30=", "encoding": "base64"}]
    file = har(tmp_path, *(entry("POST", request={"postData": data}) for data in bodies))
    assert [sent.body for sent, _ in read_har(file).exchanges] == [THING.encode(), b"a=1+2", b"{}"]


def test_where_the_api_was_reached(contract, tmp_path):
    other = entry(url="http://other.example:8080/api/things/2")
    with pytest.raises(SetupError, match="several servers") as caught:
        judge_recording(har(tmp_path, entry(), other), contract)
    assert "--base-url" in caught.value.suggestion
    for base in ("http://OTHER.example:8080/api/", "http://other.example:8080/api"):
        verdict = judge_recording(tmp_path / "traffic.har", contract, base)
        assert verdict.evidence.requests == 1
    elsewhere = har(tmp_path, entry(url=f"{ORIGIN}:443/v2/things/1"))
    assert judge_recording(elsewhere, contract, f"{ORIGIN}/v2").evidence.requests == 1
    with pytest.raises(SetupError, match=r"no request in .* matches the document"):
        judge_recording(elsewhere, contract)
    with pytest.raises(SetupError, match="is not an http"):
        judge_recording(elsewhere, contract, "things.example")


def test_files_that_are_no_recordings(contract, tmp_path):
    file = tmp_path / "x.har"
    for text in ("", "[]", "{}", '{"log": {}}', '{"log": {"entries": {}}}', "[" * 100_000):
        file.write_text(text)
        with pytest.raises(DataError):
            judge_recording(file, contract)
    with pytest.raises(DataError, match="cannot read the recording"):
        judge_recording(tmp_path / "none.har", contract)
    with pytest.raises(SetupError, match="has no exchange to check"):
        judge_recording(har(tmp_path), contract)


def test_secrets_of_a_recording_are_kept_out_of_reports(contract, tmp_path):
    fields = [
        {"name": "Authorization", "value": "Bearer hush-hush-hush"},
        {"name": "cookie", "value": "sid=shh-shh-shh"},
    ]
    verdict = judge_recording(
        har(tmp_path, entry(text='{"n": "hush-hush-hush"}', request={"headers": fields})), contract
    )
    for render in FORMATS.values():
        text = render(report_of(verdict))
        assert "hush-hush" not in text
        assert "shh-shh" not in text


def test_the_command(tmp_path):
    document, file = things.document(tmp_path), har(tmp_path, entry(), entry(url="https://x.example/"))
    result = signoff_here("test", "--har", file, document)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "note: 1 recorded entry was skipped" in result.stdout
    assert signoff_here("test", "--har", file, document, "--base-url", f"{ORIGIN}/api").returncode == 0
    assert signoff_here("test", f"{ORIGIN}/api", document, "--har", file).returncode == 0
    assert_plain_error(
        signoff_here("test", "--har", tmp_path / "none.har", document), "cannot read the recording"
    )
    neither = signoff_here("test")
    assert neither.returncode == 2
    assert "--har" in neither.stderr
