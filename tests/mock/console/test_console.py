"""The console in Chromium: each function once, nothing from elsewhere, and no serious accessibility fault."""

import json
import os
import re
import shutil
import subprocess
from itertools import count
from pathlib import Path

import httpx2
import pytest

from signoff.mock import Settings, create_app
from signoff.mock.control.control import Control
from signoff.mock.control.guard import Guard
from tests.browser import DRIVER, browser
from tests.conftest import running
from tests.redis_server import free_port

HERE = Path(__file__).parent
LIBRARY, RULES = HERE / "library.yaml", HERE / "rules.yaml"
AXE = Path(os.environ.get("SIGNOFF_AXE", "axe.min.js is not named"))
NUMBERS = count(1)
ENTER, TAB = "\ue007", "\ue004"
# The page pauses for a tenth of its two seconds before it connects again.
IN_HASTE = "const wait = setTimeout; window.setTimeout = (work, ms) => wait(work, ms / 10)"
BOOK = {"title": "Tove & <i>co</i>", "pages": 3}

pytestmark = pytest.mark.skipif(not DRIVER, reason="chromedriver is not installed")


@pytest.fixture(scope="module")
def origin():
    with running(create_app(LIBRARY, control=Control(), rules=RULES)) as found:
        yield found


@pytest.fixture(scope="module")
def opened():
    with browser() as window:
        window.resize(1400, 1000)
        yield window


@pytest.fixture
def app(origin):
    """The app whose requests the console shows, in the default session."""
    headers = {"Authorization": "Bearer x"}
    with httpx2.Client(base_url=f"{origin}/api", headers=headers, timeout=10) as client:
        client.post(f"{origin}/__signoff/reset", json={})
        yield client
        client.post(f"{origin}/__signoff/reset", json={})


@pytest.fixture
def window(opened, origin, app):
    """The console; requests elsewhere and errors in the browser's console fail every test."""
    opened.errors(), opened.requested()
    opened.open(f"{origin}/__signoff/")
    assert opened.wait_for("#state-note", ["Nothing written"]) == ["Nothing written"]
    assert opened.wait_for("#journal-count", ["No requests yet"]) == ["No requests yet"]
    yield opened
    assert [message for message in opened.errors() if "responded with a status of" not in message] == []
    assert {url for url in opened.requested() if not url.startswith((f"{origin}/", "data:"))} == set()
    assert opened.run("return window.harmed ?? null") is None


def shown(window, selector, part):
    """The texts of `selector`, once one has a part."""
    found = []
    for _ in range(100):
        found = window.texts(selector)
        if any(part in text for text in found):
            return found
        window.run("return new Promise((resolve) => setTimeout(resolve, 50))")
    raise AssertionError((part, found))


def choose(window, selector, value):
    """Choose an option, or type into a field, as a user does."""
    script = (
        "const field = document.querySelector(%s); field.value = %s; field.dispatchEvent(new Event('change'))"
    )
    window.run(script % (json.dumps(selector), json.dumps(value)))


def fill(window, selector, text):
    window.run(f"document.querySelector({json.dumps(selector)}).value = {json.dumps(text)}")


def open_route(window, number):
    row = f"#route-list > li:nth-child({number})"
    window.click(f"{row} > details > summary")
    return row


def test_try_it_is_prefilled_with_a_valid_request_and_credentials(window, origin):
    row = open_route(window, 2)
    window.click(f"{row} .primary")
    (body,) = shown(window, f"{row} .output > pre", "<script>")
    assert json.loads(body)["pages"] == 9007199254740993  # a number that JavaScript would round
    assert window.texts(f"{row} .status") == ["201"]
    assert window.errors() == []
    assert "POST" in shown(window, "#journal-list summary", "/api/books")[0]
    assert shown(window, "#state-note", "Written: books")
    assert '"pages": 9007199254740993' in window.run("return document.querySelector('#items').value")


def test_try_it_sends_credentials_of_the_query_and_of_cookies(window):
    row = open_route(window, 3)
    window.click(f"{row} .primary")
    shown(window, f"{row} .output > pre", '"id"')
    assert window.texts(f"{row} .status") == ["200"]


def test_a_preference_forces_a_response_and_an_event_stream_is_text(window):
    row = open_route(window, 1)
    window.type(f"{row} input[list]", "code=503")
    window.click(f"{row} .primary")
    assert window.wait_for(f"{row} .status", ["503"]) == ["503"]
    row = open_route(window, 4)
    window.click(f"{row} .primary")
    assert shown(window, f"{row} .output > pre", "<i>first</i>")


