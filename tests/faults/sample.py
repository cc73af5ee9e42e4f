"""The faults that the test suite plants; `SIGNOFF_ALL_FAULTS=1` and `python -m tests.faults` plant all."""

import os

IS_WHOLE = bool(os.environ.get("SIGNOFF_ALL_FAULTS"))


def representatives(faults, other=()):
    """For each check one fault that no other check finds, or few; so that a check that is lost is noticed.

    Args:
        faults: the faults to choose from.
        other: checks that need none.
    """
    chosen = {}
    for fault in sorted(faults, key=lambda fault: len(fault.caught_by)):
        for check in {*fault.caught_by} - {*other} - {*chosen}:
            chosen[check] = fault
    return chosen


def one_for_each_check(faults, other=()):
    """These, or all faults, in order."""
    ids = {fault.id for fault in representatives(faults, other).values()}
    return [fault for fault in faults if IS_WHOLE or fault.id in ids]
