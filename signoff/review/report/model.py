"""What the reports of a review say: its outcome with the text of strangers made fit to show.

Every format is rendered from a `Report`, so that none can show what another hides.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from signoff.contract.location import Location
from signoff.reporting.place import relative
from signoff.reporting.plain_text import one_line, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from signoff.reporting.findings import Finding, Severity
    from signoff.review.change import Change, ChangeVerdict
    from signoff.review.changes.rules import Rule as ChangeRule
    from signoff.review.gate import Gate
    from signoff.review.outcome import Outcome, Revision
    from signoff.review.rules import Rule


@dataclass(frozen=True, slots=True)
class Report:
    """One review.

    Attributes:
        outcome: what it has to say, fit to show.
        gate: what makes it fail.
        signoff: the version of Signoff that made it.
        rules: what was asked of the document.
        kinds: what changes there can be.
    """

    outcome: Outcome
    gate: Gate
    signoff: str
    rules: tuple[Rule, ...] = ()
    kinds: tuple[ChangeRule, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether nothing in it fails."""
        return not self.gate.stops(self.outcome)

    def changes(self, verdict: ChangeVerdict) -> tuple[Change, ...]:
        """The changes of one verdict."""
        return tuple(change for change in self.outcome.changes if change.verdict is verdict)

    def findings(self, severity: Severity) -> tuple[Finding, ...]:
        """The findings of one severity."""
        return tuple(finding for finding in self.outcome.findings if finding.severity is severity)

    def anchor(self, change: Change) -> Location:
        """Where a change is shown in the reviewed document: what is gone from it, at its top."""
        return change.after or Location(self.outcome.document.source, 1, 1)


def report_of(
    outcome: Outcome, gate: Gate, rules: Iterable[Rule] = (), kinds: Iterable[ChangeRule] = ()
) -> Report:
    """What the reports of an outcome say.

    Args:
        outcome: the outcome.
        gate: what makes the review fail.
        rules: what was asked of the document.
        kinds: what changes there can be.
    """
    shown = replace(
        outcome,
        document=_revision(outcome.document),
        base=_revision(outcome.base) if outcome.base else None,
        findings=tuple(map(_finding, outcome.findings)),
        changes=tuple(map(_change, outcome.changes)),
        waived=tuple(
            replace(waived, finding=_finding(waived.finding), reason=_line(waived.reason))
            for waived in outcome.waived
        ),
        version_advice=outcome.version_advice
        and replace(outcome.version_advice, message=_line(outcome.version_advice.message)),
    )
    return Report(shown, gate, _version(), tuple(rules), tuple(kinds))


def _version() -> str:
    try:
        return version("signoff")
    except PackageNotFoundError:  # run from a checkout that is not installed
        return "unknown"


def path_of(place: Location) -> str:
    """The path of a place's file as the repository knows it; empty for what lies elsewhere."""
    return relative(place.file)


def change_fingerprint(change: Change) -> str:
    """What stays the same for the same change in another review: neither line nor revision."""
    place = change.after or change.before
    parts = (change.id, change.operation, change.reason, place.pointer if place else "")
    return blake2b("\n".join(parts).encode(), digest_size=8).hexdigest()


def told_apart(fingerprints: Iterable[str]) -> Iterator[str]:
    """The fingerprints, those that came before with their number: readers take equal ones for the same."""
    seen: Counter[str] = Counter()
    for fingerprint in fingerprints:
        seen[fingerprint] += 1
        number = seen[fingerprint]
        yield fingerprint if number == 1 else f"{fingerprint}:{number}"


def _line(text: str) -> str:
    return one_line(plain(text))


def _revision(revision: Revision) -> Revision:
    return replace(
        revision,
        source=_line(revision.source),
        title=_line(revision.title),
        version=_line(revision.version),
        commit=_line(revision.commit),
    )


def _finding(finding: Finding) -> Finding:
    return replace(
        finding,
        message=_line(finding.message),
        mend=_line(finding.mend),
        location=_location(finding.location),
    )


def _change(change: Change) -> Change:
    return replace(
        change,
        reason=_line(change.reason),
        operation=_line(change.operation),
        before=_location(change.before) if change.before else None,
        after=_location(change.after) if change.after else None,
        also_in=tuple(map(_line, change.also_in)),
    )


def _location(place: Location) -> Location:
    return replace(place, file=_line(place.file), pointer=_line(place.pointer))
