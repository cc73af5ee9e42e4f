"""Whole runs against the mock: the verdict, its evidence, and the ways to ask for it."""

import json
import os
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from signoff.conformance import Options, TargetData, load_data, run
from signoff.conformance.report import json_report, report_of
from signoff.reporting.formats import junit, terminal
from signoff.reporting.model import State
from tests import processes
from tests.conftest import DATA_FILE

ROOT = Path(__file__).parent.parent.parent
# What no correct answer to the corpus has to show.
NOT_NEEDED = (
    *("responses/5XX", "responses/4XX/headers/retry-after", "rules/retry-after-form", "rules/etag-form"),
    *("rules/problem-retry-after-agrees", "rules/unauthorized-challenge", "rules/retry-after-consistent"),
    *("rules/cors-not-wild-with-credentials", "examples/rate_limited", "allowed_actions/*/rel"),
)


@pytest.fixture(scope="module")
def verdict(contract, mock_origin):
    return run(f"{mock_origin}/api", contract, load_data(DATA_FILE), Options(max_examples=15))


def skipped(verdict):
    return [c for c in verdict.evidence.clauses.values() if c.state is State.NOT_COVERED]


def test_the_mock_keeps_its_contract(verdict):
    assert verdict.passed
    assert verdict.evidence.errors + verdict.evidence.warnings == []
    assert verdict.errors == ()


def test_every_clause_is_verified_or_says_why_not(verdict):
    gaps = {}
    for clause_id, found in verdict.evidence.clauses.items():
        assert (found.state is State.VERIFIED) == (found.exchange is not None)
        if found.state is State.NOT_COVERED:
            gaps[clause_id.partition("/")[2]] = found.reason
    assert [name for name in gaps if not any(part in name for part in NOT_NEEDED)] == []
    assert all(gaps.values())


def test_the_verdict_does_not_depend_on_the_seed(contract, mock_origin):
    data = load_data(DATA_FILE)
    states = []
    for seed in (1, 2):
        found = run(f"{mock_origin}/api", contract, data, Options(seed=seed, max_examples=5)).evidence
        states.append({clause_id: clause.state for clause_id, clause in found.clauses.items()})
    assert states[0] == states[1]


def test_without_data_the_gaps_name_the_mend(contract, mock_origin):
    verdict = run(f"{mock_origin}/api", contract, TargetData(), Options(no_fuzzing=True))
    assert verdict.passed
    reason = verdict.evidence.clauses["export_saved_report/responses/403"].reason
    assert "add a forbidden value" in reason


def test_json_report(verdict):
    report = json.loads(json_report.render(report_of(verdict)))
    assert (report["verdict"], report["complete"], report["seed"]) == ("pass", True, 0)
    clause = report["clauses"][0]
    assert clause.keys() >= {"id", "operation", "state", "reason", "location", "evidence"}
    assert clause["location"]["line"] > 0
    assert clause["evidence"]["curl"].startswith("curl ")
    assert report["failures"] == []


def test_junit_report(verdict):
    root = ET.fromstring(junit.render(report_of(verdict)))
    assert int(root.get("tests")) == len(verdict.evidence.clauses)
    assert root.get("failures") == "0"
    assert len(root.findall(".//skipped")) == len(skipped(verdict))


def test_terminal_report(verdict):
    text = terminal.render(report_of(verdict))
    assert "POST /v1/reports/saved/{report_id}/export" in text
    assert "verified" in text
    assert "PASS" in text.splitlines()[-2]


def pytest_of(*arguments):
    command = ["pytest", "contract_tests", "-q", "-p", "no:cacheprovider"]
    command += ["-p", "schemathesis", "-W", "ignore::pytest.PytestAssertRewriteWarning", *arguments]
    environment = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return processes.run(command, cwd=ROOT, env=environment)


def test_pytest_has_one_test_for_each_operation_and_a_suite_of_its_own(mock_origin):
    result = pytest_of("--target", f"{mock_origin}/api", "--max-examples", "3")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "2 passed" in result.stdout


def test_pytest_without_a_target_or_with_one_that_is_down():
    unnamed = pytest_of()
    assert unnamed.returncode != 0
    assert "pass the server under test as --target URL" in unnamed.stdout + unnamed.stderr
    down = pytest_of("--target", "http://127.0.0.1:9")
    assert down.returncode == 1
    assert "cannot connect to" in down.stdout + down.stderr
