"""How long a test run takes, beside plain Schemathesis sending as many requests.

    python -m benchmarks.contract_tests_time [--rounds 3]

Both test the example report server by the packaged document, in turn. Plain Schemathesis is
`schemathesis run` with its default checks and `--continue-on-failure`, its number of examples raised until it
sends at least as many requests as `signoff test` does; times are of whole processes, by the wall.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from statistics import median

import uvicorn

import signoff
from examples.report_server.app import create_app
from signoff.mock.serve import listen

_MOST_EXAMPLES = 3200


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    listener = listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(create_app(), log_level="critical", access_log=False))
    threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True).start()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/api"
    requests, _ = _signoff(url)
    examples = _enough_examples(url, requests)
    ours, theirs = [], []
    for _ in range(rounds):
        requests, seconds = _signoff(url)
        ours.append(seconds)
        sent, seconds = _schemathesis(url, examples)
        theirs.append(seconds)
    print(f"{'':<24} {'requests':>8} {'seconds (median)':>18}")
    print(f"{'signoff test':<24} {requests:>8} {median(ours):>18.2f}")
    print(f"{'schemathesis run':<24} {sent:>8} {median(theirs):>18.2f}")
    print(
        f"ratio {median(ours) / median(theirs):.2f}, a request {median(ours) / requests * 1000:.1f} ms",
        end="",
    )
    print(f" against {median(theirs) / sent * 1000:.1f} ms")


def _signoff(url: str) -> tuple[int, float]:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "signoff", "test", url, "--report", f"json={report}"]
        seconds = _timed(command)[1]
        return int(json.loads(report.read_text())["requests"]), seconds


def _enough_examples(url: str, requests: int) -> int:
    """The smallest doubling of the number of examples with which as many requests are sent."""
    examples = 50
    while examples < _MOST_EXAMPLES and _schemathesis(url, examples)[0] < requests:
        examples *= 2
    return examples


def _schemathesis(url: str, examples: int) -> tuple[int, float]:
    document = str(signoff.reference_project().document)
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "run", document, "--url", url, "--seed", "0"),
        *("--continue-on-failure", "--max-examples", str(examples)),
    ]
    output, seconds = _timed(command)
    found = re.search(r"(\d+) generated", output)
    if found is None:
        sys.exit(f"schemathesis does not say how many requests it sent:\n{output}")
    return int(found[1]), seconds


def _timed(command: list[str]) -> tuple[str, float]:
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    return done.stdout, time.perf_counter() - started


if __name__ == "__main__":
    main()
