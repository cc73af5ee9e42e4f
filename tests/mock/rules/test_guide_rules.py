"""The rule file of the guide does what the guide says."""

import re
import time

import httpx2
import pytest

from signoff.mock import Settings, create_app
from signoff.mock.reloading import Build, ReloadingApp
from tests.conftest import ROOT, running
from tests.mock.rules.servers import mocking, orders, received

GUIDE = (ROOT / "docs" / "mock.md").read_text()
SECTION = GUIDE[GUIDE.index('<a id="rules">') : GUIDE.index("## Lists and items")]
EXAMPLE = re.search(r"```yaml\n(.*?)```", SECTION, re.DOTALL)[1]
FOUR = {"items": ["a", "b", "c", "d"]}


def test_the_example_of_the_guide(tmp_path):
    with mocking(tmp_path, EXAMPLE) as (client, book):
        assert book.scenarios == ("checkout-flaky", "slow", "retry", "happy")
        free = {"X-Plan": "free"}
        found = [client.post("/orders", json=FOUR, headers=free) for _ in range(3)]
        assert [each.status_code for each in found] == [201, 201, 503]
        assert found[2].headers["retry-after"] == "2"
        assert client.get("/orders").json() == []
        data, end, _ = received(client, "/v1/files/x")
        assert (b"200 OK" in data, end) == (True, "closed")
        with pytest.raises(httpx2.RemoteProtocolError):
            client.get("/files/x")
        order = client.get("/orders/7").json()
        assert (order["state"], order["note"]) == ("shipped", f"For {client.base_url.netloc.decode()}")
        assert not client.get("/orders/8").json().get("note", "").startswith("For ")
        book.use("", "retry")
        assert received(client, "/v1/orders/8")[1] == "reset"
        assert [client.get("/orders/8").status_code for _ in range(3)] == [503, 200, 200]
        book.use("", "happy")
        assert len(client.get("/orders").json()) > 2


@pytest.mark.parametrize("fault", ["reset", "empty", "truncate", "malformed-json", "wrong-content-type"])
def test_the_guide_lists_the_faults(fault):
    assert f"| `{fault}` |" in SECTION


def test_a_rule_file_that_changes_is_read_again(tmp_path):
    """Sessions keep their scenario; a broken file changes nothing."""
    file = tmp_path / "mock.yaml"
    text = "scenarios: {{one: [], two: [{{operation: listOrders, respond: {{status: {}}}}}]}}"
    file.write_text(text.format(503))
    build = Build([""], [], None, None, Settings(), lambda _: orders(), str(file))
    app = ReloadingApp(build.make)
    header = {"Signoff-Session": "a"}

    def seen(origin, expected):
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            if httpx2.get(f"{origin}/v1/orders", headers=header).status_code == expected:
                return True
            time.sleep(0.05)
        return False

    with app, running(app) as origin:
        build._rule_book.use("a", "two")
        build._rule_book.put("a", "mine", {"operation": "getOrder", "respond": {"status": 418}})
        assert httpx2.get(f"{origin}/v1/orders").status_code == 200
        assert seen(origin, 503)
        file.write_text(text.format(504))
        assert seen(origin, 504)
        file.write_text("scenarios: {two: [{operation: nope, delay: 1}]}")
        time.sleep(0.6)
        assert httpx2.get(f"{origin}/v1/orders", headers=header).status_code == 504
        assert httpx2.get(f"{origin}/v1/orders/1", headers=header).status_code == 418
        file.write_text("scenarios: {one: []}")
        assert seen(origin, 200)


def test_python_takes_the_path_of_a_rule_file(tmp_path):
    file = tmp_path / "mock.yaml"
    file.write_text("rules: [{operation: listOrders, respond: {status: 503}}]")
    with running(create_app(orders(), rules=file)) as origin:
        assert httpx2.get(f"{origin}/v1/orders").status_code == 503
