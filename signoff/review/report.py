"""The report of a review, its JSON and its changelog. Text from the document is made safe to print.

`review.schema.json` next to this file describes the JSON.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, is_dataclass, replace
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from signoff.aliases import REPORT_VERSION, former_report
from signoff.contract.pointer import Location, split
from signoff.contract.structure import METHODS
from signoff.reporting.formats import WRITERS
from signoff.reporting.markdown import one_line, plain, plain_json, prose
from signoff.reporting.messages import counted
from signoff.reporting.model import Acceptance, Item, Level, Place, Report, Rule, relative, signoff_version
from signoff.reporting.request import FORMER_JSON
from signoff.review.cause import Cause, causes, change_fingerprint, summed
from signoff.review.change import ChangeVerdict, Counterexample
from signoff.review.excerpt import excerpt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from signoff.contract.json_value import JsonValue
    from signoff.reporting.model import Finding
    from signoff.review.change import Change, Part
    from signoff.review.changes import VersionAdvice
    from signoff.review.changes.rules import Rule as ChangeRule
    from signoff.review.outcome import Gate, Outcome, Revision
    from signoff.review.rules import Rule as FindingRule

_LONGEST_VALUE = 300
_NO_REASON = "no reason given"
_VERDICTS = {
    ChangeVerdict.BREAKING: "Breaking changes",
    ChangeVerdict.REVIEW: "Needs review",
    ChangeVerdict.COMPATIBLE: "No breaking changes",
}
_NOUNS = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFO: "info"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewReport(Report):
    """The report of a review.

    Attributes:
        outcome: the result, safe to print.
        fail_on: the names of `--fail-on`.
    """

    outcome: Outcome
    fail_on: tuple[str, ...]

    name: ClassVar[str] = "signoff review"
    titles: ClassVar[Mapping[Level, str]] = {
        Level.BREAKING: "Breaking changes",
        Level.REVIEW: "Changes that need review",
        Level.COMPATIBLE: "Compatible changes",
        Level.ERROR: "Findings",
        Level.WARNING: "Findings",
        Level.INFO: "Findings",
    }
    accepted_title: ClassVar[str] = "Suppressed"
    # A GitHub comment is limited to 65,536 characters.
    markdown_room: ClassVar[int] = 60_000

    @property
    def verdict(self) -> str:
        """The worst verdict on a change; without a base `pass` or `fail`."""
        if self.outcome.verdict is None:
            return "pass" if self.passed else "fail"
        return self.outcome.verdict.value

    @property
    def headline(self) -> str:
        """The title and version and, with a base, those of both documents."""
        document, base = self.outcome.document, self.outcome.base
        if base is None:
            return self.title
        if base.title != document.title:
            return f"{_named(base)} → {_named(document)}"
        versions = (
            document.version if base.version == document.version else f"{base.version} → {document.version}"
        )
        return f"{document.title} {versions}".strip()

    @property
    def heading(self) -> str:
        """Whether it passed, the verdict and the headline."""
        verdict = f"{_VERDICTS[self.outcome.verdict]}: " if self.outcome.verdict else ""
        return f"{'✅' if self.passed else '❌'} {verdict}{self.headline}"

    @property
    def summary(self) -> str:
        """The headline and the counts."""
        return f"{self.headline}: {self.counts}"

    @property
    def counts(self) -> str:
        """The number of changes and findings of each kind."""
        numbers = {level: len(self.of(level)) for level in Level}
        found = ", ".join(counted(numbers[level], noun) for level, noun in _NOUNS.items() if numbers[level])
        parts = [summed(causes(self.outcome.changes)) or "no changes"] if self.outcome.base else []
        parts.append(found or "no findings")
        parts += [f"{len(self.accepted)} suppressed"] if self.accepted else []
        return "; ".join(parts)

    @property
    def compared(self) -> tuple[str, ...]:
        """The sources of the document and of its base."""
        document, base = self.outcome.document, self.outcome.base
        return (_source(document), _source(base)) if base else (_source(document),)

    @property
    def facts(self) -> Mapping[str, JsonValue]:
        """The documents and what fails the review."""
        facts: dict[str, JsonValue] = dict(zip(("document", "base"), self.compared, strict=False))
        facts |= {"base version": _named(self.outcome.base)} if self.outcome.base else {}
        facts |= {"known findings": len(self.outcome.known)} if self.outcome.known else {}
        return facts | {"fails on": ", ".join(self.fail_on)}


def report_of(
    outcome: Outcome, gate: Gate, rules: Iterable[FindingRule] = (), kinds: Iterable[ChangeRule] = ()
) -> ReviewReport:
    """The report of an outcome.

    Args:
        outcome: the outcome.
        gate: what makes the review fail.
        rules: the rules that ran.
        kinds: the kinds of changes.
    """
    shown: Outcome = _printable(outcome)
    top = Location(shown.document.source, 1, 1)
    found = [
        *(_cause(cause, top) for cause in causes(shown.changes)),
        *(_finding(finding) for finding in shown.findings),
    ]
    items = tuple(replace(item, fails=gate.stops(item.level, item.id)) for item in found)
    suppressed = [
        *(
            replace(_finding(one.item), acceptance=Acceptance(one.reason or _NO_REASON))
            for one in shown.suppressed
        ),
        *(
            replace(_cause(Cause((one.item,)), top), acceptance=Acceptance(one.reason or _NO_REASON))
            for one in shown.suppressed_changes
        ),
    ]
    notes = [shown.version_advice.message] if shown.version_advice else []
    notes += ["The API has not changed."] if shown.is_unchanged else []
    notes += shown.notes
    seen = {change.id for change in (*shown.changes, *(one.item for one in shown.suppressed_changes))}
    return ReviewReport(
        version=signoff_version(),
        title=_named(shown.document),
        passed=not any(item.fails for item in items),
        items=items,
        accepted=tuple(suppressed),
        notes=tuple(notes),
        rules=(*map(_rule, rules), *(_kind(kind) for kind in kinds if kind.id in seen)),
        outcome=shown,
        fail_on=gate.names,
    )


def _printable(value: Any) -> Any:  # noqa: ANN401 - the parts of an outcome
    """An outcome with every text on one line and safe to print; counterexamples stay as they are."""
    if isinstance(value, str):
        return one_line(plain(value))
    if isinstance(value, tuple):
        return tuple(map(_printable, value))
    if is_dataclass(value) and not isinstance(value, type | Counterexample | Enum):
        return replace(
            value, **{field.name: _printable(getattr(value, field.name)) for field in fields(value)}
        )
    return value


def _cause(cause: Cause, top: Location) -> Item:
    first, operations, example = cause.changes[0], cause.operations, cause.counterexample
    others = len(operations) - 1
    operation = operations[0] if operations else ""
    subject = f"{operation} and {counted(others, 'other')}" if others > 0 else operation
    return Item(
        id=cause.id,
        level=Level(cause.verdict.value),
        message=cause.message,
        place=_place(first.after or top),
        fingerprint=cause.fingerprint,
        operation=operation,
        subject=subject or "the whole document",
        also_in=operations[1:],
        parts=cause.labels,
        before=_place(first.before) if first.before else None,
        after=_place(first.after) if first.after else None,
        counterexample=excerpt(example.value, example.at, _LONGEST_VALUE) if example else "",
    )


def _finding(finding: Finding) -> Item:
    return Item(
        id=finding.rule,
        level=Level(finding.severity.value),
        message=finding.message,
        place=_place(finding.location),
        fingerprint=finding.fingerprint,
        suggestion=finding.suggestion,
        operation=_operation_at(finding.location),
        also_in=tuple(_operation_at(place) or _place(place).brief for place in finding.also_at),
    )


def _operation_at(place: Location) -> str:
    """`METHOD /path` of the operation around a place; empty outside of operations."""
    tokens = split(place.pointer)
    is_operation = tokens[:1] == ["paths"] and len(tokens) > 2 and tokens[2] in METHODS
    return f"{tokens[2].upper()} {tokens[1]}" if is_operation else ""


def _place(place: Location) -> Place:
    return Place(place.file, place.line, place.column, place.pointer, relative(place.file))


def _rule(rule: FindingRule) -> Rule:
    tags = (rule.family, rule.profile.value)
    return Rule(
        rule.id, rule.id.replace("-", " "), rule.rationale, rule.source, tags, Level(rule.severity.value)
    )


def _kind(kind: ChangeRule) -> Rule:
    return Rule(kind.id, kind.id.replace("-", " "), kind.because)


def _named(revision: Revision) -> str:
    return f"{revision.title} {revision.version}".strip()


def _source(revision: Revision) -> str:
    """The source of a revision, with its commit if it has one."""
    return f"{revision.source} ({revision.commit})" if revision.commit else revision.source


def schema_file() -> Path:
    """The JSON Schema of the JSON report."""
    return Path(__file__).with_name("review.schema.json")


def render_json(report: ReviewReport) -> str:
    """The report as JSON."""
    return _text(_content(report))


def render_former_json(report: ReviewReport) -> str:
    """The report as JSON in the form of the previous release."""
    return _text(former_report(_content(report)))


def _text(content: dict[str, Any]) -> str:
    return plain_json(json.dumps(content, indent=2, ensure_ascii=False)) + "\n"


def _content(report: ReviewReport) -> dict[str, Any]:
    outcome = report.outcome
    return {
        "format_version": REPORT_VERSION,
        "signoff": report.version,
        "verdict": outcome.verdict.value if outcome.verdict else None,
        "passed": report.passed,
        "fail_on": list(report.fail_on),
        "document": _revision_json(outcome.document),
        "base": _revision_json(outcome.base) if outcome.base else None,
        "version": _version_json(outcome.version_advice) if outcome.version_advice else None,
        "changes": [_change_json(change) for change in outcome.changes],
        "causes": [_cause_json(cause) for cause in causes(outcome.changes)],
        "findings": [_finding_json(finding) for finding in outcome.findings],
        "suppressed": [
            {"finding": _finding_json(one.item), "reason": one.reason} for one in outcome.suppressed
        ],
        "suppressed_changes": [
            {"change": _change_json(one.item), "reason": one.reason} for one in outcome.suppressed_changes
        ],
        "known_findings": len(outcome.known),
        "turned_off_changes": [_change_json(change) for change in outcome.turned_off],
    }


def _revision_json(revision: Revision) -> dict[str, Any]:
    return asdict(revision) | {"commit": revision.commit or None}


def _version_json(advice: VersionAdvice) -> dict[str, Any]:
    return {
        "needed": advice.needed.label,
        "made": advice.made.label if advice.made is not None else None,
        "enough": advice.is_enough,
        "suggested": advice.suggested or None,
        "message": advice.message,
    }


def _change_json(change: Change) -> dict[str, Any]:
    described = asdict(change) | {
        "verdict": change.verdict.value,
        "operation": change.operation or None,
        "fingerprint": change_fingerprint(change),
    }
    counterexample = described.pop("counterexample")
    del described["part"]
    return described | ({"counterexample": counterexample["value"]} if counterexample else {})


def _cause_json(cause: Cause) -> dict[str, Any]:
    return {
        "id": cause.id,
        "verdict": cause.verdict.value,
        "message": cause.message,
        "operations": list(cause.operations),
        "changes": [change_fingerprint(change) for change in cause.changes],
    }


def _finding_json(finding: Finding) -> dict[str, Any]:
    return asdict(finding) | {
        "severity": finding.severity.value,
        "suggestion": finding.suggestion or None,
        "fingerprint": finding.fingerprint,
    }


def changelog(report: ReviewReport) -> str:
    """The changes as a section of a changelog; text from the document is escaped."""
    # Imported here: a large import that a review without a base does not need.
    from signoff.review.changes import changelog_markdown  # noqa: PLC0415

    return changelog_markdown(
        [
            replace(change, reason=prose(change.reason), part=change.part and _escaped(change.part))
            for change in report.outcome.changes
        ]
    )


def _escaped(part: Part) -> Part:
    return replace(
        part, statement=prose(part.statement), label=prose(part.label), because=prose(part.because)
    )


FORMATS: dict[str, Callable[[ReviewReport], str]] = {
    "json": render_json,
    **WRITERS,
    "changelog": changelog,
    FORMER_JSON: render_former_json,
}
