"""The pytest plugin: one test for each operation of an OpenAPI document.

    from signoff.conformance import signoff_contract

    test_api = signoff_contract("http://127.0.0.1:8000", document="openapi.yaml")

Each test sends the requests of its operation only. So pytest-xdist can distribute the tests, and no request
is sent twice. Heavy modules are imported only when a Signoff test is collected.
"""

from __future__ import annotations

from argparse import SUPPRESS
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from signoff.aliases import OPTIONS, current, renamed_arguments

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from signoff.conformance.evidence import Verdict
    from signoff.conformance.pytest_runs import Runs
    from signoff.contract import Operation

_RUNS: pytest.StashKey[Runs] = pytest.StashKey()
_STACK: pytest.StashKey[ExitStack] = pytest.StashKey()


def signoff_contract(
    target: Any = None,  # noqa: ANN401 - any ASGI or WSGI application
    *,
    document: str | None = None,
    data: str | None = None,
    checks: Sequence[str] = (),
    headers: Mapping[str, str] | None = None,
    **options: Any,  # noqa: ANN401 - of several types
) -> Callable[..., None]:
    """Create a test function that pytest runs once for each operation.

    Command-line options (`--signoff-target` and so on) override these arguments.

    Args:
        target: a base URL, `module:app`, or an ASGI or WSGI application; by default,
            the fixture `signoff_target`, which you can override.
        document: path or URL of the OpenAPI document, relative to the working directory or the test file;
            by default, the document that the project of the test file configures (`[tool.signoff]`).
        data: path of the data file.
        checks: modules, files or folders with custom checks.
        headers: extra request headers.
        options: fields of `signoff.conformance.Options`, such as `seed`, `max_examples` or `no_fuzzing`.
    """
    options = renamed_arguments(options, "Options", depth=2)

    @pytest.mark.signoff(
        target=target, document=document, data=data, checks=checks, headers=headers, **options
    )
    def test_contract(signoff_operation: Operation, signoff_verdict: Verdict) -> None:
        from signoff.conformance.pytest_runs import assert_passed  # noqa: PLC0415 - see the module's docstring

        assert_passed(signoff_operation, signoff_verdict)

    return test_contract


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add options. Each begins with `--signoff` to avoid conflicts with other plugins."""
    group = parser.getgroup("signoff", "contract tests for an OpenAPI document (signoff)")
    add = group.addoption
    add(
        "--signoff-target",
        dest="signoff_target",
        metavar="TARGET",
        help="Base URL or module:app of the server under test.",
    )
    add(
        "--signoff-document",
        dest="signoff_document",
        metavar="FILE",
        help="Path or URL of the OpenAPI document.",
    )
    add(
        "--signoff-data",
        dest="signoff_data",
        metavar="FILE",
        help="YAML data file: existing ids, users and credentials, setup requests.",
    )
    add(
        "--signoff-checks",
        dest="signoff_checks",
        action="append",
        metavar="MODULE",
        help="Load custom checks from a module, file or folder. Repeatable.",
    )
    add(
        "--signoff-seed",
        dest="signoff_seed",
        type=int,
        metavar="N",
        help="Random seed.",
    )
    add(
        "--signoff-max-examples",
        dest="signoff_max_examples",
        type=int,
        metavar="N",
        help="Maximum number of generated requests per operation.",
    )
    add(
        "--signoff-no-fuzzing",
        dest="signoff_no_fuzzing",
        action="store_true",
        help="Run the deterministic cases only. Faster.",
    )
    add("--signoff-corpus-only", dest="signoff_corpus_only", action="store_true", help=SUPPRESS)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    if config.getoption("signoff_corpus_only"):
        current("corpus-only", OPTIONS, hint="Use `--signoff-no-fuzzing`.")
        config.option.signoff_no_fuzzing = True
    config.addinivalue_line(
        "markers",
        "signoff(target=None, document=None, data=None, checks=(), headers=None, **options): parametrizes a"
        " test with the fixture signoff_operation over the operations; signoff_verdict is the result of one.",
    )


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the applications that the session serves."""
    if stack := config.stash.get(_STACK, None):
        stack.close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Create one test for each operation, for tests with the fixture `signoff_operation`."""
    if "signoff_operation" not in metafunc.fixturenames:
        return
    runs = _runs(metafunc.config)
    asked = runs.asked(metafunc.definition)
    operations = runs.contract(asked).operations
    metafunc.parametrize("signoff_operation", operations, ids=[operation.label for operation in operations])


@pytest.fixture(scope="session")
def signoff_target(pytestconfig: pytest.Config) -> Any:  # noqa: ANN401 - any ASGI or WSGI application
    """The server under test. Override it to return your base URL or application."""
    return pytestconfig.getoption("--signoff-target")


@pytest.fixture
def signoff_verdict(request: pytest.FixtureRequest, signoff_operation: Operation) -> Verdict:
    """The result of testing the operation; computed once in a session."""
    runs = _runs(request.config)
    asked = runs.asked(request.node)
    if asked.target is None:
        asked = asked.at(request.getfixturevalue("signoff_target") or asked.base_url)
    return runs.verdict(asked, signoff_operation)


def _runs(config: pytest.Config) -> Runs:
    from signoff.conformance.pytest_runs import Runs  # noqa: PLC0415 - see the module's docstring

    if _RUNS not in config.stash:
        config.stash[_STACK] = ExitStack()
        config.stash[_RUNS] = Runs(config, config.stash[_STACK])
    return config.stash[_RUNS]
