"""What a rule is, and the registry that holds them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import TypeAlias, TypeVar

from signoff.reporting.findings import Severity
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
        pointer: into the document; where nothing is there, the report shows the nearest place around it.
        message: what is wrong, in one sentence, worded the same wherever the same thing is wrong.
        suggestion: how to fix it, in one sentence; may be empty.
        severity: where it differs from the rule's own.
        cause: the pointer of a schema; the fault is not reported where that schema is itself at fault.
    """

    pointer: str
    message: str
    suggestion: str = ""
    severity: Severity | None = None
    cause: str | None = None


Faults: TypeAlias = Iterator[Fault]


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
        is_own: whether it is a user's own rule.
    """

    id: str
    family: str
    severity: Severity
    profile: Profile
    rationale: str
    source: str
    find: Callable[[Subject], Iterable[Fault]]
    is_own: bool = False


# The rules in use: those of the kit and, inside `user_rules`, those of a module of the user's.
RULES: dict[str, Rule] = {}
# All that users' modules have registered; a module is run once, but its rules may be in use often.
REGISTERED: list[Rule] = []
_KIT = __name__.rpartition(".")[0]

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

    The function is given the `Subject`, one document under review, and yields a `Fault` for each place that
    is at fault.

    Args:
        rule_id: stable, in kebab-case; by default the function's name in it.
        rationale: why it matters, in one sentence.
        source: where the demand comes from.
        severity: how much a finding matters; a configuration may change it.
        profile: the smallest profile that asks it.
    """

    def register(find: FindFunction) -> FindFunction:
        package, _, family = find.__module__.rpartition(".")
        name = rule_id or find.__name__.replace("_", "-")
        found = Rule(name, family, severity, profile, rationale, source, find, is_own=package != _KIT)
        if found.is_own:
            REGISTERED.append(found)
        else:
            RULES[name] = found
        return find

    return register


# The weights that the kit's rules have; `rule` alone is an essential error.
warning = partial(rule, severity=Severity.WARNING)
recommendation = partial(rule, severity=Severity.WARNING, profile=Profile.RECOMMENDED)
advice = partial(rule, severity=Severity.INFO, profile=Profile.RECOMMENDED)
hint = partial(rule, severity=Severity.INFO, profile=Profile.ALL)


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
