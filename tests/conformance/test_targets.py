"""Targets of every kind, and those that are none."""

import pytest

from signoff.conformance import Options, load_data, run
from signoff.conformance.report import json_report, report_of
from signoff.contract import SetupError
from tests.conftest import DATA_FILE

APPLICATIONS = "tests.conformance.applications"
QUICK = Options(no_fuzzing=True)


@pytest.fixture(scope="module")
def data():
    return load_data(DATA_FILE)


@pytest.mark.parametrize("name", ["asgi", "make_asgi"])
def test_asgi_applications_and_factories_are_served_for_the_run(contract, data, name):
    verdict = run(f"{APPLICATIONS}:{name}", contract, data, QUICK)
    assert verdict.passed, verdict.evidence.errors


def test_wsgi_applications_too(contract, data):
    verdict = run(f"{APPLICATIONS}:wsgi", contract, data, QUICK)
    assert {failure.check.id for failure in verdict.evidence.errors} == {"expected-status"}
    assert set(verdict.evidence.statuses) == {410}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("redirecting", "redirected to https://login.example/"),
        ("unauthorised", "gets a 401 response"),
        ("unready", "is not ready"),
        ("unknown", "serves none of the document's operations"),
    ],
)
def test_a_target_that_is_not_this_api_is_a_set_up_error(contract, data, name, words):
    with pytest.raises(SetupError, match=words) as caught:
        run(f"{APPLICATIONS}:{name}", contract, data, QUICK)
    assert len(str(caught.value).splitlines()) <= 2


def test_faults_of_the_target_are_findings(contract, data):
    verdict = run(f"{APPLICATIONS}:hanging_up", contract, data, QUICK)
    assert not verdict.passed
    assert "server-error-never" in {failure.check.id for failure in verdict.evidence.errors}


def test_header_fields_are_sent_and_kept_out_of_reports(contract, data):
    options = Options(no_fuzzing=True, headers={"Authorization": "Bearer hush"})
    verdict = run(f"{APPLICATIONS}:asgi", contract, data, options)
    sent = next(iter(verdict.evidence.clauses.values())).exchange.sent
    assert ("Authorization", "Bearer hush") in sent.headers
    report = json_report.render(report_of(verdict))
    assert "hush" not in report
    assert "Authorization: ${AUTHORIZATION}" in report
