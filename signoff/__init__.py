"""Signoff: a mock server, contract tests and API design review from one OpenAPI document.

The public names are imported lazily, so that using one part does not load the others.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from signoff.aliases import PYTHON, current

if TYPE_CHECKING:
    from signoff.contract import (
        Contract,
        DataError,
        DocumentError,
        SetupError,
        SignoffError,
        SourceError,
        load,
    )
    from signoff.mock import create_app
    from signoff.project import reference_project

__all__ = [
    "Contract",
    "DataError",
    "DocumentError",
    "SetupError",
    "SignoffError",
    "SourceError",
    "create_app",
    "load",
    "reference_project",
]

_MODULES = dict.fromkeys(__all__, "contract") | {"create_app": "mock", "reference_project": "project"}


def __getattr__(asked: str) -> object:
    """Import a public name on first use."""
    name = current(asked, PYTHON["signoff"], hint="", depth=2)
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[asked] = found  # `from signoff import name` asks twice
    return found
