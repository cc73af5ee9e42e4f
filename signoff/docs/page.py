"""The reference as one HTML page that works offline, rendered by Swagger UI in the browser.

It connects to nothing until its reader chooses a server; then to that server only: the script narrows the
page's policy to it. Operations then have Swagger UI's "Try it out", and the forms of the mock's console.

Swagger UI renders OpenAPI 2.0 to 3.2. Its files are those in flask-swagger-ui, whose code is not imported.
"""

from __future__ import annotations

import json
import re
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from signoff.contract.errors import SetupError
from signoff.docs.sample_requests import sample_requests
from signoff.mock.console.page import try_it_assets
from signoff.reporting import page
from signoff.reporting.markdown import one_line, plain, plain_json

if TYPE_CHECKING:
    from signoff.contract import Contract
    from signoff.contract.json_value import JsonObject

_FOLDER = Path(__file__).parent
# More operations than this are folded, so that the page is not endless.
_OPEN_OPERATIONS = 12
_MOCK = "http://127.0.0.1:4010"  # where `signoff mock` listens
_PACKAGE = "flask_swagger_ui"
# In these an HTML parser finds the end or the beginning of a script, wherever in the script they stand
# (HTML, section 4.12.1.3). They occur in literals only, where the escape means the same.
_MARKUP = re.compile(r"<(?=!--|/?script)", re.IGNORECASE)
_SOURCE_MAP = re.compile(r"/[/*]# sourceMappingURL=[^\s*]*( ?\*/)?")


def render(document: JsonObject, contract: Contract) -> str:
    """The page.

    Args:
        document: the bundled document, in its own version of OpenAPI.
        contract: its contract.
    """
    script, style = renderer()
    shared = try_it_assets()
    style += f"{shared.base}\n.try-mock {{\n{shared.style}}}\n{page.asset(_FOLDER / 'page.css')}"
    start = shared.script + page.asset(_FOLDER / "page.js")
    template = page.environment(_FOLDER).get_template("page.jinja")
    # Styles and scripts are the renderer's and ours; the document is data, in which no markup is left.
    return template.render(
        title=one_line(plain(contract.title)),
        policy=_policy(script, start),
        style=Markup(style),  # noqa: S704
        renderer=Markup(script),  # noqa: S704
        start=Markup(start),  # noqa: S704
        document=Markup(_as_data(document)),  # noqa: S704
        requests=Markup(_as_data(sample_requests(contract))),  # noqa: S704
        server=f"{_MOCK}{contract.base_path}",
        base_path=contract.base_path,
        expansion="full" if len(contract.operations) <= _OPEN_OPERATIONS else "list",
    )


def _policy(*scripts: str) -> str:
    admitted = " ".join(page.digest(script) for script in scripts)
    # The script narrows connect-src to the server that the reader names, else to none.
    # React sets the styles of single elements, which hashes do not cover.
    return (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src {admitted}; img-src data:;"
        " connect-src http: https:; base-uri 'none'; form-action 'none'"
    )


def _as_data(document: JsonObject) -> str:
    text = plain_json(json.dumps(document, ensure_ascii=False, separators=(",", ":")))
    return text.replace("<", "\\u003c")


def renderer() -> tuple[str, str]:
    """The script and the style sheet of Swagger UI, as they can stand in a page.

    Raises:
        SetupError: its package is not installed as it should be.
    """
    spec = find_spec(_PACKAGE)
    folders = list(spec.submodule_search_locations or ()) if spec else []
    try:
        folder = Path(folders[0]) / "dist"
        script = (folder / "swagger-ui-bundle.js").read_text(encoding="utf-8")
        style = (folder / "swagger-ui.css").read_text(encoding="utf-8")
    except (IndexError, OSError):
        raise SetupError(
            "Swagger UI is not installed",
            suggestion="Run `pip install flask-swagger-ui`.",
        ) from None
    return inline(script), _SOURCE_MAP.sub("", style)


def inline(script: str) -> str:
    """A script as it can stand in an HTML page; it means the same."""
    return _MARKUP.sub(r"\\x3c", _SOURCE_MAP.sub("", script))
