"""Verifications that must not pass, and other answers of the control API that were wrong."""

import httpx2
import pytest

from signoff.mock.control.control import Control
from signoff.mock.journal import Journal
from signoff.mock.webhooks import MARK
from tests.mock.control.servers import PREFIX, Session, controlled

ADD = {"operation": "POST /products"}
ITEM = {"name": "Lamp", "price": 5}


def verified(session, *expectations, **stated):
    return session.api("POST", "/journal/verify", json={"expectations": list(expectations), **stated})


@pytest.fixture
def small():
    with controlled(control=Control(journal=Journal(4))) as client:
        yield Session(client, "mine"), Session(client, "other")


@pytest.mark.parametrize(
    ("expectation", "stated"),
    [
        ({**ADD, "times": 3}, {}),
        ({**ADD, "atMost": 9}, {}),
        (ADD, {"valid": True}),
        (ADD, {"exhaustive": True}),
    ],
)
def test_limits_are_not_known_after_entries_were_dropped(small, expectation, stated):
    mine, other = small
    for _ in range(3):
        mine.mock("POST", "/shop/products", json=ITEM)
    assert verified(mine, expectation, **stated)["passed"]
    for _ in range(9):
        mine.mock("POST", "/shop/products", json=ITEM)
    found = verified(mine, {**ADD, "atLeast": 2})
    assert found["passed"]
    found = verified(mine, expectation, **stated)
    assert "dropped" in found["failures"][-1]["message"]
    assert verified(other, {**ADD, "times": 0}, valid=True)["passed"]  # which lost none
    mine.api("DELETE", "/journal", 204)
    for _ in range(3):
        mine.mock("POST", "/shop/products", json=ITEM)
    assert verified(mine, expectation, **stated)["passed"]


def test_only_requests_of_the_application_count():
    journal = Journal()
    with controlled(control=Control(journal=journal)) as client:
        session = Session(client)
        session.mock("GET", "/shop/products")
        preflight = {"Origin": "http://localhost:5173", "Access-Control-Request-Method": "GET"}
        session.mock("OPTIONS", "/shop/products", headers=preflight)
        journal.delivered("", "orderPaid", "http://localhost:9/", ("POST", (), b""), (200, (), b""))
        assert verified(session, {"path": "/shop/products", "times": 1}, exhaustive=True)["passed"]
        session.mock("OPTIONS", "/shop/products")
        found = verified(session, {"operation": "GET /products", "times": 1}, exhaustive=True)
        assert found["failures"][0]["message"] == "unexpected requests: OPTIONS /shop/products"


@pytest.mark.parametrize(
    "stated", [{}, {"expectations": []}, {"valid": False, "since": "2026-01-01T00:00:00Z"}]
)
def test_nothing_to_verify_does_not_pass(session, stated):
    found = session.api("POST", "/journal/verify", json=stated)
    assert not found["passed"]
    assert found["failures"][0]["message"].startswith("nothing to verify")


@pytest.fixture
def session():
    with controlled(control=Control(journal=Journal(body_limit=500))) as client:
        yield Session(client)


@pytest.mark.parametrize("content", [{"body": {"name": "Lamp"}}, {"when": "request.body.name == 'Lamp'"}])
def test_a_body_that_is_not_kept_whole_is_not_compared(session, content):
    session.mock("POST", "/shop/products", json=ITEM)
    assert verified(session, {**ADD, **content, "times": 1})["passed"]
    session.mock("POST", "/shop/products", json={**ITEM, "tags": ["x" * 50] * 20})
    found = verified(session, {**ADD, **content, "times": 1})
    assert "longer than what the journal keeps" in found["failures"][0]["message"]


def test_a_request_is_invalid_whatever_answered_it(session):
    session.api("PUT", "/rules/down", json={**ADD, "respond": {"status": 503}})
    assert session.mock("POST", "/shop/products", json={"name": 5}).status_code == 503
    session.api("DELETE", "/rules/down", 204)
    assert session.mock("POST", "/shop/products?__code=201", json={"price": "free"}).status_code == 201
    assert session.mock("POST", "/shop/products", json=ITEM).status_code == 201
    found = verified(session, ADD, valid=True)
    assert len(found["failures"]) == 2
    assert all("failed validation: body" in failure["message"] for failure in found["failures"])
    assert verified(session, {**ADD, "when": "request.valid", "times": 1})["passed"]


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_the_mock_s_own_deliveries_do_not_reach_the_control_api(session, method):
    path = "/reset" if method == "POST" else "/journal"
    session.api("PUT", "/rules/down", json={**ADD, "respond": {"status": 503}})
    session.api(method, path, 403, headers={MARK: "POST /orders onPaid"})
    assert session.mock("POST", "/shop/products", json=ITEM).status_code == 503


@pytest.mark.parametrize(
    ("since", "status"),
    [("2019-06-30T23:59:60Z", 200), ("2019-06-30t10:00:00z", 200), ("0000-02-01T00:00:00Z", 400)],
)
def test_every_valid_time_is_read_or_rejected(session, since, status):
    session.api("GET", f"/journal?since={since}", status)


def test_a_delay_beyond_the_limit_is_rejected_and_uses_no_rule_up(session):
    session.api("PUT", "/rules/once", json={**ADD, "times": 1, "respond": {"status": 503}})
    assert session.mock("POST", "/shop/products?__delay=77777777", json=ITEM).status_code == 400
    assert session.mock("POST", "/shop/products", json=ITEM).status_code == 503
    assert session.mock("POST", "/shop/products", json=ITEM).status_code == 201


def test_integers_may_be_written_with_a_fraction_of_zero(session):
    rule = {**ADD, "every": 2.0, "times": 1.0, "respond": {"status": 429.0}}
    session.api("PUT", "/rules/whole", json=rule)
    statuses = [session.mock("POST", "/shop/products", json=ITEM).status_code for _ in range(4)]
    assert statuses == [201, 429, 201, 201]


def test_a_merge_patch_leaves_errors_alone(session):
    session.api("PUT", "/rules/patch", json={**ADD, "invalid": True, "respond": {"merge": {"extra": 1}}})
    assert session.mock("POST", "/shop/products", json=ITEM).json()["extra"] == 1
    problem = session.mock("POST", "/shop/products", json={"name": 5})
    assert problem.status_code in (400, 422)
    assert "extra" not in problem.json()


def test_a_reader_with_an_id_of_an_earlier_mock_gets_all(session):
    session.mock("POST", "/shop/products", json=ITEM)
    origin = str(session._client.base_url)
    with httpx2.stream(
        "GET", f"{origin}{PREFIX}/journal/stream?seconds=1", headers={"Last-Event-ID": "5000"}
    ) as stream:
        assert any("POST" in text for text in stream.iter_text())
