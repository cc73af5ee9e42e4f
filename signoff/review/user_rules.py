"""Custom rules: functions in a user's Python module, registered like the built-in ones."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from signoff.contract.errors import SetupError
from signoff.contract.user_modules import load_user_module, raised_at
from signoff.review.rules import RULES
from signoff.review.rules.registry import REGISTERED, Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from signoff.review.rules import Rule
    from signoff.review.subject import Subject

rules_option = click.option(
    "--rules",
    metavar="MODULE",
    help="Custom rules: a module, a Python file or a package's folder.",
)


@contextmanager
def user_rules(source: str | None) -> Iterator[None]:
    """Add a module's rules while the context lasts.

    Args:
        source: a dotted name, the path of a Python file or of a package's folder; None for no rules.

    Raises:
        SetupError: the module can't be imported, has no rule, or a rule's id is in use. While the
            context lasts: a rule raises an exception or yields something other than a `Fault`.
    """
    custom = _rules_of(load_user_module(source, "rules")) if source else {}
    RULES.update(custom)
    try:
        yield
    finally:
        for name in custom:
            del RULES[name]


def _rules_of(module: ModuleType) -> dict[str, Rule]:
    """The rules that a module or package defines or imports by name."""
    imported = {id(value) for value in vars(module).values()}
    inside = {
        id(vars(held)) for name, held in sys.modules.items() if f"{name}.".startswith(f"{module.__name__}.")
    }
    found: dict[str, Rule] = {}
    for rule in REGISTERED:
        if id(rule.find) in imported or id(getattr(rule.find, "__globals__", None)) in inside:
            if rule.id in RULES or rule.id in found:
                raise SetupError(
                    f"rule id {rule.id!r} in the rules module {module.__name__!r} is already in use",
                    suggestion="Use another id.",
                )
            found[rule.id] = replace(rule, find=_guarded(rule, module))
    if not found:
        raise SetupError(
            f"no rules in the rules module {module.__name__!r}",
            suggestion="Decorate a function with `@rule(...)` from signoff.review.",
        )
    return found


def _guarded(rule: Rule, module: ModuleType) -> Callable[[Subject], list[Fault]]:
    """The rule's function; an error in it becomes a SetupError with the rule and the line."""

    def find(subject: Subject) -> list[Fault]:
        try:
            found = list(rule.find(subject))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - the user's code
            reason = next(iter(str(error).splitlines()), "")
            raise SetupError(
                f"rule {rule.id!r} raised {type(error).__name__}: {reason}",
                suggestion="Fix the rule or turn it off in the configuration.",
                location=raised_at(error, module),
            ) from None
        for fault in found:
            if not isinstance(fault, Fault):
                raise SetupError(f"rule {rule.id!r} must yield Fault objects, not {type(fault).__name__}")
        return found

    return find
