"""Operations of one resource show the same entities."""

import json
import os
import subprocess
import sys

import httpx2
import pytest
import yaml

import signoff
from signoff.contract.resources import infer
from signoff.generate import Generator
from signoff.mock import create_app
from signoff.mock.settings import Settings
from signoff.mock.world.base_world import BaseWorld
from tests.conftest import DOCUMENTS, ROOT, running

SHOP = ROOT / "tests" / "mock" / "shop.yaml"
PUBLISHED = ["museum.yaml", "petstore-3.yaml", "petstore-expanded-2.0.yaml", "everruns-2026-01.json"]


class Asked:
    """A client below the base path of a mock."""

    def __init__(self, document, **settings):
        self.contract = signoff.load(document, strict=False)
        self.app = create_app(self.contract, Settings(auth=False, **settings))

    def __enter__(self):
        self.server = running(self.app)
        origin = self.server.__enter__()
        self.client = httpx2.Client(base_url=origin + self.contract.base_path)
        return self.client

    def __exit__(self, *error):
        self.client.close()
        return self.server.__exit__(*error)


@pytest.fixture(scope="module")
def shop():
    with Asked(SHOP) as client:
        yield client


def agree(shown, whole):
    """Whether an item has no member that differs from the whole one."""
    return {name: whole[name] for name in shown if name in whole} == {
        name: value for name, value in shown.items() if name in whole
    }


def written(document, tmp_path):
    file = tmp_path / "doc.yaml"
    file.write_text(yaml.safe_dump(document, sort_keys=False))
    return file


def changed(tmp_path, change):
    """The shop with a change."""
    document = yaml.safe_load(SHOP.read_text())
    change(document)
    return written(document, tmp_path)


@pytest.mark.parametrize("name", [*PUBLISHED, "shop"])
def test_each_item_of_a_list_is_the_item_at_its_path(name):
    document = SHOP if name == "shop" else DOCUMENTS / name
    compared = 0
    with Asked(document, list_size=40) as client:
        contract = signoff.load(document, strict=False)
        resources = infer(contract)
        world = BaseWorld(resources, Generator(contract.schemas, 0), list_size=40)
        for resource in resources.all:
            parents = world.parents_for(resource, resource, "", ())
            for use in resource.of_role("list"):
                if use.response is None or not resource.item or not resource.of_role("read"):
                    continue
                owners = [resources.named(parent.resource) for parent in use.parents]
                firsts = (*parents, *(world.ids(owner)[0] for owner in owners[len(parents) :]))
                values = dict(zip((parent.parameter for parent in use.parents), firsts, strict=True))
                wanted = {"status": "available"} if "Status" in use.operation.path else {}
                if "ByTags" in use.operation.path:
                    wanted = {"tags": "any"}
                items = client.get(use.operation.path.format_map(values), params=wanted).json()
                for step in use.response.path:
                    items = items[step]
                for item in items:
                    keys = dict(zip((p.parameter for p in resource.parents), parents, strict=True))
                    keys[resource.id_parameter] = item[resource.id_member]
                    whole = client.get(resource.item.format_map(keys))
                    assert whole.status_code == 200
                    assert agree(item, whole.json()), (item, whole.json())
                    compared += 1
    assert compared >= 5


def test_the_documents_examples_are_the_first_entities():
    museum = yaml.safe_load((DOCUMENTS / "museum.yaml").read_text())["components"]["examples"]
    with Asked(DOCUMENTS / "museum.yaml") as client:
        shown = client.get("/special-events").json()
        assert shown == museum["ListSpecialEventsResponseExample"]["value"]
        ballet = client.get(f"/special-events/{shown[0]['eventId']}").json()
        assert ballet["name"] == "Sasquatch Ballet"


def test_an_unknown_id_comes_back_with_values_of_its_own(shop):
    first, second = (shop.get(f"/products/{number}").json() for number in (70_001, 70_002))
    assert (first["id"], second["id"]) == (70_001, 70_002)
    assert first["name"] != second["name"]
    assert first == shop.get("/products/70001").json()


def test_more_than_sixteen_requests_give_different_entities(shop):
    names = {shop.get(f"/products/{number}").json()["created_at"] for number in range(1000, 1100)}
    assert len(names) > 95


