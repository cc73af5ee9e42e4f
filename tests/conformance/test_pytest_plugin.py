"""The pytest plugin, in the test file of another project."""

import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests import processes
from tests.conformance import things
from tests.conftest import running

ROOT = Path(__file__).parent.parent.parent
PLUGIN = ("-p", "signoff.conformance.pytest_plugin")


@pytest.fixture
def project(tmp_path):
    things.document(tmp_path)
    return tmp_path


def pytest_in(folder, *arguments, plugin=PLUGIN, is_fresh=False):
    command = ["pytest", "-p", "no:cacheprovider", *plugin, *arguments]
    if "-n" in arguments:
        command[3:3] = ["-p", "xdist"]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    environment.pop("PYTEST_ADDOPTS", None)
    if is_fresh:  # nothing is imported before
        command = [sys.executable, "-m", *command]
        return subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
    return processes.run(command, cwd=folder, env=environment)


def write(folder, text, name="test_api.py"):
    (folder / name).write_text("from signoff.conformance import signoff_contract\n" + text)


@pytest.fixture(scope="module")
def kept():
    with running(things.app) as origin:
        yield f"{origin}/api"


@pytest.fixture(scope="module")
def broken():
    with running(things.nameless) as origin:
        yield f"{origin}/api"


def test_one_test_for_each_operation(project, kept):
    write(project, f"test_api = signoff_contract({kept!r}, document='things.yaml', no_fuzzing=True)\n")
    result = pytest_in(project, "-v", "-W", "error")
    assert result.returncode == 0, result.stdout + result.stderr
    assert re.findall(r"::test_api\[(.+)\] PASSED", result.stdout) == [
        "GET /things", "POST /things", "GET /things/{id}", "DELETE /things/{id}", "GET /health",
    ]  # fmt: skip


def test_a_failure_says_what_and_where_and_how_to_repeat_it(project, broken):
    write(project, f"test_api = signoff_contract({broken!r}, document='things.yaml', no_fuzzing=True)\n")
    result = pytest_in(project)
    assert "1 failed, 4 passed" in result.stdout
    for words in (
        "GET /things/{id} does not match the document",
        "response-schema",
        "things.yaml:",
        "reproduce  curl",
    ):
        assert words in result.stdout
    assert "Traceback" not in result.stdout


def test_an_application_of_the_projects_own_by_a_fixture(project):
    write(
        project,
        "import pytest\nfrom tests.conformance.things import app\n"
        "@pytest.fixture(scope='session')\ndef signoff_target():\n    return app\n"
        "test_api = signoff_contract(document='things.yaml', no_fuzzing=True)\n",
    )
    result = pytest_in(project)
    assert "5 passed" in result.stdout, result.stdout


def test_the_marker_for_tests_of_ones_own(project, kept):
    write(
        project,
        "import pytest\n"
        "@pytest.mark.signoff(document='things.yaml', no_fuzzing=True)\n"
        "def test_mine(signoff_operation, signoff_verdict):\n"
        "    assert signoff_verdict.passed\n"
        "    clauses = signoff_verdict.evidence.clauses.values()\n"
        "    assert {found.clause.operation for found in clauses} == {signoff_operation.id}\n",
    )
    result = pytest_in(project, "--strict-markers", "--signoff-target", kept)
    assert "5 passed" in result.stdout, result.stdout


def test_workers_share_the_operations_and_send_nothing_twice(project):
    seen = []

    async def app(scope, receive, send):
        if scope["type"] == "http":
            seen.append((scope["method"], scope["raw_path"]))
        await things.app(scope, receive, send)

    with running(app) as origin:
        write(
            project,
            f"test_api = signoff_contract({origin!r} + '/api', document='things.yaml', no_fuzzing=True)\n",
        )
        alone = pytest_in(project)
        count = len(seen)
        both = pytest_in(project, "-n", "2")
    assert "5 passed" in alone.stdout
    assert "5 passed" in both.stdout, both.stdout
    assert len(seen) == 2 * count


NOT_SET_UP = [
    ("test_api = signoff_contract('http://127.0.0.1:9', document='things.yaml')", "cannot connect to"),
    (
        "test_api = signoff_contract(document='things.yaml')",
        "no target given. Pass a target to signoff_contract",
    ),
    ("test_api = signoff_contract('http://127.0.0.1:9', document='none.yaml')", "does not exist"),
    (
        "test_api = signoff_contract('http://127.0.0.1:9', document='things.yaml', data='none.yaml')",
        "none.yaml",
    ),
    (
        "test_api = signoff_contract('http://127.0.0.1:9', document='things.yaml', seeds=1)",
        "unknown signoff option 'seeds'",
    ),
]


def test_what_cannot_be_set_up_is_said_in_plain_words(project):
    for number, (text, _) in enumerate(NOT_SET_UP):
        write(project, text + "\n", f"test_{number}.py")
    (project / "test_other.py").write_text("def test_other(): pass\n")
    result = pytest_in(project, "--continue-on-collection-errors", "--junitxml", "results.xml")
    assert result.returncode == 1
    assert "1 passed" in result.stdout
    assert "Traceback" not in result.stdout
    cases = ET.parse(project / "results.xml").iter("testcase")
    told = {}
    for case in cases:
        file = case.get("classname") or case.get("name")
        told[file] = told.get(file, "") + "".join(part.text or "" for part in case)
    for number, (_, words) in enumerate(NOT_SET_UP):
        assert words in told[f"test_{number}"], told


def test_other_peoples_runs_pay_nothing(project):
    write(project, "", "conftest.py")
    (project / "conftest.py").write_text("")
    (project / "test_other.py").write_text(
        "import sys\n"
        "def test_other():\n"
        "    for name in ('schemathesis', 'hypothesis.core', 'signoff.contract', 'signoff.mock'):\n"
        "        assert name not in sys.modules\n"
    )
    result = pytest_in(project, "-W", "error", is_fresh=True)
    assert result.returncode == 0, result.stdout
    options = [
        line.split()[0] for line in pytest_in(project, "--help").stdout.splitlines() if "signoff" in line[:20]
    ]
    assert options
    assert all(option.startswith(("--signoff-", "signoff")) for option in options), options
