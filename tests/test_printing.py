"""What is printed: in any encoding, to a full or closed standard output, with texts of hostile documents."""

import json
import os
import re
import subprocess
import sys

import pytest
import yaml

from signoff.printing import echo, harmless
from tests import processes
from tests.conftest import ROOT

EVIL = "Pets\n::error::gone\n##[error]x\x1b]0;owned\x07\u202edesrever\x9b2J\rPASS"


def document(title="Pets"):
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": title},
        "tags": [{"name": title}],
        "paths": {
            "/pets": {
                "get": {
                    "operationId": title,
                    "responses": {"200": {"description": title, "content": {"no\n::warning::type": {}}}},
                }
            },
            f"/{title}/{{id}}": {
                "get": {"responses": {"200": {"description": "OK"}}, "security": [{title: []}]},
            },
        },
    }


def signoff(folder, *arguments, encoding="utf-8", redirect=""):
    command = " ".join([sys.executable, "-m", "signoff", "--no-config", *arguments, redirect])
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding}
    return subprocess.run(
        command, shell=True, cwd=folder, env=environment, capture_output=True, timeout=60, check=False
    )


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "openapi.yaml").write_text(yaml.safe_dump(document()))
    return tmp_path


def test_texts_can_not_steer():
    shown = harmless(EVIL)
    assert not re.search(r"[\x1b\x07\x9b\r\u202e]", shown)
    assert not re.search(r"^\s*::|##\[", shown, re.MULTILINE)
    assert harmless("  ::add-mask::x") == r"  \::add-mask::x"
    assert harmless("\x1b[32m✓\x1b[0m a::b") == "\x1b[32m✓\x1b[0m a::b"
    assert harmless("\x1b[8mhidden") == r"\x1b[8mhidden"


@pytest.mark.parametrize(
    "arguments",
    [
        ("review", "openapi.yaml"),
        ("test", "--list-requirements", "openapi.yaml"),
        ("mock", "--list-resources", "openapi.yaml"),
        ("test", "http://127.0.0.1:9", "openapi.yaml", "--checks", "nothing"),
        ("review", "\x1b]0;x\n::error::file.yaml"),
        ("mock", "--port", "70000", "openapi.yaml"),
        ("mock", "--strict", "openapi.yaml"),
    ],
)
def test_documents_print_no_commands(tmp_path, arguments):
    (tmp_path / "openapi.yaml").write_text(yaml.safe_dump(document(EVIL)))
    result = processes.run(["signoff", "--no-config", *arguments], cwd=tmp_path)
    printed = result.stdout + result.stderr
    assert printed
    assert not re.search(r"[\x1b\x07\x9b\r\u202e]", printed)
    assert not re.search(r"^\s*::|##\[", printed, re.MULTILINE)
    assert "Traceback" not in printed


def test_the_mock_shows_each_text_on_one_line(tmp_path):
    (tmp_path / "openapi.yaml").write_text(yaml.safe_dump(document(EVIL)))
    command = ["signoff", "--no-config", "mock", "openapi.yaml", "--port", "0"]
    with processes.Process(command, cwd=tmp_path) as process:
        lines = []
        while not lines or "Ctrl+C" not in lines[-1]:
            lines.append(process.stdout.readline())
            assert lines[-1]
    assert len(lines) == 8
    assert not [line for line in lines if line.startswith((":", "#", "PASS")) or "\x1b" in line]


@pytest.mark.parametrize(
    ("encoding", "arguments"),
    [
        ("ascii", ("review", "openapi.yaml")),
        ("ascii", ("docs", "--help")),
        ("cp1252", ("review", "openapi.yaml")),
        ("latin-1", ("test", "http://127.0.0.1:9", "openapi.yaml")),
    ],
)
def test_any_encoding(folder, encoding, arguments):
    result = signoff(folder, *arguments, encoding=encoding)
    assert b"Traceback" not in result.stderr
    assert result.returncode == {"review": 1, "docs": 0, "test": 2}[arguments[0]]
    (result.stdout + result.stderr).decode(encoding)


def test_marks_in_ascii(monkeypatch, capfdbinary):
    stream = os.fdopen(os.dup(1), "w", encoding="ascii")
    monkeypatch.setattr(sys, "stdout", stream)
    echo("✓ fine … ж")
    stream.close()
    assert capfdbinary.readouterr().out == b"+ fine ... \\u0436\n"


@pytest.mark.parametrize(
    ("arguments", "redirect"),
    [
        (("review", "openapi.yaml", "--report", "json=r.json", "--report", "html=r.html"), ">/dev/full"),
        (("review", "openapi.yaml", "--report", "json=r.json", "--report", "html=r.html"), ">&-"),
        (("docs", "openapi.yaml", "-o", "-"), ">/dev/full"),
        (("test", "--list-requirements", "openapi.yaml"), ">/dev/full"),
        (("review", "--list-rules"), ">&-"),
    ],
)
def test_a_full_or_closed_output_is_a_plain_error(folder, arguments, redirect):
    result = signoff(folder, *arguments, redirect=redirect)
    errors = result.stderr.decode()
    assert result.returncode == 2, errors
    assert re.search(
        r"^signoff: cannot write to standard output: (No space left|Bad file)", errors, re.MULTILINE
    )
    assert "Traceback" not in errors
    assert "Exception ignored" not in errors
    if "json=r.json" in arguments:
        json.loads((folder / "r.json").read_text())
        assert (folder / "r.html").read_text().rstrip().endswith("</html>")


@pytest.mark.parametrize("arguments", [("--version",), ("mock", "--help")])
def test_help_to_a_full_output(folder, arguments):
    result = signoff(folder, *arguments, redirect=">/dev/full")
    assert (result.returncode, result.stderr.decode()) == (
        2,
        "signoff: cannot write to standard output: No space left on device\n",
    )
