"""Bodies of every media type are sent and judged; a server is correct, or has the fault that is named."""

import asyncio
import datetime as dt
import json
from urllib.parse import parse_qsl

import pytest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

import signoff
from signoff.conformance import Options, TargetData, response_body, run
from signoff.conformance.body_files import with_files
from signoff.conformance.known_values import OperationData
from signoff.conformance.target_data import load_data
from signoff.contract import DataError
from signoff.reporting.model import State
from tests.conformance import shop
from tests.conftest import running

QUICK = Options(no_fuzzing=True)
OPEN = {"security": []}


def failures(verdict):
    return sorted({failure.check.id for failure in verdict.evidence.errors})


def contract_of(folder, version="3.1.0", **operation):
    path, method = operation.pop("path"), operation.pop("method")
    return shop.load(
        folder, openapi=version, paths={path: {method: {"operationId": "it", **OPEN, **operation}}}
    )


def contents(**offers):
    return {"200": {"description": "Fine", "content": {k.replace("__", "/"): v for k, v in offers.items()}}}


def answering(response, path="/it"):
    async def answer(_):
        return response()

    return Starlette(routes=[Route(path, answer, methods=["GET"])])


# Responses

INTEGERS = {"type": "array", "items": {"type": "integer"}}
PRICES = {"itemSchema": {"type": "object", "required": ["data"], "properties": {
    "event": {"enum": ["price", "halt"]},
    "data": {"type": "string", "contentMediaType": "application/json",
             "contentSchema": {"required": ["cents"], "properties": {"cents": {"type": "integer"}}}},
}}}  # fmt: skip


@pytest.mark.parametrize(
    ("events", "is_endless", "found"),
    [
        ("event: price\ndata: {}\n\n".format('{"cents": 4}'), True, []),
        ("event: price\ndata: {}\n\n".format('{"cents": 4}'), False, []),
        ("event: rumour\ndata: {}\n\n".format('{"cents": 4}'), False, ["response-schema"]),
        ("event: price\ndata: {}\n\n".format('{"cents": 4.5}'), True, ["response-schema"]),
        ("event: price\ndata: many\n\n", False, ["response-schema"]),
        (": nothing yet\n\n", True, []),
    ],
)
def test_a_stream_of_events_is_judged_event_by_event(tmp_path, monkeypatch, events, is_endless, found):
    monkeypatch.setattr(response_body, "STREAM_S", 0.05)  # of each of some twenty responses
    contract = contract_of(
        tmp_path,
        "3.2.0",
        path="/it",
        method="get",
        responses={"200": {"description": ".", "content": {"text/event-stream": PRICES}}},
    )

    async def stream():
        yield events
        while is_endless:
            await asyncio.sleep(0.01)
            yield events

    with running(answering(lambda: StreamingResponse(stream(), media_type="text/event-stream"))) as origin:
        verdict = run(origin, contract, options=QUICK)
    assert failures(verdict) == found
    assert verdict.complete
    clause = verdict.evidence.clauses["it/responses/200/text/event-stream"]
    is_empty = events.startswith(":")
    assert clause.state is (State.NOT_COVERED if is_empty else State.VIOLATED if found else State.VERIFIED)


