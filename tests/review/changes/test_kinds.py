"""The catalogue lists the kinds of change that can occur, and no others."""

import copy

import pytest

from signoff.contract.limits import COMBINATIONS, Limits
from signoff.review.changes import catalogue
from tests.review.changes.editing import SHOP, changed, changes, contract, put
from tests.review.changes.edits import EDITS
from tests.review.changes.kinds import EDITS_AND_UNDOINGS, SCHEMAS

LISTED = {kind.id: kind.verdict.value for kind in catalogue()}
NOT_COMPARED = {"request-not-compared", "response-not-compared"}
FLOWS = ("request", "response")


def ids(before, after):
    """The kinds of the changes, each with the verdict of the catalogue unless nothing could show it."""
    found = changes(before, after)
    assert all(change.verdict.value in (LISTED[change.id], "needs-review") for change in found)
    return {change.id for change in found}


def kind_of(value):
    return value if isinstance(value, str) else ""


@pytest.mark.parametrize(("edit", "there", "back"), EDITS_AND_UNDOINGS, ids=kind_of)
def test_an_edit_and_its_undoing(edit, there, back):
    before, after = changed(SHOP, edit)
    assert there in ids(before, after)
    assert back in ids(after, before)


@pytest.mark.parametrize(("one", "other", "there", "back"), SCHEMAS, ids=kind_of)
def test_a_schema_in_place_of_another(one, other, there, back):
    before, after = (changed(SHOP, put("*Settings properties probe", schema))[1] for schema in (one, other))
    assert {f"{flow}-{there}" for flow in FLOWS} <= ids(before, after)
    assert {f"{flow}-{back}" for flow in FLOWS} <= ids(after, before)


def test_what_a_bound_leaves_out_is_named(monkeypatch):
    twice = {"allOf": [{"$ref": "#/components/schemas/Line"}, {"properties": {"count": {"minimum": 1}}}]}
    before = changed(SHOP, put("*Settings properties probe", twice))[1]
    after = copy.deepcopy(before)
    put("*Line properties count maximum", 50)(after)
    monkeypatch.setattr(contract(after).schemas, "limits", Limits({COMBINATIONS.name: 0}))
    left_out = [change for change in changes(before, after) if "not compared" in change.reason]
    assert {change.id for change in left_out} == NOT_COMPARED
    assert {change.verdict.value for change in left_out} == {"needs-review"}


def test_every_kind_in_the_catalogue_can_occur():
    made = {edit.id for edit in EDITS}
    made |= {kind for _, there, back in EDITS_AND_UNDOINGS for kind in (there, back)}
    made |= {f"{flow}-{kind}" for _, _, there, back in SCHEMAS for kind in (there, back) for flow in FLOWS}
    assert made | NOT_COMPARED == set(LISTED)
