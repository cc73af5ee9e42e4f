"""The matrix of faults: which check finds each, in how many requests, and what plain Schemathesis finds.

    python -m tests.faults [--peer] [--seeds 5] [--markdown] [NAME …]

Without NAMEs all faults and all correct variants. Exits 1 where a fault is missed or named by another
check than the one meant for it, a correct variant is accused, or two seeds disagree.
"""

from __future__ import annotations

import argparse
import os
import sys

from tests.faults.bench import all_of, schemathesis, signoff
from tests.faults.catalogue import FAULTS, VARIANTS


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*")
    parser.add_argument("--peer", action="store_true", help="plain Schemathesis beside it")
    parser.add_argument(
        "--seeds", type=int, default=1, help="so many seeds must agree; more than 1 searches too"
    )
    parser.add_argument("--markdown", action="store_true", help="a table in Markdown, and a summary")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    asked = parser.parse_args()
    faults = [entry for entry in FAULTS if not asked.names or entry.id in asked.names]
    variants = [entry for entry in VARIANTS if not asked.names or entry.id in asked.names]
    ids = [entry.id for entry in [*faults, *variants]]
    ours, alone = (
        dict(zip(ids, all_of(signoff, jobs, asked.workers), strict=True))
        for jobs in (
            [(entry, range(asked.seeds), asked.seeds == 1, is_alone) for entry in ids]
            for is_alone in (False, True)
        )
    )
    theirs = {}
    if asked.peer:
        theirs = dict(
            zip(["untouched", *ids], all_of(schemathesis, ["untouched", *ids], asked.workers), strict=True)
        )
    wrong = list(_table(faults, variants, ours, alone, theirs, asked.markdown))
    print()
    print(*_summary(faults, variants, ours, alone, theirs), sep="\n")
    print(*wrong, sep="\n")
    sys.exit(1 if wrong else 0)


def _table(faults, variants, ours, alone, theirs, as_markdown):
    """Print the rows; gives what is wrong, one sentence each."""
    layout = "| {} | {} | {} | {} | {} |" if as_markdown else "{:<28} {:<64} {:<40} {:>5} {}"
    print(layout.format("fault", "found by", "by the kit alone", "sent", "plain Schemathesis"))
    if as_markdown:
        print("| --- | --- | --- | --- | --- |")
    usual = set(theirs["untouched"].checks) if theirs else set()
    for entry in faults:
        row = ours[entry.id]
        peer = ", ".join(c for c in theirs[entry.id].checks if c not in usual) or "-" if theirs else ""
        found, kit = (", ".join(of.checks)[:64] for of in (row, alone[entry.id]))
        print(layout.format(entry.id, found or "MISSED", kit or "-", row.requests, peer))
        if not set(row.checks) & set(entry.caught_by):
            yield f"{entry.id}: found by {row.checks or 'nothing'}, not by {entry.caught_by}"
        if not row.agrees:
            yield f"{entry.id}: seeds disagree"
    for entry in variants:
        row = ours[entry.id]
        if alone[entry.id].is_found:
            yield f"{entry.id}: a correct server is accused by the kit alone: {alone[entry.id].checks}"
        if row.is_found or not row.agrees:
            yield f"{entry.id}: a correct server is accused by {row.checks}"


def _summary(faults, variants, ours, alone, theirs):
    found = sum(ours[entry.id].is_found for entry in faults)
    accused = sum(ours[entry.id].is_found for entry in variants)
    yield _sentence("signoff with the project's checks", found, faults, accused, variants)
    found = sum(alone[entry.id].is_found for entry in faults)
    accused = sum(alone[entry.id].is_found for entry in variants)
    yield _sentence("signoff, the kit alone", found, faults, accused, variants)
    if theirs:
        usual = set(theirs["untouched"].checks)
        found = sum(bool(set(theirs[entry.id].checks) - usual) for entry in faults)
        accused = sum(bool(set(theirs[entry.id].checks)) for entry in variants)
        yield _sentence("schemathesis", found, faults, accused, variants)


def _sentence(tool, found, faults, accused, variants):
    of = f"{found} of {len(faults)} faults found"
    return f"{tool}: {of}, {accused} of {len(variants)} correct servers accused"


if __name__ == "__main__":
    main()
