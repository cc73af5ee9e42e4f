"""The report of a test run: the common report model plus the details of the run."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from signoff.reporting.markdown import one_line
from signoff.reporting.messages import counted
from signoff.reporting.model import Level, OperationEntry, Report, Rule, State

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from signoff.conformance.checks import Catalogue
    from signoff.contract.json_value import JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport(Report):
    """One test run.

    Attributes:
        document: path or URL of the OpenAPI document.
        document_digest: hash of the document, independent of its file name and formatting.
        settings: the options of the run. Only reports with the same settings can be merged.
        shard: the part of the operations that was tested, such as `2/3`; empty for all.
        outline: all operations in document order, without clauses.
        statuses: number of responses per status; 0 means no response.
    """

    document: str
    target: str
    seed: int
    requests: int
    statuses: Mapping[int, int]
    document_digest: str
    settings: Mapping[str, JsonValue]
    shard: str
    outline: tuple[OperationEntry, ...]
    started_at: datetime

    name: ClassVar[str] = "signoff"
    titles: ClassVar[Mapping[Level, str]] = {Level.ERROR: "Failures", Level.WARNING: "Warnings"}
    accepted_title: ClassVar[str] = "Accepted by the baseline"
    # The limit of a GitHub job summary is 1 MiB, and a character has at most 4 bytes.
    markdown_room: ClassVar[int] = 250_000

    @property
    def verdict(self) -> str:
        """`pass` or `fail`."""
        return "pass" if self.passed else "fail"

    @property
    def heading(self) -> str:
        """The verdict and the contract's title."""
        return f"{self.verdict.upper()}{' (partial)' if self.partial else ''}: {self.title}"

    @property
    def summary(self) -> str:
        """The counts."""
        return self.counts

    @property
    def counts(self) -> str:
        """The number of requirements per state and of requests, the duration and the random seed."""
        numbers = {state: self.count(state) for state in State}
        parts = [f"{number} {state.value}" for state, number in numbers.items() if number]
        parts += [f"{len(self.accepted)} accepted"] if self.accepted else []
        parts += [counted(len(self.warnings), "warning")] if self.warnings else []
        parts.append(f"{counted(self.requests, 'request')} in {self.elapsed_s:.1f} s")
        shard = f", shard {self.shard}" if self.shard else ""
        return f"{', '.join(parts)} (seed {self.seed}{shard})"

    @property
    def hint(self) -> str:
        """The suggestion that applies to most of the requirements that were not covered."""
        gaps = (clause.reason for clause in self.clauses if clause.state is State.NOT_COVERED)
        suggestions = Counter(found for gap in gaps if (found := gap.partition(": ")[2]))
        for suggestion, count in suggestions.most_common(1):
            return f"To cover {count} more, {suggestion}."
        return "To see all requests and responses, use --report html=report.html."

    @property
    def compared(self) -> tuple[str, ...]:
        """The target and the document."""
        return self.target, self.document

    @property
    def facts(self) -> Mapping[str, JsonValue]:
        """The details of the run."""
        statuses = (f"{status or 'none'}: {count}" for status, count in self.statuses.items())
        facts: dict[str, JsonValue] = {
            "target": self.target,
            "document": self.document,
            "requests": self.requests,
            "responses": ", ".join(statuses),
            "seed": self.seed,
        }
        return facts | ({"shard": self.shard} if self.shard else {})


def check_rules(catalogue: Catalogue) -> tuple[Rule, ...]:
    """The checks of a catalogue as rules for code scanning."""
    return tuple(
        Rule(
            check.id,
            one_line(check.find.__doc__ or check.id),
            check.rationale,
            check.source,
            (check.family,),
            Level(check.severity.value),
        )
        for check in catalogue.entries
    )
