"""A report is complete, or its file is as it was before."""

import os
import resource
import signal
import subprocess
import sys

import pytest
import yaml

from signoff.contract import SetupError
from signoff.reporting.request import publish, write
from signoff.reporting.whole_files import write_whole
from tests.conftest import ROOT


def test_what_can_not_be_written_leaves_the_former_file(tmp_path):
    file = tmp_path / "r.json"
    file.write_text("former")
    with pytest.raises(UnicodeEncodeError):
        write_whole(file, "x" * 100_000 + "\ud800")
    assert file.read_text() == "former"
    assert [each.name for each in tmp_path.iterdir()] == ["r.json"]


def test_links_modes_and_devices_stay(tmp_path):
    file, link = tmp_path / "r.json", tmp_path / "link.json"
    file.write_text("former")
    file.chmod(0o640)
    link.symlink_to(file)
    write_whole(link, "new")
    assert link.is_symlink()
    assert (file.read_text(), file.stat().st_mode & 0o777) == ("new", 0o640)
    with pytest.raises(SetupError, match="No space left"):
        write("new", "/dev/full")
    write("new", "/dev/null")


def test_a_full_disk_loses_one_report_and_not_the_others(tmp_path):
    """The size limit of a process's files stands for the full disk."""
    paths = {f"/{number}": {"get": {"responses": {}}} for number in range(300)}
    document = {"openapi": "3.1.0", "info": {"title": "Many", "version": "1"}, "paths": paths}
    (tmp_path / "openapi.yaml").write_text(yaml.safe_dump(document))
    (tmp_path / "big.html").write_text("former")

    def limited():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, 1_000))

    command = [sys.executable, "-B", "-m", "signoff", "--no-config", "review", "openapi.yaml"]
    command += ["--report", "html=big.html", "--report", "sarif=big.sarif", "--report", "github=small.txt"]
    result = subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        preexec_fn=limited,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 2
    assert "cannot write the report big.html: File too large" in result.stderr
    assert "cannot write the report big.sarif: File too large" in result.stderr
    assert "Traceback" not in result.stderr
    assert (tmp_path / "big.html").read_text() == "former"
    assert (tmp_path / "small.txt").read_text()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["big.html", "openapi.yaml", "small.txt"]


def test_a_writer_that_fails_does_not_stop_the_others(tmp_path, monkeypatch):
    monkeypatch.setattr("signoff.reporting.formats.terminal.render", lambda *_, **__: "shown\n")
    formats = {"broken": lambda report: report.missing, "fine": str}
    files = [("broken", str(tmp_path / "a")), ("fine", str(tmp_path / "b"))]
    with pytest.raises(AttributeError):
        publish("report", files, formats)
    assert not (tmp_path / "a").exists()
    assert (tmp_path / "b").read_text() == "report"
