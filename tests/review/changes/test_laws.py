"""What holds for every edit: spelling does not matter, directions mirror each other, examples are true."""

import copy
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import signoff
from signoff.contract.schemas import Direction
from signoff.review.changes import compare
from signoff.review.changes.counterexamples.sampler import Judge
from signoff.review.changes.rules import ASPECTS, SCHEMA_RULES
from signoff.review.changes.sets.parts import Part
from tests.conftest import PUBLISHED
from tests.review.changes.editing import SHOP, changed, changes, contract, document
from tests.review.changes.edits import EDITS
from tests.review.changes.rewrites import (
    nullable_as_any_of,
    renamed_component,
    reversed_lists,
    reversed_order,
    wrapped_refs,
)

SCHEMA_EDITS = [edit for edit in EDITS if edit.id in SCHEMA_RULES]
QUICK = settings(
    max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)
NAMES = st.sampled_from(["a", "b", "c"])
SCALARS = st.one_of(
    st.builds(
        lambda low, size: {"type": "integer", "minimum": low, "maximum": low + size},
        st.integers(-5, 5),
        st.integers(0, 9),
    ),
    st.builds(
        lambda low, size: {"type": "string", "minLength": low, "maxLength": low + size},
        st.integers(0, 3),
        st.integers(0, 5),
    ),
    st.builds(
        lambda options: {"enum": options},
        st.lists(st.sampled_from(["x", "y", "z", 1, None, True]), min_size=1, max_size=4, unique_by=repr),
    ),
    st.sampled_from(
        [
            {"type": "boolean"},
            {"type": "number"},
            {"type": ["string", "null"]},
            {"type": "string", "format": "date"},
            {},
        ]
    ),
    st.sampled_from([{"$ref": "#/components/schemas/Tree"}, {"type": "string", "pattern": "^[a-c]+$"}]),
)


def _objects(inner):
    return st.builds(
        lambda properties, count, closed: {
            "type": "object",
            "properties": properties,
            "required": sorted(properties)[:count],
            **({"additionalProperties": False} if closed else {}),
        },
        st.dictionaries(NAMES, inner, max_size=3),
        st.integers(0, 3),
        st.booleans(),
    )


def _compounds(inner):
    return st.one_of(
        _objects(inner),
        st.builds(
            lambda items, most: {"type": "array", "items": items, "maxItems": most}, inner, st.integers(0, 4)
        ),
        st.builds(lambda one, other: {"anyOf": [one, other]}, inner, inner),
        st.builds(lambda one, other: {"allOf": [one, other]}, _objects(inner), _objects(inner)),
    )


SCHEMAS = st.recursive(SCALARS, _compounds, max_leaves=6)
TREE = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "next": {"$ref": "#/components/schemas/Tree"}},
}


def service(schema, *, is_request):
    """A document of one operation that takes or gives a schema."""
    body = {"content": {"application/json": {"schema": schema}}}
    operation = {"operationId": "act", "responses": {"200": {"description": "Done."}}}
    if is_request:
        operation["requestBody"] = {"required": True, **body}
    else:
        operation["responses"]["200"].update(body)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Any", "version": "1.0.0"},
        "paths": {"/act": {"post": operation}},
        "components": {"schemas": {"Tree": TREE}},
    }


def told(found):
    return sorted((change.id, change.verdict.value, change.operation) for change in found)


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.name)
def test_a_published_document_has_no_changes_to_itself(path):
    assert compare(signoff.load(path, strict=False), signoff.load(path, strict=False)) == []


def test_paths_that_differ_in_names_only_have_no_changes_to_themselves():
    item = {"get": {"responses": {"200": {"description": "ok"}}}}
    document = service({}, is_request=False) | {"paths": {"/{a}": item, "/{b}": item, "/{}": item}}
    assert changes(document, copy.deepcopy(document)) == []


@given(SCHEMAS)
@QUICK
def test_any_schema_has_no_changes_to_itself(schema):
    for is_request in (True, False):
        before = service(schema, is_request=is_request)
        assert changes(before, copy.deepcopy(before)) == []
        assert changes(before, reversed_lists(reversed_order(before))) == []
        assert changes(before, wrapped_refs("allOf")(before)) == []


@given(SCHEMAS, SCHEMAS)
@QUICK
def test_what_breaks_has_a_counterexample_that_keeps_one_side_and_breaks_the_other(one, other):
    for is_request in (True, False):
        assert_true(service(one, is_request=is_request), service(other, is_request=is_request), is_request)


