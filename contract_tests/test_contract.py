"""The verdict as pytest tests: `pytest contract_tests --target URL`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from signoff.conformance.evidence import State
from signoff.conformance.report.terminal import describe

if TYPE_CHECKING:
    from signoff.conformance.report import Report


def test_clause(report: Report, clause_id: str) -> None:
    """The clause is kept; one that was not exercised is skipped with its reason."""
    operations = (operation.clauses for operation in report.operations)
    found = next(clause for clauses in operations for clause in clauses if clause.id == clause_id)
    if found.state is State.NOT_EXERCISED:
        pytest.skip(found.reason)
    if found.failure is not None:
        pytest.fail("\n".join(describe(found.failure)), pytrace=False)
