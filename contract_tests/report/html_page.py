"""The verdict as one self-contained page, from the template, styles and script beside this file.

The page asks the network for nothing: its Content-Security-Policy (level 3) admits only its own styles and
script, by their hashes, so that what a hostile server answered cannot run even if it were not escaped.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from contract_tests.evidence import State

if TYPE_CHECKING:
    from jinja2 import Template

    from contract_tests.report.model import Report

_FOLDER = Path(__file__).parent
# What matters most comes first.
_ORDER = (State.VIOLATED, State.NOT_EXERCISED, State.VERIFIED)
_MARKS = {State.VIOLATED: "✗", State.NOT_EXERCISED: "·", State.VERIFIED: "✓"}
# More failures than this are folded, so that the page is not endless.
_OPEN_FAILURES = 10


def render(report: Report) -> str:
    """The page."""
    style, script = _asset("html_page.css"), _asset("html_page.js")
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; img-src data:;"
        " base-uri 'none'; form-action 'none'"
    )
    # Both files are ours and hold nothing of the report, so they stand in the page as they are.
    return _template().render(
        report=report,
        policy=policy,
        style=Markup(style),  # noqa: S704
        script=Markup(script),  # noqa: S704
        states=_ORDER,
        marks=_MARKS,
        open_failures=_OPEN_FAILURES,
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["slug"] = lambda state: state.value.replace(" ", "-")
    return environment.get_template("html_page.jinja")


@cache
def _asset(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"
