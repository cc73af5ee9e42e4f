"""Short names for the options of the Signoff pytest plugin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest_plugins = ["signoff.conformance.pytest_plugin"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the short option names."""
    add = parser.getgroup("signoff").addoption
    add("--target", dest="signoff_target", help="Alias of --signoff-target.")
    add("--document", dest="signoff_document", help="Alias of --signoff-document.")
    add("--data", dest="signoff_data", help="Alias of --signoff-data.")
    add("--max-examples", dest="signoff_max_examples", type=int, help="Alias of --signoff-max-examples.")


def pytest_configure(config: pytest.Config) -> None:
    """Require --target before tests are collected."""
    if not config.getoption("signoff_target") and not config.getoption("help"):
        raise pytest.UsageError(
            "missing --target: pass the server under test as --target URL or --target module:app"
        )


@pytest.fixture(scope="session")
def base_url(pytestconfig: pytest.Config) -> Iterator[Any]:
    """URL of the server under test. An application is served for the session."""
    import signoff  # noqa: PLC0415 - slow to import
    from signoff.conformance.target import reachable  # noqa: PLC0415

    target = pytestconfig.getoption("signoff_target")
    document = pytestconfig.getoption("signoff_document") or signoff.reference_project().document
    with reachable(target, signoff.load(document)) as url:
        yield url
