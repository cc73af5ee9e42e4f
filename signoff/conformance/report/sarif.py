"""The verdict as SARIF 2.1.0, for code scanning: each failure at the document's line that it breaks."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from signoff.conformance.checks import KIT
from signoff.reporting.place import SARIF_ROOT, sarif_artifact
from signoff.reporting.plain_text import one_line
from signoff.reporting.sarif import log, source_uri

if TYPE_CHECKING:
    from signoff.conformance.checks import Check, Relation
    from signoff.conformance.exchange import Fields
    from signoff.conformance.report.model import AcceptedEntry, ExchangeEntry, FailureEntry, Report


def render(report: Report) -> str:
    """The log: one run, all checks as rules, each failure and warning as a result."""
    rules = KIT.entries
    numbers = {rule.id: number for number, rule in enumerate(rules)}
    driver = {"name": "Signoff", "version": report.version, "rules": [_rule(rule) for rule in rules]}
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": "signoff/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {SARIF_ROOT: {"description": {"text": "The working directory of the run."}}},
        "invocations": [_invocation(report)],
        "results": [
            *(_result(failure, numbers) for failure in [*report.failures, *report.warnings]),
            *(_suppressed(entry, numbers) for entry in report.accepted),
        ],
        "properties": {
            "verdict": "pass" if report.passed else "fail",
            "complete": report.is_complete,
            "target": report.target,
            "seed": report.seed,
            **({"shard": report.shard} if report.shard else {}),
        },
    }
    return log(run)


def _rule(rule: Check | Relation) -> dict[str, Any]:
    statement = one_line(rule.find.__doc__ or rule.id)
    found: dict[str, Any] = {
        "id": rule.id,
        "shortDescription": {"text": statement},
        "fullDescription": {"text": rule.rationale},
        "help": {"text": f"{rule.rationale} Source: {rule.source}."},
        "defaultConfiguration": {"level": rule.severity.value},
        "properties": {"tags": [rule.family]},
    }
    if uri := source_uri(rule.source):
        found["helpUri"] = uri
    return found


def _invocation(report: Report) -> dict[str, Any]:
    ended_at = report.started_at + timedelta(seconds=report.elapsed_s)
    return {
        "executionSuccessful": report.is_complete,
        "startTimeUtc": report.started_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "endTimeUtc": ended_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "toolExecutionNotifications": [
            *({"level": "error", "message": {"text": one_line(error)}} for error in report.errors),
            *({"level": "warning", "message": {"text": one_line(text)}} for text in report.cut_short),
            *({"level": "error", "message": {"text": one_line(why)}} for why in report.shortfalls),
            *({"level": "note", "message": {"text": one_line(note)}} for note in report.notes),
        ],
    }


def _result(failure: FailureEntry, numbers: dict[str, int]) -> dict[str, Any]:
    sentence = (
        f"{one_line(failure.message)}. Expected {one_line(failure.expected)};"
        f" came {one_line(failure.actual) or 'nothing'}."
    )
    result: dict[str, Any] = {
        "ruleId": failure.check,
        "level": failure.severity,
        "message": {"text": sentence},
        "locations": [
            {
                "physicalLocation": _physical(failure),
                "logicalLocations": [{"fullyQualifiedName": failure.clause, "kind": "member"}],
            }
        ],
        "partialFingerprints": {"signoff/v1": failure.fingerprint},
        "webRequest": _request(failure.exchange),
        "webResponse": _response(failure.exchange),
        "properties": {"operation": failure.operation_label, "curl": failure.exchange.curl},
    }
    if failure.check in numbers:
        result["ruleIndex"] = numbers[failure.check]
    return result


def _suppressed(entry: AcceptedEntry, numbers: dict[str, int]) -> dict[str, Any]:
    """A failure that a baseline accepts: readers of SARIF keep it out of what is open."""
    until = f" Until {entry.expires}." if entry.expires else ""
    suppression = {"kind": "external", "status": "accepted", "justification": f"{entry.reason}{until}"}
    return {**_result(entry.failure, numbers), "suppressions": [suppression]}


def _physical(failure: FailureEntry) -> dict[str, Any]:
    place = failure.place
    found: dict[str, Any] = {"artifactLocation": sarif_artifact(place.file, place.path)}
    if place.line:
        found["region"] = {"startLine": place.line, "startColumn": max(1, place.column)}
        if failure.excerpt:
            text = "\n".join(line.text for line in failure.excerpt)
            last = failure.excerpt[-1].number
            found["contextRegion"] = {
                "startLine": failure.excerpt[0].number,
                "endLine": last,
                "snippet": {"text": text},
            }
    return found


def _request(exchange: ExchangeEntry) -> dict[str, Any]:
    return {
        "method": exchange.method,
        "target": exchange.url,
        "headers": _joined(exchange.request_headers),
        "body": {"text": exchange.request_body.text},
    }


def _response(exchange: ExchangeEntry) -> dict[str, Any]:
    if not exchange.status:
        return {"noResponseReceived": True}
    return {
        "statusCode": exchange.status,
        "reasonPhrase": exchange.reason,
        "headers": _joined(exchange.response_headers),
        "body": {"text": exchange.response_body.text},
    }


def _joined(fields: Fields) -> dict[str, str]:
    """Fields by name, as SARIF wants them; repeated ones joined (RFC 9110, section 5.3)."""
    joined: dict[str, str] = {}
    for name, value in fields:
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return joined
