"""Loads custom checks from modules given on the command line, in the configuration or in a test."""

from __future__ import annotations

import pkgutil
from dataclasses import replace
from functools import wraps
from typing import TYPE_CHECKING

from signoff.conformance.checks import KIT
from signoff.conformance.checks.registry import Fault, Severity
from signoff.contract import SetupError
from signoff.contract.user_modules import errors_of, load_user_module

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from types import ModuleType

    from signoff.conformance.checks.registry import Catalogue, Check, Concerns, Found, Relation
    from signoff.conformance.exchange import Exchange
    from signoff.contract import Contract, Operation


def load_checks(names: Iterable[str]) -> Catalogue:
    """The built-in checks and those of the given modules.

    Args:
        names: dotted module names, Python files or package directories (all modules of a package are loaded).

    Raises:
        SetupError: a module cannot be imported, has no checks, or uses an id that is in use.
    """
    catalogue = KIT
    for name in names:
        extended = catalogue.extended(_modules(name))
        if len(extended.entries) == len(catalogue.entries):
            raise SetupError(
                f"--checks {name}: the module has no checks",
                suggestion="Decorate a function with @check or @relation from signoff.conformance.",
            )
        catalogue = extended
    return replace(
        catalogue,
        checks={name: _guarded_check(check) for name, check in catalogue.checks.items()},
        relations={name: _guarded_relation(entry) for name, entry in catalogue.relations.items()},
    )


def _guarded_check(check: Check) -> Check:
    """A custom check wrapped so that its exceptions and invalid results are reported with its id."""
    if check.id in KIT.checks:
        return check

    @wraps(check.find)
    def find(exchange: Exchange) -> list[Fault]:
        with _errors_of(check):
            found = list(check.find(exchange))
        wrong = next((type(fault).__name__ for fault in found if type(fault) is not Fault), None)
        if wrong:
            raise SetupError(f"the check {check.id!r} must yield Fault objects, not {wrong}")
        return found

    def applies(exchange: Exchange) -> bool:
        with _errors_of(check):
            return check.applies(exchange)

    return replace(check, find=find, applies=applies, concerns=_guarded_concerns(check))


def _guarded_relation(entry: Relation) -> Relation:
    if entry.id in KIT.relations:
        return entry

    @wraps(entry.find)
    def find(exchanges: Sequence[Exchange]) -> Found:
        with _errors_of(entry):
            compared, faults = entry.find(exchanges)
            return compared, list(faults)

    return replace(entry, find=find, concerns=_guarded_concerns(entry))


def _guarded_concerns(entry: Check | Relation) -> Concerns:
    severity: object = entry.severity
    if not isinstance(severity, Severity):
        raise SetupError(f"the severity of the check {entry.id!r} must be a signoff.conformance.Severity")

    def concerns(contract: Contract, operation: Operation) -> bool:
        with _errors_of(entry):
            return entry.concerns(contract, operation)

    return concerns


def _errors_of(entry: Check | Relation) -> AbstractContextManager[None]:
    return errors_of(f"check {entry.id!r}", entry.find, "Fix the check or skip it with --skip.")


def _modules(name: str) -> Iterator[ModuleType]:
    module = load_user_module(name, "checks")
    yield module
    for found in pkgutil.walk_packages(getattr(module, "__path__", ()), f"{module.__name__}."):
        yield load_user_module(found.name, "checks")
