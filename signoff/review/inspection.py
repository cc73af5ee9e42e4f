"""One document against the rules: read, ask each rule, fold repetitions, apply suppressions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from signoff.reporting.findings import Finding, Severity
from signoff.review import subject as subjects
from signoff.review.configuration import Configuration
from signoff.review.outcome import WaivedFinding
from signoff.review.rules import RULES, Profile
from signoff.review.suppressions import EXPIRED, STALE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from signoff.contract.contract import Contract
    from signoff.contract.source import Source
    from signoff.review.rules import Fault, Rule
    from signoff.review.subject import Subject

_GENERAL = "invalid-spec"  # says in general what other rules say in particular
_SCHEMA_FAMILIES = ("impossible_schemas", "keywords", "patterns", "specification")
_FIXES = {STALE: "Remove it.", EXPIRED: "Mend what it waived, or give it a later date."}
_MOST_ALIKE = 2  # as many findings of one wording stand for themselves; more are folded into the first


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a document is and what is the matter with it.

    Attributes:
        contract: the document, understood.
        findings: in the order of their places.
        waived: what a waiver accepts.
    """

    contract: Contract
    findings: tuple[Finding, ...]
    waived: tuple[WaivedFinding, ...] = ()


def review_document(
    source: str | Path | Source,
    configuration: Configuration | None = None,
    *,
    allow_remote_refs: bool = False,
    today: date | None = None,
) -> Inspection:
    """Judge a document as its author wrote it.

    Args:
        source: a path, an `http(s)` URL, `-` for standard input, `revision:path`, or what was read.
        configuration: which rules are asked and what is accepted; the essential ones by default.
        allow_remote_refs: whether `$ref`s that lead to the network may be fetched.
        today: the day to judge the expiry of waivers by; the present one (UTC) by default.

    Raises:
        SourceError: the document cannot be read.
        DocumentError: it is not YAML or JSON, not OpenAPI, or too broken to be worked with.
    """
    asked = configuration or Configuration()
    subject = subjects.read(source, allow_remote_refs=allow_remote_refs)
    findings, waived = _suppressed(subject, asked, today or datetime.now(UTC).date())
    return Inspection(subject.contract, tuple(_folded(findings)), tuple(waived))


def _suppressed(
    subject: Subject, configuration: Configuration, today: date
) -> tuple[list[Finding], list[WaivedFinding]]:
    """What is found but not accepted, with a finding for each waiver that no longer fits; and the rest."""
    valid = [waiver for waiver in configuration.waivers if not waiver.is_expired(today)]
    used: set[int] = set()
    left, waived = [], []
    for finding in _findings(subject, configuration):
        operations = tuple(_operations_at(subject, finding)) if valid else ()
        fitting = [waiver for waiver in valid if waiver.fits(finding, operations)]
        used.update(id(waiver) for waiver in fitting)
        if fitting:
            waived.append(WaivedFinding(finding, fitting[0].reason))
        else:
            left.append(finding)
    for waiver in configuration.waivers:
        # A waiver of a rule that is not asked, or of another document's file, cannot be judged.
        is_asked = waiver.rule in RULES and configuration.asks(RULES[waiver.rule])
        is_judged = is_asked and any(waiver.fits_file(file.name) for file in subject.written.files)
        if waiver.is_expired(today):
            rule, why = EXPIRED, f"expired on {waiver.expires}"
        elif is_judged and id(waiver) not in used:
            rule, why = STALE, "fits no finding any more"
        else:
            continue
        severity = configuration.rules.get(rule, Severity.WARNING)
        message = f"the waiver of {waiver.rule} {why} (its reason: {waiver.reason})"
        if severity is not None:
            left.append(Finding(rule, severity, message, _FIXES[rule], waiver.location))
    return left, waived


def _findings(subject: Subject, configuration: Configuration) -> list[Finding]:
    told = [
        (rule, fault) for rule in RULES.values() if configuration.asks(rule) for fault in rule.find(subject)
    ]
    order = {file.name: number for number, file in enumerate(subject.written.files)}
    severities = configuration.rules
    found = {
        (rule.id, finding.message, finding.location.file, finding.location.pointer): finding
        for rule, fault in _unexplained(told)
        for finding in [_finding(subject, rule, fault, severities.get(rule.id))]
    }
    ranks = list(RULES)

    def place(finding: Finding) -> tuple[int, int, int, int, str]:
        at = finding.location
        return order.get(at.file, 0), at.line, at.column, ranks.index(finding.rule), finding.message

    return sorted(found.values(), key=place)


def _finding(subject: Subject, rule: Rule, fault: Fault, asked: Severity | None) -> Finding:
    severity = asked or fault.severity or rule.severity
    return Finding(rule.id, severity, fault.message, fault.suggestion, subject.locate(fault.pointer))


def _unexplained(told: Sequence[tuple[Rule, Fault]]) -> list[tuple[Rule, Fault]]:
    """Without the faults of general rules where a more particular rule of the kit says what is wrong."""
    kit = [(rule, fault.pointer) for rule, fault in told if fault.pointer and not rule.is_own]
    particular = {p for rule, p in kit if rule.id != _GENERAL and rule.profile is Profile.ESSENTIAL}
    places = _with_holders(particular)
    schemas = _with_holders(pointer for rule, pointer in kit if rule.family in _SCHEMA_FAMILIES)

    def is_explained(rule: Rule, fault: Fault) -> bool:
        if rule.id != _GENERAL:
            return fault.cause is not None and fault.cause in schemas
        parts = fault.pointer.split("/")
        around = {"/".join(parts[:length]) for length in range(2, len(parts) + 1)}
        # where nothing of a choice fits, the field that decides it gets the blame: `in`
        chosen = fault.pointer.removesuffix("/in")
        return chosen in places or fault.pointer in places or bool(around & particular)

    return [(rule, fault) for rule, fault in told if not is_explained(rule, fault)]


def _with_holders(pointers: Iterable[str]) -> frozenset[str]:
    """The pointers, what holds each, and what holds the list that each is a member of."""
    found = set()
    for pointer in pointers:
        holder, _, last = pointer.rpartition("/")
        found |= {pointer, holder, holder.rpartition("/")[0] if last.isdecimal() else holder}
    return frozenset(found)


def _folded(findings: Sequence[Finding]) -> Iterator[Finding]:
    """Of many findings in the same words only the first, which tells how many more there are."""
    alike: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        alike.setdefault((finding.rule, finding.message), []).append(finding)
    for finding in findings:
        group = alike[finding.rule, finding.message]
        if len(group) <= _MOST_ALIKE:
            yield finding
        elif finding is group[0]:
            places = [other.location for other in group[1:]]
            shown = [f"line {at.line}" if at.line else at.pointer for at in (places[0], places[-1])]
            more = f"The same stands at {len(places)} other places, such as {' and '.join(shown)}."
            yield replace(finding, suggestion=f"{finding.suggestion} {more}".strip())


def _operations_at(subject: Subject, finding: Finding) -> Iterator[str]:
    """The ids and labels of the operations that a finding stands in, or whose path item it stands in."""
    for operation in subject.operations:
        inside = subject.locate(operation.pointer)
        around = subject.locate(operation.item_pointer)
        at = finding.location
        if (at.file == inside.file and f"{at.pointer}/".startswith(f"{inside.pointer}/")) or (
            at.file == around.file and at.pointer in (around.pointer, f"{around.pointer}/parameters")
        ):
            yield from (operation.label, str(operation.value.get("operationId", "")))