def assert_true(before, after, is_request):
    contracts = contract(before), contract(after)
    taking, refusing = contracts if is_request else contracts[::-1]
    direction = Direction.REQUEST if is_request else Direction.RESPONSE
    for change in compare(*contracts):
        if change.counterexample is not None:
            assert schema_of(taking, is_request=is_request).is_valid(
                change.counterexample.value, direction
            ), change
            assert not schema_of(refusing, is_request=is_request).is_valid(
                change.counterexample.value, direction
            ), change


def schema_of(service_contract, *, is_request):
    operation = service_contract.operations[0]
    body = operation.request_body if is_request else operation.responses[0]
    return body.content[0].schema


@given(SCHEMAS, SCHEMAS)
@QUICK
def test_a_counterexample_is_found_for_breaking_changes_of_any_schemas(one, other):
    found = changes(service(one, is_request=True), service(other, is_request=True))
    shown = [change for change in found if change.counterexample is not None]
    unshown = [change for change in found if is_unshown(change)]
    # Where no value satisfies the former schema at all, none can be shown.
    assert not unshown or shown or not values_of(one)


def is_unshown(change):
    return change.verdict.value == "breaking" and change.counterexample is None


def values_of(schema):
    held = contract(service(schema, is_request=True))
    made = [None, True, 1, "a", "x", [], {}, {"a": 1}, "2026-01-31"]
    return [value for value in made if schema_of(held, is_request=True).is_valid(value, Direction.REQUEST)]


@given(SCHEMAS, SCHEMAS)
@QUICK
def test_requests_and_responses_mirror_each_other(one, other):
    """What narrows a request widens a response by its inverse: the same aspects are breaking."""
    request = changes(service(one, is_request=True), service(other, is_request=True))
    response = changes(service(other, is_request=False), service(one, is_request=False))
    breaking = [
        {mirrored(change.id, flow) for change in found if change.counterexample and is_mirrored(change.id)}
        for found, flow in ((request, "narrowed"), (response, "widened"))
    ]
    assert breaking[0] == breaking[1], (told(request), told(response))


def is_mirrored(name):
    """Not those where the policy departs from the sets on purpose: see the exceptions of `schema_rules`."""
    return not any(word in name for word in ("property", "opened", "closed", "rejected"))


def mirrored(name, effect):
    bare = name.partition("-")[2]
    return next((a.name for a in ASPECTS.values() if getattr(a, effect) == bare), bare)


@pytest.mark.parametrize("edit", SCHEMA_EDITS, ids=str)
def test_every_breaking_change_of_a_schema_is_shown_by_a_value(edit):
    before, after = (contract(value) for value in changed(edit.base, edit.make))
    for change in compare(before, after):
        if change.verdict.value == "breaking" and change.id in SCHEMA_RULES:
            assert change.counterexample is not None, change


RESPELLINGS = {
    "members in another order": reversed_order,
    "lists in another order": reversed_lists,
    "references wrapped": wrapped_refs("allOf"),
    "nullable types as anyOf": nullable_as_any_of,
    "components renamed": renamed_component,
}


@pytest.mark.parametrize("name", RESPELLINGS)
@pytest.mark.parametrize("edit", [edit for edit in EDITS if edit.base == SHOP][::16], ids=str)
def test_no_respelling_changes_a_verdict(edit, name):
    before, after = changed(edit.base, edit.make)
    if name == "components renamed" and "Line" not in json.dumps(after):
        pytest.skip("nothing to rename")
    respelt = RESPELLINGS[name](after)
    plain, other = ({(c.verdict, c.id) for c in changes(before, value)} for value in (after, respelt))
    assert plain == other


def test_counterexamples_of_callbacks_and_webhooks_are_true_as_well():
    before, after = document(SHOP), document(SHOP)
    after["components"]["schemas"]["Alert"]["properties"]["left"]["minimum"] = -1
    found = changes(before, after)[0]
    judges = Judge(contract(before)), Judge(contract(after))
    assert found.operation == "webhook POST stockLow"
    assert [bool(takes(judge, found.counterexample.value)) for judge in judges] == [False, True]


def takes(judge, value):
    pointer = "/components/schemas/Alert"
    return judge.takes((Part({"type": "object"}, pointer),), value, Direction.REQUEST)
