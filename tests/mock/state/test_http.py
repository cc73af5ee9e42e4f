"""The statuses and headers of writes over HTTP: tags, conflicts, patches, and the 404 of what is deleted."""

from pathlib import Path

import httpx2
import pytest
import yaml

from signoff.mock import create_app
from tests.conftest import running
from tests.oracle import Oracle

SHOP = Path(__file__).with_name("shop.yaml")
CUSTOMER = {"name": "Ada", "email": "ada@example.com"}
MERGE = {"Content-Type": "application/merge-patch+json"}
STEPS = {"Content-Type": "application/json-patch+json"}


@pytest.fixture
def shop():
    with running(create_app(SHOP)) as origin, httpx2.Client(base_url=f"{origin}/v1") as client:
        yield client


def test_a_tag_guards_against_lost_updates(shop):
    made = shop.post("/customers", json=CUSTOMER)
    path = made.headers["location"].removeprefix("/v1")
    first = shop.get(path)
    tag = first.headers["etag"]
    assert made.headers["etag"] == tag
    assert shop.get(path, headers={"If-None-Match": tag}).status_code == 304
    assert shop.patch(path, content=b'{"name": "x"}', headers=MERGE).status_code == 428
    changed = shop.patch(path, content=b'{"name": "Eve"}', headers={**MERGE, "If-Match": tag})
    assert (changed.status_code, changed.json()["name"]) == (200, "Eve")
    assert changed.headers["etag"] != tag
    late = shop.put(path, json={**CUSTOMER, "name": "Bob"}, headers={"If-Match": tag})
    assert late.status_code == 412
    assert changed.headers["etag"] in late.json()["detail"]
    again = shop.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.json()["name"]) == (200, "Eve")
    assert again.headers["etag"] == changed.headers["etag"]


def test_a_body_that_a_rule_changes_has_a_tag_of_its_own(tmp_path):
    """A client that read a merged body may write, until somebody else has written."""
    rules = tmp_path / "mock.yaml"
    path, other = (f"/customers/018f6b1e-7c2a-4d3e-9b41-5a6c7d8e9ff{n}" for n in (0, 1))
    rules.write_text(
        f"""rules:
  - {{path: '{other}', method: GET, respond: {{body: {{id: '{other[-36:]}', name: B, email: b@x.example}}}}}}
  - {{path: '{path}', method: GET, after: 1, times: 2, respond: {{merge: {{name: A}}}}}}
  - {{path: '{path}', method: GET, after: 1, respond: {{merge: {{name: A}}, headers: {{ETag: '"mine"'}}}}}}"""
    )
    with running(create_app(SHOP, rules=rules)) as origin, httpx2.Client(base_url=f"{origin}/v1") as shop:
        usual = shop.get(path).headers["etag"]
        merged = shop.get(path, headers={"If-None-Match": usual})
        tag = merged.headers["etag"]
        assert (merged.status_code, merged.json()["name"], tag != usual) == (200, "A", True)
        assert shop.get(path, headers={"If-None-Match": tag}).status_code == 304
        assert shop.get(path).headers["etag"] == '"mine"'
        for status in (200, 412):
            wanted = {**MERGE, "If-Match": tag}
            assert shop.patch(path, content=b'{"name": "Eve"}', headers=wanted).status_code == status
        own = shop.get(other)
        assert own.headers["etag"] not in (usual, tag, shop.get(path).headers["etag"])
        assert shop.get(other, headers={"If-None-Match": own.headers["etag"]}).status_code == 304


def test_a_put_creates_only_where_nothing_is(shop):
    path = "/customers/018f6b1e-7c2a-4d3e-9b41-5a6c7d8e9fff"
    assert shop.put(path, json=CUSTOMER, headers={"If-None-Match": "*"}).status_code == 412  # ids are open
    assert shop.delete(path).status_code == 200
    assert shop.put(path, json=CUSTOMER, headers={"If-Match": "*"}).status_code == 412
    assert shop.put(path, json=CUSTOMER, headers={"If-None-Match": "*"}).status_code == 201
    assert shop.put(path, json=CUSTOMER).status_code == 200


def test_statuses_are_the_documented_ones(shop):
    made = shop.post("/customers", json=CUSTOMER)
    path = f"/customers/{made.json()['id']}"
    assert shop.post("/customers", json=CUSTOMER).status_code == 409
    bad = shop.patch(path, json=[{"op": "remove", "path": "/none"}], headers={**STEPS, "If-Match": "*"})
    assert (bad.status_code, bad.json()["status"]) == (422, 422)
    assert "Operation 0 of the JSON Patch" in bad.json()["detail"]
    order = shop.post(f"{path}/orders", json={"product": "Tea"})
    assert order.headers["location"] == f"/v1/orders/{order.json()['id']}"
    deleted = shop.delete(path)
    assert (deleted.status_code, deleted.json()["id"]) == (200, made.json()["id"])
    assert shop.get(path).status_code == shop.delete(path).status_code == 410
    assert shop.get(f"{path}/orders").status_code == 404
    assert shop.get(f"/orders/{order.json()['id']}").status_code == 404
    assert shop.head(f"/orders/{order.json()['id']}").status_code == 404


