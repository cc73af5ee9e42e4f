"""Runs the commands on mutated documents in this process: `python -m tests.fuzzing.documents --count 10000`.

Each document is reviewed and compared with its original, documented, and mocked, with a request to each of
its operations. What must hold: each of these ends as it should or with a `SignoffError`, in bounded time and
memory.
"""

import argparse
import asyncio
import json
import signal
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings

from signoff.contract import SignoffError
from tests import hostile
from tests.fuzzing.mutations import documents

MOST_SECONDS = 20  # of CPU time, for all commands
MOST_MEGABYTES = 300  # beyond what the process had before


class TooSlowError(BaseException):
    """The time is up. Not an `Exception`, so that nothing handles it."""


def _stop(*_):
    raise TooSlowError


@dataclass
class Fault:
    """What must not be, and the smallest document that has it."""

    what: str
    text: str
    suffix: str
    count: int = 1


@dataclass
class Run:
    """Collects how documents end.

    Attributes:
        faults: by what happened and where.
        outcomes: how often which command ended how.
        slowest: the most seconds of CPU time for a document.
        megabytes: the greatest growth of memory.
    """

    folder: Path
    faults: dict[str, Fault] = field(default_factory=dict)
    outcomes: dict[str, int] = field(default_factory=dict)
    count: int = 0
    slowest: float = 0.0
    megabytes: float = 0.0

    def check(self, mutated):
        """Run the commands on a document."""
        self.count += 1
        document = self.folder / f"openapi{mutated.suffix}"
        original = self.folder / "original.json"
        document.write_bytes(mutated.text.encode("utf-8", "surrogatepass"))
        original.write_text(mutated.original)
        before, started = _memory_now(), time.process_time()
        for name, command in _commands(document, original).items():
            signal.setitimer(signal.ITIMER_PROF, MOST_SECONDS)
            try:
                outcome = command()
            except SignoffError as error:
                outcome = f"{type(error).__name__}"
            except TooSlowError as error:
                outcome = self._fault(mutated, f"{name}: over {MOST_SECONDS} s{_place(error)}")
            except (Exception, SystemExit) as error:  # noqa: BLE001 - the fault that is looked for
                outcome = self._fault(mutated, f"{name}: {type(error).__name__}{_place(error)}")
            finally:
                signal.setitimer(signal.ITIMER_PROF, 0)
            key = f"{name}: {outcome}"
            self.outcomes[key] = self.outcomes.get(key, 0) + 1
        self.slowest = max(self.slowest, time.process_time() - started)
        grown = hostile.most_memory() - before
        self.megabytes = max(self.megabytes, grown)
        if grown > MOST_MEGABYTES:
            self._fault(mutated, f"{grown:.0f} MB")

    def _fault(self, mutated, what):
        known = self.faults.get(what)
        if known is None:
            self.faults[what] = Fault(what, mutated.text, mutated.suffix)
        else:
            known.count += 1
            if len(mutated.text) < len(known.text):
                known.text, known.suffix = mutated.text, mutated.suffix
        return "fault"


def _memory_now():
    """The memory of this process now, in MB; its peak starts from here."""
    Path("/proc/self/clear_refs").write_text("5")
    return hostile.most_memory()


def _place(error):
    """Where in this package an error was raised, and its text."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "/signoff/" in frame.filename]
    place = f" at {frames[-1].filename.rpartition('/signoff/')[2]}:{frames[-1].lineno}" if frames else ""
    return place if isinstance(error, TooSlowError) else f"{place}: {str(error)[:80]}"


def _commands(document, original):
    def reviewed():
        return hostile.ends("--no-config", "review", str(document), "--base", str(original))

    def documented():
        return hostile.ends("--no-config", "docs", str(document), "--output", f"{document}.md")

    def mocked():
        asyncio.run(hostile.mock(str(document)))
        return "served"

    return {"review": reviewed, "docs": documented, "mock": mocked}


def fuzz(count, number=0, show=lambda run: None):
    """Try so many documents; returns the run."""
    with tempfile.TemporaryDirectory() as folder:
        run = Run(Path(folder))
        handler = signal.signal(signal.SIGPROF, _stop)

        @seed(number)
        @settings(
            max_examples=count,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(documents())
        def each(mutated):
            run.check(mutated)
            show(run)

        try:
            each()
        finally:
            signal.signal(signal.SIGPROF, handler)
        return run


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=1_000, help="number of documents")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="write the documents that have a fault to this folder")
    arguments = parser.parse_args()

    known = set()

    def show(run):
        for what in [what for what in run.faults if what not in known]:
            known.add(what)
            print(what, file=sys.stderr)
            if arguments.keep:
                arguments.keep.mkdir(parents=True, exist_ok=True)
                file = arguments.keep / f"fault-{len(known)}{run.faults[what].suffix}"
                file.write_bytes(run.faults[what].text.encode("utf-8", "surrogatepass"))
                print(f"  {file}", file=sys.stderr)
        if run.count % 200 == 0:
            figures = f"{run.count:,} documents, {time.process_time():.0f} s, {len(known)} faults"
            print(figures, file=sys.stderr, flush=True)

    run = fuzz(arguments.count, arguments.seed, show)
    figures = {
        "documents": run.count,
        "CPU seconds": round(time.process_time()),
        "slowest document": round(run.slowest, 1),
        "most megabytes for a document": round(run.megabytes),
        "ended": dict(sorted(run.outcomes.items())),
    }
    print(json.dumps(figures, indent=1))
    for fault in sorted(run.faults.values(), key=lambda fault: -fault.count):
        print(f"{fault.count} times {fault.what}")
    return bool(run.faults)


if __name__ == "__main__":
    sys.exit(main())
