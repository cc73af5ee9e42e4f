"""A report as SARIF 2.1.0, for code scanning: one result per item at the document's line."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from signoff.aliases import CHANGES, CHECKS, RULES
from signoff.reporting.markdown import one_line
from signoff.reporting.messages import fingerprints, sentence
from signoff.reporting.model import Rule

if TYPE_CHECKING:
    from signoff.reporting.model import Exchange, Fields, Item, Place, Report

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"  # the base of relative paths
_FORMER_IDS = {name: former for former, name in {**CHECKS, **RULES, **CHANGES}.items()}
_RFC = re.compile(r"RFC (\d+)(?:, sections? (\d+(?:\.\d+)*))?")


def render(report: Report) -> str:
    """The log: one run with all rules, and each item as a result."""
    items = [*report.items, *report.accepted]
    rules = {rule.id: rule for rule in report.rules}
    for item in items:
        rules.setdefault(item.id, Rule(item.id, item.id.replace("-", " ")))
    numbers = {name: number for number, name in enumerate(rules)}
    results = [
        {"ruleIndex": numbers[item.id], **_result(item), "partialFingerprints": {"signoff/v1": fingerprint}}
        for item, fingerprint in zip(items, fingerprints(items), strict=True)
    ]
    driver = {"name": "Signoff", "version": report.version, "rules": [_rule(rule) for rule in rules.values()]}
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"{report.name.replace(' ', '-')}/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The working directory of the run."}}},
        "invocations": [_invocation(report)],
        "results": results,
        "properties": {
            "verdict": report.verdict,
            "passed": report.passed,
            "complete": report.is_complete,
            **report.facts,
        },
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    found: dict[str, Any] = {"id": rule.id, "shortDescription": {"text": rule.statement}}
    if rule.rationale:
        source = f" Source: {rule.source}." if rule.source else ""
        found["fullDescription"] = {"text": rule.rationale}
        found["help"] = {"text": f"{rule.rationale}{source}"}
    if rule.level:
        found["defaultConfiguration"] = {"level": rule.level.weight}
    if rule.tags:
        found["properties"] = {"tags": list(rule.tags)}
    if uri := source_uri(rule.source):
        found["helpUri"] = uri
    if rule.id in _FORMER_IDS:
        found["deprecatedIds"] = [_FORMER_IDS[rule.id]]
    return found


def source_uri(source: str) -> str:
    """The URL of the first source that has one; empty if none has."""
    if source.startswith(("https://", "http://")):
        return source.split(maxsplit=1)[0]
    match = _RFC.search(source)
    if match is None:
        return ""
    section = f"#section-{match[2]}" if match[2] else ""
    return f"https://www.rfc-editor.org/rfc/rfc{match[1]}{section}"


def _invocation(report: Report) -> dict[str, Any]:
    remarks = [(text, level.weight) for _, text, level in report.remarks]
    remarks += [(text, "warning") for text in report.cut_short]
    invocation: dict[str, Any] = {
        "executionSuccessful": report.is_complete,
        "toolExecutionNotifications": [
            {"level": level, "message": {"text": one_line(text)}} for text, level in remarks
        ],
    }
    if report.started_at:
        ended_at = report.started_at + timedelta(seconds=report.elapsed_s)
        for key, moment in (("startTimeUtc", report.started_at), ("endTimeUtc", ended_at)):
            invocation[key] = moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return invocation


def _result(item: Item) -> dict[str, Any]:
    location: dict[str, Any] = _location(item.place, item.clause)
    properties = {
        "verdict": item.level.value if item.level.is_of_change else "",
        "operation": item.subject,
        "counterexample": item.counterexample,
    }
    result: dict[str, Any] = {
        "ruleId": item.id,
        "level": item.level.weight,
        "message": {"text": sentence(item)},
        "locations": [location],
        "properties": {name: value for name, value in properties.items() if value},
    }
    if item.excerpt:
        location["physicalLocation"]["contextRegion"] = {
            "startLine": item.excerpt[0].line,
            "endLine": item.excerpt[-1].line,
            "snippet": {"text": "\n".join(line.text for line in item.excerpt)},
        }
    if item.before:
        result["relatedLocations"] = [_location(item.before) | {"message": {"text": "before"}}]
    if item.exchange:
        result["properties"]["curl"] = item.exchange.curl
        result |= _web(item.exchange)
    if item.acceptance:  # viewers hide suppressed results
        justification = str(item.acceptance)
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": justification}]
    return result


def _location(place: Place, name: str = "") -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": artifact(place.file, place.path)}
    if place.line:
        physical["region"] = {"startLine": place.line, "startColumn": max(1, place.column)}
    found: dict[str, Any] = {"physicalLocation": physical}
    if name or place.pointer:
        found["logicalLocations"] = [{"fullyQualifiedName": name or place.pointer, "kind": "member"}]
    return found


def artifact(file: str, path: str) -> dict[str, str]:
    """SARIF's artifact location of a file.

    Args:
        file: as the user named it.
        path: its relative path, from `relative`.
    """
    if path:
        return {"uri": quote(path), "uriBaseId": _ROOT}
    if "://" in file:
        return {"uri": quote(file, safe="/:?#[]@!$&'()*+,;=%~")}
    found = Path(file)
    return {"uri": found.absolute().as_uri() if found.exists() else quote(file)}


def _web(exchange: Exchange) -> dict[str, Any]:
    request, response = exchange.request, exchange.response
    return {
        "webRequest": {
            "method": request.method,
            "target": request.url,
            "headers": _joined(request.headers),
            "body": {"text": request.body.text},
        },
        "webResponse": {
            "statusCode": response.status,
            "reasonPhrase": response.reason,
            "headers": _joined(response.headers),
            "body": {"text": response.body.text},
        }
        if response.status
        else {"noResponseReceived": True},
    }


def _joined(fields: Fields) -> dict[str, str]:
    """Header fields by name; repeated ones joined (RFC 9110, section 5.3)."""
    joined: dict[str, str] = {}
    for name, value in fields:
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return joined
