"""Values that take long: the same as ever, made in slices and in a thread. Other requests don't wait."""

import gzip
import json
import random
import threading

import httpx2
import pytest

import signoff
from signoff.contract import Direction
from signoff.contract.requests import RequestReader
from signoff.generate import CannotGenerateError, Generator, Slices, TakesLongError
from signoff.generate.slices import STEPS
from signoff.mock import Settings, create_app, http_io
from signoff.mock.large_lists import large_lists
from tests.conftest import running

PERSON = {
    "type": "object",
    "required": ["id", "name", "email"],
    "properties": {
        "id": {"type": "integer"},
        "name": {"type": "string"},
        "email": {"type": "string", "format": "email"},
    },
}


def many(count, items):
    return {"type": "array", "minItems": count, "items": items}


LONG = {
    "objects": many(500, PERSON),
    "nested": many(60, many(60, {"type": "string"})),
    "contains": {"type": "array", "contains": {"type": "string"}, "minContains": 4000},
    "patterns": many(60, {"type": "string", "pattern": "^([a-z]{100}){10}$"}),
    "a long text": {"type": "string", "minLength": 300_000},
    "properties": {"type": "object", "minProperties": 3000},
    "required": {"type": "object", "required": [f"p{n}" for n in range(3000)]},
    "never": {
        "type": "array",
        "minItems": 400,
        "uniqueItems": True,
        "items": {"type": "integer", "minimum": 1, "maximum": 300},
    },
    "conditions": many(900, {"type": "integer", "if": {"minimum": 5}, "then": {"multipleOf": 5}}),
}


def loaded(tmp_path, schemas, more=None):
    content = {
        name: {"content": {"application/json": {"schema": schema}}} for name, schema in schemas.items()
    }
    paths = {
        f"/{name.replace(' ', '-')}": {
            "get": {"operationId": name.replace(" ", "_"), "responses": {"200": {"description": "x", **each}}}
        }
        for name, each in content.items()
    }
    path = tmp_path / "api.json"
    info = {"title": "t", "version": "1"}
    path.write_text(json.dumps({"openapi": "3.1.0", "info": info, "paths": paths | (more or {})}))
    return signoff.load(path)


def made(generator, schema):
    try:
        return generator.generate(schema, Direction.RESPONSE, "key")
    except CannotGenerateError as error:
        return str(error)


@pytest.mark.parametrize("name", LONG)
def test_a_value_in_slices_is_the_same_and_takes_few_steps_at_once(tmp_path, name):
    contract = loaded(tmp_path, {name: LONG[name]})
    schema = contract.operations[0].responses[0].content[0].schema
    usual = made(Generator(contract.schemas, 1), schema)
    generator, slices, waits = Generator(contract.schemas, 1), Slices(), 0
    while True:
        try:
            with slices.running():
                found = made(generator, schema)
                break
        except TakesLongError as error:
            waits += 1
            thread = threading.Thread(target=error.make)
            thread.start()
            thread.join()
    assert found == usual
    assert waits == 1


def test_short_values_take_no_thread_and_share_the_steps_of_a_slice(tmp_path):
    contract = loaded(tmp_path, {"person": PERSON})
    schema = contract.operations[0].responses[0].content[0].schema
    generator, slices, keys = Generator(contract.schemas, 1), Slices(), []

    def generate_all():
        with slices.running():
            for number in range(STEPS):
                keys.append(generator.generate(schema, Direction.RESPONSE, f"key {number}"))  # noqa: PERF401

    with slices.running():
        generator.generate(schema, Direction.RESPONSE, "one")
    with pytest.raises(TakesLongError):
        generate_all()
    assert STEPS / 20 < len(keys) < STEPS / 4
    with slices.running():  # what was made is not made again
        again = [generator.generate(schema, Direction.RESPONSE, f"key {n}") for n in range(len(keys))]
    assert again == keys


@pytest.mark.parametrize("name", ["objects", "never"])
def test_other_requests_do_not_wait(tmp_path, name):
    """A request that takes long is under way; requests that were sent later are responded to before it."""
    contract = loaded(tmp_path, {name: LONG[name], "person": PERSON})
    ended = threading.Event()
    with running(create_app(contract, Settings())) as origin, httpx2.Client(timeout=60) as client:
        assert client.get(f"{origin}/person").status_code == 200

        def ask():
            statuses.append(httpx2.get(f"{origin}/{name}", timeout=60).status_code)
            ended.set()

        statuses, served = [], 0
        thread = threading.Thread(target=ask)
        thread.start()
        while not ended.is_set():
            assert client.get(f"{origin}/person?n={served}").status_code == 200
            served += 1
        thread.join()
    assert statuses == [501 if name == "never" else 200]
    assert served > 5


