"""The fault bench of other domains than the reports API: four servers, their faults and correct variants."""

from __future__ import annotations

from functools import cache

import signoff
from signoff.conformance import Options, load_data, run
from signoff.reporting.model import State
from tests.conftest import ROOT, running
from tests.faults.domains import bookings, readings, tickets, uploads
from tests.faults.domains.entry import Fault, Variant, is_held_out
from tests.faults.wrapper import plant
from tests.servers.bookings import Hotel
from tests.servers.readings import Station
from tests.servers.tickets import Shop
from tests.servers.uploads import Uploads

__all__ = ["FAULTS", "VARIANTS", "Fault", "Variant", "accused", "found_by", "is_held_out", "verdict_on"]
FAULTS = [*tickets.FAULTS, *uploads.FAULTS, *readings.FAULTS, *bookings.FAULTS]
VARIANTS = [*tickets.VARIANTS, *uploads.VARIANTS, *readings.VARIANTS, *bookings.VARIANTS]
SERVERS = {"tickets": Shop, "uploads": Uploads, "readings": Station, "bookings": Hotel}
OPTIONS = Options(no_fuzzing=True, max_response_time_s=2.0)
FOLDER = ROOT / "tests" / "servers"
# The clauses on what a request may be.
_CONSTRAINTS = ("parameter", "body", "constraint")


async def untouched(request, call):
    return await call(request)


@cache
def contract_of(domain):
    """The contract of a server."""
    return signoff.load(FOLDER / f"{domain}.yaml")


def verdict_on(domain, edit=untouched):
    """The verdict on a server of its own with an edit."""
    contract = contract_of(domain)
    with running(plant(SERVERS[domain]().app(), edit)) as origin:
        return run(origin, contract, load_data(FOLDER / f"{domain}.data.yaml"), OPTIONS)


def found_by(fault, verdict):
    """The checks meant for a fault that found it; `unproven` where nothing is covered, as it should be."""
    checks = {failure.check.id for failure in verdict.evidence.failures.values()} & set(fault.caught_by)
    is_proven = any(
        clause.state is State.VERIFIED and clause.clause.operation in fault.unproven
        for clause in verdict.evidence.clauses.values()
        if clause.clause.kind in _CONSTRAINTS
    )
    return sorted(checks) or (["unproven"] if fault.unproven and not is_proven else [])


def accused(verdict):
    """What a server is accused of, by check."""
    return sorted({failure.check.id for failure in verdict.evidence.errors})
