"""Internal, draft and alpha parts may change freely; a promise that is lowered is a breaking change."""

import copy
from contextlib import suppress
from datetime import date

import pytest

from signoff.review.changes import compare
from tests.review.changes.editing import SHOP, both, changed, contract, cut, put
from tests.review.changes.edits import EDITS

LIST, CREATE, DELETE = "paths /orders get", "paths /orders post", "paths /orders/{order_id} delete"
LIMIT = put("*Line properties count maximum", 50)
REQUIRED = put(f"{CREATE} parameters", [{"name": "page", "in": "query", "required": True, "schema": {}}])


def found(base, *edits, today=date(2026, 4, 1)):
    """The changes that the edits make to the shop as edited by `base`."""
    before = changed(SHOP, both(*base))[1]
    after = copy.deepcopy(before)
    for edit in edits:
        edit(after)
    return {change.id: change for change in compare(contract(before), contract(after), today=today)}


@pytest.mark.parametrize(
    ("mark", "freedom"),
    [
        (put(f"{CREATE} x-stability", "draft"), "draft"),
        (put(f"{CREATE} x-stability-level", "alpha"), "alpha"),
        (put(f"{CREATE} x-internal", new=True), "internal"),
        (put("paths /orders x-internal", new=True), "internal"),
        (put("x-stability", "alpha"), "alpha"),
        (put(f"{CREATE} x-stability", "beta"), ""),
        (put(f"{CREATE} x-stability", "experimental"), ""),
        (put(f"{CREATE} x-internal", "yes"), ""),
        (put(f"{LIST} x-internal", new=True), ""),
    ],
)
@pytest.mark.parametrize("edit", [LIMIT, REQUIRED, cut(CREATE)], ids=["schema", "parameter", "removed"])
def test_a_part_without_a_promise_may_change(mark, freedom, edit):
    worst = next(iter(found([mark], edit).values()))
    if freedom:
        every = found([mark], edit).values()
        assert {change.verdict.value for change in every} == {"compatible"}
        assert freedom in {change.freedom for change in every}
        assert any(change.reason.endswith(f"it is {freedom}.") for change in every)
    else:
        assert (worst.verdict.value, worst.freedom) == ("breaking", "")


def test_an_operation_with_a_promise_keeps_a_shared_change_breaking():
    base = [
        put(
            "paths /more",
            {"post": changed(SHOP, LIMIT)[0]["paths"]["/orders"]["post"] | {"operationId": "m"}},
        )
    ]
    shared = found([*base, put(f"{CREATE} x-internal", new=True)], LIMIT)["request-maximum-lowered"]
    assert (shared.verdict.value, shared.freedom) == ("breaking", "")
    marked = [put(f"{path} x-internal", new=True) for path in (CREATE, "paths /more post")]
    assert found([*base, *marked], LIMIT)["request-maximum-lowered"].freedom == "internal"


def test_a_property_may_be_internal_in_a_stable_operation():
    base = [put("*Line properties count x-internal", new=True)]
    assert found(base, LIMIT)["request-maximum-lowered"].verdict.value == "compatible"
    assert (
        found(base, put("*Line properties count x-internal", new=False), LIMIT)[
            "request-maximum-lowered"
        ].verdict.value
        == "compatible"
    )


def test_an_inner_promise_overrides_an_outer_one():
    base = [put("paths /orders x-stability", "draft"), put(f"{CREATE} x-stability", "stable")]
    assert found(base, REQUIRED)["required-parameter-added"].verdict.value == "breaking"
    assert found(base, cut(LIST))["operation-removed"].verdict.value == "compatible"


def test_the_base_decides_so_a_mark_cannot_hide_a_break():
    for mark in (put(f"{CREATE} x-internal", new=True), put(f"{CREATE} x-stability", "draft")):
        changes = found([], REQUIRED, mark)
        assert changes["required-parameter-added"].verdict.value == "breaking"
        assert {"operation-became-internal", "operation-stability-lowered"} & changes.keys()
    assert (
        found([put("*Line properties count x-internal", new=False)], LIMIT)[
            "request-maximum-lowered"
        ].verdict.value
        == "breaking"
    )


