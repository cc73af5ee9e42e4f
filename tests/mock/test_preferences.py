"""Preferences that change a response: its delay, the number of items, the scenario; alone and combined."""

import asyncio
import time

import httpx2
import pytest

import signoff
from signoff.mock import Settings, create_app
from tests.conftest import DOCUMENTS, ROOT, running
from tests.mock.rules.servers import mocking
from tests.mock.test_app import mocking as mocking_paths

OWN = "application/problem+json"


def timed(send):
    started = time.monotonic()
    found = send()
    return found, time.monotonic() - started


@pytest.mark.parametrize(
    ("header", "query", "status"),
    [
        ("delay=150", "", 200),
        ("", "?__delay=150", 200),
        ("code=503, delay=150", "", 503),
        ("delay=150", "?__code=429", 429),
        ("", "?__code=404&__delay=150", 404),
        ("example=empty, delay=150", "", 200),
    ],
)
def test_a_delay_works_alone_and_with_others(tmp_path, header, query, status):
    with mocking(tmp_path) as (client, _):
        client.get("/orders")
        for _ in range(2):  # from the cache, too
            found, seconds = timed(lambda: client.get(f"/orders{query}", headers={"Prefer": header}))
            assert (found.status_code, seconds >= 0.15) == (status, True)
            assert "delay=150" in found.headers["preference-applied"]
        assert timed(lambda: client.get("/orders"))[1] < 0.15


@pytest.mark.parametrize(
    ("preference", "reason"),
    [
        ("delay=2001", "the longest delay is 2000 ms; see --max-delay"),
        ("items=1001", "a list has at most 1000 items"),
        ("items=3, code=200", "a forced response has the items of the document"),
        ("scenario=flakey", "did you mean flaky?"),
        ("scenario=zzz", "the scenarios are flaky, happy"),
        ("delay=soon", "delay=soon: the value is a number of milliseconds"),
        ("delay=9999999999", "the value is a number of milliseconds"),
        ("items=-1", "the value is the number of items"),
        ("dynamic=yes", "the value is true or false"),
        ("code=abc", "a status is a number from 200 to 599"),
        ("code=600, delay=1", "a status is a number from 200 to 599"),
        ("item=3", "Did you mean items=3?"),
        ("scenari=happy", "Did you mean scenario=happy?"),
    ],
)
def test_an_impossible_preference_is_a_problem_of_the_mock(tmp_path, preference, reason):
    text = "scenarios: {flaky: [{operation: listOrders, respond: {status: 503}}], happy: []}"
    with mocking(tmp_path, text, Settings(max_delay=2)) as (client, _):
        found, seconds = timed(lambda: client.get("/orders", headers={"Prefer": preference}))
        again = client.get("/orders?" + "&".join(f"__{each.strip()}" for each in preference.split(",")))
    for response in (found, again):
        assert (response.status_code, response.headers["content-type"]) == (400, OWN)
        assert reason in response.json()["detail"]
    assert seconds < 2


def test_a_scenario_for_one_response(tmp_path):
    text = "scenarios: {flaky: [{operation: listOrders, respond: {status: 503}}], happy: []}"
    with mocking(tmp_path, text) as (client, book):
        assert client.get("/orders").status_code == 200
        assert client.get("/orders", headers={"Prefer": "scenario=flaky"}).status_code == 503
        found = client.get("/orders?__scenario=flaky&__delay=20")
        assert found.headers["preference-applied"] == "delay=20, scenario=flaky"
        assert client.get("/orders").status_code == 200
        book.use("", "flaky")
        assert client.get("/orders").status_code == 503
        assert client.get("/orders?__scenario=happy").status_code == 200


@pytest.mark.parametrize("count", [0, 1, 5, 500, 1000])
def test_a_list_has_the_number_of_items(tmp_path, count):
    with mocking(tmp_path) as (client, _):
        usual = client.get("/orders").json()
        found = client.get("/orders", headers={"Prefer": f"items={count}"})
        in_query = client.get(f"/orders?__items={count}")
        assert client.get("/orders").json() == usual
    items = found.json()
    assert (len(items), in_query.json() == items) == (count, True)
    assert len({item["id"] for item in items}) == count
    assert items[:12] == usual[:count]
    assert found.headers["preference-applied"] == f"items={count}"


