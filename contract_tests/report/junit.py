"""The verdict as JUnit XML, for CI systems: one test case a clause, one suite an operation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from contract_tests.evidence import State
from contract_tests.report.terminal import describe

if TYPE_CHECKING:
    from contract_tests.evidence import ClauseEvidence
    from contract_tests.suite import Verdict

# Characters that XML 1.0 has no way to say (section 2.2).
_UNSAYABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(verdict: Verdict) -> str:
    """The report: a clause that is violated failed, one that was not exercised was skipped."""
    clauses = list(verdict.evidence.clauses.values())
    root = ET.Element("testsuites", _counts("signoff", clauses), time=f"{verdict.elapsed_s:.3f}")
    for operation in verdict.contract.operations:
        own = [found for found in clauses if found.clause.operation == operation.id]
        suite = ET.SubElement(root, "testsuite", _counts(operation.label, own))
        for found in own:
            _case(verdict, suite, found)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _counts(name: str, clauses: list[ClauseEvidence]) -> dict[str, str]:
    states = [found.state for found in clauses]
    return {
        "name": _clean(name),
        "tests": str(len(states)),
        "failures": str(states.count(State.VIOLATED)),
        "errors": "0",
        "skipped": str(states.count(State.NOT_EXERCISED)),
    }


def _case(verdict: Verdict, suite: ET.Element, found: ClauseEvidence) -> None:
    place = verdict.contract.locate(found.clause.pointer)
    case = ET.SubElement(
        suite,
        "testcase",
        name=_clean(found.clause.title),
        classname=_clean(found.clause.id),
        file=_clean(place.file),
        line=str(place.line),
    )
    if found.state is State.NOT_EXERCISED:
        ET.SubElement(case, "skipped", message=_clean(found.reason))
    elif found.failure is not None:
        failure = ET.SubElement(
            case, "failure", message=_clean(found.failure.fault.message), type=found.failure.check.id
        )
        failure.text = _clean("\n".join(describe(verdict.contract, found.failure)))


def _clean(text: str) -> str:
    return _UNSAYABLE.sub("\N{REPLACEMENT CHARACTER}", text)
