"""The mock of every published document keeps its contract: whatever is accused is a fault of ours.

The contract tests find what they create, change and delete on it; without state they can't.
"""

import pytest

import signoff
from signoff.conformance import Options, run
from signoff.mock import Settings, create_app
from tests.conftest import DOCUMENTS, PUBLISHED, reference_app, running
from tests.faults.sample import IS_WHOLE

CREDENTIALS = {"basic": "Basic dXNlcjpwYXNz", "bearer": "Bearer abc.def.ghi"}


def headers_for(contract):
    """Credentials of the right form for every scheme of the document that a field carries."""
    found = {}
    for scheme in contract.security_schemes.values():
        if scheme.get("in") == "header":
            found[scheme["name"]] = "key-of-nobody"
        elif scheme.get("type") in ("http", "oauth2", "openIdConnect"):
            found["Authorization"] = CREDENTIALS[str(scheme.get("scheme", "bearer")).lower()]
    return found


# Of the largest document some: the others are of the same kinds.
CHOSEN = {"everruns-2026-01.json": ("tag:agents", "tag:sessions", "tag:messages")}
FUZZED = ("museum.yaml", "uspto-3.0.yaml")
LIFECYCLE = ("created-is-found", "updated-is-kept", "deleted-is-gone")
LIVED = {
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


def lived(verdict):
    """The lifecycle checks that a run verifies, by operation."""
    found = [
        each for each in verdict.evidence.clauses.values() if each.check and each.state.name == "VERIFIED"
    ]
    return {f"{each.check.id} of {each.clause.operation}" for each in found if each.check.id in LIFECYCLE}


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.name)
def test_the_mock_of_a_published_document_is_not_accused(path):
    contract = signoff.load(path)
    if not contract.operations:
        pytest.skip("nothing but webhooks")
    # The checks on exports need exports: the handler of the reference project.
    is_export = any(operation.id == "export_saved_report" for operation in contract.operations)
    with running(reference_app(document=contract) if is_export else create_app(contract)) as origin:
        include = () if IS_WHOLE else CHOSEN.get(path.name, ())
        is_fuzzed = path.name in FUZZED
        options = Options(
            no_fuzzing=not is_fuzzed, max_examples=2, headers=headers_for(contract), include=include
        )
        verdict = run(origin + contract.base_path, contract, options=options)
    accused = [
        (failure.check.id, failure.fault, failure.exchange.sent) for failure in verdict.evidence.errors
    ]
    assert accused == []
    assert verdict.errors == ()
    assert verdict.passed or not is_fuzzed
    assert lived(verdict) >= LIVED.get(path.name, set())
    warnings = {failure.check.id for failure in verdict.evidence.warnings}
    assert warnings <= {
        "invalid-credentials-rejected",
        "undeclared-members",
    }  # examples may have more members


def test_no_lifecycle_check_is_verified_without_state():
    contract = signoff.load(DOCUMENTS / "museum.yaml")
    with running(create_app(contract, Settings(stateless=True))) as origin:
        options = Options(no_fuzzing=True, headers=headers_for(contract))
        verdict = run(origin + contract.base_path, contract, options=options)
    assert verdict.evidence.errors == []
    assert lived(verdict) == set()
