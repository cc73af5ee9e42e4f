"""Each fault is found, by the check meant for it; no correct variant is accused."""

import pytest

from examples.report_server.app import create_app
from signoff.conformance import Options, load_checks, load_data, run
from tests.conftest import DATA_FILE, ROOT, running
from tests.faults.catalogue import FAULTS, VARIANTS
from tests.faults.sample import IS_WHOLE, one_for_each_check, representatives
from tests.faults.wrapper import plant

CHECKS = load_checks([str(ROOT / "contract_tests" / "checks")])
CORPUS = Options(no_fuzzing=True, checks=CHECKS)
REPRESENTATIVES = representatives(FAULTS)


@pytest.fixture(scope="module")
def data():
    return load_data(DATA_FILE)


def verdict_on(edit, contract, data, options=CORPUS):
    with running(plant(create_app(), edit)) as origin:
        return run(f"{origin}/api", contract, data, options)


@pytest.mark.parametrize("fault", one_for_each_check(FAULTS), ids=lambda fault: fault.id)
def test_a_planted_fault_is_found_and_named(contract, data, fault):
    verdict = verdict_on(fault.edit, contract, data)
    found = {failure.check.id for failure in verdict.evidence.errors}
    assert not verdict.passed
    assert found & set(fault.caught_by), found
    warned = {failure.check.id for failure in verdict.evidence.warnings}
    stands_for = {check for check, chosen in REPRESENTATIVES.items() if chosen.id == fault.id}
    assert stands_for <= found | warned


@pytest.mark.parametrize("variant", VARIANTS[:: 1 if IS_WHOLE else 8], ids=lambda variant: variant.id)
def test_a_correct_variant_is_not_accused(contract, data, variant):
    verdict = verdict_on(variant.edit, contract, data, Options(max_examples=5, checks=CHECKS))
    assert [(f.check.id, f.fault, f.exchange.sent) for f in verdict.evidence.errors] == []


def test_the_sample_has_a_fault_for_each_check():
    assert REPRESENTATIVES.keys() == {check for fault in FAULTS for check in fault.caught_by}
    alone = {fault.caught_by[0] for fault in FAULTS if len(fault.caught_by) == 1}
    assert alone == {check for check, fault in REPRESENTATIVES.items() if len(fault.caught_by) == 1}


def test_ids_are_unique():
    ids = [entry.id for entry in [*FAULTS, *VARIANTS]]
    assert len(set(ids)) == len(ids)
    assert len(FAULTS) >= 138
    assert len(VARIANTS) >= 24


async def _untouched(request, call):
    return await call(request)


def test_the_server_itself_passes_whole(contract, data):
    verdict = verdict_on(_untouched, contract, data, Options(checks=CHECKS))
    assert verdict.passed
    assert verdict.evidence.warnings == []
