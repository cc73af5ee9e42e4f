"""The control API through HTTP, per session."""

import json
import threading
from itertools import count
from pathlib import Path

import httpx2
import jsonschema
import pytest
import yaml

from signoff.mock import Settings, create_app
from signoff.mock.control.control import DOCUMENT, Control
from signoff.mock.journal import Journal
from signoff.mock.rules.rule_file import RuleFile
from tests.conftest import running
from tests.mock.control.servers import PREFIX, SHOP, Session, controlled
from tests.mock.state.servers import mock_process
from tests.redis_server import BINARY, redis_server

HAR = json.loads((Path(__file__).parent / "har-1.2.schema.json").read_text())
NUMBERS = count(1)
UNAVAILABLE = {"respond": {"status": 503}}


@pytest.fixture(scope="module")
def client():
    with controlled() as found:
        yield found


@pytest.fixture
def session(client):
    return Session(client, f"s{next(NUMBERS)}")


@pytest.fixture
def other(client):
    return Session(client, f"s{next(NUMBERS)}")


@pytest.fixture(
    scope="module",
    params=["memory", pytest.param("redis", marks=pytest.mark.skipif(not BINARY, reason="no redis-server"))],
)
def stored(request):
    if request.param == "memory":
        with controlled() as found:
            yield found
        return
    with (
        redis_server() as url,
        mock_process(SHOP, "--state", url) as origin,
        httpx2.Client(base_url=origin, timeout=10) as found,
    ):
        yield found


def names(session):
    return [item["name"] for item in session.mock("GET", "/shop/suppliers").json()["suppliers"]]


# The server.


def test_health(client):
    found = client.get(f"{PREFIX}/health").json()
    assert found["status"] == "ok"
    [document] = found["documents"]
    assert document == {
        "number": 1,
        "title": "Shop",
        "version": "1",
        "url": f"{client.base_url}/shop",
        "operations": 10,
    }


@pytest.mark.parametrize(
    ("headers", "query"),
    [
        ({"Prefer": "code=404"}, ""),
        ({"Prefer": "dynamic=true, items=3"}, ""),
        ({}, "?__dynamic=true"),
        ({}, "?__code=503&__example=x"),
        ({}, "?__delay=90000"),
    ],
)
def test_preferences_change_no_response_of_the_control_api(client, headers, query):
    found = client.get(f"{PREFIX}/rules{query}", headers=headers)
    assert (found.status_code, found.json()) == (200, {"rules": []})
    assert "preference-applied" not in found.headers


def test_the_session_in_the_query_stays(client):
    rule = {"operation": "GET /shop/suppliers", "respond": {"status": 503}}
    assert client.put(f"{PREFIX}/rules/only?__session=own&__code=404", json=rule).is_success
    assert [each["id"] for each in client.get(f"{PREFIX}/rules?__session=own").json()["rules"]] == ["only"]
    assert client.get(f"{PREFIX}/rules").json()["rules"] == []


def test_the_served_document_has_the_mock_as_its_server(client):
    response = client.get(f"{PREFIX}/document")
    document = response.json()
    assert document["servers"] == [{"url": f"http://{client.base_url.netloc.decode()}/shop"}]
    assert set(document["paths"]) == set(yaml.safe_load(SHOP.read_text())["paths"])
    assert client.get(f"{PREFIX}/openapi.yaml").content == DOCUMENT.read_bytes()
    assert "/__signoff/openapi.yaml" in client.get(f"{PREFIX}/documents").json()["detail"]
    as_yaml = client.get(f"{PREFIX}/document", headers={"Accept": "application/yaml"})
    assert as_yaml.headers["content-type"] == "application/yaml"
    assert yaml.safe_load(as_yaml.text) == document
    assert client.get(f"{PREFIX}/document?number=2").status_code == 404
    assert client.get(f"{PREFIX}/document", headers={"Accept": "text/csv"}).status_code == 406


def test_every_route_has_a_url_that_works(client):
    routes = client.get(f"{PREFIX}/routes").json()["routes"]
    assert [route["operation"] for route in routes][:3] == [
        "GET /products",
        "POST /products",
        "GET /products/{productId}",
    ]
    for route in routes:
        body = route.get("body")
        response = client.request(
            route["method"],
            route["url"],
            content=body["text"] if body else None,
            headers={"Content-Type": body["mediaType"]} if body else {},
        )
        assert response.status_code < 300, (route, response.text)


