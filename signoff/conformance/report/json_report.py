"""The verdict as JSON, for programs; `report.schema.json` beside this file describes it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from signoff.conformance.report.model import (
        Body,
        ClauseEntry,
        ExcerptLine,
        ExchangeEntry,
        FailureEntry,
        Place,
        Report,
    )

# Raised when a member goes or changes its meaning; new members may come at any time.
FORMAT_VERSION = 1


def schema_file() -> Path:
    """The JSON Schema of the report."""
    return Path(__file__).with_name("report.schema.json")


def render(report: Report) -> str:
    """The report: the verdict and what goes with it, then clauses, failures, warnings and errors."""
    content = {
        "format_version": FORMAT_VERSION,
        "signoff": report.version,
        "verdict": "pass" if report.passed else "fail",
        "complete": report.is_complete,
        "partial": list(report.cut_short),
        "title": report.title,
        "document": report.document,
        "document_digest": report.document_digest,
        "target": report.target,
        "seed": report.seed,
        "settings": dict(report.settings),
        "shard": report.shard or None,
        "operations": [
            {"id": name.id, "label": name.label, "summary": name.summary} for name in report.outline
        ],
        "requests": report.requests,
        "statuses": {str(status): count for status, count in report.statuses.items()},
        "started_at": report.started_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "elapsed_s": round(report.elapsed_s, 3),
        "clauses": [_clause(clause) for clause in report.clauses],
        "failures": [_failure(failure) for failure in report.failures],
        "accepted": [
            {**_failure(entry.failure), "reason": entry.reason, "expires": entry.expires or None}
            for entry in report.accepted
        ],
        "warnings": [_failure(failure) for failure in report.warnings],
        "errors": list(report.errors),
        "notes": list(report.notes),
        "shortfalls": list(report.shortfalls),
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _clause(clause: ClauseEntry) -> dict[str, Any]:
    return {
        "id": clause.id,
        "operation": clause.operation,
        "kind": clause.kind,
        "title": clause.title,
        "state": clause.state.value,
        "reason": clause.reason or None,
        "location": _location(clause.place),
        "evidence": _evidence(clause.exchange) if clause.exchange else None,
        "failure": clause.failure.fingerprint if clause.failure else None,
    }


def _location(place: Place) -> dict[str, Any]:
    return {
        "file": place.file,
        "path": place.path or None,
        "line": place.line,
        "column": place.column,
        "pointer": place.pointer,
    }


def _evidence(exchange: ExchangeEntry) -> dict[str, Any]:
    return {
        "request": exchange.label,
        "status": exchange.status,
        "elapsed_s": round(exchange.elapsed_s, 6),
        "curl": exchange.curl,
    }


def _failure(failure: FailureEntry) -> dict[str, Any]:
    return {
        "check": failure.check,
        "family": failure.family,
        "severity": failure.severity,
        "clause": failure.clause,
        "operation": failure.operation,
        "operation_label": failure.operation_label,
        "message": failure.message,
        "expected": failure.expected,
        "actual": failure.actual,
        "rationale": failure.rationale,
        "source": failure.source,
        "fingerprint": failure.fingerprint,
        "location": _location(failure.place),
        "excerpt": [_line(line) for line in failure.excerpt],
        **_evidence(failure.exchange),
        "exchange": _exchange(failure.exchange),
    }


def _line(line: ExcerptLine) -> dict[str, Any]:
    return {"line": line.number, "text": line.text}


def _exchange(exchange: ExchangeEntry) -> dict[str, Any]:
    return {
        "request": {
            "method": exchange.method,
            "url": exchange.url,
            "headers": [list(field) for field in exchange.request_headers],
            "body": _body(exchange.request_body),
        },
        "response": {
            "status": exchange.status,
            "headers": [list(field) for field in exchange.response_headers],
            "body": _body(exchange.response_body),
            "fault": exchange.fault or None,
        },
    }


def _body(body: Body) -> dict[str, Any]:
    return {"text": body.text, "octets": body.octets, "shortened": body.is_shortened}
