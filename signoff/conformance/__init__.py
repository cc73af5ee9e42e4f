"""The proof: contract tests of any server, on Schemathesis."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from signoff.conformance.checks.loading import load_checks
    from signoff.conformance.checks.registry import (
        Catalogue,
        Check,
        Fault,
        Found,
        Relation,
        Severity,
        check,
        relation,
    )
    from signoff.conformance.evidence import Verdict
    from signoff.conformance.exchange import Exchange
    from signoff.conformance.options import Options
    from signoff.conformance.pytest_plugin import signoff_contract
    from signoff.conformance.suite import run
    from signoff.conformance.target_data import KnownValues, TargetData, load_data

# Found when asked for: the pytest plugin lives here too, and must not slow the runs of other projects.
_HOMES = {
    **dict.fromkeys(
        ("Catalogue", "Check", "Fault", "Found", "Relation", "Severity", "check", "relation"),
        "checks.registry",
    ),
    "Exchange": "exchange",
    "KnownValues": "target_data",
    "Options": "options",
    "TargetData": "target_data",
    "Verdict": "evidence",
    "load_checks": "checks.loading",
    "load_data": "target_data",
    "run": "suite",
    "signoff_contract": "pytest_plugin",
}
__all__ = [
    "Catalogue",
    "Check",
    "Exchange",
    "Fault",
    "Found",
    "KnownValues",
    "Options",
    "Relation",
    "Severity",
    "TargetData",
    "Verdict",
    "check",
    "load_checks",
    "load_data",
    "relation",
    "run",
    "signoff_contract",
]


def __getattr__(name: str) -> object:
    """A public name, from the module that it lives in."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
