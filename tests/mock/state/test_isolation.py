"""Sessions under many clients, stores that fail, and responses that are never stale."""

import logging
import signal
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest

from signoff.contract import load
from signoff.mock import MockResponse, Settings, create_app
from signoff.mock.reloading import Build
from signoff.mock.state import MemoryStore
from signoff.mock.state.setup import warning_of
from tests.conftest import DOCUMENTS, running
from tests.mock.state.servers import round_robin
from tests.redis_server import free_port, redis_server, start

SHOP = Path(__file__).with_name("shop.yaml")
MUSEUM = DOCUMENTS / "museum.yaml"
EVENT = {"name": "Moon", "location": "Roof", "eventDescription": "Dark", "dates": ["2026-12-01"], "price": 3}
CLIENTS, ROUNDS = 8, 4


def name_session(kind, name):
    """The options of a request in a session, named in one of the three ways."""
    match kind % 3:
        case 0:
            return {"headers": {"Signoff-Session": name}}
        case 1:
            return {"headers": {"Cookie": f"theme=dark; Signoff-Session={name}"}}
        case _:
            return {"params": {"__session": name}}


def work(client, number):
    """Create, change and delete in a session of one's own; a list of what went wrong."""
    options = name_session(number, f"browser {number}")
    base = client.request("GET", "/customers", **options).json()["data"]
    mine = {}
    for turn in range(ROUNDS):
        body = {"name": f"client {number}", "email": f"{number}-{turn}@example.com"}
        made = client.request("POST", "/customers", json=body, **options)
        assert made.status_code == 201, made.text
        mine[made.json()["id"]] = made.json()
        shown = {item["id"]: item for item in client.request("GET", "/customers", **options).json()["data"]}
        assert shown == {**{item["id"]: item for item in base}, **mine}
        for known, entity in mine.items():
            assert client.request("GET", f"/customers/{known}", **options).json() == entity
        if turn % 2:
            gone = next(iter(mine))
            assert client.request("DELETE", f"/customers/{gone}", **options).status_code == 200
            assert client.request("GET", f"/customers/{gone}", **options).status_code == 410
            del mine[gone]
    return sorted(mine)


@pytest.mark.parametrize("kind", ["memory", "redis"])
def test_sessions_never_see_each_others_writes(kind):
    with redis_server() as url:
        options = ("--state", url) if kind == "redis" else ()
        with round_robin(SHOP, "/v1", *options, processes=2 if kind == "redis" else 1) as client:
            untouched = client.request("GET", "/customers").content
            with ThreadPoolExecutor(CLIENTS) as pool:
                found = list(pool.map(lambda number: work(client, number), range(CLIENTS)))
            assert len(found) == CLIENTS
            assert all(left == found[0] for left in found)  # the same sequence has the same ids
            assert client.request("GET", "/customers").content == untouched


@pytest.mark.parametrize("kind", ["memory", "redis"])
def test_clients_of_one_session_lose_no_write(kind):
    def create(client, number):
        body = {"name": "x", "email": f"{number}@example.com"}
        return client.request("POST", "/customers", json=body, headers={"Signoff-Session": "s"})

    with redis_server() as url:
        options = ("--state", url) if kind == "redis" else ()
        with round_robin(SHOP, "/v1", *options, processes=2 if kind == "redis" else 1) as client:
            with ThreadPoolExecutor(CLIENTS) as pool:
                made = list(pool.map(lambda number: create(client, number), range(40)))
            assert {response.status_code for response in made} == {201}
            ids = {response.json()["id"] for response in made}
            assert len(ids) == 40
            listed = client.request("GET", "/customers", headers={"Signoff-Session": "s"}).json()
            assert ids < {item["id"] for item in listed["data"]}


def test_an_invalid_session_name_is_a_problem():
    with running(create_app(SHOP)) as origin, httpx2.Client(base_url=origin) as client:
        response = client.get("/v1/customers", headers={"Signoff-Session": "x" * 129})
    assert (response.status_code, response.json()["title"]) == (400, "Bad Request")
    assert "1 to 128" in response.json()["detail"]


def test_a_store_that_is_down_is_a_503_and_nothing_is_reported_as_done():
    port = free_port()
    process = start(port)
    with round_robin(SHOP, "/v1", "--state", f"redis://127.0.0.1:{port}/0", processes=2) as client:
        try:
            made = client.request("POST", "/posts", json={"title": "One"})
            assert made.status_code == 201
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
        for method, path, options in (
            ("GET", "/posts", {}),
            ("POST", "/posts", {"json": {"title": "Two"}}),
            ("DELETE", "/posts/one", {}),
        ):
            response = client.request(method, path, **options)
            assert response.status_code == 503, response.text
            assert response.headers["content-type"] == "application/problem+json"
            assert f"redis://127.0.0.1:{port}/0 does not respond" in response.json()["detail"]
            assert response.headers["retry-after"] == "1"
        process = start(port)  # empty: it keeps nothing on disk
        try:
            assert client.request("GET", "/posts").status_code == 200
            assert client.request("POST", "/posts", json={"title": "One"}).status_code == 201
        finally:
            process.kill()
            process.wait()


