"""Swagger UI, which renders OpenAPI 2.0 to 3.2: the files in flask-swagger-ui, whose code is not imported."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from signoff.contract.errors import SetUpError

_PACKAGE = "flask_swagger_ui"
# In these an HTML parser finds the end or the beginning of a script, wherever in the script they stand
# (HTML, section 4.12.1.3). They occur in literals only, where the escape means the same.
_MARKUP = re.compile(r"<(?=!--|/?script)", re.IGNORECASE)
_SOURCE_MAP = re.compile(r"/[/*]# sourceMappingURL=[^\s*]*( \*/)?")


@dataclass(frozen=True, slots=True)
class Renderer:
    """The texts of a script and a style sheet that can stand in a page."""

    script: str
    style: str


def renderer() -> Renderer:
    """Swagger UI.

    Raises:
        SetUpError: its package is not installed as it should be.
    """
    spec = find_spec(_PACKAGE)
    folders = list(spec.submodule_search_locations or ()) if spec else []
    try:
        folder = Path(folders[0]) / "dist"
        script = (folder / "swagger-ui-bundle.js").read_text(encoding="utf-8")
        style = (folder / "swagger-ui.css").read_text(encoding="utf-8")
    except (IndexError, OSError):
        raise SetUpError(
            "the page's renderer, Swagger UI, is not installed", mend="Install the package flask-swagger-ui."
        ) from None
    return Renderer(inline(script), _SOURCE_MAP.sub("", style))


def inline(script: str) -> str:
    """A script as it can stand in an HTML page; it means the same."""
    return _MARKUP.sub(r"\\x3c", _SOURCE_MAP.sub("", script))
