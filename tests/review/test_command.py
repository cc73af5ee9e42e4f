"""`signoff review` as a user and a CI job run it."""

import json
import os
import re
import resource
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import click
import pytest
from click.testing import CliRunner

from signoff.cli import main
from signoff.review.change import ChangeVerdict
from signoff.review.report import FORMATS
from signoff.review.run import review as run
from tests.conftest import PUBLISHED
from tests.review.repositories import BREAKING, CONTRACT, EXTENDING, UNSOUND, git, repository

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def review(*arguments, **options):
    return CliRunner().invoke(main, ["review", *map(str, arguments)], **options)


def as_json(*arguments):
    answer = review(*arguments, "--report", "json=review.json")
    return answer, json.loads(Path("review.json").read_text())


# A branch of a git repository


@pytest.mark.parametrize(
    ("edits", "verdict", "code"),
    [
        ([], "compatible", 0),
        ([EXTENDING], "compatible", 0),
        ([BREAKING], "breaking", 1),
        ([BREAKING, EXTENDING], "breaking", 1),
        ([UNSOUND], "compatible", 1),
    ],
    ids=["same", "extending", "breaking", "both", "unsound"],
)
def test_a_branch_against_main(folder, edits, verdict, code):
    repository(folder, *edits)
    answer, found = as_json("openapi.yaml", "--base", "main")
    assert (answer.exit_code, found["verdict"], found["passed"]) == (code, verdict, code == 0), answer.output
    assert found["base"]["source"] == "main:openapi.yaml"
    assert git(folder, "rev-parse", "main").startswith(found["base"]["commit"])
    assert found["document"]["source"] == "openapi.yaml"
    for change in found["changes"]:
        assert change["before"]["file"] == "main:openapi.yaml"
        assert change["after"]["line"] > 1
    if code and found["changes"]:
        assert found["version"]["needed"] == "major"
        assert found["version"]["suggested"] == "2.0.0"


def test_what_is_not_committed_is_reviewed_too(folder):
    repository(folder)
    Path("openapi.yaml").write_text(CONTRACT.replace(*BREAKING))
    assert review("openapi.yaml", "--base", "HEAD").exit_code == 1


@pytest.mark.parametrize(
    "base", ["main", "main:openapi.yaml", "HEAD~1", "main...", "refs/heads/main", "../base.yaml"]
)
def test_every_spelling_of_the_base(folder, monkeypatch, base):
    repository(folder / "clone", BREAKING)
    (folder / "base.yaml").write_text(CONTRACT)
    monkeypatch.chdir("clone")
    answer = review("openapi.yaml", "--base", base)
    assert (answer.exit_code, answer.stderr) == (1, "")
    assert answer.stdout.startswith("FAIL  Saved reports export 1.0.0: 1 breaking change")


def test_the_command_line_itself(folder):
    repository(folder, BREAKING)
    command = [sys.executable, "-m", "signoff", "review", "openapi.yaml", "--base", "main"]
    answer = subprocess.run(
        command, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )
    assert (answer.returncode, answer.stderr) == (1, "")
    assert answer.stdout.startswith("FAIL  Saved reports export 1.0.0: 1 breaking change")
    assert "main:openapi.yaml (" in answer.stdout.splitlines()[1]


def test_the_largest_published_document_is_quick(folder):
    largest = max(PUBLISHED, key=lambda path: path.stat().st_size)
    (folder / "base.json").write_text(largest.read_text().replace('"int32"', '"int64"'))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "signoff", "review", largest, "--base", "base.json", "--profile", "all"]
    answer = subprocess.run(
        command, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, check=False
    )
    assert answer.returncode in (0, 1)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    # CPU time, so that a busy machine does not count; usually under 3 s.
    assert after.ru_utime - before.ru_utime < 10


