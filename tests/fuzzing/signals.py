"""Ends `signoff test` at random moments by each signal: `python -m tests.fuzzing.signals --count 100`.

What must hold: the process exits with the signal's code, or regularly if it was done; no traceback; every
report is whole or absent, and there is one if a case was sent; what the setup made is deleted. A signal that
comes before any code of Signoff runs ends the process in Python's own way, which is counted apart. Half
of the moments come after the first request: much of a run is its start.
"""

import argparse
import json
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from random import Random
from threading import Event

import yaml
from defusedxml import ElementTree

from signoff.signals import EXIT_SIGNAL
from tests.conformance.test_interruption import DATA, DOCUMENT
from tests.conftest import running

PATIENCE_S = 60
REPORTS = {
    "r.json": json.loads,
    "r.xml": ElementTree.fromstring,
    "r.html": lambda text: re.fullmatch(r"(?si)\s*<!doctype html>.*</html>\s*", text)[0],
}
COMMAND = ["-m", "signoff", "--no-config", "test"]
OPTIONS = ["openapi.yaml", "--data", "data.yaml", "--max-examples", "5"]


class Target:
    """A server that conforms, and the requests that it got."""

    def __init__(self):
        self.seen = Counter()
        self.is_asked = Event()

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            return
        self.is_asked.set()
        method = scope["method"]
        is_teardown = scope["path"] == "/things/last-t7"
        self.seen["teardown" if is_teardown else method] += 1
        status = {"GET": 200, "POST": 201, "DELETE": 204}.get(method, 405)
        body = b"" if status == 204 else b'{"id": "t7"}'
        fields = [(b"content-type", b"application/json")] if body else []
        await send({"type": "http.response.start", "status": status, "headers": fields})
        await send({"type": "http.response.body", "body": body})


def project(folder):
    """A new folder with a document and the data for the tests."""
    folder.mkdir()
    (folder / "openapi.yaml").write_text(yaml.safe_dump(DOCUMENT))
    (folder / "data.yaml").write_text(yaml.safe_dump(DATA))
    return folder


def run_once(folder, origin, number, wait):
    """The exit code and what was printed, of a run that gets a signal when `wait` returns."""
    reports = [word for name in REPORTS for word in ("--report", f"{form_of(name)}={name}")]
    command = [sys.executable, *COMMAND, origin, *OPTIONS, *reports]
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        wait(process)
        process.send_signal(number)  # does nothing if it is done
        printed, _ = process.communicate(timeout=PATIENCE_S)
    return process.returncode, printed


def form_of(name):
    return {"xml": "junit"}.get(name[2:], name[2:])


def faults_of(folder, target, number, code, printed):
    """What is wrong after a run."""
    if code not in (0, 1, EXIT_SIGNAL + number):
        yield f"exit code {code}"
    if "Traceback" in printed:
        yield "a traceback"
    for name, read in REPORTS.items():
        if (folder / name).exists():
            try:
                read((folder / name).read_text())
            except (ValueError, SyntaxError, TypeError) as error:  # of JSON, of XML, of the page
                yield f"{name} is not whole: {error}"
        elif target.seen["GET"]:
            yield f"no {name}"
    if target.seen["POST"] and not target.seen["teardown"]:
        yield "no teardown"


def fuzz(count, seed=0, show=lambda line: None):
    """Run so often with each signal; returns how the runs ended, and what was wrong."""
    random, endings, faults = Random(seed), Counter(), []
    target = Target()
    with running(target) as origin, tempfile.TemporaryDirectory() as root:
        started = time.monotonic()
        until_asked, asking = 0.0, 0.0  # seconds
        for turn in range(-1, count * 2):
            number = (signal.SIGINT, signal.SIGTERM)[turn % 2]
            is_late = turn % 4 > 1
            after_s = random.uniform(0, asking if is_late else until_asked + asking)
            folder = project(Path(root) / str(turn))
            target.seen.clear()
            target.is_asked.clear()

            def wait(process, is_late=is_late, after_s=after_s):
                if is_late:
                    target.is_asked.wait(PATIENCE_S)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(after_s)

            def wait_for_end(process):
                nonlocal until_asked, asking
                target.is_asked.wait(PATIENCE_S)
                until_asked = time.monotonic() - started
                process.wait(PATIENCE_S)
                asking = time.monotonic() - started - until_asked

            # The first one is not interrupted, and tells how long a run takes.
            code, printed = run_once(folder, origin, number, wait if turn >= 0 else wait_for_end)
            if turn < 0:
                continue
            if not target.seen:
                endings["before anything was sent"] += 1
            found = [] if code == -number else list(faults_of(folder, target, number, code, printed))
            endings[code] += 1
            faults += [(number.name, round(after_s, 3), is_late, fault) for fault in found]
            show(f"{turn + 1} runs of {until_asked:.1f} + {asking:.1f} s, {len(faults)} faults")
    return endings, faults


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=10, help="number of runs for each signal")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    endings, faults = fuzz(
        arguments.count, arguments.seed, lambda line: print(line, file=sys.stderr, flush=True)
    )
    print(json.dumps({str(code): number for code, number in endings.items()}, indent=1))
    for fault in faults:
        print(*fault)
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