BODIES = {
    "short": (json.dumps([{"id": 1}]), 422, {}),
    "wrong": (json.dumps([{"id": "x"}] * 2000), 422, {}),
    "valid": (json.dumps([{"id": 1, "name": "n", "email": "a@b.co"}] * 2000), 201, {}),
    "no json": ("[" * 100 + "1" * 20_000, 400, {}),
    "a long field": ("[]", 201, {"Accept": "application/json" + ", a/b" * 4_000}),
    "encoded": (gzip.compress(random.Random(0).randbytes(20_000)), 400, {"Content-Encoding": "gzip"}),
    "short and encoded": (gzip.compress(b"[]"), 201, {"Content-Encoding": "gzip"}),
}


@pytest.mark.parametrize("name", BODIES)
def test_long_requests_are_decoded_and_validated_in_a_thread(tmp_path, monkeypatch, name):
    threads = []

    def noting(work):
        def noted(*args):
            threads.append(threading.get_ident())
            return work(*args)

        return noted

    async def loop_of(scope, receive, send):
        loops.append(threading.get_ident())
        await app(scope, receive, send)

    monkeypatch.setattr(RequestReader, "read", noting(RequestReader.read))
    monkeypatch.setattr(http_io, "decoded", noting(http_io.decoded))
    loops = []
    content = {"application/json": {"schema": {"type": "array", "items": PERSON}}}
    operation = {"requestBody": {"content": content}, "responses": {"201": {"description": "Added"}}}
    body, status, fields = BODIES[name]
    app = create_app(loaded(tmp_path, {}, {"/people": {"post": operation}}))
    with running(loop_of) as origin:
        headers = {"Content-Type": "application/json", **fields}
        found = httpx2.post(f"{origin}/people", content=body, headers=headers)
    assert found.status_code == status
    assert len(threads) == (2 if "Content-Encoding" in fields else 1)
    assert {thread == loops[0] for thread in threads} == {name.startswith("short")}


def test_a_large_first_list_is_made_in_slices(tmp_path):
    response = {"200": {"description": "x", "content": {"application/json": {"schema": PERSON}}}}
    parameter = {"in": "path", "name": "id", "required": True, "schema": {"type": "integer"}}
    item = {"get": {"operationId": "person", "parameters": [parameter], "responses": response}}
    contract = loaded(tmp_path, {"people": {"type": "array", "items": PERSON}}, {"/people/{id}": item})
    ended, found = threading.Event(), []
    with running(create_app(contract, Settings())) as origin, httpx2.Client(timeout=60) as client:

        def ask():
            found.extend(httpx2.get(f"{origin}/people", headers={"Prefer": "items=1000"}, timeout=60).json())
            ended.set()

        thread = threading.Thread(target=ask)
        thread.start()
        served = 0
        while not ended.is_set():
            assert client.get(f"{origin}/people/1?n={served}").status_code == 200
            served += 1
        thread.join()
    assert len({each["id"] for each in found}) == 1000
    assert served > 5


def test_a_thousand_examples_and_more_are_items(tmp_path):
    """Each of them is in the list, and can be read."""
    examples = [{"id": number, "name": f"n{number}", "email": "a@b.co"} for number in range(1, 1301)]
    response = {"200": {"description": "x", "content": {"application/json": {"schema": PERSON}}}}
    parameter = {"in": "path", "name": "id", "required": True, "schema": {"type": "integer"}}
    item = {"get": {"operationId": "person", "parameters": [parameter], "responses": response}}
    pets = {"type": "array", "items": PERSON, "example": examples}
    contract = loaded(tmp_path, {"pets": pets}, {"/pets/{id}": item})
    with running(create_app(contract, Settings())) as origin, httpx2.Client(timeout=60) as client:
        assert client.get(f"{origin}/pets").json() == examples
        assert client.get(f"{origin}/pets/1300").json() == examples[-1]


@pytest.mark.parametrize("least", [1000, 1001, 2500])
def test_a_list_that_is_larger_than_what_the_mock_keeps_is_reported(tmp_path, least):
    contract = loaded(tmp_path, {"people": many(least, PERSON)})
    found = large_lists(contract)
    assert len(found) == (least > 1000)
    assert all(f"at least {least:,} items" in warning for warning in found)
    assert all(warning.startswith(str(tmp_path)) for warning in found)
