"""The page as a response. It has no data: its script gets everything from the control API.

The style sheet and the script are in the page, allowed by their hashes only: the mock serves content of
documents on the same origin, so allowing the origin itself would allow that content as a script.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markupsafe import Markup

from signoff.mock.exchange import RawResponse, raw_response
from signoff.reporting import page

_FOLDER = Path(__file__).parent
_STYLES = ("base.css", "try_it.css", "console.css")
_SCRIPTS = ("elements.js", "api.js", "try_it.js", "routes.js", "journal.js", "session.js", "console.js")


@dataclass(frozen=True, slots=True)
class TryItAssets:
    """The style sheets and the script of forms to try operations, for other pages.

    Attributes:
        base: colors, and the message at `#message`.
        style: of the forms; it is meant for an element around them.
        script: `tryForm` and what it needs.
    """

    base: str
    style: str
    script: str


def try_it_assets() -> TryItAssets:
    """The parts of the console that other pages use too."""
    script = page.asset(_FOLDER / "elements.js") + page.asset(_FOLDER / "try_it.js")
    return TryItAssets(page.asset(_FOLDER / "base.css"), page.asset(_FOLDER / "try_it.css"), script)


@cache
def console_page() -> RawResponse:
    """The page, with the header fields that protect it."""
    style = "".join(page.asset(_FOLDER / name) for name in _STYLES)
    script = "".join(page.asset(_FOLDER / name) for name in _SCRIPTS)
    template = page.environment(_FOLDER).get_template("console.jinja")
    text = template.render(style=Markup(style), script=Markup(script))  # noqa: S704 - our own files
    policy = f"{page.policy(style, script)}; connect-src 'self'; frame-ancestors 'none'"
    headers = (
        (b"content-security-policy", policy.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"cache-control", b"no-cache"),
        (b"vary", b"Accept"),
    )
    return raw_response(200, text.encode(), "text/html; charset=utf-8", "generated", headers)
