"""The verdict as pytest tests: `pytest contract_tests --target URL`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contract_tests.evidence import State
from contract_tests.report import failure_entry
from contract_tests.report.terminal import describe

if TYPE_CHECKING:
    from contract_tests.verdict import Verdict


def test_clause(verdict: Verdict, clause_id: str) -> None:
    """The clause is kept; one that was not exercised is skipped with its reason."""
    found = verdict.evidence.clauses[clause_id]
    if found.state is State.NOT_EXERCISED:
        pytest.skip(found.reason)
    if found.failure is not None:
        pytest.fail("\n".join(describe(failure_entry(verdict, found.failure))), pytrace=False)