@pytest.mark.parametrize(
    ("media_type", "schema", "body", "state"),
    [
        ("text/plain", {"enum": ["open", "shut"]}, b"open\n", State.VERIFIED),
        ("text/plain", {"enum": ["open", "shut"]}, b"ajar", State.VIOLATED),
        ("application/jsonl", {"required": ["n"], "type": "object"}, b'{"n": 1}\n{"n": 2}', State.VERIFIED),
        ("application/jsonl", {"required": ["n"], "type": "object"}, b'{"n": 1}\n{"m": 2}\n', State.VIOLATED),
        ("application/json-seq", INTEGERS, b"\x1e1\n\x1e2\n", State.VERIFIED),
        ("application/json-seq", INTEGERS, b"\x1e1\n\x1ea\n", State.VIOLATED),
        ("application/xml", {"properties": {"n": {"type": "integer"}}}, b"<it><n>1</n></it>", State.VERIFIED),
        ("application/xml", {"properties": {"n": {"type": "integer"}}}, b"<it><n>x</n></it>", State.VIOLATED),
        ("application/x-www-form-urlencoded", {"required": ["a"], "type": "object"}, b"a=1", State.VERIFIED),
        ("application/x-www-form-urlencoded", {"required": ["a"], "type": "object"}, b"b=1", State.VIOLATED),
        ("text/csv", {"type": "array", "items": {"required": ["a"]}}, b"a,b\r\n1,2\r\n", State.VERIFIED),
        ("text/csv", {"type": "array", "items": {"required": ["a"]}}, b"c,b\r\n1,2\r\n", State.VIOLATED),
        ("application/cbor", {"type": "object"}, b"\xa0", State.NOT_COVERED),
        ("application/pdf", {"type": "string", "format": "binary"}, b"%PDF\xff", State.VERIFIED),
    ],
)  # fmt: skip
def test_each_media_type_is_judged_by_its_schema_or_says_that_it_is_not(
    tmp_path, media_type, schema, body, state
):
    responses = {"200": {"description": ".", "content": {media_type: {"schema": schema}}}}
    contract = contract_of(tmp_path, path="/it", method="get", responses=responses)
    with running(answering(lambda: Response(body, headers={"Content-Type": media_type}))) as origin:
        verdict = run(origin, contract, options=QUICK)
    clause = verdict.evidence.clauses[f"it/responses/200/{media_type}"]
    assert clause.state is state
    if state is State.NOT_COVERED:
        assert clause.reason == f"{media_type} can't be validated with a schema of this type"


@pytest.mark.parametrize(
    ("text", "schema", "is_right"),
    [
        ("3,4", {"type": "array", "items": {"type": "integer"}}, True),
        ("3,x", {"type": "array", "items": {"type": "integer"}}, False),
        ("low,2,high,9", {"type": "object", "properties": {"high": {"type": "integer"}}}, True),
        ("low,2,high,top", {"type": "object", "properties": {"high": {"type": "integer"}}}, False),
        ("low,2,high", {"type": "object", "properties": {"high": {"type": "integer"}}}, False),
        ("017", {"type": "string", "pattern": "^[0-9]+$"}, True),
    ],
)
def test_headers_are_read_in_style_simple(tmp_path, text, schema, is_right):
    responses = {"200": {"description": ".", "headers": {"X-Range": {"schema": schema}}}}
    contract = contract_of(tmp_path, path="/it", method="get", responses=responses)
    with running(answering(lambda: Response(headers={"X-Range": text}))) as origin:
        verdict = run(origin, contract, options=QUICK)
    assert failures(verdict) == ([] if is_right else ["response-headers"])


# Forms

UPLOAD = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["title", "scan"],
                "properties": {
                    "title": {"type": "string", "minLength": 2, "maxLength": 20},
                    "pages": {"type": "integer", "minimum": 1},
                    "scan": {"type": "string", "format": "binary"},
                },
            },
            "encoding": {"scan": {"contentType": "image/tiff"}},
        }
    },
}


def archive(flaw):
    """Takes a scan with its title, or with one fault."""

    async def add(request: Request):
        kind = request.headers.get("content-type", "").partition(";")[0].lower()
        if kind != "multipart/form-data" and not (flaw == "urlencoded" and "urlencoded" in kind):
            return Response(status_code=415)
        try:
            async with request.form() as form:
                return Response(status_code=204 if is_kept(form, kind) else 400)
        except HTTPException:
            return Response(status_code=400)

    def is_kept(form, kind):
        title, scan, pages = form.get("title"), form.get("scan"), form.get("pages", "1")
        is_file = hasattr(scan, "filename") or flaw == "no-scan" or "urlencoded" in kind
        is_titled = isinstance(title, str) and len(title) >= 2 and (len(title) <= 20 or flaw == "long-title")
        is_paged = flaw == "any-pages" or (isinstance(pages, str) and pages.isdecimal() and int(pages) >= 1)
        return (is_file and is_titled and is_paged) or flaw == "anything"

    return Starlette(routes=[Route("/scans", add, methods=["POST"])])