def test_a_response_says_that_clients_wrote_its_item(shop):
    explain = {"Signoff-Explain": "1"}
    made = shop.post("/posts", json={"title": "One"}, headers=explain)
    read = shop.get("/posts/one", headers=explain)
    assert (
        made.headers["signoff-explain"] == read.headers["signoff-explain"] == "posts one, as clients wrote it"
    )
    other = shop.get(f"/posts/{shop.get('/posts').json()[1]['slug']}", headers=explain)
    assert other.headers["signoff-explain"].endswith(", generated")


def test_what_is_forced_or_invalid_changes_nothing(shop):
    before = shop.get("/posts").content
    assert shop.post("/posts", json={"title": "x"}, headers={"Prefer": "code=201"}).status_code == 201
    assert shop.post("/posts", json={"text": "x"}).status_code in (400, 422)
    assert shop.post("/posts", json={"title": "x"}, headers={"Accept": "text/csv"}).status_code == 406
    assert shop.get("/posts").content == before


def test_every_response_of_a_walk_matches_the_document(shop):
    oracle = Oracle(yaml.safe_load(SHOP.read_text()))
    made = shop.post("/customers", json=CUSTOMER)
    item = f"/customers/{made.json()['id']}"
    responses = [
        ("POST", "/customers", made),
        ("GET", "/customers", shop.get("/customers")),
        ("GET", "/customers/{customerId}", shop.get(item)),
        ("PUT", "/customers/{customerId}", shop.put(item, json={**CUSTOMER, "note": "x"})),
        ("DELETE", "/customers/{customerId}", shop.delete(item)),
        ("GET", "/customers/{customerId}", shop.get(item)),
    ]
    for method, template, response in responses:
        assert not oracle.complaint(method, template, response)


BULK = """
openapi: 3.1.0
info: {title: Tags, version: "1"}
paths:
  /tags:
    get:
      responses:
        '200':
          description: All.
          content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Tag'}}}}
    post:
      requestBody:
        required: true
        content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Tag'}}}}
      responses:
        '201':
          description: The last one.
          content: {application/json: {schema: {$ref: '#/components/schemas/Tag'}}}
        '409': {description: One exists.}
  /tags/search:
    post:
      requestBody:
        required: true
        content: {application/json: {schema: {type: object, properties: {slug: {type: string}}}}}
      responses:
        '200':
          description: Those found.
          content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Tag'}}}}
  /tags/{slug}:
    parameters: [{name: slug, in: path, required: true, schema: {type: string}}]
    get:
      responses:
        '200': {description: One., content: {application/json: {schema: {$ref: '#/components/schemas/Tag'}}}}
components:
  schemas:
    Tag: {type: object, required: [slug], properties: {slug: {type: string, pattern: '^[a-z]+$'}}}
"""


def test_a_request_that_fails_in_the_middle_writes_nothing(tmp_path):
    document = tmp_path / "tags.yaml"
    document.write_text(BULK)
    with running(create_app(document)) as origin, httpx2.Client(base_url=origin) as client:
        before = client.get("/tags").json()
        assert client.post("/tags", json=[{"slug": "a"}, {"slug": "b"}]).status_code == 201
        assert client.post("/tags", json=[{"slug": "c"}, {"slug": "a"}]).status_code == 409
        assert client.post("/tags/search", json={"slug": "x"}).status_code == 200
        assert client.get("/tags").json() == [{"slug": "b"}, {"slug": "a"}, *before]


ME = """
openapi: 3.1.0
info: {title: Users, version: "1"}
paths:
  /users:
    get:
      responses:
        '200':
          description: All.
          content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/User'}}}}
  /users/{userId}:
    parameters: [{name: userId, in: path, required: true, schema: {type: integer}}]
    get:
      responses:
        '200': {description: One., content: {application/json: {schema: {$ref: '#/components/schemas/User'}}}}
  /me:
    get:
      responses:
        '200': {description: Me., content: {application/json: {schema: {$ref: '#/components/schemas/User'}}}}
    patch:
      requestBody:
        content: {application/json: {schema: {type: object, properties: {nick: {type: string}}}}}
      responses:
        '200': {description: Me., content: {application/json: {schema: {$ref: '#/components/schemas/User'}}}}
components:
  schemas:
    User: {type: object, required: [id, nick], properties: {id: {type: integer}, nick: {type: string}}}
"""


def test_an_update_without_an_id_is_of_the_item_that_is_read(tmp_path):
    document = tmp_path / "users.yaml"
    document.write_text(ME)
    with running(create_app(document)) as origin, httpx2.Client(base_url=origin) as client:
        before = client.get("/me").json()
        after = {**before, "nick": "Ada"}
        assert client.patch("/me", json={"nick": "Ada"}).json() == after
        assert client.get("/me").json() == client.get(f"/users/{before['id']}").json() == after
        assert after in client.get("/users").json()