def test_a_full_memory_is_a_507_and_reads_go_on():
    app = create_app(SHOP, store=MemoryStore(limit=20_000))
    with running(app) as origin, httpx2.Client(base_url=f"{origin}/v1") as client:
        for number in range(100):
            response = client.post("/posts", json={"title": f"t{number}", "text": "x" * 1000})
            if response.status_code != 201:
                break
        assert response.status_code == 507
        assert response.headers["content-type"] == "application/problem+json"
        assert "was not stored" in response.json()["detail"]
        titles = [post["title"] for post in client.get("/posts").json()]
        assert titles[:number] == [f"t{each}" for each in reversed(range(number))]
        assert client.delete(f"/posts/t{number - 1}").status_code == 204
        assert client.post("/posts", json={"title": "small"}).status_code == 201


@pytest.mark.parametrize("kind", ["memory", "redis"])
def test_no_response_is_stale_after_a_write(kind):
    with redis_server() as url:
        options = ("--state", url) if kind == "redis" else ()
        with round_robin(
            MUSEUM, "/_mock/docs/openapi/museum-api", *options, processes=2 if options else 1
        ) as it:
            path = "/special-events/f3e0e76e-e4a8-466e-ab9c-ae36c15b8e97"
            for price in range(8):
                other = {"Signoff-Session": "other"}
                for _ in range(3):  # cached
                    assert it.request("GET", path, headers=other).json()["price"] == 40
                assert it.request("PATCH", path, json={"price": price}).status_code == 200
                for _ in range(3):
                    assert it.request("GET", path).json()["price"] == price
                    assert it.request("GET", "/special-events?limit=30").json()[0]["price"] == price


def test_stateless_forgets():
    app = create_app(SHOP, Settings(stateless=True))
    with running(app) as origin, httpx2.Client(base_url=f"{origin}/v1") as client:
        before = client.get("/posts").content
        made = [client.post("/posts", json={"title": "One"}).content for _ in range(2)]
        assert made[0] == made[1]
        assert client.get("/posts").content == before
        target = client.get("/posts").json()[0]["slug"]
        assert [client.delete(f"/posts/{target}").status_code for _ in range(2)] == [204, 204]
        assert client.get(f"/posts/{target}").status_code == 200


def test_sessions_start_with_the_state_file(tmp_path):
    path = tmp_path / "state.json"
    path.write_text('{"posts": [{"slug": "hello", "title": "Hello"}]}')
    with round_robin(SHOP, "/v1", "--state-file", str(path), processes=1) as client:
        for session in ({}, {"Signoff-Session": "a"}):
            assert [post["slug"] for post in client.request("GET", "/posts", headers=session).json()] == [
                "hello"
            ]
            assert client.request("DELETE", "/posts/hello", headers=session).status_code == 204
            assert client.request("GET", "/posts", headers=session).json() == []
            assert client.request("GET", "/posts/other", headers=session).status_code == 404


def test_a_reload_keeps_the_state():
    build = Build([str(SHOP)], [], None, None, Settings(), load)
    seen = []
    for _ in range(2):
        app, _ = build.make()
        with running(app) as origin, httpx2.Client(base_url=f"{origin}/v1") as client:
            seen.append(len(client.get("/posts").json()))
            assert client.post("/posts", json={"title": "One"}).status_code == 201
    assert seen[1] == seen[0] + 1


def test_a_store_that_is_down_is_a_warning_at_the_start():
    port = free_port()
    settings = Settings(state=f"redis://:secret@127.0.0.1:{port}/0")
    assert warning_of(settings).startswith(f"redis://127.0.0.1:{port}/0 does not respond; requests")
    with redis_server() as url:
        assert warning_of(Settings(state=url)) == ""
    assert warning_of(Settings()) == ""


def test_a_handler_that_takes_the_mocks_response_sees_the_state():
    def listed(mock_response):
        mock_response.headers["X-Count"] = str(len(mock_response.body))
        return mock_response

    def created(mock_response):
        return MockResponse(201, {**mock_response.body, "text": "changed"})

    app = create_app(SHOP, handlers={"GET /posts": listed, "POST /posts": created})
    with running(app) as origin, httpx2.Client(base_url=f"{origin}/v1") as client:
        count = int(client.get("/posts").headers["X-Count"])
        assert client.post("/posts", json={"title": "One"}).json()["text"] == "changed"
        assert int(client.get("/posts").headers["X-Count"]) == count + 1


@pytest.fixture
def without_log():
    """Nothing is logged: pytest keeps each record until the end of the test."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.usefixtures("without_log")
def test_memory_is_flat_while_clients_create_and_delete():
    def turn(client, rounds):
        for number in range(rounds):
            made = client.post("/customers", json={"name": "x" * 4000, "email": f"{number}@example.com"})
            assert client.delete(f"/customers/{made.json()['id']}").status_code == 200

    store = MemoryStore()
    with running(create_app(SHOP, store=store)) as origin, httpx2.Client(base_url=f"{origin}/v1") as client:
        turn(client, 100)
        size = len(store)
        tracemalloc.start()
        before, _ = tracemalloc.get_traced_memory()
        turn(client, 300)
        after, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert len(store) == size
    assert after - before < 512 * 1024  # of 1,200 KiB that were written