@pytest.mark.parametrize(
    ("flaw", "found"),
    [
        ("", []),
        ("no-scan", ["request-rejected"]),
        ("long-title", ["request-rejected"]),
        ("any-pages", ["request-rejected"]),
        ("anything", ["request-rejected"]),
        ("urlencoded", ["unsupported-media-415"]),
    ],
)
def test_forms_have_negatives_of_their_own(tmp_path, flaw, found):
    responses = {
        "204": {"description": "Kept"},
        "400": {"description": "Bad"},
        "415": {"description": "No form"},
    }
    contract = contract_of(tmp_path, path="/scans", method="post", requestBody=UPLOAD, responses=responses)
    with running(archive(flaw)) as origin:
        verdict = run(origin, contract, options=QUICK)
    assert failures(verdict) == found
    if not flaw:
        clauses = verdict.evidence.clauses
        expected = (
            "scan/required",
            "title/required",
            "title/minLength",
            "title/maxLength",
            "pages/minimum",
            "pages/type",
        )
        assert {name: clauses[f"it/body/{name}"].state for name in expected} == dict.fromkeys(
            expected, State.VERIFIED
        )
        assert "it/body/title/type" not in clauses  # every field of a form is text


def test_bodies_of_the_data_file_are_written_as_a_form_with_their_files(tmp_path):
    (tmp_path / "scans").mkdir()
    (tmp_path / "scans" / "one.tiff").write_bytes(b"II*\x00\xff\xfe")
    data = tmp_path / "data.yaml"
    data.write_text(
        "operations: {it: {bodies: [{title: Deed, scan: {$file: scans/one.tiff}},"
        " {title: Will, scan: {$base64: /w==}}]}}"
    )
    seen = []

    async def add(request):
        if "boundary=" not in request.headers.get("content-type", ""):
            return Response(status_code=400)
        async with request.form() as form:
            scan = form.get("scan")
            seen.append(await scan.read() if hasattr(scan, "read") else None)
        return Response(status_code=204 if seen[-1] in (b"II*\x00\xff\xfe", b"\xff") else 400)

    responses = {
        "204": {"description": "Kept"},
        "400": {"description": "Bad"},
        "415": {"description": "No form"},
    }
    contract = contract_of(tmp_path, path="/scans", method="post", requestBody=UPLOAD, responses=responses)
    with running(Starlette(routes=[Route("/scans", add, methods=["POST"])])) as origin:
        verdict = run(origin, contract, load_data(data), QUICK)
    assert {b"II*\x00\xff\xfe", b"\xff"} <= set(seen)
    assert "request-accepted" not in failures(verdict)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("../secret", "not below the data file's folder"),
        ("missing", "cannot read"),
        ("/etc/hostname", "not below"),
    ],
)
def test_files_are_below_the_folder_of_the_data_file(tmp_path, name, message):
    (tmp_path / "in").mkdir()
    (tmp_path / "secret").write_text("no")
    data = tmp_path / "in" / "data.yaml"
    data.write_text(json.dumps({"operations": {"it": {"bodies": [{"scan": {"$file": name}}]}}}))
    with pytest.raises(DataError, match=message) as error:
        load_data(data)
    assert error.value.location.line == 1


def test_an_object_with_more_than_the_file_is_an_object():
    assert with_files({"$file": "a", "b": 1}, "/data.yaml") == {"$file": "a", "b": 1}


# Bodies

ORDER = {
    "type": "object",
    "required": ["id", "amount", "valid_until"],
    "properties": {
        "id": {"type": "string", "readOnly": True},
        "amount": {"type": "integer", "minimum": 1},
        "valid_until": {"type": "string", "format": "date"},
        "note": {"type": "string", "maxLength": 200},
        "format": {"enum": ["csv", "json"]},
        "network": {"type": "string", "format": "cidr"},
    },
}
JUST = {"201": {"description": "Made"}, "400": {"description": "Bad"}, "415": {"description": "Not JSON"}}


