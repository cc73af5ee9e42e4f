"""What a report says, of a test run or of a review: plain values that are safe to show.

Every format is written from a `Report`, so that none can show what another hides. The packages that make
reports translate their results into it: they take secrets out, make foreign text printable and bound what is
long. Each subclasses `Report` with what only its own JSON has, and with the few sentences that differ. The
writers know `Report` alone.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal, NamedTuple

from signoff.contract.pointer import Location

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from signoff.contract.json_value import JsonValue

Fields = tuple[tuple[str, str], ...]
_PHRASES = {status.value: status.phrase for status in HTTPStatus}


class State(Enum):
    """What is known of a clause at the end of a run."""

    VERIFIED = "verified"
    VIOLATED = "violated"
    NOT_EXERCISED = "not exercised"


class Level(Enum):
    """How much an item matters: the verdict on a change, or the severity of anything else; worst first."""

    BREAKING = "breaking"
    REVIEW = "needs-review"
    COMPATIBLE = "compatible"
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def is_of_change(self) -> bool:
        """Whether it is the verdict on a change."""
        return self in (Level.BREAKING, Level.REVIEW, Level.COMPATIBLE)

    @property
    def weight(self) -> Literal["error", "warning", "note"]:
        """The same on the scale that SARIF has."""
        if self in (Level.BREAKING, Level.ERROR):
            return "error"
        return "warning" if self in (Level.REVIEW, Level.WARNING) else "note"


@dataclass(frozen=True, slots=True)
class Place(Location):
    """Where a document says something.

    Attributes:
        path: the file relative to the working directory, with slashes; empty for what lies elsewhere.
    """

    path: str = ""

    @property
    def brief(self) -> str:
        """File, line and column; file and pointer where no line is known."""
        return f"{self.file}:{self.line}:{self.column}" if self.line else str(self)


def relative(file: str) -> str:
    """A file's path relative to the working directory, with slashes; empty for what lies elsewhere."""
    path = Path(file)
    if "://" in file or not path.is_file():
        return ""
    resolved, root = path.resolve(), Path.cwd().resolve()
    return resolved.relative_to(root).as_posix() if resolved.is_relative_to(root) else ""


@dataclass(frozen=True, slots=True)
class ExcerptLine:
    """One line of the document; `is_named` for the one that a place names."""

    line: int
    text: str
    is_named: bool


@dataclass(frozen=True, slots=True)
class Body:
    """A request's or a response's content.

    Attributes:
        text: what can be shown of it; escaped where it is not text.
        octets: the size in bytes.
        shortened: whether there is more than is shown.
    """

    text: str = ""
    octets: int = 0
    shortened: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it is shown."""

    method: str = ""
    url: str = ""
    headers: Fields = ()
    body: Body = Body()


@dataclass(frozen=True, slots=True)
class Response:
    """A response as it is shown; `fault` says why it could not be read whole, `status` is 0 without one."""

    status: int
    headers: Fields = ()
    body: Body = Body()
    fault: str = ""

    @property
    def reason(self) -> str:
        """The status in words; empty where it has none."""
        return _PHRASES.get(self.status, "")


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its response; `label` is the request in words, `curl` the command that repeats it."""

    label: str
    request: Request
    response: Response
    elapsed_s: float
    curl: str


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Why an item is accepted, and the last day on which it is (YYYY-MM-DD; empty where it has no end)."""

    reason: str
    expires: str = ""

    def __str__(self) -> str:
        """The reason and the end."""
        return f"{self.reason}, until {self.expires}" if self.expires else self.reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Something that a reader should act on or know: a failure, a finding, a change.

    Attributes:
        id: of the check, the rule or the kind of change, in kebab case.
        place: where it is shown in the document.
        fingerprint: the same for the same item in another run, whatever else in the document changed.
        fails: whether it makes the report fail.
        suggestion: how to fix it, in one sentence.
        operation: the id of the operation that it concerns, or `METHOD /path`.
        subject: what it concerns, in words; empty where the place says enough.
        also_in: the other operations that it concerns.
        before, after: the places of a change in both revisions.
        counterexample: a value that shows the change, as JSON.
        clause: the id of the clause that the failure violates.
        family, rationale, source: of the check.
        excerpt: the document around the place; empty where it is not known.
        exchange: what shows a failure.
        acceptance: where it is accepted.
    """

    id: str
    level: Level
    message: str
    place: Place
    fingerprint: str
    fails: bool = False
    suggestion: str = ""
    operation: str = ""
    subject: str = ""
    also_in: tuple[str, ...] = ()
    before: Place | None = None
    after: Place | None = None
    counterexample: str = ""
    expected: str = ""
    actual: str = ""
    clause: str = ""
    family: str = ""
    rationale: str = ""
    source: str = ""
    excerpt: tuple[ExcerptLine, ...] = ()
    exchange: Exchange | None = None
    acceptance: Acceptance | None = None


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
    exchange: Exchange | None
    failure: Item | None


