"""A review as one self-contained page without a script, from the template and the styles beside this file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from signoff.reporting import page
from signoff.reporting.findings import Severity
from signoff.review.change import ChangeVerdict
from signoff.review.report import messages

if TYPE_CHECKING:
    from signoff.review.report.model import Report

_FOLDER = Path(__file__).parent
_QUOTED = re.compile("`([^`]+)`")


def render(report: Report) -> str:
    """The page."""
    style = page.asset(_FOLDER / "html_page.css")
    template = page.environment(_FOLDER).get_template("html_page.jinja")
    # The styles are ours and hold nothing of the report, so they stand in the page as they are.
    return template.render(
        report=report,
        outcome=report.outcome,
        policy=page.policy(style),
        style=Markup(style),  # noqa: S704
        wording=messages,
        verdicts=tuple(ChangeVerdict),
        severities=tuple(Severity),
        prose=_prose,
    )


def _prose(sentence: str) -> Markup:
    """A sentence, escaped; what stands in backticks in the type of code."""
    parts = [escape(part) for part in _QUOTED.split(sentence)]
    parts[1::2] = [Markup("<code>{}</code>").format(part) for part in parts[1::2]]
    return Markup("").join(parts)
