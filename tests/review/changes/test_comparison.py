"""What a list of changes looks like: places, shared components, farewells, recursion, size, determinism."""

import copy
import time
from datetime import date

import pytest

import signoff
from signoff.review.change import ChangeVerdict
from signoff.review.changes import catalogue, compare
from tests.review.changes.editing import DOCUMENTS, SHOP, at, changed, changes, contract, cut, document, put
from tests.review.changes.edits import EDITS


def test_a_change_names_both_places():
    before, after = changed(SHOP, put("*NewOrder properties note maxLength", 100))
    (change,) = changes(before, after)
    assert change.operation == "POST /orders"
    assert (
        change.before.pointer
        == change.after.pointer
        == "/components/schemas/NewOrder/properties/note/maxLength"
    )
    assert change.before.line
    assert "has maxLength 100 instead of 500" in change.reason
    assert len(change.counterexample.value["note"]) > 100


def test_a_shared_component_is_told_once_for_each_direction():
    found = changes(*changed(SHOP, put("*Line properties count maximum", 50)))
    assert [(change.id, change.verdict.value) for change in found] == [
        ("request-maximum-lowered", "breaking"),
        ("response-maximum-lowered", "compatible"),
    ]
    assert {found[1].operation, *found[1].also_in} == {
        "GET /orders",
        "POST /orders",
        "GET /orders/{order_id}",
    }


@pytest.mark.parametrize(
    ("today", "words"), [(date(2026, 2, 1), "before its sunset"), (date(2026, 4, 1), "after its sunset")]
)
def test_the_removal_of_what_was_deprecated_tells_about_its_sunset(today, words):
    before, after = changed(SHOP, cut("paths /orders/{order_id} delete"))
    (change,) = compare(contract(before), contract(after), today=today)
    assert change.verdict is ChangeVerdict.BREAKING
    assert words in change.reason


def test_what_cannot_be_decided_is_left_to_a_human():
    before, after = changed(SHOP, put("*Settings properties language pattern", r"^[\s\S]{2,}$"))
    found = changes(before, after)
    assert [change.verdict.value for change in found if change.id == "request-pattern-added"] == [
        "needs-review"
    ]


def test_what_cannot_be_shown_in_one_place_is_shown_in_another():
    """A component under an alternative that takes anything first, then on its own."""

    def wrap(value):
        at(value, "paths /orders post requestBody content")["application/json"] = {
            "schema": {
                "anyOf": [{"$ref": "#/components/schemas/Category"}, {"type": "object", "minProperties": 1}]
            }
        }

    before, after = changed(SHOP, wrap)[1], changed(SHOP, wrap)[1]
    at(after, "*Category properties name")["maxLength"] = 3
    found = [change for change in changes(before, after) if change.id == "request-max-length-lowered"]
    assert [change.verdict.value for change in found] == ["breaking"]
    assert found[0].operation == "PUT /categories"


def test_a_ring_of_references_and_an_impossible_recursion_end():
    value = document(SHOP)
    value["components"]["schemas"]["Loop"] = {"allOf": [{"$ref": "#/components/schemas/Loop"}]}
    value["components"]["schemas"]["Deep"] = {
        "type": "object",
        "required": ["next"],
        "properties": {"next": {"$ref": "#/components/schemas/Deep"}, "value": {"type": "string"}},
    }
    before, after = changed(SHOP, lambda _: None)[0], None
    before["components"]["schemas"] |= value["components"]["schemas"]
    put("*Alert properties loop", {"$ref": "#/components/schemas/Loop"})(before)
    put("*NewOrder properties deep", {"$ref": "#/components/schemas/Deep"})(before)
    after = changed_copy(before, put("*Deep properties value", {"type": "integer"}))
    assert changes(before, before) == []
    assert "request-type-changed" in {change.id for change in changes(before, after)}


def changed_copy(value, edit):
    after = copy.deepcopy(value)
    edit(after)
    return after


def test_many_alternatives_stay_within_bounds():
    """A product of alternatives that would be exponential if it were spelt out."""
    group = {"anyOf": [{"properties": {f"p{n}": {"const": n}}} for n in range(6)]}
    value = document(SHOP)
    put("*NewOrder allOf", [group] * 12)(value)
    started = time.process_time()
    assert changes(value, value) == []
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "pattern", ["^(.{1,2000}){2000}$", "^(a+)+b$", "^.{999999999}$", r"^\p{Lu}+$", "^(?=a)b"]
)
def test_a_pattern_that_is_costly_or_strange_is_no_trouble(pattern):
    value = document(SHOP)
    put("*NewOrder properties note", {"type": "string", "pattern": "^a*$"})(value)
    after = changed_copy(value, put("*NewOrder properties note pattern", pattern))
    started = time.process_time()
    assert {change.id for change in changes(value, after)} & {
        "request-pattern-changed",
        "request-pattern-removed",
    }
    assert time.process_time() - started < 5


def test_a_large_document_compares_quickly():
    path = DOCUMENTS / "everruns-2026-01.json"
    before, after = signoff.load(path, strict=False), signoff.load(path, strict=False)
    started = time.process_time()
    assert compare(before, after) == []
    assert time.process_time() - started < 2


def test_the_order_is_the_same_every_time():
    before, after = map(contract, changed(SHOP, put("*State enum", ["open", "lost"])))
    assert compare(before, after) == compare(before, after)


def test_every_kind_of_change_has_a_reason_and_a_name_of_its_own():
    rules = catalogue()
    assert len({rule.id for rule in rules}) == len(rules)
    for rule in rules:
        assert rule.because
        assert not rule.because.endswith(".")
    assert {edit.id for edit in EDITS} <= {rule.id for rule in rules}


def test_new_links_come_in_the_order_of_the_document():
    names = [f"link{number}" for number in range(12)]
    links = {name: {"operationId": "readOrder"} for name in names}
    found = changes(*changed(SHOP, put("paths /orders post responses 201 links", links)))
    added = [change.reason.split("`")[1] for change in found if change.id == "link-added"]
    assert added == names
