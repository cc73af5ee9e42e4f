"""The options of the command that concern the control API."""

import httpx2
import pytest
from click.testing import CliRunner

from signoff.cli import main
from tests.mock.control.servers import PREFIX, SHOP
from tests.mock.state.servers import mock_process


@pytest.fixture(scope="module")
def guarded():
    options = ("--control-token", "s3cret", "--allow-host", "mock.test", "--journal-size", "2")
    with mock_process(SHOP, *options) as origin, httpx2.Client(base_url=origin) as client:
        yield client


def test_the_options_reach_the_api(guarded):
    for _ in range(3):
        guarded.get("/shop/products")
    assert guarded.get(f"{PREFIX}/health", headers={"Host": "mock.test"}).status_code == 200
    assert guarded.get(f"{PREFIX}/health", headers={"Host": "other.test"}).status_code == 403
    assert guarded.get(f"{PREFIX}/journal").status_code == 401
    found = guarded.get(f"{PREFIX}/journal", headers={"Authorization": "Bearer s3cret"}).json()
    assert (found["matched"], found["dropped"]) == (2, 1)


def test_the_api_can_be_turned_off():
    with mock_process(SHOP, "--no-control") as origin:
        assert httpx2.get(f"{origin}{PREFIX}/health").status_code == 404
        assert httpx2.get(f"{origin}/").status_code == 404
        assert httpx2.get(f"{origin}/shop/products").status_code == 200


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--control-token", ""], "--control-token is empty"),
        (["--control-token", " "], "--control-token is empty"),
        (["--no-control", "--control-token", "x"], "no use with --no-control"),
    ],
)
def test_a_token_that_protects_nothing_is_an_error(options, message):
    found = CliRunner().invoke(main, ["mock", str(SHOP), *options])
    assert found.exit_code == 2
    assert message in found.output
