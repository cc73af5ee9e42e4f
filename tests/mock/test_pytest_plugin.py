"""The fixture `signoff_mock`, in the tests of other projects."""

import re
import shutil

import pytest

from tests import processes
from tests.conftest import ROOT

pytest_plugins = ["pytester"]
ORDERS = ROOT / "tests" / "mock" / "rules" / "orders.yaml"
RULES = """
scenarios:
  flaky:
    - operation: createOrder
      every: 3
      respond: { status: 503 }
  empty: [{ operation: listOrders, respond: { example: empty } }]
"""
IMPORTS = "import json, httpx2, pytest\nfrom signoff import DataError\n"
CREATE = "lambda mock: httpx2.post(mock.url + '/orders', json={'items': ['tea']})"


@pytest.fixture
def project(pytester, monkeypatch):
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    shutil.copy(ORDERS, pytester.path)
    (pytester.path / "mock.yaml").write_text(RULES)
    configure(pytester, 'document = "orders.yaml"\n[mock]\nrules = "mock.yaml"')
    return pytester


def configure(project, text):
    (project.path / "signoff.toml").write_text(text)


def outcomes(project, tests, *arguments, **expected):
    """Run tests in the project, check how many passed and failed, and give what was printed."""
    project.makepyfile(f"{IMPORTS}create = {CREATE}\n{tests}")
    plugins = ("-p", "no:cacheprovider", "-p", "signoff.mock.pytest_plugin", "-W", "error")
    result = processes.run(["pytest", *plugins, *arguments], cwd=project.path)
    found = pytest.RunResult.parse_summary_nouns(result.stdout.splitlines())
    assert {"passed": 0, **found} == {"passed": 0, **expected}, result.stdout + result.stderr
    return result.stdout


def test_rules_journal_and_verify(project):
    outcomes(
        project,
        """
def test_retry(signoff_mock):
    assert signoff_mock.url.endswith("/v1")
    assert signoff_mock.rule(operation="createOrder", respond={"status": 503}, times=1) == "rule-1"
    assert [create(signoff_mock).status_code for _ in range(2)] == [503, 201]
    httpx2.get(signoff_mock.url + "/orders?page=1", headers={"Authorization": "Bearer secret"})
    first, _, last = signoff_mock.journal
    assert (first.operation, first.rule, first.status) == ("createOrder", "rule-1", 503)
    assert first.request_body.json() == {"items": ["tea"]}
    assert last.query == "page=1" and dict(last.request_headers)["authorization"] == "Bearer secret"
    assert [entry.status for entry in signoff_mock.calls("createOrder")] == [503, 201]
    assert [entry.status for entry in signoff_mock.calls(status="5XX")] == [503]
    signoff_mock.verify("createOrder", times=2, body={"items": ["tea"]})
    signoff_mock.verify("createOrder", {"operation": "listOrders", "times": 1}, exhaustive=True, valid=True)
    signoff_mock.verify({"operation": "createOrder", "status": 503}, {"status": 201}, times=1)
    signoff_mock.verify(status=201)
    with pytest.raises(DataError, match="nothing to verify"):
        signoff_mock.verify()
    signoff_mock.remove_rule("rule-1")
    signoff_mock.rule("always/empty", operation="createOrder", fault="empty")
    with pytest.raises(httpx2.RemoteProtocolError):
        create(signoff_mock)
    for wrong in ("always/empty#", "always/empty?x", "always/empty "):
        with pytest.raises(DataError, match="id"):
            signoff_mock.rule(wrong, delay=1)
        with pytest.raises(DataError, match="id"):
            signoff_mock.remove_rule(wrong)
    signoff_mock.remove_rule("always/empty")
    assert create(signoff_mock).status_code == 201
""",
        passed=1,
    )


