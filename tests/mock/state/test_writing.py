"""What each write does, by the role of its operation, against the generated world of published documents."""

import json
from functools import cache
from pathlib import Path

import pytest

from signoff.contract import Direction, load
from signoff.contract.requests import RequestReader
from signoff.contract.resources import infer
from signoff.generate import Generator
from signoff.mock.problems import ProblemError
from signoff.mock.state import State, Transaction
from signoff.mock.state.session_world import SessionWorld
from signoff.mock.state.writing import Writer
from signoff.mock.world.base_world import BaseWorld
from tests.conftest import DOCUMENTS, ROOT


@cache
def known(document):
    """A contract, and the resources of it."""
    contract = load(document)
    return contract, infer(contract)


class Api:
    """One session of an API: writes by operation, reads by resource."""

    def __init__(self, document, seed=0, initial=None):
        self.contract, self.resources = known(document)
        self.seed = seed
        self.base = BaseWorld(self.resources, Generator(self.contract.schemas, seed), seed=seed)
        self.state = State(initial=initial)

    @property
    def world(self):
        return SessionWorld(self.base, Transaction(self.state), self.seed, self.contract.base_path)

    def ids(self, name, *parents):
        return list(self.world.ids(self.resources.named(name), parents))

    def read(self, name, item_id, *parents):
        return self.world.entity(self.resources.named(name), str(item_id), parents)

    def send(self, label, body=None, query="", media_type="application/json", **path_values):
        method, _, path = label.partition(" ")
        operation = next(o for o in self.contract.operations if (o.method, o.path) == (method, path))
        resource, use = self.resources.use_of(operation)
        data = b"" if body is None else json.dumps(body).encode()
        headers = {"content-type": media_type} if body is not None else {}
        texts = {name: str(text) for name, text in path_values.items()}
        parsed = RequestReader(operation, self.contract.schemas).read(texts, query, headers, data)
        assert not parsed.faults, parsed.faults
        world = self.world
        headers = {"if-match": "*"} if method == "PATCH" else {}
        written = Writer(resource, use).write(world, parsed, headers, lambda _: "")
        self.state.apply(world.transaction.changes, 1)
        return written


def problem(api, *arguments, **path_values):
    with pytest.raises(ProblemError) as caught:
        api.send(*arguments, **path_values)
    return caught.value.name


@pytest.fixture
def museum():
    return Api(DOCUMENTS / "museum.yaml")


@pytest.fixture
def petstore():
    return Api(DOCUMENTS / "petstore-3.yaml")


EVENT = {"name": "Moon", "location": "Roof", "eventDescription": "Dark.", "dates": ["2026-12-01"], "price": 3}
PET = {"name": "Rex", "photoUrls": []}


def test_a_created_entity_is_the_first_of_its_list(museum):
    before = museum.ids("special-events")
    made = museum.send("POST /special-events", EVENT)
    assert made.is_new
    assert made.entity == {"eventId": made.item_id, **EVENT}
    assert museum.ids("special-events") == [made.item_id, *before]
    assert museum.read("special-events", made.item_id) == made.entity
    other = museum.send("POST /special-events", EVENT)
    assert museum.ids("special-events") == [other.item_id, made.item_id, *before]


def test_patch_and_delete_a_generated_entity(museum):
    before = museum.ids("special-events")
    target = before[3]
    entity = museum.read("special-events", target)
    museum.send("PATCH /special-events/{eventId}", {"price": 1}, eventId=target)
    assert museum.read("special-events", target) == {**entity, "price": 1}
    assert museum.ids("special-events") == before
    museum.send("DELETE /special-events/{eventId}", eventId=target)
    assert museum.read("special-events", target) is None
    assert museum.ids("special-events") == [name for name in before if name != target]
    assert problem(museum, "DELETE /special-events/{eventId}", eventId=target) == "resource_not_found"
    assert problem(museum, "PATCH /special-events/{eventId}", {}, eventId=target) == "resource_not_found"


def test_a_deleted_new_entity_leaves_nothing_behind(museum):
    for _ in range(3):
        made = museum.send("POST /special-events", EVENT)
        museum.send("DELETE /special-events/{eventId}", eventId=made.item_id)
        assert museum.read("special-events", made.item_id) is None
        assert (
            problem(museum, "DELETE /special-events/{eventId}", eventId=made.item_id) == "resource_not_found"
        )
    assert museum.state.size == 0
    assert len(museum.state.counts) <= 3


