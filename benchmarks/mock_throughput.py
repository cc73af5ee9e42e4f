"""How fast the mock answers, as ratios against peers that are measured in the same run.

    python -m benchmarks.mock_throughput [--peers FOLDER] [--loads NAMES] [--rounds N] [--seconds S]

Every server answers the same requests in turn, several rounds: this mock with state and without, without its
journal, a bare uvicorn application (the ceiling), and Prism and Mockoon where FOLDER holds them (`npm install
@stoplight/prism-cli @mockoon/cli` there). Three loads repeat one request (an export, an item, a list); in the
fourth one, no two requests are alike. Absolute figures drift with the machine; ratios and CPU per request are
what counts. Needs `wrk` on the path.
"""

from __future__ import annotations

import argparse
import contextlib
import platform
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import psutil
import yaml

from benchmarks.loads import EXPORT, LOADS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.loads import Load

CONNECTIONS = 32
PRISM = "Prism"


@dataclass
class Server:
    """A server to measure: how it is started and what its rounds gave."""

    name: str
    command: list[str]
    base_path: str
    start_s: float = 0.0
    rss_mb: float = 0.0
    rates: list[float] = field(default_factory=list)
    cpu_us: list[float] = field(default_factory=list)
    p50_ms: list[float] = field(default_factory=list)
    p99_ms: list[float] = field(default_factory=list)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def large_document(folder: Path) -> Path:
    """The reports contract among 500 operations."""
    document = yaml.safe_load(EXPORT.document.read_text())
    item = document["paths"]["/v1/reports/saved/{report_id}/export"]
    for number in range(499):
        operation = {**item["post"], "operationId": f"operation_{number}"}
        document["paths"][f"/v1/things_{number}/{{report_id}}/export"] = {"post": operation}
    path = folder / "large.yaml"
    path.write_text(yaml.safe_dump(document))
    return path


def servers(load: Load, peers: Path | None, large: Path) -> list[Server]:
    """What is measured; `{port}` in a command stands for the port."""
    document, base_path = str(load.document), load.base_path
    uvicorn = [
        sys.executable,
        "-m",
        "uvicorn",
        "--lifespan",
        "off",
        "--no-access-log",
        "--log-level",
        "warning",
    ]
    mock = [sys.executable, "-m", "signoff", "mock", "--quiet", "--port", "{port}"]
    project = ["--handlers", "mock_server", "--problems", "fixtures/problems.yaml"] if load is EXPORT else []
    found = [
        Server("bare uvicorn", [*uvicorn, "--port", "{port}", "benchmarks.bare_server:app"], base_path),
        Server("signoff mock", [*mock, document, *project], base_path),
        Server(
            "signoff mock --no-control (no journal)", [*mock, document, *project, "--no-control"], base_path
        ),
        Server("signoff mock --stateless", [*mock, document, *project, "--stateless"], base_path),
    ]
    if load is EXPORT:
        found.append(Server("signoff mock, 500 operations", [*mock, str(large), *project], base_path))
    programs = peers / "node_modules" / ".bin" if peers else Path("/nonexistent")
    if (prism := programs / "prism").exists():
        found.append(Server(PRISM, [str(prism), "mock", "-p", "{port}", document], ""))
    if (mockoon := programs / "mockoon-cli").exists():
        started = [str(mockoon), "start", "--data", document, "--port", "{port}", "--disable-log-to-file"]
        found.append(Server("Mockoon", started, base_path))
    return found


@contextlib.contextmanager
def started(server: Server, load: Load) -> Iterator[tuple[psutil.Process, str]]:
    """The server, running; its start-up time is from the spawn to the first response."""
    port = free_port()
    command = [part.replace("{port}", str(port)) for part in server.command]
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}{server.base_path}{load.path}"
    try:
        while time.perf_counter() - begun < 60:
            with contextlib.suppress(httpx2.HTTPError):
                response = httpx2.request(load.method, url, content=load.body, headers=load.headers)
                response.raise_for_status()
                break
            time.sleep(0.02)
        server.start_s = time.perf_counter() - begun
        yield psutil.Process(process.pid), url
    finally:
        for child in psutil.Process(process.pid).children(recursive=True):
            child.kill()
        process.kill()
        process.wait()


