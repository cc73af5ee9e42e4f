"""The checks: what is demanded of every answer, one file a family.

A check is a function registered with a stable id. Importing this package registers all of them.
"""

from signoff.conformance.checks import (
    conformance,
    csv_content,
    disclosure,
    exports,
    http_fields,
    http_semantics,
    lifecycle,
    problem_details,
    relations,
    requests,
    security,
    times,
)
from signoff.conformance.checks.registry import CHECKS, RELATIONS, Check, Failure, Relation, Severity

__all__ = [
    "CHECKS",
    "RELATIONS",
    "Check",
    "Failure",
    "Relation",
    "Severity",
    "conformance",
    "csv_content",
    "disclosure",
    "exports",
    "http_fields",
    "http_semantics",
    "lifecycle",
    "problem_details",
    "relations",
    "requests",
    "security",
    "times",
]
