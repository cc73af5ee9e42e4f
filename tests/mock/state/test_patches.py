"""Patches by media type: the table of RFC 7396, the steps of RFC 6902, and patches that are attacks."""

import copy

import pytest

from signoff.mock.state.patches import PatchError, patched

MERGE = "application/merge-patch+json"
STEPS = "application/json-patch+json"


# RFC 7396, appendix A.
@pytest.mark.parametrize(
    ("value", "patch", "expected"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"a": "foo"}, None, None),
        ({"a": "foo"}, "bar", "bar"),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_merge_patches(value, patch, expected):
    before = copy.deepcopy(value)
    assert patched(value, patch, f"{MERGE}; charset=utf-8") == expected
    assert value == before


def test_null_is_a_value_in_plain_json():
    assert patched({"a": 1, "b": {"c": 1}}, {"a": None, "b": {"d": None}}, "application/json") == {
        "a": None,
        "b": {"c": 1, "d": None},
    }


def test_json_patches():
    value = {"name": "Rex", "tags": ["a", "b"]}
    steps = [
        {"op": "test", "path": "/name", "value": "Rex"},
        {"op": "replace", "path": "/name", "value": "Max"},
        {"op": "add", "path": "/tags/-", "value": "c"},
        {"op": "remove", "path": "/tags/0"},
        {"op": "move", "from": "/tags", "path": "/labels"},
        {"op": "copy", "from": "/labels/0", "path": "/first"},
    ]
    assert patched(value, steps, STEPS) == {"name": "Max", "labels": ["b", "c"], "first": "b"}
    assert value == {"name": "Rex", "tags": ["a", "b"]}


@pytest.mark.parametrize(
    "steps",
    [
        {"op": "add"},
        ["add"],
        [{"op": "grow", "path": "/a", "value": 1}],
        [{"op": "replace", "path": "/none", "value": 1}],
        [{"op": "remove", "path": "/tags/7"}],
        [{"op": "test", "path": "/name", "value": "Max"}],
        [{"op": "add", "path": "name", "value": 1}],
        [{"op": "add", "path": "/name/x/y", "value": 1}],
        [{"op": "add", "path": "/a"}],
        [{"path": "/a", "value": 1}],
        [{"op": "add", "path": 7, "value": 1}],
        [{"op": "copy", "from": 7, "path": "/a"}],
        [{"op": "test", "path": "/name", "value": "Rex"}] * 1001,
    ],
)
def test_a_json_patch_that_does_not_fit_is_an_error(steps):
    with pytest.raises(PatchError) as caught:
        patched({"name": "Rex", "tags": ["a"]}, steps, STEPS)
    assert "\n" not in str(caught.value)


def test_a_json_patch_cannot_grow_without_bound():
    doubling = [{"op": "copy", "from": "", "path": f"/{number}"} for number in range(100)]
    with pytest.raises(PatchError, match="larger than 1048576 bytes"):
        patched({"a": "b" * 100}, doubling, STEPS)
