"""A self-contained HTML page: one template with inline styles and script; nothing is fetched.

Its Content-Security-Policy (level 3) allows only its own styles and script, by their hashes. Content from a
document or server cannot run even if it were not escaped.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from jinja2 import Environment


@cache
def environment(folder: Path) -> Environment:
    """The Jinja environment of a folder, with autoescaping."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - only pages need it

    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


@cache
def asset(file: Path) -> str:
    """The text of a style sheet or script."""
    return file.read_text(encoding="utf-8")


def policy(style: str, script: str = "") -> str:
    """The Content-Security-Policy of a page with this style sheet and script."""
    scripts = f" script-src {digest(script)};" if script else ""
    return (
        f"default-src 'none'; style-src {digest(style)};{scripts} img-src data:;"
        " base-uri 'none'; form-action 'none'"
    )


def digest(text: str) -> str:
    """The hash source of an inline style sheet or script."""
    hashed = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{hashed}'"
