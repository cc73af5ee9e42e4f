"""A review as JSON, for programs; `review.schema.json` beside this file describes it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from signoff.reporting.plain_text import plain_json
from signoff.review.report.from_outcome import change_fingerprint

if TYPE_CHECKING:
    from signoff.reporting.findings import Finding
    from signoff.review.change import Change
    from signoff.review.changes import VersionAdvice
    from signoff.review.outcome import Revision
    from signoff.review.report.from_outcome import ReviewReport

# Raised when a member goes or changes its meaning; new members may come at any time.
FORMAT_VERSION = 1


def schema_file() -> Path:
    """The JSON Schema of the report."""
    return Path(__file__).with_name("review.schema.json")


def render(report: ReviewReport) -> str:
    """The report: the verdict and what goes with it, then changes, findings and what is waived."""
    outcome = report.outcome
    content = {
        "format_version": FORMAT_VERSION,
        "signoff": report.version,
        "verdict": outcome.verdict.value if outcome.verdict else None,
        "passed": report.passed,
        "fail_on": list(report.fail_on),
        "document": _revision(outcome.document),
        "base": _revision(outcome.base) if outcome.base else None,
        "version": _version(outcome.version_advice) if outcome.version_advice else None,
        "changes": [_change(change) for change in outcome.changes],
        "findings": [_finding(finding) for finding in outcome.findings],
        "waived": [
            {"finding": _finding(waived.finding), "reason": waived.reason} for waived in outcome.waived
        ],
    }
    return plain_json(json.dumps(content, indent=2, ensure_ascii=False)) + "\n"


def _revision(revision: Revision) -> dict[str, Any]:
    return {
        "source": revision.source,
        "commit": revision.commit or None,
        "title": revision.title,
        "version": revision.version,
    }


def _version(advice: VersionAdvice) -> dict[str, Any]:
    return {
        "needed": advice.needed.label,
        "made": advice.made.label if advice.made is not None else None,
        "enough": advice.is_enough,
        "suggested": advice.suggested or None,
        "message": advice.message,
    }


def _change(change: Change) -> dict[str, Any]:
    described: dict[str, Any] = {
        "id": change.id,
        "verdict": change.verdict.value,
        "reason": change.reason,
        "operation": change.operation or None,
        "also_in": list(change.also_in),
        "before": asdict(change.before) if change.before else None,
        "after": asdict(change.after) if change.after else None,
        "fingerprint": change_fingerprint(change),
    }
    if change.counterexample is not None:
        described["counterexample"] = change.counterexample.value
    return described


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message,
        "mend": finding.mend or None,
        "location": asdict(finding.location),
        "fingerprint": finding.fingerprint,
    }