def test_integers_count_on_and_are_not_used_again(petstore):
    greatest = max(map(int, petstore.ids("pet")))
    assert petstore.send("POST /pet", PET).entity["id"] == greatest + 1
    petstore.send("DELETE /pet/{petId}", petId=greatest + 1)
    assert petstore.read("pet", greatest + 1) is None
    assert petstore.send("POST /pet", PET).entity["id"] == greatest + 2


def test_optional_members_that_were_not_sent_are_absent(petstore):
    made = petstore.send("POST /pet", PET)
    assert made.entity == {"id": int(made.item_id), **PET, "tags": [], "status": "available"}  # no `category`


def test_a_client_may_choose_the_id(petstore):
    petstore.send("POST /pet", {**PET, "id": 777})
    assert petstore.ids("pet")[0] == "777"
    petstore.send("POST /pet", {**PET, "id": 777, "name": "Max"})  # no 409 in the document
    assert petstore.ids("pet").count("777") == 1
    assert petstore.read("pet", 777)["name"] == "Max"
    assert petstore.send("POST /pet", PET).item_id not in (
        "777",
        *petstore.base.ids(petstore.resources.named("pet")),
    )


def test_put_with_the_id_in_the_body(petstore):
    known = petstore.ids("pet")[0]
    petstore.send("PUT /pet", {**PET, "id": int(known), "status": "sold"})
    assert petstore.read("pet", known) == {"id": int(known), **PET, "tags": [], "status": "sold"}


def test_put_of_an_id_that_no_list_has_adds_it(petstore):
    petstore.send("PUT /pet", {**PET, "id": 4711})
    assert petstore.ids("pet")[0] == "4711"


def test_an_update_by_query(petstore):
    known = petstore.ids("pet")[0]
    petstore.send("POST /pet/{petId}", None, "name=Max&status=sold", petId=known)
    found = petstore.read("pet", known)
    assert (found["name"], found["status"]) == ("Max", "sold")


def test_a_value_that_no_item_may_have_is_not_stored(petstore):
    known = petstore.ids("pet")[0]
    before = petstore.read("pet", known)
    petstore.send("POST /pet/{petId}", None, "name=Max&status=lost", petId=known)
    assert petstore.read("pet", known) == {**before, "name": "Max"}


def test_several_at_once(petstore):
    users = [{"username": "ada", "email": "a@example.com"}, {"username": "bob", "password": "p"}]
    petstore.send("POST /user/createWithList", users)
    assert petstore.ids("user")[:2] == ["bob", "ada"]
    assert petstore.read("user", "ada")["email"] == "a@example.com"


def test_equal_sequences_have_equal_states(museum):
    other = Api(DOCUMENTS / "museum.yaml")
    for api in (museum, other):
        made = [api.send("POST /special-events", {**EVENT, "price": number}) for number in range(3)]
        api.send("PATCH /special-events/{eventId}", {"price": 9}, eventId=made[1].item_id)
        api.send("DELETE /special-events/{eventId}", eventId=made[0].item_id)
    assert museum.state == other.state
    seeded = Api(DOCUMENTS / "museum.yaml", seed=1)
    assert seeded.send("POST /special-events", EVENT).item_id != made[0].item_id


@pytest.fixture
def shop():
    return Api(Path(__file__).with_name("shop.yaml"))


CUSTOMER = {"name": "Ada", "email": "ada@example.com", "password": "secret"}
MERGE, STEPS = "application/merge-patch+json", "application/json-patch+json"


def test_the_server_sets_what_clients_cannot(shop):
    first = shop.send("POST /customers", CUSTOMER)
    assert "password" not in first.entity
    assert (first.entity["plan"], first.entity["created_at"][:17]) == ("free", "2026-10-01T00:00:")
    second = shop.send("POST /customers", {**CUSTOMER, "email": "b@example.com"})
    assert second.entity["created_at"] > first.entity["created_at"]
    changed = shop.send(
        "PATCH /customers/{customerId}", {"plan": "pro"}, media_type=MERGE, customerId=first.item_id
    ).entity
    assert changed["created_at"] == first.entity["created_at"]
    assert changed["updated_at"] > second.entity["updated_at"]
    assert changed["plan"] == "pro"


def test_a_unique_member_that_is_taken_is_a_conflict(shop):
    shop.send("POST /customers", CUSTOMER)
    other = {**CUSTOMER, "email": "ADA@example.com"}
    assert problem(shop, "POST /customers", other) == "already_exists"
    known = shop.read("customers", shop.ids("customers")[-1])
    assert problem(shop, "POST /customers", {**CUSTOMER, "email": known["email"]}) == "already_exists"
    shop.send("DELETE /customers/{customerId}", customerId=shop.ids("customers")[0])
    shop.send("POST /customers", CUSTOMER)


