"""The verdict as one self-contained page, from the template, styles and script beside this file."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from signoff.conformance.evidence import State
from signoff.reporting import page

if TYPE_CHECKING:
    from jinja2 import Template

    from signoff.conformance.report.model import Report

_FOLDER = Path(__file__).parent
# What matters most comes first.
_ORDER = (State.VIOLATED, State.NOT_EXERCISED, State.VERIFIED)
_MARKS = {State.VIOLATED: "✗", State.NOT_EXERCISED: "·", State.VERIFIED: "✓"}
# More failures than this are folded, so that the page is not endless.
_OPEN_FAILURES = 10


def render(report: Report) -> str:
    """The page."""
    style, script = page.asset(_FOLDER / "html_page.css"), page.asset(_FOLDER / "html_page.js")
    # Both files are ours and hold nothing of the report, so they stand in the page as they are.
    return _template().render(
        report=report,
        policy=page.policy(style, script),
        style=Markup(style),  # noqa: S704
        script=Markup(script),  # noqa: S704
        states=_ORDER,
        marks=_MARKS,
        open_failures=_OPEN_FAILURES,
    )


@cache
def _template() -> Template:
    environment = page.environment(_FOLDER)
    environment.filters["slug"] = lambda state: state.value.replace(" ", "-")
    return environment.get_template("html_page.jinja")
