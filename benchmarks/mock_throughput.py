"""How fast the mock answers, as ratios against peers that are measured in the same run.

    python -m benchmarks.mock_throughput [--peers FOLDER] [--rounds N] [--seconds S]

Every server answers the same request in turn, several rounds: this mock, a bare uvicorn application
(the ceiling), and Prism and Mockoon where FOLDER holds them (`npm install @stoplight/prism-cli
@mockoon/cli` there). Absolute figures drift with the machine; ratios and CPU per request are what counts.
Needs `wrk` on the path.
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

from signoff import reference_project

if TYPE_CHECKING:
    from collections.abc import Iterator

CONNECTIONS = 32
EXPORT = "/v1/reports/saved/2489e9ad-2ee2-8e00-8ec9-32d5f69181c0/export"
SCRIPT = """
wrk.method = "POST"
wrk.body = '{"format":"csv"}'
wrk.headers["Content-Type"] = "application/json"
"""


@dataclass
class Server:
    """A server to measure: how it is started and what its rounds gave."""

    name: str
    command: list[str]
    path: str
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
    document = yaml.safe_load(reference_project().document.read_text())
    item = document["paths"]["/v1/reports/saved/{report_id}/export"]
    for number in range(499):
        operation = {**item["post"], "operationId": f"operation_{number}"}
        document["paths"][f"/v1/things_{number}/{{report_id}}/export"] = {"post": operation}
    path = folder / "large.yaml"
    path.write_text(yaml.safe_dump(document))
    return path


def servers(peers: Path | None, large: Path) -> list[Server]:
    """What is measured; `{port}` in a command stands for the port."""
    mock = [sys.executable, "-m", "signoff", "mock"]
    project = ["--handlers", "mock_server", "--problems", "fixtures/problems.yaml"]
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
    found = [
        Server("bare uvicorn", [*uvicorn, "--port", "{port}", "benchmarks.bare_server:app"], f"/api{EXPORT}"),
        Server("signoff mock", [*mock, "--quiet", "--port", "{port}"], f"/api{EXPORT}"),
        Server(
            "signoff mock, 500 operations",
            [*mock, str(large), *project, "--quiet", "--port", "{port}"],
            f"/api{EXPORT}",
        ),
    ]
    programs = peers / "node_modules" / ".bin" if peers else Path("/nonexistent")
    document = str(reference_project().document)
    if (prism := programs / "prism").exists():
        found.append(Server("Prism", [str(prism), "mock", "-p", "{port}", document], EXPORT))
    if (mockoon := programs / "mockoon-cli").exists():
        started = [str(mockoon), "start", "--data", document, "--port", "{port}", "--disable-log-to-file"]
        found.append(Server("Mockoon", started, f"/api{EXPORT}"))
    return found


@contextlib.contextmanager
def started(server: Server) -> Iterator[tuple[psutil.Process, str]]:
    """The server, running; its start-up time is from the spawn to the first response."""
    port = free_port()
    command = [part.replace("{port}", str(port)) for part in server.command]
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}{server.path}"
    try:
        while time.perf_counter() - begun < 60:
            with contextlib.suppress(httpx2.HTTPError):
                httpx2.post(url, json={"format": "csv"}).raise_for_status()
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


def measure(server: Server, script: Path, seconds: int) -> None:
    """One round: load the server and note what came of it."""
    with started(server) as (process, url):
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", "--latency", "-s", str(script), url]
        subprocess.run([*command, "-d1"], check=True, capture_output=True)
        before = cpu_seconds(process)
        result = subprocess.run([*command, f"-d{seconds}"], check=True, capture_output=True, text=True)
        spent = cpu_seconds(process) - before
        server.rss_mb = sum(member.memory_info().rss for member in family(process)) / 2**20
    requests = int(re.search(r"(\d+) requests in", result.stdout)[1])  # type: ignore[index]
    if "Non-2xx" in result.stdout:
        raise SystemExit(f"{server.name} does not answer with success:\n{result.stdout}")
    server.rates.append(requests / seconds)
    server.cpu_us.append(spent / requests * 1e6)
    server.p50_ms.append(latency(result.stdout, "50%"))
    server.p99_ms.append(latency(result.stdout, "99%"))


def latency(text: str, percentile: str) -> float:
    found = re.search(rf"{percentile}\s+([\d.]+)(us|ms|s)", text)
    units = {"us": 0.001, "ms": 1.0, "s": 1000.0}
    return float(found[1]) * units[found[2]] if found else 0.0


def report(measured: list[Server]) -> None:
    """A table in Markdown, of medians."""
    ceiling = measured[0]
    print(f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, Python {platform.python_version()}, ", end="")
    print(f"{psutil.cpu_count()} cores, {CONNECTIONS} connections, {len(ceiling.rates)} rounds\n")
    print("| server | req/s (of bare) | CPU a request, µs (bare over it) | p50, p99 ms | start s | RSS MB |")
    print("| --- | --- | --- | --- | --- | --- |")
    for server in measured:
        rate, cpu = statistics.median(server.rates), statistics.median(server.cpu_us)
        share = statistics.median(a / b for a, b in zip(server.rates, ceiling.rates, strict=True))
        cpu_share = statistics.median(b / a for a, b in zip(server.cpu_us, ceiling.cpu_us, strict=True))
        p50, p99 = statistics.median(server.p50_ms), statistics.median(server.p99_ms)
        print(
            f"| {server.name} | {rate:,.0f} ({share:.2f}) | {cpu:.0f} ({cpu_share:.2f}) |"
            f" {p50:.1f}, {p99:.1f} | {server.start_s:.2f} | {server.rss_mb:.0f} |"
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peers", type=Path, help="a folder where npm has installed Prism and Mockoon")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=4)
    options = parser.parse_args()
    if not shutil.which("wrk"):
        raise SystemExit("wrk is needed: it is in most distributions' packages")
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "post.lua"
        script.write_text(SCRIPT)
        measured = servers(options.peers, large_document(Path(folder)))
        for _ in range(options.rounds):
            for server in measured:
                measure(server, script, options.seconds)
    report(measured)


if __name__ == "__main__":
    main()