def test_a_wrong_header_line_is_an_error_in_the_page(window):
    row = open_route(window, 1)
    window.type(f"{row} textarea", "\nnothing")
    window.click(f"{row} .primary")
    assert shown(window, "#message.error", 'not "nothing"')


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_the_copied_command_does_what_the_page_does(window, app):
    row = open_route(window, 2)
    window.click(f"{row} .output ~ *, {row} .buttons button:last-child")
    (command,) = shown(window, f"{row} .output pre", "curl -X 'POST'")
    assert r"it'\''s new" in command
    created = json.loads(subprocess.run(["sh", "-c", command], capture_output=True, check=True).stdout)
    assert created["title"] == "<script>window.harmed=1</script>"
    assert app.get("").status_code == 404
    assert created in app.get("/books").json()


def test_the_journal_shows_requests_as_they_come_and_why_the_response_is_what_it_is(window, app):
    app.post("/books", json={"titel": "<b>x</b>"}, params={"q": "<b>"})
    assert "400" in shown(window, "#journal-list summary", "/api/books?q=%3Cb%3E")[0]
    window.click("#journal-list summary")
    assert window.wait_for("#journal-list .why") == [
        "The request does not match the document. Operation addBook."
    ]
    assert any("X-Request-Reason" in note for note in window.texts("#journal-list .notes li"))
    texts = " ".join(window.texts("#journal-list pre"))
    assert '"titel": "<b>x</b>"' in texts
    assert "authorization: [redacted]" in texts
    window.click("#journal-list .buttons button")
    assert shown(window, "#journal-list .output", "Secrets are redacted")
    window.type("#journal-filter", "no such request")
    assert window.wait_for("#journal-count", ["0 of 1"]) == ["0 of 1"]
    assert window.texts("#journal-list summary") == []


def test_clear_removes_the_entries(window, app):
    app.get("/books")
    shown(window, "#journal-list summary", "/api/books")
    window.click("#clear-journal")
    assert window.wait_for("#journal-count", ["No requests yet"]) == ["No requests yet"]
    assert app.get(f"{app.base_url.copy_with(path='/')}__signoff/journal").json()["entries"] == []


def test_the_routes_are_filtered(window):
    window.type("#route-filter", "add a")
    assert window.wait_for("#route-count", ["1 of 4"]) == ["1 of 4"]
    assert len(window.texts("#route-list > li")) == 1


def test_a_scenario_is_switched_and_its_rules_are_listed(window, app):
    choose(window, "#scenario", "busy")
    assert shown(window, "#message", "busy")
    assert app.get("/books").status_code == 503
    shown(window, "#journal-list summary", "rule busy")
    assert "rule file" in shown(window, "#rule-list summary", "busy/")[0]
    choose(window, "#scenario", "")
    assert shown(window, "#message", "off")
    assert app.get("/books").status_code == 200


def test_a_session_has_its_own_journal_scenario_and_requests(window, app):
    name = f"worker-{next(NUMBERS)}"
    own = {"Signoff-Session": name}
    app.get("/books", headers=own)
    app.get("/books/7")
    (only,) = shown(window, "#journal-list summary", "/api/books/7")
    choose(window, "#session", name)
    choose(window, "#scenario", "busy")
    shown(window, "#message", "busy")
    assert [app.get("/books", headers=own).status_code, app.get("/books").status_code] == [503, 200]
    shown(window, "#journal-list summary", "503")
    assert all(name in text for text in window.texts("#journal-list summary"))
    row = open_route(window, 1)
    window.click(f"{row} .primary")
    assert window.wait_for(f"{row} .status", ["503"]) == ["503"]
    window.click("#all-sessions")
    assert only in window.texts("#journal-list summary")


def test_the_session_of_a_cookie_is_chosen_first_but_not_for_good(window, app, origin):
    name = f"cookie-{next(NUMBERS)}"
    window.run(f"document.cookie = 'Signoff-Session={name}; path=/'")
    window.open(f"{origin}/__signoff/")
    shown(window, "#state-note", "Nothing written")
    assert window.run("return document.querySelector('#session').value") == name
    choose(window, "#session", "")
    shown(window, "#message", "Default session")
    choose(window, "#scenario", "busy")
    shown(window, "#message", "busy")
    window.run("document.cookie = 'Signoff-Session=; path=/; max-age=0'")
    statuses = [app.get("/books", headers=own).status_code for own in ({}, {"Signoff-Session": name})]
    assert statuses == [503, 200]


def test_the_state_is_edited_and_reset(window, app):
    before = app.get("/books").json()
    fill(window, "#items", json.dumps([{"id": 5, **BOOK}]))
    window.click("#save-state")
    assert shown(window, "#message", "Saved books")
    assert app.get("/books").json() == [{"id": 5, **BOOK}]
    fill(window, "#items", json.dumps([{"id": "five"}]))
    window.click("#save-state")
    assert shown(window, "#message.error", "/resources/books/0")
    window.click("#reset-resource")
    assert shown(window, "#message", "Reset books")
    assert app.get("/books").json() == before


