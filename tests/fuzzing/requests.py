"""Sends a real `signoff mock` what no client should send: `python -m tests.fuzzing.requests --count 1000000`.

What must hold: every request of a batch with valid framing gets a response, no status of 5xx but those that
the guide documents, no traceback, and after all of it the mock answers as before and uses little memory.
"""

import argparse
import asyncio
import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random

import httpx2

from tests.conftest import DOCUMENTS, ROOT
from tests.fuzzing.messages import batch

SERVED = (
    ROOT / "tests" / "mock" / "state" / "shop.yaml",
    ROOT / "tests" / "servers" / "uploads.yaml",
    ROOT / "tests" / "mock" / "tasks.yaml",
    DOCUMENTS / "museum.yaml",
    DOCUMENTS / "petstore-3.yaml",
)
# docs/mock.md: nothing can be generated; the store of the state is not available; it is full.
DOCUMENTED = (501, 503, 507)
MOST_MEGABYTES = 200
PATIENCE_S = 30
_STATUS = re.compile(rb"HTTP/1\.1 ([0-9]{3}) [A-Z]")
_NO_LINGER = struct.pack("ii", 1, 0)
_PAUSE = "/_mock/docs/openapi/museum-api/museum-hours?startDate=2026-01-01"


class Mock:
    """A mock in a child process, and what it prints."""

    def __init__(self, process, log, port):
        self.process = process
        self.port = port
        self._log = log

    @property
    def log(self):
        return self._log.read_text("utf-8", "replace")

    def megabytes(self, kind="VmRSS"):
        """Its resident memory now, or the most of it (`VmHWM`)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"{kind}:\s*(\d+) kB", status)[1]) / 1024

    def cpu_seconds(self):
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(documents=SERVED, *options):
    """A `signoff mock` of these documents. It is stopped by SIGTERM."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        command = [
            sys.executable,
            "-m",
            "signoff",
            "--no-config",
            "mock",
            *map(str, documents),
            "--port",
            "0",
        ]
        command += ["--max-delay", "0.01", "--quiet", *options]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
        with log.open("wb") as output:
            process = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=output)
        try:
            deadline = time.monotonic() + 60
            while not (found := re.search(rb"http://127\.0\.0\.1:(\d+)/", log.read_bytes())):
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.05)
            yield Mock(process, log, int(found[1]))
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def routes_of(mock):
    with httpx2.Client(base_url=f"http://127.0.0.1:{mock.port}", timeout=PATIENCE_S) as client:
        routes = client.get("/__signoff/routes").json()
    origin = f"http://127.0.0.1:{mock.port}"
    return [{**route, "url": route["url"].removeprefix(origin)} for route in routes["routes"]]


class Run:
    """Counts what was sent and received, and collects what must not be."""

    def __init__(self, mock, routes, seed, count, first):
        self.statuses = Counter()
        self.requests = 0
        self.faults = []
        self._mock, self._routes = mock, routes
        self._seed, self._count = seed, count
        self._batches = iter(range(first, first + count))

    async def client(self):
        for number in self._batches:
            if self.requests >= self._count or len(self.faults) > 100:
                return
            made = batch(Random(f"{self._seed}|{number}"), self._routes)
            self.requests += made.requests
            try:
                async with asyncio.timeout(PATIENCE_S):
                    received = await self._exchanged(made)
            except TimeoutError:
                self.faults.append((number, f"no end within {PATIENCE_S} s", made))
                continue
            self._judge(number, made, received)

    async def _exchanged(self, made):
        """All bytes that come back on one connection."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._mock.port)
        received = bytearray()
        with suppress(OSError):
            for piece in made.pieces:
                writer.write(piece)
                if len(made.pieces) > 1:
                    await asyncio.sleep(0.001)
            if made.end in ("close", "reset"):
                await asyncio.sleep(0)
                if made.end == "reset":
                    connection = writer.get_extra_info("socket")
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
                    writer.transport.abort()
            else:
                if made.end == "half-close":
                    writer.write_eof()
                while part := await reader.read(1 << 18):
                    received += part
        writer.close()
        return bytes(received)

    def _judge(self, number, made, received):
        statuses = [int(status) for status in _STATUS.findall(received)]
        self.statuses.update(statuses)
        if wrong := [status for status in statuses if status >= 500 and status not in DOCUMENTED]:
            self.faults.append((number, f"status {wrong[0]}", made))
        final = sum(status >= 200 for status in statuses)
        if made.responses is not None and final != made.responses:
            self.faults.append((number, f"{final} responses to {made.responses} requests", made))


async def _fuzz(run, connections, show):
    clients = [asyncio.create_task(run.client()) for _ in range(connections)]
    while not all(client.done() for client in clients):
        await asyncio.wait(clients, timeout=10)
        show(run)
    for client in clients:
        await client


def steady_response(mock):
    """The response to a request that nothing in a run changes."""
    answer = httpx2.get(f"http://127.0.0.1:{mock.port}{_PAUSE}", auth=("a", "b"), timeout=PATIENCE_S)
    return answer.status_code, answer.content


def fuzz(mock, count, seed=0, connections=8, show=lambda run: None, first=0):
    """Send so many requests; returns the run, whose faults are all that was wrong."""
    before = steady_response(mock)
    assert before[0] == 200
    run = Run(mock, routes_of(mock), seed, count, first)
    asyncio.run(_fuzz(run, connections, show))
    if mock.process.poll() is not None:
        run.faults.append((None, f"the mock ended with {mock.process.returncode}", None))
        return run
    with httpx2.Client(base_url=f"http://127.0.0.1:{mock.port}", timeout=PATIENCE_S) as client:
        client.post("/__signoff/reset", json={})
    if steady_response(mock) != before:
        run.faults.append((None, "another response than before", None))
    if mock.megabytes() > MOST_MEGABYTES:
        run.faults.append((None, f"{mock.megabytes():.0f} MB", None))
    if "Traceback" in mock.log:
        run.faults.append((None, "a traceback", None))
    return run


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=10_000, help="number of requests")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--first", type=int, default=0, help="number of the first batch")
    parser.add_argument("--batch", type=int, help="only print this batch")
    parser.add_argument("--log", type=Path, help="write what the mock printed to this file")
    arguments = parser.parse_args()
    started = time.monotonic()
    with serving() as mock:
        if arguments.batch is not None:
            made = batch(Random(f"{arguments.seed}|{arguments.batch}"), routes_of(mock))
            sys.stdout.buffer.write(b"".join(made.pieces))
            return 0

        def show(run):
            seconds = time.monotonic() - started
            figures = f"{run.requests:,} requests, {seconds:.0f} s, {mock.megabytes():.0f} MB"
            print(f"{figures}, {len(run.faults)} faults", file=sys.stderr, flush=True)

        run = fuzz(mock, arguments.count, arguments.seed, arguments.connections, show, arguments.first)
        figures = {
            "requests": run.requests,
            "responses": dict(sorted(run.statuses.items())),
            "seconds": round(time.monotonic() - started),
            "CPU seconds of the mock": round(mock.cpu_seconds()),
            "megabytes at the end": round(mock.megabytes()),
            "most megabytes": round(mock.megabytes("VmHWM")),
            "faults": len(run.faults),
        }
        if arguments.log:
            arguments.log.write_text(mock.log)
    print(json.dumps(figures, indent=1))
    for number, fault, _ in run.faults[:20]:
        print(f"batch {number}: {fault}")
    return bool(run.faults)


if __name__ == "__main__":
    sys.exit(main())
