"""The pytest plugin: a mock server for each test that has the parameter `signoff_mock`.

    def test_retry(signoff_mock):
        signoff_mock.rule(operation="createOrder", respond={"status": 503}, times=1)
        checkout(api=signoff_mock.url)
        signoff_mock.verify("createOrder", times=2)

Each test has a URL and a session of its own: state, rules, scenario and journal. Heavy modules are imported
only when a test uses the fixture.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING
from warnings import catch_warnings, simplefilter

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.mock.pytest_options import Asked
    from signoff.mock.testing import MockServer, SignoffMock

_SERVERS: pytest.StashKey[OrderedDict[Asked, MockServer]] = pytest.StashKey()
_MOST_SERVERS = 8  # of different documents or options, in memory at a time
_numbers = count(1)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the ini options."""
    parser.addini(
        "signoff_mock_document",
        "OpenAPI document of the fixture signoff_mock, relative to the root directory; one per line.",
        type="linelist",
    )
    parser.addini(
        "signoff_mock_options",
        "Options of `signoff mock` for the fixture signoff_mock, such as --rules mock.yaml --no-auth.",
        type="args",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line(
        "markers",
        "signoff_mock(*documents, scenario='', **options): what the fixture signoff_mock serves to a test;"
        " options are those of `signoff mock`, such as rules, seed, auth=False.",
    )


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the mock servers."""
    for server in config.stash.get(_SERVERS, OrderedDict()).values():
        server.close()


@pytest.fixture
def signoff_mock(request: pytest.FixtureRequest) -> Iterator[SignoffMock]:
    """A mock server of the project's API, with a session of its own; see docs/mock.md."""
    from signoff.contract import SignoffError  # noqa: PLC0415 - see the module's docstring

    marker = request.node.get_closest_marker("signoff_mock")
    options = dict(marker.kwargs) if marker else {}
    scenario = str(options.pop("scenario", ""))
    try:
        server = _server(request, marker.args if marker else (), options)
    except SignoffError as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None
    with server.session(f"pytest-{os.getpid()}-{next(_numbers)}") as mock:
        if scenario:
            try:
                mock.use(scenario)
            except SignoffError as error:
                raise pytest.fail.Exception(str(error), pytrace=False) from None
        yield mock


def _server(
    request: pytest.FixtureRequest, documents: tuple[object, ...], options: dict[str, object]
) -> MockServer:
    """The server for what a test asks for; started once."""
    with catch_warnings():
        simplefilter("ignore", DeprecationWarning)  # of Connexion's imports; `-W error` would end the test
        from signoff.mock.pytest_options import Asked  # noqa: PLC0415
        from signoff.mock.testing import MockServer  # noqa: PLC0415

    config = request.config
    ini = (config.rootpath, config.getini("signoff_mock_document"), config.getini("signoff_mock_options"))
    asked = Asked.of(Path(request.node.path).parent, ini, documents, options)
    servers = config.stash.setdefault(_SERVERS, OrderedDict())
    if asked not in servers:
        servers[asked] = MockServer(asked.make)
        if len(servers) > _MOST_SERVERS:
            servers.popitem(last=False)[1].close()
    servers.move_to_end(asked)
    return servers[asked]
