"""The outcome of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from signoff.reporting.model import State

if TYPE_CHECKING:
    from signoff.conformance.evidence import ClauseEvidence, Evidence
    from signoff.conformance.exchange import Fields
    from signoff.conformance.options import Options
    from signoff.contract import Contract


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of a run.

    Attributes:
        target: as the user named it.
        errors: what went wrong on our side of the wire while searching.
        elapsed_s: how long the run took, in seconds.
        credentials: the header fields that the user gave for every request; reports keep their values out.
        cut_short: why not everything was sent that was meant to be, one sentence each.
        notes: what a reader should know of the run besides, one sentence each.
        signal: the number of the signal that ended the run; 0 where none did.
    """

    target: str
    contract: Contract
    options: Options
    evidence: Evidence
    errors: tuple[str, ...]
    elapsed_s: float
    credentials: Fields = ()
    cut_short: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    signal: int = 0

    @property
    def passed(self) -> bool:
        """Whether nothing broke the contract, and all was shown that had to be."""
        return not self.evidence.errors and not self.shortfalls

    @property
    def shortfalls(self) -> list[str]:
        """What the run should have shown and did not, one sentence each.

        `documented-statuses` asks for each status that the document has by its number, `all` for every
        clause. Neither asks for 5xx, which no request should bring about.
        """
        return [
            f"--require {self.options.require}: {found.clause.id} was not covered: {found.reason}"
            for found in self.evidence.clauses.values()
            if found.state is State.NOT_COVERED and self._requires(found)
        ]

    def _requires(self, found: ClauseEvidence) -> bool:
        clause, require = found.clause, self.options.require
        if require == "nothing-violated" or clause.status.startswith("5"):
            return False
        return require == "all" or (clause.kind == "status" and clause.status.isdecimal())

    @property
    def complete(self) -> bool:
        """Whether everything was sent that was meant to be; a partial run may have missed something."""
        return not self.errors and not self.cut_short
