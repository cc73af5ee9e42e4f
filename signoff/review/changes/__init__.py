"""What has changed between two contracts, and what that means for those who use them."""

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
    """Compare two contracts by what they mean, not by how they are written.

    Args:
        before: the contract that clients rely on.
        after: what is to replace it.
        today: the day by which a sunset has passed or not; the current one (UTC) unless given.

    Returns:
        The changes, the worst first, else in the document's order; the same for the same contracts.
        A contract has no changes to itself, however it is written.
    """
    sides = Side(before), Side(after)
    journal = Journal(*sides)
    schemas = SchemaComparison(*sides, journal)
    compare_operations(schemas, today or datetime.now(UTC).date())
    compare_webhooks(schemas)
    schemas.finish()
    return journal.changes()
