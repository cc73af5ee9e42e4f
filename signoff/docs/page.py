"""The reference as one HTML page with nothing to fetch, rendered by Swagger UI in the browser."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from signoff.docs.renderer import renderer
from signoff.reporting import page
from signoff.reporting.plain_text import one_line, plain, plain_json

if TYPE_CHECKING:
    from signoff.contract.json_value import JsonObject

_FOLDER = Path(__file__).parent
# More operations than this are folded, so that the page is not endless.
_OPEN_OPERATIONS = 12


def render(document: JsonObject, title: str, operations: int) -> str:
    """The page.

    Args:
        document: the bundled document, in its own version of OpenAPI.
        title: what the page is called.
        operations: how many it has; few are shown unfolded.
    """
    kept = renderer()
    style = kept.style + page.asset(_FOLDER / "page.css")
    start = page.asset(_FOLDER / "page.js")
    template = page.environment(_FOLDER).get_template("page.jinja")
    # Styles and scripts are the renderer's and ours; the document is data, in which no markup is left.
    return template.render(
        title=one_line(plain(title)),
        policy=_policy(kept.script, start),
        style=Markup(style),  # noqa: S704
        renderer=Markup(kept.script),  # noqa: S704
        start=Markup(start),  # noqa: S704
        document=Markup(_as_data(document)),  # noqa: S704
        expansion="full" if operations <= _OPEN_OPERATIONS else "list",
    )


def _policy(*scripts: str) -> str:
    admitted = " ".join(page.digest(script) for script in scripts)
    # React sets the styles of single elements, which hashes do not cover.
    return (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src {admitted}; img-src data:;"
        " base-uri 'none'; form-action 'none'"
    )


def _as_data(document: JsonObject) -> str:
    text = plain_json(json.dumps(document, ensure_ascii=False, separators=(",", ":")))
    return text.replace("<", "\\u003c")
