"""What a report says: the verdict as plain values, secrets taken out and bodies bounded.

Every format is rendered from a `Report`, so that none can show what another hides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from signoff.conformance.evidence import State
    from signoff.conformance.exchange import Fields
    from signoff.contract.json_value import JsonValue


@dataclass(frozen=True, slots=True)
class Place:
    """Where the document says something.

    Attributes:
        file: as the user named it.
        path: the same relative to the working directory, with slashes; empty for what lies elsewhere.
        line: counted from 1; 0 when unknown.
        column: counted from 1; 0 when unknown.
        pointer: JSON Pointer inside the file.
    """

    file: str
    path: str
    line: int
    column: int
    pointer: str

    def __str__(self) -> str:
        """`file:line:column (pointer)`, without the parts that are unknown."""
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place} ({self.pointer})" if self.pointer else place


@dataclass(frozen=True, slots=True)
class ExcerptLine:
    """One line of the document; `is_named` for the one that a place names."""

    number: int
    text: str
    is_named: bool


@dataclass(frozen=True, slots=True)
class Body:
    """A request's or a response's content.

    Attributes:
        text: what can be shown of it; escaped where it is no text.
        octets: how many there were.
        is_shortened: whether there is more than is shown.
    """

    text: str
    octets: int
    is_shortened: bool


@dataclass(frozen=True, slots=True)
class ExchangeEntry:
    """A request and its response as they are shown.

    Attributes:
        label: the request in a few words.
        fault: why the response could not be read whole; empty when it could.
        curl: the command that repeats the request.
    """

    label: str
    method: str
    url: str
    request_headers: Fields
    request_body: Body
    status: int
    reason: str
    response_headers: Fields
    response_body: Body
    elapsed_s: float
    fault: str
    curl: str


@dataclass(frozen=True, slots=True)
class FailureEntry:
    """A demand that was not met.

    Attributes:
        clause: the id of the clause that the check stands for.
        fingerprint: the same for the same failure in another run, whatever else in the document changed.
        excerpt: the document around the place; empty where it is not known.
    """

    check: str
    family: str
    severity: Literal["error", "warning"]
    rationale: str
    source: str
    clause: str
    operation: str
    operation_label: str
    message: str
    expected: str
    actual: str
    place: Place
    excerpt: tuple[ExcerptLine, ...]
    exchange: ExchangeEntry
    fingerprint: str


@dataclass(frozen=True, slots=True)
class AcceptedEntry:
    """A failure that a baseline accepts for now.

    Attributes:
        reason: why, as the baseline says.
        expires: the last day on which it does, as YYYY-MM-DD; empty where it has no end.
    """

    failure: FailureEntry
    reason: str
    expires: str


@dataclass(frozen=True, slots=True)
class ClauseEntry:
    """A clause and what is known of it; `exchange` is the one that shows it, `failure` what breaks it."""

    id: str
    operation: str
    kind: str
    title: str
    state: State
    reason: str
    place: Place
    exchange: ExchangeEntry | None
    failure: FailureEntry | None


@dataclass(frozen=True, slots=True)
class OperationName:
    """An operation of the document, whether the run was about it or not."""

    id: str
    label: str
    summary: str


@dataclass(frozen=True, slots=True)
class OperationEntry:
    """An operation with its clauses."""

    id: str
    label: str
    summary: str
    clauses: tuple[ClauseEntry, ...]

    def count(self, state: State) -> int:
        """How many clauses are in a state."""
        return sum(clause.state is state for clause in self.clauses)


@dataclass(frozen=True, slots=True)
class Report:
    """One run.

    Attributes:
        title: the contract's.
        document: path or URL of the OpenAPI document.
        document_digest: the same for the same document, whatever its file is called.
        settings: what decides which requests are sent, for merging only what belongs together.
        shard: which part of the operations this is, as `2/3`; empty for all.
        outline: every operation of the document, in its order.
        statuses: how often each status was answered; 0 stands for no answer.
        operations: those that the run was about, with their clauses.
        failures: what breaks the contract.
        accepted: what breaks it too, and is accepted by a baseline.
        warnings: what is only told.
        errors: what went wrong on our side of the wire, one sentence each.
        cut_short: why not everything was sent that was meant to be, one sentence each.
        notes: what a reader should know besides, one sentence each.
        shortfalls: what had to be shown for a pass and was not, one sentence each.
    """

    version: str
    started_at: datetime
    elapsed_s: float
    title: str
    document: str
    target: str
    seed: int
    requests: int
    statuses: Mapping[int, int]
    passed: bool
    document_digest: str
    settings: Mapping[str, JsonValue]
    shard: str
    outline: tuple[OperationName, ...]
    operations: tuple[OperationEntry, ...]
    failures: tuple[FailureEntry, ...]
    warnings: tuple[FailureEntry, ...]
    errors: tuple[str, ...]
    accepted: tuple[AcceptedEntry, ...] = ()
    cut_short: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    shortfalls: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """False where the run was cut short or could not send all it meant to."""
        return not self.errors and not self.cut_short

    @property
    def acceptance(self) -> Mapping[str, AcceptedEntry]:
        """What is accepted, by the failure's fingerprint."""
        return {entry.failure.fingerprint: entry for entry in self.accepted}

    @property
    def clauses(self) -> tuple[ClauseEntry, ...]:
        """Every clause, in the document's order."""
        return tuple(clause for operation in self.operations for clause in operation.clauses)

    def count(self, state: State) -> int:
        """How many clauses are in a state."""
        return sum(operation.count(state) for operation in self.operations)

    @property
    def stray_failures(self) -> tuple[FailureEntry, ...]:
        """The failures that no clause shows: of checks that do not count as a clause of their operation."""
        shown = {clause.id for clause in self.clauses}
        return tuple(failure for failure in self.failures if failure.clause not in shown)