def orders(flaw, seen):
    async def add(request):
        seen.append((dict(request.headers), body := await request.body()))
        if request.headers.get("content-type", "").partition(";")[0].lower() != "application/json":
            return Response(status_code=415)
        try:
            order = json.loads(body)
        except (ValueError, RecursionError):
            order = None
        return (
            Response(status_code=201 if is_right(order) else 400) if flaw != "overflow" else overflow(order)
        )

    def overflow(order):
        amount = order.get("amount") if isinstance(order, dict) else None
        is_huge = isinstance(amount, int) and amount > 2**64
        return Response(status_code=500 if is_huge else 201 if is_right(order) else 400)

    def is_right(order):
        try:
            until = dt.date.fromisoformat(order["valid_until"])
            amount, note = order["amount"], order.get("note", "")
            formats = ("csv", "json", "xml") if flaw == "xml" else ("csv", "json")
            return (
                until.year > 2030
                and not isinstance(amount, bool)
                and amount == int(amount)
                and 1 <= amount < 2**53
                and isinstance(note, str)
                and len(note) <= 200
                and order.get("format", "csv") in formats
                and ("id" in order) is (flaw == "wants-id")
                and "/" in order.get("network", "/")
                and not (flaw == "no-note" and "note" in order)
                and not (flaw == "no-extras" and set(order) - set(ORDER["properties"]))
            )
        except (TypeError, ValueError, KeyError, AttributeError, OverflowError):
            return False

    return Starlette(routes=[Route("/orders", add, methods=["POST"])])


def run_orders(folder, flaw="", schema=ORDER, data=None, **operation):
    seen = []
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    contract = contract_of(
        folder, path="/orders", method="post", requestBody=body, responses=JUST, **operation
    )
    with running(orders(flaw, seen)) as origin:
        return run(origin, contract, data, QUICK), seen


@pytest.mark.parametrize(
    ("flaw", "schema", "found"),
    [
        ("", {}, []),
        ("overflow", {}, ["server-error-never"]),
        ("xml", {}, ["request-rejected"]),
        ("wants-id", {}, ["request-accepted"]),
        ("no-extras", {}, []),
        ("no-extras", {"additionalProperties": True}, ["request-accepted"]),
        ("", {"additionalProperties": True}, []),
        ("", {"additionalProperties": False}, ["request-rejected"]),
        ("no-extras", {"additionalProperties": False}, []),
    ],
)
def test_generated_bodies_are_fair_and_their_breaches_complete(tmp_path, flaw, schema, found):
    verdict, _ = run_orders(tmp_path, flaw, {**ORDER, **schema})
    assert failures(verdict) == found
    if not flaw:
        assert verdict.evidence.clauses["it/body/amount/minimum"].state is State.VERIFIED


def test_properties_without_type_are_an_object(tmp_path):
    untyped = {name: value for name, value in ORDER.items() if name != "type"}
    verdict, _ = run_orders(tmp_path, schema=untyped)
    assert failures(verdict) == []
    assert verdict.evidence.clauses["it/body/amount/minimum"].state is State.VERIFIED


def test_a_rejected_base_request_is_tried_with_the_next_candidate(tmp_path):
    """The generated body has the network, of a format that nobody knows, and is rejected for it."""
    verdict, seen = run_orders(tmp_path)
    first, *others = [json.loads(body) for _, body in seen[:3]]
    assert "network" in first
    assert any("network" not in body for body in others)
    assert verdict.evidence.contrast.has_succeeded(verdict.contract.operations[0])


def test_no_variation_of_a_rejected_base_is_judged(tmp_path):
    async def reject(_):
        return Response(status_code=400)

    body = {"required": True, "content": {"application/json": {"schema": ORDER}}}
    contract = contract_of(tmp_path, path="/orders", method="post", requestBody=body, responses=JUST)
    with running(Starlette(routes=[Route("/orders", reject, methods=["POST"])])) as origin:
        verdict = run(origin, contract, options=QUICK)
    assert failures(verdict) == []
    assert "add a body that succeeds under `operations.it.bodies`" in verdict.setup_problem