# The journal.


def test_the_journal_of_one_session(session, other):
    session.mock("GET", "/shop/products")
    session.mock("POST", "/shop/products", json={"name": 1})
    other.mock("GET", "/shop/suppliers")
    entries = session.api("GET", "/journal")["entries"]
    assert [entry["operation"] for entry in entries] == ["GET /products", "POST /products"]
    assert entries[1]["request"]["json"] == {"name": 1}
    assert entries[1]["response"]["status"] == 422
    assert entries[1]["why"] == "validation"
    assert len(entries[1]["notes"]) == 2
    assert len(other.api("GET", "/journal")["entries"]) == 1
    name = entries[0]["session"]
    assert len(other.api("GET", f"/journal?session={name}")["entries"]) == 2
    assert len(other.api("GET", "/journal?session=*")["entries"]) >= 3


def test_filters_of_the_journal(session):
    session.mock("GET", "/shop/products")
    session.mock("GET", "/shop/products?page=x")
    session.mock("GET", "/shop/suppliers")
    seen = [entry["time"] for entry in session.api("GET", "/journal")["entries"]]

    def matched(query):
        return session.api("GET", f"/journal?{query}")["matched"]

    assert matched("operation=GET /products") == 2
    assert matched("operation=GET /shop/products&status=4XX") == 1
    assert matched("status=200") == 2
    assert matched("since=2001-01-01T00:00:00Z") == 3
    assert matched("until=2001-01-01T00:00:00%2B02:00") == 0
    assert matched(f"since={seen[2]}") <= 2
    limited = session.api("GET", "/journal?limit=1")
    assert (len(limited["entries"]), limited["matched"]) == (1, 3)
    assert limited["entries"][0]["operation"] == "GET /suppliers"
    session.api("DELETE", "/journal?status=200", 204)
    assert [e["response"]["status"] for e in session.api("GET", "/journal")["entries"]] == [400]


def test_an_unknown_operation_is_an_error_with_a_hint(session):
    problem = session.api("GET", "/journal?operation=GET /prodcts", 404)
    assert "Did you mean GET /products?" in problem["detail"]


def test_secrets_are_redacted(session):
    session.mock(
        "POST",
        "/shop/products?access_token=abc123secret",
        headers={"Authorization": "Bearer abc123secret", "Cookie": "a=abc123secret"},
        json={"name": "A", "price": 1, "password": "abc123secret", "inner": {"api_token": "abc123secret"}},
    )
    text = json.dumps(session.api("GET", "/journal"))
    assert "abc123secret" not in text
    assert text.count("[redacted]") >= 5
    assert "abc123secret" not in json.dumps(session.api("GET", "/journal/har"))


def test_the_har_export_is_valid(session):
    session.mock("GET", "/shop/products?page=1&q=%C3%A4")
    session.mock("POST", "/shop/products", json={"name": "A", "price": 1})
    session.mock("POST", "/shop/products", content=b"\xff\xfe", headers={"Content-Type": "text/plain"})
    session.mock("GET", "/nowhere")
    archive = session.api("GET", "/journal/har")
    jsonschema.Draft202012Validator(HAR, format_checker=jsonschema.FormatChecker()).validate(archive)
    entries = archive["log"]["entries"]
    assert [entry["response"]["status"] for entry in entries] == [200, 201, 415, 404]
    assert entries[0]["request"]["queryString"] == [
        {"name": "page", "value": "1"},
        {"name": "q", "value": "ä"},
    ]
    assert json.loads(entries[1]["request"]["postData"]["text"]) == {"name": "A", "price": 1}
    assert entries[1]["request"]["url"].endswith("/shop/products")


