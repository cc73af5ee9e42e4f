"""The faults that the test suite plants; `SIGNOFF_ALL_FAULTS=1` and `python -m tests.faults` plant all."""

import os

IS_WHOLE = bool(os.environ.get("SIGNOFF_ALL_FAULTS"))


def one_for_each_check(faults, other=()):
    """For each check one fault that no other check finds, or few; so that a check that is lost is noticed.

    Args:
        faults: the faults to choose from.
        other: checks that need none.
    """
    if IS_WHOLE:
        return list(faults)
    chosen = {}
    for fault in sorted(faults, key=lambda fault: len(fault.caught_by)):
        for check in {*fault.caught_by} - {*other} - {*chosen}:
            chosen[check] = fault
    ids = {fault.id for fault in chosen.values()}
    return [fault for fault in faults if fault.id in ids]
