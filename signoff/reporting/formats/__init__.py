"""One writer for each format: a function from a report to text.

JSON is not among them: a test run and a review have each a shape and a JSON Schema of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.reporting.formats import github, gitlab, html, junit, markdown, sarif

if TYPE_CHECKING:
    from collections.abc import Callable

    from signoff.reporting.model import Report

WRITERS: dict[str, Callable[[Report], str]] = {
    "junit": junit.render,
    "html": html.render,
    "sarif": sarif.render,
    "github": github.render,
    "gitlab": gitlab.render,
    "markdown": markdown.render,
}