def test_long_and_binary_bodies():
    with controlled(control=Control(journal=Journal(body_limit=11))) as client:
        client.post(
            "/shop/products", content='{"name":"ääääää"}'.encode(), headers={"Content-Type": "text/x"}
        )
        client.post("/shop/products", content=b"\xff\x00\x01", headers={"Content-Type": "text/x"})
        cut, binary = (entry["request"] for entry in Session(client).api("GET", "/journal")["entries"])
    assert (cut["body"], cut["bodySize"], cut["bodyTruncated"]) == ('{"name":"ä', 23, True)
    assert "json" not in cut
    assert (binary["body"], binary["bodyEncoding"], binary["bodySize"]) == ("/wAB", "base64", 3)


def test_a_full_journal_says_how_many_entries_it_dropped():
    with controlled(control=Control(journal=Journal(2))) as client:
        for _ in range(5):
            client.get("/shop/products")
        found = Session(client).api("GET", "/journal")
    assert (found["matched"], found["dropped"]) == (2, 3)


def events(response, wanted):
    """The data of the first events of a stream."""
    found = []
    for line in response.iter_lines():
        if line.startswith("data: "):
            found.append(json.loads(line.removeprefix("data: ")))
            if len(found) == wanted:
                break
    return found


def test_the_stream_sends_entries_as_they_come(client, session):
    session.mock("GET", "/shop/suppliers")
    name = session.api("GET", "/journal")["entries"][0]["session"]
    url = f"{PREFIX}/journal/stream?session={name}"
    with client.stream("GET", url) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        threading.Timer(0.3, lambda: httpx2.get(f"{client.base_url}/shop/products?__session={name}")).start()
        [entry] = events(response, 1)
    assert entry["operation"] == "GET /products"
    with client.stream("GET", url, headers={"Last-Event-ID": str(entry["id"] - 1)}) as response:
        assert events(response, 1) == [entry]
    everything = client.get(f"{url}&seconds=0").text
    assert everything.count("event: entry") == 2
    assert f"id: {entry['id']}\n" in everything


# Verification.


@pytest.fixture(scope="module")
def visited(client):
    session = Session(client, "visited")
    session.mock("POST", "/shop/products", json={"name": "A", "price": 1, "tags": ["x", "y"]})
    session.mock("POST", "/shop/products", json={"name": "B", "price": 2})
    session.mock("POST", "/shop/products", json={"name": "C"})
    session.mock("GET", "/shop/products/1")
    session.mock("GET", "/nowhere")
    return session


MET = [
    {"operation": "POST /products"},
    {"operation": "POST /products", "times": 3},
    {"operation": "POST /products", "status": "201", "times": 2},
    {"operation": "POST /products", "status": "4XX", "times": 1},
    {"operation": "POST /products", "body": {"name": "A"}, "times": 1},
    {"operation": "POST /products", "body": {"tags": ["x", "y"]}, "times": 1},
    {"operation": "POST /products", "body": {"tags": ["x"]}, "times": 0},
    {"operation": "POST /products", "when": "request.body.price >= 1", "atLeast": 2, "atMost": 2},
    {"when": "response.status == 404 && request.path == '/nowhere'", "times": 1},
    {"when": "request.parameters.path.productId == 1", "times": 1},
    {"method": "get", "path": "/shop/products/1", "times": 1},
    {"path": "/elsewhere", "times": 0},
    {"operation": "GET /suppliers", "atMost": 0},
]


@pytest.mark.parametrize("expectation", MET, ids=str)
def test_expectations_that_are_met(visited, expectation):
    assert visited.api("POST", "/journal/verify", json={"expectations": [expectation]})["failures"] == []


UNMET = [
    ({"operation": "POST /products", "times": 2}, "POST /products was called 3 times, expected 2 times"),
    ({"operation": "GET /suppliers"}, "GET /suppliers was called 0 times, expected at least once"),
    ({"operation": "POST /products", "atMost": 1}, "was called 3 times, expected at most once"),
    ({"operation": "POST /products", "atLeast": 4}, "was called 3 times, expected at least 4 times"),
    ({"operation": "POST /prodcts", "times": 0}, "no operation is called POST /prodcts. Did you mean POST"),
    ({"when": "request.body.price >", "times": 0}, "`when`: invalid CEL"),
    (
        {"when": "request.headers['X-Plan'] == 'a'", "times": 0},
        "names in lower case, not 'X-Plan', so",
    ),
    ({"when": "response.status == '201'", "times": 0}, "`response.status` is a number, never '201'"),
    ({"when": "response.body.nope == 1"}, "`when` has no value for a request: no such key 'nope'"),
    ({"when": "request.path"}, "`when` is neither true nor false"),
    ({"when": "reqest.body == 1", "times": 0}, "`when`: unknown variable `reqest`"),
    ({"operation": "POST /products", "body": {"name": True}}, "called 0 times"),
]


