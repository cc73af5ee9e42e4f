"""Responses by a rule, over HTTP: what they are made of, and that they match the document."""

import httpx2
import pytest

from signoff.mock import Settings
from tests.mock.rules.servers import mocking

ORDER = {"items": ["a", "b", "c", "d"]}


def test_every_third_call_fails_for_who_meets_the_condition(tmp_path):
    text = """
    scenario: flaky
    scenarios:
      flaky:
        - operation: createOrder
          when: request.body.items.size() > 3 && request.headers['x-plan'] == 'free'
          respond: {status: 503, headers: {Retry-After: '2'}}
          every: 3
    """
    with mocking(tmp_path, text) as (client, _):
        free, paid = ({"X-Plan": plan} for plan in ("free", "paid"))
        found = [client.post("/orders", json=ORDER, headers=free) for _ in range(6)]
        assert client.post("/orders", json=ORDER, headers=paid).status_code == 201
        assert client.post("/orders", json={"items": []}, headers=free).status_code == 201
    assert [each.status_code for each in found] == [201, 201, 503, 201, 201, 503]
    assert found[2].headers["retry-after"] == "2"
    assert found[2].headers["signoff-undocumented"] == "status 503"
    assert found[2].headers["content-type"] == "application/problem+json"


def test_examples_bodies_and_templates(tmp_path):
    text = """
    rules:
      - {operation: listOrders, respond: {example: empty}}
      - operation: getOrder
        when: request.parameters.path.id == 7
        respond:
          body: {id: '${request.parameters.path.id}', state: paid, note: 'for ${request.headers.host} $${x}'}
      - operation: createOrder
        respond:
          body:
            id: 5
            state: open
            note: "${request.body.items.map(i, i + '!')[0]} of ${request.body.items}"
    """
    with mocking(tmp_path, text) as (client, _):
        assert client.get("/orders").json() == []
        order = client.get("/orders/7").json()
        created = client.post("/orders", json={"items": ["a", "b"]})
        assert client.get("/orders/8").json()["id"] == 8
    assert order == {"id": 7, "state": "paid", "note": f"for {client.base_url.netloc.decode()} ${{x}}"}
    assert (created.status_code, created.json()["note"]) == (201, 'a! of ["a","b"]')


def test_a_patch_changes_the_usual_response_and_what_clients_wrote_is_kept(tmp_path):
    text = """
    rules:
      - operation: createOrder
        respond: {merge: {state: shipped, total: null}}
      - operation: listOrders
        respond: {headers: {X-Rate: 3}, merge: '${[{"id": 9, "state": "paid"}]}'}
    """
    with mocking(tmp_path, text) as (client, _):
        created = client.post("/orders", json=ORDER)
        assert (created.status_code, created.json()["state"]) == (201, "shipped")
        assert "total" not in created.json()
        assert client.get(f"/orders/{created.json()['id']}").json()["id"] == created.json()["id"]
        listed = client.get("/orders")
    assert listed.json() == [{"id": 9, "state": "paid"}]
    assert listed.headers["x-rate"] == "3"


@pytest.mark.parametrize(
    ("rule", "path", "reason"),
    [
        (
            "operation: getOrder, respond: {merge: {state: '${request.method}'}}",
            "/orders/1",
            "the body at /state",
        ),
        ("operation: getOrder, respond: {body: {id: '${request.path}', state: paid}}", "/orders/1", "/id"),
        (
            "operation: getOrder, respond: {merge: {note: '${request.headers.x}'}}",
            "/orders/1",
            "has no value",
        ),
        (
            "operation: getOrder, respond: {merge: {note: '${timestamp(\"2026-01-01T00:00:00Z\")}'}}",
            "/orders/1",
            "not a JSON value",
        ),
        ("operation: getFile, respond: {merge: {}}", "/files/x", "needs a JSON body"),
    ],
)
def test_a_response_that_does_not_match_is_a_500_unless_it_is_meant_to(tmp_path, rule, path, reason):
    with mocking(tmp_path, f"rules: [{{{rule}}}]") as (client, _):
        found = client.get(path)
    assert (found.status_code, found.headers["content-type"]) == (500, "application/problem+json")
    assert found.json()["detail"].startswith("The mock can't send the response of the rule rules/1: ")
    assert ("`invalid: true`" in found.json()["detail"]) is ("does not match" in found.json()["detail"])
    assert reason in found.json()["detail"]


