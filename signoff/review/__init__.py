"""The review of a document: what is wrong in it, and what a change of it means for its users.

A module with rules of a user's own imports from here what it needs; see `docs/review.md`.
"""

from signoff.reporting.model import Severity
from signoff.review.rules import Fault, Profile, rule
from signoff.review.subject import Subject

__all__ = ["Fault", "Profile", "Severity", "Subject", "rule"]
