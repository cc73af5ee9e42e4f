"""The pytest plugin of `pytest contract_tests --target URL`: its options, and the run behind all tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import openapi
from contract_tests.evidence import Evidence
from contract_tests.suite import Options, run
from contract_tests.target_data import TargetData, default_data_file, load_data
from openapi import SignoffError

if TYPE_CHECKING:
    from contract_tests.suite import Verdict
    from openapi import Contract

_CONTRACT: pytest.StashKey[Contract] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of `signoff test`."""
    group = parser.getgroup("signoff")
    group.addoption("--target", help="Base URL or module:app of the server under test.")
    group.addoption("--document", help="The OpenAPI document; the packaged contract without one.")
    group.addoption("--data", help="The target's data file.")
    group.addoption("--signoff-seed", type=int, default=0, help="What generated requests follow from.")
    group.addoption("--max-examples", type=int, default=50, help="Generated requests for one operation.")


def pytest_configure(config: pytest.Config) -> None:
    """Read the document, so that a bad one is one line and not a failed collection."""
    if not config.getoption("--target"):
        return
    document = config.getoption("--document")
    try:
        config.stash[_CONTRACT] = openapi.load(document or openapi.default_document())
    except SignoffError as error:
        raise pytest.UsageError(str(error)) from None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each clause of the contract."""
    if "clause_id" in metafunc.fixturenames:
        contract = metafunc.config.stash.get(_CONTRACT, None)
        if contract is None:
            raise pytest.UsageError("name the server under test: --target URL or --target module:app")
        metafunc.parametrize("clause_id", list(Evidence(contract).clauses))


@pytest.fixture(scope="session")
def verdict(request: pytest.FixtureRequest) -> Verdict:
    """The run against the target."""
    config = request.config
    data_file = config.getoption("--data")
    if data_file is None and config.getoption("--document") is None:
        data_file = default_data_file()
    options = Options(
        seed=config.getoption("--signoff-seed"), max_examples=config.getoption("--max-examples")
    )
    try:
        data = load_data(data_file) if data_file else TargetData()
        return run(config.getoption("--target"), config.stash[_CONTRACT], data, options)
    except SignoffError as error:
        pytest.exit(f"signoff: {error}", returncode=2)
