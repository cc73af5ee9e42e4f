"""What a rule is, the registry of rules, and the rules of a user's own module."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import click

from signoff.contract.errors import SetUpError
from signoff.contract.user_modules import errors_of, load_user_module
from signoff.reporting.model import Severity
from signoff.review.subject import Subject

if TYPE_CHECKING:
    from types import ModuleType


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


rules_option = click.option(
    "--rules",
    metavar="MODULE",
    help="Rules of your own: a module, a Python file, or the folder of a package.",
)


@contextmanager
def user_rules(source: str | None) -> Iterator[None]:
    """Add the rules of a module to those in use, as long as the context lasts.

    Args:
        source: a dotted name, the path of a Python file, or the folder of a package; None for no rules.

    Raises:
        SetUpError: the module cannot be imported, has no rule, or has one whose id is in use. While the
            context lasts: a rule raises an exception or yields something other than faults.
    """
    own = _rules_of(load_user_module(source, "rules")) if source else {}
    RULES.update(own)
    try:
        yield
    finally:
        for name in own:
            del RULES[name]


def _rules_of(module: ModuleType) -> dict[str, Rule]:
    """The rules that a module or package registers, and those that it imports by name."""
    imported = {id(value) for value in vars(module).values()}
    inside = {
        id(vars(held)) for name, held in sys.modules.items() if f"{name}.".startswith(f"{module.__name__}.")
    }
    found: dict[str, Rule] = {}
    for rule in REGISTERED:
        if id(rule.find) in imported or id(getattr(rule.find, "__globals__", None)) in inside:
            if rule.id in RULES or rule.id in found:
                raise SetUpError(
                    f"the rules module {module.__name__!r} has a rule {rule.id!r}, an id that is in use",
                    mend="Give it another id.",
                )
            found[rule.id] = replace(rule, find=_guarded(rule))
    if not found:
        raise SetUpError(
            f"the rules module {module.__name__!r} has no rules",
            mend="Decorate a function with `@rule(...)` of signoff.review.",
        )
    return found


def _guarded(rule: Rule) -> Callable[[Subject], list[Fault]]:
    """The rule's function; what the user's code does wrong is an error that names the rule and the line."""

    def find(subject: Subject) -> list[Fault]:
        with errors_of(f"rule {rule.id!r}", rule.find, "Fix the rule, or turn it off in the configuration."):
            found = list(rule.find(subject))
        for fault in found:
            if not isinstance(fault, Fault):
                raise SetUpError(
                    f"the rule {rule.id!r} must yield objects of the type Fault, not {type(fault).__name__}"
                )
        return found

    return find
