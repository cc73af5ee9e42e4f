"""A Schemathesis test suite that uses Signoff's checks instead of the built-in ones."""

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


_CONTRACT = signoff.load(signoff.reference_project().document)
schema = schemathesis.openapi.from_dict(_CONTRACT.document)


@cache
def _checks(base_url: str) -> list[CheckFunction]:
    custom = load_checks([str(Path(__file__).parent / "checks")])
    return checks_for(_CONTRACT, base_url, custom)


@schema.parametrize()
@settings(deadline=None, max_examples=30, derandomize=True, suppress_health_check=list(HealthCheck))
def test_properties(case: schemathesis.Case[Any], base_url: str, pytestconfig: pytest.Config) -> None:
    """Every response to a generated request matches the document and HTTP."""
    if pytestconfig.getoption("signoff_document"):
        pytest.skip("this suite only tests the project's own document")
    case.call_and_validate(base_url=base_url, checks=_checks(base_url), timeout=10)
