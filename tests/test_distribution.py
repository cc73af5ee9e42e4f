"""The wheel, installed alone: one import package, which stands in the way of no name of a user's project."""

import os
import re
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
REFERENCE_NOTE = "No document given and no project found: using the built-in example (saved reports API)."
# The dependencies, wherever this interpreter has them, so that nothing is fetched.
SITE_PACKAGES = [entry for entry in sys.path if Path(entry).name in ("site-packages", "dist-packages")]
DOCUMENT = """
openapi: 3.1.0
info: {title: Mine, version: '1'}
paths:
  /health:
    get:
      operationId: health
      responses:
        '200':
          description: Fine.
          content:
            application/json:
              schema: {type: object, required: [ok], properties: {ok: {const: true}}}
"""
APP = """
import json

async def app(scope, receive, send):
    found, method = scope.get("path") == "/health", scope.get("method")
    status = 404 if not found else 200 if method in ("GET", "HEAD") else 405
    headers = [(b"content-type", b"application/json")] + ([(b"allow", b"GET, HEAD")] if status == 405 else [])
    body = json.dumps({"ok": True} if status == 200 else {"ok": False}).encode()
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else body})
"""
USERS_PROJECT = {
    "openapi.yaml": DOCUMENT,
    "openapi/__init__.py": "",
    "openapi/main.py": APP,
    "mock_server/__init__.py": "",
    "mock_server/own.py": "ANSWER = 42\n",
    "contract_tests/__init__.py": "",
    "contract_tests/helper.py": "def answer():\n    return 42\n",
    "contract_tests/test_own.py": (
        "from contract_tests.helper import answer\n"
        "from mock_server.own import ANSWER\n"
        "from openapi.main import app\n"
        "from signoff.conformance import signoff_contract\n\n"
        "def test_own():\n    assert answer() == ANSWER\n\n"
        "test_api = signoff_contract(app, document='openapi.yaml', no_fuzzing=True)\n"
    ),
    "contract_tests/test_mock.py": (
        "import pytest\n\n"
        "@pytest.mark.signoff_mock('openapi.yaml')\n"
        "def test_mock(signoff_mock):\n    assert signoff_mock.url.startswith('http://127.0.0.1:')\n"
    ),
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], ROOT)
    [file] = folder.glob("*.whl")
    return file


@pytest.fixture(scope="module")
def python(wheel, tmp_path_factory):
    """The interpreter of a fresh virtual environment that has the wheel, and the dependencies from here."""
    venv = tmp_path_factory.mktemp("installed") / "venv"
    run([sys.executable, "-m", "venv", "--without-pip", str(venv)], ROOT)
    found = str(venv / "bin" / "python")
    run(
        [
            sys.executable,
            "-m",
            "pip",
            "--python",
            found,
            "install",
            "-q",
            "--no-index",
            "--no-deps",
            str(wheel),
        ],
        ROOT,
    )
    own = sysconfig.get_path("purelib", vars={"base": str(venv)})
    (Path(own) / "dependencies.pth").write_text("\n".join(SITE_PACKAGES))
    return found


def environment():
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST"))}


def run(command, folder, *, code=0):
    result = subprocess.run(
        command, cwd=folder, env=environment(), capture_output=True, text=True, timeout=120, check=False
    )
    assert result.returncode == code, result.stdout + result.stderr
    return result


def test_only_signoff_is_installed(python, tmp_path):
    listed = "sorted({f.parts[0] for f in m.files('signoff')} - {'..'})"  # .. is the way to bin/signoff
    names = run([python, "-c", f"import importlib.metadata as m; print({listed})"], tmp_path).stdout
    assert re.fullmatch(r"\['signoff', 'signoff-[\d.]+\.dist-info'\]\n", names), names
    where = run([python, "-c", "import signoff; print(signoff.__file__)"], tmp_path).stdout
    assert where.startswith(str(Path(python).parent.parent))


def test_the_reference_project_travels_in_the_package(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    for name in (
        "pyproject.toml",
        "openapi/reports.yaml",
        "fixtures/targets/reports.yaml",
        "mock_server/__init__.py",
    ):
        assert f"signoff/reference/{name}" in names
    assert "signoff/py.typed" in names
    assert not [name for name in names if "__pycache__" in name]


def test_the_console_of_the_mock_travels_in_the_package(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    parts = {path.name for path in (ROOT / "signoff" / "mock" / "console").glob("console.*")}
    assert parts == {"console.jinja", "console.css", "console.js"}
    parts |= {path.name for path in (ROOT / "signoff" / "mock" / "console").glob("*.js")}
    assert {f"signoff/mock/console/{name}" for name in parts} <= names


def test_a_project_with_the_same_folder_names_works(python, tmp_path):
    for name, text in USERS_PROJECT.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    by_pytest = run([python, "-m", "pytest", "-q", "-p", "no:cacheprovider"], tmp_path)
    assert "3 passed" in by_pytest.stdout
    plugins = ("signoff.conformance.pytest_plugin", "signoff.mock.pytest_plugin")
    twice = [*(word for name in plugins for word in ("-p", name)), "--collect-only"]
    run([python, "-m", "pytest", "-q", "-p", "no:cacheprovider", *twice], tmp_path)
    signoff = str(Path(python).with_name("signoff"))
    tested = run([signoff, "test", "openapi.main:app", "openapi.yaml", "--no-fuzzing"], tmp_path)
    assert tested.stdout.splitlines()[0] == "openapi.main:app against openapi.yaml"
    assert tested.stdout.splitlines()[-2].startswith("PASS  ")
    assert tested.stderr == ""


def test_outside_a_project_the_packaged_reference_is_served(python, tmp_path):
    signoff = str(Path(python).with_name("signoff"))
    command = [signoff, "mock", "--port", "0", "--quiet"]
    process = subprocess.Popen(
        command, cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        line = process.stdout.readline()
        assert line.startswith("Mock server running at http://")
        url = re.search(r"http://\S+", line)[0]
        tested = run([signoff, "test", url, "--no-fuzzing"], tmp_path)
    finally:
        process.terminate()
        _, errors = process.communicate(timeout=10)
    assert errors.splitlines()[0] == REFERENCE_NOTE
    assert REFERENCE_NOTE in tested.stderr
    assert tested.stdout.splitlines()[0].startswith(f"{url} against ")
    assert tested.stdout.splitlines()[-2].startswith("PASS  ")
    reviewed = run([signoff, "review"], tmp_path)
    assert (reviewed.stderr, reviewed.stdout[:4]) == (f"{REFERENCE_NOTE}\n", "PASS")
