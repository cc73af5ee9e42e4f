"""A review as SARIF 2.1.0, for code scanning: each finding and change at the document's line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from signoff.reporting.findings import Severity
from signoff.reporting.place import SARIF_ROOT, sarif_artifact
from signoff.reporting.sarif import log, source_uri
from signoff.review.change import ChangeVerdict
from signoff.review.report import messages
from signoff.review.report.model import change_fingerprint, path_of, told_apart

if TYPE_CHECKING:
    from signoff.contract.location import Location
    from signoff.reporting.findings import Finding
    from signoff.review.change import Change
    from signoff.review.report.model import Report
    from signoff.review.rules import Rule

_PRINT = "signoff/v1"
_OF_CHANGES = {
    ChangeVerdict.BREAKING: "error",
    ChangeVerdict.REVIEW: "warning",
    ChangeVerdict.COMPATIBLE: "note",
}
_OF_FINDINGS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def render(report: Report) -> str:
    """The log: one run, all rules, each change, finding and waived finding as a result."""
    outcome = report.outcome
    results = [_change(report, change) for change in outcome.changes]
    results += [_finding(finding) for finding in outcome.findings]
    for waived in outcome.waived:
        suppression = {"kind": "external", "justification": waived.reason}
        results.append(_finding(waived.finding) | {"suppressions": [suppression]})
    rules = _rules(report)
    numbers = {rule["id"]: number for number, rule in enumerate(rules)}
    prints = list(told_apart(result["partialFingerprints"][_PRINT] for result in results))
    for result, fingerprint in zip(results, prints, strict=True):
        result["ruleIndex"] = numbers[result["ruleId"]]
        result["partialFingerprints"][_PRINT] = fingerprint
    return log(
        {
            "tool": {"driver": {"name": "Signoff", "version": report.signoff, "rules": rules}},
            "automationDetails": {"id": "signoff-review/"},
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": {
                SARIF_ROOT: {"description": {"text": "The working directory of the run."}}
            },
            "results": results,
            "properties": _properties(report),
        }
    )


def _properties(report: Report) -> dict[str, Any]:
    base, verdict = report.outcome.base, report.outcome.verdict
    return {
        "passed": report.passed,
        "verdict": verdict.value if verdict else None,
        "document": messages.source(report.outcome.document),
        "base": messages.source(base) if base else None,
    }


def _rules(report: Report) -> list[dict[str, Any]]:
    """The rules of the review, then the kinds of change and what else was found here."""
    described = [_rule(rule) for rule in report.rules]
    known = {rule.id for rule in report.rules}
    kinds = [change.id for change in report.outcome.changes]
    kinds += [finding.rule for finding in report.outcome.findings]
    kinds += [waived.finding.rule for waived in report.outcome.waived]
    why = {rule.id: rule.because for rule in report.kinds}
    unknown = [kind for kind in dict.fromkeys(kinds) if kind not in known]
    return described + [_kind(kind, why.get(kind, "")) for kind in unknown]


def _kind(name: str, why: str) -> dict[str, Any]:
    described: dict[str, Any] = {"id": name, "shortDescription": {"text": name.replace("-", " ")}}
    return described | ({"fullDescription": {"text": why}} if why else {})


def _rule(rule: Rule) -> dict[str, Any]:
    described: dict[str, Any] = {
        "id": rule.id,
        "shortDescription": {"text": rule.id.replace("-", " ")},
        "fullDescription": {"text": rule.rationale},
        "help": {"text": f"{rule.rationale} Source: {rule.source}."},
        "defaultConfiguration": {"level": _OF_FINDINGS[rule.severity]},
        "properties": {"tags": [rule.family, rule.profile.value]},
    }
    if uri := source_uri(rule.source):
        described["helpUri"] = uri
    return described


def _change(report: Report, change: Change) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": change.id,
        "level": _OF_CHANGES[change.verdict],
        "message": {"text": f"{messages.subject(change)}: {change.reason}"},
        "locations": [_location(report.anchor(change))],
        "partialFingerprints": {_PRINT: change_fingerprint(change)},
        "properties": {"verdict": change.verdict.value, "operation": change.operation},
    }
    if change.counterexample is not None:
        result["properties"]["counterexample"] = messages.value(change.counterexample)
    if change.before is not None:
        result["relatedLocations"] = [_location(change.before) | {"message": {"text": "before"}}]
    return result


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "ruleId": finding.rule,
        "level": _OF_FINDINGS[finding.severity],
        "message": {"text": messages.sentences(finding.message, finding.mend)},
        "locations": [_location(finding.location)],
        "partialFingerprints": {_PRINT: finding.fingerprint},
    }


def _location(place: Location) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": sarif_artifact(place.file, path_of(place))}
    if place.line:
        physical["region"] = {"startLine": place.line, "startColumn": max(1, place.column)}
    found: dict[str, Any] = {"physicalLocation": physical}
    if place.pointer:
        found["logicalLocations"] = [{"fullyQualifiedName": place.pointer, "kind": "member"}]
    return found
