"""The mock of every published document keeps its contract: whatever is accused is a fault of ours."""

import pytest

import signoff
from signoff.conformance import Options, run
from signoff.mock import create_app
from tests.conftest import PUBLISHED, reference_app, running
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


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.name)
def test_the_mock_of_a_published_document_is_not_accused(path):
    contract = signoff.load(path)
    if not contract.operations:
        pytest.skip("nothing but webhooks")
    # The checks on exports need exports: the handler of the reference project.
    is_export = any(operation.id == "export_saved_report" for operation in contract.operations)
    with running(reference_app(document=contract) if is_export else create_app(contract)) as origin:
        include = () if IS_WHOLE else CHOSEN.get(path.name, ())
        options = Options(no_fuzzing=True, headers=headers_for(contract), include=include)
        verdict = run(origin + contract.base_path, contract, options=options)
    accused = [
        (failure.check.id, failure.fault, failure.exchange.sent) for failure in verdict.evidence.errors
    ]
    assert accused == []
    warnings = {failure.check.id for failure in verdict.evidence.warnings}
    assert warnings <= {
        "invalid-credentials-rejected",
        "undeclared-members",
    }  # examples may have more members
