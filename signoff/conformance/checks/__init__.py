"""The checks of the kit: what any API is held to, one module a family.

A check is a function under `check` or `relation`; `KIT` holds all of them. A project adds its own, see
`loading`.
"""

from signoff.conformance.checks import (
    conformance,
    disclosure,
    http_fields,
    http_semantics,
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
    "Relation",
    "Severity",
    "check",
    "relation",
]
