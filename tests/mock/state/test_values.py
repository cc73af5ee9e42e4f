"""The members of written entities: those of the client, those of the server, defaults and times."""

import pytest

from signoff.contract import load
from signoff.contract.resources import infer
from signoff.mock.state.values import Members

DOCUMENT = """
openapi: 3.1.0
info: {title: Shop, version: "1"}
paths:
  /users:
    post:
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/User'}}}}
      responses: {'201': {$ref: '#/components/responses/User'}}
  /users/{userId}:
    parameters: [{name: userId, in: path, required: true, schema: {type: integer}}]
    get:
      responses: {'200': {$ref: '#/components/responses/User'}}
components:
  responses:
    User: {description: "", content: {application/json: {schema: {$ref: '#/components/schemas/User'}}}}
  schemas:
    Flag: {type: boolean, readOnly: true}
    User:
      type: object
      required: [id, name, role]
      properties:
        id: {type: integer, readOnly: true}
        name: {type: string}
        password: {type: string, writeOnly: true}
        role: {type: string}
        plan: {type: string, default: free}
        note: {type: string}
        verified: {$ref: '#/components/schemas/Flag'}
        created_at: {type: string, format: date-time, readOnly: true}
        updatedOn: {type: string, format: date, readOnly: true}
        last_modified: {type: integer, readOnly: true}
"""
GENERATED = {
    "id": 7,
    "name": "Ada",
    "role": "admin",
    "plan": "pro",
    "note": "x",
    "verified": True,
    "created_at": "2026-03-01T10:00:00.123Z",
    "updatedOn": "2026-03-02",
    "last_modified": 1_780_000_001_000,
}


@pytest.fixture
def members(tmp_path):
    path = tmp_path / "api.yaml"
    path.write_text(DOCUMENT)
    return Members(infer(load(path)).named("users"))


def test_a_created_entity_has_what_was_sent_and_what_the_server_sets(members):
    sent = {"password": "p", "name": "Max", "id": 99, "verified": False, "unknown": 1}
    assert members.created(GENERATED, sent, 61) == {
        "id": 7,
        "name": "Max",
        "role": "admin",  # required, so it can't be left out
        "plan": "free",
        "verified": True,
        "created_at": "2026-10-01T00:01:01.123Z",
        "updatedOn": "2026-10-01",
        "last_modified": 1_790_812_861_000,
    }


def test_replacing_keeps_what_the_server_sets(members):
    before = {**GENERATED, "name": "Max"}
    found = members.replaced(before, {"name": "Eve", "role": "user", "created_at": "2020-01-01T00:00:00Z"}, 5)
    assert found == {
        "id": 7,
        "name": "Eve",
        "role": "user",
        "plan": "free",
        "verified": True,
        "created_at": GENERATED["created_at"],
        "updatedOn": "2026-10-01",
        "last_modified": 1_790_812_805_000,
    }
    assert list(found) == [name for name in GENERATED if name in found]


def test_a_patch_changes_no_member_of_the_server(members):
    after = {**GENERATED, "note": "y", "verified": False, "id": 8, "password": "p"}
    del after["plan"]
    found = members.updated(GENERATED, after, 5)
    kept = {name: item for name, item in GENERATED.items() if name != "plan"}
    assert found == {**kept, "note": "y", "updatedOn": "2026-10-01", "last_modified": 1_790_812_805_000}


def test_ids_have_the_type_of_the_member(members):
    assert members.typed("id", "12") == 12
    assert members.typed("name", "12") == "12"
