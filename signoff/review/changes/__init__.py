"""What has changed between two contracts, and what that means for those who use them."""

from signoff.review.changes.changelog import changelog_markdown
from signoff.review.changes.comparison import compare
from signoff.review.changes.rules import catalogue
from signoff.review.changes.version import Bump, VersionAdvice, version_advice

__all__ = ["Bump", "VersionAdvice", "catalogue", "changelog_markdown", "compare", "version_advice"]
