"""Checks of a project: a module that is named on the command line, in the configuration or in a test."""

from __future__ import annotations

import pkgutil
from typing import TYPE_CHECKING

from signoff.conformance.checks import KIT
from signoff.contract import SetUpError
from signoff.contract.user_modules import load_user_module

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import ModuleType

    from signoff.conformance.checks.registry import Catalogue


def load_checks(names: Iterable[str]) -> Catalogue:
    """The kit's catalogue with the checks of some modules as well.

    Args:
        names: each a dotted name, a Python file, or the folder of a package, whose modules are all searched.

    Raises:
        SetUpError: a module cannot be imported, has no checks, or uses an id that is in use.
    """
    catalogue = KIT
    for name in names:
        extended = catalogue.extended(_modules(name))
        if len(extended.entries) == len(catalogue.entries):
            raise SetUpError(
                f"--checks {name}: the module has no checks",
                mend="Put a function under @check or @relation of signoff.conformance there.",
            )
        catalogue = extended
    return catalogue


def _modules(name: str) -> Iterator[ModuleType]:
    module = load_user_module(name, "checks")
    yield module
    for found in pkgutil.walk_packages(getattr(module, "__path__", ()), f"{module.__name__}."):
        yield load_user_module(found.name, "checks")
