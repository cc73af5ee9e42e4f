"""Lint a document: run the rules, apply suppressions, group repeated findings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from signoff.reporting.model import Finding, Severity
from signoff.review import subject as subjects
from signoff.review.configuration import Configuration
from signoff.review.outcome import SuppressedFinding
from signoff.review.rules import RULES, Profile
from signoff.review.suppressions import EXPIRED, UNUSED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from signoff.contract.contract import Contract
    from signoff.contract.pointer import Location
    from signoff.contract.source import Source
    from signoff.review.rules import Fault, Rule
    from signoff.review.subject import Subject

_GENERAL = "invalid-spec"  # reports in general what other rules report in detail
_SCHEMA_FAMILIES = ("impossible_schemas", "keywords", "patterns", "specification")
_FIXES = {UNUSED: "Remove it.", EXPIRED: "Fix the finding or set a later date."}
_MOST_UNGROUPED = 2  # so many findings with the same message are listed one by one; more become one finding
_SHOWN_PLACES = 5


@dataclass(frozen=True, slots=True)
class Inspection:
    """A parsed document and the findings on it.

    Attributes:
        contract: the parsed document.
        findings: in document order.
        suppressed: the suppressed findings.
    """

    contract: Contract
    findings: tuple[Finding, ...]
    suppressed: tuple[SuppressedFinding, ...] = ()


def review_document(
    source: str | Path | Source,
    configuration: Configuration | None = None,
    *,
    allow_remote_refs: bool = False,
    today: date | None = None,
) -> Inspection:
    """Lint a document.

    Args:
        source: a path, an `http(s)` URL, `-` for standard input, `revision:path`, or a `Source`.
        configuration: which rules run and what is suppressed; the essential rules by default.
        allow_remote_refs: whether to fetch `$ref`s to http(s) URLs.
        today: the day to check `expires` against; the current day (UTC) by default.

    Raises:
        SourceError: the document can't be read.
        DocumentError: it is not YAML or JSON, not OpenAPI, or too invalid to review.
    """
    configured = configuration or Configuration()
    subject = subjects.read(source, allow_remote_refs=allow_remote_refs)
    findings, suppressed = _suppressed(subject, configured, today or datetime.now(UTC).date())
    return Inspection(subject.contract, tuple(_grouped(findings)), tuple(suppressed))


def _suppressed(
    subject: Subject, configuration: Configuration, today: date
) -> tuple[list[Finding], list[SuppressedFinding]]:
    """The remaining findings, including those on the suppressions themselves, and the suppressed ones."""
    valid = [one for one in configuration.suppressions if not one.is_expired(today)]
    used: set[int] = set()
    left, suppressed = [], []
    for finding in _findings(subject, configuration):
        operations = tuple(_operations_at(subject, finding)) if valid else ()
        matching = [one for one in valid if one.matches(finding, operations)]
        used.update(map(id, matching))
        if matching:
            suppressed.append(SuppressedFinding(finding, matching[0].reason))
        else:
            left.append(finding)
    for suppression in configuration.suppressions:
        # A suppression may be for a rule that does not run, or for another document.
        is_enabled = suppression.rule in RULES and configuration.enables(RULES[suppression.rule])
        applies = is_enabled and any(suppression.matches_file(file.name) for file in subject.written.files)
        if suppression.is_expired(today):
            rule, why = EXPIRED, f"expired on {suppression.expires}"
        elif applies and id(suppression) not in used:
            rule, why = UNUSED, "does not match any finding"
        else:
            continue
        severity = configuration.rules.get(rule, Severity.WARNING)
        message = f"Suppression of {suppression.rule} {why} (reason: {suppression.reason})"
        if severity is not None:
            left.append(Finding(rule, severity, message, _FIXES[rule], suppression.location))
    return left, suppressed


def _findings(subject: Subject, configuration: Configuration) -> list[Finding]:
    faults = [
        (rule, fault)
        for rule in RULES.values()
        if configuration.enables(rule)
        for fault in rule.find(subject)
    ]
    order = {file.name: number for number, file in enumerate(subject.written.files)}
    severities = configuration.rules
    found = {
        (rule.id, finding.message, finding.location.file, finding.location.pointer): finding
        for rule, fault in _without_duplicates(faults)
        for finding in [_finding(subject, rule, fault, severities.get(rule.id))]
    }
    ranks = list(RULES)

    def place(finding: Finding) -> tuple[int, int, int, int, str]:
        at = finding.location
        return order.get(at.file, 0), at.line, at.column, ranks.index(finding.rule), finding.message

    return sorted(found.values(), key=place)


def _finding(subject: Subject, rule: Rule, fault: Fault, configured: Severity | None) -> Finding:
    severity = configured or fault.severity or rule.severity
    place = fault.location or subject.locate(fault.pointer)
    return Finding(rule.id, severity, fault.message, fault.suggestion, place)


def _without_duplicates(faults: Sequence[tuple[Rule, Fault]]) -> list[tuple[Rule, Fault]]:
    """The faults, without those of general rules that a more specific built-in rule reports as well."""
    built_in = [(rule, fault.pointer) for rule, fault in faults if fault.pointer and not rule.is_own]
    specific = {p for rule, p in built_in if rule.id != _GENERAL and rule.profile is Profile.ESSENTIAL}
    places = _with_holders(specific)
    schemas = _with_holders(pointer for rule, pointer in built_in if rule.family in _SCHEMA_FAMILIES)

    def is_duplicate(rule: Rule, fault: Fault) -> bool:
        if rule.id != _GENERAL:
            return fault.cause is not None and fault.cause in schemas
        parts = fault.pointer.split("/")
        around = {"/".join(parts[:length]) for length in range(2, len(parts) + 1)}
        # if no alternative matches, the error is reported at the field that selects one: `in`
        chosen = fault.pointer.removesuffix("/in")
        return chosen in places or fault.pointer in places or bool(around & specific)

    return [(rule, fault) for rule, fault in faults if not is_duplicate(rule, fault)]


def _with_holders(pointers: Iterable[str]) -> frozenset[str]:
    """The pointers, their parents, and the parents of the lists that they are in."""
    found = set()
    for pointer in pointers:
        holder, _, last = pointer.rpartition("/")
        found |= {pointer, holder, holder.rpartition("/")[0] if last.isdecimal() else holder}
    return frozenset(found)


def _grouped(findings: Sequence[Finding]) -> Iterator[Finding]:
    """The findings; many with the same message become the first of them, which lists the other places."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.rule, finding.message), []).append(finding)
    for finding in findings:
        group = groups[finding.rule, finding.message]
        if len(group) <= _MOST_UNGROUPED:
            yield finding
        elif finding is group[0]:
            others = tuple(other.location for other in group[1:])
            places = _also_at(others, finding.location.file)
            yield replace(finding, suggestion=f"{finding.suggestion} {places}".strip(), also_at=others)


def _also_at(others: Sequence[Location], file: str) -> str:
    """The other places of a finding, as in "Also on lines 26, 34, 49 and 2 more."."""
    is_one_file = all(other.file == file and other.line for other in others)
    shown = [str(other.line) if is_one_file else str(other) for other in others[:_SHOWN_PLACES]]
    rest = [f"{len(others) - len(shown)} more"] if len(others) > len(shown) else []
    *first, last = [*shown, *rest]
    return f"Also {'on lines' if is_one_file else 'at'} {', '.join(first)} and {last}."


def _operations_at(subject: Subject, finding: Finding) -> Iterator[str]:
    """The ids and labels of the operations that contain a finding, also in their path item."""
    for operation in subject.operations:
        inside = subject.locate(operation.pointer)
        around = subject.locate(operation.item_pointer)
        at = finding.location
        if (at.file == inside.file and f"{at.pointer}/".startswith(f"{inside.pointer}/")) or (
            at.file == around.file and at.pointer in (around.pointer, f"{around.pointer}/parameters")
        ):
            yield from (operation.label, str(operation.value.get("operationId", "")))
