"""The initial state from a file: exactly its entities, and clear errors."""

from pathlib import Path

import pytest

from signoff.contract import DataError
from signoff.mock.state.state_file import initial_state
from tests.mock.state.test_writing import Api

SHOP = Path(__file__).with_name("shop.yaml")
STATE = """
customers:
  - id: 018f6b1e-7c2a-4d3e-9b41-5a6c7d8e9fff
    name: Ada
    email: ada@example.com
    created_at: '2020-01-01T00:00:00Z'
  - {name: Max, email: max@example.com}
/v1/posts/a%2Fb/comments:
  - {id: 7, text: Hm}
/posts/hello/comments: []
settings: {theme: dark}
"""


def loaded(tmp_path, text):
    path = tmp_path / "state.yaml"
    path.write_text(text)
    api = Api(SHOP)
    state = initial_state(path, [(api.base, api.seed, api.contract.base_path)])
    return Api(SHOP, initial=state)


def test_a_collection_has_exactly_the_entities_of_the_file(tmp_path):
    shop = loaded(tmp_path, STATE)
    ada, unnamed = shop.ids("customers")
    assert shop.read("customers", ada)["created_at"] == "2020-01-01T00:00:00Z"
    found = shop.read("customers", unnamed)
    assert (found["id"], found["name"], found["plan"]) == (unnamed, "Max", "free")
    generated = shop.base.ids(shop.resources.named("customers"))[0]
    assert shop.read("customers", generated) is None
    assert shop.ids("comments", "a/b") == ["7"]
    assert shop.read("comments", 7, "a/b") == {"id": 7, "text": "Hm"}
    assert shop.ids("comments", "hello") == []
    assert shop.ids("comments", "other") == list(shop.base.ids(shop.resources.named("comments"), ("other",)))
    assert shop.read("settings", "") == {"theme": "dark"}


def test_new_ids_are_in_the_order_of_the_file_beside_those_that_it_states(tmp_path):
    shop = loaded(tmp_path, "orders: [{id: 1}, {}, {id: 3}, {}]")
    assert shop.ids("orders") == ["1", "2", "3", "4"]
    slugs = loaded(tmp_path, "posts: [{slug: hello, title: x}, {title: Hello}, {title: Hello}]").ids("posts")
    assert slugs[0] == "hello"
    assert len(set(slugs)) == 3


def test_sessions_go_on_from_the_file(tmp_path):
    shop = loaded(tmp_path, STATE)
    ada, unnamed = shop.ids("customers")
    made = shop.send("POST /customers", {"name": "Eve", "email": "eve@example.com"})
    assert shop.ids("customers") == [made.item_id, ada, unnamed]
    shop.send("DELETE /customers/{customerId}", customerId=unnamed)
    assert shop.ids("customers") == [made.item_id, ada]
    assert shop.read("customers", unnamed) is None
    assert shop.send("POST /posts/{slug}/comments", {"text": "x"}, slug="a%2Fb").item_id == "8"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "state.yaml:1:1: must be a mapping of resources to entities"),
        ("custommers: []", "unknown resource 'custommers'\nDid you mean 'customers'?"),
        (
            "zzz: []",
            "unknown resource 'zzz'\nKnown resources: customers, orders, posts, /posts/{slug}/comments",
        ),
        ("comments: []", "unknown resource 'comments'"),
        ("customers: {}", "must be a list of entities"),
        ("customers:\n  - 7", "state.yaml:2:5 (/customers/0): must be an object"),
        ("settings: {theme: green}", "does not match the schema at /theme"),
        (
            "customers:\n  - {name: Ada, email: 7}",
            "state.yaml:2:5 (/customers/0): does not match the schema at /email",
        ),
        (
            "customers:\n  - {name: Ada, emial: ada@example.com}",
            "(/customers/0/emial): no schema of customers has the property 'emial'\nDid you mean 'email'?",
        ),
        ("settings: {colour: red}", "Remove it, or add it to the schema in the document."),
        ("orders: [{id: 1}, {id: 1}]", "duplicate id '1'"),
    ],
)
def test_an_invalid_file_is_an_error(tmp_path, text, message):
    with pytest.raises(DataError) as caught:
        loaded(tmp_path, text)
    assert message in str(caught.value)
