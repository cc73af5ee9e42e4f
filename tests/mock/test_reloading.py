"""`--reload`: a changed file is followed, a broken one is told and changes nothing."""

import logging
import sys
import time

import httpx2
import pytest

import signoff
from signoff.mock import Settings
from signoff.mock.reloading import Build, ReloadingApp
from tests.conftest import running

ROOT = """
openapi: 3.1.0
info: {title: t, version: "1"}
paths:
  /word:
    get:
      operationId: word
      responses:
        "200": {description: ok, content: {application/json: {schema: {$ref: 'parts/word.yaml'}}}}
"""
PATIENCE_S = 10  # it takes a few tenths; a loaded machine may be late


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "parts").mkdir()
    (tmp_path / "root.yaml").write_text(ROOT)
    (tmp_path / "parts" / "word.yaml").write_text("const: one")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield tmp_path
    sys.modules.pop("hands", None)


@pytest.fixture
def reloaded(folder):
    def build(handlers=None):
        made = Build(["root.yaml"], [], handlers, None, Settings(), signoff.load)
        return ReloadingApp(made.make)

    return build


def comes_true(condition):
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_any_file_of_the_document_is_followed_and_a_broken_one_changes_nothing(folder, reloaded, caplog):
    word = folder / "parts" / "word.yaml"
    with (
        caplog.at_level(logging.INFO, "signoff"),
        reloaded() as app,
        running(app) as origin,
        httpx2.Client(base_url=origin) as client,
    ):
        assert client.get("/word").json() == "one"
        word.write_text("const: two")
        assert comes_true(lambda: client.get("/word").json() == "two")
        word.write_text("const: [")
        assert comes_true(lambda: "reload failed; still serving the previous version" in caplog.text)
        assert "word.yaml:2:1" in caplog.text
        assert client.get("/word").json() == "two"
        word.write_text("const: three")
        assert comes_true(lambda: client.get("/word").json() == "three")
        (folder / "root.yaml").write_text(ROOT.replace("/word:", "/other:"))
        assert comes_true(lambda: client.get("/word").status_code == 404)
        assert client.get("/other").json() == "three"


def test_a_file_that_is_replaced_as_editors_do_is_followed(folder, reloaded):
    with reloaded() as app, running(app) as origin, httpx2.Client(base_url=origin) as client:
        time.sleep(0.1)  # until the watch stands
        fresh = folder / "parts" / "word.yaml~"
        fresh.write_text("const: four")
        fresh.rename(folder / "parts" / "word.yaml")
        assert comes_true(lambda: client.get("/word").json() == "four")


def test_a_file_that_the_document_begins_to_use_is_followed_too(folder, reloaded):
    (folder / "more").mkdir()
    (folder / "more" / "word.yaml").write_text("const: five")
    with reloaded() as app, running(app) as origin, httpx2.Client(base_url=origin) as client:
        time.sleep(0.1)
        (folder / "root.yaml").write_text(ROOT.replace("parts/", "more/"))
        assert comes_true(lambda: client.get("/word").json() == "five")
        time.sleep(0.3)
        (folder / "more" / "word.yaml").write_text("const: six")
        assert comes_true(lambda: client.get("/word").json() == "six")


def test_functions_are_followed_and_keep_their_state_while_only_the_document_changes(folder, reloaded):
    hands = folder / "hands.py"
    hands.write_text("calls = []\ndef word():\n    calls.append(1)\n    return len(calls), 200\n")
    (folder / "parts" / "word.yaml").write_text("type: integer")
    with reloaded("hands.py") as app, running(app) as origin, httpx2.Client(base_url=origin) as client:
        assert [client.get("/word").json() for _ in range(2)] == [1, 2]
        (folder / "root.yaml").write_text(ROOT.replace("/word:", "/count:"))
        assert comes_true(lambda: client.get("/count").status_code == 200)
        assert client.get("/count").json() >= 3
        hands.write_text("def word():\n    return 100\n")
        assert comes_true(lambda: client.get("/count").json() == 100)


@pytest.mark.parametrize(("name", "pause"), [("parts", 0), ("", 0), ("parts", 0.7)])
def test_a_folder_that_was_moved_away_and_back_is_followed(folder, reloaded, pause, name):
    """At once or later, a part of the document or all of it; the second time like the first."""
    moved, away = folder / name, folder.with_name("away")
    with reloaded() as app, running(app) as origin:
        for word in ("two", "three"):
            moved.rename(away)
            time.sleep(pause)
            away.rename(moved)
            time.sleep(pause)
            (folder / "parts" / "word.yaml").write_text(f"const: {word}")
            assert comes_true(lambda: httpx2.get(f"{origin}/word").json() == word)  # noqa: B023


def test_another_folder_in_the_place_of_one_is_followed(folder, reloaded):
    with reloaded() as app, running(app) as origin:
        (folder / "parts").rename(folder / "former")
        time.sleep(0.7)
        (folder / "new").mkdir()
        (folder / "new" / "word.yaml").write_text("const: new")
        (folder / "new").rename(folder / "parts")
        assert comes_true(lambda: httpx2.get(f"{origin}/word").json() == "new")
        (folder / "parts" / "word.yaml").write_text("const: newest")
        assert comes_true(lambda: httpx2.get(f"{origin}/word").json() == "newest")
