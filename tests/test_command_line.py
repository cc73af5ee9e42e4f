"""The commands as a user runs them: what they print and how they end."""

import contextlib
import json
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest
from click.testing import CliRunner

from signoff.cli import main
from tests import processes
from tests.conftest import export_path
from tests.processes import Process

ROOT = Path(__file__).parent.parent


def signoff(*arguments):
    return processes.run(["signoff", *arguments], cwd=ROOT)


def signoff_here(*arguments):
    """The same in this process, which is quicker; what is not foreseen is raised."""
    with contextlib.chdir(ROOT):
        result = CliRunner().invoke(main, [str(word) for word in arguments], catch_exceptions=False)
    return subprocess.CompletedProcess(arguments, result.exit_code, result.stdout, result.stderr)


def assert_plain_error(result, *words):
    """One or two lines on standard error, exit code 2, no traceback."""
    lines = result.stderr.strip().splitlines()
    assert result.returncode == 2, result.stderr
    assert result.stdout == ""
    assert 1 <= len(lines) <= 2, lines
    assert lines[0].startswith("signoff: ")
    for word in words:
        assert word in result.stderr


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("broken.yaml", "openapi: 3.1.0\ninfo: {title: x\n", ["broken.yaml:3", "not YAML"]),
        ("twice.yaml", "openapi: 3.1.0\nopenapi: 3.1.0\n", ["twice.yaml:2", "duplicate"]),
        ("old.json", '{"swaggerVersion": "1.2"}', ["Swagger 1.2"]),
        ("list.json", "[]", ["contains a list"]),
        (
            "dangling.yaml",
            "openapi: 3.1.0\ninfo: {title: x, version: '1'}\npaths:\n  /a: {$ref: '#/nowhere'}\n",
            ["dangling.yaml:4", "cannot be resolved"],
        ),
        (
            "invalid.yaml",
            "openapi: 3.1.0\ninfo: {title: x, version: '1'}\npaths:\n  /a: {get: {responses: 5}}\n",
            ["invalid.yaml:4", "invalid OpenAPI"],
        ),
    ],
)
@pytest.mark.parametrize(
    "command", [["mock", "--port", "0"], ["test", "http://127.0.0.1:9"]], ids=["mock", "test"]
)
def test_bad_documents(tmp_path, command, name, text, words):
    path = tmp_path / name
    path.write_text(text)
    assert_plain_error(signoff_here(*command, path, "--strict"), *words)


def test_blemishes_are_warnings_unless_strict(tmp_path):
    path = tmp_path / "doc.yaml"
    path.write_text("openapi: 3.1.0\ninfo: {title: x}\npaths:\n  /a: {get: {responses: {'200': {}}}}\n")
    assert_plain_error(
        signoff_here("test", "http://127.0.0.1:9", path, "--strict"), "invalid OpenAPI", "doc.yaml:"
    )
    lenient = signoff_here("test", "http://127.0.0.1:9", path)
    assert "warning: " in lenient.stderr
    assert "doc.yaml:2" in lenient.stderr
    assert "cannot connect to" in lenient.stderr


def test_missing_files_directories_and_binary_files(tmp_path):
    assert_plain_error(signoff_here("mock", tmp_path / "none.yaml"), "does not exist")
    assert_plain_error(signoff_here("mock", tmp_path), "is a directory")
    assert_plain_error(signoff_here("mock", sys.executable), "binary")


def test_a_port_in_use():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert_plain_error(signoff_here("mock", "--port", taken.getsockname()[1]), "in use", "--port")


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("http://127.0.0.1:9/api", ["cannot connect to", "refused"]),
        ("nothing-like-a-target", ["is not a URL or module:app"]),
        ("ftp://x", ["not an http(s) URL"]),
        ("no_such_module:app", ["cannot import", "No module named"]),
        ("json:nothing", ["cannot import json:nothing"]),
        ("json:__doc__", ["not an application"]),
    ],
)
def test_bad_targets(target, words):
    assert_plain_error(signoff_here("test", target), *words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("values: [1]", ["invalid data file", "data.yaml:1"]),
        ("values:\n  id: {existing: x}", ["invalid data file", "data.yaml:2"]),
        (
            "headers: {Authorization: 'Bearer ${SIGNOFF_NO_SUCH_VARIABLE}'}",
            ["SIGNOFF_NO_SUCH_VARIABLE is not set"],
        ),
        ("a: [", ["not YAML"]),
    ],
)
def test_bad_data_files(tmp_path, text, words):
    path = tmp_path / "data.yaml"
    path.write_text(text)
    assert_plain_error(signoff_here("test", "http://127.0.0.1:9", "--data", path), *words)


