"""What has changed between two contracts, and what that means for those who use them."""

from openapi.review.changes.changelog import changelog_markdown
from openapi.review.changes.comparison import compare
from openapi.review.changes.rules import catalogue
from openapi.review.changes.version import Bump, VersionAdvice, version_advice

__all__ = ["Bump", "VersionAdvice", "catalogue", "changelog_markdown", "compare", "version_advice"]