@pytest.mark.parametrize(("expectation", "message"), UNMET, ids=str)
def test_expectations_that_are_not_met(visited, expectation, message):
    found = visited.api(
        "POST", "/journal/verify", json={"expectations": [{"times": 1, **MET[-3]}, expectation]}
    )
    assert not found["passed"]
    assert found["failures"][-1]["expectation"] == 1
    assert message in found["failures"][-1]["message"]


def test_invalid_requests_fail_unless_their_status_is_expected(visited):
    rejected = {"operation": "POST /products", "status": "4XX"}
    for expectations in ([], [{"operation": "POST /products", "times": 3}], [{**rejected, "status": "201"}]):
        found = visited.api("POST", "/journal/verify", json={"expectations": expectations, "valid": True})
        [failure] = found["failures"]
        assert failure["message"].startswith("POST /products failed validation: request body")
        assert len(failure["entries"]) == 1
    body = {"expectations": [rejected], "valid": True}
    assert visited.api("POST", "/journal/verify", json=body)["passed"]


def test_the_path_of_an_expectation_has_the_base_path_or_not(visited):
    for path in ("/products", "/shop/products"):
        body = {"expectations": [{"method": "POST", "path": path, "times": 3}]}
        assert visited.api("POST", "/journal/verify", json=body)["passed"]
    assert not visited.api("POST", "/journal/verify", json={"expectations": [{"path": "/product"}]})["passed"]


def test_a_status_may_be_an_integer_and_a_mistyped_member_is_named(visited):
    for status, passed in ((201, True), (201.0, True), ("2XX", True), (20, False), (0, False), ("0", False)):
        body = {"expectations": [{"method": "POST", "path": "/products", "status": status}]}
        assert visited.api("POST", "/journal/verify", json=body)["passed"] is passed
    wrong = {"expectations": [{"status": "2xx"}]}
    [error] = visited.api("POST", "/journal/verify", 422, json=wrong)["errors"]
    assert "does not match" in error["detail"]
    mistyped = ({"expectations": [{"operaton": "x"}]}, "`operation`"), ({"exhaustve": True}, "`exhaustive`")
    for wrong, hint in mistyped:
        [error] = visited.api("POST", "/journal/verify", 422, json=wrong)["errors"]
        assert f"Did you mean {hint}" in error["detail"]


@pytest.mark.parametrize(
    ("method", "path", "hint"),
    [
        ("GET", "/journal?operations=listPets", "Did you mean operation?"),
        ("DELETE", "/journal?sesion=a", "Did you mean session?"),
        ("DELETE", "/state?resorce=products", "Did you mean resource?"),
        ("GET", "/journal/har?foo=1", "Known: session"),
    ],
)
def test_unknown_filters_are_rejected(session, method, path, hint):
    session.mock("GET", "/shop/products")
    found = session.api(method, path, expected=400)
    assert hint in found["errors"][0]["detail"]
    assert session.api("GET", "/journal")["entries"]


def test_other_requests_may_be_unexpected(visited):
    known = [{"operation": "POST /products"}, {"operation": "GET /products/{productId}"}]
    found = visited.api("POST", "/journal/verify", json={"expectations": known, "exhaustive": True})
    assert [failure["message"] for failure in found["failures"]] == ["unexpected requests: GET /nowhere"]
    assert found["counts"] == [3, 1]


def test_an_expensive_expression_ends(session):
    for _ in range(40):
        session.mock("POST", "/shop/products", json={"name": "A", "price": 1, "tags": ["x"] * 3000})
    loop = "request.body.tags.all(a, request.body.tags.all(b, request.body.tags.all(c, a == b)))"
    body = {"expectations": [{"when": loop, "times": 0}] * 20}
    found = session.api("POST", "/journal/verify", json=body)
    assert not found["passed"]
    assert "steps" in found["failures"][0]["message"]