def test_two_revisions_and_no_work_tree(folder):
    repository(folder, BREAKING)
    git(folder, "rm", "-q", "openapi.yaml")
    assert review("feature:openapi.yaml", "--base", "main:openapi.yaml").exit_code == 1
    assert review("feature:openapi.yaml", "--base", "main").exit_code == 1
    assert review("main:openapi.yaml", "--base", "feature").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["openapi.yaml", "--base", "nowhere"], "unknown revision 'nowhere'"),
        (["openapi.yaml", "--base", ""], "--base is empty"),
        (["openapi.yaml", "--base", "main:other.yaml"], "other.yaml does not exist at main"),
        (["other.yaml", "--base", "main"], "other.yaml does not exist"),
        (["--base", "main"], "the built-in example is not in this git repository"),
        (["openapi.yaml", "--base", "--help"], "unknown revision '--help'"),
        (["openapi.yaml", "--base", "main:README"], "is not a mapping|not an OpenAPI document"),
        (["openapi.yaml", "--fail-on", "worse"], "invalid value for --fail-on: 'worse'"),
        (["openapi.yaml", "--report", "pdf=x"], "invalid value for --report: 'pdf=x'"),
        (["openapi.yaml", "--report", "json=no/folder/x"], "does not exist"),
        (["openapi.yaml", "--config", "missing.toml"], "cannot read missing.toml"),
        (["openapi.yaml", "openapi.yaml", "--report", "json=-"], "single document"),
        (["openapi.yaml", "openapi.yaml", "--base", "main:openapi.yaml"], "single document"),
        (["-", "--base", "-"], "both the document and the base"),
    ],
)
def test_what_cannot_be_reviewed_is_2(folder, arguments, words):
    repository(folder)
    (folder / "README").write_text("plain text")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "Read me")
    git(folder, "branch", "-f", "main")
    answer = review(*arguments)
    assert answer.exit_code == 2, answer.output
    assert any(word in answer.output for word in words.split("|")), answer.output
    lines = [line for line in answer.output.splitlines() if not line.startswith("No document given")]
    assert len(lines) <= 2


def test_a_misspelled_key_of_the_review_is_2():
    Path("signoff.toml").write_text("[review]\nprofil = 'all'\n")
    answer = review("openapi.yaml")
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert (
        answer.stderr == "signoff: signoff.toml: unknown key `profil` in `review`\nDid you mean `profile`?\n"
    )


def test_outside_git_a_revision_is_2(folder):
    Path("openapi.yaml").write_text(CONTRACT)
    answer = review("openapi.yaml", "--base", "main")
    assert answer.exit_code == 2
    assert "is not in a git repository" in answer.output


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.name)
def test_a_document_has_no_changes_to_itself(path):
    outcome = run(str(path), str(path))
    assert (outcome.changes, outcome.verdict) == ((), ChangeVerdict.COMPATIBLE)


# Without a base


def test_the_reference_projects_document_has_no_findings():
    answer = review()
    assert answer.exit_code == 0
    assert answer.stdout.startswith("PASS  Saved reports export 1.0.0: no findings\n")


def test_standard_input():
    answer = review("-", input=CONTRACT.replace(*UNSOUND).encode())
    assert answer.exit_code == 1
    assert "<stdin>:" in answer.output


@pytest.mark.parametrize(
    ("fail_on", "code"), [("error", 1), ("breaking", 0), ("never", 0), ("breaking,info", 1)]
)
def test_fail_on(fail_on, code):
    Path("openapi.yaml").write_text(CONTRACT.replace(*UNSOUND))
    assert review("openapi.yaml", "--fail-on", fail_on).exit_code == code


def test_several_documents_fail_with_one():
    Path("sound.yaml").write_text(CONTRACT)
    Path("unsound.yaml").write_text(CONTRACT.replace(*UNSOUND))
    answer = review("unsound.yaml", "sound.yaml")
    assert answer.exit_code == 1
    assert [line[:4] for line in answer.output.splitlines() if line[:4] in ("PASS", "FAIL")] == [
        "FAIL",
        "PASS",
    ]