def test_what_was_deleted_is_gone_where_the_document_says_so(shop):
    target = shop.ids("customers")[0]
    shop.send("DELETE /customers/{customerId}", customerId=target)
    assert problem(shop, "DELETE /customers/{customerId}", customerId=target) == "gone"
    order = shop.ids("orders")[-1]
    shop.send("DELETE /orders/{orderId}", orderId=order)
    assert problem(shop, "DELETE /orders/{orderId}", orderId=order) == "resource_not_found"


def test_put_creates_where_the_document_says_so(shop):
    target = shop.ids("customers")[0]
    shop.send("DELETE /customers/{customerId}", customerId=target)
    made = shop.send("PUT /customers/{customerId}", CUSTOMER, customerId=target)
    assert made.is_new
    assert shop.read("customers", target)["name"] == "Ada"
    assert shop.ids("customers").count(target) == 1
    again = shop.send("PUT /customers/{customerId}", {**CUSTOMER, "name": "Eve"}, customerId=target)
    assert not again.is_new
    assert again.entity["created_at"] == made.entity["created_at"]


def test_patches_by_media_type(shop):
    target = shop.send("POST /customers", {**CUSTOMER, "note": "x"}).item_id
    path = "PATCH /customers/{customerId}"
    assert "note" not in shop.send(path, {"note": None}, media_type=MERGE, customerId=target).entity
    steps = [{"op": "add", "path": "/note", "value": "y"}, {"op": "replace", "path": "/name", "value": "Eve"}]
    found = shop.send(path, steps, media_type=STEPS, customerId=target).entity
    assert (found["note"], found["name"]) == ("y", "Eve")
    for bad in (
        [{"op": "test", "path": "/name", "value": "Ada"}],
        [{"op": "remove", "path": "/name"}],
        [{"op": "replace", "path": "/plan", "value": "gold"}],
    ):
        assert problem(shop, path, bad, "", STEPS, customerId=target) == "invalid_patch"
    assert problem(shop, path, {"name": None}, "", MERGE, customerId=target) == "invalid_patch"
    assert shop.read("customers", target) == found


def test_children_have_the_id_of_their_parent(shop):
    customer = shop.ids("customers")[1]
    made = shop.send("POST /customers/{customerId}/orders", {"product": "Tea"}, customerId=customer)
    assert made.entity["customerId"] == customer
    assert made.entity["quantity"] == 1
    assert shop.read("orders", made.item_id) == made.entity


def test_a_deleted_parent_hides_its_children(shop):
    customer = shop.send("POST /customers", CUSTOMER).item_id
    path = "POST /customers/{customerId}/orders"
    order = shop.send(path, {"product": "Tea"}, customerId=customer).item_id
    assert order in shop.ids("orders")
    shop.send("DELETE /customers/{customerId}", customerId=customer)
    assert shop.read("orders", order) is None
    assert order not in shop.ids("orders")
    assert problem(shop, path, {"product": "Tea"}, customerId=customer) == "resource_not_found"
    assert problem(shop, "POST /orders/{orderId}/cancel", orderId=order) == "resource_not_found"
    generated = shop.read("orders", shop.ids("orders")[0])
    shop.send("DELETE /customers/{customerId}", customerId=generated["customerId"])
    assert shop.read("orders", generated["id"]) is None


def test_what_is_new_has_the_first_status(shop):
    for customer in shop.ids("customers")[:5]:
        made = shop.send("POST /customers/{customerId}/orders", {"product": "Tea"}, customerId=customer)
        assert made.entity["status"] == "open"


def test_null_in_plain_json_clears_only_what_may_be_null():
    api = Api(DOCUMENTS / "everruns-2026-01.json")
    agent = api.ids("agents")[0]
    entity = api.read("agents", agent)
    body = {"name": None, "description": None, "tags": ["a"]}
    found = api.send("PATCH /v1/agents/{agent_id}", body, agent_id=agent).entity
    assert (found["name"], found["description"], found["tags"]) == (entity["name"], None, ["a"])


