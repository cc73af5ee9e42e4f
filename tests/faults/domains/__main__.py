"""The table of the other domains: `python -m tests.faults.domains [ID …]`.

The two thirds for developing are run; with SIGNOFF_HELD_OUT set, as in CI, the held-out third besides.
"""

import os
import sys
from concurrent.futures import ProcessPoolExecutor

from tests.faults.domains import FAULTS, VARIANTS, Fault, accused, found_by, is_held_out, verdict_on

ENTRIES = {entry.id: entry for entry in [*FAULTS, *VARIANTS]}


def row(entry_id):
    entry = ENTRIES[entry_id]
    verdict = verdict_on(entry.domain, entry.edit)
    return found_by(entry, verdict) if isinstance(entry, Fault) else accused(verdict)


def main():
    """Print the table and a summary of each part; exit 1 where an entry fails."""
    names = set(sys.argv[1:])
    is_ci = bool(os.environ.get("SIGNOFF_HELD_OUT"))
    asked = [i for i in ENTRIES if (is_ci or not is_held_out(i)) and (not names or i in names)]
    with ProcessPoolExecutor(2) as pool:
        found = dict(zip(asked, pool.map(row, asked), strict=True))
    wrong = []
    print("| entry | found by (faults), accused by (correct servers) |")
    print("| --- | --- |")
    for entry_id, checks in found.items():
        entry = ENTRIES[entry_id]
        print(f"| {entry_id} | {', '.join(checks) or '-'} |")
        is_right = bool(checks) == (isinstance(entry, Fault) and not entry.missed)
        wrong += [] if is_right else [entry_id]
    for title, part in (("developing", False), ("held out", True)):
        faults = [e for e in FAULTS if e.id in found and is_held_out(e.id) is part]
        variants = [e for e in VARIANTS if e.id in found and is_held_out(e.id) is part]
        hit, hurt = (sum(bool(found[e.id]) for e in some) for some in (faults, variants))
        if faults or variants:
            print(
                f"\n{title}: {hit} of {len(faults)} faults found, {hurt} of {len(variants)} correct accused"
            )
    print(*(f"unexpected: {entry_id}" for entry_id in wrong), sep="\n")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
