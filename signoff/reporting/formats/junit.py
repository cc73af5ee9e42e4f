"""A report as JUnit XML, for CI systems: one test case per requirement, and per item without one.

It conforms to the schema of Jenkins' xUnit plugin, which has no `file` or `line` on a test case; the location
is in the case's text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from signoff.reporting.markdown import one_line
from signoff.reporting.messages import describe
from signoff.reporting.model import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from signoff.reporting.model import Acceptance, ClauseEntry, Item, Report

PARTIAL = "the run is complete"
REQUIRED = "required coverage was reached"
SETUP = "the setup is right"
# Characters that XML 1.0 does not allow (section 2.2).
_INVALID_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(report: Report) -> str:
    """The report: failing items are failures; accepted items and uncovered requirements are skipped."""
    accepted = {item.fingerprint: item.acceptance for item in report.accepted}
    suites = {
        operation.label: [_clause(clause, accepted) for clause in operation.clauses]
        for operation in report.operations
    }
    shown = {clause.id for clause in report.clauses}
    for item in (*report.items, *report.accepted):
        if item.clause not in shown:
            suites.setdefault("changes" if item.level.is_of_change else "findings", []).append(_item(item))
    if whole := _whole_run(report):
        suites["run"] = whole
    # CI systems treat an empty suite as a failed run.
    suites = suites or {"findings": [_case("no findings", "findings")]}
    root = ET.Element("testsuites", name=report.name, time=f"{report.elapsed_s:.3f}")
    root.extend(_suite(report, name, cases) for name, cases in suites.items())
    for count in ("tests", "failures", "errors"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in root)))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(report: Report, name: str, cases: Sequence[ET.Element]) -> ET.Element:
    counts = {"failures": "failure", "errors": "error", "skipped": "skipped"}
    suite = ET.Element("testsuite", name=_xml_text(name), tests=str(len(cases)))
    for attribute, tag in counts.items():
        suite.set(attribute, str(sum(case.find(tag) is not None for case in cases)))
    if report.started_at:
        suite.set("timestamp", report.started_at.strftime("%Y-%m-%dT%H:%M:%S"))
    properties = ET.SubElement(suite, "properties")
    facts = {
        "verdict": report.verdict,
        **report.facts,
        "complete": str(report.is_complete).lower(),
        "signoff": report.version,
    }
    for key, value in facts.items():
        ET.SubElement(properties, "property", name=key, value=_xml_text(str(value)))
    suite.extend(cases)
    return suite


def _clause(clause: ClauseEntry, accepted: dict[str, Acceptance | None]) -> ET.Element:
    case = _case(clause.title, clause.id, clause.exchange.elapsed_s if clause.exchange else 0.0)
    if clause.state is State.NOT_COVERED:
        _skip(case, clause.reason)
    elif clause.failure is not None and clause.failure.fingerprint in accepted:
        _skip(case, f"accepted: {accepted[clause.failure.fingerprint]}")
    elif clause.failure is not None:
        _fail(case, clause.failure.id, clause.failure.message, describe(clause.failure))
    return case


def _item(item: Item) -> ET.Element:
    case = _case(
        f"{item.level.value}: {item.id}: {item.message}",
        item.clause or item.subject or item.place.pointer or item.place.file,
    )
    if item.acceptance:
        _skip(case, f"accepted: {item.acceptance}")
    elif item.fails:
        _fail(case, item.id, item.message, describe(item))
    else:
        ET.SubElement(case, "system-out").text = _xml_text("\n".join(describe(item)))
    return case


def _whole_run(report: Report) -> list[ET.Element]:
    """Test cases for the whole run: its setup, required coverage, and whether the run is partial."""
    cases = []
    if report.setup_problem:
        cases.append(_case(SETUP, "run"))
        _fail(cases[-1], "setup", report.setup_problem, [report.setup_problem])
    if report.shortfalls:
        cases.append(_case(REQUIRED, "run"))
        _fail(cases[-1], "require", report.shortfalls[0], report.shortfalls)
    if report.partial:
        cases.append(_case(PARTIAL, "run"))
        _skip(cases[-1], "; ".join(["partial run", *report.cut_short, *report.errors]))
    return cases


def _case(name: str, place: str, elapsed_s: float = 0.0) -> ET.Element:
    return ET.Element(
        "testcase", name=_xml_text(one_line(name)), classname=_xml_text(place), time=f"{elapsed_s:.3f}"
    )


def _skip(case: ET.Element, reason: str) -> None:
    ET.SubElement(case, "skipped", message=_xml_text(one_line(reason)))


def _fail(case: ET.Element, kind: str, message: str, lines: Sequence[str]) -> None:
    failure = ET.SubElement(case, "failure", message=_xml_text(one_line(message)), type=kind)
    failure.text = _xml_text("\n".join(lines))


def _xml_text(text: str) -> str:
    """The text without characters that XML does not allow."""
    return _INVALID_XML.sub("\N{REPLACEMENT CHARACTER}", text)
