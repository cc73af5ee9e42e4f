"""Expressions of rules that may work are never rejected; tests of rule files show those that are."""

import json
import time
from pathlib import Path

import pytest
import yaml

import signoff
from signoff.contract import Direction
from signoff.contract.expressions import Expression
from signoff.generate import Generator
from signoff.mock.rules.conditions import check_expression
from signoff.mock.rules.targets import RuleError
from signoff.mock.rules.templates import VARIABLES

TEXT = {"type": "string"}
DOCUMENTS = Path(__file__).parents[2] / "documents"


def operations(tmp_path, body, components=None):
    """A GET with the query parameter `q` and a POST with a body, on one path."""
    ok = {"responses": {"200": {"description": "ok"}}}
    query = {"name": "q", "in": "query", "schema": TEXT}
    content = {"application/json": {"schema": body}}
    item = {"get": {**ok, "parameters": [query]}, "post": {**ok, "requestBody": {"content": content}}}
    document = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {"/x": item}}
    file = tmp_path / "openapi.yaml"
    file.write_text(yaml.safe_dump({**document, "components": {"schemas": components or {}}}))
    return signoff.load(file).operations


def check(source, found):
    check_expression(Expression.compiled(source, VARIABLES), found, "/when")


@pytest.mark.parametrize(
    "source",
    [
        "request.method == 'GET' && request.parameters.query.q == 'x' || request.body.name == 'y'",
        "request.method == 'GET' ? request.parameters.query.q == 'x' : request.body.name == 'y'",
        "!has(request.body) && request.parameters.query.q == 'x'",
        "request.path.contains('request.body') && request.parameters.query.q == 'x'",
        "request.body.status != 'c'",
        "!(request.body.status == 'z')",
        "request.body.items.all(i, i.nothing == 3)",
        "(request.body.status == 'z') == (request.body.status == 'y')",
        "has(request.body.nme) && request.body.nme == 'x'",
        "request.body.other == 'x'",
    ],
)
def test_what_may_be_true_is_accepted(tmp_path, source):
    status = {"type": "string", "enum": ["a", "b"]}
    properties = {"name": TEXT, "status": status, "items": {"type": "array", "items": TEXT}}
    check(source, operations(tmp_path, {"type": "object", "properties": properties}))


@pytest.mark.parametrize(
    ("more", "source"),
    [
        ({"additionalProperties": {}}, "request.body.namee == 'x'"),
        ({"unevaluatedProperties": {}}, "request.body.namee == 'x'"),
        ({"minProperties": 2}, "request.body.namee == 'x'"),
        ({"required": ["namee"]}, "request.body.namee == 'x'"),
        ({"dependentSchemas": {"name": {"properties": {"namee": TEXT}}}}, "request.body.namee == 'x'"),
        ({"if": {"properties": {"namee": {"const": "1"}}}}, "request.body.namee == '1'"),
        ({"oneOf": [{"properties": {"name": TEXT}}, {"additionalProperties": {}}]}, "request.body.name == 5"),
        ({"discriminator": {"propertyName": "name"}}, "request.body.names == 'x'"),
        (
            {"properties": {"p": {"type": "array", "prefixItems": [TEXT], "items": {"type": "integer"}}}},
            "request.body.p[0] == 'x'",
        ),
    ],
)
def test_what_a_schema_allows_is_accepted(tmp_path, more, source):
    check(source, operations(tmp_path, {"type": "object", "properties": {"name": TEXT}, **more}))


@pytest.mark.parametrize(
    ("source", "hint"),
    [
        ("request.body.nme == 'x'", "Did you mean `name`?"),
        (
            "request.parameters.query.qq == 'x' && request.body.name == 'y'",
            "Use one that the document defines.",
        ),
        ("request.body.name.size() > 1 && request.headers['X-A'] != ''", "Use 'x-a'."),
    ],
)
def test_what_fails_for_each_operation_is_rejected(tmp_path, source, hint):
    found = operations(tmp_path, {"type": "object", "properties": {"name": TEXT}})
    with pytest.raises(RuleError) as caught:
        check(source, found)
    assert caught.value.suggestion == hint


def test_the_time_does_not_grow_with_the_depth(tmp_path):
    branch = {"properties": {"left": {"$ref": "#/components/schemas/N"}}}
    found = operations(tmp_path, {"$ref": "#/components/schemas/N"}, {"N": {"oneOf": [branch] * 10}})
    started = time.process_time()
    check("request.body" + ".left" * 12 + ".k == 'x'", found)
    assert time.process_time() - started < 5  # a tenfold of each step before


def _equations(value, path):
    """Conditions that are true for a value: each text and number in it equals itself."""
    if isinstance(value, dict):
        for name, held in value.items():
            yield from _equations(held, f"{path}[{json.dumps(name)}]")
    elif isinstance(value, list) and value:
        yield from _equations(value[0], f"{path}[0]")
    elif isinstance(value, str | int) and not isinstance(value, bool):
        yield f"{path} == {json.dumps(value)}"


@pytest.mark.parametrize("document", ["museum.yaml", "petstore-3.yaml", "everruns-2026-01.json"])
def test_what_is_true_for_a_valid_request_is_accepted(document):
    """In published documents; conditions with marks that are not checked at all do not count."""
    contract = signoff.load(DOCUMENTS / document, check_validity=False)
    generator = Generator(contract.schemas, 0)
    checked = 0
    for operation in contract.operations:
        schema = operation.main_body.schema if operation.main_body is not None else None
        body = generator.generate(schema, Direction.REQUEST, "a") if schema is not None else None
        named = [each for each in operation.parameters if each.schema is not None]
        values = {each.name: generator.generate(each.schema, Direction.REQUEST, "a") for each in named}
        sources = list(_equations(body, "request.body"))
        for each in named:
            place = f"request.parameters.{each.location}[{json.dumps(each.name)}]"
            sources += _equations(values[each.name], place)
        for source in sources:
            check(source, [operation])
        checked += len(sources)
    assert checked > 20
