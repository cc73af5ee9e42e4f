"""A `schemathesis.toml` that nobody named is noted, as a Schemathesis user would expect it to count."""

import pytest

from signoff.conformance.hooks import toml_not_read


@pytest.mark.parametrize(
    ("is_there", "named", "is_noted"),
    [
        (True, [], True),
        (True, ["hooks.py"], True),
        (True, ["./schemathesis.toml"], False),
        (False, [], False),
    ],
)
def test_a_toml_that_was_not_named_is_noted(tmp_path, monkeypatch, is_there, named, is_noted):
    monkeypatch.chdir(tmp_path)
    if is_there:
        (tmp_path / "schemathesis.toml").write_text("workers = 1\n")
    assert ("--hooks schemathesis.toml" in toml_not_read(named)) is is_noted
