"""Checks of a project: a module that is named on the command line, in the configuration or in a test."""

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
    """The kit's catalogue with the checks of some modules as well.

    Args:
        names: each a dotted name, a Python file, or the folder of a package, whose modules are all searched.

    Raises:
        SetupError: a module cannot be imported, has no checks, or uses an id that is in use.
    """
    catalogue = KIT
    for name in names:
        extended = catalogue.extended(_modules(name))
        if len(extended.entries) == len(catalogue.entries):
            raise SetupError(
                f"--checks {name}: the module has no checks",
                suggestion="Put a function under @check or @relation of signoff.conformance there.",
            )
        catalogue = extended
    return replace(
        catalogue,
        checks={name: _guarded_check(check) for name, check in catalogue.checks.items()},
        relations={name: _guarded_relation(entry) for name, entry in catalogue.relations.items()},
    )


def _guarded_check(check: Check) -> Check:
    """A project's check whose exceptions and wrong results are errors that name it; the kit's as they are."""
    if check.id in KIT.checks:
        return check

    @wraps(check.find)
    def find(exchange: Exchange) -> list[Fault]:
        with _errors_of(check):
            found = list(check.find(exchange))
        wrong = next((type(fault).__name__ for fault in found if type(fault) is not Fault), None)
        if wrong:
            raise SetupError(f"the check {check.id!r} must yield objects of the type Fault, not {wrong}")
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
        raise SetupError(f"the severity of the check {entry.id!r} must be a Severity of signoff.conformance")

    def concerns(contract: Contract, operation: Operation) -> bool:
        with _errors_of(entry):
            return entry.concerns(contract, operation)

    return concerns


def _errors_of(entry: Check | Relation) -> AbstractContextManager[None]:
    return errors_of(f"check {entry.id!r}", entry.find, "Fix the check, or leave it out with --skip.")


def _modules(name: str) -> Iterator[ModuleType]:
    module = load_user_module(name, "checks")
    yield module
    for found in pkgutil.walk_packages(getattr(module, "__path__", ()), f"{module.__name__}."):
        yield load_user_module(found.name, "checks")
