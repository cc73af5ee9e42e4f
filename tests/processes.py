"""Runs `python -m signoff` and `python -m pytest` in processes that start quickly.

Each is forked from a process that has imported what they need, which takes one to two seconds otherwise. It
is a process like any other: its memory, working directory, environment, signals and streams are its own. What
is about the start itself, such as the hash seed, the encoding or what is imported, needs a `subprocess`.
"""

import io
import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

_PRELOADED = [
    *("signoff.cli", "signoff.defaults", "signoff.review.command", "signoff.docs.command"),
    *("signoff.conformance.command", "signoff.conformance.suite", "signoff.mock.command", "signoff.mock.app"),
    *("uvicorn.protocols.http.httptools_impl", "signoff.reporting.formats.html"),
    *("cel", "openapi_spec_validator", "schemathesis.engine.fuzz", "schemathesis.engine.core"),
    "tests.warm",
]
HASH_SEED = "0"
_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(_PRELOADED)


def _main(arguments, cwd, env, output, errors):
    """Become the process."""
    for number, pipe in ((1, output), (2, errors)):
        os.dup2(pipe.fileno(), number)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    sys.stdout = io.TextIOWrapper(io.FileIO(1, "w", closefd=False), encoding="utf-8")
    sys.stderr = io.TextIOWrapper(
        io.FileIO(2, "w", closefd=False), encoding="utf-8", errors="backslashreplace", line_buffering=True
    )
    path = [entry for entry in env.get("PYTHONPATH", "").split(os.pathsep) if entry]
    sys.path[:] = [os.fspath(cwd), *path, *(entry for entry in sys.path if entry not in ("", *path))]
    module, *words = arguments
    sys.argv = [module, *words]
    signal.set_wakeup_fd(-1)
    runpy.run_module(module, run_name="__main__", alter_sys=True)


class Process:
    """A module that is run with arguments; the interface is that of `subprocess.Popen`."""

    def __init__(self, arguments, *, cwd=None, env=None, stderr=subprocess.PIPE):
        output, its_output = _context.Pipe(duplex=False)
        errors, its_errors = _context.Pipe(duplex=False)
        its_stderr = its_output if stderr == subprocess.STDOUT else its_errors
        self.args = [str(word) for word in arguments]
        environment = dict(os.environ if env is None else env)
        self._process = _context.Process(
            target=_main, args=(self.args, cwd or Path.cwd(), environment, its_output, its_stderr)
        )
        with pytest.MonkeyPatch.context() as patch:  # for the process that they are forked from
            patch.setenv("PYTHONHASHSEED", HASH_SEED)
            self._process.start()
        self.pid = self._process.pid
        its_output.close()
        its_errors.close()
        self.stdout, self.stderr = (
            os.fdopen(os.dup(each.fileno()), encoding="utf-8", errors="replace") for each in (output, errors)
        )
        output.close()
        errors.close()

    @property
    def returncode(self):
        return self._process.exitcode

    def poll(self):
        return self._process.exitcode

    def wait(self, timeout=None):
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(self.args, timeout)
        return self._process.exitcode

    def communicate(self, timeout=None):
        """What is left of its output and its errors, once it has ended."""
        with ThreadPoolExecutor(2) as readers:
            found = [readers.submit(pipe.read) for pipe in (self.stdout, self.stderr)]
            try:
                self.wait(timeout)
            finally:
                self.kill()  # else the readers would wait for its end
            output, errors = (each.result() for each in found)
        self.stdout.close()
        self.stderr.close()
        return output, errors

    def send_signal(self, number):
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def terminate(self):
        self.send_signal(signal.SIGTERM)

    def kill(self):
        self.send_signal(signal.SIGKILL)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()
        self.wait()
        self.stdout.close()
        self.stderr.close()


def run(arguments, *, timeout=120, **options):
    """The ended process, as `subprocess.run` gives it."""
    with Process(arguments, **options) as process:
        output, errors = process.communicate(timeout)
        return subprocess.CompletedProcess(process.args, process.returncode, output, errors)