def test_a_list_with_pages_has_that_many_in_all():
    contract = signoff.load(ROOT / "tests" / "mock" / "shop.yaml")
    with running(create_app(contract, Settings())) as origin:
        first = httpx2.get(f"{origin}/shop/products?__items=57&per_page=20").json()
        last = httpx2.get(f"{origin}/shop/products?__items=57&per_page=20&page=3").json()
        empty = httpx2.get(f"{origin}/shop/products?__items=0").json()
        inner = httpx2.get(f"{origin}/shop/products/2/reviews?__items=3").json()
        refused = httpx2.get(f"{origin}/shop/products/2?__items=3")
    assert (len(first["data"]), first["total"], first["total_pages"]) == (20, 57, 3)
    assert (len(last["data"]), last["has_more"]) == (17, False)
    assert (empty["data"], empty["total"]) == ([], 0)
    assert len(inner["items"]) == 3
    assert (refused.status_code, refused.headers["content-type"]) == (400, OWN)
    assert "the response has no list" in refused.json()["detail"]


def test_items_count_what_clients_wrote(tmp_path):
    with mocking(tmp_path) as (client, _):
        made = client.post("/orders", json={"items": []}).json()
        client.delete("/orders/2")
        items = client.get("/orders?__items=40").json()
        assert client.get("/orders?__items=1").json()[0]["id"] == made["id"]
        shown = client.get(f"/orders/{items[-1]['id']}")
    assert len(items) == len({item["id"] for item in items}) == 40
    assert items[0]["id"] == made["id"]
    assert 2 not in [item["id"] for item in items]
    assert shown.json().items() >= items[-1].items()


def listing(schema, example=None):
    content = {"schema": schema} | ({"example": example} if example is not None else {})
    ok = {"description": "ok", "content": {"application/json": content}}
    return {"/tags": {"get": {"responses": {"200": ok}}}}


@pytest.mark.parametrize(
    ("schema", "count", "reason"),
    [
        ({"type": "array", "items": {"type": "string"}}, 300, ""),
        ({"type": "array", "items": {"type": "string"}}, 0, ""),
        ({"type": "array", "minItems": 2, "items": {"type": "string"}}, 1, "2"),
        ({"type": "array", "maxItems": 4, "items": {"type": "string"}}, 9, "4"),
        (
            {
                "type": "array",
                "maxItems": 4,
                "items": {"type": "object", "properties": {"id": {"type": "integer"}}},
            },
            9,
            "4",
        ),
        ({"type": "object", "properties": {"name": {"type": "string"}}}, 3, "has no list"),
    ],
)
def test_other_lists_are_resized_within_what_the_document_allows(tmp_path, schema, count, reason):
    with mocking_paths(tmp_path, listing(schema)) as client:
        found = client.get("/tags", headers={"Prefer": f"items={count}"})
    if not reason:
        assert (found.status_code, len(found.json())) == (200, count)
        return
    assert (found.status_code, found.headers["content-type"]) == (400, OWN)
    assert reason in found.json()["detail"]


def test_a_rule_sets_the_number_of_items(tmp_path):
    text = "rules: [{operation: listOrders, respond: {items: 200}}]"
    with mocking(tmp_path, text) as (client, _):
        assert len(client.get("/orders").json()) == 200


def test_a_long_list_does_not_hold_up_other_requests():
    """Its items are generated in a thread; the same ones every time."""
    app = create_app(DOCUMENTS / "everruns-2026-01.json", Settings(auth=False))
    same = create_app(DOCUMENTS / "everruns-2026-01.json", Settings(auth=False))

    async def served_meanwhile():
        transport, other = httpx2.ASGITransport(app=app), httpx2.ASGITransport(app=same)
        async with (
            httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client,
            httpx2.AsyncClient(transport=other, base_url="http://localhost") as second,
        ):
            long = [
                asyncio.create_task(client.get(f"/api/v1/agents?__items={count}"))
                for count in (150, 240, 350)
            ]
            served = 0
            while not long[0].done():
                assert (await client.get("/api/v1/capabilities")).status_code == 200
                served += 1
                await asyncio.sleep(0)  # a cached response never waits
            found = [(await task).json()["data"] for task in long]
            again = (await second.get("/api/v1/agents?__items=150")).json()["data"]
        return served, found, again

    served, found, again = asyncio.run(served_meanwhile())
    assert served >= 5
    assert [len(items) for items in found] == [150, 240, 350]
    assert found[0] == found[2][:150] == again
