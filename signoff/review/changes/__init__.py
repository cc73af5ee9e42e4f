"""The changes between two revisions of a contract, and their effect on clients."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from signoff.review.changes.changelog import changelog_markdown
from signoff.review.changes.operations import compare_operations, compare_webhooks
from signoff.review.changes.revisions import Journal, Side
from signoff.review.changes.rules import catalogue
from signoff.review.changes.schemas import SchemaComparison
from signoff.review.changes.version import Bump, VersionAdvice, version_advice

if TYPE_CHECKING:
    from signoff.contract.contract import Contract
    from signoff.review.change import Change

__all__ = ["Bump", "VersionAdvice", "catalogue", "changelog_markdown", "compare", "version_advice"]


def compare(before: Contract, after: Contract, *, today: date | None = None) -> list[Change]:
    """Compare two contracts semantically, independent of notation.

    Args:
        before: the base revision.
        after: the new revision, whose limits apply.
        today: the date to compare sunset dates with; by default, the current date (UTC).

    Returns:
        The changes, worst first, then in document order. Equivalent contracts have no changes.
    """
    sides = Side(before), Side(after)
    journal = Journal(*sides)
    schemas = SchemaComparison(*sides, journal)
    compare_operations(schemas, today or datetime.now(UTC).date())
    compare_webhooks(schemas)
    schemas.finish()
    return journal.changes()
