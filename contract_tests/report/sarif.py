"""The verdict as SARIF 2.1.0, for code scanning: each failure at the document's line that it breaks."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from contract_tests.checks import CHECKS, RELATIONS
from contract_tests.report.plain_text import one_line

if TYPE_CHECKING:
    from contract_tests.checks import Check, Relation
    from contract_tests.exchange import Fields
    from contract_tests.report.model import AcceptedEntry, ExchangeEntry, FailureEntry, Place, Report

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"
_RFC = re.compile(r"RFC (\d+)(?:, sections? (\d+(?:\.\d+)*))?")


def render(report: Report) -> str:
    """The log: one run, all checks as rules, each failure and warning as a result."""
    rules: list[Check | Relation] = [*CHECKS.values(), *RELATIONS.values()]
    numbers = {rule.id: number for number, rule in enumerate(rules)}
    driver = {"name": "Signoff", "version": report.version, "rules": [_rule(rule) for rule in rules]}
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": "signoff/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The working directory of the run."}}},
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
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


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
    if uri := _source_uri(rule.source):
        found["helpUri"] = uri
    return found


def _source_uri(source: str) -> str:
    """Where the first source that has an address can be read; empty where none has."""
    if source.startswith(("https://", "http://")):
        return source
    match = _RFC.search(source)
    if match is None:
        return ""
    section = f"#section-{match[2]}" if match[2] else ""
    return f"https://www.rfc-editor.org/rfc/rfc{match[1]}{section}"


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
    found: dict[str, Any] = {"artifactLocation": _artifact(place)}
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


def _artifact(place: Place) -> dict[str, str]:
    if place.path:
        return {"uri": quote(place.path), "uriBaseId": _ROOT}
    if "://" in place.file:
        return {"uri": quote(place.file, safe="/:?#[]@!$&'()*+,;=%~")}
    path = Path(place.file)
    return {"uri": path.absolute().as_uri() if path.exists() else quote(place.file)}


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
