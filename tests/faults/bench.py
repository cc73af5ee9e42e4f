"""Runs the table of faults, through Signoff and through plain Schemathesis, a server of its own for each."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import signoff as kit
from examples.report_server.app import create_app
from signoff.conformance import Options, load_checks, load_data, run
from tests.conftest import DATA_FILE, ROOT, running
from tests.faults.catalogue import FAULTS, VARIANTS
from tests.faults.wrapper import plant

_ENTRIES = {entry.id: entry for entry in [*FAULTS, *VARIANTS]}
_CONTRACT = kit.load(kit.reference_project().document)
_OWN = load_checks([str(ROOT / "contract_tests" / "checks")])
_KIT = load_checks([])
_PEER_S = 300


@dataclass(frozen=True)
class Row:
    """What one tool found in one server: its checks, the requests it sent, whether each seed agrees."""

    id: str
    checks: tuple[str, ...]
    requests: int
    agrees: bool = True

    @property
    def is_found(self):
        return bool(self.checks)


async def untouched(request, call):
    return await call(request)


def served(entry_id):
    """The server with a fault; `untouched` names the one without."""
    entry = _ENTRIES.get(entry_id)
    return running(plant(create_app(), entry.edit if entry else untouched))


def signoff(job):
    """What Signoff finds, with each seed on a server of its own."""
    entry_id, seeds, no_fuzzing, alone = job
    found = []
    for seed in seeds:
        with served(entry_id) as origin:
            options = Options(
                seed=seed, no_fuzzing=no_fuzzing, max_examples=20, checks=_KIT if alone else _OWN
            )
            evidence = run(f"{origin}/api", _CONTRACT, load_data(DATA_FILE), options).evidence
        checks = dict.fromkeys(failure.check.id for failure in evidence.errors)
        found.append((tuple(checks), evidence.requests))
    return Row(entry_id, *found[0], agrees=len({bool(checks) for checks, _ in found}) == 1)


def schemathesis(entry_id):
    """What plain Schemathesis finds with its default checks."""
    with served(entry_id) as origin:
        return Row(entry_id, *schemathesis_on(kit.reference_project().document, f"{origin}/api"))


def schemathesis_on(document, base_url, headers=()):
    """What plain Schemathesis finds on a server, and the number of its requests."""
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "run", str(document), "--url", base_url),
        *("--seed", "0", "--continue-on-failure", "--max-examples", "50"),
        *(part for name, value in headers for part in ("-H", f"{name}: {value}")),
    ]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=_PEER_S,
        check=False,
        env={**os.environ, "NO_COLOR": "1"},
    )
    titles = re.findall(r"^- ([A-Z].+)$", done.stdout, re.MULTILINE)
    sent = re.search(r"(\d[\d,]*) generated", done.stdout)
    return tuple(dict.fromkeys(titles)), int(sent[1].replace(",", "")) if sent else 0


def all_of(work, jobs, workers):
    """The rows of all jobs, in order."""
    with ProcessPoolExecutor(workers) as pool:
        yield from pool.map(work, jobs)
