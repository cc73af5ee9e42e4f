"""The type of a rule, and the registry of rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import TypeAlias, TypeVar

from signoff.contract.pointer import Location  # noqa: TC001 - rules of users evaluate the annotations
from signoff.reporting.model import Severity
from signoff.review.subject import Subject

__all__ = [
    "RULES",
    "Fault",
    "Faults",
    "Profile",
    "Rule",
    "Severity",
    "Subject",
    "advice",
    "catalogue",
    "hint",
    "recommendation",
    "rule",
    "warning",
]


class Profile(Enum):
    """A rule set; each includes the rules of the ones before it."""

    ESSENTIAL = "essential"
    RECOMMENDED = "recommended"
    ALL = "all"

    def includes(self, other: Profile) -> bool:
        """Whether this profile includes the rules of `other`."""
        order = list(Profile)
        return order.index(other) <= order.index(self)


@dataclass(frozen=True, slots=True)
class Fault:
    """A problem that a rule found at one place.

    Attributes:
        pointer: JSON Pointer to the place; if nothing is there, the report shows what surrounds it.
        message: what is wrong, in one sentence; the same for the same problem, so reports can group them.
        suggestion: how to fix it, in one sentence; may be empty.
        severity: if it differs from the rule's.
        cause: the pointer of a schema; the fault is not reported if that schema has a fault itself.
        location: the place, if it is not the one of the pointer.
    """

    pointer: str
    message: str
    suggestion: str = ""
    severity: Severity | None = None
    cause: str | None = None
    location: Location | None = None


Faults: TypeAlias = Iterator[Fault]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule for documents.

    Attributes:
        id: stable, in kebab case.
        family: the name of its module.
        profile: the smallest profile that includes it.
        rationale: why it matters, in one sentence.
        source: the standard or guideline that it comes from.
        find: yields the faults of one document.
        is_own: whether it is a custom rule.
    """

    id: str
    family: str
    severity: Severity
    profile: Profile
    rationale: str
    source: str
    find: Callable[[Subject], Iterable[Fault]]
    is_own: bool = False


# The rules in use: the built-in ones and, inside `user_rules`, the custom ones.
RULES: dict[str, Rule] = {}
# All rules that user modules have registered: a module is imported once, but its rules are used often.
REGISTERED: list[Rule] = []
_BUILT_IN = __name__.rpartition(".")[0]

FindFunction = TypeVar("FindFunction", bound=Callable[["Subject"], Iterable[Fault]])


def rule(
    rule_id: str = "",
    *,
    rationale: str,
    source: str,
    severity: Severity = Severity.ERROR,
    profile: Profile = Profile.ESSENTIAL,
) -> Callable[[FindFunction], FindFunction]:
    """Register a function as a rule.

    The function gets the `Subject`, the document to review, and yields a `Fault` for each problem.

    Args:
        rule_id: stable, in kebab case; by default the function's name.
        rationale: why it matters, in one sentence.
        source: the standard or guideline that it comes from.
        severity: of its findings, unless configured otherwise.
        profile: the smallest profile that includes it.
    """

    def register(find: FindFunction) -> FindFunction:
        package, _, family = find.__module__.rpartition(".")
        name = rule_id or find.__name__.replace("_", "-")
        found = Rule(name, family, severity, profile, rationale, source, find, is_own=package != _BUILT_IN)
        if found.is_own:
            REGISTERED.append(found)
        else:
            RULES[name] = found
        return find

    return register


# Shorthands for the built-in rules; `rule` alone is an essential error.
warning = partial(rule, severity=Severity.WARNING)
recommendation = partial(rule, severity=Severity.WARNING, profile=Profile.RECOMMENDED)
advice = partial(rule, severity=Severity.INFO, profile=Profile.RECOMMENDED)
hint = partial(rule, severity=Severity.INFO, profile=Profile.ALL)


def catalogue() -> str:
    """The rules as Markdown, with a table for each profile."""
    parts = []
    for profile in Profile:
        rows = [rule for rule in RULES.values() if rule.profile is profile]
        parts += [
            f"### `{profile.value}`",
            "",
            "| Rule | Severity | Reason | Source |",
            "| --- | --- | --- | --- |",
        ]
        parts += [_row(f"`{r.id}`", r.severity.value, r.rationale, r.source) for r in rows]
        parts.append("")
    return "\n".join(parts)


def _row(*cells: str) -> str:
    escaped = (cell.replace("|", r"\|") for cell in cells)
    return f"| {' | '.join(escaped)} |"
