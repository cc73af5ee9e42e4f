"""Tests two real servers from PyPI by the documents that they publish: `python -m benchmarks.real_servers`.

jupyter-server (Tornado) and Kinto (Pyramid) are installed in a virtual environment of their own and started
on loopback with throw-away data. Each is tested with `signoff test`; what the run counts is printed, and the
JSON report is kept for classifying failures by hand. Neither server is used by anybody else, so nothing can
be lost.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import socket
import subprocess
import sys
import time
import venv
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

HERE = Path(__file__).parent
START_TIMEOUT_S = 60.0
ACCOUNT, PASSWORD, TOKEN = "bench", "throw-away", "throw-away"
BASIC = base64.b64encode(f"{ACCOUNT}:{PASSWORD}".encode()).decode()


@dataclass(frozen=True)
class Server:
    """A server of PyPI.

    Attributes:
        package: its requirement.
        document: the path of the document that it publishes.
        base: the path of its API.
        command: its command line, by a folder for its files and a port.
        prepare: creates the data that `data` names.
    """

    name: str
    package: str
    document: str
    base: str
    authorization: str
    command: Callable[[Path, int], list[str]]
    prepare: Callable[[Path, httpx2.Client], None]
    data: Mapping[str, Any] = field(default_factory=dict)


def _jupyter(folder: Path, port: int) -> list[str]:
    (folder / "root").mkdir(exist_ok=True)
    options = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": port,
        "ServerApp.root_dir": folder / "root",
        "ServerApp.disable_check_xsrf": True,
        "IdentityProvider.token": TOKEN,
    }
    switches = (f"--{name}={value}" for name, value in options.items())
    return ["jupyter-server", "--allow-root", "--no-browser", *switches]


def _notebooks(folder: Path, _: httpx2.Client) -> None:
    for number in range(3):
        (folder / "root" / f"note{number}.txt").write_text("a note\n")


def _kinto(folder: Path, port: int) -> list[str]:
    file = folder / "kinto.ini"
    file.write_text((HERE / "kinto.ini").read_text().replace("PORT", str(port)))
    return ["kinto", "start", "--ini", str(file)]


def _buckets(_: Path, client: httpx2.Client) -> None:
    headers = {"Authorization": f"Basic {BASIC}"}
    for path in ("", "/collections/shelf", "/collections/shelf/records/one", "/groups/readers"):
        data: dict[str, object] = {"members": []} if "groups" in path else {"note": "x"}
        body = {"data": data}
        client.put(f"/v1/buckets/library{path}", json=body, headers=headers).raise_for_status()


SERVERS = (
    Server(
        name="jupyter-server",
        package="jupyter-server==2.21.1",
        document="/api/spec.yaml",
        base="",
        authorization=f"token {TOKEN}",
        command=_jupyter,
        prepare=_notebooks,
        data={"values": {"path": {"existing": ["note0.txt"], "missing": ["no-such-note.txt"]}}},
    ),
    Server(
        name="kinto",
        package="kinto==26.5.0",
        document="/v1/__api__",
        base="/v1",
        authorization=f"Basic {BASIC}",
        command=_kinto,
        prepare=_buckets,
        data={"values": {"bucket_id": {"existing": ["library"]}, "collection_id": {"existing": ["shelf"]}}},
    ),
)


def installed(work: Path) -> Path:
    """The folder of commands of a virtual environment with the servers."""
    commands = work / "venv" / "bin"
    if not (commands / "jupyter-server").exists() or not (commands / "kinto").exists():
        venv.create(work / "venv", with_pip=True)
        packages = [server.package for server in SERVERS]
        subprocess.run([commands / "python", "-m", "pip", "install", "--quiet", *packages], check=True)
    return commands


def free_port() -> int:
    """A port of loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def tested(server: Server, commands: Path, work: Path, options: list[str]) -> dict[str, Any]:
    """Start a server, test it, and give the report. The server is ended in any case."""
    folder = work / server.name
    folder.mkdir(exist_ok=True)
    port = free_port()
    program, *arguments = server.command(folder, port)
    environment = {**os.environ, "HOME": str(folder), "JUPYTER_CONFIG_DIR": str(folder / "config")}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [commands / program, *arguments], cwd=folder, stdout=log, stderr=log, env=environment
        )
        try:
            return _report(server, folder, f"http://127.0.0.1:{port}", options)
        finally:
            process.terminate()
            process.wait(20)


def _report(server: Server, folder: Path, origin: str, options: list[str]) -> dict[str, Any]:
    headers = {"Authorization": server.authorization}
    with httpx2.Client(base_url=origin, trust_env=False) as client:
        document = folder / "openapi.yaml"
        document.write_bytes(_published(client, server, headers))
        server.prepare(folder, client)
    data, report = folder / "data.yaml", folder / "report.json"
    data.write_text(json.dumps(server.data))
    subprocess.run(
        [
            *(sys.executable, "-m", "signoff", "--no-config", "test", f"{origin}{server.base}", document),
            *("--data", data, "-H", f"Authorization: {server.authorization}"),
            *("--report", f"json={report}", *options),
        ],
        stdout=subprocess.DEVNULL,
        check=False,
    )
    found: dict[str, Any] = json.loads(report.read_text())
    return found


def _published(client: httpx2.Client, server: Server, headers: dict[str, str]) -> bytes:
    """The document, once the server serves it."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while True:
        try:
            return client.get(server.document, headers=headers).raise_for_status().content
        except httpx2.HTTPError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def printed(server: Server, report: dict[str, Any]) -> None:
    """Print the counts of a report, and its failures by check."""
    states = Counter(clause["state"] for clause in report["clauses"])
    counts = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
    print(f"## {server.package}: {report['verdict']}, {counts}")
    print(
        f"{report['requests']} requests in {report['elapsed_s']:.0f} s; {len(report['failures'])} failures:"
    )
    for check, count in Counter(failure["check"] for failure in report["failures"]).most_common():
        print(f"{count:6} {check}")
    opinions = Counter(failure.get("second_opinion", "").partition(":")[0] for failure in report["failures"])
    del opinions[""]
    print(
        "openapi-core:", ", ".join(f"{count} {said}" for said, count in opinions.most_common()) or "not asked"
    )


def main() -> None:
    """Test the servers and print the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", type=Path, help="a folder for the environment, the data and the reports")
    parser.add_argument("--only", choices=[server.name for server in SERVERS])
    known, options = parser.parse_known_args()
    work = known.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    commands = installed(work)
    for server in SERVERS:
        if known.only in (None, server.name):
            printed(server, tested(server, commands, work, options))


if __name__ == "__main__":
    main()
