"""The table of the other domains: `python -m tests.faults.domains [--peer] [ID …]`.

With --peer, plain Schemathesis runs on the same servers, with the credentials of the data file's first user.
The two thirds for developing are run; with SIGNOFF_HELD_OUT set, as in CI, the held-out third besides.
"""

import os
import sys
from concurrent.futures import ProcessPoolExecutor

from signoff.conformance import load_data
from tests.conftest import running
from tests.faults.bench import schemathesis_on
from tests.faults.domains import (
    FAULTS,
    FOLDER,
    SERVERS,
    VARIANTS,
    Fault,
    accused,
    found_by,
    is_held_out,
    untouched,
    verdict_on,
)
from tests.faults.wrapper import plant

ENTRIES = {entry.id: entry for entry in [*FAULTS, *VARIANTS]}


def row(entry_id):
    entry = ENTRIES[entry_id]
    verdict = verdict_on(entry.domain, entry.edit)
    return found_by(entry, verdict) if isinstance(entry, Fault) else accused(verdict)


def theirs(name):
    """What plain Schemathesis reports of an entry's server, or of a domain's server without an edit."""
    entry = ENTRIES.get(name)
    domain, edit = (entry.domain, entry.edit) if entry else (name, untouched)
    user = load_data(FOLDER / f"{domain}.data.yaml").user
    with running(plant(SERVERS[domain]().app(), edit)) as origin:
        return schemathesis_on(FOLDER / f"{domain}.yaml", origin, user.headers.items() if user else ())[0]


def main():
    """Print the table and a summary of each part; exit 1 where an entry fails."""
    names = {name for name in sys.argv[1:] if name != "--peer"}
    is_ci = bool(os.environ.get("SIGNOFF_HELD_OUT"))
    asked = [i for i in ENTRIES if (is_ci or not is_held_out(i)) and (not names or i in names)]
    with ProcessPoolExecutor(2) as pool:
        found = dict(zip(asked, pool.map(row, asked), strict=True))
        also = [*SERVERS, *asked] if "--peer" in sys.argv else []
        peer = dict(zip(also, pool.map(theirs, also), strict=True))
    print("| entry | found by (faults), accused by (correct servers) | plain Schemathesis |")
    print("| --- | --- | --- |")
    new = {i: [title for title in peer.get(i, ()) if title not in peer[ENTRIES[i].domain]] for i in found}
    for entry_id, checks in found.items():
        print(f"| {entry_id} | {', '.join(checks) or '-'} | {', '.join(new[entry_id]) or '-'} |")
    for title, part in (("developing", False), ("held out", True)):
        chosen = [ENTRIES[i] for i in found if is_held_out(i) is part]
        print(f"\n{title}: {counts(chosen, found)}")
        if peer:
            print(f"{title}, Schemathesis: {counts(chosen, new)}")
    wrong = [i for i in found if bool(found[i]) != is_expected(ENTRIES[i])]
    print(*(f"unexpected: {entry_id}" for entry_id in wrong), sep="\n")
    sys.exit(1 if wrong else 0)


def is_expected(entry):
    """Whether something is to be reported."""
    return isinstance(entry, Fault) and not entry.missed


def counts(entries, found):
    """How many faults are found, and correct servers accused."""
    faults = [bool(found[entry.id]) for entry in entries if isinstance(entry, Fault)]
    variants = [bool(found[entry.id]) for entry in entries if not isinstance(entry, Fault)]
    return f"{sum(faults)} of {len(faults)} faults found, {sum(variants)} of {len(variants)} correct accused"


if __name__ == "__main__":
    main()
