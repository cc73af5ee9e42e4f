"""What each write does, by the role of its operation, against the generated world of published documents."""

import json

import pytest

from signoff.contract import load
from signoff.contract.requests import RequestReader
from signoff.contract.resources import infer
from signoff.mock.generate import Generator
from signoff.mock.problems import ProblemError
from signoff.mock.state import State, Transaction
from signoff.mock.state.session_world import SessionWorld
from signoff.mock.state.writing import Writer
from signoff.mock.world.base import BaseWorld
from tests.conftest import DOCUMENTS


class Api:
    """One session of an API: writes by operation, reads by resource."""

    def __init__(self, document, seed=0):
        self.contract = load(document)
        self.resources = infer(self.contract)
        self.seed = seed
        self.base = BaseWorld(self.resources, Generator(self.contract.schemas, seed), seed=seed)
        self.state = State()

    @property
    def world(self):
        return SessionWorld(self.base, Transaction(self.state), self.resources, self.seed)

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
        written = Writer(resource, use, self.resources).write(world, parsed)
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
    assert problem(museum, "DELETE /special-events/{eventId}", eventId=target) == "not_found"
    assert problem(museum, "PATCH /special-events/{eventId}", {}, eventId=target) == "not_found"


def test_a_deleted_new_entity_leaves_nothing_behind(museum):
    for _ in range(3):
        made = museum.send("POST /special-events", EVENT)
        museum.send("DELETE /special-events/{eventId}", eventId=made.item_id)
        assert museum.read("special-events", made.item_id) is None
        assert problem(museum, "DELETE /special-events/{eventId}", eventId=made.item_id) == "not_found"
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
    assert made.entity == {"id": int(made.item_id), **PET}


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
    assert petstore.read("pet", known) == {"id": int(known), **PET, "status": "sold"}


def test_put_of_an_id_that_no_list_has_adds_it(petstore):
    petstore.send("PUT /pet", {**PET, "id": 4711})
    assert petstore.ids("pet")[0] == "4711"


def test_an_update_by_query(petstore):
    known = petstore.ids("pet")[0]
    petstore.send("POST /pet/{petId}", None, "name=Max&status=sold", petId=known)
    found = petstore.read("pet", known)
    assert (found["name"], found["status"]) == ("Max", "sold")


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