def test_embedded_items_and_foreign_keys_are_the_items_they_name(shop):
    for number in range(1, 13):
        product = shop.get(f"/products/{number}").json()
        supplier = shop.get(f"/suppliers/{product['supplierId']}").json()
        assert product["supplier"]["id"] == product["supplierId"]
        assert agree(product["supplier"], supplier)
        assert shop.get(f"/products/{number}/supplier").json() == supplier
        assert {"id": number}.items() <= next(
            each for each in supplier["products"] if each["id"] == number
        ).items()


def test_the_items_of_a_parent_are_those_that_refer_to_it(shop):
    everything = [shop.get(f"/products/{number}").json() for number in range(1, 13)]
    for supplier in (1, 2, 11):
        shown = shop.get(f"/suppliers/{supplier}/products").json()
        assert [item["id"] for item in shown] == [
            item["id"] for item in everything if item["supplierId"] == supplier
        ]
    assert shop.get("/suppliers/1/products").json()


def test_an_item_below_a_parent_refers_to_it(shop):
    reviews = shop.get("/products/4/reviews").json()["items"]
    product = shop.get("/products/4").json()
    assert len(reviews) == 10
    assert all(review["productId"] == 4 for review in reviews)
    assert all(agree(review["product"], product) for review in reviews)
    others = shop.get("/products/5/reviews").json()["items"]
    assert not {review["id"] for review in reviews} & {review["id"] for review in others}
    one = shop.get(f"/products/4/reviews/{reviews[3]['id']}").json()
    assert one == reviews[3]


def test_what_is_sent_comes_back_and_the_rest_stays(shop):
    before = shop.get("/products/6").json()
    after = shop.patch("/products/6", json={"name": "Lamp", "price": 5, "secret": "s"}).json()
    assert after == {**before, "name": "Lamp", "price": 5}


def test_a_created_item_has_a_new_id_that_its_location_names(shop):
    known = [item["id"] for item in shop.get("/products?per_page=100").json()["data"]]
    made = shop.post("/products", json={"name": "Lamp", "price": 5})
    body = made.json()
    assert (made.status_code, body["name"], body["price"]) == (201, "Lamp", 5)
    assert made.headers["location"] == f"/shop/products/{body['id']}"
    assert body["id"] not in known
    found = shop.get(f"/products/{body['id']}").json()
    assert found["created_at"] == body["created_at"]


def test_the_partner_of_a_request_example_is_its_response(shop):
    example = shop.post("/products", json={"price": 80, "name": "Oak chair"})
    assert (example.json()["id"], example.headers["location"]) == (901, "/shop/products/901")
    other = shop.post("/products", json={"price": 81, "name": "Oak chair"})
    assert other.json()["id"] != 901


def test_partners_elsewhere(tmp_path):
    content = {
        "schema": {"type": "object"},
        "examples": {"a": {"value": {"n": 1}}, "b": {"value": {"n": 2}}},
    }
    answer = {"examples": {"a": {"value": {"sum": 1}}, "b": {"value": {"sum": 2}}}}
    operation = {
        "requestBody": {"content": {"application/json": content}},
        "responses": {"200": {"description": "ok", "content": {"application/json": answer}}},
    }
    document = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {"/sum": {"post": operation}},
    }
    with Asked(written(document, tmp_path)) as client:
        sums = [client.post("/sum", json={"n": n}).json()["sum"] for n in (1, 2, 3)]
    assert sums == [1, 2, 1]


def test_write_only_members_are_never_shown(shop):
    texts = [shop.get("/products").text, shop.get("/products/1").text, shop.get("/suppliers/1").text]
    texts.append(shop.post("/products", json={"name": "a", "price": 1, "secret": "abc"}).text)
    assert not any("secret" in text for text in texts)


def test_unknown_ids_can_be_a_404(tmp_path):
    def state_examples(document):
        item = document["paths"]["/products/{productId}"]["get"]["responses"]["200"]
        item["content"]["application/json"]["example"] = {
            "id": 500,
            "name": "Vase",
            "price": 3,
            "created_at": "2026-01-01T00:00:00Z",
            "supplierId": 77,
        }

    with Asked(changed(tmp_path, state_examples), unknown_ids="404") as client:
        known = [client.get(path).status_code for path in ("/products/500", "/products/501", "/suppliers/77")]
        missing = client.get("/products/40000")
        below = client.get("/products/40000/reviews/3be6453c-03eb-4357-ae5a-984a0e574a54").status_code
        lists = [client.get(f"/products/{number}/reviews").status_code for number in (501, 40000)]
        changing = client.patch("/products/40000", json={"name": "a", "price": 1}).status_code
        assert client.get("/products").json()["data"][0]["name"] == "Vase"
    assert known == [200, 200, 200]
    assert lists == [200, 404]
    assert (missing.status_code, below, changing) == (404, 404, 404)