@dataclass(frozen=True, slots=True)
class OperationEntry:
    """An operation with its clauses."""

    id: str
    label: str
    summary: str
    clauses: tuple[ClauseEntry, ...] = ()

    def count(self, state: State) -> int:
        """How many clauses are in a state."""
        return sum(clause.state is state for clause in self.clauses)


@dataclass(frozen=True, slots=True)
class Rule:
    """A check, a rule or a kind of change, as code scanning shows it, with its default level."""

    id: str
    statement: str
    rationale: str = ""
    source: str = ""
    tags: tuple[str, ...] = ()
    level: Level | None = None


class Remark(NamedTuple):
    """A sentence on the report as a whole, with what it is called."""

    label: str
    text: str
    level: Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(ABC):
    """What a run of a command found.

    Attributes:
        version: of Signoff.
        title: the document's.
        operations: those that a test run was about, with their clauses.
        items: what was found, in the order of the document; changes first.
        accepted: what was found too, and is accepted.
        rules: what could have been found.
        shortfalls: what had to be shown for a pass and was not, one sentence each.
        errors: what went wrong on our side of the wire, one sentence each.
        cut_short: why not everything was done that was meant to be, one sentence each.
        notes: what a reader should know besides, one sentence each.
        started_at, elapsed_s: when the run began and how long it took; None and 0 where that does not matter.
    """

    version: str
    title: str
    passed: bool
    items: tuple[Item, ...]
    operations: tuple[OperationEntry, ...] = ()
    accepted: tuple[Item, ...] = ()
    rules: tuple[Rule, ...] = ()
    shortfalls: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    cut_short: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    started_at: datetime | None = None
    elapsed_s: float = 0.0

    name: ClassVar[str]
    titles: ClassVar[Mapping[Level, str]]
    accepted_title: ClassVar[str]
    # How long the report may be as Markdown, in characters.
    markdown_room: ClassVar[int]

    @property
    @abstractmethod
    def verdict(self) -> str:
        """The verdict in one word."""

    @property
    @abstractmethod
    def heading(self) -> str:
        """What stands above the report."""

    @property
    @abstractmethod
    def summary(self) -> str:
        """What was looked at and how much was found, in one line."""

    @property
    @abstractmethod
    def counts(self) -> str:
        """How much was found."""

    @property
    @abstractmethod
    def compared(self) -> tuple[str, ...]:
        """What was looked at, and what it was compared with."""

    @property
    @abstractmethod
    def facts(self) -> Mapping[str, JsonValue]:
        """What else is worth knowing about the run, by name."""

    @property
    def is_complete(self) -> bool:
        """False where the run was cut short or could not send all it meant to."""
        return not self.errors and not self.cut_short

    @property
    def partial(self) -> str:
        """Why the report is of part of a run; empty where it is complete."""
        if self.is_complete:
            return ""
        return "; ".join(self.cut_short) or "not everything was sent that was meant to be"

    @property
    def remarks(self) -> list[Remark]:
        """The sentences on the run as a whole, but for why it is partial."""
        return [
            *(Remark("not searched", text, Level.WARNING) for text in self.errors),
            *(Remark("note", text, Level.INFO) for text in self.notes),
            *(Remark("not shown", text, Level.ERROR) for text in self.shortfalls),
        ]

    @property
    def sections(self) -> dict[str, list[Item]]:
        """The items by the titles that they stand under, worst first."""
        found: dict[str, list[Item]] = {}
        for level in Level:
            for item in self.of(level):
                found.setdefault(self.titles[level], []).append(item)
        return found

    def of(self, level: Level) -> tuple[Item, ...]:
        """The items of one level."""
        return tuple(item for item in self.items if item.level is level)

    @property
    def failures(self) -> tuple[Item, ...]:
        """The errors."""
        return self.of(Level.ERROR)

    @property
    def warnings(self) -> tuple[Item, ...]:
        """The warnings."""
        return self.of(Level.WARNING)

    @property
    def clauses(self) -> tuple[ClauseEntry, ...]:
        """Every clause, in the document's order."""
        return tuple(clause for operation in self.operations for clause in operation.clauses)

    def count(self, state: State) -> int:
        """How many clauses are in a state."""
        return sum(operation.count(state) for operation in self.operations)


def signoff_version() -> str:
    """The version of Signoff that makes a report."""
    try:
        return version("signoff")
    except PackageNotFoundError:  # run from a checkout that is not installed
        return "unknown"
