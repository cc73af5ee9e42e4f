"""Signoff: a mock server, contract tests and API design review from one OpenAPI document.

The public names are imported lazily, so that using one part does not load the others.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

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


def __getattr__(name: str) -> object:
    """Import a public name on first use."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