# Rules and scenarios.


def test_rules_of_one_session(session, other):
    rule = {"operation": "GET /products", **UNAVAILABLE}
    stored = session.api("PUT", "/rules/down", json=rule)
    assert stored.items() >= rule.items()
    assert session.api("GET", "/rules")["rules"] == [{"id": "down", "rule": stored}]
    assert session.api("GET", "/rules/down") == stored
    assert other.api("GET", "/rules")["rules"] == []
    other.api("GET", "/rules/down", 404)
    other.api("DELETE", "/rules/down", 404)
    session.api("DELETE", "/rules/down", 204)
    assert session.api("GET", "/rules")["rules"] == []


@pytest.mark.parametrize(
    ("rule", "status", "reason"),
    [
        ({"operation": "GET /prodcts", **UNAVAILABLE}, 409, "GET /products"),
        ({"operation": "GET /products"}, 422, "the rule has no `respond`, `delay` or `fault`."),
        ({"operation": "GET /products", "fault": "trunkate"}, 422, "Did you mean `truncate`?"),
        ({"operation": "GET /products", "respond": {"hedaers": {}}}, 422, "Did you mean `headers`?"),
        ({"operation": "GET /products", "respond": {"status": 9}}, 422, ""),
        ({"operation": "GET /products", "whn": "true", **UNAVAILABLE}, 422, "whn"),
    ],
    ids=str,
)
def test_rules_that_do_not_fit(session, rule, status, reason):
    assert reason in json.dumps(session.api("PUT", "/rules/x", status, json=rule))
    assert session.api("GET", "/rules")["rules"] == []


def test_scenarios_without_a_rule_file(session):
    assert session.api("GET", "/scenario") == {"scenario": "", "scenarios": []}
    session.api("PUT", "/scenario", json={"scenario": ""})
    session.api("PUT", "/scenario", 404, json={"scenario": "flaky"})


def test_a_rule_is_compiled_while_other_requests_are_served(session, monkeypatch):
    """A large one takes long, so it is compiled in a thread."""
    begun, going, compiled = threading.Event(), threading.Event(), RuleFile.one_off

    def slow(*arguments):
        begun.set()
        assert going.wait(20)
        return compiled(*arguments)

    monkeypatch.setattr(RuleFile, "one_off", slow)
    putting = threading.Thread(target=session.api, args=("PUT", "/rules/slow"), kwargs={"json": UNAVAILABLE})
    putting.start()
    assert begun.wait(20)
    assert session.mock("GET", "/shop/products").status_code == 200
    going.set()
    putting.join(20)
    assert session.mock("GET", "/shop/products").status_code == 503


def test_bodies_are_small_but_for_state(session):
    """Reading a large one holds up the requests of all others."""
    large = "x" * 300_000
    session.api("PUT", "/rules/large", 413, json={"respond": {"body": large}})
    session.api("PUT", "/state", 409, json={"resources": {"suppliers": [{"name": 1, "more": large}]}})


# State.


def test_the_state_of_a_session(stored):
    mine, other = (Session(stored, f"t{next(NUMBERS)}") for _ in range(2))
    before = mine.api("GET", "/state")
    assert before["written"] == []
    assert list(before["resources"]) == ["products", "suppliers"]
    assert [item["name"] for item in before["resources"]["suppliers"]][:10] == names(mine)
    mine.mock("POST", "/shop/products", json={"name": "Mine", "price": 1})
    found = mine.api("GET", "/state?resource=products")
    assert found["written"] == ["products"]
    assert found["resources"]["products"][0]["name"] == "Mine"
    assert other.api("GET", "/state") == before


