"""A limit on what is judged of a response is reported in a note."""

import asyncio
import json
import time

import pytest
from starlette.applications import Starlette
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from signoff.conformance import Options, response_body, run
from signoff.conformance.cases import share_notes
from signoff.conformance.client import Client
from signoff.conformance.exchange import Sent
from signoff.conformance.report import report_of
from tests.conformance import shop
from tests.conftest import running


async def ticks():
    while True:
        yield b"data: tick\n\n"
        await asyncio.sleep(0.02)


def verdict_on(tmp_path, respond, media_type, schema):
    content = {media_type: {"schema": schema}}
    operation = {
        "operationId": "it",
        "security": [],
        "responses": {"200": {"description": "Fine", "content": content}},
    }
    contract = shop.load(tmp_path, paths={"/it": {"get": operation}})

    async def answer(_):
        return respond()

    with running(Starlette(routes=[Route("/it", answer, methods=["GET"])])) as origin:
        return run(origin, contract, options=Options(no_fuzzing=True))


ROW = {"type": "array", "items": {"type": "object", "properties": {"n": {"type": "integer"}}}}
CSV, TEXT, JSON, STREAM = "text/csv", "text/plain", "application/json", "text/event-stream"


@pytest.mark.parametrize(
    ("respond", "media_type", "schema", "noted"),
    [
        (lambda: StreamingResponse(ticks(), media_type=STREAM), STREAM, {}, "streams are read for 0.5 s"),
        (lambda: Response("data: tick\n\n", media_type=STREAM), STREAM, {}, ""),
        (lambda: Response("n\n" + "1\n" * 2001, media_type=CSV), CSV, ROW, "only 2,000 rows of CSV"),
        (lambda: Response("n\n" + "1\n" * 2000, media_type=CSV), CSV, ROW, ""),
        (lambda: Response("a" * 300_000, media_type=TEXT), TEXT, {"type": "string"}, "bodies over 256 KiB"),
        (lambda: Response("a" * 200_000, media_type=TEXT), TEXT, {"type": "string"}, ""),
    ],
)
def test_a_limit_that_was_reached_is_a_note(tmp_path, monkeypatch, respond, media_type, schema, noted):
    monkeypatch.setattr(response_body, "STREAM_S", 0.05)  # of each of some twenty responses
    notes = report_of(verdict_on(tmp_path, respond, media_type, schema)).notes
    found = [note for note in notes if "judged in part, such as of GET /it" in note]
    assert len(found) == bool(noted)
    assert all(noted in note for note in found)


def test_an_endless_stream_is_read_as_long_as_the_note_says():
    async def answer(_):
        return StreamingResponse(ticks(), media_type=STREAM)

    with running(Starlette(routes=[Route("/it", answer)])) as origin, Client() as client:
        started = time.monotonic()
        received = client.send(Sent("GET", f"{origin}/it", (), b""))
        assert 0.5 <= time.monotonic() - started < 3
    assert received.body.count(b"data: tick\n\n") > 1
    assert "0.5 s" in received.left_out


def test_no_item_of_a_list_is_left_out(tmp_path):
    """However long the list is."""
    items = [{"name": "a"}] * 180 + [{"name": "AKIA" + "Z7" * 8}]

    def respond():
        return Response(json.dumps(items), media_type=JSON)

    verdict = verdict_on(tmp_path, respond, JSON, {"type": "array", "items": {"type": "object"}})
    assert {failure.check.id for failure in verdict.evidence.errors} == {"no-secrets-in-success"}
    assert not any("in part" in note for note in report_of(verdict).notes)


@pytest.mark.parametrize(("count", "noted"), [(30, []), (100, ["up to 30% of the usual", "100 operations"])])
def test_fewer_cases_for_a_large_document_are_a_note(count, noted):
    notes = share_notes(count)
    assert len(notes) == bool(noted)
    assert all(part in notes[0] for part in noted)
