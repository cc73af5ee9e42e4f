"""The contract tests find what they create, change and delete on the mock; without state they can't."""

import pytest

from signoff.conformance import Options, run
from signoff.contract import load
from signoff.mock import Settings, create_app
from tests.conftest import DOCUMENTS, running

LIFECYCLE = ("created-is-found", "updated-is-kept", "deleted-is-gone")
HEADERS = {"museum.yaml": {"Authorization": "Basic YTpi"}, "petstore-3.yaml": {"Authorization": "Bearer x"}}
EXPECTED = {
    "museum.yaml": {
        "created-is-found of createSpecialEvent",
        "updated-is-kept of updateSpecialEvent",
        "deleted-is-gone of deleteSpecialEvent",
    },
    "petstore-3.yaml": {
        *(f"created-is-found of {name}" for name in ("addPet", "createUser", "placeOrder")),
        *(f"deleted-is-gone of {name}" for name in ("deleteOrder", "deletePet", "deleteUser")),
        "updated-is-kept of updateUser",
    },
}


def verified(document, *, stateless):
    """The lifecycle checks that a run verifies, by operation."""
    contract = load(DOCUMENTS / document)
    app = create_app(contract, Settings(stateless=stateless))
    with running(app) as origin:
        options = Options(no_fuzzing=True, headers=HEADERS[document])
        verdict = run(origin + contract.base_path, contract, options=options)
    assert verdict.evidence.errors == []
    found = [
        each for each in verdict.evidence.clauses.values() if each.check and each.state.name == "VERIFIED"
    ]
    return {f"{each.check.id} of {each.clause.operation}" for each in found if each.check.id in LIFECYCLE}


@pytest.mark.parametrize("document", HEADERS)
def test_lifecycle_checks_are_verified_with_state(document):
    assert verified(document, stateless=False) >= EXPECTED[document]


def test_no_lifecycle_check_is_verified_without_state():
    assert verified("museum.yaml", stateless=True) == set()
