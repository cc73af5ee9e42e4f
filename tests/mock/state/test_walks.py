"""One truth: list, item, create, update and delete agree, in one process and over two that share a Redis."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.conftest import DOCUMENTS
from tests.mock.state.servers import round_robin
from tests.redis_server import redis_server

SHOP = Path(__file__).with_name("shop.yaml")


@dataclass
class Walk:
    """A resource to walk through.

    Attributes:
        items: where a list has its items; empty if it is the list.
        parent: the list of a parent, whose first item replaces `{parent}` in the paths.
        item_path: the path of an item with `{id}`.
        change: method and path of an update, and its body.
    """

    document: Path
    base_path: str
    list_path: str
    item_path: str
    created: dict
    change: tuple
    create_path: str = ""
    id_member: str = "id"
    items: str = ""
    parent: str = ""
    headers: dict = field(default_factory=dict)


WALKS = {
    "museum": Walk(
        DOCUMENTS / "museum.yaml",
        "/_mock/docs/openapi/museum-api",
        "/special-events?limit=30",
        "/special-events/{id}",
        {"name": "Moon", "location": "Roof", "eventDescription": "Dark", "dates": ["2026-12-01"], "price": 3},
        ("PATCH", "/special-events/{id}", {"price": 9, "location": "Hall"}),
        id_member="eventId",
    ),
    "petstore-3": Walk(
        DOCUMENTS / "petstore-3.yaml",
        "/api/v3",
        "/pet/findByStatus?status=available",
        "/pet/{id}",
        {"name": "Rex", "photoUrls": ["a"], "status": "available"},
        ("PUT", "/pet", {"name": "Max", "photoUrls": [], "status": "available"}),
        create_path="/pet",
    ),
    "everruns agents": Walk(
        DOCUMENTS / "everruns-2026-01.json",
        "/api",
        "/v1/agents",
        "/v1/agents/{id}",
        {"name": "Ada", "system_prompt": "Be kind.", "tags": ["a", "b"]},
        ("PATCH", "/v1/agents/{id}", {"name": "Eve", "tags": []}),
        items="data",
    ),
    "everruns sessions": Walk(
        DOCUMENTS / "everruns-2026-01.json",
        "/api",
        "/v1/agents/{parent}/sessions",
        "/v1/agents/{parent}/sessions/{id}",
        {"title": "First"},
        ("PATCH", "/v1/agents/{parent}/sessions/{id}", {"title": "Second"}),
        items="data",
        parent="/v1/agents",
    ),
    "shop customers": Walk(
        SHOP,
        "/v1",
        "/customers",
        "/customers/{id}",
        {"name": "Ada", "email": "ada@example.com", "password": "secret"},
        ("PUT", "/customers/{id}", {"name": "Eve", "email": "eve@example.com", "plan": "pro"}),
        items="data",
    ),
    "shop comments": Walk(
        SHOP,
        "/v1",
        "/posts/{parent}/comments",
        "/posts/{parent}/comments/{id}",
        {"text": "Hm"},
        ("PUT", "/posts/{parent}/comments/{id}", {"text": "Oh"}),
        parent="/posts",
    ),
}


def agree(item, other):
    """Whether two views of an entity have the same values of the members that both have."""
    common = item.keys() & other.keys()
    assert common
    assert {name: item[name] for name in common} == {name: other[name] for name in common}


def shown(body, sent):
    """Whether an entity has what was sent, but for what is write-only."""
    known = {name: value for name, value in sent.items() if name != "password"}
    assert {name: body.get(name) for name in known} == known
    assert "password" not in body


def take(walk, client):
    """Walk through the resource, and judge each step by the ones before."""
    if walk.parent:
        found = client.request("GET", walk.parent).json()
        first = (found["data"] if isinstance(found, dict) else found)[0]
        parent = first.get("id") or first["slug"]
    else:
        parent = ""

    def path(template, item_id=""):
        return template.replace("{parent}", str(parent)).replace("{id}", str(item_id))

    def listed():
        response = client.request("GET", path(walk.list_path))
        assert response.status_code == 200, response.text
        body = response.json()
        items = body[walk.items] if walk.items else body
        if "total" in (body if isinstance(body, dict) else ()):
            assert body["total"] == len(items)
        return {item[walk.id_member]: item for item in items}

    def item(item_id):
        return client.request("GET", path(walk.item_path, item_id))

    before = listed()
    for item_id, entry in list(before.items())[:2]:
        agree(entry, item(item_id).json())

    made = client.request(
        "POST", path(walk.create_path or walk.list_path.partition("?")[0]), json=walk.created
    )
    assert made.status_code in (200, 201), made.text
    created = made.json()
    new = created[walk.id_member]
    assert new not in before
    shown(created, walk.created)
    if "location" in made.headers:
        location = made.headers["location"].removeprefix(walk.base_path)
        assert client.request("GET", location).json() == created
    assert item(new).json() == created
    after = listed()
    assert after.keys() == {new, *before}
    assert next(iter(after)) == new
    agree(after[new], created)
    assert {name: after[name] for name in before} == before

    method, template, changes = walk.change
    body = changes if "{id}" in template else {**changes, walk.id_member: new}
    updated = client.request(method, path(template, new), json=body)
    assert updated.status_code in (200, 204), updated.text
    current = item(new).json()
    shown(current, changes)
    if updated.status_code == 200:
        assert updated.json() == current
    agree(listed()[new], current)

    target = next(iter(before))  # a generated one can be changed and deleted as well
    body = changes if "{id}" in template else {**changes, walk.id_member: target}
    assert client.request(method, path(template, target), json=body).status_code in (200, 204)
    shown(item(target).json(), changes)
    for gone in (new, target):
        assert client.request("DELETE", path(walk.item_path, gone)).status_code in (200, 204)
        for response in (item(gone), client.request("DELETE", path(walk.item_path, gone))):
            assert response.status_code in (404, 410), response.text
        assert gone not in listed()
    assert listed() == {name: entry for name, entry in before.items() if name != target}


@pytest.fixture(scope="module")
def redis_url():
    with redis_server() as url:
        yield url


@pytest.mark.parametrize("name", WALKS)
def test_a_walk_finds_one_truth_that_is_the_same_everywhere(name, redis_url):
    walk = WALKS[name]
    seen = []
    shared = ("--state", redis_url, "--state-prefix", name)
    for options, processes in (
        ((), 1),
        (shared, 2),
        (("--state", redis_url, "--state-prefix", f"{name}2"), 1),
    ):
        with round_robin(walk.document, walk.base_path, *options, processes=processes) as client:
            take(walk, client)
            seen.append(client.seen)
    assert seen[0] == seen[1] == seen[2]
