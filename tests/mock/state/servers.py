"""Mock servers as processes of their own, and a client that sends each request to the next one."""

import os
import re
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from itertools import cycle

import httpx2

from tests.conftest import ROOT
from tests.processes import HASH_SEED, Process


@contextmanager
def mock_process(document, *options, hash_seed=HASH_SEED):
    """The origin of `signoff mock` in a process of its own."""
    command = ["signoff", "mock", str(document), "--port", "0", "--no-auth", "--quiet", *options]
    if hash_seed == HASH_SEED:
        process = Process(command, stderr=subprocess.STDOUT)
    else:
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)}
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment,
        )  # fmt: skip
    try:
        seen = ""
        for line in process.stdout:
            seen += line
            if "Ctrl+C" in line:
                break
        found = re.search(r"running at (http://[^/\s]+)", seen)
        assert found, seen
        yield found[1]
    finally:
        process.terminate()
        process.communicate(timeout=10)


class RoundRobin:
    """Sends each request to the next server."""

    def __init__(self, origins, base_path=""):
        self.clients = [httpx2.Client(base_url=origin + base_path, timeout=30) for origin in origins]
        self._turns = cycle(self.clients)
        self.seen = []

    def request(self, method, path, **options):
        response = next(self._turns).request(method, path, **options)
        self.seen.append((method, path, response.status_code, response.content))
        return response

    def close(self):
        for client in self.clients:
            client.close()


@contextmanager
def round_robin(document, base_path, *options, processes=2):
    """A client over several processes that differ in their hash seed only."""
    with ExitStack() as stack:
        started = (mock_process(document, *options, hash_seed=str(number)) for number in range(processes))
        client = RoundRobin([stack.enter_context(each) for each in started], base_path)
        stack.callback(client.close)
        yield client
