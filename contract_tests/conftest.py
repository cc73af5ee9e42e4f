"""Short names of the plugin's options, which only stand where these tests are what is run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest_plugins = ["signoff.conformance.pytest_plugin"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the short names."""
    add = parser.getgroup("signoff").addoption
    add("--target", dest="signoff_target", help="The same as --signoff-target.")
    add("--document", dest="signoff_document", help="The same as --signoff-document.")
    add("--data", dest="signoff_data", help="The same as --signoff-data.")
    add("--max-examples", dest="signoff_max_examples", type=int, help="The same as --signoff-max-examples.")


def pytest_configure(config: pytest.Config) -> None:
    """Ask for the server under test before anything is collected."""
    if not config.getoption("signoff_target") and not config.getoption("help"):
        raise pytest.UsageError("name the server under test: --target URL or --target module:app")


@pytest.fixture(scope="session")
def base_url(pytestconfig: pytest.Config) -> Iterator[Any]:
    """Where the server under test is reached; an application is served for the session."""
    import signoff  # noqa: PLC0415 - heavy, and only these tests need it
    from signoff.conformance.target import reachable  # noqa: PLC0415

    target = pytestconfig.getoption("signoff_target")
    document = pytestconfig.getoption("signoff_document") or signoff.reference_project().document
    with reachable(target, signoff.load(document)) as url:
        yield url
