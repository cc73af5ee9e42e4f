"""The recipes that run the mock for a page: the commands of the files, with free ports."""

import json
import os
import re
import shlex
import stat
import subprocess
import sys

import httpx2
import pytest
import yaml

from tests.conftest import ROOT
from tests.examples.test_frontend import running
from tests.redis_server import free_port

FRONTEND = ROOT / "examples" / "frontend"
MUSEUM = ROOT / "tests" / "documents" / "museum.yaml"


@pytest.fixture
def environment(tmp_path):
    """Commands by the names that the files use: `signoff` of this checkout."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "signoff").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m signoff "$@"\n')
    (folder / "signoff").chmod(stat.S_IRWXU)
    return os.environ | {"PATH": f"{folder}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}


def test_docker_compose():
    """The command of the service, its health check, and the name by which other services use it."""
    services = yaml.safe_load((FRONTEND / "compose.yaml").read_text())["services"]
    service, port = services["mock"], free_port()
    *_, line = shlex.split(service["command"])
    install, _, command = line.partition(" && ")
    assert install == "pip install --quiet /signoff"
    [checkout, *files] = service["volumes"]
    assert (FRONTEND / checkout.removesuffix(":/signoff:ro")).samefile(ROOT)
    for volume in files:
        host, inside, _ = volume.split(":")
        assert (FRONTEND / host).is_file()
        command = command.replace(inside, str(FRONTEND / host))
    assert "--host 0.0.0.0" in command
    words = [sys.executable, "-m", *shlex.split(command.replace("0.0.0.0", "127.0.0.1")), "--port", str(port)]
    assert service["ports"] == ["4010:4010"]
    with running(words, f"http://127.0.0.1:{port}") as origin:
        kind, _, *check = service["healthcheck"]["test"]
        assert kind == "CMD"
        check = [word.replace(":4010", f":{port}") for word in check]
        subprocess.run([sys.executable, *check], check=True, timeout=30)
        for name, status in (("mock", 200), ("other", 403)):
            found = httpx2.get(f"{origin}/__signoff/scenario", headers={"Host": f"{name}:4010"})
            assert found.status_code == status, found.text
    assert services["page"]["depends_on"]["mock"]["condition"] == "service_healthy"


def test_github_workflow(environment, tmp_path):
    """The steps that start the mock, and that keep its journal when a test fails."""
    workflow = yaml.safe_load((ROOT / "examples" / "ci" / "mock.github.yml").read_text())
    steps = {step["name"]: step for step in workflow["jobs"]["page"]["steps"] if "name" in step}
    port = str(free_port())
    url = steps["Test the page"]["env"]["SIGNOFF_URL"].replace("4010", port)
    lines = [
        steps[name]["run"].replace("4010", port) for name in ("Start the mock", "Keep what the mock received")
    ]
    call = f"curl --silent {url}/museum-hours -H 'Signoff-Session: a' > /dev/null"
    script = "\n".join([lines[0], call, lines[1], "kill $!"])
    subprocess.run(
        [
            "bash",
            "-euo",
            "pipefail",
            "-c",
            script.replace('"$DOCUMENT"', '"$DOCUMENT" --base-path / --no-auth'),
        ],
        cwd=tmp_path,
        env=environment | {"DOCUMENT": str(MUSEUM)},
        check=True,
        timeout=60,
    )
    entries = json.loads((tmp_path / "journal.har").read_text())["log"]["entries"]
    assert [re.sub(r".*:\d+", "", entry["request"]["url"]) for entry in entries] == ["/museum-hours"]
    assert "Mock server running" in (tmp_path / "mock.log").read_text()
