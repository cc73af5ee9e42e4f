"""Former names work for one release, each with one notice; `signoff migrate` writes the new ones."""

import contextlib

import click
import pytest
from click.testing import CliRunner

import signoff
from signoff import aliases, project
from signoff.cli import main
from signoff.conformance import load_data
from signoff.conformance.checks import KIT
from signoff.contract import DataError
from signoff.review.rules import RULES

FORMER_DATA = """\
# who may call
people:
  owner:  # the first
    headers: {Authorization: Bearer a}
  stranger:
    headers: {Authorization: Bearer b}
    may-not-see: {petId: existing}
    "may-not-call": [deletePet]
act-as: owner
set-up:
  - request: POST /pets
    as: owner
tear-down: []
"""
NEW_DATA = """\
# who may call
users:
  owner:  # the first
    headers: {Authorization: Bearer a}
  stranger:
    headers: {Authorization: Bearer b}
    denied-resources: {petId: existing}
    "denied-operations": [deletePet]
default-user: owner
setup:
  - request: POST /pets
    as: owner
teardown: []
"""


def run(folder, *words):
    with contextlib.chdir(folder):
        return CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)


def notices(result):
    return [line for line in result.stderr.splitlines() if line.startswith("notice: ")]


def test_every_new_name_of_an_id_is_in_force():
    own = {rule.id for rules in signoff.load("openapi/reports.yaml").rules.values() for rule in rules}
    checks = {entry.id for entry in KIT.entries} | own
    assert set(aliases.CHECKS.values()) <= checks
    assert set(aliases.RULES.values()) <= {*RULES, "unused-suppression", "expired-suppression"}
    assert not set(aliases.CHECKS) & checks
    assert not set(aliases.RULES) & set(RULES)


def test_every_new_name_of_an_option_is_in_force():
    names = {"suppressions"}
    for command in main.list_commands(click.Context(main)):
        for option in main.get_command(click.Context(main), command).params:
            names |= {name.removeprefix("--") for name in option.opts}
    assert set(aliases.OPTIONS.values()) <= names
    assert not set(aliases.OPTIONS) & names


def test_a_former_option_and_id_work_with_one_notice_each(tmp_path, mock_origin):
    words = ["test", f"{mock_origin}/api", "--corpus-only", "--skip", "trace-off", "--skip=trace-off"]
    result = run(tmp_path, *words)
    assert result.exit_code == 0
    assert notices(result) == [
        "notice: `corpus-only` is now `no-fuzzing`. `signoff migrate` updates your files.",
        "notice: `trace-off` is now `trace-disabled`. `signoff migrate` updates your files.",
    ]
    assert "trace-disabled" not in result.stdout


def test_what_follows_two_hyphens_is_no_option():
    assert aliases.renamed_words(["a", "--", "--corpus-only"]) == ["a", "--", "--corpus-only"]


def test_a_former_data_file_says_what_the_new_one_says(tmp_path):
    (tmp_path / "former.yaml").write_text(FORMER_DATA)
    (tmp_path / "new.yaml").write_text(NEW_DATA)
    with pytest.warns(aliases.FormerNameWarning) as caught:
        former = load_data(tmp_path / "former.yaml")
    new = load_data(tmp_path / "new.yaml")
    assert former.users == new.users
    assert former.default_user == new.default_user == "owner"
    assert [step.path for step in former.setup] == [step.path for step in new.setup] == ["/pets"]
    assert {str(warning.message).split("`")[1] for warning in caught} == set(aliases.DATA_KEYS)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("people:\n  a: {headers: {}}\nact-as: b\n", 3),
        ("people:\n  a:\n    may-not-call: 3\n", 3),
        ("values: {}\nset-up:\n  - request: nonsense\n", 3),
    ],
)
def test_a_fault_in_a_former_data_file_is_shown_at_its_line(tmp_path, text, line):
    (tmp_path / "data.yaml").write_text(text)
    with pytest.warns(aliases.FormerNameWarning), pytest.raises(DataError) as caught:
        load_data(tmp_path / "data.yaml")
    assert caught.value.location.line == line


CONFIGURATION = """\
[project]
name = "people"  # not ours: waivers

[tool.signoff]
document = "api.yaml"
data = "data.yaml"
corpus-only = true  # corpus-only is quick

[tool.signoff.test]
skip = ["trace-off", 'head-like-get']

[[tool.signoff.review.waivers]]
rule = "unused-component"
pointer = "/components/**"
reason = "trace-off is no reason"

[tool.other]
waivers = "trace-off"
"""


def test_migrate_changes_names_and_nothing_else(tmp_path):
    (tmp_path / "pyproject.toml").write_text(CONFIGURATION)
    (tmp_path / "data.yaml").write_text(FORMER_DATA)
    result = run(tmp_path, "migrate")
    assert result.exit_code == 0
    expected = CONFIGURATION.replace("\ncorpus-only", "\nno-fuzzing").replace(
        '"trace-off",', '"trace-disabled",'
    )
    expected = expected.replace("head-like-get", "head-matches-get").replace(
        "review.waivers", "review.suppressions"
    )
    assert (tmp_path / "pyproject.toml").read_text() == expected
    assert (tmp_path / "data.yaml").read_text() == NEW_DATA
    assert "pyproject.toml:7: corpus-only -> no-fuzzing" in result.stdout
    assert "data.yaml:2: people -> users" in result.stdout
    again = run(tmp_path, "migrate", "--check")
    assert (again.exit_code, again.stdout) == (0, "0 old names found.\n")


def test_migrate_checks_without_writing(tmp_path):
    (tmp_path / "data.yaml").write_text(FORMER_DATA)
    result = run(tmp_path, "migrate", "--check", "data.yaml")
    assert result.exit_code == 1
    assert result.stdout.endswith("6 old names found.\n")
    assert (tmp_path / "data.yaml").read_text() == FORMER_DATA


def test_migrate_renames_the_checks_of_a_baseline(tmp_path):
    text = (
        '{"format_version": 1, "accepted": [\r\n {"fingerprint": "0", "reason": "", "check": "trace-off"}]}'
    )
    (tmp_path / "known.json").write_bytes(text.encode())
    assert run(tmp_path, "migrate", "known.json").exit_code == 0
    assert (tmp_path / "known.json").read_bytes() == text.replace("trace-off", "trace-disabled").encode()


@pytest.mark.parametrize("text", ["a: [", "\x00", "a" * 10 + ": " + "[" * 5000])
def test_migrate_of_something_else_is_an_error(tmp_path, text):
    (tmp_path / "data.yaml").write_text(text)
    result = run(tmp_path, "migrate", "data.yaml")
    assert result.exit_code == 2
    assert "data.yaml is not YAML" in result.stderr


def test_migrate_outside_a_project_asks_for_files(tmp_path):
    result = run(tmp_path, "migrate")
    assert result.exit_code == 2
    assert "Name the files" in result.stderr


def test_the_project_s_file_is_read_by_its_new_names(tmp_path):
    (tmp_path / "pyproject.toml").write_text(CONFIGURATION)
    with pytest.warns(aliases.FormerNameWarning):
        table = project.load(tmp_path / "pyproject.toml").table
    assert table["no-fuzzing"] is True
    assert table["test"]["skip"] == ["trace-disabled", "head-matches-get"]
    assert table["review"]["suppressions"][0]["rule"] == "unused-component"