def test_edits_of_the_state_survive_writes_of_clients(window, app):
    fill(window, "#items", "[]")
    assert app.post("/books", json=BOOK, headers={"X-Request-Reason": "x"}).status_code == 201
    assert shown(window, "#state-note", "Reload shows it")
    assert window.run("return document.querySelector('#items').value") == "[]"
    window.click("#reload-state")
    assert shown(window, "#state-note", "Written: books")
    assert BOOK["title"] in window.run("return document.querySelector('#items').value")


def test_a_one_off_rule_is_added_and_removed(window, app):
    fill(window, "#rule-json", '{"operation": "listBooks", "respond": {"status": 418}}')
    window.click("#rule-form button")
    assert "one-off" in shown(window, "#rule-list summary", "from-console")[0]
    assert app.get("/books").status_code == 418
    window.click("#rule-list summary")
    window.click("#rule-list .details button")
    assert shown(window, "#message", "Removed")
    assert app.get("/books").status_code == 200
    fill(window, "#rule-json", '{"operation": "listBook", "respond": {"status": 418}}')
    window.click("#rule-form button")
    assert shown(window, "#message.error", "listBook")


def test_the_session_is_reset_by_keyboard(window, app):
    before = app.get("/books").json()
    app.post("/books", json=BOOK, headers={"X-Request-Reason": "x"})
    choose(window, "#scenario", "busy")
    shown(window, "#message", "busy")
    window.run("document.querySelector('#open-reset').focus()")
    for key in (ENTER, TAB, TAB, TAB, TAB, ENTER):  # four checkboxes, then the button
        window.press(key)
    assert shown(window, "#message", "Reset state, scenario, rules, journal.")
    assert window.run("return document.querySelector('#scenario').value") == ""
    assert app.get("/books").json() == before


def test_texts_of_the_document_are_never_markup(window):
    assert "<img src=x onerror=window.harmed=1>" in shown(window, "#documents", "Library")[0]
    assert "<b>books</b>" in window.texts("#route-list summary")[0]
    assert (
        window.run("return document.querySelectorAll('main :is(img, b, i, script), header img').length") == 0
    )


def test_the_page_keeps_the_newest_500_entries(window, app):
    for number in range(501):
        app.get("/events", params={"n": number})
    texts = shown(window, "#journal-list summary", "n=500")
    assert window.texts("#journal-count") == ["500, only the newest 500 are here"]
    numbers = [int(re.search(r"n=(\d+)", text)[1]) for text in texts]
    assert numbers == list(range(500, 0, -1))


def test_the_journal_goes_on_after_the_mock_was_restarted(opened):
    port = free_port()
    for path in ("/api/events?before", "/api/events?after"):
        with running(create_app(LIBRARY, control=Control()), port) as restarted:
            if path.endswith("before"):
                opened.open(f"{restarted}/")
                shown(opened, "#journal-count", "No requests")
                opened.run(IN_HASTE)
            httpx2.get(restarted + path)
            assert len(shown(opened, "#journal-list summary", path)) == 1
        shown(opened, "#journal-count", "Connection lost")


def test_a_token_is_asked_for(opened):
    control = Control(Guard.of("s3cret", ()))
    with running(create_app(LIBRARY, control=control)) as guarded:
        opened.open(f"{guarded}/")
        shown(opened, "#message", "--control-token")
        assert opened.texts("#route-list > li") == []
        opened.type("#token", "s3cret")
        opened.click("#token-form button")
        assert len(shown(opened, "#route-list > li", "/api/books")) == 4
        httpx2.get(f"{guarded}/api/events")
        assert shown(opened, "#journal-list summary", "/api/events")


def test_a_stateless_mock_has_no_state_to_edit(opened):
    with running(create_app(LIBRARY, Settings(stateless=True), control=Control())) as stateless:
        opened.open(f"{stateless}/")
        assert shown(opened, "#state-note", "--stateless")
        assert opened.run("return document.querySelector('#save-state').disabled") is True


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed: SIGNOFF_AXE names its axe.min.js")
@pytest.mark.parametrize(("scheme", "width"), [("light", 1400), ("dark", 1400), ("light", 400)])
def test_axe_finds_no_serious_fault(window, app, scheme, width):
    app.post("/books", json={"titel": "x"})
    app.get("/books")
    choose(window, "#scenario", "busy")
    shown(window, "#rule-list summary", "busy/")
    window.prefer(scheme)
    window.resize(width)
    for number in (1, 2):
        window.click(f"{open_route(window, number)} .primary")
    shown(window, "#route-list .output > pre", "title")
    window.run("for (const details of document.querySelectorAll('details')) details.open = true")
    window.run(AXE.read_text())
    found = window.run("return axe.run()")
    faults = [each for each in found["violations"] if each["impact"] in ("serious", "critical")]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in faults] == []
    assert len(found["passes"]) > 20
    assert window.run("return document.documentElement.scrollWidth <= innerWidth")
    window.resize(1400)
    window.prefer("light")
