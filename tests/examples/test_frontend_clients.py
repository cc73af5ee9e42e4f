"""The TypeScript clients of examples/frontend: type-checked, and used by real tests in headless Chromium."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest

from tests.browser import CHROMIUM, DRIVER, browser
from tests.conftest import ROOT
from tests.examples.test_frontend import running
from tests.redis_server import free_port

FRONTEND = ROOT / "examples" / "frontend"
BIN = FRONTEND / "node_modules" / ".bin"
OPTIONS = ("--base-path", "/api", "--rules", FRONTEND / "mock.yaml", "--quiet")
MOCK = [sys.executable, "-m", "signoff", "mock", "tests/documents/museum.yaml", *OPTIONS]

needs_npm = pytest.mark.skipif(
    not (shutil.which("node") and BIN.exists()),
    reason="run `npm install` in examples/frontend to test its clients",
)
needs_chromium = pytest.mark.skipif(not CHROMIUM, reason="chromium is not installed")


def run(*command, **environment):
    return subprocess.run(
        [BIN / command[0], *command[1:]],
        cwd=FRONTEND,
        env=os.environ | {"NO_COLOR": "1", "CHROMIUM": str(CHROMIUM)} | environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@needs_npm
def test_clients_and_recipes_are_typed():
    result = run("tsc")
    assert result.returncode == 0, result.stdout


MISTAKES = [
    "signoff.rule('a', { operation: 'listSpecialEvents', evry: 3, respond: {} })",
    "signoff.verify({ expectations: [{ operation: 'a', times: '2' }] })",
    "signoff.reset(['stat'])",
    "signoff.journal({ staus: '200' })",
]


@needs_npm
def test_mistakes_are_type_errors(tmp_path):
    file = tmp_path / "call.ts"
    imported = json.dumps(str(FRONTEND / "signoff"))
    file.write_text(f"import {{ Signoff }} from {imported};\nconst signoff = new Signoff('');\n")
    with file.open("a") as opened:
        opened.writelines(f"{call};\n" for call in MISTAKES)
    options = "--noEmit --strict --skipLibCheck --target es2022 --lib es2022,dom,dom.iterable"
    result = run("tsc", *options.split(), "--module", "esnext", "--moduleResolution", "bundler", str(file))
    assert re.findall(r"call\.ts\((\d+),", result.stdout) == ["3", "4", "5", "6"], result.stdout


@needs_npm
def test_types_of_the_control_api_are_up_to_date(tmp_path):
    file = tmp_path / "control-api.d.ts"
    subprocess.run(["node", "types.mjs", file], cwd=FRONTEND, check=True, timeout=60)
    assert file.read_text() == (FRONTEND / "control-api.d.ts").read_text(), "run `npm run types`"


@needs_npm
@needs_chromium
def test_vitest_in_chromium_and_msw_in_node():
    port = free_port()
    with running([*MOCK, "--port", str(port)], f"http://127.0.0.1:{port}") as url:
        result = run("vitest", "run", "--reporter=json", VITE_SIGNOFF_URL=url)
    report = json.loads(result.stdout[result.stdout.index("{") :])
    assert report["success"], result.stdout
    assert report["numPassedTests"] == report["numTotalTests"] == 5


@needs_npm
@pytest.mark.skipif(not DRIVER, reason="chromedriver is not installed")
def test_storybook_sets_the_scenario_of_each_story(tmp_path):
    """In one window, one story after the other."""
    mock_port, port = free_port(), free_port()
    pages = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", tmp_path]
    with running([*MOCK, "--port", str(mock_port)], f"http://127.0.0.1:{mock_port}") as url:
        options = ("--test", "--disable-telemetry", "--quiet", "--output-dir", str(tmp_path))
        result = run("storybook", "build", *options, STORYBOOK_SIGNOFF_URL=url)
        assert result.returncode == 0, result.stdout + result.stderr
        with running(pages, f"http://127.0.0.1:{port}") as origin, browser() as window:
            for story, count in (("usual", 12), ("empty", 0), ("long", 30), ("usual", 12)):
                window.open(f"{origin}/iframe.html?viewMode=story&id=museum-events--{story}")
                assert window.wait_for("h2", [f"{count} events"]) == [f"{count} events"]


@needs_npm
@needs_chromium
def test_two_playwright_workers_share_a_mock_without_seeing_each_other():
    environment = {
        "SIGNOFF": f"{sys.executable} -m signoff",
        "PYTHONPATH": str(ROOT),
        "SIGNOFF_URL": f"http://127.0.0.1:{free_port()}",
        "PAGE_PORT": str(free_port()),
    }
    result = run("playwright", "test", "--reporter=json", **environment)
    report = json.loads(result.stdout)
    specs = [spec for suite in report["suites"] for spec in suite["specs"]]
    failed = [spec["title"] for spec in specs if not spec["ok"]]
    assert not failed, result.stdout[-5000:]
    assert sum("sees only its own" in spec["title"] for spec in specs) == 20
    results = [found for spec in specs for test in spec["tests"] for found in test["results"]]
    assert {found["parallelIndex"] for found in results} == {0, 1}
