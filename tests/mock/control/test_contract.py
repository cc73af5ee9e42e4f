"""The control API by our own kit: its document is reviewed, and its server is tested against it."""

import json
import shutil
from pathlib import Path

import httpx2
from click.testing import CliRunner

import signoff
from signoff.cli import main
from signoff.conformance import Options, load_data, response_body, run
from signoff.mock import Settings
from signoff.mock.control.control import DOCUMENT, Control
from signoff.mock.reloading import Build, ReloadingApp
from tests.conftest import DOCUMENTS, running
from tests.mock.control.servers import PREFIX, SHOP, Session, controlled
from tests.mock.test_reloading import comes_true

DATA = Path(__file__).parent / "data.yaml"
RULES = """
scenarios:
  flaky:
    - operation: GET /suppliers
      respond: {status: 503}
      times: 1
  happy: []
"""


def test_the_review_finds_nothing():
    command = ["review", str(DOCUMENT), "--profile", "recommended", "--report", "json=-", "--fail-on", "info"]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 0, result.output
    assert '"findings": []' in result.output or json.loads(result.output)["findings"] == []


def test_the_server_matches_its_document(tmp_path, monkeypatch):
    monkeypatch.setattr(response_body, "STREAM_S", 0.05)  # of each response of the journal's stream
    rules = tmp_path / "mock.yaml"
    rules.write_text(RULES)
    with controlled(rules=rules) as client:
        target = str(client.base_url) + PREFIX
        options = Options(no_fuzzing=True)
        verdict = run(target, signoff.load(DOCUMENT), data=load_data(DATA), options=options)
    assert [(each.check.id, each.fault) for each in verdict.evidence.errors] == []


def test_scenarios_of_a_rule_file(tmp_path):
    rules = tmp_path / "mock.yaml"
    rules.write_text(RULES)
    with controlled(rules=rules) as client:
        mine, other = Session(client, "mine"), Session(client, "other")
        assert mine.api("GET", "/scenario") == {"scenario": "", "scenarios": ["flaky", "happy"]}
        assert mine.api("PUT", "/scenario", json={"scenario": "flaky"})["scenario"] == "flaky"
        assert [mine.mock("GET", "/shop/suppliers").status_code for _ in range(2)] == [503, 200]
        assert other.mock("GET", "/shop/suppliers").status_code == 200
        entries = mine.api("GET", "/journal")["entries"]
        assert [(entry["why"], entry["rule"]) for entry in entries] == [
            ("rule", "flaky/1"),
            ("generated", None),
        ]
        assert mine.api("GET", "/rules/flaky%2F1")["operation"] == "GET /suppliers"
        mine.api("POST", "/reset", 204, json={"parts": ["rules"]})
        assert mine.api("GET", "/scenario")["scenario"] == "flaky"
        assert mine.mock("GET", "/shop/suppliers").status_code == 503  # it counts again
        mine.api("POST", "/reset", 204, json={"parts": ["scenario"]})
        assert mine.api("GET", "/scenario")["scenario"] == ""


def test_one_off_rules_answer(tmp_path):
    with controlled() as client:
        mine = Session(client, "mine")
        mine.api("PUT", "/rules/down", json={"operation": "GET /suppliers", "respond": {"status": 500}})
        assert mine.mock("GET", "/shop/suppliers").status_code == 500
        assert Session(client).mock("GET", "/shop/suppliers").status_code == 200
        mine.api("DELETE", "/rules/down", 204)
        assert mine.mock("GET", "/shop/suppliers").status_code == 200


def test_a_reload_keeps_journal_rules_state_and_scenario(tmp_path):
    document, rules = tmp_path / "shop.yaml", tmp_path / "mock.yaml"
    shutil.copy(SHOP, document)
    rules.write_text(RULES)
    settings, control = Settings(), Control()
    build = Build([str(document)], [], None, None, settings, signoff.load, str(rules), control)
    with ReloadingApp(build.make) as app, running(app) as origin, httpx2.Client(base_url=origin) as client:
        mine = Session(client, "mine")
        mine.mock("POST", "/shop/products", json={"name": "Kept", "price": 1})
        mine.api(
            "PUT", "/rules/down", json={"operation": "GET /products/{productId}", "respond": {"status": 500}}
        )
        mine.api("PUT", "/scenario", json={"scenario": "happy"})
        document.write_text(SHOP.read_text().replace("title: Shop", "title: Reloaded"))
        assert comes_true(lambda: mine.api("GET", "/health")["documents"][0]["title"] == "Reloaded")
        assert mine.api("GET", "/document")["info"]["title"] == "Reloaded"
        assert len(mine.api("GET", "/journal")["entries"]) == 1
        assert [rule["id"] for rule in mine.api("GET", "/rules")["rules"]] == ["down"]
        assert mine.api("GET", "/scenario")["scenario"] == "happy"
        assert mine.api("GET", "/state?resource=products")["resources"]["products"][0]["name"] == "Kept"
        assert mine.mock("GET", "/shop/products/1").status_code == 500
        assert len(mine.api("GET", "/journal")["entries"]) == 2


def test_several_documents():
    documents = [signoff.load(DOCUMENTS / "petstore-expanded-2.0.yaml", strict=False), signoff.load(SHOP)]
    with controlled(documents) as client:
        session = Session(client)
        health = session.api("GET", "/health")["documents"]
        assert [(each["number"], each["title"]) for each in health] == [(1, "Swagger Petstore"), (2, "Shop")]
        assert session.api("GET", "/document")["info"]["title"] == "Swagger Petstore"
        assert session.api("GET", "/document?number=2")["servers"][0]["url"] == health[1]["url"]
        routes = session.api("GET", "/routes")["routes"]
        assert {route["document"] for route in routes} == {1, 2}
        session.mock("GET", "/shop/products")
        session.mock("GET", f"{documents[0].base_path}/pets")
        assert session.api("GET", "/journal?operation=findPets")["matched"] == 1
        assert {"pets", "products"} <= set(session.api("GET", "/state")["resources"])
        session.api("PUT", "/state", json={"resources": {"pets": [], "suppliers": []}})
        assert session.mock("GET", f"{documents[0].base_path}/pets").json() == []