def test_items_are_replaced(stored):
    mine, other = (Session(stored, f"t{next(NUMBERS)}") for _ in range(2))
    mine.mock("POST", "/shop/products", json={"name": "Earlier", "price": 1})
    items = {"suppliers": [{"id": 7, "name": "Ada"}, {"name": "Berta"}], "products": []}
    found = mine.api("PUT", "/state", json={"resources": items})
    assert [item["name"] for item in found["resources"]["suppliers"]] == ["Ada", "Berta"]
    assert names(mine) == ["Ada", "Berta"]
    assert mine.mock("GET", "/shop/suppliers/7").json()["name"] == "Ada"
    assert mine.mock("GET", "/shop/suppliers/2").status_code == 404
    assert mine.mock("GET", "/shop/products").json()["data"] == []
    assert len(names(other)) == 10  # a page
    assert mine.api("PUT", "/state", json={"resources": {"suppliers": [{"id": 7, "name": "Cora"}]}})
    assert names(mine) == ["Cora"]
    mine.mock("POST", "/shop/products", json={"name": "Later", "price": 1})
    assert [item["name"] for item in mine.mock("GET", "/shop/products").json()["data"]] == ["Later"]


def test_lists_that_were_read_before_follow(stored):
    """A list is indexed when it is read first; replacing its items makes it another one."""
    mine = Session(stored, f"t{next(NUMBERS)}")
    mine.mock("POST", "/shop/products", json={"name": "Mine", "price": 1})
    before = names(mine)
    assert mine.mock("GET", "/shop/suppliers/3/products").status_code == 200
    mine.api("PUT", "/state", json={"resources": {"suppliers": []}})
    assert names(mine) == []
    mine.api("PUT", "/state", json={"resources": {"suppliers": [{"name": "Ada"}]}})
    assert names(mine) == ["Ada"]
    mine.api("DELETE", "/state?resource=suppliers", 204)
    assert names(mine) == before


def test_what_was_read_can_be_written(stored):
    mine = Session(stored, f"t{next(NUMBERS)}")
    resources = mine.api("GET", "/state")["resources"]
    assert mine.api("PUT", "/state", json={"resources": resources})["resources"] == resources
    assert mine.api("GET", "/state")["resources"] == resources


def test_collections_below_a_parent(stored):
    mine = Session(stored, f"t{next(NUMBERS)}")
    path = "/shop/products/3/reviews"
    assert path not in mine.api("GET", "/state")["resources"]
    review = mine.api("GET", f"/state?resource={path}")["resources"][path][0]
    mine.api("PUT", "/state", json={"resources": {path: [review]}})
    assert len(mine.mock("GET", path).json()["items"]) == 1
    found = mine.api("GET", "/state")
    assert found["written"] == [path]
    assert found["resources"][path] == [review]


def test_state_is_reset(stored):
    mine, other = (Session(stored, f"t{next(NUMBERS)}") for _ in range(2))
    before = mine.api("GET", "/state")
    for session in (mine, other):
        session.api("PUT", "/state", json={"resources": {"suppliers": [{"name": "Ada"}], "products": []}})
    mine.api("DELETE", "/state?resource=suppliers", 204)
    assert len(names(mine)) == 10
    assert mine.mock("GET", "/shop/products").json()["data"] == []
    mine.api("DELETE", "/state", 204)
    assert mine.api("GET", "/state") == before
    assert names(other) == ["Ada"]


def test_a_created_item_has_the_same_id_after_a_reset(stored):
    mine = Session(stored, f"t{next(NUMBERS)}")
    made = []
    for path in ("/state", "/state?resource=products", "/journal"):
        made.append(mine.mock("POST", "/shop/products", json={"name": "A", "price": 1}).json()["id"])
        mine.api("DELETE", path, 204)
    assert made == [13, 13, 13]


@pytest.mark.parametrize(
    ("items", "message"),
    [
        ({"supplers": []}, "Did you mean 'suppliers'?"),
        ({"suppliers": {}}, "list of entities"),
        ({"suppliers": [{"id": 1, "name": "A"}, {"id": 1, "name": "B"}]}, "uplicate id '1'"),
        ({"suppliers": [{"name": 5}]}, "/name"),
    ],
    ids=str,
)
def test_items_that_do_not_fit_change_nothing(stored, items, message):
    mine = Session(stored, f"t{next(NUMBERS)}")
    problem = mine.api("PUT", "/state", 409, json={"resources": {"products": [], **items}})
    assert message in problem["detail"]
    assert problem["errors"][0]["pointer"].startswith("/resources/supp")
    assert mine.api("GET", "/state")["written"] == []


