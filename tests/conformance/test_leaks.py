"""What a response gives away: write-only and undeclared properties, and secrets."""

import json

import pytest

import signoff
from signoff.conformance.checks import KIT
from signoff.conformance.evidence import Evidence
from signoff.conformance.exchange import Received, Sent
from signoff.conformance.judge import Judge
from signoff.conformance.options import Options

HIDDEN = {"type": "string", "writeOnly": True}
PIN = {"type": "object", "properties": {"pin": HIDDEN, "label": {"type": "string"}}}
SHOWN = {"type": "object", "properties": {"pin": {"type": "string"}}}


def found(tmp_path, check, schema, value, *, status=200, sent=b""):
    described = {"description": "x", "content": {"application/json": {"schema": schema}}}
    paths = {"/cards": {"post": {"operationId": "add", "responses": {str(status): described}}}}
    file = tmp_path / "cards.json"
    document = {"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": paths}
    file.write_text(json.dumps({**document, "components": {"schemas": {"Pin": PIN}}}))
    contract = signoff.load(file)
    judge = Judge(contract, "", Evidence(contract))
    body = json.dumps(value).encode()
    received = Received(status, (("Content-Type", "application/json"),), body, 0.01)
    request = Sent("POST", "http://127.0.0.1:1/cards", (), sent)
    exchange = judge.exchange(request, received, subject=contract.operations[0], intent="positive")
    judge.judge(exchange)
    failures = [*judge.evidence.errors, *judge.evidence.warnings]
    return [failure.fault for failure in failures if failure.check.id == check]


@pytest.mark.parametrize(
    ("schema", "value", "place"),
    [
        (PIN, {"pin": "1"}, "/pin"),
        (PIN, {"label": "a"}, ""),
        ({"$ref": "#/components/schemas/Pin"}, {"pin": "1"}, "/pin"),
        ({"type": "array", "items": PIN}, [{"label": "a"}, {"pin": None}], "/*/pin"),
        ({"allOf": [PIN, {"properties": {"z": {"type": "string"}}}]}, {"z": "a", "pin": "1"}, "/pin"),
        ({"properties": {"card": PIN}}, {"card": {"pin": "1"}}, "/card/pin"),
        ({"oneOf": [{**PIN, "required": ["label"]}, SHOWN]}, {"pin": "1"}, ""),  # the other one shows it
    ],
)
def test_write_only_properties(tmp_path, schema, value, place):
    faults = found(tmp_path, "write-only-hidden", schema, value)
    assert [fault.actual for fault in faults] == ([place] if place else [])


@pytest.mark.parametrize(
    ("schema", "value", "fires"),
    [
        (SHOWN, {"pin": "1", "owner": "x"}, True),
        (SHOWN, {"pin": "1"}, False),
        ({**SHOWN, "additionalProperties": True}, {"owner": "x"}, False),
        ({**SHOWN, "patternProperties": {"^o": {}}}, {"owner": "x"}, False),
        ({"type": "object"}, {"owner": "x"}, False),
        ({"anyOf": [SHOWN, {"type": "object"}]}, {"owner": "x"}, False),
        ({"anyOf": [SHOWN, {"properties": {"owner": {}}}]}, {"owner": "x"}, False),
        ({"allOf": [SHOWN, {"required": ["owner"]}]}, {"owner": "x"}, True),
        ({"properties": {"cards": {"type": "array", "items": SHOWN}}}, {"cards": [{"owner": 1}]}, True),
    ],
)
def test_undeclared_properties(tmp_path, schema, value, fires):
    assert bool(found(tmp_path, "undeclared-members", schema, value)) is fires


def test_undeclared_properties_are_errors_where_responses_must_be_closed():
    raised = Options(require="closed-responses").raised().checks.checks["undeclared-members"]
    assert raised.severity.value == "error"
    assert KIT.checks["undeclared-members"].severity.value == "warning"
    assert Options().raised().checks is KIT


STRIPE = "sk_live_" + "4eC39HqLyjWD" * 2


@pytest.mark.parametrize(
    ("value", "fires"),
    [
        ({"note": STRIPE}, True),
        ({"note": ["x", {"deep": "ghp_" + "a1B2" * 9}]}, True),
        ({"note": "Traceback (most recent call last):\n  File"}, True),
        ({"note": "SELECT id, name FROM users WHERE id = 1"}, True),
        ({"note": "$2b$12$" + "abcdefghijkl" * 4}, True),
        ({"note": "postgres://admin:hunter2@db.example/prod"}, True),
        ({"api_key": STRIPE}, True),  # not declared, so nobody expects it
        ({"token": STRIPE}, False),  # declared
        ({"note": "Select one from the list where it fits."}, False),
        ({"note": "https://shop.example/orders?key=1"}, False),
        ({"note": "sk_live_"}, False),
    ],
)
def test_secrets_in_successful_responses(tmp_path, value, fires):
    schema = {"properties": {"note": {}, "token": {"type": "string"}}, "additionalProperties": True}
    assert bool(found(tmp_path, "no-secrets-in-success", schema, value)) is fires


def test_what_the_request_sent_is_not_a_leak(tmp_path):
    value = {"note": STRIPE}
    assert found(tmp_path, "no-secrets-in-success", {}, value, sent=json.dumps(value).encode()) == []
    assert found(tmp_path, "no-secrets-in-success", {}, value, status=404) == []