def test_dynamic_takes_no_examples():
    with Asked(DOCUMENTS / "museum.yaml", dynamic=True) as client:
        shown = client.get("/special-events").json()
        item = client.get(f"/special-events/{shown[1]['eventId']}").json()
    assert "Sasquatch Ballet" not in json.dumps(shown)
    assert item == shown[1]


def test_a_list_has_as_many_items_as_its_schema_allows(tmp_path):
    def bound(document):
        schema = document["paths"]["/suppliers/{supplierId}/products"]["get"]["responses"]["200"]
        schema["content"]["application/json"]["schema"] |= {"minItems": 14, "maxItems": 14}
        del document["paths"]["/products"]["get"]
        document["paths"]["/catalogue"] = {"get": {"responses": {"200": schema}}}

    with Asked(changed(tmp_path, bound)) as client:
        assert len(client.get("/catalogue").json()) == 14


def test_ids_are_like_those_of_the_examples(tmp_path):
    def name(document):
        document["components"]["schemas"]["Product"]["allOf"][1]["properties"]["id"] = {"type": "string"}
        for path in (
            "/products/{productId}",
            "/products/{productId}/supplier",
            "/products/{productId}/reviews",
        ):
            document["paths"][path]["parameters"][0]["schema"] = {"type": "string"}
        item = document["paths"]["/products/{productId}"]["get"]["responses"]["200"]
        item["content"]["application/json"]["example"] = {
            "id": "prod_8f3k",
            "name": "Vase",
            "price": 3,
            "created_at": "2026-01-01T00:00:00Z",
            "supplierId": 1,
        }

    with Asked(changed(tmp_path, name)) as client:
        ids = [item["id"] for item in client.get("/products").json()["data"]]
    assert ids[0] == "prod_8f3k"
    assert all(each.startswith("prod_") and len(each) == 9 for each in ids)
    assert len(set(ids)) == 10


def test_a_handler_gets_the_entity_as_the_mocks_own_response(tmp_path):
    (tmp_path / "handlers.py").write_text(
        "def get_product(mock_response):\n    mock_response.body['extra'] = 1\n    return mock_response\n"
    )

    def name(document):
        document["paths"]["/products/{productId}"]["get"]["operationId"] = "get_product"

    contract = signoff.load(changed(tmp_path, name))
    app = create_app(contract, Settings(), handlers=tmp_path / "handlers.py")
    with running(app) as origin, httpx2.Client(base_url=f"{origin}/shop") as client:
        listed = client.get("/products").json()["data"][2]
        item = client.get(f"/products/{listed['id']}").json()
    assert item["extra"] == 1
    assert agree(listed, item)


def test_what_a_client_sends_cannot_break_the_explaining_header(tmp_path):
    with Asked(DOCUMENTS / "petstore-3.yaml") as client:
        found = client.get("/user/a%0d%0ax-evil:%201%e4", headers={"Signoff-Explain": "1"})
    assert found.status_code == 200
    assert "x-evil" not in found.headers
    assert found.headers["signoff-explain"].startswith("user a??x-evil: 1")


def test_only_the_page_is_made_of_a_long_list(monkeypatch):
    made = []
    original = BaseWorld._made

    def counted(self, name, item_id, parents):
        made.append((name, item_id))
        return original(self, name, item_id, parents)

    monkeypatch.setattr(BaseWorld, "_made", counted)
    with Asked(SHOP, list_size=1000) as client:
        assert len(client.get("/suppliers?offset=990&limit=20").json()["suppliers"]) == 10
    assert len([name for name, _ in made if name == "suppliers"]) == 10


ENTITIES = """
import json, sys
import signoff
from signoff.contract.resources import infer
from signoff.generate import Generator
from signoff.mock.world.base_world import BaseWorld

for document in sys.argv[1:]:
    contract = signoff.load(document)
    resources = infer(contract)
    world = BaseWorld(resources, Generator(contract.schemas, 7), seed=7)
    for resource in resources.all:
        parents = world.parents_for(resource, resource, "", ())
        for item_id in world.ids(resource, parents):
            print(json.dumps(world.entity(resource, item_id, parents)))
"""


