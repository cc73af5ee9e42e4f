"""The index of a list tells the same as a look at each item, and its cost is that of the page."""

import random

import pytest

from signoff.contract.json_value import as_object
from signoff.mock.listing.conditions import filtered, meets, searched, sort_column
from signoff.mock.listing.index import ListIndex, Selection
from signoff.mock.listing.members import values_at
from signoff.mock.listing.parameters import Filter, Input
from signoff.mock.state import Entry, State, Transaction
from signoff.mock.state.lists import SessionList
from signoff.mock.state.store import Changes
from tests.conftest import DOCUMENTS, ROOT
from tests.mock.state.test_writing import EVENT, Api

PATH = ("value",)
VALUES = [
    *(0, -1, 2.5, 7, True, False, None, "", "7", "7.0", "nan", "-1", "true", "False", "a", "A,b", "a,b", "b"),
    *(
        "2026-05-06",
        "2026-05-06T10:00:00Z",
        "2026-05-06T00:00:00+02:00",
        "2026-05-07",
        "20260507",
        "1234567890",
    ),
    *("1234567890T", [], [1, 7], ["a", "b"], ["2026-05-05", "2026-05-08"], [None, "2026-05-06T23:59:59"]),
    *({"id": 7, "name": "a"}, {"slug": "A,b"}, [{"id": 3}, {"name": "b"}]),
]
WANTED = [value for value in VALUES if value is not None and not isinstance(value, dict)]
COMPARISONS = ["equal", "contains", "least", "most", "above", "under"]


def index_of(items):
    return ListIndex(lambda item_id: items[int(item_id)], map(str, range(len(items))))


@pytest.mark.parametrize("comparison", COMPARISONS)
@pytest.mark.parametrize("wanted", WANTED, ids=repr)
def test_columns_tell_what_each_item_would(comparison, wanted):
    items = [{"value": value} for value in VALUES] + [{}]
    index, each = index_of(items), Filter(Input("value", "", {}, frozenset()), PATH, comparison)
    found = filtered(index, each, wanted)
    expected = {place for place, item in enumerate(items) if meets(item, each, wanted)}
    assert set(found.places()) == expected
    assert found.count == len(expected)
    assert {place for place in range(len(items)) if found.has(place)} == expected


@pytest.mark.parametrize("seed", range(40))
def test_conditions_orders_and_pages_are_those_of_the_items(seed):
    source = random.Random(seed)
    items = [{"a": source.randint(0, 9), "b": source.choice("xyz"), "c": source.random()} for _ in range(600)]
    index = index_of(items)
    selection, kept = Selection(index), list(range(600))
    for _ in range(source.randint(0, 3)):
        name, comparison = source.choice("ac"), source.choice(COMPARISONS[2:])
        wanted = source.choice([0, 3, 9, 0.2, 0.9])
        each = Filter(Input(name, "", {}, frozenset()), (name,), comparison)
        selection.keep(filtered(index, each, wanted))
        kept = [place for place in kept if meets(items[place], each, wanted)]
        assert len(selection) == len(kept)
    if source.random() < 0.5:
        text = source.choice("xyz")
        selection.keep(searched(index, text, set()))
        kept = [place for place in kept if text == items[place]["b"]]
    order = [(source.choice("abc"), source.random() < 0.5) for _ in range(source.randint(0, 2))]
    selection.sort([(sort_column(index, (name,)), descends) for name, descends in order])
    for name, descends in reversed(order):
        kept.sort(key=lambda place, name=name: values_at(items[place], (name,))[0], reverse=descends)
    for start, size in ((0, 20), (7, 5), (300, 100), (0, 600), (599, 5), (600, 5)):
        assert selection.page(start, size) == kept[start : start + size]
    for place in source.sample(range(600), 5):
        assert selection.position_of(str(place)) == (kept.index(place) if place in kept else None)


