"""The outcome of a review in the formats that people and machines read, one file a format.

Every format is a function from a report to text; nothing else in the review prints.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.review.report import changelog, github, gitlab, html_page, json_report, junit, markdown, sarif
from signoff.review.report.model import Report, report_of

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["FORMATS", "Report", "report_of"]

FORMATS: dict[str, Callable[[Report], str]] = {
    "markdown": markdown.render,
    "json": json_report.render,
    "sarif": sarif.render,
    "github": github.render,
    "gitlab": gitlab.render,
    "junit": junit.render,
    "html": html_page.render,
    "changelog": changelog.render,
}
