"""The pytest plugin for any project: one test for each operation of a document.

    from signoff.conformance import signoff_contract

    test_api = signoff_contract("http://127.0.0.1:8000", document="openapi.yaml")

Each test sends its own operation's requests only, so that pytest-xdist spreads a run over its workers and
nothing is sent twice. Everything heavy is imported when a test of ours is collected: other runs pay nothing.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

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
    """A test function for your test file, which pytest runs once for each operation.

    Options of the command line (`--signoff-target` and so on) go over what is given here.

    Args:
        target: a base URL, `module:app`, or an ASGI or WSGI application; without one, the fixture
            `signoff_target` is asked, which you may override.
        document: path or URL of the OpenAPI document, relative to the working directory or the test file;
            without one, the document of the project that the test file is in (`[tool.signoff]`).
        data: the target's data file.
        checks: modules, files or folders with checks of your own.
        headers: header fields for every request.
        options: members of `signoff.conformance.Options`, such as `seed`, `max_examples` or `corpus_only`.
    """

    @pytest.mark.signoff(
        target=target, document=document, data=data, checks=checks, headers=headers, **options
    )
    def test_contract(signoff_operation: Operation, signoff_verdict: Verdict) -> None:
        from signoff.conformance.pytest_runs import assert_kept  # noqa: PLC0415 - see the module's docstring

        assert_kept(signoff_operation, signoff_verdict)

    return test_contract


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add options; each begins with `--signoff`, so that none is another plugin's."""
    group = parser.getgroup("signoff", "contract tests of an OpenAPI document (signoff)")
    add = group.addoption
    add(
        "--signoff-target",
        dest="signoff_target",
        metavar="TARGET",
        help="Base URL or module:app of the server under test.",
    )
    add("--signoff-document", dest="signoff_document", metavar="FILE", help="The OpenAPI document.")
    add(
        "--signoff-data",
        dest="signoff_data",
        metavar="FILE",
        help="What exists, is forbidden and is missing at the target.",
    )
    add(
        "--signoff-checks",
        dest="signoff_checks",
        action="append",
        metavar="MODULE",
        help="A module, file or folder with checks of your own. Repeatable.",
    )
    add(
        "--signoff-seed",
        dest="signoff_seed",
        type=int,
        metavar="N",
        help="What generated requests follow from.",
    )
    add(
        "--signoff-max-examples",
        dest="signoff_max_examples",
        type=int,
        metavar="N",
        help="Most generated requests for one operation.",
    )
    add(
        "--signoff-no-fuzzing",
        "--signoff-corpus-only",  # the former name, for one release
        dest="signoff_corpus_only",
        action="store_true",
        help="Send the fixed requests only.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line(
        "markers",
        "signoff(target=None, document=None, data=None, checks=(), headers=None, **options): parametrizes a"
        " test that asks for signoff_operation over the operations; signoff_verdict is what one showed.",
    )


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the applications that were served for the session."""
    if stack := config.stash.get(_STACK, None):
        stack.close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each operation, for tests that ask for `signoff_operation`."""
    if "signoff_operation" not in metafunc.fixturenames:
        return
    runs = _runs(metafunc.config)
    asked = runs.asked(metafunc.definition)
    operations = runs.contract(asked).operations
    metafunc.parametrize("signoff_operation", operations, ids=[operation.label for operation in operations])


@pytest.fixture(scope="session")
def signoff_target(pytestconfig: pytest.Config) -> Any:  # noqa: ANN401 - any ASGI or WSGI application
    """The server under test; override it to give a base URL or an application of your own."""
    return pytestconfig.getoption("--signoff-target")


@pytest.fixture
def signoff_verdict(request: pytest.FixtureRequest, signoff_operation: Operation) -> Verdict:
    """What testing the operation showed; made once in a session, whatever number of tests asks for it."""
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
