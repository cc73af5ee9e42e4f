"""A signal that ends the program is never lost, wherever it comes, and loses no report and no teardown."""

import json
import os
import signal
import subprocess
import sys

import pytest
import yaml

from signoff import signals
from signoff.signals import EXIT_SIGNAL, Interruption, held, owned, raising
from tests.conftest import ROOT, running
from tests.processes import Process


class Finalised:
    """Gets the signal where Python only prints what is raised."""

    def __del__(self):
        signal.raise_signal(signal.SIGTERM)


def exit_code(work):
    try:
        with owned():
            work()
    except SystemExit as error:
        return error.code
    return 0


def test_an_interruption_that_a_finaliser_loses_is_raised_at_the_next_step(capsys):
    def work():
        Finalised()
        signals.check()

    assert exit_code(work) == EXIT_SIGNAL + signal.SIGTERM
    assert "Traceback" not in capsys.readouterr().err


def test_it_does_not_outlive_the_context():
    before = signal.getsignal(signal.SIGINT)
    assert exit_code(lambda: signal.raise_signal(signal.SIGINT)) == EXIT_SIGNAL + signal.SIGINT
    signals.check()
    assert signal.getsignal(signal.SIGINT) is before


def test_an_error_of_interrupted_code_is_told_from_others():
    def work():
        assert signals.behind(AssertionError()) == 0
        with pytest.raises(Interruption):
            signal.raise_signal(signal.SIGTERM)
        assert signals.behind(AssertionError()) == signal.SIGTERM

    assert exit_code(work) == EXIT_SIGNAL + signal.SIGTERM
    assert signals.behind(KeyboardInterrupt()) == signal.SIGINT


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_work_that_must_not_stop_is_finished_before_the_exit(number):
    done = []

    def work():
        with held():
            signal.raise_signal(number)
            done.append("report")
        done.append("more work")

    assert exit_code(work) == EXIT_SIGNAL + number
    assert done == ["report"]


def test_a_regular_exit_after_a_signal_has_the_code_of_the_signal():
    def work():
        signals.hold()
        signal.raise_signal(signal.SIGTERM)
        sys.exit(1)

    assert exit_code(work) == EXIT_SIGNAL + signal.SIGTERM


def test_a_second_signal_stops_work_that_must_not_stop():
    done = []

    def work():
        with held():
            signal.raise_signal(signal.SIGINT)
            done.append("first")
            signal.raise_signal(signal.SIGINT)
            done.append("second")

    assert exit_code(work) == EXIT_SIGNAL + signal.SIGINT
    assert done == ["first"]


def test_parts_that_may_stop_see_the_signal_that_came_before():
    done = []

    def work():
        with held():
            signal.raise_signal(signal.SIGINT)
            with raising():
                done.append("sent")

    assert exit_code(work) == EXIT_SIGNAL + signal.SIGINT
    assert not done


DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Things", "version": "1"},
    "paths": {
        "/things": {
            "get": {"operationId": "listThings", "responses": {"200": {"description": "OK"}}},
            "post": {"operationId": "addThing", "responses": {"201": {"description": "Added"}}},
        },
        "/things/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
            "delete": {"operationId": "deleteThing", "responses": {"204": {"description": "Gone"}}},
        },
    },
}
DATA = {
    "setup": [{"request": "POST /things", "capture": {"thing": "/id"}}],
    "teardown": [{"request": "DELETE /things/last-${thing}"}],
}


@pytest.mark.parametrize(
    ("moment", "number"),
    [
        ("setup", signal.SIGINT),
        ("a case", signal.SIGTERM),
        ("a case", signal.SIGINT),
        ("teardown", signal.SIGTERM),
    ],
)
def test_setup_is_undone_and_reports_are_written(tmp_path, number, moment):
    """The target sends the signal, so that it comes at this very moment."""
    (tmp_path / "openapi.yaml").write_text(yaml.safe_dump(DOCUMENT))
    (tmp_path / "data.yaml").write_text(yaml.safe_dump(DATA))
    pids, deleted, signalled = [], [], []

    async def app(scope, receive, send):
        if scope["type"] != "http":
            return
        method, path = scope["method"], scope["path"]
        is_setup = method == "POST" and not signalled and not deleted
        at = {"setup": is_setup, "a case": method == "GET", "teardown": path == "/things/last-t7"}[moment]
        if at and pids and not signalled:
            signalled.append(path)
            os.kill(pids[0], number)
        if method == "DELETE":
            deleted.append(path)
        status = {"GET": 200, "POST": 201, "DELETE": 204}.get(method, 405)
        body = b"" if status == 204 else b'{"id": "t7"}'
        fields = [(b"content-type", b"application/json")] if body else []
        await send({"type": "http.response.start", "status": status, "headers": fields})
        await send({"type": "http.response.body", "body": body})

    with running(app) as origin:
        command = ["signoff", "--no-config", "test", origin, "openapi.yaml"]
        command += [
            "--data",
            "data.yaml",
            "--no-fuzzing",
            "--report",
            "json=r.json",
            "--report",
            "html=r.html",
        ]
        with Process(command, cwd=tmp_path) as process:
            pids.append(process.pid)
            _, errors = process.communicate(timeout=60)
    assert signalled
    assert process.returncode == EXIT_SIGNAL + number, errors
    assert "/things/last-t7" in deleted
    assert "Traceback" not in errors
    report = json.loads((tmp_path / "r.json").read_text())
    assert report["complete"] is (moment == "teardown")
    assert (tmp_path / "r.html").read_text().rstrip().endswith("</html>")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("module", ["click", "signoff.cli", "jsonschema_rs", "signoff.command_line"])
def test_no_traceback_of_an_import(tmp_path, number, module):
    (tmp_path / "openapi.yaml").write_text(yaml.safe_dump(DOCUMENT))
    command = [sys.executable, "-X", "importtime", "-m", "signoff", "--no-config", "review", "openapi.yaml"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        for line in process.stderr:
            if line.rpartition("|")[2].strip() == module:
                process.send_signal(number)
                break
        errors = process.stderr.read()
    assert process.returncode == EXIT_SIGNAL + number
    assert "Traceback" not in errors
