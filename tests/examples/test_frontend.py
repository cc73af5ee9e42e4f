"""The page of examples/frontend in Chromium, served and mocked by the commands of its README."""

import re
import shlex
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from tests.browser import DRIVER, browser
from tests.redis_server import free_port

ROOT = Path(__file__).parent.parent.parent
GUIDE = ROOT / "examples" / "frontend" / "README.md"
COMMANDS = re.findall(r"```sh\n(.*?)\n```", GUIDE.read_text(), re.DOTALL)
MOCK, PAGE = map(shlex.split, COMMANDS[:2])

pytestmark = pytest.mark.skipif(not DRIVER, reason="chromedriver is not installed")


@contextmanager
def running(command, origin):
    """The command, in the root of the project; it serves `origin` inside the `with` block."""
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 30
        while process.poll() is None and time.monotonic() < deadline:
            try:
                httpx2.get(origin)
            except httpx2.HTTPError:
                time.sleep(0.05)
            else:
                break
        yield origin
    finally:
        process.terminate()
        process.wait()


@pytest.fixture(scope="module")
def page():
    """The address of the page; the ports are free ones in place of the README's."""
    mock_port, page_port = free_port(), free_port()
    assert MOCK[:2] == ["signoff", "mock"]
    mock = [sys.executable, "-m", *MOCK, "--port", str(mock_port)]
    server = [sys.executable, *(str(page_port) if word == "8000" else word for word in PAGE[1:])]
    with (
        running(mock, f"http://127.0.0.1:{mock_port}") as api,
        running(server, f"http://127.0.0.1:{page_port}") as origin,
    ):
        yield f"{origin}/?api={api}/api"


@pytest.fixture
def window(page):
    with browser() as opened:
        opened.open(page)
        yield opened


def rows(window):
    return window.wait_for("#list li")


def assert_shown(window, selector, texts):
    assert window.wait_for(selector, texts) == texts


def create(window, name):
    for field, text in (("name", name), ("location", "Hall 3"), ("price", "12.5")):
        window.type(f"[name={field}]", text)
    window.type("[name=eventDescription]", "Bring a torch.")
    window.run("document.querySelector('[name=date]').value = '2031-05-06'")  # typing depends on the locale
    window.click("#list button")


def test_a_click_in_the_list_opens_the_same_event(window):
    events = rows(window)
    assert events[0] == "Sasquatch Ballet (40)"
    for row in (events[0], events[-1]):  # of an example, and generated
        name, price = re.fullmatch(r"(.*) \((.*)\)", row).groups()
        window.click(link=name)
        assert_shown(window, "#event h2", [name])
        (place,) = window.texts("#event .place")
        assert place.endswith(f", {price}")
        window.back()
        assert_shown(window, "#list li", events)


def test_a_created_event_is_shown_listed_and_deleted(window):
    before = rows(window)
    create(window, "Fossils at Night")
    assert_shown(window, "#event h2", ["Fossils at Night"])
    assert window.texts("#event .place") == ["Hall 3, 2031-05-06, 12.5"]
    assert window.texts("#event .description") == ["Bring a torch."]

    window.click(link="Museum events")
    assert_shown(window, "#list li", ["Fossils at Night (12.5)", *before])

    window.click(link="Fossils at Night")
    assert_shown(window, "#event h2", ["Fossils at Night"])
    window.click("#event button")
    assert_shown(window, "#list li", before)

    window.back()
    (message,) = window.wait_for("[role=alert]")
    assert message.startswith("404 ")
    assert window.texts("#event h2") == []


def test_an_invalid_event_is_an_error_in_the_page(window):
    rows(window)
    window.run("document.querySelector('form').noValidate = true")
    window.run("document.querySelector('[name=date]').type = 'text'")
    window.type("[name=date]", "tomorrow")
    window.click("#list button")
    (message,) = window.wait_for("[role=alert]")
    assert message == "400 Bad Request"
