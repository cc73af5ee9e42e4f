"""What makes a review fail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from signoff.contract.errors import SetUpError
from signoff.reporting.findings import Severity
from signoff.review.change import ChangeVerdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from signoff.reporting.findings import Finding
    from signoff.review.change import Change
    from signoff.review.outcome import Outcome

NEVER = "never"
# Each names the least that fails; what is worse fails with it.
_CHANGES = {"breaking": (ChangeVerdict.BREAKING,), "review": (ChangeVerdict.BREAKING, ChangeVerdict.REVIEW)}
_FINDINGS = {
    "error": (Severity.ERROR,),
    "warning": (Severity.ERROR, Severity.WARNING),
    "info": tuple(Severity),
}
NAMES = (*_CHANGES, *_FINDINGS, NEVER)
DEFAULT = ("breaking", "error")


@dataclass(frozen=True, slots=True)
class Gate:
    """Which changes and findings make a review fail.

    Attributes:
        names: of `NAMES`; what is not named does not fail.
    """

    names: tuple[str, ...] = DEFAULT

    @classmethod
    def of(cls, texts: Iterable[str]) -> Gate:
        """The gate that `--fail-on` options ask for: names, several in one joined by commas.

        Raises:
            SetUpError: a name is unknown, or `never` stands with others.
        """
        names = tuple(dict.fromkeys(name.strip() for text in texts for name in text.split(",")))
        for name in names:
            if name not in NAMES:
                raise SetUpError(f"--fail-on {name!r} is unknown; it takes {', '.join(NAMES)}")
        if NEVER in names and len(names) > 1:
            raise SetUpError("--fail-on never stands alone", mend="Leave it out, or the others.")
        return cls(names or DEFAULT)

    def stops_change(self, change: Change) -> bool:
        """Whether a change makes the review fail."""
        return any(change.verdict in _CHANGES.get(name, ()) for name in self.names)

    def stops_finding(self, finding: Finding) -> bool:
        """Whether a finding makes the review fail."""
        return any(finding.severity in _FINDINGS.get(name, ()) for name in self.names)

    def stops(self, outcome: Outcome) -> bool:
        """Whether a review fails."""
        return any(map(self.stops_change, outcome.changes)) or any(map(self.stops_finding, outcome.findings))
