"""openapi-core beside our own judge: it agrees, says something else, or cannot judge and says why."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest
import yaml
from starlette.applications import Starlette
from starlette.responses import JSONResponse

import signoff
from signoff.conformance import Options, run
from signoff.conformance.checks import Failure, Fault
from signoff.conformance.checks.conformance import response_schema
from signoff.conformance.evidence import Evidence
from signoff.conformance.exchange import Received, Sent
from signoff.conformance.judge import Judge
from signoff.conformance.report import report_of
from signoff.conformance.report.json_report import read
from signoff.conformance.report.json_report import render as as_json
from signoff.conformance.second_opinion import SecondOpinion
from signoff.reporting.formats import html, markdown, terminal
from tests.conftest import running
from tests.servers.dispatch import route

DOCUMENT = """
openapi: {version}
info: {{title: Lamps, version: '1'}}
servers: [{{url: 'https://lamps.example/v2'}}]
security: [{{key: []}}]
paths:
  /lamps/{{number}}:
    servers: [{{url: 'https://other.example'}}]
    parameters:
    - {{name: number, in: path, required: true, schema: {{type: integer, minimum: 1}}}}
    - {{name: unit, in: query, schema: {{enum: [lumen, watt]}}}}
    put:
      operationId: setLamp
      security: [{{key: []}}]
      requestBody:
        required: true
        content:
          application/json: {{schema: {{$ref: '#/components/schemas/Lamp'}}}}
          application/xml: {{schema: {{$ref: '#/components/schemas/Lamp'}}}}
      responses:
        '200':
          description: Set
          headers: {{X-Watts: {{schema: {{type: integer}}}}}}
          content:
            application/vnd.lamp+json: {{schema: {{$ref: '#/components/schemas/Lamp'}}}}
            application/xml: {{schema: {{$ref: '#/components/schemas/Lamp'}}}}
            image/*: {{schema: {{type: string}}}}
            text/csv: {{schema: {{type: string}}}}
components:
  securitySchemes: {{key: {{type: apiKey, in: header, name: X-Key}}}}
  schemas:
    Lamp:
      type: object
      required: [level]
      properties:
        level: {{type: integer, maximum: 10}}
        parts: {{type: array, items: {{type: string}}}}
"""
GOOD = b'{"level": 3}'
LAMP = "application/vnd.lamp+json"


@pytest.fixture(params=["3.0.3", "3.1.0", "3.2.0"])
def contract(request, tmp_path):
    file = tmp_path / "lamps.yaml"
    file.write_text(DOCUMENT.format(version=request.param))
    return signoff.load(file)


def exchange_of(
    judge,
    body=GOOD,
    answer=GOOD,
    *,
    number="4",
    query="",
    sent="application/json",
    got=LAMP,
    status=200,
    headers=(),
):
    request = Sent("PUT", f"http://lamps.example/v2/lamps/{number}{query}", (("content-type", sent),), body)
    received = Received(status, (("Content-Type", got), *headers), answer, 0.01)
    operation = judge.contract.operation("setLamp")
    return judge.exchange(request, received, subject=operation, intent="positive")


def opinions(contract, **parts):
    """The opinion on each failure of an exchange, by its check."""
    evidence = Evidence(contract)
    judge = Judge(contract, "/v2", evidence)
    judge.judge(exchange_of(judge, **parts))
    opinion = SecondOpinion(contract.document)
    return {failure.check.id: opinion.on(failure) for failure in evidence.errors}


@pytest.mark.parametrize(
    ("check", "parts"),
    [
        ("response-schema", {"answer": b'{"level": 11}'}),
        ("response-schema", {"answer": b'{"level": 1, "parts": ["a", 2]}'}),
        ("response-schema", {"answer": b"{}"}),
        ("response-schema", {"answer": b"[]", "got": f"{LAMP}; charset=utf-8"}),
        ("response-headers", {"headers": (("X-Watts", "many"),)}),
        ("status-documented", {"status": 202}),
        ("media-type-documented", {"got": "application/json"}),
        ("request-rejected", {"body": b'{"level": "3"}'}),
        ("request-rejected", {"number": "0"}),
        ("request-rejected", {"query": "?unit=candela"}),
        ("request-rejected", {"body": b'{"level"'}),
        ("unsupported-media-415", {"sent": "application/yaml"}),
    ],
)
def test_it_agrees_with_a_true_failure(contract, check, parts):
    assert opinions(contract, **parts)[check] == "agrees"


def test_a_missing_body_is_a_fault_to_both(contract):
    assert opinions(contract, body=b"")["request-rejected"] == "agrees"


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"sent": "application/xml", "body": b"<Lamp><level>11</level></Lamp>"}, "application/xml"),
    ],
)
def test_it_says_what_it_cannot_judge(contract, parts, reason):
    found = opinions(contract, **parts)
    assert found["request-rejected"].startswith("cannot judge: it does not support")
    assert reason in found["request-rejected"]


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"got": "image/png", "answer": b"\x89PNG"}, "cannot judge: it does not support media ranges, such"),
        (
            {"got": "application/xml", "answer": b"<Lamp/>"},
            "cannot judge: it does not support application/xml",
        ),
        ({}, "disagrees: the response is valid"),
        ({"got": "text/csv", "answer": b"level\n\xff"}, "disagrees: the response is valid"),
        ({"headers": (("X-Watts", "many"),)}, "disagrees: header X-Watts: "),
        ({"answer": b'{"level": "bright"}'}, "disagrees: /level: 'bright' is not of type 'integer'"),
    ],
)
def test_it_contradicts_a_judge_that_errs(contract, parts, reason):
    judge = Judge(contract, "/v2", Evidence(contract))
    # A violation that was found elsewhere than the exchange has one.
    other = exchange_of(judge, answer=b'{"level": 1, "parts": ["a", 2]}')
    fault = next(iter(response_schema.find(other)))
    failure = Failure(response_schema, fault, exchange_of(judge, **parts))
    assert SecondOpinion(contract.document).on(failure).startswith(reason)


def test_other_checks_have_no_second_opinion(contract):
    assert set(opinions(contract, got="application/json; charset=latin-1").values()) <= {"agrees", ""}
    judge = Judge(contract, "/v2", Evidence(contract))
    check = replace(response_schema, id="my-own-check")
    failure = Failure(check, Fault("no", "yes", "no"), exchange_of(judge))
    assert SecondOpinion(contract.document).on(failure) == ""


def test_a_document_that_it_cannot_read_is_not_judged_by(contract):
    judge = Judge(contract, "/v2", Evidence(contract))
    exchange = exchange_of(judge, answer=b"{}")
    failure = Failure(response_schema, next(iter(response_schema.find(exchange))), exchange)
    document = {**contract.document, "openapi": "4.0.0"}
    assert SecondOpinion(document).on(failure).startswith("cannot judge: ")


def lamps(answer):
    async def put(request):
        return JSONResponse(answer, media_type=LAMP)

    return Starlette(routes=[route("/v2/lamps/{number}", put=put)])


@pytest.fixture
def verdict_of(tmp_path):
    file = tmp_path / "lamps.yaml"
    document = yaml.safe_load(DOCUMENT.format(version="3.1.0"))
    del document["security"], document["paths"]["/lamps/{number}"]["put"]["security"]
    file.write_text(yaml.safe_dump(document))
    contract = signoff.load(file)

    def verdict(answer, **options):
        with running(lamps(answer)) as origin:
            return run(f"{origin}/v2", contract, None, Options(no_fuzzing=True, **options))

    return verdict


def test_every_format_shows_it(verdict_of, tmp_path):
    report = report_of(verdict_of({"level": 12}))
    assert "opinion    openapi-core: agrees" in terminal.render(report)
    assert "openapi-core: agrees" in html.render(report)
    assert "- Opinion: openapi-core: agrees" in markdown.render(report)
    file = tmp_path / "report.json"
    file.write_text(as_json(report))
    written = json.loads(file.read_text())["failures"]
    of_schema = [item for item in written if item["check"] == "response-schema"]
    assert {item["second_opinion"] for item in of_schema} == {"agrees"}
    assert [item.second_opinion for item in read(file).items] == [
        item.second_opinion for item in report.items
    ]


def test_cross_check_counts_and_lists_disagreements_without_changing_the_verdict(verdict_of):
    plain, crossed = verdict_of({"level": 2}), verdict_of({"level": 2}, cross_check=True)
    assert plain.passed == crossed.passed
    assert len(plain.evidence.errors) == len(crossed.evidence.errors)
    assert report_of(plain).notes == ()
    notes = report_of(crossed).notes
    assert notes[0].startswith("cross-check: openapi-core judged ")
    # UTF-16 is not JSON by RFC 8259; Python's own parser reads it.
    assert any("byte 0 is not UTF-8; openapi-core: valid" in note for note in notes)


def test_cross_check_reports_what_our_judge_missed(contract):
    evidence = Evidence(contract)
    evidence.start_cross_check()
    judge = Judge(contract, "/v2", evidence)
    honest = exchange_of(judge, body=b'{"level": 99}')
    blind = replace(honest, request=replace(honest.request, faults=()))
    evidence.cross_check.compare(honest)
    assert evidence.notes == ("cross-check: openapi-core judged 2 messages: 0 disagreements",)
    evidence.cross_check.compare(blind)
    evidence.cross_check.compare(blind)
    first, second = evidence.notes
    assert first == "cross-check: openapi-core judged 6 messages: 2 disagreements"
    assert "Signoff: valid; openapi-core: /level: 99 is greater than the maximum of 10 (2 times)" in second


def test_it_is_imported_only_when_it_is_asked():
    code = "import sys, signoff.conformance.command; sys.exit('openapi_core' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
