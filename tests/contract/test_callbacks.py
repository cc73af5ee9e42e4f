"""Callbacks of operations, and webhooks, as operations of the model."""

import pytest
import yaml

import signoff
from signoff.contract import Direction
from signoff.contract.callbacks import callbacks_of, webhook, webhook_names
from tests.conftest import DOCUMENTS

BODY = {
    "content": {
        "application/json": {
            "schema": {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}
        }
    }
}
OK = {"200": {"description": "ok"}}


def loaded(tmp_path, operation, **more):
    document = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {"/a": {"post": {"responses": OK, **operation}}},
        **more,
    }
    (tmp_path / "callbacks.yaml").write_text(yaml.safe_dump(document, sort_keys=False))
    return signoff.load(tmp_path / "callbacks.yaml")


def test_callbacks_have_their_expressions_and_operations(tmp_path):
    item = {"post": {"operationId": "paid", "requestBody": BODY, "responses": OK}, "put": {"responses": OK}}
    callbacks = {
        "onPaid": {"{$request.body#/url}": item, "http://x/{$request.query.id}": {"get": {"responses": OK}}},
        "onShared": {"$ref": "#/components/callbacks/Shared"},
    }
    shared = {"x-note": {"post": {}}, "{$url}": {"$ref": "#/components/pathItems/Item"}}
    components = {"callbacks": {"Shared": shared}, "pathItems": {"Item": {"post": {"responses": OK}}}}
    contract = loaded(tmp_path, {"callbacks": callbacks}, components=components)
    found = list(callbacks_of(contract, contract.operations[0]))
    assert [(each.name, each.expression, [one.method for one in each.operations]) for each in found] == [
        ("onPaid", "{$request.body#/url}", ["PUT", "POST"]),
        ("onPaid", "http://x/{$request.query.id}", ["GET"]),
        ("onShared", "{$url}", ["POST"]),
    ]
    assert found[0].operations[1].id == "paid"
    assert found[2].pointer == "/components/callbacks/Shared/{$url}"
    assert found[2].operations[0].pointer == "/components/pathItems/Item/post"
    assert len(contract.operations) == 1


def test_their_schemas_validate_though_they_were_added_later(tmp_path):
    callbacks = {"onPaid": {"{$url}": {"post": {"requestBody": BODY, "responses": OK}}}}
    contract = loaded(tmp_path, {"callbacks": callbacks, "requestBody": BODY})
    own = contract.operations[0].main_body.schema
    assert own.is_valid({"n": 1}, Direction.REQUEST)
    (callback,) = callbacks_of(contract, contract.operations[0])
    schema = callback.operations[0].main_body.schema
    assert schema.is_valid({"n": 1}, Direction.REQUEST)
    assert not schema.is_valid({"n": "1"}, Direction.REQUEST)
    assert not own.is_valid({}, Direction.REQUEST)


def test_published_documents():
    webhooks = signoff.load(DOCUMENTS / "webhook-example-3.1.yaml")
    assert webhook_names(webhooks) == ["newPet"]
    (operation,) = webhook(webhooks, "newPet")
    assert (operation.method, operation.path) == ("POST", "newPet")
    assert webhook(webhooks, "oldPet") == ()

    game = signoff.load(DOCUMENTS / "tictactoe-3.1.yaml")
    found = [(each.id, call.name) for each in game.operations for call in callbacks_of(game, each)]
    assert found == [("put-square", "statusCallback")]


@pytest.mark.parametrize("name", ["x-note", "none"])
def test_what_is_no_webhook(tmp_path, name):
    contract = loaded(tmp_path, {}, webhooks={"x-note": {"post": {}}, "paid": {"post": {"responses": OK}}})
    assert webhook(contract, name) == ()
    assert webhook_names(contract) == ["paid"]