def test_what_is_new_and_internal_breaks_nobody():
    parameter = {"name": "page", "in": "query", "required": True, "x-internal": True, "schema": {}}
    edit = put(f"{CREATE} parameters", [parameter])
    assert found([], edit)["required-parameter-added"].freedom == "internal"


@pytest.mark.parametrize(
    ("was", "now", "verdict", "kind"),
    [
        ("stable", "beta", "breaking", "operation-stability-lowered"),
        ("beta", "alpha", "breaking", "operation-stability-lowered"),
        ("alpha", "draft", "compatible", "operation-stability-lowered"),
        ("alpha", "stable", "compatible", "operation-stability-raised"),
    ],
)
def test_a_lower_level_is_a_breaking_change(was, now, verdict, kind):
    changes = found([put(f"{LIST} x-stability", was)], put(f"{LIST} x-stability", now))
    assert [(change.id, change.verdict.value) for change in changes.values()] == [(kind, verdict)]


@pytest.mark.parametrize(
    ("level", "deprecated", "sunset", "kind"),
    [
        ("beta", True, "2026-03-01", "deprecated-operation-removed"),
        ("stable", True, "", "deprecated-operation-removed"),
        ("stable", True, "2026-05-01", "operation-removed"),
        ("stable", True, "soon", "operation-removed"),
        ("stable", False, "", "operation-removed"),
        ("", True, "2026-03-01", "operation-removed"),
    ],
)
def test_a_level_asks_for_deprecation_before_removal(level, deprecated, sunset, kind):
    base = [
        put(f"{DELETE} x-stability", level),
        put(f"{DELETE} deprecated", new=deprecated),
        put(f"{DELETE} x-sunset", sunset),
    ]
    [change] = found(base, cut(DELETE)).values()
    assert (change.id, change.verdict.value) == (
        kind,
        "needs-review" if kind.startswith("deprecated") else "breaking",
    )


@pytest.mark.parametrize("mark", [put("x-internal", new=True), put("paths /orders x-internal", new=True)])
def test_a_mark_around_an_operation_makes_it_internal(mark):
    assert found([], mark)["operation-became-internal"].verdict.value == "breaking"


@pytest.mark.parametrize(
    "path", ["components schemas", f"{CREATE} requestBody content application/json", "components", "paths"]
)
def test_a_mark_on_any_other_object_has_no_effect(path):
    """Nothing would report that it was added, and so it could hide a break of the next revision."""
    assert found([], put(f"{path} x-internal", new=True)) == {}
    assert (
        found([put(f"{path} x-internal", new=True)], LIMIT)["request-maximum-lowered"].verdict.value
        == "breaking"
    )


EVERY_PLACE = [
    put("x-internal", new=True),
    put("x-stability", "draft"),
    put("paths /orders x-stability", "alpha"),
    put("components x-internal", new=True),
    put("*Line x-internal", new=True),
    put("*Line properties count x-stability", "draft"),
    put(f"{CREATE} x-internal", new=True),
]


@pytest.mark.parametrize(
    "edit", [edit for edit in EDITS if edit.base == SHOP and edit.verdict == "breaking"][::2], ids=str
)
def test_no_mark_of_the_new_document_hides_a_break(edit):
    """The verdict stays breaking, whatever else the same revision marks."""
    before, after = changed(SHOP, edit.make)
    for mark in EVERY_PLACE:
        with suppress(LookupError):
            mark(after)
    found = compare(contract(before), contract(after))
    assert "breaking" in [change.verdict.value for change in found if change.id == edit.id]


@pytest.mark.parametrize("edit", [edit for edit in EDITS if edit.base == SHOP][::2], ids=str)
def test_a_document_that_promises_nothing_can_change_freely(edit):
    before, after = changed(SHOP, edit.make)
    before["x-internal"] = after["x-internal"] = True
    for change in compare(contract(before), contract(after)):
        is_new = change.id == "operation-takes-calls" or not change.operation
        assert change.verdict.value == "compatible" or is_new, change
