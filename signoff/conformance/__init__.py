"""The proof: contract tests of any server, on Schemathesis."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from signoff.conformance.options import Options
    from signoff.conformance.pytest_plugin import signoff_contract
    from signoff.conformance.suite import run
    from signoff.conformance.target_data import KnownValues, TargetData, load_data
    from signoff.conformance.verdict import Verdict

__all__ = ["KnownValues", "Options", "TargetData", "Verdict", "load_data", "run", "signoff_contract"]

# Found when asked for: the pytest plugin lives here too, and must not slow the runs of other projects.
_HOMES = {
    "KnownValues": "target_data",
    "Options": "options",
    "TargetData": "target_data",
    "Verdict": "verdict",
    "load_data": "target_data",
    "run": "suite",
    "signoff_contract": "pytest_plugin",
}


def __getattr__(name: str) -> object:
    """A public name, from the module that it lives in."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
