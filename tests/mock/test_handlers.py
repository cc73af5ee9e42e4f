"""Handlers of the user's own: found, called, and their answers held to the contract."""

import logging
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

import signoff
from signoff.contract import SetupError
from signoff.mock import Settings, create_app
from signoff.mock.handler_modules import ModuleFunctions
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
    for name in [
        name for name in sys.modules if name.partition(".")[0] in ("pack", "hands", "shop", "store")
    ]:
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
    [(2, "The body at /id"), (3, "status 418 is not documented"), (5, "header X-Rate")],
)
def test_an_answer_that_breaks_the_contract_is_a_500_that_names_the_breach(served, pet, said):
    with served() as origin:
        found = httpx2.get(f"{origin}/pets/{pet}")
    assert found.status_code == 500
    assert found.json()["detail"].startswith("The handler's response does not match the document.")
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


@pytest.mark.parametrize("head", ["def", "async def", "@deterministic\ndef"])
def test_a_handler_that_exits_is_a_problem_like_one_that_fails(folder, head):
    text = f"from signoff.mock import deterministic\n\n{head} mocked():\n    raise SystemExit(3)\n"
    (folder / "hands.py").write_text(text)
    with running(create_app("pets.yaml", handlers=folder / "hands.py")) as origin:
        found = httpx2.get(f"{origin}/mocked")
    assert (found.status_code, found.headers["content-type"]) == (500, "application/problem+json")


@pytest.mark.parametrize(
    ("returned", "said"),
    [
        ("1, 0", "0 is not a final status code"),
        ("1, 99", "99 is not a final status code"),
        ("1, 6000", "6000 is not a final status code"),
        ("1, True", "True is not a final status code"),
        ("1, {'X-Own': 'a\\r\\nSet-Cookie: b=c'}", "header 'x-own' contains an invalid character"),
        ("1, {'X-Own': 'a\\0'}", "header 'x-own' contains an invalid character"),
        ("1, {'X Own': 'a'}", "header 'x own' contains an invalid character"),
        ("{'x': float('nan')}", None),
        ("[float('inf')]", None),
    ],
)
def test_what_cannot_be_sent_is_a_problem_even_where_nothing_is_validated(folder, returned, said):
    (folder / "hands.py").write_text(f"def mocked():\n    return {returned}\n")
    app = create_app("pets.yaml", Settings(validate_responses=False), handlers=folder / "hands.py")
    with running(app) as origin:
        found = httpx2.get(f"{origin}/mocked")
    assert (found.status_code, found.headers["content-type"]) == (500, "application/problem+json")
    assert said is None or said in found.json()["detail"]


def test_fields_of_the_connection_are_the_servers(folder):
    own = "{'Transfer-Encoding': 'chunked', 'Connection': 'close', 'Date': 'never', 'X-Own': 'kept'}"
    (folder / "hands.py").write_text(f"def mocked():\n    return 'x', 200, {own}\n")
    with running(create_app("pets.yaml", handlers=folder / "hands.py")) as origin:
        found = httpx2.get(f"{origin}/mocked")
    assert found.headers["x-own"] == "kept"
    assert "transfer-encoding" not in found.headers
    assert "connection" not in found.headers
    assert len(found.headers.get_list("date")) == 1


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
    if said is None:  # without such a function in the module, the operation stays mocked
        with running(create_app("pets.yaml", handlers="hands")) as origin:
            assert httpx2.get(f"{origin}/mocked").json() == "from the document"
        return
    with pytest.raises(SetupError, match=said):
        create_app("pets.yaml", handlers="hands")


@pytest.mark.parametrize("text", ["raise RuntimeError('no luck')", "def broken(:", "exit(3)"])
def test_a_module_that_cannot_be_imported_is_a_set_up_error(folder, text):
    (folder / "hands.py").write_text(text)
    with pytest.raises(SetupError, match="cannot import the handlers module 'hands'"):
        create_app("pets.yaml", handlers="hands")


def test_a_module_that_is_not_there_is_a_set_up_error(folder):
    with pytest.raises(SetupError, match="cannot import"):
        create_app("pets.yaml", handlers="nowhere.at_all")


