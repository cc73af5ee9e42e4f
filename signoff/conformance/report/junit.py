"""The verdict as JUnit XML, for CI systems: one test case a clause, one suite an operation.

It keeps to the schema of Jenkins' xUnit plugin, which knows no `file` or `line` on a test case; the place
stands in the failure's text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from signoff.conformance.evidence import State
from signoff.conformance.report.terminal import describe
from signoff.reporting.junit import sayable as _clean
from signoff.reporting.plain_text import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from signoff.conformance.report.model import ClauseEntry, FailureEntry, Report

PARTIAL = "the run is complete"
REQUIRED = "what is required was shown"


def render(report: Report) -> str:
    """The report: a clause that is violated failed, one that was not exercised was skipped."""
    suites = [_suite(report, operation.label, operation.clauses) for operation in report.operations]
    has_more = report.stray_failures or report.shortfalls or not report.is_complete
    suites += [_of_run(report)] if has_more else []
    root = ET.Element("testsuites", name="signoff", time=f"{report.elapsed_s:.3f}")
    for count in ("tests", "failures", "errors"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in suites)))
    root.extend(suites)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(report: Report, name: str, clauses: Sequence[ClauseEntry]) -> ET.Element:
    states = [clause.state for clause in clauses]
    acceptance = report.acceptance
    broken = [clause.failure.fingerprint for clause in clauses if clause.failure]
    accepted = sum(fingerprint in acceptance for fingerprint in broken)
    violated = states.count(State.VIOLATED) - accepted
    skipped = states.count(State.NOT_EXERCISED) + accepted
    suite = _empty_suite(report, name, tests=len(clauses), failures=violated, skipped=skipped)
    for clause in clauses:
        case = _case(suite, clause.title, clause.id, clause.exchange.elapsed_s if clause.exchange else 0.0)
        if clause.state is State.NOT_EXERCISED:
            ET.SubElement(case, "skipped", message=_clean(clause.reason))
        elif clause.failure is not None and clause.failure.fingerprint in acceptance:
            reason = acceptance[clause.failure.fingerprint].reason
            ET.SubElement(case, "skipped", message=_clean(f"accepted by the baseline: {one_line(reason)}"))
        elif clause.failure is not None:
            _failure(case, clause.failure)
    return suite


def _of_run(report: Report) -> ET.Element:
    """What belongs to no clause: failures that none shows, what else was required, and that it is partial."""
    strays = report.stray_failures
    skipped, failures = int(not report.is_complete), len(strays) + bool(report.shortfalls)
    suite = _empty_suite(report, "run", tests=failures + skipped, failures=failures, skipped=skipped)
    for failure in strays:
        case = _case(suite, f"{failure.check}: {failure.rationale}", failure.clause)
        _failure(case, failure)
    if report.shortfalls:
        case = _case(suite, REQUIRED, "run")
        message = _clean(one_line(report.shortfalls[0]))
        ET.SubElement(case, "failure", message=message, type="require").text = _clean(
            "\n".join(report.shortfalls)
        )
    if not report.is_complete:
        reasons = "; ".join(["partial: not everything was sent", *report.cut_short, *report.errors])
        ET.SubElement(_case(suite, PARTIAL, "run"), "skipped", message=_clean(one_line(reasons)))
    return suite


def _empty_suite(report: Report, name: str, *, tests: int, failures: int, skipped: int) -> ET.Element:
    suite = ET.Element(
        "testsuite",
        name=_clean(name),
        tests=str(tests),
        failures=str(failures),
        errors="0",
        skipped=str(skipped),
        timestamp=report.started_at.strftime("%Y-%m-%dT%H:%M:%S"),
    )
    properties = ET.SubElement(suite, "properties")
    for key, value in (
        ("target", report.target),
        ("document", report.document),
        ("seed", str(report.seed)),
        ("complete", str(report.is_complete).lower()),
        ("signoff", report.version),
    ):
        ET.SubElement(properties, "property", name=key, value=_clean(value))
    return suite


def _case(suite: ET.Element, name: str, clause_id: str, elapsed_s: float = 0.0) -> ET.Element:
    return ET.SubElement(
        suite, "testcase", name=_clean(name), classname=_clean(clause_id), time=f"{elapsed_s:.3f}"
    )


def _failure(case: ET.Element, failure: FailureEntry) -> None:
    element = ET.SubElement(case, "failure", message=_clean(failure.message), type=failure.check)
    element.text = _clean("\n".join(describe(failure)))
