"""The review's CI examples and the pre-commit hook: their commands run as the files say them."""

import json
import os
import re
import shlex
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.review.repositories import BREAKING, EXTENDING, git, repository

ROOT = Path(__file__).parent.parent.parent
CI = ROOT / "examples" / "ci"
HOOKS = ROOT / ".pre-commit-hooks.yaml"


def github():
    workflow = yaml.safe_load((CI / "review.github.yml").read_text())
    steps = workflow["jobs"]["review"]["steps"]
    assert steps[0]["with"]["fetch-depth"] == 0
    return [step["run"] for step in steps if "run" in step]


def gitlab():
    pipeline = yaml.safe_load((CI / "review.gitlab-ci.yml").read_text())
    job = pipeline["review"]
    assert job["variables"]["GIT_DEPTH"] == 0
    return [*job["before_script"], *job["script"]]


@pytest.fixture
def environment(tmp_path):
    """Commands by the names that the files use; those of others only note how they were called."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, body in (
        ("signoff", f'exec "{sys.executable}" -m signoff "$@"'),
        ("pip", 'test "$2" = signoff'),
        ("gh", f'echo "$@" > "{tmp_path}/gh"; test -s review.md'),
    ):
        (folder / name).write_text(f"#!/bin/sh\n{body}\n")
        (folder / name).chmod(stat.S_IRWXU)
    return os.environ | {
        "PATH": f"{folder}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "SIGNOFF": "signoff",
        "DOCUMENT": "openapi.yaml",
        "BASE": "origin/main",
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
        "PULL_REQUEST": "7",
    }


@pytest.fixture
def clone(tmp_path):
    """A clone, as CI makes it, whose branch edits the contract as a test asks."""

    def made(*edits):
        origin = repository(tmp_path / "origin", *edits)
        git(tmp_path, "clone", "-q", str(origin), "clone")
        return tmp_path / "clone"

    return made


@pytest.mark.parametrize("commands", [github, gitlab])
@pytest.mark.parametrize(("edit", "code"), [(EXTENDING, 0), (BREAKING, 1)], ids=["extending", "breaking"])
def test_the_jobs_give_the_verdict(commands, edit, code, environment, clone, tmp_path):
    folder = clone(edit)
    environment["CI_MERGE_REQUEST_DIFF_BASE_SHA"] = git(folder, "merge-base", "origin/main", "HEAD")
    results = [
        subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command],
            cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False,
        )
        for command in commands()
    ]  # fmt: skip
    codes = [result.returncode for result in results]
    assert codes == [0, code, *[0] * (len(codes) - 2)], [result.stderr for result in results]
    if commands is github:
        assert (tmp_path / "summary.md").read_text() == (folder / "review.md").read_text()
        assert (tmp_path / "gh").read_text().startswith("pr comment 7 ")
        assert ("::error " in results[1].stdout) is bool(code)
    else:
        issues = json.loads((folder / "gl-code-quality-report.json").read_text())
        assert bool(issues) is bool(code)


@pytest.mark.parametrize("name", ["review.github.yml", "review.gitlab-ci.yml"])
def test_what_the_jobs_keep_is_what_the_review_writes(name):
    text = (CI / name).read_text()
    written = {word.partition("=")[2] for word in re.findall(r"--report (\S+)", text)} - {"-"}
    for file in written:
        assert text.count(file) > 1, file


def test_the_hook_is_well_formed():
    (hook,) = yaml.safe_load(HOOKS.read_text())
    assert {"id", "name", "entry", "language", "description", "files"} <= hook.keys()
    assert (hook["id"], hook["language"], hook["require_serial"]) == ("signoff-review", "python", True)
    chosen = re.compile(hook["files"])
    for path in ("openapi.yaml", "api/openapi.json", "swagger.yml", "api/openapi-v2.yaml"):
        assert chosen.search(path), path
    for path in ("src/app.py", "data.json", "docs/my-openapi.md", "openapi/other.yaml"):
        assert not chosen.search(path), path


@pytest.mark.parametrize(("edit", "code"), [(EXTENDING, 0), (BREAKING, 1)], ids=["extending", "breaking"])
def test_the_hook_s_entry_runs(edit, code, environment, clone):
    (hook,) = yaml.safe_load(HOOKS.read_text())
    folder = clone(edit)
    command = [*shlex.split(hook["entry"]), "--base", "origin/main", "openapi.yaml"]
    result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == code, result.stderr
