"""The table of docs/test.md: every check of Schemathesis, and the checks of ours that cover it.

The faults of each row are in `tests.faults.domains.bookings`; the bench runs them all.
"""

import re

import pytest
import schemathesis
from schemathesis.checks import CHECKS

import signoff
from signoff.conformance import Options, load_data, run
from signoff.conformance.checks import KIT
from signoff.conformance.hooks import load_hooks
from signoff.conformance.options import selection_of
from tests.conftest import ROOT, running
from tests.faults.domains import FOLDER, found_by, is_held_out, verdict_on
from tests.faults.domains.bookings import BOOK, PEER
from tests.faults.domains.edits import changed
from tests.faults.sample import IS_WHOLE
from tests.faults.wrapper import plant
from tests.servers.bookings import Hotel


def table():
    """The rows: the names of Schemathesis, and the ids of ours."""
    text = (
        (ROOT / "docs" / "test.md").read_text().partition("| check of Schemathesis |")[2].partition("\n\n")[0]
    )
    cells = [line.split("|")[1:3] for line in text.splitlines()[2:]]
    return [tuple(re.findall("`([^`]+)`", cell) for cell in row) for row in cells]


COVERED = {name: ours for names, ours in table() for name in names}


def test_every_check_of_schemathesis_is_in_the_table():
    own = {
        check.__name__
        for check in CHECKS.get_all()
        if check.__module__.partition(".")[0] == schemathesis.__name__
    }
    assert own
    assert own | {"max_response_time"} == set(COVERED) == set(PEER)
    assert {check for ours in COVERED.values() for check in ours} <= {entry.id for entry in KIT.entries}


@pytest.mark.parametrize("name", COVERED)
def test_a_row_has_faults_that_its_checks_are_meant_for(name):
    assert all(set(fault.caught_by) & set(COVERED[name]) for fault in PEER[name])
    assert any(not is_held_out(fault.id) for fault in PEER[name])


@pytest.mark.parametrize("name", [*COVERED][:: 1 if IS_WHOLE else 3])
def test_a_row_is_shown_by_a_fault_that_its_checks_find(name):
    fault = next(fault for fault in PEER[name] if not is_held_out(fault.id))
    assert set(found_by(fault, verdict_on("bookings", fault.edit))) & set(COVERED[name])


@pytest.mark.parametrize("skipped", [(), ("status-code-conformance",), ("hooks",)])
def test_its_own_checks_run_and_can_be_skipped(skipped):
    """A status that is common, but not documented, is found by its check alone."""

    def unprocessable(_, answer):
        return type(answer)(422, answer.fields, answer.body)

    contract, hooks = signoff.load(FOLDER / "bookings.yaml"), load_hooks(["schemathesis"])
    options = Options(
        max_examples=5,
        include=("operation:book",),
        phases=("coverage",),
        hooks=hooks,
        selection=selection_of(contract, (), skipped, hooks=hooks),
    )
    with running(plant(Hotel().app(), changed(unprocessable, status=400, **BOOK))) as origin:
        verdict = run(origin, contract, load_data(FOLDER / "bookings.data.yaml"), options)
    found = {failure.check.id: failure.fault.message for failure in verdict.evidence.errors}
    assert set(found) == (set() if skipped else {"status-code-conformance"})
    assert skipped or "Undocumented" in found["status-code-conformance"]