@pytest.mark.parametrize("seed", range(20))
def test_a_list_follows_what_clients_write(seed):
    source = random.Random(seed)
    state, generated = State(), {str(number): {"n": number} for number in range(5)}
    follows = SessionList(state, "/things", list(generated), generated.get)
    each = Filter(Input("n", "", {}, frozenset()), ("n",), "least")
    for step in range(120):
        transaction = Transaction(state)
        item_id = str(source.randint(0, 12))
        entry = state.entry("/things", item_id)
        is_there = item_id in generated if entry is None else entry.value is not None
        if is_there and source.random() < 0.5:
            transaction.delete("/things", item_id, is_generated=item_id in generated)
        elif is_there:
            transaction.update("/things", item_id, {"n": source.randint(0, 9)})
        else:
            transaction.create("/things", item_id, {"n": source.randint(0, 9)})
        state.apply(transaction.changes, step + 1)
        follows.changed(item_id)
        fresh = SessionList(state, "/things", list(generated), generated.get)
        expected = [fresh.id_at(place) for place in fresh.places]
        assert [follows.id_at(place) for place in follows.places] == expected
        kept, anew = Selection(follows), Selection(fresh)
        for selection, index in ((kept, follows), (anew, fresh)):
            selection.keep(filtered(index, each, 4))
            selection.sort([(sort_column(index, ("n",)), True)])
        assert kept.page(0, 20) == anew.page(0, 20)
        values = [as_object(follows.entity_at(place))["n"] for place in kept.page(0, 20)]
        assert values == sorted(values, reverse=True)
        assert all(value >= 4 for value in values)


class Counted(State):
    """A state that counts how often an entry is read."""

    reads = 0

    def entry(self, collection, entity_id):
        Counted.reads += 1
        return super().entry(collection, entity_id)


@pytest.mark.parametrize("kind", ["plain", "filter", "sort", "search"])
def test_the_cost_of_a_page_does_not_grow_with_the_list(kind):
    museum = Api(DOCUMENTS / "museum.yaml")
    museum.state = Counted()
    resource = museum.resources.named("special-events")

    def page():
        index = museum.world.listing(resource)
        selection = Selection(index)
        if kind == "filter":
            filtering = Filter(Input("from", "", {}, frozenset()), ("dates",), "least")
            selection.keep(filtered(index, filtering, "2026-12-01"))
        if kind == "search":
            selection.keep(searched(index, "moon", set()))
        selection.sort([(sort_column(index, ("price",)), True)] if kind == "sort" else [])
        return [index.entity_at(place) for place in selection.page(0, 10)], len(selection)

    costs = {}
    for number in range(1, 1001):
        made = museum.send("POST /special-events", EVENT | {"price": 1000 + number})
        Counted.reads = 0
        shown, total = page()
        costs[number] = Counted.reads
        if kind in ("plain", "sort"):
            assert shown[0] == made.entity
        assert total >= number
        assert len(shown) == 10 or number < 10
        if number == 500:  # the work of a deletion in the middle is not that of the list either
            museum.send("DELETE /special-events/{eventId}", eventId=made.item_id)
            museum.send("POST /special-events", EVENT | {"price": 1000 + number})
    assert costs[1000] <= costs[20] <= 40


def test_a_unique_member_is_found_without_reading_the_list():
    api = Api(ROOT / "tests" / "mock" / "state" / "shop.yaml")
    api.state = Counted()
    costs = []
    for number in range(200):
        Counted.reads = 0
        api.send("POST /customers", {"name": "A", "email": f"new{number}@example.com"})
        costs.append(Counted.reads)
    assert costs[-1] <= costs[1]


def test_a_session_keeps_few_lists():
    api = Api(ROOT / "tests" / "mock" / "shop.yaml")
    api.state.apply(Changes({("/other", "1"): Entry({})}), 1)
    reviews = next(each for each in api.resources.all if each.parents)
    for number in range(700):
        assert len(api.world.listing(reviews, (str(number),))) > 0
        assert len(api.state.lists) <= 256
    assert len(api.state.lists) > 100
