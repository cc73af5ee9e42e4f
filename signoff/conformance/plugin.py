"""The options and the run of `pytest contract_tests --target URL`: one test for each clause."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from signoff.conformance.evidence import Evidence
from signoff.conformance.options import Options
from signoff.conformance.report import report_of
from signoff.conformance.shared_run import shared
from signoff.conformance.suite import run
from signoff.conformance.target_data import TargetData, load_data
from signoff.contract import SignoffError, load
from signoff.project import project_of

if TYPE_CHECKING:
    from signoff.conformance.report import Report
    from signoff.contract import Contract

pytest_plugins = ["signoff.conformance.pytest_plugin"]

_CONTRACT: pytest.StashKey[Contract] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add short names, which only stand where these tests are what is run."""
    group = parser.getgroup("signoff")
    add = group.addoption
    add("--target", dest="signoff_target", help="The same as --signoff-target.")
    add("--document", dest="signoff_document", help="The same as --signoff-document.")
    add("--data", dest="signoff_data", help="The same as --signoff-data.")
    add("--max-examples", dest="signoff_max_examples", type=int, help="The same as --signoff-max-examples.")


def pytest_configure(config: pytest.Config) -> None:
    """Read the document, so that a bad one is one line and not a failed collection."""
    if not config.getoption("signoff_target"):
        return
    document = config.getoption("signoff_document")
    try:
        config.stash[_CONTRACT] = load(document or project_of(config.rootpath).document)
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
def report(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Report:
    """What the run against the target showed; the workers of pytest-xdist share one."""
    try:
        if hasattr(request.config, "workerinput"):  # the environment is inherited by runs within runs
            folder = tmp_path_factory.getbasetemp().parent
            return shared(folder, lambda: _report(request.config))
        return _report(request.config)
    except SignoffError as error:
        pytest.exit(f"signoff: {error}", returncode=2)


def _report(config: pytest.Config) -> Report:
    data_file = config.getoption("signoff_data")
    if data_file is None and config.getoption("signoff_document") is None:
        data_file = project_of(config.rootpath).text("data", "test")
    options = Options(
        seed=config.getoption("signoff_seed") or 0,
        max_examples=config.getoption("signoff_max_examples") or 50,
        corpus_only=config.getoption("signoff_corpus_only"),
    )
    data = load_data(data_file) if data_file else TargetData()
    verdict = run(config.getoption("signoff_target"), config.stash[_CONTRACT], data, options)
    if verdict.signal:
        raise KeyboardInterrupt
    return report_of(verdict)
