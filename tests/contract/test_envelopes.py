"""Where a body has a list or an item, by its schema or by what it looks like."""

import pytest

from signoff.contract.envelopes import item_in, list_in, objects_in
from tests.contract.test_resources import document, listed, named, of, thing

CAT = {"id": "c", "name": "Tom"}


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ([CAT], [CAT]),
        ({"cats": [CAT], "total": 1}, [CAT]),
        ([], []),
        ({"cats": []}, None),  # of what?
        ({"cats": [CAT], "dogs": [CAT]}, None),
        ({"id": "owner", "cats": [CAT]}, None),
        ({"cats": ["Tom"]}, None),
        (CAT, None),
        ("Tom", None),
        (None, None),
    ],
)
def test_the_list_in_a_body(body, found):
    assert list_in(body) == found


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (CAT, [CAT]),
        ([CAT, {"id": "d"}], [CAT]),
        (["Tom", CAT], [CAT]),
        ({"anything": CAT}, [{"anything": CAT}, CAT]),
        ({"cat": CAT, "rights": {"id": "r"}}, [{"cat": CAT, "rights": {"id": "r"}}, CAT]),
        ({"data": CAT, "rights": {"id": "r"}}, [{"data": CAT, "rights": {"id": "r"}}, CAT]),
        ({"dog": CAT, "rights": {"id": "r"}}, [{"dog": CAT, "rights": {"id": "r"}}]),
        ({"data": {"id": 1}, "cat": CAT}, [{"data": {"id": 1}, "cat": CAT}]),  # which one?
        ([{"cat": CAT, "rank": 1}], [{"cat": CAT, "rank": 1}, CAT]),
        ([], []),
        ("Tom", []),
    ],
)
def test_the_objects_that_may_be_the_item(body, found):
    assert list(objects_in(body, "cats")) == found


@pytest.mark.parametrize(
    ("schema", "body", "found"),
    [
        (named("Cat"), CAT, CAT),
        ({"type": "object", "properties": {"data": named("Cat")}}, {"data": CAT}, CAT),
        ({"type": "object", "properties": {"cat": named("Cat"), "etag": {}}}, {"cat": CAT, "etag": "1"}, CAT),
        ({"type": "object", "properties": {"data": named("Cat")}}, CAT, CAT),  # not as documented
        (listed(named("Cat")), [CAT], None),
        ({"type": "object", "properties": {"cats": listed(named("Cat"))}}, {"cats": [CAT]}, {"cats": [CAT]}),
        (named("Cat"), "Tom", None),
    ],
)
def test_the_item_in_a_body(tmp_path, schema, body, found):
    resources = of(document({"GET /cats/{id}": {"schema": schema}}, Cat=thing("id", "name")), tmp_path)
    operation = next(iter(resources.all)).uses[0].operation
    assert item_in(body, operation.responses[0].content[0].schema, "cats") == found


def test_without_a_schema_the_body_is_the_item():
    assert item_in({"data": CAT}, None, "cats") == {"data": CAT}
