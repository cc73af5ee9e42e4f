"""What a rule is, and the registry that holds them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeVar

from signoff.reporting.findings import Severity

if TYPE_CHECKING:
    from signoff.review.subject import Subject


class Profile(Enum):
    """How much is asked of a document; each profile holds the rules of those before it."""

    ESSENTIAL = "essential"
    RECOMMENDED = "recommended"
    ALL = "all"

    def holds(self, other: Profile) -> bool:
        """Whether the rules of `other` belong to this profile."""
        order = list(Profile)
        return order.index(other) <= order.index(self)


@dataclass(frozen=True, slots=True)
class Fault:
    """What a rule finds wrong at one place.

    Attributes:
        pointer: into the document; where it leads nowhere, the nearest place around it is told.
        message: what is the matter, in one sentence, the same wherever the same is the matter.
        mend: what to do about it, in one sentence.
        severity: where it differs from the rule's own.
        cause: the pointer of a schema; the fault is not told where that schema is itself at fault.
    """

    pointer: str
    message: str
    mend: str
    severity: Severity | None = None
    cause: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A demand on documents.

    Attributes:
        id: stable, in kebab-case.
        family: the file that it stands in.
        profile: the smallest profile that it belongs to.
        rationale: why it matters, in one sentence.
        source: where the demand comes from.
        find: the faults of one document, nothing when there are none.
    """

    id: str
    family: str
    severity: Severity
    profile: Profile
    rationale: str
    source: str
    find: Callable[[Subject], Iterable[Fault]]


RULES: dict[str, Rule] = {}

FindFunction = TypeVar("FindFunction", bound=Callable[["Subject"], Iterable[Fault]])


def rule(
    rule_id: str,
    *,
    rationale: str,
    source: str,
    severity: Severity = Severity.ERROR,
    profile: Profile = Profile.ESSENTIAL,
) -> Callable[[FindFunction], FindFunction]:
    """Register a function as a rule."""

    def register(find: FindFunction) -> FindFunction:
        family = find.__module__.rpartition(".")[2]
        RULES[rule_id] = Rule(rule_id, family, severity, profile, rationale, source, find)
        return find

    return register


def catalogue() -> str:
    """The rules as a Markdown table for each profile, for the documentation."""
    parts = []
    for profile in Profile:
        rows = [rule for rule in RULES.values() if rule.profile is profile]
        parts += [
            f"### `{profile.value}`",
            "",
            "| rule | severity | why | source |",
            "| --- | --- | --- | --- |",
        ]
        parts += [f"| `{r.id}` | {r.severity.value} | {r.rationale} | {r.source} |" for r in rows]
        parts.append("")
    return "\n".join(parts)