@pytest.mark.parametrize(
    "reply",
    [
        "body: {id: 1, state: open, note: '" + "${request.body.note}" * 12 + "'}",
        "merge: {note: '" + "${request.body}, " * 12 + "'}",
        "merge: {note: '${request.body.items.map(i, request.body.note)[0]}'}",
        "merge: {note: '${" + " + ".join(["request.body.note"] * 80) + "}'}",
        "headers: {X-Note: '${request.body.note}'}",
    ],
)
def test_what_templates_make_is_bounded(tmp_path, reply):
    """Also where the texts are long only while an expression is computed."""
    text = f"rules: [{{operation: createOrder, invalid: true, respond: {{{reply}}}}}]"
    with mocking(tmp_path, text) as (client, _):
        sent = {"items": ["é"] * 400, "note": "é" * 900_000}
        found = client.post("/orders", json=sent)
        small = client.post("/orders", json={"items": ["x"], "note": "short"})
    assert found.status_code == 500, found.content[:200]
    assert "rules/1" in found.json()["detail"]
    assert any(unit in found.json()["detail"] for unit in ("bytes", "250,000 steps"))
    assert len(found.content) < 1000
    assert small.status_code == 201


def test_items_that_no_list_can_have_are_the_rule_s_mistake(tmp_path):
    text = "rules: [{path: /files/a, respond: {items: 2}}]"
    with mocking(tmp_path, text) as (client, _):
        found = client.get("/files/a", headers={"Accept": "application/json"})
        own = client.get("/files/a", headers={"Accept": "application/json", "Prefer": "items=2"})
    assert found.status_code == 500
    assert "the rule rules/1" in found.json()["detail"]
    assert found.json()["detail"].endswith("`items: 2`: the response has no list.")
    assert own.status_code in (400, 500)


def test_what_is_meant_to_be_wrong_is_sent(tmp_path):
    text = """
    rules:
      - {operation: getOrder, invalid: true, respond: {merge: {state: lost}}}
      - {operation: listOrders, invalid: true, respond: {status: 202, body: {not: a list}}}
      - {operation: createOrder, invalid: true, respond: {status: 302, headers: {Location: /v1/orders}}}
      - {operation: deleteOrder, invalid: true, respond: {status: 429, headers: {Retry-After: soon}}}
    """
    with mocking(tmp_path, text) as (client, _):
        assert client.get("/orders/1").json()["state"] == "lost"
        listed = client.get("/orders")
        assert (listed.status_code, listed.json()) == (202, {"not": "a list"})
        assert listed.headers["signoff-undocumented"] == "status 202"
        moved = client.post("/orders", json=ORDER)
        assert (moved.status_code, moved.content, moved.headers["location"]) == (302, b"", "/v1/orders")
        assert client.delete("/orders/1").headers["retry-after"] == "soon"


def test_documented_headers_are_validated_and_null_removes_one(tmp_path):
    text = """
    rules:
      - {operation: createOrder, times: 1, respond: {status: 429, headers: {Retry-After: '${request.path}'}}}
      - {operation: createOrder, times: 1, respond: {status: 429, headers: {Retry-After: 5}}}
      - {operation: createOrder, respond: {status: 429, headers: {Retry-After: null}}}
    """
    with mocking(tmp_path, text) as (client, _):
        found = [client.post("/orders", json=ORDER) for _ in range(3)]
    assert [each.status_code for each in found] == [500, 429, 429]
    assert [each.headers.get("retry-after") for each in found] == [None, "5", None]


def test_files_are_sent_with_their_media_type(tmp_path):
    (tmp_path / "invoice.pdf").write_bytes(b"%PDF-1.7 \x00\xff")
    (tmp_path / "data.json").write_text('{"a": 1}')
    text = """
    rules:
      - {path: /files/a, respond: {status: 200, file: invoice.pdf}}
      - {path: /files/b, respond: {status: 200, file: data.json}}
    """
    with mocking(tmp_path, text) as (client, _):
        first, second = client.get("/files/a"), client.get("/files/b")
    assert (first.headers["content-type"], first.content) == ("application/pdf", b"%PDF-1.7 \x00\xff")
    assert (second.headers["content-type"], second.json()) == ("application/json", {"a": 1})


