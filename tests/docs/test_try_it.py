"""The reference in Chromium: it sends nothing until its reader chooses a server to try operations at."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from signoff.cli import main
from signoff.mock import create_app
from tests.browser import DRIVER, browser
from tests.conftest import running

LIBRARY = Path(__file__).parent.parent / "mock" / "console" / "library.yaml"
SHOP = Path(__file__).parent.parent / "mock" / "shop.yaml"

pytestmark = pytest.mark.skipif(not DRIVER, reason="chromedriver is not installed")


@pytest.fixture(scope="module")
def window():
    with browser() as found:
        found.resize(1300, 1000)
        yield found


def written(folder, document=LIBRARY):
    file = folder / "api.html"
    found = CliRunner().invoke(main, ["docs", str(document), "-o", str(file)])
    assert found.exit_code == 0, found.output
    return file.as_uri()


def shown(window, selector, part):
    for _ in range(200):
        found = window.texts(selector)
        if any(part in text for text in found):
            return found
        window.run("return new Promise((resolve) => setTimeout(resolve, 50))")
    raise AssertionError((part, found))


def use(window, url):
    window.run(f"document.getElementById('server').value = {json.dumps(url)}")
    window.click("#try button[type=submit]")
    assert shown(window, "#trying", "Each operation has a form")


def test_nothing_is_sent_until_the_reader_presses_a_button(window, tmp_path):
    window.requested()
    window.open(written(tmp_path))
    assert shown(window, "#trying", "sends nothing until you press the button")
    assert window.run("return document.getElementById('server').value") == "http://127.0.0.1:4010/api"
    assert window.texts(".try-mock") == []
    script = "return fetch('http://127.0.0.1:4010/').then(() => 'sent', (error) => error.message)"  # blocked
    assert window.run(script) == "Failed to fetch"
    assert {url for url in window.requested() if url.startswith("http")} == set()


def test_an_operation_is_tried_against_the_mock_from_a_file(window, tmp_path):
    with running(create_app(LIBRARY)) as origin:
        window.open(written(tmp_path))
        window.errors(), window.requested()
        use(window, f"{origin}/api/")
        forms = shown(window, ".try-mock", "Try it against the mock")
        window.run("document.querySelectorAll('.try-mock > details').forEach((each) => { each.open = true })")
        post = ".opblock-post .try-mock"
        window.click(f"{post} .primary")
        (body,) = shown(window, f"{post} .output > pre", "<script>")
        assert json.loads(body)["pages"] == 9007199254740993
        assert window.texts(f"{post} .status") == ["201"]
        assert len(forms) > 2
        window.type(f"{post} input[list]", "code=503")
        window.click(f"{post} .primary")
        assert shown(window, f"{post} .status", "503")
        window.click(f"{post} .buttons button:last-child")
        assert shown(window, f"{post} .output pre", f"curl -X 'POST' --globoff '{origin}/api/books")
        assert window.run("return window.harmed ?? null") is None
        sent = {url for url in window.requested() if url.startswith("http")}
        assert sent == {f"{origin}/api/books"}
        window.click("#off")
        assert shown(window, "#trying", "sends nothing until")
        assert window.texts(".try-mock") == []


def test_a_server_at_another_path_gets_the_requests_there(window, tmp_path):
    """As behind a gateway: its path stands in the place of the base path of the document."""
    contract = create_app(LIBRARY)
    with running(contract) as origin:
        window.open(written(tmp_path))
        use(window, f"{origin}/gateway/v2")
        shown(window, ".try-mock", "Try it against the mock")
        window.run("document.querySelectorAll('.try-mock > details').forEach((each) => { each.open = true })")
        values = window.run(
            "return [...document.querySelectorAll('.try-mock .field input')].map((e) => e.value)"
        )
        assert "/gateway/v2/books" in values


def test_a_server_that_is_none_is_told(window, tmp_path):
    window.open(written(tmp_path, SHOP))
    for url in ("javascript:alert(1)", "http://user:word@localhost/"):
        window.run("document.getElementById('try').noValidate = true")
        window.run(f"document.getElementById('server').value = {json.dumps(url)}")
        window.click("#try button[type=submit]")
        assert shown(window, "#trying", "without credentials")
