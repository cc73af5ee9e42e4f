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


class Walker:
    """Requests of a walk."""

    def __init__(self, walk, client):
        self.walk = walk
        self.client = client
        self.parent = ""
        if walk.parent:
            found = client.request("GET", walk.parent).json()
            first = (found["data"] if isinstance(found, dict) else found)[0]
            self.parent = first.get("id") or first["slug"]

    def path(self, template, item_id=""):
        return template.replace("{parent}", str(self.parent)).replace("{id}", str(item_id))

    def listed(self):
        response = self.client.request("GET", self.path(self.walk.list_path))
        assert response.status_code == 200, response.text
        body = response.json()
        items = body[self.walk.items] if self.walk.items else body
        if "total" in (body if isinstance(body, dict) else ()):
            assert body["total"] == len(items)
        return {item[self.walk.id_member]: item for item in items}

    def item(self, item_id):
        return self.client.request("GET", self.path(self.walk.item_path, item_id))

    def create(self):
        path = self.walk.create_path or self.walk.list_path.partition("?")[0]
        made = self.client.request("POST", self.path(path), json=self.walk.created)
        assert made.status_code in (200, 201), made.text
        if "location" in made.headers:
            location = made.headers["location"].removeprefix(self.walk.base_path)
            assert self.client.request("GET", location).json() == made.json()
        return made.json()

    def update(self, item_id):
        method, template, changes = self.walk.change
        body = changes if "{id}" in template else {**changes, self.walk.id_member: item_id}
        updated = self.client.request(method, self.path(template, item_id), json=body)
        assert updated.status_code in (200, 204), updated.text
        current = self.item(item_id).json()
        shown(current, changes)
        if updated.status_code == 200:
            assert updated.json() == current
        return current

    def delete(self, item_id):
        return self.client.request("DELETE", self.path(self.walk.item_path, item_id))


def take(walk, client):
    """Walk through the resource, and judge each step by the ones before."""
    walker = Walker(walk, client)
    before = walker.listed()
    for item_id, entry in list(before.items())[:2]:
        agree(entry, walker.item(item_id).json())

    created = walker.create()
    new = created[walk.id_member]
    assert new not in before
    shown(created, walk.created)
    assert walker.item(new).json() == created
    after = walker.listed()
    assert after.keys() == {new, *before}
    assert next(iter(after)) == new
    agree(after[new], created)
    assert {name: after[name] for name in before} == before

    agree(walker.update(new), walker.listed()[new])
    target = next(iter(before))  # a generated one can be changed and deleted as well
    agree(walker.update(target), walker.listed()[target])
    for gone in (new, target):
        assert walker.delete(gone).status_code in (200, 204)
        for response in (walker.item(gone), walker.delete(gone)):
            assert response.status_code in (404, 410), response.text
        assert gone not in walker.listed()
    assert walker.listed() == {name: entry for name, entry in before.items() if name != target}


@pytest.fixture(scope="module")
def redis_url():
    with redis_server() as url:
        yield url


DOCUMENTS_WITH_WALKS = sorted({walk.document for walk in WALKS.values()})


@pytest.mark.parametrize("document", DOCUMENTS_WITH_WALKS, ids=lambda path: path.name)
def test_walks_find_one_truth_that_is_the_same_everywhere(document, redis_url):
    walks = [walk for walk in WALKS.values() if walk.document == document]
    seen = []
    shared = ("--state", redis_url, "--state-prefix", document.name)
    servers = [((), 1), (shared, 2)]
    if document == SHOP:
        servers.append((("--state", redis_url, "--state-prefix", "alone"), 1))
    for options, processes in servers:
        with round_robin(document, walks[0].base_path, *options, processes=processes) as client:
            for walk in walks:
                take(walk, client)
            seen.append(client.seen)
    assert all(other == seen[0] for other in seen)
