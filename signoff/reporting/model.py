"""The report model of a test run or a review: plain values that are safe to show.

Every format is written from a `Report`, so all formats have the same content. The test and review packages
convert their results into it: they redact secrets, escape control characters and truncate long values. Each
subclasses `Report` with the fields that only its JSON has, and with the few texts that differ. The writers
know `Report` alone.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import Enum
from hashlib import blake2b
from http import HTTPStatus
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal, NamedTuple

from signoff.contract.pointer import Location

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from signoff.contract.json_value import JsonValue


class Severity(Enum):
    """How much a finding matters."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding at one place of a document.

    Attributes:
        rule: the id of the rule, in kebab case.
        message: the problem, in one sentence.
        suggestion: how to fix it, in one sentence; may be empty.
        location: the place in the author's file.
        also_at: other places with the same finding.
    """

    rule: str
    severity: Severity
    message: str
    suggestion: str
    location: Location
    also_at: tuple[Location, ...] = ()

    @property
    def fingerprint(self) -> str:
        """A stable id: independent of line numbers, list positions and changes elsewhere in the document."""
        pointer = re.sub(r"/\d+(?=/|$)", "/*", self.location.pointer)
        return blake2b(f"{self.rule}\n{pointer}\n{self.message}".encode(), digest_size=8).hexdigest()


Fields = tuple[tuple[str, str], ...]
_PHRASES = {status.value: status.phrase for status in HTTPStatus}


class State(Enum):
    """The result for a requirement (clause) at the end of a run."""

    VERIFIED = "verified"
    VIOLATED = "violated"
    NOT_COVERED = "not covered"


class Level(Enum):
    """The verdict on a change, or the severity of any other item; worst first."""

    BREAKING = "breaking"
    REVIEW = "needs-review"
    COMPATIBLE = "compatible"
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def is_of_change(self) -> bool:
        """Whether this is a verdict on a change."""
        return self in (Level.BREAKING, Level.REVIEW, Level.COMPATIBLE)

    @property
    def weight(self) -> Literal["error", "warning", "note"]:
        """The level on SARIF's scale."""
        if self in (Level.BREAKING, Level.ERROR):
            return "error"
        return "warning" if self in (Level.REVIEW, Level.WARNING) else "note"


@dataclass(frozen=True, slots=True)
class Place(Location):
    """A place in a document.

    Attributes:
        path: the file relative to the repository's root, from `relative`.
    """

    path: str = ""

    @property
    def brief(self) -> str:
        """File, line and column; file and pointer where no line is known."""
        return f"{self.file}:{self.line}:{self.column}" if self.line else str(self)


def relative(file: str) -> str:
    """A file's path as CI systems expect it: relative to the repository's root, with slashes.

    The repository is the one of the working directory, else the one of the file. Outside of any, the path is
    relative to the working directory. Empty for files outside of the root.
    """
    path = Path(file)
    if "://" in file or not path.is_file():
        return ""
    resolved, here = path.resolve(), Path.cwd().resolve()
    root = _repository(here) or _repository(resolved.parent) or here
    return resolved.relative_to(root).as_posix() if resolved.is_relative_to(root) else ""


def _repository(folder: Path) -> Path | None:
    """The root of the work tree that contains a folder, found without running git."""
    for place in (folder, *folder.parents):
        held = place / ".git"
        if held.is_file() or (held / "HEAD").exists():  # a file in worktrees and submodules
            return place
    return None


@dataclass(frozen=True, slots=True)
class ExcerptLine:
    """One line of the document; `is_named` for the line that a place points to."""

    line: int
    text: str
    is_named: bool


@dataclass(frozen=True, slots=True)
class Body:
    """The body of a request or response.

    Attributes:
        text: the shown part; escaped if it is not text.
        size: the size of the whole body in bytes.
        shortened: whether `text` is truncated.
    """

    text: str = ""
    size: int = 0
    shortened: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """A request as reported."""

    method: str = ""
    url: str = ""
    headers: Fields = ()
    body: Body = Body()


