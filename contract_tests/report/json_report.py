"""The verdict as JSON, for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from contract_tests.curl import curl
from openapi.clauses import rule_id

if TYPE_CHECKING:
    from contract_tests.checks import Failure
    from contract_tests.evidence import ClauseEvidence
    from contract_tests.exchange import Exchange
    from contract_tests.suite import Verdict
    from openapi import Contract


def render(verdict: Verdict) -> str:
    """The report: `verdict`, `complete`, `seed`, `requests`, `clauses` and `failures`."""
    contract = verdict.contract
    evidence = verdict.evidence
    report = {
        "verdict": "pass" if verdict.passed else "fail",
        "complete": not verdict.errors,
        "document": contract.source_name,
        "target": verdict.target,
        "seed": verdict.options.seed,
        "requests": evidence.requests,
        "elapsed_s": round(verdict.elapsed_s, 3),
        "clauses": [_clause(contract, found) for found in evidence.clauses.values()],
        "failures": [_failure(contract, failure) for failure in [*evidence.errors, *evidence.warnings]],
        "errors": list(verdict.errors),
    }
    return json.dumps(report, indent=2, ensure_ascii=False) + "\n"


def _location(contract: Contract, pointer: str) -> dict[str, Any]:
    place = contract.locate(pointer)
    return {"file": place.file, "line": place.line, "column": place.column, "pointer": place.pointer}


def _clause(contract: Contract, found: ClauseEvidence) -> dict[str, Any]:
    return {
        "id": found.clause.id,
        "operation": found.clause.operation,
        "title": found.clause.title,
        "state": found.state.value,
        "reason": found.reason or None,
        "location": _location(contract, found.clause.pointer),
        "evidence": _evidence(found.exchange) if found.exchange else None,
    }


def _evidence(exchange: Exchange) -> dict[str, Any]:
    return {"request": exchange.label, "status": exchange.status, "curl": curl(exchange.sent)}


def _failure(contract: Contract, failure: Failure) -> dict[str, Any]:
    exchange = failure.exchange
    return {
        "check": failure.check.id,
        "severity": failure.check.severity.value,
        "clause": rule_id(exchange.subject, failure.check.id),
        "operation": exchange.subject.id,
        "message": failure.fault.message,
        "expected": failure.fault.expected,
        "actual": failure.fault.actual,
        "location": _location(contract, failure.fault.pointer or exchange.subject.pointer),
        "request": exchange.label,
        "status": exchange.status,
        "curl": curl(exchange.sent),
    }