def test_unknown_resources(client):
    session = Session(client)
    assert "suppliers" in session.api("GET", "/state?resource=supplirs", 404)["detail"]
    session.api("DELETE", "/state?resource=supplirs", 404)


def test_a_stateless_mock_says_so():
    with controlled(settings=Settings(stateless=True)) as client:
        session = Session(client)
        for method in ("GET", "DELETE"):
            assert "--stateless" in session.api(method, "/state", 409)["detail"]
        session.api("POST", "/reset", 204)


def test_the_initial_state_of_a_file(tmp_path):
    file = tmp_path / "state.yaml"
    file.write_text("suppliers: [{id: 1, name: Initial}, {id: 2, name: Second}]")
    with controlled(settings=Settings(state_file=str(file))) as client:
        session = Session(client)
        session.api("PUT", "/state", json={"resources": {"suppliers": [{"id": 2, "name": "New"}]}})
        assert names(session) == ["New"]
        assert session.mock("GET", "/shop/suppliers/1").status_code == 404
        session.api("DELETE", "/state?resource=suppliers", 204)
        assert names(session) == ["Initial", "Second"]


# Reset.


def test_reset_is_for_one_session(session, other):
    for each in (session, other):
        each.mock("POST", "/shop/products", json={"name": "Mine", "price": 1})
        each.api("PUT", "/rules/down", json={"operation": "GET /products", **UNAVAILABLE})
    session.api("POST", "/reset", 204)
    assert session.api("GET", "/journal")["entries"] == []
    assert session.api("GET", "/rules")["rules"] == []
    assert session.api("GET", "/state")["written"] == []
    assert len(other.api("GET", "/journal")["entries"]) == 1
    assert len(other.api("GET", "/rules")["rules"]) == 1
    assert other.api("GET", "/state")["written"] == ["products"]


@pytest.mark.parametrize("part", ["state", "rules", "journal", "scenario"])
def test_parts_are_reset_alone(session, part):
    session.mock("POST", "/shop/products", json={"name": "Mine", "price": 1})
    session.api("PUT", "/rules/down", json={"operation": "GET /products", **UNAVAILABLE})
    session.api("POST", "/reset", 204, json={"parts": [part]})
    left = {
        "state": session.api("GET", "/state")["written"],
        "rules": session.api("GET", "/rules")["rules"],
        "journal": session.api("GET", "/journal")["entries"],
    }
    assert {name for name, found in left.items() if not found} == ({part} - {"scenario"})


# Webhooks.


class Sender:
    names = ("orderPaid",)

    def __init__(self):
        self.fired = []

    async def fire(self, name, session, url, body):
        self.fired.append((name, session, url, body))
        return "d1"


def test_a_webhook_is_fired():
    sender = Sender()
    with controlled(control=Control(webhooks=sender)) as client:
        session = Session(client, "w")
        body = {"url": "http://localhost:9/hook", "body": {"a": 1}}
        assert session.api("POST", "/webhooks/orderPaid", 202, json=body) == {"id": "d1"}
        assert "orderPaid" in session.api("POST", "/webhooks/orderSent", 404, json=body)["detail"]
    assert sender.fired == [("orderPaid", "w", "http://localhost:9/hook", b'{"a":1}')]


def test_webhooks_of_a_mock_without_them(session):
    session.api("POST", "/webhooks/x", 404, json={"url": "http://localhost:9/"})


# Sessions.


def test_the_session_may_be_in_the_query_or_a_cookie(client):
    Session(client, "q1").mock("GET", "/shop/products")
    by_query = client.get(f"{PREFIX}/journal?__session=q1").json()
    by_cookie = client.get(f"{PREFIX}/journal", headers={"Cookie": "Signoff-Session=q1"}).json()
    assert by_query == by_cookie
    assert len(by_query["entries"]) == 1
    assert client.get(f"{PREFIX}/journal?__session=").status_code == 400


def test_the_application_works_in_process():
    """Library users pass a `Control` and read it, from another thread."""
    control = Control()
    with running(create_app(SHOP, control=control)) as origin:
        httpx2.get(f"{origin}/shop/products")
        assert [entry.status for entry in control.journal.entries()] == [200]
        control.journal.clear()
        assert httpx2.get(f"{origin}{PREFIX}/journal").json()["entries"] == []