@dataclass(frozen=True, slots=True)
class Response:
    """A response as reported; `fault` is why it could not be read, `status` is 0 without a response."""

    status: int
    headers: Fields = ()
    body: Body = Body()
    fault: str = ""

    @property
    def reason(self) -> str:
        """The reason phrase; empty for a status without one."""
        return _PHRASES.get(self.status, "")


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its response; `label` describes the request, `curl` is the command that reproduces it."""

    label: str
    request: Request
    response: Response
    elapsed_s: float
    curl: str


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Why an item is accepted, and until which day (YYYY-MM-DD; empty for no limit)."""

    reason: str
    expires: str = ""

    def __str__(self) -> str:
        """The reason and the last day."""
        return f"{self.reason}, until {self.expires}" if self.expires else self.reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A failure, finding or change.

    Attributes:
        id: of the check, the rule or the kind of change, in kebab case.
        place: its place in the document.
        fingerprint: a stable id, the same in each run, whatever else in the document changed.
        fails: whether it makes the report fail.
        suggestion: how to fix it, in one sentence.
        operation: the id of the affected operation, or `METHOD /path`.
        subject: what it is about; empty if the place is enough.
        also_in: other affected operations.
        parts: the changed places, if there are several.
        before, after: the places of a change in both revisions.
        counterexample: a value that shows the change, as JSON.
        clause: the id of the violated requirement.
        family, rationale, source: of the check.
        excerpt: the document around the place; empty if it is not known.
        exchange: the request and response of a failure.
        acceptance: why it is accepted, if it is.
        second_opinion: what openapi-core says of the failure; empty if it was not asked.
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
    parts: tuple[str, ...] = ()
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
    second_opinion: str = ""


@dataclass(frozen=True, slots=True)
class ClauseEntry:
    """A requirement and its result: `exchange` verifies it, `failure` violates it."""

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
    """An operation with its requirements."""

    id: str
    label: str
    summary: str
    clauses: tuple[ClauseEntry, ...] = ()

    def count(self, state: State) -> int:
        """The number of requirements in a state."""
        return sum(clause.state is state for clause in self.clauses)


@dataclass(frozen=True, slots=True)
class Rule:
    """A check, a rule or a kind of change with its default level, as shown by code scanning tools."""

    id: str
    statement: str
    rationale: str = ""
    source: str = ""
    tags: tuple[str, ...] = ()
    level: Level | None = None


class Remark(NamedTuple):
    """A labelled sentence about the whole run."""

    label: str
    text: str
    level: Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(ABC):
    """The result of a command's run.

    Attributes:
        version: of Signoff.
        title: the document's.
        operations: the tested operations with their requirements.
        items: failures, findings and changes in the order of the document; changes first.
        accepted: accepted (suppressed) items.
        rules: all rules that were checked.
        setup_problem: why the run could not test enough; empty otherwise.
        shortfalls: coverage that was required and not reached, one sentence each.
        errors: errors of Signoff itself, such as schemas that it cannot generate values for.
        cut_short: why the run stopped early, one sentence each.
        notes: other notes, one sentence each.
        started_at, elapsed_s: the start time and duration; None and 0 if they don't matter.
    """

    version: str
    title: str
    passed: bool
    items: tuple[Item, ...]
    operations: tuple[OperationEntry, ...] = ()
    accepted: tuple[Item, ...] = ()
    rules: tuple[Rule, ...] = ()
    setup_problem: str = ""
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
        """The verdict, in one word."""

    @property
    @abstractmethod
    def heading(self) -> str:
        """The report's heading."""

    @property
    @abstractmethod
    def summary(self) -> str:
        """The subject and the counts, in one line."""

    @property
    @abstractmethod
    def counts(self) -> str:
        """The number of items of each kind."""

    @property
    @abstractmethod
    def compared(self) -> tuple[str, ...]:
        """The document, and what it was compared with."""

    @property
    @abstractmethod
    def facts(self) -> Mapping[str, JsonValue]:
        """Further facts about the run, by name."""

    @property
    def hint(self) -> str:
        """What to do next, in one sentence; may be empty."""
        return ""

    @property
    def is_complete(self) -> bool:
        """False if the run stopped early or had errors of its own."""
        return not self.errors and not self.cut_short

    @property
    def partial(self) -> str:
        """Why the run is partial; empty if it is complete."""
        if self.is_complete:
            return ""
        return "; ".join(self.cut_short) or "some requests were not sent"

    @property
    def remarks(self) -> list[Remark]:
        """The sentences about the whole run, except why it is partial."""
        return [
            *(Remark("not tested", text, Level.WARNING) for text in self.errors),
            *(Remark("note", text, Level.INFO) for text in self.notes),
            *([Remark("setup", self.setup_problem, Level.ERROR)] if self.setup_problem else []),
            *(Remark("not covered", text, Level.ERROR) for text in self.shortfalls),
        ]

    @property
    def sections(self) -> dict[str, list[Item]]:
        """The items by section title, worst first."""
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
        """Every requirement, in the document's order."""
        return tuple(clause for operation in self.operations for clause in operation.clauses)

    def count(self, state: State) -> int:
        """The number of requirements in a state."""
        return sum(operation.count(state) for operation in self.operations)


def signoff_version() -> str:
    """The installed version of Signoff."""
    try:
        return version("signoff")
    except PackageNotFoundError:  # run from a checkout that is not installed
        return "unknown"
