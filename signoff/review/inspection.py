"""Lint a document: run the rules, apply suppressions, group repeated findings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from signoff.contract.limits import NO_OPTIONS
from signoff.reporting.baseline import Entry
from signoff.reporting.model import Finding, Severity
from signoff.review import subject as subjects
from signoff.review.baseline import Baseline
from signoff.review.change import ChangeVerdict
from signoff.review.configuration import Configuration
from signoff.review.ids import is_kind
from signoff.review.ignores import Ignore, ignores_in
from signoff.review.outcome import Suppressed
from signoff.review.rules import RULES, Profile
from signoff.review.suppressions import EXPIRED, UNUSED, Acceptances

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from signoff.contract.contract import Contract
    from signoff.contract.limits import Limits
    from signoff.contract.pointer import Location
    from signoff.contract.source import Source
    from signoff.review.change import Change
    from signoff.review.rules import Fault, Rule
    from signoff.review.subject import Subject
    from signoff.review.suppressions import Acceptance, Suppression

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
    suppressed: tuple[Suppressed[Finding], ...] = ()


def review_document(
    source: str | Path | Source,
    configuration: Configuration | None = None,
    *,
    allow_remote_refs: bool = False,
    limits: Limits = NO_OPTIONS,
    today: date | None = None,
) -> Inspection:
    """Lint a document.

    Args:
        source: a path, an `http(s)` URL, `-` for standard input, `revision:path`, or a `Source`.
        configuration: which rules run and what is suppressed; the essential rules by default.
        allow_remote_refs: whether to fetch `$ref`s to http(s) URLs.
        limits: on the work for the document.
        today: the day to check `expires` against; the current day (UTC) by default.

    Raises:
        SourceError: the document can't be read.
        DocumentError: it is not YAML or JSON, not OpenAPI, or too invalid to review.
    """
    subject = subjects.read(source, allow_remote_refs=allow_remote_refs, limits=limits)
    policy = Policy.of(subject, configuration or Configuration(), today=today)
    findings, suppressed = policy.applied()
    return Inspection(subject.contract, grouped([*findings, *policy.findings()]), tuple(suppressed))


@dataclass(frozen=True, slots=True)
class Policy:
    """What is reported about a document: the enabled rules, and what is accepted.

    Attributes:
        acceptances: the suppressions that are valid today, and each `x-signoff-ignore`.
        baseline: what else is accepted.
        expired: the suppressions that are not.
        invalid: the findings on each `x-signoff-ignore` itself.
    """

    subject: Subject
    configuration: Configuration
    acceptances: Acceptances
    baseline: Baseline
    expired: tuple[Suppression, ...]
    invalid: tuple[Finding, ...]

    @classmethod
    def of(
        cls,
        subject: Subject,
        configuration: Configuration,
        baseline: Iterable[Entry] = (),
        *,
        today: date | None = None,
    ) -> Policy:
        """The policy for a document, on a day (by default the current one, UTC)."""
        day = today or datetime.now(UTC).date()
        expired = tuple(one for one in configuration.suppressions if one.is_expired(day))
        ignores, invalid = ignores_in(subject)
        valid = [one for one in configuration.suppressions if one not in expired]
        acceptances = Acceptances.of([*ignores, *valid])
        known = Baseline.of(baseline, day)
        return cls(subject, configuration, acceptances, known, expired, tuple(invalid))

    def applied(self) -> tuple[list[Finding], list[Suppressed[Finding]]]:
        """The findings of the rules, in document order, and the suppressed ones."""
        left: list[Finding] = []
        suppressed: list[Suppressed[Finding]] = []
        for finding in _findings(self.subject, self.configuration):
            is_named = finding.rule in self.acceptances.by_rule
            operations = tuple(_operations_at(self.subject, finding)) if is_named else ()
            accepted = self.acceptances.of_finding(finding, operations) or self.baseline.accepting(finding)
            if accepted:
                suppressed.append(Suppressed(finding, accepted.reason))
            else:
                left.append(finding)
        return left, suppressed

    def applied_to(
        self, changes: Iterable[Change], names: Mapping[str, str]
    ) -> tuple[list[Change], list[Suppressed[Change]], list[Change]]:
        """The changes with the configured verdicts: those that count, the suppressed, and those turned off.

        Args:
            changes: as compared.
            names: the ids of the operations, by label.
        """
        left: list[Change] = []
        suppressed: list[Suppressed[Change]] = []
        turned_off: list[Change] = []
        for found in changes:
            verdict = self.configuration.kinds.get(found.id, found.verdict)
            if verdict is None:
                turned_off.append(found)
                continue
            change = found if found.freedom else replace(found, verdict=verdict)
            named = [(label, names.get(label, label)) for label in (change.operation, *change.also_in)]
            accepted = self.acceptances.of_change(change, named) or self.baseline.accepting(change)
            if accepted:
                suppressed.append(Suppressed(change, accepted.reason))
            else:
                left.append(change)
        worst_first = list(ChangeVerdict)
        left.sort(key=lambda change: worst_first.index(change.verdict))
        return left, suppressed, turned_off

    def findings(self, *, is_compared: bool = False, is_only: bool = True) -> list[Finding]:
        """The findings on the suppressions themselves.

        Args:
            is_compared: whether changes were looked for, so that a suppression of one can be unused.
            is_only: whether no other document is reviewed, which entries of the baseline may be for.
        """
        files = [file.name for file in self.subject.written.files]
        unused = [
            _of_no_use(entry, entry.rule, UNUSED, _no_match(entry.rule))
            for entry in self.acceptances
            if entry.may_apply(files) and not self.acceptances.is_used(entry)
            if self._ran(entry.rule, is_compared=is_compared)
        ]
        unused += [
            _of_no_use(entry, str(entry), UNUSED, _no_match(entry.check))
            for entry in (self.baseline.unused if is_only else ())
            if self._ran(entry.check, is_compared=is_compared)
        ]
        expired = [_of_no_use(one, one.rule, EXPIRED, f"expired on {one.expires}") for one in self.expired]
        expired += [
            _of_no_use(entry, str(entry), EXPIRED, f"expired on {entry.expires}")
            for entry in self.baseline.expired
        ]
        severities = self.configuration.rules
        return [
            replace(finding, severity=severity)
            for finding in (*self.invalid, *expired, *unused)
            if (severity := severities.get(finding.rule, finding.severity)) is not None
        ]

    def _ran(self, rule: str, *, is_compared: bool) -> bool:
        """Whether a rule or kind of change was looked for; a suppression of others is not unused."""
        if rule in RULES:
            return self.configuration.enables(RULES[rule])
        return is_compared and self.configuration.kinds.get(rule, True) is not None


def _no_match(rule: str) -> str:
    return f"does not match any {'change' if is_kind(rule) else 'finding'}"


def _of_no_use(entry: Acceptance | Entry, name: str, rule: str, why: str) -> Finding:
    nouns = {Ignore: "`x-signoff-ignore`", Entry: "Baseline entry"}
    reason = f" (reason: {entry.reason})" if entry.reason else ""
    message = f"{nouns.get(type(entry), 'Suppression')} of {name} {why}{reason}"
    return Finding(rule, Severity.WARNING, message, _FIXES[rule], entry.location)


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


def grouped(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings; many with the same message become the first of them, which lists the other places."""
    return tuple(_grouped(findings))


def _grouped(findings: Sequence[Finding]) -> Iterator[Finding]:
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
    places = list(dict.fromkeys(str(other.line) if is_one_file else str(other) for other in others))
    if len(places) == 1:  # JSON without line breaks
        return f"Also in {len(others)} more places on line {places[0]}."
    shown = places[:_SHOWN_PLACES]
    rest = [f"{len(places) - len(shown)} more"] if len(places) > len(shown) else []
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