def test_scenarios_state_and_reset(project):
    outcomes(
        project,
        """
def test_scenario(signoff_mock):
    signoff_mock.use("flaky")
    assert [create(signoff_mock).status_code for _ in range(6)] == [201, 201, 503] * 2
    assert len(signoff_mock.state()["orders"]) > 4
    signoff_mock.set_state(orders=[{"id": 7, "state": "open"}])
    assert [order["id"] for order in httpx2.get(signoff_mock.url + "/orders").json()] == [7]
    signoff_mock.reset()
    assert signoff_mock.journal == []
    assert {create(signoff_mock).status_code for _ in range(3)} == {201}
    assert len(signoff_mock.state()["orders"]) > 1

@pytest.mark.signoff_mock(scenario="empty", seed=7)
def test_marker(signoff_mock):
    assert httpx2.get(signoff_mock.url + "/orders").json() == []
""",
        passed=2,
    )


NEIGHBOURS = """
@pytest.mark.parametrize("number", range(6))
def test_own_session(signoff_mock, number):
    assert signoff_mock.journal == []
    before = httpx2.get(signoff_mock.url + "/orders").json()
    assert len(before) == 12
    for _ in range(number):
        create(signoff_mock)
    signoff_mock.rule(operation="getOrder", respond={"status": 503})
    assert httpx2.get(signoff_mock.url + "/orders/1").status_code == 503
    signoff_mock.verify("createOrder", times=number)
    assert len(httpx2.get(signoff_mock.url + "/orders").json()) == 12 + number
"""


@pytest.mark.parametrize("arguments", [[], ["-p", "xdist", "-n", "2"]], ids=["one process", "xdist"])
def test_tests_do_not_see_each_other(project, arguments):
    outcomes(project, NEIGHBOURS, *arguments, passed=6)


def test_two_mocks_at_the_same_time_have_a_session_each(project):
    """The test's own, and one of a wider fixture made from the same server."""
    outcomes(
        project,
        """
def test_two(signoff_mock):
    with signoff_mock._server.session("other") as other:
        create(other)
        assert signoff_mock.journal == [] and len(other.journal) == 1
        assert len(httpx2.get(signoff_mock.url + "/orders").json()) == 12
        httpx2.get(signoff_mock.url + "/orders", headers={"Signoff-Session": "other"})
        assert len(signoff_mock.journal) == 1 and len(other.journal) == 2

def test_an_exception_is_followed_by_a_reset(signoff_mock):
    with pytest.raises(ZeroDivisionError), signoff_mock._server.session("other") as other:
        other.rule(operation="createOrder", respond={"status": 503})
        1 / 0
    with signoff_mock._server.session("other") as other:
        assert create(other).status_code == 201
""",
        passed=2,
    )


def test_a_failed_verification_lists_what_the_mock_received(project):
    printed = outcomes(
        project,
        """
def test_missing(signoff_mock):
    create(signoff_mock)
    signoff_mock.verify("createOrder", times=2)

def test_nothing(signoff_mock):
    signoff_mock.verify("listOrders")
""",
        failed=2,
    )
    assert "AssertionError: createOrder was called once, expected 2 times" in printed
    assert re.search(r'The mock received:\nE +POST /v1/orders 201\nE +\{"', printed)
    assert "The mock received no requests." in printed


def test_sources_of_the_options(project):
    """Marker, then ini file, then configuration."""
    for name, title in (("ini.yaml", "/ini"), ("marked.yaml", "/marked")):
        (project.path / name).write_text(ORDERS.read_text().replace("/v1", title))
    tests = """
def test_default(signoff_mock):
    assert signoff_mock.url.rpartition("/")[2] == EXPECTED

@pytest.mark.signoff_mock("marked.yaml", list_size=3)
def test_marked(signoff_mock):
    assert signoff_mock.url.endswith("/marked")
    assert len(httpx2.get(signoff_mock.url + "/orders").json()) == 3
"""
    outcomes(project, tests.replace("EXPECTED", "'v1'"), passed=2)
    project.makeini(
        "[pytest]\nsignoff_mock_document = ini.yaml\nsignoff_mock_options = --rules mock.yaml --seed 3"
    )
    outcomes(project, tests.replace("EXPECTED", "'ini'"), passed=2)
    (project.path / "signoff.toml").unlink()
    outcomes(
        project,
        tests.replace("EXPECTED", "'ini'") + "\ndef test_rules(signoff_mock): signoff_mock.use('flaky')",
        passed=3,
    )