def family(process: psutil.Process) -> list[psutil.Process]:
    return [process, *process.children(recursive=True)]


def cpu_seconds(process: psutil.Process) -> float:
    return sum(sum(member.cpu_times()[:2]) for member in family(process))


def measure(server: Server, load: Load, folder: Path, seconds: int) -> None:
    """One round: load the server and note what came of it."""
    script = folder / "requests.lua"
    script.write_text(load.script(server.base_path))
    with started(server, load) as (process, url):
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", "--latency", "-s", str(script), url]
        subprocess.run([*command, "-d1"], check=True, capture_output=True)
        before = cpu_seconds(process)
        result = subprocess.run([*command, f"-d{seconds}"], check=True, capture_output=True, text=True)
        spent = cpu_seconds(process) - before
        server.rss_mb = sum(member.memory_info().rss for member in family(process)) / 2**20
    requests = int(re.search(r"(\d+) requests in", result.stdout)[1])  # type: ignore[index]
    if "Non-2xx" in result.stdout:
        raise SystemExit(f"{server.name} does not answer with success to {load.title}:\n{result.stdout}")
    server.rates.append(requests / seconds)
    server.cpu_us.append(spent / requests * 1e6)
    server.p50_ms.append(latency(result.stdout, "50%"))
    server.p99_ms.append(latency(result.stdout, "99%"))


def latency(text: str, percentile: str) -> float:
    found = re.search(rf"{percentile}\s+([\d.]+)(us|ms|s)", text)
    units = {"us": 0.001, "ms": 1.0, "s": 1000.0}
    return float(found[1]) * units[found[2]] if found else 0.0


def report(load: Load, measured: list[Server]) -> None:
    """A table in Markdown, of medians."""
    ceiling = measured[0]
    prism = next((server for server in measured if server.name == PRISM), None)
    print(f"\n{load.title}:\n")
    columns = ["server", "req/s (of bare)", "times Prism", "CPU a request, µs (bare over it)"]
    columns += ["p50, p99 ms", "start s", "RSS MB"]
    print(f"| {' | '.join(columns)} |")
    print("| --- " * len(columns) + "|")
    for server in measured:
        rate, cpu = statistics.median(server.rates), statistics.median(server.cpu_us)
        p50, p99 = statistics.median(server.p50_ms), statistics.median(server.p99_ms)
        times = f"{ratio(server.rates, prism.rates):.1f}" if prism else ""
        print(
            f"| {server.name} | {rate:,.0f} ({ratio(server.rates, ceiling.rates):.2f}) | {times} |"
            f" {cpu:.0f} ({ratio(ceiling.cpu_us, server.cpu_us):.2f}) |"
            f" {p50:.1f}, {p99:.1f} | {server.start_s:.2f} | {server.rss_mb:.0f} |"
        )


def ratio(figures: list[float], others: list[float]) -> float:
    """The median of what the rounds give, each compared within itself."""
    return statistics.median(a / b for a, b in zip(figures, others, strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peers", type=Path, help="a folder where npm has installed Prism and Mockoon")
    parser.add_argument("--loads", nargs="+", choices=LOADS, default=list(LOADS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=4)
    options = parser.parse_args()
    if not shutil.which("wrk"):
        raise SystemExit("wrk is needed: it is in most distributions' packages")
    print(f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, Python {platform.python_version()}, ", end="")
    print(f"{psutil.cpu_count()} cores, {CONNECTIONS} connections, {options.rounds} rounds")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        large = large_document(folder)
        for load in (LOADS[key] for key in options.loads):
            measured = servers(load, options.peers, large)
            for _ in range(options.rounds):
                for server in measured:
                    measure(server, load, folder, options.seconds)
            report(load, measured)


if __name__ == "__main__":
    main()
