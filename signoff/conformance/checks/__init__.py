"""The built-in checks, one module per family.

A check is a function decorated with `check` or `relation`. `KIT` holds all of them; `loading` adds custom
checks.
"""

from signoff.conformance.checks import (
    conformance,
    disclosure,
    http_fields,
    http_semantics,
    leaks,
    lifecycle,
    problem_details,
    relations,
    requests,
    security,
    times,
)
from signoff.conformance.checks.registry import (
    Catalogue,
    Check,
    Failure,
    Fault,
    Found,
    Proof,
    Relation,
    Severity,
    check,
    relation,
)

KIT = Catalogue().extended(
    [
        conformance,
        disclosure,
        http_fields,
        http_semantics,
        leaks,
        lifecycle,
        problem_details,
        relations,
        requests,
        security,
        times,
    ]
)

__all__ = [
    "KIT",
    "Catalogue",
    "Check",
    "Failure",
    "Fault",
    "Found",
    "Proof",
    "Relation",
    "Severity",
    "check",
    "relation",
]
