"""One writer per format: a function from a report to text.

JSON is not among them: test runs and reviews each have their own JSON Schema.
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