def test_a_locale_without_names():
    result = signoff_here("mock", "--locale", "xx_YY", "--port", "0")
    assert_plain_error(result, "unsupported locale", "de_DE")


def test_bad_reports(tmp_path):
    down = "http://127.0.0.1:9"  # reports are looked at before the target is
    unknown = signoff_here("test", down, "--report", "pdf=x")
    assert_plain_error(unknown, "Formats: json, junit, html, sarif, github, gitlab, markdown")
    assert len(unknown.stderr.strip().splitlines()) == 2
    for wrong in ("json", "json=", "=x"):
        assert_plain_error(signoff_here("test", down, "--report", wrong), "Use FORMAT=FILE")
    assert_plain_error(
        signoff_here("test", down, "--report", f"json={tmp_path}/none/r.json"), "does not exist"
    )
    assert_plain_error(signoff_here("test", down, "--report", f"html={tmp_path}"), "it is a folder")
    for file in ("-", f"{tmp_path}/r"):
        twice = signoff_here("test", down, "--report", f"html={file}", "--report", f"json={file}")
        assert_plain_error(twice, "2 reports have the same output")


def test_bad_mock_options(tmp_path):
    museum = ROOT / "tests" / "documents" / "museum.yaml"
    assert_plain_error(signoff_here("mock", museum, "--handlers", "no.such.module"), "cannot import")
    assert_plain_error(signoff_here("mock", museum, museum), "duplicate operation", "--base-path")
    for arguments, said in [
        ((museum, "--base-path", "/a", "--base-path", "/b"), "--base-path is given 2 times for 1 document"),
        (("-", "--reload"), "--reload works with local files"),
        (("https://example.com/openapi.yaml", "--reload"), "--reload works with local files"),
    ]:
        result = signoff_here("mock", *arguments)
        assert result.returncode == 2
        assert said in result.stderr


def test_the_log_can_be_json_lines():
    with Process(["signoff", "mock", "--port", "0", "--log-format", "json"], cwd=ROOT) as process:
        origin = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())[0]
        httpx2.get(f"{origin}/nowhere")
        line = json.loads(process.stderr.readline())
    assert (line["method"], line["path"], line["status"], line["why"]) == ("GET", "/nowhere", 404, "rejected")


def test_help_and_version():
    """The program itself, not forked from one that has imported all."""
    for arguments in (["--help"], ["test", "--help"], ["--version"]):
        command = [sys.executable, "-m", "signoff", *arguments]
        result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert_plain_help(result)
    assert_plain_help(signoff("mock", "--help"))


def assert_plain_help(result):
    assert result.returncode == 0
    assert result.stdout
    assert not re.search(r"\x1b\[", result.stdout)


@pytest.fixture
def started_mock():
    with Process(["signoff", "mock", "--port", "0"], cwd=ROOT) as process:
        line = process.stdout.readline()
        yield process, re.search(r"http://127\.0\.0\.1:\d+", line)[0]


def test_mock_serves_and_stops_within_a_second(started_mock):
    process, origin = started_mock
    with httpx2.Client(base_url=origin) as client:  # an idle connection must not hold it up
        assert client.post(export_path(), json={"format": "csv"}).status_code == 200
        started = time.monotonic()
        process.send_signal(signal.SIGINT)
        process.wait(timeout=10)
        assert time.monotonic() - started < 1.5
    assert process.returncode == 0
    errors = process.stderr.read()
    assert "Traceback" not in errors
    assert f"  200  POST {export_path()}  export_saved_report (handler, " in errors


def test_test_passes_the_mock_and_writes_reports(mock_origin, tmp_path):
    result = signoff(
        "test", f"{mock_origin}/api", "--max-examples", "5",
        "--report", f"json={tmp_path / 'r.json'}", "--report", f"junit={tmp_path / 'r.xml'}",
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr
    assert "PASS" in result.stdout
    assert (tmp_path / "r.json").read_text().startswith("{")
    assert (tmp_path / "r.xml").read_text().startswith("<?xml")


def test_reports_on_standard_output_are_alone_there(mock_origin):
    result = signoff_here("test", f"{mock_origin}/api", "--no-fuzzing", "--report", "json=-")
    assert result.stdout.startswith("{")
    assert "PASS" in result.stderr


def test_a_wrong_base_path_is_a_set_up_error(mock_origin):
    assert_plain_error(
        signoff_here("test", f"{mock_origin}/wrong", "--no-fuzzing"),
        "serves none of the document's operations",
        "/api",
    )