def serving(folder, text, **settings):
    (folder / "hands.py").write_text(textwrap.dedent(text))
    return running(create_app("pets.yaml", Settings(**settings), handlers=folder / "hands.py"))


@pytest.mark.parametrize(
    ("headers", "sent"),
    [
        ('{"Set-Cookie": "a=1"}', ["a=1"]),
        ('{"Set-Cookie": ["a=1", "b=2"]}', ["a=1", "b=2"]),
        ('[("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]', ["a=1", "b=2"]),
    ],
)
def test_each_cookie_of_a_handler_has_a_field_of_its_own(folder, headers, sent):
    with serving(folder, f"def mocked():\n    return 'x', {headers}") as origin:
        assert httpx2.get(f"{origin}/mocked").headers.get_list("set-cookie") == sent


def test_a_response_of_starlette_is_sent_as_it_is(folder):
    text = """
        from starlette.responses import JSONResponse
        def mocked():
            found = JSONResponse("x", headers={"X-Own": "1"})
            found.set_cookie("a", "1")
            found.set_cookie("b", "2")
            return found
    """
    with serving(folder, text) as origin:
        found = httpx2.get(f"{origin}/mocked")
    assert (found.json(), found.headers["x-own"], len(found.headers.get_list("set-cookie"))) == ("x", "1", 2)


def test_headers_that_the_handler_takes_out_of_the_mocks_response_stay_out(folder):
    text = """
        def getPet(petId, mock_response):
            del mock_response.headers["x-rate"]
            mock_response.body |= {"id": petId}
            return mock_response
    """
    with serving(folder, text) as origin:
        found = httpx2.get(f"{origin}/pets/12")
        assert "x-rate" not in found.headers
        assert found.json()["id"] == 12
        assert httpx2.get(f"{origin}/pets/13").json()["id"] == 13  # what the mock keeps is not changed


def test_a_client_cannot_stand_in_for_what_the_mock_gives(folder):
    text = """
        def addPet(settings, mock_response, **others):
            assert "mock_response" not in others
            return {"id": settings.seed, "name": type(mock_response).__name__}
    """
    with serving(folder, text, seed=5) as origin:
        sent = {"id": 1, "name": "a", "settings": "x", "mock_response": "y"}
        assert httpx2.post(f"{origin}/pets", json=sent).status_code == 422  # a closed schema
        assert httpx2.post(f"{origin}/pets", json={"id": 1, "name": "a"}).json() == {
            "id": 5,
            "name": "MockResponse",
        }


STREAMS = """
import time

def mocked():
    def items():
        yield "["
        yield b"1"
        yield "]"
    return items(), {"X-Own": "1"}

async def getPet(petId):
    yield '{"id": 1, '
    raise RuntimeError("in the middle")

def list_pets():
    while True:
        yield b"x" * 1000
        time.sleep(0.001)
        SENT.append(1)

SENT = []
"""


def test_a_streamed_body_has_no_length_and_head_none_of_it(folder):
    with serving(folder, STREAMS) as origin:
        got, head = httpx2.get(f"{origin}/mocked"), httpx2.head(f"{origin}/mocked")
    assert (got.text, got.headers["x-own"], got.headers["transfer-encoding"]) == ("[1]", "1", "chunked")
    assert (head.status_code, head.content, head.headers["x-own"]) == (200, b"", "1")


@pytest.mark.parametrize("error", ["RuntimeError", "SystemExit"])
def test_a_stream_that_fails_is_broken_off_not_ended(folder, caplog, error):
    with (
        serving(folder, STREAMS.replace("RuntimeError", error)) as origin,
        pytest.raises(httpx2.RemoteProtocolError),
    ):
        httpx2.get(f"{origin}/pets/1")
    assert "the handler getPet failed while streaming" in caplog.text
    assert "in the middle" in caplog.text


def test_a_stream_ends_when_its_client_hangs_up(folder):
    with serving(folder, STREAMS) as origin:
        with httpx2.stream("GET", f"{origin}/pets", headers={"Accept": "text/csv"}) as found:
            next(found.iter_bytes())
        (module,) = [
            m for name, m in sys.modules.items() if getattr(m, "__file__", "") == str(folder / "hands.py")
        ]
        time.sleep(0.3)
        sent = len(module.SENT)
        time.sleep(0.2)
        assert len(module.SENT) == sent > 0


