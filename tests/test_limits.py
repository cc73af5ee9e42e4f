"""What reports that a limit is exceeded names the place and the option, and the option raises the limit."""

import json

import httpx2
import pytest

import signoff
from signoff.cli import COMMANDS, main
from signoff.conformance.checks.conformance import checks_of
from signoff.conformance.expansion import Expansion
from signoff.contract import Direction, DocumentError
from signoff.contract.limits import (
    ALL,
    BODY_VALUES,
    COMBINATIONS,
    EXPRESSION,
    FUZZED_PARTS,
    FUZZED_PROPERTIES,
    GENERATOR,
    PARTS,
    RULE,
    TRIES,
    VALIDATION,
    Limits,
)
from signoff.generate import CannotGenerateError, Generator
from signoff.mock import create_app
from signoff.mock.exchange import Request
from signoff.mock.rules import load_rules
from signoff.mock.rules.book import RuleBook
from signoff.review.changes import compare
from tests.conftest import running
from tests.contract.test_conformance_rules import exchange_of, rule

AT_BODY = "/paths/~1a/post/requestBody/content/application~1json/schema"


def contract_of(folder, schema, limits, examples=(), **operation):
    named = {f"e{number}": {"value": value} for number, value in enumerate(examples)}
    content = {"application/json": {"schema": schema, "examples": named}}
    post = {
        "operationId": "send",
        "requestBody": {"required": True, "content": content},
        "responses": {"200": {"description": "OK"}},
        **operation,
    }
    path = folder / "openapi.json"
    path.write_text(
        json.dumps(
            {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {"/a": {"post": post}}}
        )
    )
    return signoff.load(path, limits=limits)


def generated(folder, limits):
    items = {"type": "array", "minItems": 20, "items": {"type": "string"}}
    contract = contract_of(folder, items, limits)
    schema = contract.operations[0].json_body.schema
    try:
        Generator(contract.schemas, 1).generate(schema, Direction.REQUEST, "x")
    except CannotGenerateError as error:
        yield str(error), str(error)


def own_rules(folder, limits):
    own = rule("response.body.all(x, response.body.all(y, x + y > 0))")
    contract = contract_of(folder, {}, limits, **{"x-conformance": [own]})
    (check,) = checks_of(contract)["send"]
    for fault in check.find(exchange_of(contract, [1] * 9)):
        yield fault.pointer, fault.message


def rules_of_the_mock(folder, limits):
    file = folder / "mock.yaml"
    file.write_text('rules: [{operation: send, id: costly, when: "request.body.all(x, x > 0)", delay: 1}]')
    contract = contract_of(folder, {"type": "array", "items": {"type": "integer"}}, limits)
    request = Request("/a", {}, "", {"content-type": "application/json"}, b"[1, 2, 3, 4, 5, 6, 7, 8, 9]")
    decision = RuleBook(load_rules(file, [contract])).decide(contract.operations[0], request, "")
    if decision.failure:
        yield decision.rule, decision.failure


def compared(folder, limits, make, examples=()):
    before, after = (contract_of(folder, make(most), limits, examples) for most in (1_000, 5))
    for change in compare(before, after):
        if change.verdict.value == "needs-review":
            yield change.after.pointer, change.reason


def combinations(folder, limits):
    schema = {"properties": {"x": {"allOf": [{"type": "integer"}, {"minimum": 0}]}}}
    return compared(
        folder, limits, lambda most: {"allOf": [schema, {"properties": {"x": {"maximum": most}}}]}
    )


def tries(folder, limits):
    """Only values up to 100 can show that 5 is the maximum, and no example is one."""

    def make(most):
        limited = {"properties": {"x": {"type": "integer", "maximum": most}}, "required": ["x"]}
        unless = {"properties": {"x": {"minimum": 101}}}
        return {"type": "object", "anyOf": [limited, {"required": ["y"]}], "not": unless}

    return compared(folder, limits, make, [{"x": 1_000, "y": number} for number in range(900)])


def documents(folder, limits):
    try:
        contract_of(folder, {"properties": {"a": {}, "b": {}}}, limits)
    except DocumentError as error:
        yield str(error.location), error.message


def validation(folder, limits):
    contract = contract_of(folder, {"allOf": [{"minimum": 1}, {"maximum": 5}]}, limits)
    try:
        contract.schemas.compile(Direction.REQUEST)
    except DocumentError as error:
        yield str(error.location), error.message


def fuzzed(folder, limits):
    schema = {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}}}
    contract = contract_of(folder, schema, limits)
    reason = Expansion(contract).too_large(contract.operations[0])
    if reason:
        yield contract.operations[0].id, reason


def bodies(folder, limits):
    contract = contract_of(folder, {"type": "array"}, limits)
    with running(create_app(contract)) as origin:
        response = httpx2.post(f"{origin}/a", json=[1, "2, 3, 4, 5, 6, 7", [8]])
    if response.status_code == 413:
        yield response.json()["instance"], response.json()["detail"]


@pytest.mark.parametrize(
    ("limit", "low", "found", "place"),
    [
        (PARTS, 1, documents, "openapi.json:1:"),
        (VALIDATION, 2, validation, "openapi.json:1:"),
        (GENERATOR, 10, generated, AT_BODY),
        (EXPRESSION, 300, own_rules, "/paths/~1a/post/x-conformance/0"),
        (RULE, 50, rules_of_the_mock, "costly"),
        (COMBINATIONS, 0, combinations, f"{AT_BODY}/allOf"),
        (TRIES, 0, tries, f"{AT_BODY}/anyOf/0/properties/x/maximum"),
        (BODY_VALUES, 3, bodies, "/a"),
        (FUZZED_PARTS, 5, fuzzed, "send"),
        (FUZZED_PROPERTIES, 1, fuzzed, "send"),
    ],
    ids=[limit.name for limit in ALL],
)
def test_the_message_names_the_place_and_the_option_that_raises_the_limit(tmp_path, limit, low, found, place):
    ((at, message),) = found(tmp_path, Limits({limit.name: low}))
    assert place in at
    assert f"more than {low:,} {limit.unit} ({limit.option} raises the limit)" in message
    assert not list(found(tmp_path, Limits()))


def test_each_limit_has_an_option_that_starts_at_its_default_and_ends():
    options = {
        option.opts[0]: option
        for name in COMMANDS
        for option in main.get_command(None, name).params
        if option.opts
    }
    for limit in ALL:
        option = options[limit.option]
        assert (option.default, option.type.min, option.type.max) == (limit.value, limit.value, limit.most)


def test_a_limit_at_its_most_is_reported_as_such():
    raised = Limits({GENERATOR.name: GENERATOR.most}).of(GENERATOR)
    assert raised.exceeded == "more than 3,000,000 steps (the most that --max-generator-steps allows)"
