"""The document's own rules: compiled once, refused with their place, bounded, and true of the mock."""

import json
import subprocess
import sys
from types import SimpleNamespace

import cel
import httpx2
import pytest
import yaml

import signoff
from signoff.conformance.checks.conformance import checks_of
from signoff.contract.conformance_rules import values_of
from signoff.contract.errors import DocumentError
from tests.conftest import KNOWN, export_path


def document(*rules):
    responses = {"200": {"description": "fine"}}
    operation = {"operationId": "get", "responses": responses, "x-conformance": list(rules)}
    info = {"title": "t", "version": "1"}
    return {"openapi": "3.1.0", "info": info, "paths": {"/a": {"get": operation}}}


def loaded(tmp_path, *rules):
    path = tmp_path / "a.yaml"
    path.write_text(yaml.safe_dump(document(*rules), sort_keys=False))
    return signoff.load(path)


def rule(text, **more):
    return {"id": "a-rule", "rule": text, "message": "It holds.", **more}


def seen(status=200, body=None, asked=None, **more):
    found = {
        "method": "GET", "path": "/a", "parameters": {}, "request_headers": {}, "request_body": asked,
        "is_valid": True, "status": status, "response_headers": {}, "response_body": body,
        "received_at": "2026-01-15T09:30:00+00:00", "elapsed_ms": 3.0,
    }  # fmt: skip
    return values_of(**found | more)


def exchange_of(contract, body):
    return SimpleNamespace(
        operation=contract.operations[0],
        received=SimpleNamespace(fault="", body=b"[]", elapsed_s=0.0),
        status=200,
        values=seen(body=body),
    )


@pytest.mark.parametrize(
    ("text", "more", "exchange", "holds"),
    [
        ("response.status == 200", {}, {}, True),
        ("response.status == 200", {}, {"status": 404}, False),
        ("response.body.a == request.body.a", {}, {"body": {"a": 1}, "asked": {"a": 1}}, True),
        ("response.body.a == request.body.a", {}, {"body": {"a": 1}, "asked": {"a": 2}}, False),
        ("response.body.a == 1", {}, {"body": {"b": 1}}, None),
        ("response.body.a == 1", {"when": "response.status == 201"}, {"body": {"a": 2}}, None),
        ("has(response.body)", {}, {}, False),
        ("response.body", {}, {"body": "no truth value"}, None),
        ("json(response.body.text).n == 1", {}, {"body": {"text": '{"n": 1}'}}, True),
        ("json(response.body.text).n == 1", {}, {"body": {"text": "{"}}, None),
        ("csv(response.body.text)[1][0] == 'a,b'", {}, {"body": {"text": 'x\n"a,b"\n'}}, True),
        ("mediaType(response.body.t) == 'text/csv'", {}, {"body": {"t": "Text/CSV; charset=utf-8"}}, True),
        ("lower('A') == 'a'", {}, {}, True),
        ("timestamp(response.received_at) > timestamp('2026-01-01T00:00:00Z')", {}, {}, True),
        ("request.parameters.query.n == 1", {}, {"parameters": {("query", "n"): 1}}, True),
        ("response.body.all(x, x > 0)", {}, {"body": [1, 2]}, True),
    ],
)
def test_a_rule_holds_or_not_or_does_not_speak_of_it(tmp_path, text, more, exchange, holds):
    (found,) = loaded(tmp_path, rule(text, **more)).rules["get"]
    assert found.holds(seen(**exchange)) is holds


def test_several_rules_share_the_converted_values_of_an_exchange(tmp_path, monkeypatch):
    texts = ("response.status == 200", "response.body.a == 1", "json(response.body.text).n == 1")
    rules = [rule(text, when="response.status == 200") | {"id": f"rule-{i}"} for i, text in enumerate(texts)]
    contract = loaded(tmp_path, *rules)
    made, make = [], cel.Context
    monkeypatch.setattr(cel, "Context", lambda **given: made.append(given) or make(**given))
    values = seen(body={"a": 2, "text": '{"n": 1}'})
    assert [found.holds(values) for found in contract.rules["get"] * 2] == [True, False, True] * 2
    assert len(made) == 1


def test_a_rule_that_takes_too_many_steps_for_an_exchange_is_not_silent(tmp_path):
    """Neither held nor left out: the exchange is a finding that names the rule."""
    contract = loaded(tmp_path, rule("response.body.all(x, response.body . all (y, x + y > 0))"))
    exchange = exchange_of(contract, [1] * 5000)
    (check,) = checks_of(contract)["get"]
    assert check.applies(exchange)
    (fault,) = check.find(exchange)
    assert fault.message.startswith("The rule a-rule can't be evaluated: ")
    assert "takes more than 10,000,000 steps (--max-expression-steps" in fault.message
    assert fault.pointer == "/paths/~1a/get/x-conformance/0"
    exchange.values = seen(body=[1] * 50)
    assert check.applies(exchange)
    assert not list(check.find(exchange))


@pytest.mark.parametrize(
    ("entry", "says", "line"),
    [
        (rule("1 +"), "invalid CEL", 14),
        (rule("nobody.status == 200"), "unknown variable `nobody`", 14),
        (rule("explode(response.status)"), "unknown CEL function `explode`", 14),
        (rule("x" * 3000), "at most 2000", 14),
        (rule("['a']" + ".map(x, x + x)" * 30 + ".size() > 0"), "more than 10,000,000 steps", 14),
        (rule("request.path.matches('(a')"), r"`\(a` is not a regular expression", 14),
        (rule("true", when="1 +"), "invalid CEL", 16),
        ({"id": "a", "rule": "true"}, "missing `message`", 13),
        (rule("true") | {"id": "Not Kebab"}, "kebab case", 13),
        (rule("true", severity="high"), "unknown field `severity`", 13),
        ("response.status == 200", "must be a mapping", 13),
    ],
)
def test_what_is_no_rule_is_told_with_its_place(tmp_path, entry, says, line):
    with pytest.raises(DocumentError, match=says) as caught:
        loaded(tmp_path, entry)
    assert caught.value.location.line == line


def test_two_rules_of_one_id_are_refused(tmp_path):
    with pytest.raises(DocumentError, match="duplicate rule id"):
        loaded(tmp_path, rule("true"), rule("false"))


@pytest.mark.parametrize("asked", [{}, {"format": "csv"}, {"format": "json"}])
def test_the_mock_keeps_the_rules_of_the_reports_contract(contract, mock_origin, asked):
    answer = httpx2.post(mock_origin + export_path(KNOWN), json=asked)
    values = seen(answer.status_code, json.loads(answer.content), asked)
    outcomes = {found.id: found.holds(values) for found in contract.rules["export_saved_report"]}
    assert False not in outcomes.values()
    assert outcomes["export-format-as-asked"] is True


def test_a_rule_that_does_not_speak_of_an_answer_says_nothing(tmp_path):
    """The library's own warnings would stand on the user's screen where nobody set up logging."""
    path = tmp_path / "a.yaml"
    path.write_text(yaml.safe_dump(document(rule("json(response.body).a == 1"))))
    code = (
        "import signoff, sys; contract = signoff.load(sys.argv[1]);"
        "(rules,) = contract.rules.values();"
        "print(rules[0].holds({'request': {}, 'response': {'body': '{'}}))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("None\n", "")
