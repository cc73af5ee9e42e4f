"""The banner: URLs that work as printed, the authentication, the scenario and the console."""

import re

import click
import httpx2
import pytest

from signoff.contract import load
from signoff.mock import Settings, banner
from signoff.mock.control.control import Control
from signoff.mock.reloading import Build
from tests.conftest import ROOT, running

CONSOLE = ROOT / "tests" / "mock" / "console"
LIBRARY = CONSOLE / "library.yaml"
OK = "{responses: {'200': {description: ok}}}"


def built(*documents, control=True, rules=None, **settings):
    build = Build(
        [str(each) for each in documents],
        (),
        None,
        None,
        Settings(**settings),
        load,
        rules and str(rules),
        Control() if control else None,
    )
    return build, build.make()[0]


def lines(build, origin="http://127.0.0.1:4010"):
    return [click.unstyle(line) for line in banner.lines(build, origin)]


def wide(tmp_path, count):
    """A document with so many operations."""
    document = tmp_path / f"wide{count}.yaml"
    paths = "\n".join(f"  /things{number}: {{get: {OK}}}" for number in range(count))
    document.write_text(f"openapi: 3.1.0\ninfo: {{title: Wide, version: '1'}}\npaths:\n{paths}\n")
    return document


@pytest.mark.parametrize("control", [True, False])
def test_each_printed_url_works(control):
    build, app = built(LIBRARY, control=control)
    with running(app) as origin:
        printed = "\n".join(lines(build, origin))
        urls = re.findall(r"GET +(\S+)", printed)
        assert len(urls) == 3
        headers = {"Authorization": "Bearer x", "Cookie": "visitor=x"}
        assert [httpx2.get(url, headers=headers).status_code for url in urls] == [200, 200, 200]
        console = re.findall(r"Console +(\S+)", printed)
        assert bool(console) is control
        assert [httpx2.get(url, headers={"Accept": "text/html"}).status_code for url in console] == [
            200
        ] * control


@pytest.mark.parametrize(
    ("count", "shown", "rest"), [(20, 20, []), (21, 20, ["    … 1 more"]), (100, 20, ["    … 80 more"])]
)
def test_the_first_20_routes_are_shown(tmp_path, count, shown, rest):
    found = lines(built(wide(tmp_path, count))[0])
    assert sum("/things" in line for line in found) == shown
    assert [line for line in found if "…" in line] == rest


@pytest.mark.parametrize(
    ("document", "settings", "expected"),
    [
        (
            LIBRARY,
            {},
            (
                "token (Authorization: Bearer …), key (query key), visitor (cookie visitor); any well-formed"
                " credentials are accepted, --no-auth turns it off"
            ),
        ),
        (LIBRARY, {"auth": False}, "off (--no-auth)"),
        (ROOT / "tests" / "mock" / "shop.yaml", {}, "none"),
        (ROOT / "tests" / "mock" / "shop.yaml", {"auth": False}, "none"),
    ],
)
def test_the_authentication_says_what_to_send_and_how_to_turn_it_off(document, settings, expected):
    assert f"  Authentication  {expected}" in lines(built(document, **settings)[0])


def test_the_scenario_is_shown_if_there_are_some():
    assert "  Scenario        none; available: busy, calm" in lines(
        built(LIBRARY, rules=CONSOLE / "rules.yaml")[0]
    )
    assert not [line for line in lines(built(LIBRARY)[0]) if "Scenario" in line]


def test_a_url_without_auth_has_no_credentials():
    assert not [line for line in lines(built(LIBRARY, auth=False)[0]) if "key=" in line]


def test_several_documents_have_a_part_each_and_one_console(tmp_path):
    found = lines(built(LIBRARY, wide(tmp_path, 2))[0])
    assert sum(line.startswith("Mock server running at ") for line in found) == 2
    assert sum("Console" in line for line in found) == 1
