"""Handlers of the user's own: found, called, and their answers held to the contract."""

import logging
import sys
import textwrap

import httpx2
import pytest

from signoff.contract import SetUpError
from signoff.mock import Settings, create_app
from tests.conftest import running

DOCUMENT = """
openapi: 3.1.0
info: {title: Pets, version: "1"}
paths:
  /pets/{petId}:
    parameters: [{name: petId, in: path, required: true, schema: {type: integer}}]
    get:
      operationId: getPet
      responses:
        "200":
          description: one
          headers: {X-Rate: {schema: {type: integer}}}
          content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}}}
        "404": {description: none, content: {application/problem+json: {}}}
    delete: {operationId: deletePet, responses: {"204": {description: gone}}}
  /pets:
    get:
      operationId: list-pets
      parameters:
        - {name: filterBy, in: query, schema: {type: string}}
        - {name: X-Trace, in: header, schema: {type: string}}
      responses:
        "200":
          description: all
          content:
            application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Pet"}}}
            text/csv: {schema: {type: string}}
    post:
      operationId: addPet
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}}}}
      responses:
        "201": {description: made, content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}}}}
  /mocked:
    get:
      operationId: mocked
      responses: {"200": {description: ok, content: {application/json: {example: from the document}}}}
  /elsewhere:
    get:
      operationId: system
      x-openapi-router-controller: os
      responses: {"200": {description: ok, content: {application/json: {example: from the document}}}}
  /controlled:
    get:
      operationId: answer
      x-openapi-router-controller: pack.inner
      responses: {"200": {description: ok, content: {application/json: {schema: {type: string}}}}}
components:
  schemas:
    Pet:
      type: object
      required: [id, name]
      properties: {id: {type: integer}, name: {type: string}, born: {type: string, format: date}}
      additionalProperties: false
"""
HANDLERS = """
from datetime import date
from os import system
from connexion.exceptions import ProblemException

def getPet(petId):
    replies = {
        1: {"id": 1, "name": "Rex", "born": date(2020, 1, 2)},
        2: {"id": "two", "name": "Rex"},
        3: ({"id": 3, "name": "Rex"}, 418),
        4: ({"id": 4, "name": "Rex"}, {"X-Rate": 9}),
        5: ({"id": 5, "name": "Rex"}, 200, {"X-Rate": "fast"}),
    }
    if petId == 404:
        raise ProblemException(status=404, title="Not Found", detail="no such pet")
    if petId == 500:
        raise RuntimeError("a secret reason")
    return replies[petId]

async def list_pets(filter_by=None, **others):
    if filter_by == "csv":
        return "id,name\\r\\n1,Rex\\r\\n", 200, {"Content-Type": "text/csv"}
    return [{"id": 1, "name": filter_by or others.get("XTrace", "nobody")}]

def addPet(body):
    return body

def deletePet(petId):
    pass
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "__init__.py").write_text(HANDLERS)
    (tmp_path / "pack" / "inner.py").write_text("def answer():\n    return 'controlled'\n")
    (tmp_path / "pets.yaml").write_text(DOCUMENT)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield tmp_path
    for name in [name for name in sys.modules if name.partition(".")[0] in ("pack", "hands")]:
        del sys.modules[name]


@pytest.fixture
def served(folder):
    def serve(settings=None):
        return running(create_app("pets.yaml", settings, handlers="pack"))

    return serve


def test_functions_answer_their_operations_and_the_rest_stays_mocked(served):
    with served() as origin, httpx2.Client(base_url=origin) as client:
        pet = client.get("/pets/1")
        assert (pet.status_code, pet.json()) == (200, {"id": 1, "name": "Rex", "born": "2020-01-02"})
        assert client.get("/pets/4").headers["x-rate"] == "9"
        assert client.get("/pets", params={"filterBy": "Ann"}).json() == [{"id": 1, "name": "Ann"}]
        assert client.get("/pets", headers={"X-Trace": "t"}).json() == [{"id": 1, "name": "t"}]
        csv = client.get("/pets", params={"filterBy": "csv"})
        assert (csv.text, csv.headers["content-type"]) == ("id,name\r\n1,Rex\r\n", "text/csv")
        made = client.post("/pets", json={"id": 8, "name": "Ada"})
        assert (made.status_code, made.json()["id"]) == (201, 8)
        gone = client.delete("/pets/1")
        assert (gone.status_code, gone.content) == (204, b"")
        assert client.get("/mocked").json() == "from the document"
        assert client.get("/controlled").json() == "controlled"
        assert client.post("/pets", json={"id": 8}).status_code == 422
        assert client.get("/pets/1", headers={"Prefer": "code=404"}).status_code == 404


def test_a_document_cannot_reach_for_code_that_the_user_has_not_named(served):
    with served() as origin:
        assert httpx2.get(f"{origin}/elsewhere").json() == "from the document"


def test_a_problem_that_a_function_raises_is_answered(served):
    with served() as origin:
        found = httpx2.get(f"{origin}/pets/404")
    assert found.status_code == 404
    assert found.headers["content-type"] == "application/problem+json"
    assert found.json()["detail"] == "no such pet"


@pytest.mark.parametrize(
    ("pet", "said"),
    [(2, "/id of the body"), (3, "status 418 is not documented"), (5, "header X-Rate")],
)
def test_an_answer_that_breaks_the_contract_is_a_500_that_names_the_breach(served, pet, said):
    with served() as origin:
        found = httpx2.get(f"{origin}/pets/{pet}")
    assert found.status_code == 500
    assert found.json()["detail"].startswith("The handler's response does not match the API.")
    assert said in found.json()["detail"]


def test_answers_that_break_the_contract_can_be_let_through(served):
    with served(Settings(validate_responses=False)) as origin:
        assert httpx2.get(f"{origin}/pets/2").json() == {"id": "two", "name": "Rex"}
        assert httpx2.get(f"{origin}/pets/3").status_code == 418


def test_a_function_that_fails_is_a_500_without_its_reason_which_is_in_the_log(served, caplog):
    with served() as origin, caplog.at_level(logging.ERROR, "signoff"):
        found = httpx2.get(f"{origin}/pets/500")
    assert found.status_code == 500
    assert "secret" not in found.text
    assert "a secret reason" in caplog.text


def test_a_file_will_do_for_a_module(folder):
    (folder / "hands.py").write_text("def mocked():\n    return 'from the file'\n")
    with running(create_app("pets.yaml", handlers=folder / "hands.py")) as origin:
        assert httpx2.get(f"{origin}/mocked").json() == "from the file"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def mocked(unknown): ...", "has an argument 'unknown', but GET /mocked has no such parameter"),
        ("mocked = 3\nmocked_module = None", None),
    ],
)
def test_a_function_that_does_not_fit_is_told_at_start(folder, text, said):
    (folder / "hands.py").write_text(textwrap.dedent(text))
    if said is None:  # a name that is no function of the module's leaves the operation mocked
        with running(create_app("pets.yaml", handlers="hands")) as origin:
            assert httpx2.get(f"{origin}/mocked").json() == "from the document"
        return
    with pytest.raises(SetUpError, match=said):
        create_app("pets.yaml", handlers="hands")


@pytest.mark.parametrize("text", ["raise RuntimeError('no luck')", "def broken(:"])
def test_a_module_that_cannot_be_imported_is_a_set_up_error(folder, text):
    (folder / "hands.py").write_text(text)
    with pytest.raises(SetUpError, match="'hands' cannot be imported"):
        create_app("pets.yaml", handlers="hands")


def test_a_module_that_is_not_there_is_a_set_up_error(folder):
    with pytest.raises(SetUpError, match="cannot be imported"):
        create_app("pets.yaml", handlers="nowhere.at_all")
