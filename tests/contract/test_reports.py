"""The default contract: valid, its examples true, and as strict as it says."""

import pytest

import signoff
from signoff.contract import Direction
from signoff.contract.structure import walk


def all_examples(contract):
    for operation in contract.operations:
        for parameter in operation.parameters:
            yield from ((parameter.name, parameter.schema, e, Direction.REQUEST) for e in parameter.examples)
        for offer in operation.request_body.content:
            yield from ((e.name, offer.schema, e, Direction.REQUEST) for e in offer.examples)
        for response in operation.responses:
            for offer in response.content:
                yield from ((e.name, offer.schema, e, Direction.RESPONSE) for e in offer.examples)
            for header in response.headers:
                yield from ((header.name, header.schema, e, Direction.RESPONSE) for e in header.examples)


def test_every_example_satisfies_its_schema(contract):
    seen = set()
    for name, schema, example, direction in all_examples(contract):
        seen.add(name)
        assert schema.violations(example.value, direction) == [], name
    errors = {"forbidden", "report_not_found", "invalid_request", "rate_limited", "unavailable"}
    assert seen >= {"csv_export", "json_export"} | errors


def test_every_example_that_stands_in_the_document_was_seen(contract):
    placed = {node.pointer for node in walk(contract.document) if node.kind == "example" and not node.ref}
    seen = {example.pointer.removesuffix("/value") for _, _, example, _ in all_examples(contract)}
    assert placed <= seen


def test_a_problem_example_states_the_status_it_stands_under(contract):
    for response in contract.operations[0].responses:
        for offer in response.content:
            for example in offer.examples:
                if "status" in example.value:
                    assert response.covers(example.value["status"])


@pytest.fixture
def export_schema(contract):
    return contract.operations[0].response_for(200).content[0].schema


@pytest.fixture
def export(contract):
    return contract.operations[0].response_for(200).content[0].examples[0].value


@pytest.mark.parametrize(
    "change",
    [
        {"content_type": "application/json"},
        {"content_type": "text/csvx"},
        {"filename": "a.json"},
        {"filename": "a/b.csv"},
        {"filename": "a\\b.csv"},
        {"filename": 'a".csv'},
        {"filename": "a\n.csv"},
        {"filename": ".csv"},
        {"freshness_lag_ms": -1},
        {"freshness_lag_ms": 1.5},
        {"freshness_lag_ms": 2**63},
        {"format": "xlsx"},
        {"as_of": "2026-01-15 09:30:00"},
        {"as_of": "2026-02-30T09:30:00Z"},
        {"content": None},
    ],
)
def test_broken_exports_are_refused(export_schema, export, change):
    assert export_schema.is_valid(export, Direction.RESPONSE)
    assert not export_schema.is_valid({**export, **change}, Direction.RESPONSE)


@pytest.mark.parametrize(
    "change",
    [
        {"content_type": "text/csv"},
        {"as_of": "2026-01-15T09:30:00.123+02:00"},
        {"freshness_lag_ms": None},
        {"more": True},
    ],
)
def test_sound_exports_pass(export_schema, export, change):
    assert export_schema.is_valid({**export, **change}, Direction.RESPONSE)


@pytest.mark.parametrize(
    "change",
    [
        {"status": 399},
        {"status": 600},
        {"status": "404"},
        {"code": "NotFound"},
        {"code": "not__found"},
        {"allowed_actions": [{"method": "POST"}]},
        {"allowed_actions": [{"rel": "explode"}]},
        {"allowed_actions": [{"rel": "update"}]},
        {"retry_after_seconds": -1},
        {"title": ""},
        {"type": "not a uri"},
    ],
)
def test_broken_problems_are_refused(contract, change):
    offer = contract.operations[0].response_for(404).content[0]
    problem = offer.examples[0].value
    assert not offer.schema.is_valid({**problem, **change}, Direction.RESPONSE)


def test_errors_are_problem_details_everywhere(contract):
    for response in contract.operations[0].responses:
        if response.status != "200":
            assert [offer.name for offer in response.content] == ["application/problem+json"]


def test_the_pages_own_id_is_a_valid_parameter(contract):
    parameter = contract.operations[0].parameters[0]
    assert parameter.schema.is_valid("2489E9AD-2EE2-8E00-8EC9-32D5F69181C0", Direction.REQUEST)
    assert not parameter.schema.is_valid("2489E9AD2EE28E008EC932D5F69181C0", Direction.REQUEST)


def test_the_packaged_document_needs_no_check_at_start():
    signoff.load(signoff.reference_project().document, check_validity=True)
