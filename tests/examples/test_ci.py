"""The commands of the CI examples, run as the files say them, against a server here."""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.conformance import things
from tests.conftest import running

ROOT = Path(__file__).parent.parent.parent
CI = ROOT / "examples" / "ci"


def github():
    """The commands of each job, with the environment of each step, once for each value of the matrix."""
    workflow = yaml.safe_load((CI / "test.github.yml").read_text())
    for job in workflow["jobs"].values():
        for value in job.get("strategy", {}).get("matrix", {}).get("shard", [""]):
            for step in job["steps"]:
                if "run" in step:
                    fields = {
                        name: text.replace("${{ matrix.shard }}", value)
                        for name, text in step.get("env", {}).items()
                    }
                    yield step["run"], fields


def gitlab():
    """The same of GitLab's file, with the variables that a runner sets for parallel jobs."""
    pipeline = yaml.safe_load((CI / "test.gitlab-ci.yml").read_text())
    for name, job in pipeline.items():
        if name.startswith(".") or "script" not in job:
            continue
        total = job.get("parallel", 1)
        for index in range(1, total + 1):
            for line in [*pipeline[job["extends"]]["before_script"], *job["script"]]:
                yield line, {"CI_NODE_INDEX": str(index), "CI_NODE_TOTAL": str(total)}


@pytest.fixture
def environment(tmp_path):
    """Commands by the names that the files use: `signoff` of this checkout, and a `pip` that does nothing."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, body in (
        ("signoff", f'exec "{sys.executable}" -m signoff "$@"'),
        ("pip", 'test "$2" = signoff'),
    ):
        (folder / name).write_text(f"#!/bin/sh\n{body}\n")
        (folder / name).chmod(stat.S_IRWXU)
    return os.environ | {
        "PATH": f"{folder}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "SIGNOFF": "signoff",
        "DOCUMENT": str(things.document(tmp_path)),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
    }


@pytest.mark.parametrize(
    ("commands", "app", "code"),
    [(github, things.app, 0), (gitlab, things.nameless, 1)],
    ids=["kept", "broken"],
)
def test_the_commands_give_the_verdict(commands, app, code, environment, tmp_path):
    with running(app) as origin:
        environment |= {"TARGET": f"{origin}/api"}
        results = [
            subprocess.run(
                ["bash", "-euo", "pipefail", "-c", re.sub(r"--max-time 300", "--no-fuzzing", command)],
                cwd=tmp_path,
                env=environment | more,
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
            for command, more in commands()
        ]
    *before, last = results
    assert [result.returncode for result in before] == [0] * len(before), [result.stderr for result in before]
    assert last.returncode == code, last.stderr
    assert ("PASS", "FAIL")[code] in last.stdout + last.stderr
    assert "(partial)" not in last.stdout + last.stderr
    assert (tmp_path / "contract.html").exists()


def test_the_files_name_files_that_the_commands_write():
    for name in ("test.github.yml", "test.gitlab-ci.yml"):
        text = (CI / name).read_text()
        for written in re.findall(r"--report (?:html|sarif|junit|gitlab)=(\S+)", text):
            assert text.count(written) == 2, written
