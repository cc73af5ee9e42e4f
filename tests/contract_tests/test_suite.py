"""`pytest contract_tests`: both files pass on a sound server and fail on a planted fault."""

import os

import pytest

from examples.report_server.app import create_app
from tests import processes
from tests.conftest import ROOT, running
from tests.faults.catalogue import FAULTS
from tests.faults.wrapper import plant


def pytest_of(file, origin):
    command = ["pytest", f"contract_tests/{file}", "-q", "-p", "no:cacheprovider"]
    command += ["-p", "schemathesis", "-W", "ignore::pytest.PytestAssertRewriteWarning"]
    return processes.run(
        [*command, "--target", f"{origin}/api", "--max-examples", "3"],
        cwd=ROOT,
        env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )


@pytest.mark.parametrize("file", ["test_contract.py", "test_properties.py"])
def test_the_mock_passes(mock_origin, file):
    result = pytest_of(file, mock_origin)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("file", "fault", "check"),
    [
        ("test_contract.py", "short-row", "csv-even-rows"),
        ("test_properties.py", "takes-a-list", "request-rejected"),
        ("test_properties.py", "php-warning", "problem-no-internals"),
    ],
)
def test_a_planted_fault_fails(file, fault, check):
    edit = next(entry.edit for entry in FAULTS if entry.id == fault)
    with running(plant(create_app(), edit)) as origin:
        result = pytest_of(file, origin)
    assert result.returncode == 1, result.stdout + result.stderr
    assert check in result.stdout