def test_a_plain_function_does_not_hold_up_other_requests(folder):
    text = """
        import time
        def mocked():
            time.sleep(1)
            return "slow"
        async def deletePet(petId): ...
    """
    with serving(folder, text) as origin, ThreadPoolExecutor() as pool:
        slow = pool.submit(httpx2.get, f"{origin}/mocked")
        time.sleep(0.2)
        assert httpx2.delete(f"{origin}/pets/1").status_code == 204
        assert not slow.done()
        assert slow.result().json() == "slow"


DETERMINISTIC = """
from signoff.mock import deterministic

CALLS = []

@deterministic
def getPet(petId):
    CALLS.append(petId)
    if petId == 500:
        raise RuntimeError("no luck")
    return {"id": petId, "name": str(len(CALLS))}

@deterministic
def mocked():
    return iter("ab")
"""


def test_a_deterministic_handler_is_called_once_a_request_but_each_fault_is_logged(folder, caplog):
    with serving(folder, DETERMINISTIC) as origin:
        names = [httpx2.get(f"{origin}/pets/{pet}").json()["name"] for pet in (1, 1, 2, 1)]
        assert names == ["1", "1", "2", "1"]
        for _ in range(2):
            assert httpx2.get(f"{origin}/pets/500").status_code == 500
        assert httpx2.get(f"{origin}/mocked").status_code == 500
    assert caplog.text.count("RuntimeError: no luck") == 2
    assert "a deterministic handler can't return a stream" in caplog.text


def test_what_is_not_a_plain_function_cannot_be_deterministic(folder):
    (folder / "hands.py").write_text(
        "from signoff.mock import deterministic\n@deterministic\nasync def getPet(petId): ..."
    )
    with pytest.raises(SetupError, match="getPet: a deterministic handler must be a plain function"):
        serving(
            folder, "from signoff.mock import deterministic\n@deterministic\nasync def getPet(petId): ..."
        ).__enter__()


def test_connexions_request_has_the_body_again(folder):
    text = """
        import connexion
        async def addPet():
            first, second = await connexion.request.json(), await connexion.request.json()
            return first if first == second else None
        def list_pets():
            return [{"id": 1, "name": connexion.request.headers["user-agent"] + connexion.request.url.path}]
    """
    with serving(folder, text) as origin, httpx2.Client(headers={"User-Agent": "me"}) as client:
        assert client.post(f"{origin}/pets", json={"id": 1, "name": "a"}).json() == {"id": 1, "name": "a"}
        assert client.get(f"{origin}/pets").json() == [{"id": 1, "name": "me/pets"}]


def test_a_problem_that_the_catalogue_does_not_have_is_a_500(folder, caplog):
    text = "from signoff.mock import ProblemError\ndef mocked():\n    return ProblemError('sold_out')"
    with serving(folder, text) as origin:
        assert httpx2.get(f"{origin}/mocked").status_code == 500
    assert "the problem catalogue has no entry 'sold_out'" in caplog.text


def test_handlers_can_be_a_mapping(folder):
    with running(create_app("pets.yaml", handlers={"mocked": lambda: "mapped"})) as origin:
        assert httpx2.get(f"{origin}/mocked").json() == "mapped"
    with pytest.raises(SetupError, match="no operationId matches"):
        create_app("pets.yaml", handlers={"mokked": lambda: "mapped"})


def test_a_package_that_is_loaded_by_its_path_clashes_with_none_of_its_name(folder, monkeypatch):
    other = folder / "elsewhere" / "pack"
    other.mkdir(parents=True)
    (other / "__init__.py").write_text("")
    (other / "handlers.py").write_text("from .words import WORD\ndef mocked():\n    return WORD\n")
    (other / "words.py").write_text("WORD = 'elsewhere'\n")
    (other / "inner.py").write_text("from . import words\ndef answer():\n    return words.WORD + ' inner'\n")
    before = list(sys.path)
    for source in (other, other / "handlers.py", str(other)):
        with running(create_app("pets.yaml", handlers=source)) as origin:
            assert httpx2.get(f"{origin}/mocked").json() == "elsewhere"
            assert httpx2.get(f"{origin}/controlled").json() == "elsewhere inner"
    assert sys.path == before
    assert "pack" not in sys.modules
    with running(create_app("pets.yaml", handlers="pack")) as origin:
        assert httpx2.get(f"{origin}/controlled").json() == "controlled"


