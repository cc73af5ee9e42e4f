"""A review as JUnit XML, for CI systems: one test case a change and one a finding.

It keeps to the schema of Jenkins' xUnit plugin; what makes the review fail is a failure, all else passes and
says what it is in its output.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from signoff.reporting.junit import sayable
from signoff.review.report import messages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from signoff.reporting.findings import Finding
    from signoff.review.change import Change
    from signoff.review.report.model import Report


def render(report: Report) -> str:
    """The report: a suite of changes, where there is a base, and one of findings."""
    outcome, gate = report.outcome, report.gate
    suites = [
        _suite(report, "changes", [_change(change, gate.stops_change(change)) for change in outcome.changes])
        for _ in [outcome.base]
        if outcome.base is not None
    ]
    findings = [_finding(finding, gate.stops_finding(finding)) for finding in outcome.findings]
    suites.append(_suite(report, "findings", findings))
    root = ET.Element("testsuites", name="signoff review")
    for count in ("tests", "failures", "errors"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in suites)))
    root.extend(suites)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(report: Report, name: str, cases: Sequence[ET.Element]) -> ET.Element:
    # Readers take an empty suite for a run that went wrong.
    held = cases or [ET.Element("testcase", name=f"no {name}", classname=f"review.{name}")]
    suite = ET.Element(
        "testsuite",
        name=name,
        tests=str(len(held)),
        failures=str(sum(case.find("failure") is not None for case in held)),
        errors="0",
        skipped="0",
    )
    properties = ET.SubElement(suite, "properties")
    base = report.outcome.base
    for key, value in (
        ("document", messages.source(report.outcome.document)),
        ("base", messages.source(base) if base else ""),
        ("verdict", report.outcome.verdict.value if report.outcome.verdict else ""),
        ("signoff", report.signoff),
    ):
        ET.SubElement(properties, "property", name=key, value=sayable(value))
    suite.extend(held)
    return suite


def _change(change: Change, fails: bool) -> ET.Element:
    told = [change.reason]
    if change.counterexample is not None:
        told.append(f"shown by {messages.value(change.counterexample)}")
    told += [f"before {change.before}"] if change.before else []
    told += [f"after {change.after}"] if change.after else []
    name = f"{change.verdict.value}: {change.id}: {change.reason}"
    return _case(name, messages.subject(change), change.id, told, fails=fails)


def _finding(finding: Finding, fails: bool) -> ET.Element:
    told = [finding.message, *filter(None, [finding.mend]), f"at {finding.location}"]
    name = f"{finding.severity.value}: {finding.message}"
    return _case(name, finding.location.pointer or finding.location.file, finding.rule, told, fails=fails)


def _case(name: str, place: str, kind: str, told: Sequence[str], *, fails: bool) -> ET.Element:
    case = ET.Element("testcase", name=sayable(name), classname=sayable(place))
    text = sayable("\n".join(told))
    if fails:
        ET.SubElement(case, "failure", message=sayable(told[0]), type=kind).text = text
    else:
        ET.SubElement(case, "system-out").text = text
    return case