def test_the_configuration_is_found_and_the_option_goes_first():
    Path("openapi.yaml").write_text(CONTRACT.replace(*UNSOUND))
    Path("signoff.toml").write_text('[review.rules]\ninvalid-example = "off"\n')
    assert review("openapi.yaml").exit_code == 0
    Path("other.toml").write_text('[review]\nprofile = "all"\n')
    assert review("openapi.yaml", "--config", "other.toml").exit_code == 1
    few, all_of_them = (
        json.loads(review("openapi.yaml", *more, "--report", "sarif=-").stdout)["runs"][0]["tool"]["driver"][
            "rules"
        ]
        for more in ([], ["--profile", "all"])
    )
    assert len(few) < len(all_of_them)
    assert "invalid-example" not in [rule["id"] for rule in all_of_them]


def test_suppressions_reach_the_report():
    Path("openapi.yaml").write_text(CONTRACT.replace(*UNSOUND))
    Path("signoff.toml").write_text(
        '[[review.suppressions]]\nrule = "invalid-example"\nfile = "openapi.yaml"\nreason = "Later."\n'
    )
    answer, found = as_json("openapi.yaml")
    assert answer.exit_code == 0
    assert "Suppressed (" in answer.output
    assert {waived["reason"] for waived in found["suppressed"]} == {"Later."}


def test_list_rules():
    answer = review("--list-rules")
    assert answer.exit_code == 0
    assert "| `invalid-example` | error |" in answer.output
    assert "| `operation-removed` | breaking |" in answer.output


# Reports


def test_every_report_in_one_run(folder):
    repository(folder, BREAKING)
    asked = [f"--report={name}=report.{name}" for name in FORMATS if name != "json"]
    answer = review("openapi.yaml", "--base", "main", *asked, "--report", "json=-")
    assert answer.exit_code == 1
    assert json.loads(answer.stdout)["verdict"] == "breaking"
    notice, _, shown = answer.stderr.partition("\n")
    assert notice.startswith("notice: The format `json-1`")
    assert shown.startswith("FAIL  Saved reports")
    for name in FORMATS:
        assert name == "json" or (folder / f"report.{name}").stat().st_size > 100, name


def test_colours_and_progress_are_for_terminals():
    assert "\x1b" not in review().output
    assert "Reviewing" not in review().stderr
    assert click.unstyle(review(color=True).output) == review().output != review(color=True).output


@pytest.mark.parametrize("start", [".", "services", "services/shop api", "elsewhere"])
def test_paths_of_ci_reports_are_relative_to_the_repository(start, folder, monkeypatch):
    """Of each file of the document, whatever the working directory."""
    git(folder, "init", "-q")
    api = folder / "services" / "shop api"
    (api / "parts").mkdir(parents=True)
    (folder / "elsewhere").mkdir()
    (api / "openapi.yaml").write_text(
        "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n  /a:\n    $ref: parts/a b.yaml\n"
        "  /b/{id}: {get: {responses: {'200': {description: ok}}}}\n"
    )
    (api / "parts" / "a b.yaml").write_text(
        "get:\n  responses: {'200': {description: ok, content: {application/json:"
        " {schema: {type: string}, example: 1}}}}\n"
    )
    monkeypatch.chdir(folder / start)
    document = os.path.relpath(api / "openapi.yaml")
    paths = {"services/shop api/openapi.yaml", "services/shop api/parts/a b.yaml"}
    formats = ("sarif", "gitlab", "github")
    review(document, *(f"--report={name}={folder / name}" for name in formats))
    sarif, gitlab, github = ((folder / name).read_text() for name in formats)
    results = json.loads(sarif)["runs"][0]["results"]
    artifacts = [result["locations"][0]["physicalLocation"]["artifactLocation"] for result in results]
    assert {unquote(found["uri"]) for found in artifacts} == paths
    assert {found["uriBaseId"] for found in artifacts} == {"%SRCROOT%"}
    assert {issue["location"]["path"] for issue in json.loads(gitlab)} == paths
    assert set(re.findall("file=([^,]+),", github)) == paths