def test_what_has_not_happened_yet_is_null():
    api = Api(DOCUMENTS / "everruns-2026-01.json")
    agent = api.ids("agents")[0]
    made = api.send("POST /v1/agents/{agent_id}/sessions", {"title": "One"}, agent_id=agent.upper())
    assert {name: made.entity[name] for name in ("started_at", "finished_at", "model_id", "tags")} == {
        "started_at": None,
        "finished_at": None,
        "model_id": None,
        "tags": [],
    }
    assert made.entity["created_at"].startswith("2026-10-01")
    assert api.read("sessions", made.item_id.upper(), agent) == made.entity
    assert api.read("sessions", made.item_id, agent.upper()) == made.entity


def test_a_uuid_is_one_id_in_any_case(shop):
    made = shop.send("POST /customers", CUSTOMER)
    upper = made.item_id.upper()
    assert shop.read("customers", upper) == made.entity
    changed = shop.send("PUT /customers/{customerId}", {**CUSTOMER, "name": "Eve"}, customerId=upper)
    assert shop.read("customers", made.item_id) == changed.entity
    shop.send("DELETE /customers/{customerId}", customerId=upper)
    assert shop.read("customers", made.item_id) is shop.read("customers", upper) is None


def test_an_action_changes_the_status(shop):
    order = shop.send(
        "POST /customers/{customerId}/orders", {"product": "Tea"}, customerId=shop.ids("customers")[0]
    )
    found = shop.send("POST /orders/{orderId}/cancel", orderId=order.item_id)
    assert found.entity == {**order.entity, "status": "cancelled"}
    assert shop.read("orders", order.item_id) == found.entity


def test_slugs_are_made_of_the_title(shop):
    assert shop.send("POST /posts", {"title": "Crème Brûlée"}).item_id == "creme-brulee"
    assert shop.send("POST /posts", {"title": "Creme brulee!"}).item_id == "creme-brulee-2"
    shop.send("DELETE /posts/{slug}", slug="creme-brulee")
    assert shop.read("posts", "creme-brulee") is None
    assert shop.send("POST /posts", {"title": "Creme brulee"}).item_id == "creme-brulee-3"


def test_keys_of_children_have_their_parents(shop):
    one, other = shop.ids("posts")[:2]
    before = shop.ids("comments", other)
    made = shop.send("POST /posts/{slug}/comments", {"text": "Hm"}, slug=one)
    assert shop.ids("comments", one)[0] == made.item_id
    assert shop.ids("comments", other) == before
    shop.send("DELETE /posts/{slug}", slug=one)
    assert shop.ids("comments", one) == []
    assert shop.read("comments", made.item_id, one) is None
    path = "PUT /posts/{slug}/comments/{commentId}"
    assert problem(shop, path, {"text": "x"}, slug=one, commentId=made.item_id) == "resource_not_found"


def test_there_is_one_settings(shop):
    shop.send("PUT /settings", {"theme": "dark"})
    assert shop.read("settings", "")["theme"] == "dark"
    assert shop.ids("settings") == [""]


@pytest.mark.parametrize("name", ["museum.yaml", "petstore-3.yaml", "petstore-expanded-2.0.yaml", "shop"])
@pytest.mark.parametrize("is_whole", [True, False])
def test_what_a_client_sends_is_not_generated_for_the_same_result(name, is_whole, monkeypatch):
    document = ROOT / "tests" / "mock" / "state" / "shop.yaml" if name == "shop" else DOCUMENTS / name

    def results():
        api, made = Api(document), []
        generator = Generator(api.contract.schemas, 5)
        for resource in api.resources.all:
            for use in resource.of_role("create"):
                offers = use.operation.request_body.content if use.operation.request_body else ()
                for key in "abc" if offers and offers[0].name == "application/json" else ():
                    body = generator.generate(offers[0].schema, Direction.REQUEST, key, varied=True)
                    if isinstance(body, dict) and not is_whole:
                        required = offers[0].schema.view.flat.get("required", ())
                        body = {member: value for member, value in body.items() if member in required}
                    texts = {each.parameter: api.ids(each.resource)[0] for each in use.parents}
                    label = f"{use.operation.method} {use.operation.path}"
                    written = api.send(label, body, **texts)
                    made.append((written.item_id, list(written.entity.items())))
        return made

    usual = results()
    assert usual
    monkeypatch.setattr(BaseWorld, "members", lambda *_: None)
    assert results() == usual


def test_a_create_generates_nothing_if_the_client_sends_all_members(museum, monkeypatch):
    generated, generate = [], Generator.generate

    def counted(self, schema, *arguments, **named):
        generated.append(schema.pointer)
        return generate(self, schema, *arguments, **named)

    museum.send("POST /special-events", EVENT)
    monkeypatch.setattr(Generator, "generate", counted)
    museum.send("POST /special-events", EVENT)
    assert generated == []
