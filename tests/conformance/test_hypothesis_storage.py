"""What is left of Hypothesis's storage after a run."""

import os
from pathlib import Path

from signoff.conformance.hypothesis_storage import temporary_storage


def test_only_the_tables_of_unicode_are_kept(tmp_path, monkeypatch):
    monkeypatch.delenv("HYPOTHESIS_STORAGE_DIRECTORY", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("sys.platform", "linux")
    with temporary_storage():
        folder = Path(os.environ["HYPOTHESIS_STORAGE_DIRECTORY"])
        for name in ("unicode_data/15/charmap.json.gz", "examples/a/b"):
            (folder / name).parent.mkdir(parents=True)
            (folder / name).write_bytes(b"x")
    assert not folder.exists()
    assert [each.name for each in tmp_path.rglob("*") if each.is_file()] == ["charmap.json.gz"]
    with temporary_storage():
        found = Path(os.environ["HYPOTHESIS_STORAGE_DIRECTORY"]).rglob("*.gz")
        assert [each.read_bytes() for each in found] == [b"x"]


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.delenv("HYPOTHESIS_STORAGE_DIRECTORY", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.setattr("sys.platform", "linux")
    with temporary_storage():
        folder = Path(os.environ["HYPOTHESIS_STORAGE_DIRECTORY"], "unicode_data", "15")
        folder.mkdir(parents=True)
        (folder / "charmap.json.gz").touch()