def test_two_mocks_of_one_process_have_siblings_of_their_own(folder):
    for name in ("one", "two"):
        (folder / name).mkdir()
        (folder / name / "shop.py").write_text("from store import WORD\ndef mocked():\n    return WORD\n")
        (folder / name / "store.py").write_text(f"WORD = '{name}'\n")
    apps = [create_app("pets.yaml", handlers=folder / name / "shop.py") for name in ("one", "two", "one")]
    for app, word in zip(apps, ("one", "two", "one"), strict=True):
        with running(app) as origin:
            assert httpx2.get(f"{origin}/mocked").json() == word


def test_one_dotted_name_in_two_folders_is_two_modules(folder, monkeypatch):
    for name in ("one", "two"):
        (folder / name / "shop").mkdir(parents=True)
        (folder / name / "shop" / "words.py").write_text(f"def mocked():\n    return '{name}'\n")
        monkeypatch.chdir(folder / name)
        with running(create_app(folder / "pets.yaml", handlers="shop.words")) as origin:
            assert httpx2.get(f"{origin}/mocked").json() == name


def test_a_folder_without_init_is_a_package_too(folder):
    (folder / "bare").mkdir()
    (folder / "bare" / "handlers.py").write_text("from .words import WORD\ndef mocked():\n    return WORD\n")
    (folder / "bare" / "words.py").write_text("WORD = 'bare'\n")
    with running(create_app("pets.yaml", handlers=folder / "bare")) as origin:
        assert httpx2.get(f"{origin}/mocked").json() == "bare"


def test_a_change_in_any_file_of_a_package_is_followed(folder):
    package = folder / "mine"
    package.mkdir()
    (package / "handlers.py").write_text("from .words import WORD\ndef mocked():\n    return WORD\n")
    (package / "words.py").write_text("WORD = 'before'\n")
    functions = ModuleFunctions(package)
    (operation,) = [found for found in signoff.load("pets.yaml").operations if found.id == "mocked"]
    first = functions.function_for(operation)
    functions.reload()
    assert functions.function_for(operation) is first  # nothing has changed: it keeps its state
    (package / "words.py").write_text("WORD = 'afterwards'\n")
    assert str(package / "words.py") in functions.files
    functions.reload()
    assert functions.function_for(operation)() == "afterwards"
    (package / "words.py").write_text("WORD = \n")
    with pytest.raises(SetupError, match="mine': SyntaxError"):
        functions.reload()
    assert functions.function_for(operation)() == "afterwards"


@pytest.mark.parametrize("name", ["hands", "json"])
def test_a_changed_file_is_run_again_and_a_broken_one_changes_nothing(folder, name):
    file = folder / f"{name}.py"
    file.write_text("def mocked():\n    return 'before'\n")
    functions = ModuleFunctions(file)
    (operation,) = [found for found in signoff.load("pets.yaml").operations if found.id == "mocked"]
    assert functions.function_for(operation)() == "before"
    file.write_text("def mocked():\n    return 'afterwards'\n")
    functions.reload()
    assert functions.function_for(operation)() == "afterwards"
    file.write_text("def broken(:")
    with pytest.raises(SetupError, match="SyntaxError"):
        functions.reload()
    assert functions.function_for(operation)() == "afterwards"
    assert sys.modules["json"].loads("1") == 1


def test_a_status_without_content_has_none_whatever_the_handler_returns(folder):
    text = """
        def deletePet(petId, mock_response):
            mock_response.body = iter("ab") if petId == 1 else {"a": 1}
            return mock_response
    """
    with serving(folder, text) as origin:
        for pet in (1, 2):
            gone = httpx2.delete(f"{origin}/pets/{pet}")
            assert (gone.status_code, gone.content) == (204, b"")
            assert "content-type" not in gone.headers
