"""A plain Schemathesis suite over the document, with the kit's checks in place of Schemathesis' own."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings

import signoff
from signoff.conformance import load_checks
from signoff.conformance.schemathesis_checks import checks_for

if TYPE_CHECKING:
    from signoff.conformance.schemathesis_checks import CheckFunction


@pytest.fixture(scope="session")
def api(pytestconfig: pytest.Config) -> Any:  # noqa: ANN401 - Schemathesis' schema
    """The document as Schemathesis reads it."""
    document = pytestconfig.getoption("signoff_document") or signoff.default_document()
    return schemathesis.openapi.from_dict(signoff.load(document).document)


schema = schemathesis.pytest.from_fixture("api")


@cache
def _checks(document: str, base_url: str) -> list[CheckFunction]:
    own = load_checks([str(Path(__file__).parent / "checks")])
    return checks_for(signoff.load(document), base_url, own)


@schema.parametrize()
@settings(deadline=None, max_examples=30, derandomize=True, suppress_health_check=list(HealthCheck))
def test_properties(case: schemathesis.Case, base_url: str, pytestconfig: pytest.Config) -> None:
    """No generated request gets a response that breaks the document or HTTP."""
    document = str(pytestconfig.getoption("signoff_document") or signoff.default_document())
    case.call_and_validate(base_url=base_url, checks=_checks(document, base_url), timeout=10)