@pytest.mark.parametrize("by_name", [True, False])
def test_every_request_has_a_fresh_key(tmp_path, by_name):
    parameters = [{"name": "Idempotency-Key", "in": "header", "required": True, "schema": {"type": "string"}}]
    path = tmp_path / "data.yaml"
    path.write_text("operations: {it: {headers: {X-Nonce: {fresh: true}}}}")
    data = TargetData() if by_name else load_data(path)
    _, seen = run_orders(tmp_path, data=data, **({"parameters": parameters} if by_name else {}))
    name = "idempotency-key" if by_name else "x-nonce"
    keys = [headers[name] for headers, _ in seen if len(headers.get(name, "")) == 36]
    assert len(keys) > 60
    assert len(keys) == len(set(keys))


def test_each_documented_request_media_type_is_sent(tmp_path):
    schema = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer", "maximum": 5}}}
    content = {
        name: {"schema": schema}
        for name in ("application/json", "application/x-www-form-urlencoded", "application/xml")
    }
    contract = contract_of(
        tmp_path,
        path="/it",
        method="post",
        requestBody={"required": True, "content": content},
        responses=JUST,
    )

    async def add(request):
        body, kind = await request.body(), request.headers.get("content-type", "").partition(";")[0].lower()
        if kind not in content:
            return Response(status_code=415)
        if kind == "application/xml":
            return Response(status_code=201)  # the fault
        try:
            n = (
                json.loads(body)["n"]
                if kind == "application/json"
                else int(dict(parse_qsl(body.decode()))["n"])
            )
            return Response(status_code=201 if not isinstance(n, bool) and n == int(n) and n <= 5 else 400)
        except (ValueError, TypeError, KeyError, RecursionError, OverflowError):
            return Response(status_code=400)

    with running(Starlette(routes=[Route("/it", add, methods=["POST"])])) as origin:
        verdict = run(origin, contract, options=QUICK)
    assert failures(verdict) == ["request-rejected"]
    types = {failure.exchange.sent.header("content-type") for failure in verdict.evidence.errors}
    assert types == {"application/xml"}


def test_each_documented_response_media_type_is_asked_for(tmp_path):
    offers = {
        name: {"schema": {"type": "object"}}
        for name in ("application/json", "application/xml", "application/yaml")
    }
    contract = contract_of(
        tmp_path, path="/it", method="get", responses={"200": {"description": ".", "content": offers}}
    )
    asked = set()

    async def show(request):
        asked.add(accept := request.headers.get("accept"))
        if accept == "application/yaml":
            return PlainTextResponse("- 1", media_type="application/yaml")  # the fault
        return JSONResponse({})

    with running(Starlette(routes=[Route("/it", show)])) as origin:
        verdict = run(origin, contract, options=QUICK)
    assert {"application/xml", "application/yaml"} <= asked
    assert failures(verdict) == ["response-schema"]


def test_a_format_that_nobody_knows_excuses_a_rejection(tmp_path):
    """Without examples the tool cannot know a network; with one, its rejection is a failure."""
    for example, found in ((None, []), ("10.0.0.0/8", ["request-accepted"])):
        parameter = {
            "name": "net",
            "in": "query",
            "required": True,
            "schema": {"type": "string", "format": "cidr"},
        }
        parameter |= {"example": example} if example else {}
        contract = contract_of(
            tmp_path, path="/it", method="get", parameters=[parameter],
            responses={"200": {"description": "."}, "400": {"description": "Bad"}},
        )  # fmt: skip
        with running(answering(lambda: Response(status_code=400))) as origin:
            verdict = run(origin, contract, options=QUICK)
        assert failures(verdict) == found


def test_bodies_given_by_program_may_hold_any_value(tmp_path):
    data = TargetData(operations={"it": OperationData(bodies=({"amount": 3, "valid_until": "2040-02-03"},))})
    verdict, seen = run_orders(tmp_path, data=data)
    assert json.loads(seen[0][1]) == {"amount": 3, "valid_until": "2040-02-03"}
    assert failures(verdict) == []
    assert isinstance(verdict.contract, signoff.Contract)