INVALID = {
    "ruels='mock.yaml'": "unknown option 'ruels' of the marker signoff_mock\nDid you mean rules?",
    "port=4010": "unknown option 'port' of the marker signoff_mock",
    "seed='x'": "signoff_mock: Invalid value for '--seed': 'x' is not a valid integer",
    "scenario='flakey'": "Unknown scenario 'flakey'",
    "'absent.yaml'": "absent.yaml",
    "rules='broken.yaml'": "no operation 'createOrdr'",
}


def test_invalid_options_fail_the_test(project):
    (project.path / "broken.yaml").write_text(
        "scenarios: {a: [{operation: createOrdr, respond: {status: 503}}]}"
    )
    tests = "".join(
        f"@pytest.mark.signoff_mock({marker})\ndef test_{number}(signoff_mock): pass\n"
        for number, marker in enumerate(INVALID)
    )
    printed = outcomes(project, tests, errors=len(INVALID))
    found = printed.split("ERROR at setup of ")[1:]
    assert [message in each for message, each in zip(INVALID.values(), found, strict=True)] == [True] * 6
    assert "Traceback" not in printed
    assert "another exception" not in printed


def test_without_a_document(project):
    (project.path / "signoff.toml").unlink()
    printed = outcomes(project, "def test_a(signoff_mock): pass", errors=1)
    assert "no document for signoff_mock\nSet `document` in [tool.signoff]" in printed


INVALID_CALLS = {
    "use('flakey')": "Unknown scenario 'flakey'. Scenarios: flaky, empty.",
    "rule(operation='createOrdr', respond={'status': 503})": "createOrder",
    "remove_rule('none')": "none",
    "calls('createOrdr')": "Did you mean createOrder?",
    "set_state(order=[])": "orders",
    "verify(times=-1)": "-1",
}


def test_invalid_calls_raise_errors_with_a_suggestion(project):
    tests = "".join(
        f"""
def test_{number}(signoff_mock):
    with pytest.raises(DataError) as raised:
        signoff_mock.{call}
    assert {message!r} in str(raised.value)
"""
        for number, (call, message) in enumerate(INVALID_CALLS.items())
    )
    outcomes(project, tests, passed=len(INVALID_CALLS))


def test_examples_of_the_guide(project):
    """As they are, with an app that retries, and names of rule file and scenario that exist."""
    guide = (ROOT / "docs" / "mock.md").read_text().partition("## Use the mock in pytest")[2]
    first, second = re.findall(r"```pycon\n(.*?)```", guide, re.DOTALL)[:2]
    shutil.copy(ORDERS, project.path / "openapi.yaml")
    (project.path / "mock.yaml").write_text(RULES.replace("flaky", "checkout-flaky"))
    app = """
def checkout(api):
    while httpx2.post(api + "/orders", json={"items": ["tea"]}).status_code == 503:
        pass

"""
    outcomes(project, app + first + second, passed=2)


def test_more_mocks_than_are_kept_in_memory(project):
    """The oldest of nine is stopped, and made again for the last test."""
    tests = "".join(
        f"@pytest.mark.signoff_mock(seed={seed})\n"
        f"def test_{index}(signoff_mock): assert create(signoff_mock).status_code == 201\n"
        for index, seed in enumerate([*range(9), 0])
    )
    outcomes(project, tests, passed=10)


def test_a_run_without_the_fixture_imports_nothing_heavy(project):
    project.makepyfile(
        "import sys\ndef test_a(): assert not {'connexion', 'uvicorn', 'signoff.mock.app'} & set(sys.modules)"
    )
    result = project.runpytest_subprocess("-p", "no:cacheprovider", "-p", "signoff.mock.pytest_plugin")
    result.assert_outcomes(passed=1)
