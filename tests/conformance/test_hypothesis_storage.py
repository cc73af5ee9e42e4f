"""What is left of Hypothesis's storage after a run."""

import os
from pathlib import Path

import pytest

from signoff.conformance import hypothesis_storage
from signoff.conformance.hypothesis_storage import temporary_storage


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """Names the cache directory of the user."""

    def name(path):
        monkeypatch.setattr(hypothesis_storage, "user_cache_path", lambda *_, **__: path)

    monkeypatch.delenv("HYPOTHESIS_STORAGE_DIRECTORY", raising=False)
    monkeypatch.chdir(tmp_path)
    return name


def store(name):
    """Write a file as Hypothesis does; returns its directory."""
    folder = Path(os.environ["HYPOTHESIS_STORAGE_DIRECTORY"])
    (folder / name).parent.mkdir(parents=True)
    (folder / name).write_bytes(b"x")
    return folder


def test_only_the_tables_of_unicode_are_kept(tmp_path, cache):
    cache(tmp_path / "cache")
    with temporary_storage():
        folder = store("unicode_data/15/charmap.json.gz")
        store("examples/a/b")
    assert not folder.exists()
    assert [each.name for each in tmp_path.rglob("*") if each.is_file()] == ["charmap.json.gz"]
    with temporary_storage():
        found = Path(os.environ["HYPOTHESIS_STORAGE_DIRECTORY"]).rglob("*.gz")
        assert [each.read_bytes() for each in found] == [b"x"]


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path, cache):
    (tmp_path / "file").touch()
    cache(tmp_path / "file")
    with temporary_storage():
        store("unicode_data/15/charmap.json.gz")


def test_a_user_without_a_home_gets_no_files_in_the_working_directory(tmp_path, cache):
    cache(Path("~/.cache/signoff"))
    with temporary_storage():
        store("unicode_data/15/charmap.json.gz")
    assert not list(tmp_path.iterdir())