def test_two_processes_have_the_same_entities():
    command = [sys.executable, "-c", ENTITIES, str(SHOP), str(DOCUMENTS / "museum.yaml")]
    first, second = (
        subprocess.run(
            command, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    )
    assert first == second
    assert first.count(b"\n") > 60


def test_an_example_of_a_schema_is_used_once_in_a_list_and_not_as_an_id():
    with Asked(DOCUMENTS / "petstore-3.yaml", list_size=40) as client:
        names = [client.get(f"/pet/{number}").json()["name"] for number in range(1, 41)]
        quantities = [client.get(f"/store/order/{number}").json()["quantity"] for number in range(1, 41)]
    assert names.count("doggie") == 1
    assert len(set(quantities)) > 5


def test_ids_of_the_data_file_are_missing_or_forbidden(tmp_path):
    data = {
        "values": {"supplierId": {"missing": [3], "forbidden": [4]}, "path.productId": {"missing": ["7"]}},
        "operations": {"GET /products/{productId}": {"values": {"productId": {"forbidden": [8]}}}},
    }
    file = tmp_path / "data.yaml"
    file.write_text(yaml.safe_dump(data))

    def document_403(document):
        item = document["paths"]["/suppliers/{supplierId}"]["get"]["responses"]
        item["403"] = {"description": "denied"}

    asked = (
        "/suppliers/3",
        "/suppliers/4",
        "/suppliers/5",
        "/products/7",
        "/products/8",
        "/products/8/supplier",
    )
    with Asked(changed(tmp_path, document_403), data=str(file)) as client:
        assert [client.get(path).status_code for path in asked] == [404, 403, 200, 404, 404, 200]
        assert client.patch("/products/7", json={"name": "a", "price": 1}).status_code == 404


def test_a_data_file_that_is_none_is_an_error(tmp_path):
    file = tmp_path / "data.yaml"
    file.write_text("- a")
    with pytest.raises(signoff.contract.DataError, match="not an object"):
        create_app(SHOP, Settings(data=str(file)))


def test_examples_of_free_form_objects_are_all_that_is_known(tmp_path):
    def answer(schema, example):
        return {
            "200": {
                "description": "ok",
                "content": {"application/json": {"schema": schema, "example": example}},
            }
        }

    parameter = [{"name": "key", "in": "path", "required": True, "schema": {"type": "string"}}]
    free = {"type": "object"}
    paths = {
        "/things": {"get": {"responses": answer({"type": "array", "items": free}, [{"a": 1}, {"a": 2}])}},
        "/things/{key}": {"get": {"parameters": parameter, "responses": answer(free, {"a": 1, "key": "k"})}},
    }
    document = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": paths}
    with Asked(written(document, tmp_path)) as client:
        assert client.get("/things").json() == [{"a": 1}, {"a": 2}]
        assert client.get("/things/x").json()["a"] == 1


def test_generated_items_have_the_members_that_only_examples_have(tmp_path):
    def state_examples(document):
        item = document["paths"]["/suppliers/{supplierId}"]["get"]["responses"]["200"]
        example = {"id": 5, "name": "Ann", "email": "a@example.com", "rank": "gold"}
        item["content"]["application/json"]["example"] = example

    with Asked(changed(tmp_path, state_examples)) as client:
        found = client.get("/suppliers/9").json()
    assert (found["id"], found["rank"]) == (9, "gold")
    assert found["name"] != "Ann"


def test_a_text_that_no_example_has_is_generated(tmp_path):
    item = {
        "type": "object",
        "required": ["id", "kind", "remark"],
        "properties": {name: {"type": "string"} for name in ("id", "kind", "remark")},
    }
    listed = {"type": "array", "items": {**item, "required": ["id"]}}
    examples = [{"id": f"thing_{number}", "kind": "big"} for number in range(4)]

    def content(schema, **more):
        return {"200": {"description": "ok", "content": {"application/json": {"schema": schema, **more}}}}

    parameter = {"name": "thingId", "in": "path", "required": True, "schema": {"type": "string"}}
    paths = {
        "/things": {"get": {"responses": content(listed, example=examples)}},
        "/things/{thingId}": {"parameters": [parameter], "get": {"responses": content(item)}},
    }
    info = {"title": "Things", "version": "1"}
    with Asked(written({"openapi": "3.1.0", "info": info, "paths": paths}, tmp_path)) as client:
        for name in ("thing_9", "thing_10", "thing_1"):
            shown = client.get(f"/things/{name}")
            assert shown.status_code == 200
            assert shown.json()["kind"] == "big"
            assert shown.json()["remark"]