def test_a_sequence_of_responses(tmp_path):
    steps = "[{status: 503}, {status: 429, headers: {Retry-After: 1}}, {}]"
    text = f"rules: [{{operation: createOrder, respond: {{sequence: {steps}}}}}]"
    with mocking(tmp_path, text) as (client, _):
        found = [client.post("/orders", json=ORDER).status_code for _ in range(5)]
        other = client.post("/orders", json=ORDER, headers={"Signoff-Session": "other"}).status_code
    assert (found, other) == ([503, 429, 201, 201, 201], 503)


def test_a_client_that_forces_a_response_gets_it_and_is_not_counted(tmp_path):
    text = "rules: [{operation: listOrders, times: 1, respond: {status: 503}}]"
    with mocking(tmp_path, text) as (client, _):
        assert client.get("/orders", headers={"Prefer": "code=404"}).status_code == 404
        assert [client.get("/orders").status_code for _ in range(2)] == [503, 200]


def test_rules_apply_to_handlers(tmp_path):
    def get_order(id):  # noqa: A002 - the name of the parameter
        return {"id": id, "state": "open", "note": "by hand"}

    text = """
    rules:
      - {operation: getOrder, times: 1, respond: {merge: {state: paid}}}
      - {operation: getOrder, times: 1, respond: {status: 503}}
    """
    with mocking(tmp_path, text, handlers={"getOrder": get_order}) as (client, _):
        found = [client.get("/orders/4") for _ in range(3)]
    assert [each.status_code for each in found] == [200, 503, 200]
    assert found[0].json() == {"id": 4, "state": "paid", "note": "by hand"}
    assert found[2].json()["state"] == "open"


def test_one_off_rules_of_parallel_tests_do_not_meet(tmp_path):
    with mocking(tmp_path) as (client, book):
        for name, status in (("a", 500), ("b", 503)):
            book.put(name, "x", {"operation": "listOrders", "respond": {"status": status}})
        found = [
            client.get("/orders", headers={"Signoff-Session": name}).status_code for name in ("a", "b", "c")
        ]
        assert (found, client.get("/orders").status_code) == ([500, 503, 200], 200)
        book.reset("a")
        assert client.get("/orders?__session=a").status_code == 200


def test_the_response_says_which_rule_it_comes_from(tmp_path):
    text = "rules: [{id: down, operation: listOrders, respond: {status: 503}}, {id: late, delay: 1}]"
    with mocking(tmp_path, text, Settings(explain=True)) as (client, _):
        assert client.get("/orders").headers["signoff-explain"] == "rule down"
        both = client.get("/orders/1").headers.get_list("signoff-explain")
        assert both == ["rule late; orders 1, from the examples"]
    text = "rules: [{id: free, operation: getOrder, when: \"request.headers['x-plan'] == 'a'\", delay: 1}]"
    with mocking(tmp_path, text, Settings(explain=True)) as (client, _):
        skipped = client.get("/orders/1").headers["signoff-explain"]
        assert skipped.startswith("rule free skipped, `when` has no value: no such key 'x-plan'; orders 1")


def test_the_rules_of_several_documents(tmp_path):
    text = "rules: [{path: /v1/orders, method: get, respond: {status: 503}}]"
    with mocking(tmp_path, text) as (client, _):
        assert client.get("/orders").status_code == 503
        assert httpx2.get(str(client.base_url).removesuffix("/v1/") + "/v2/orders").status_code == 404


def test_rules_that_take_too_many_steps_are_problems_that_name_them(tmp_path):
    """Both a condition and a template, for one request; other requests get their usual responses."""
    pairs = "request.body.items.all(x, request.body.items . all(y, x + y != ''))"
    text = f"""
    rules:
      - id: filled
        operation: createOrder
        when: has(request.headers.c)
        respond: {{body: {{id: 5, state: open, note: '${{request.body.items.map(x, request.body.items)}}'}}}}
      - {{id: pairs, operation: createOrder, when: "{pairs}", respond: {{status: 503}}}}
    """
    many = {"items": [str(number) for number in range(600)]}
    with mocking(tmp_path, text) as (client, _):
        found = [client.post("/orders", json=many, headers=fields).json() for fields in ({}, {"c": "d"})]
        assert client.post("/orders", json=ORDER).status_code == 503
    assert [each["status"] for each in found] == [500, 500]
    assert ["pairs" in each["detail"] for each in found] == [True, False]
    assert ["filled" in each["detail"] for each in found] == [False, True]
    assert all("more than 250,000 steps" in each["detail"] for each in found)
