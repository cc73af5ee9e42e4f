"""Lint an OpenAPI document and find breaking changes.

Modules with custom rules import from this package; see `docs/review.md`.
"""

from signoff.reporting.model import Severity
from signoff.review.rules import Fault, Profile, rule
from signoff.review.subject import Subject

__all__ = ["Fault", "Profile", "Severity", "Subject", "rule"]
